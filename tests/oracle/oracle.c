/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The oracle: asks the rules and asks a real libvirt (qemu:///embed in a directory of its own, with
 * validation), and prints where they disagree.
 *
 *     oracle ROOT random SEED COUNT    domains and edits at random
 *     oracle ROOT sweep SEED SHARE [KIND]
 *                                      single settings; one in SHARE of them
 *     oracle ROOT spellings SEED SHARE [KIND]
 *                                      the same with texts that no edit would write
 *     oracle ROOT documents FOLDER     the documents of a folder
 *
 * Exit status 1: a disagreement; 77: there is no such libvirt here.
 */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "reasons.h"

int main(int argc, char **argv)
{
    const char *way = argc > 3 ? argv[2] : "";
    bool are_spellings = strcmp(way, "spellings") == 0;
    bool is_sweep = are_spellings || strcmp(way, "sweep") == 0;
    bool has_two = is_sweep || strcmp(way, "random") == 0;
    guint disagreements;

    if (argc < (has_two ? 5 : 4) || (!has_two && strcmp(way, "documents") != 0)) {
        fprintf(stderr, "usage: oracle ROOT random SEED COUNT\n"
                        "       oracle ROOT sweep|spellings SEED SHARE [KIND]\n"
                        "       oracle ROOT documents FOLDER\n");
        return 2;
    }
    dw_end_without_memory();
    if (!judge_open(argv[1]))
        return 77;
    if (!has_two) {
        disagreements = documents_run(argv[3]);
    } else {
        guint seed = (guint)strtoul(argv[3], NULL, 10), count = (guint)strtoul(argv[4], NULL, 10);

        disagreements = is_sweep ? sweep_run(seed, count, argc > 5 ? argv[5] : NULL, are_spellings)
                                 : random_run(seed, count);
    }
    reasons_print();
    judge_close();
    return disagreements > 0;
}
