/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay DIRECTORY: runs a fuzz target once on each file, as a test. A fault ends the program. */
#include <stdio.h>

#include "input.h"

int main(int argc, char **argv)
{
    g_autoptr(GDir) directory = g_dir_open(argv[argc - 1], 0, NULL);
    unsigned n = 0;

    if (!directory)
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (const char *name; (name = g_dir_read_name(directory));) {
        g_autofree char *path = g_build_filename(argv[argc - 1], name, NULL);
        g_autofree char *data = NULL;
        gsize size;
        if (!g_file_get_contents(path, &data, &size, NULL))
            return 1;
        LLVMFuzzerTestOneInput((const uint8_t *)data, size);
        n++;
    }
    printf("ok 1 - %u inputs\n1..1\n", n);
    return n == 0;
}
