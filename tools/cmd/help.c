/* Help, made from the rows that options are read by. */

#include <string.h>

#include "frame.h"

#define HELP_COLUMN  28             /* where explanations begin */


void
cmd_help_list(FILE *out, const char *group)
{
    size_t                            len = group != NULL ? strlen(group) : 0;
    const struct cmd_command         *row;
    const struct cmd_command *const  *command;

    fprintf(out, "usage: retentionctl %s%sCOMMAND [OPTIONS] [ARGUMENTS]\n\n",
            len != 0 ? group : "", len != 0 ? " " : "");

    for (command = cmd_commands; *command != NULL; command++) {
        row = *command;

        if (len != 0 && (strncmp(row->name, group, len) != 0
                         || (row->name[len] != ' ' && row->name[len] != '\0')))
        {
            continue;
        }

        fprintf(out, "  %-*s%s\n", HELP_COLUMN - 2, row->name, row->help);
    }

    fputs("\n'retentionctl help COMMAND' has its options and an example.\n",
          out);
}


static void
help_option(FILE *out, const struct cmd_option *row)
{
    int  i, width;

    if (row->letter != 0) {
        width = fprintf(out, "  -%c, --%s", row->letter, row->name);

    } else {
        width = fprintf(out, "      --%s", row->name);
    }

    if (row->value != NULL) {
        width += fprintf(out, " %s", row->value);
    }

    if (width > HELP_COLUMN - 2) {
        fputc('\n', out);
        width = 0;
    }

    fprintf(out, "%*s%s", HELP_COLUMN - width, "", row->help);

    if (row->kind == CMD_KIND_CHOICE) {
        fputs(": ", out);

        for (i = 0; row->choices[i] != NULL; i++) {
            fprintf(out, "%s%s", i == 0 ? "" : ", ", row->choices[i]);
        }
    }

    fputc('\n', out);
}


void
cmd_help_command(FILE *out, const struct cmd_command *command)
{
    const struct cmd_option  *row;

    fprintf(out, "usage: retentionctl %s [OPTIONS]%s%s\n\n%s\n\n",
            command->name, command->arguments != NULL ? " " : "",
            command->arguments != NULL ? command->arguments : "",
            command->help);

    if (command->details != NULL) {
        fprintf(out, "%s\n\n", command->details);
    }

    fputs("options:\n", out);

    for (row = command->options; row != NULL && row->name != NULL; row++) {
        help_option(out, row);
    }

    for (row = cmd_global_options; row->name != NULL; row++) {
        if (cmd_global_applies(command, row)) {
            help_option(out, row);
        }
    }

    fprintf(out, "\nexample:\n  retentionctl %s%s%s\n", command->name,
            command->example != NULL ? " " : "",
            command->example != NULL ? command->example : "");
}
