/*
 * A main for a fuzz target without a fuzzer: every file named, and every file
 * of a folder named, goes through the target once.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fuzz.h"

#define REPLAY_INPUT_MAX  (16L * 1024 * 1024)
#define REPLAY_PATH_MAX   4096


static int
replay_file(const char *path)
{
    FILE     *file;
    uint8_t  *data;
    size_t    len;
    int       rc;

    rc = -1;
    data = NULL;

    file = fopen(path, "rb");
    if (file == NULL) {
        goto done;
    }

    /* Exactly as long as the input, so that a sanitizer sees its end. */

    data = malloc(REPLAY_INPUT_MAX);
    if (data == NULL) {
        goto done;
    }

    len = fread(data, 1, REPLAY_INPUT_MAX, file);

    if (!ferror(file)) {
        uint8_t  *exact = malloc(len > 0 ? len : 1);

        if (exact != NULL) {
            memcpy(exact, data, len);
            (void) LLVMFuzzerTestOneInput(exact, len);
            free(exact);
            rc = 0;
        }
    }

done:

    if (rc != 0) {
        fprintf(stderr, "cannot replay '%s': %s\n", path, strerror(errno));
    }

    free(data);

    if (file != NULL) {
        fclose(file);
    }

    return rc;
}


static int
replay_folder(const char *path, size_t *count)
{
    struct dirent  *entry;
    char            name[REPLAY_PATH_MAX];
    DIR            *folder;
    int             rc;

    folder = opendir(path);
    if (folder == NULL) {
        fprintf(stderr, "cannot open '%s': %s\n", path, strerror(errno));
        return -1;
    }

    rc = 0;

    while (rc == 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }

        if (snprintf(name, sizeof(name), "%s/%s", path, entry->d_name)
            >= (int) sizeof(name))
        {
            continue;
        }

        rc = replay_file(name);
        *count += rc == 0;
    }

    closedir(folder);

    return rc;
}


int
main(int argc, char **argv)
{
    struct stat  info;
    size_t       count;
    int          i, rc;

    count = 0;
    rc = 0;

    for (i = 1; i < argc && rc == 0; i++) {
        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode)) {
            rc = replay_folder(argv[i], &count);

        } else {
            rc = replay_file(argv[i]);
            count += rc == 0;
        }
    }

    printf("# %zu inputs\n", count);

    return rc == 0 ? 0 : 1;
}
