/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Single settings: every key of the table with each of its words, or with samples of what it takes,
 * in small devices of its kind; each of those with one of its keys left out; and each twice. Half
 * of them are on a machine of x86, the others on one of all, as the seed has it.
 */
#include <stdio.h>
#include <string.h>

#include "bases.h"
#include "judge.h"
#include "oracle.h"
#include "parts.h"

static GRand *machines, *choice;
static const char *only;
static guint share_of, tried, disagreements, left;

static Part *read_part(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    Part *part = part_new(strcmp(words[0], "domain") == 0 ? "" : words[0]);

    for (guint i = 1; words[i]; i++) {
        char *value = strchr(words[i], '=');

        if (!value)
            continue; /* two blanks */
        *value++ = 0;
        part_set(part, words[i], value);
    }
    return part;
}

static Part *make_machine(void)
{
    Part *domain = part_new("");

    part_set(domain, "name", "oracle");
    part_set(domain, "type", "qemu");
    part_set(domain, "memory", "1GiB");
    part_set(domain, "os.type", "hvm");
    for (const char *const *setting = choose_machine(machines); *setting; setting += 2)
        part_set(domain, setting[0], setting[1]);
    domain->fixed = domain->keys->len;
    return domain;
}

/* The domain of a base, then its devices, the one that it is about first. */
static GPtrArray *read_base(const char *base)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
    g_auto(GStrv) texts = g_strsplit(base, " | ", -1);
    Part *domain = make_machine();

    g_ptr_array_add(parts, domain);
    for (guint i = 0; texts[i]; i++) {
        Part *part = read_part(texts[i]);

        if (*part->kind) {
            g_ptr_array_add(parts, part);
            continue;
        }
        for (guint j = 0; j < part->keys->len; j++)
            part_replace(domain, part->keys->pdata[j], part->values->pdata[j]);
        part_free(part);
    }
    return parts;
}

static void try_parts(const GPtrArray *parts, const char *base, const char *what)
{
    g_autoptr(DwDocument) document = parts_build(parts, &host);
    g_autofree char *words = NULL, *machine = NULL;

    if (!document)
        return;
    tried++;
    Verdict verdict = judge(document, &words);
    left += verdict == LEFT;
    if (verdict == AGREE || verdict == LEFT)
        return;
    disagreements++;
    machine = dw_get_string(document, "os.machine");
    printf("libvirt %s, on %s: %s, %s\n    %s\n", verdict == WE_REFUSE ? "takes" : "refuses",
           machine, base, what, words);
    fflush(stdout);
}

/* One in `share` is asked about. */
static bool is_chosen(void)
{
    return share_of <= 1 || below(choice, share_of) == 0;
}

static void try_value(const char *base, const char *key, const char *value)
{
    g_autoptr(GPtrArray) parts = read_base(base);
    g_autofree char *what = g_strdup_printf("%s=%s", key, value);

    part_replace(parts->pdata[g_str_has_prefix(base, "domain") ? 0 : 1], key, value);
    try_parts(parts, base, what);
}

static void try_keys(const char *base)
{
    g_autoptr(Part) part = read_part(base);
    g_autoptr(GPtrArray) keys = dw_keys_describe(part->kind, "", NULL);

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *name = key_instance(key);
        g_auto(GStrv) values = make_values(key);

        for (char **value = values; *value && !key->output; value++)
            if (is_chosen())
                try_value(base, name, *value);
    }
}

static void try_without(const char *base)
{
    g_autoptr(Part) part = read_part(base);

    for (guint i = 0; i < part->keys->len; i++) {
        g_autoptr(GPtrArray) parts = read_base(base);
        Part *own = parts->pdata[*part->kind ? 1 : 0];
        g_autofree char *what = g_strdup_printf("without %s", (char *)part->keys->pdata[i]);

        for (guint j = own->fixed; j < own->keys->len; j++)
            if (strcmp(own->keys->pdata[j], part->keys->pdata[i]) == 0) {
                part_remove(own, j);
                break;
            }
        if (is_chosen())
            try_parts(parts, base, what);
    }
}

static void try_base(const char *base)
{
    if (only && !g_str_has_prefix(base, only))
        return;
    g_autoptr(GPtrArray) parts = read_base(base);

    try_parts(parts, base, "as it is");
    if (parts->len > 1) {
        g_ptr_array_insert(parts, 2, part_copy(parts->pdata[1]));
        try_parts(parts, base, "twice");
    }
    try_without(base);
    try_keys(base);
}

guint sweep_run(guint seed, guint share, const char *kind)
{
    machines = g_rand_new_with_seed(seed);
    choice = g_rand_new_with_seed(seed);
    share_of = share;
    only = kind;
    for (const char *const *base = bases; *base; base++)
        try_base(*base);
    for (const char *const *target = character_targets; *target; target++)
        for (const char *const *type = character_types; *type; type++) {
            g_autofree char *base = g_strconcat(*target, " ", *type, NULL);

            try_base(base);
        }
    g_rand_free(machines);
    g_rand_free(choice);
    printf("%u settings, %u disagreements (both take %u, both refuse %u, left to libvirt %u)\n",
           tried, disagreements, counts.taken, counts.refused, left);
    return disagreements;
}
