/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Single settings: every key of the table with each of its words, or with samples of what it takes,
 * in small devices of its kind; each of those with one of its keys left out; and each twice. Half
 * of them are on a machine of x86, the others on one of all, as the seed has it. Or what no edit
 * would write but a document may have: other spellings and what is out of range, in place of the
 * value of each key.
 */
#include <stdio.h>
#include <string.h>

#include "bases.h"
#include "judge.h"
#include "oracle.h"
#include "parts.h"

static GRand *machines, *choice;
static const char *only;
static bool are_spellings;
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

static void try_document(const DwDocument *document, const char *base, const char *what)
{
    g_autofree char *words = NULL, *machine = NULL;

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

static void try_parts(const GPtrArray *parts, const char *base, const char *what)
{
    g_autoptr(DwDocument) document = parts_build(parts, &host);

    if (document)
        try_document(document, base, what);
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

/* ---- Spellings ---- */

/* Aliases are made at random. */
static void fix_aliases(char *text)
{
    for (char *at = text; (at = strstr(at, "'ua-"));)
        for (at += strlen("'ua-"); *at && *at != '\''; at++)
            *at = 'a';
}

/* The text of a base with a value in the place of a key's, or NULL. */
static char *write_with(const char *base, const char *key, const char *value)
{
    g_autoptr(GPtrArray) parts = read_base(base);

    Part *part = parts->pdata[g_str_has_prefix(base, "domain") ? 0 : 1];
    if (g_str_equal(part->kind, "interface"))
        part_set(part, "mac.address", "52:54:00:00:00:01");
    part_replace(part, key, value);
    g_autoptr(DwDocument) document = parts_build(parts, &host);
    char *text = document ? g_strdup(dw_document_text(document, NULL)) : NULL;
    if (text)
        fix_aliases(text);
    return text;
}

/* Two values of a key of which the documents differ in nothing but its text. */
static char **two_values(const DwKey *key)
{
    g_auto(GStrv) all = make_values(key);
    g_autoptr(GStrvBuilder) two = g_strv_builder_new();

    if (strcmp(key->form, "size") == 0)
        g_strv_builder_add_many(two, "64MiB", "65MiB", NULL);
    else if (g_strv_length(all) >= 2)
        g_strv_builder_add_many(two, all[0], all[1], NULL);
    else if (all[0] && key->type[0] == 's')
        g_strv_builder_add_many(two, all[0], "otherwise", NULL);
    return g_strv_builder_end(two);
}

/* Where the text begins in which two documents differ, and how long it is in the first. */
static bool find_text(const char *a, const char *b, size_t *ret_begin, size_t *ret_length)
{
    size_t begin = 0;

    while (a[begin] && a[begin] == b[begin])
        begin++;
    if (!a[begin])
        return false;
    while (begin > 0 && !strchr("'\">", a[begin - 1]))
        begin--;
    *ret_begin = begin;
    *ret_length = strcspn(a + begin, "'\"<");
    return true;
}

static void try_spelling(const char *base, const char *key, const char *text, size_t begin,
                         size_t length, const char *spelling)
{
    g_autofree char *xml =
        g_strdup_printf("%.*s%s%s", (int)begin, text, spelling, text + begin + length);
    g_autofree char *what = g_strdup_printf("%s spelt '%s'", key, spelling);
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), NULL);

    if (document)
        try_document(document, base, what);
}

static void try_spellings_of(const char *base, const DwKey *key)
{
    static const char *const spellings[] = {"",
                                            "-1",
                                            "0",
                                            "00",
                                            "+1",
                                            " 1",
                                            "1 ",
                                            "0x1",
                                            "0X1",
                                            "01",
                                            "1.5",
                                            "a",
                                            "A",
                                            "yes",
                                            "on",
                                            "true",
                                            "off",
                                            "no",
                                            "none",
                                            "default",
                                            "auto",
                                            "256",
                                            "-2",
                                            "1000",
                                            "4294967296",
                                            "65536",
                                            "0-1",
                                            "0,1",
                                            "1,^1",
                                            "/",
                                            "a b",
                                            "/a b",
                                            "é",
                                            "a/b",
                                            "18446744073709551616",
                                            "00000000-0000-0000-0000-000000000000",
                                            "a,b",
                                            "a&amp;b",
                                            "12345678901234567890123456789012345678901234567890",
                                            "0xffffffffff",
                                            NULL};
    g_autofree char *name = key_instance(key);
    g_auto(GStrv) values = two_values(key);
    if (!values[0])
        return;
    guint32 state = g_rand_int(machines);
    GRand *seeded = machines;

    machines = g_rand_new_with_seed(state);
    g_autofree char *a = write_with(base, name, values[0]);
    g_rand_set_seed(machines, state);
    g_autofree char *b = write_with(base, name, values[1]);
    size_t begin, length;
    if (a && b && find_text(a, b, &begin, &length))
        for (const char *const *spelling = spellings; *spelling; spelling++)
            if (is_chosen())
                try_spelling(base, name, a, begin, length, *spelling);
    g_rand_free(machines);
    machines = seeded;
}

/* Every key of the domain once, and where a base is about some of them, those once more. */
static void try_spellings(const char *base)
{
    g_autoptr(Part) part = read_part(base);
    g_autoptr(GPtrArray) keys = dw_keys_describe(part->kind, "", NULL);
    bool is_all = *part->kind || part->keys->len == 0;

    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        bool is_own = false;

        for (guint j = 0; j < part->keys->len; j++)
            is_own |= strcmp(part->keys->pdata[j], key->key) == 0;
        if (!key->output && (is_all || is_own))
            try_spellings_of(base, key);
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
    if (are_spellings) {
        try_spellings(base);
        return;
    }
    g_autoptr(GPtrArray) parts = read_base(base);

    try_parts(parts, base, "as it is");
    if (parts->len > 1) {
        g_ptr_array_insert(parts, 2, part_copy(parts->pdata[1]));
        try_parts(parts, base, "twice");
    }
    try_without(base);
    try_keys(base);
}

/* Nothing would be asked about a base with a key that there is not. */
static void expect_keys(const char *base)
{
    g_autoptr(GPtrArray) parts = read_base(base);
    g_autoptr(DwDocument) document = parts_build(parts, &host);

    if (!document)
        g_error("there is no such device: %s", base);
}

guint sweep_run(guint seed, guint share, const char *kind, bool spellings)
{
    are_spellings = spellings;
    machines = g_rand_new_with_seed(seed);
    choice = g_rand_new_with_seed(seed);
    share_of = share;
    only = kind;
    for (const char *const *base = bases; *base; base++) {
        expect_keys(*base);
        try_base(*base);
    }
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
