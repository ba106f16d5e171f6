/* Which command was meant. */

#include <stdio.h>
#include <string.h>

#include "frame.h"

#define FIND_WORD_MAX      63   /* bytes that a distance looks at */
#define FIND_DISTANCE_MAX   3   /* changes that a slip of the hand makes */


const struct cmd_command *
cmd_find(char *const *words, int n, int *used)
{
    int                               len;
    const char                       *space;
    const struct cmd_command         *found = NULL;
    const struct cmd_command *const  *command;

    for (command = cmd_commands; n > 0 && *command != NULL; command++) {
        space = strchr((*command)->name, ' ');

        if (space == NULL) {
            if (found == NULL && strcmp((*command)->name, words[0]) == 0) {
                found = *command;
                *used = 1;
            }

            continue;
        }

        len = (int) (space - (*command)->name);

        if (n > 1 && (size_t) len == strlen(words[0])
            && strncmp((*command)->name, words[0], len) == 0
            && strcmp(space + 1, words[1]) == 0)
        {
            *used = 2;
            return *command;
        }
    }

    return found;
}


bool
cmd_is_group(const char *word)
{
    size_t                            len = strlen(word);
    const struct cmd_command *const  *command;

    for (command = cmd_commands; *command != NULL; command++) {
        if (strncmp((*command)->name, word, len) == 0
            && (*command)->name[len] == ' ')
        {
            return true;
        }
    }

    return false;
}


static unsigned
find_min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}


/* The optimal string alignment distance, three rows of its table at a time. */

unsigned
cmd_distance(const char *a, const char *b, unsigned limit)
{
    size_t    i, j;
    size_t    m = strnlen(a, FIND_WORD_MAX), n = strnlen(b, FIND_WORD_MAX);
    unsigned  rows[3][FIND_WORD_MAX + 1], *before, *above, *row, cost;

    for (j = 0; j <= n; j++) {
        rows[0][j] = (unsigned) j;
    }

    for (i = 1; i <= m; i++) {
        row = rows[i % 3];
        above = rows[(i + 2) % 3];
        before = rows[(i + 1) % 3];
        row[0] = (unsigned) i;

        for (j = 1; j <= n; j++) {
            cost = a[i - 1] != b[j - 1];
            row[j] = find_min(find_min(above[j], row[j - 1]) + 1,
                              above[j - 1] + cost);

            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            {
                row[j] = find_min(row[j], before[j - 2] + 1);
            }
        }
    }

    return find_min(rows[m % 3][n], limit + 1);
}


const struct cmd_command *
cmd_nearest(char *const *words, int n)
{
    char                              typed[FIND_WORD_MAX + 1];
    unsigned                          distance, best = FIND_DISTANCE_MAX + 1;
    const struct cmd_command         *nearest = NULL;
    const struct cmd_command *const  *command;

    if (n == 0) {
        return NULL;
    }

    for (command = cmd_commands; *command != NULL; command++) {
        if (strchr((*command)->name, ' ') != NULL && n > 1) {
            snprintf(typed, sizeof(typed), "%s %s", words[0], words[1]);

        } else {
            snprintf(typed, sizeof(typed), "%s", words[0]);
        }

        distance = cmd_distance(typed, (*command)->name, FIND_DISTANCE_MAX);

        if (distance < best) {
            best = distance;
            nearest = *command;
        }
    }

    return nearest;
}
