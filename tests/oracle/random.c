/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains made from the table of keys at random, as small as they get where the two disagree. What
 * both take is edited at random, in what libvirt made of it, and asked about again. The same seed
 * makes the same domains.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "oracle.h"
#include "parts.h"
#include "reasons.h"

static struct {
    guint unmade, edited;
} done;

/* ---- What is made ---- */

static void add_keys(GRand *rand, Part *part, guint n)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(part->kind, "", NULL);

    for (guint i = 0; i < n; i++) {
        const DwKey *key = keys->pdata[below(rand, keys->len)];
        g_autofree char *name = key_instance(key), *value = make_value(rand, key);

        part_set(part, name, value);
    }
    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        g_autofree char *value = key->required ? make_value(rand, key) : NULL;

        if (value)
            part_set(part, key->key, value);
    }
}

static GPtrArray *make_domain(GRand *rand)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
    Part *domain = part_new("");
    guint devices = 1 + below(rand, 3);

    part_set(domain, "name", "oracle");
    part_set(domain, "type", "qemu");
    part_set(domain, "memory", "1GiB");
    part_set(domain, "os.type", "hvm");
    for (const char *const *setting = choose_machine(rand); *setting; setting += 2)
        part_set(domain, setting[0], setting[1]);
    domain->fixed = domain->keys->len;
    if (below(rand, 3) == 0)
        add_keys(rand, domain, 1 + below(rand, 2));
    g_ptr_array_add(parts, domain);
    for (guint i = 0; i < devices; i++) {
        guint n = g_strv_length((char **)dw_kinds());
        Part *device = part_new(dw_kinds()[1 + below(rand, n - 1)]);

        add_keys(rand, device, below(rand, 6));
        g_ptr_array_add(parts, device);
    }
    return parts;
}

/* Takes away a key, or a device without any, at random. */
static void forget(GRand *rand, GPtrArray *parts)
{
    guint i = below(rand, parts->len);
    Part *part = parts->pdata[i];

    if (part->keys->len > part->fixed) {
        guint j = part->fixed + below(rand, part->keys->len - part->fixed);

        part_remove(part, j);
    } else if (i > 0) {
        g_ptr_array_remove_index(parts, i);
    }
}

/* Most of what is made at random is nonsense: takes away from it until nobody here objects, so that
 * libvirt is asked about what we call clean. */
static void clean(GRand *rand, GPtrArray *parts)
{
    for (unsigned turn = 0; turn < 100; turn++) {
        g_autoptr(DwDocument) document = parts_build(parts, &host);

        if (document && is_clean(document))
            return;
        forget(rand, parts);
    }
}

/* ---- Edits ---- */

/* Takes away a setting that is there. */
static DwEdit *make_unset(GRand *rand, const char *kind, const char *id, const DwSettings *settings)
{
    guint n = (guint)dw_settings_count(settings);
    const char *unset[] = {n ? dw_settings_key(settings, below(rand, n)) : NULL, NULL};

    return dw_edit_new(*kind ? DW_VERB_MODIFY : DW_VERB_SET, kind, id, NULL, unset);
}

/* What most of a document hangs on. */
static DwEdit *make_change(GRand *rand, const DwDocument *document)
{
    static const char *const unset[][2] = {{"os.machine", NULL}, {"os.arch", NULL}};
    g_autofree char *arch = dw_get_string(document, "os.arch");
    DwSettings *settings = dw_settings_new();
    guint way = below(rand, 4);

    if (way < G_N_ELEMENTS(unset))
        return dw_edit_new(DW_VERB_SET, "", "", settings, unset[way]);
    dw_settings_put(settings, "os.machine", dw_value_string(other_machine(rand, arch)));
    return dw_edit_new(DW_VERB_SET, "", "", settings, NULL);
}

static DwEdit *make_edit(GRand *rand, const DwDocument *document)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", true, NULL);
    const DwDevice *device = devices->pdata[below(rand, devices->len)];
    guint kinds = g_strv_length((char **)dw_kinds());
    guint way = below(rand, 16);

    if (way == 15)
        return make_change(rand, document);
    if (way >= 12) {
        g_autoptr(DwSettings) settings = dw_get_settings(document, NULL, true, NULL);

        return way == 12 ? make_unset(rand, "", "", settings)
                         : make_unset(rand, device->kind, device->id, device->properties);
    }
    way %= 4;
    const char *kind = way == 0   ? ""
                       : way == 1 ? dw_kinds()[1 + below(rand, kinds - 1)]
                                  : device->kind;
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    Part *part = part_new(kind);
    DwEdit *edit;

    if (way == 3 || !keys || keys->len == 0) {
        edit = dw_edit_new(DW_VERB_REMOVE, device->kind, device->id, NULL, NULL);
    } else if (way == 1) {
        add_keys(rand, part, below(rand, 4));
        edit = dw_edit_new(DW_VERB_ADD, kind, "", part_settings(part), NULL);
    } else {
        const DwKey *key = keys->pdata[below(rand, keys->len)];
        g_autofree char *name = key_instance(key), *value = make_value(rand, key);
        part_set(part, name, value);
        edit = dw_edit_new(way == 0 ? DW_VERB_SET : DW_VERB_MODIFY, kind,
                           way == 0 ? "" : device->id, part_settings(part), NULL);
    }
    part_free(part);
    return edit;
}

static char *print_edit(const DwEdit *edit)
{
    static const char *const verbs[] = {"set", "add", "modify", "remove"};
    GString *out = g_string_new(verbs[edit->verb]);

    g_string_append_printf(out, " %s %s", edit->kind, edit->id);
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        g_autofree char *value = dw_value_to_text(dw_settings_value(edit->values, i));
        g_string_append_printf(out, " %s=%s", dw_settings_key(edit->values, i), value);
    }
    for (char **key = edit->unset; key && *key; key++)
        g_string_append_printf(out, " without %s", *key);
    return g_string_free(out, FALSE);
}

/* What the rules and the schema have against an edit, "" for nothing; NULL: it cannot be made. */
static char *refuse_edit(const DwDocument *before, const GPtrArray *edits, DwDocument **ret_after)
{
    DwDocument *after = *ret_after = dw_document_copy(before);
    g_autoptr(DwDocument) tried = dw_document_copy(before);
    g_autoptr(GError) error = NULL;

    if (!dw_apply(after, edits, DW_APPLY_DOMAIN | DW_APPLY_UNCHECKED, &host, NULL, NULL))
        return NULL;
    if (!dw_apply(tried, edits, DW_APPLY_DOMAIN, &host, NULL, &error))
        return g_strdup(error->message);
    return schema_takes(before, after) ? g_strdup("") : schema_words(after);
}

/* An edit of what libvirt took; true when both are of one mind. */
static bool try_edit(GRand *rand, const GPtrArray *parts, guint number)
{
    g_autoptr(DwDocument) document = parts_build(parts, &host), after = NULL;
    g_autoptr(DwDocument) before = document && is_clean(document) ? store(document) : NULL;

    if (!before)
        return true;
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_ptr_array_add(edits, make_edit(rand, before));
    g_autofree char *refused = refuse_edit(before, edits, &after);
    if (!refused)
        return true;
    g_autofree char *refusal = ask_libvirt(after);
    done.edited++;
    if (!*refused == !refusal || (refusal ? reasons_have(refusal) : is_deliberate(after)))
        return true;
    /* It stores some things that it does not take again. */
    g_autofree char *known = refusal ? ask_libvirt(before) : NULL;
    if (known)
        return true;
    g_autofree char *edit = print_edit(edits->pdata[0]);
    printf("%s %u: %s\n%s\n%s\n\n", refusal ? "libvirt refuses" : "libvirt takes", number, edit,
           refusal ? refusal : refused, dw_document_text(before, NULL));
    return false;
}

/* ---- Shrinking ---- */

static Verdict judge_parts(const GPtrArray *parts, char **ret_words)
{
    g_autoptr(DwDocument) document = parts_build(parts, &host);

    if (ret_words)
        *ret_words = NULL;
    if (!document)
        done.unmade++;
    return document ? judge(document, ret_words) : AGREE;
}

/* Leaves out one device or key after the other as long as the verdict stays. */
static void shrink(GPtrArray *parts, Verdict verdict)
{
    for (guint i = parts->len - 1; i >= 1; i--) {
        Part *part = g_ptr_array_steal_index(parts, i);

        if (judge_parts(parts, NULL) == verdict)
            part_free(part);
        else
            g_ptr_array_insert(parts, (gint)i, part);
    }
    for (guint i = 0; i < parts->len; i++) {
        Part *part = parts->pdata[i];

        for (guint j = part->keys->len; j-- > part->fixed;) {
            char *key = g_ptr_array_steal_index(part->keys, j);
            char *value = g_ptr_array_steal_index(part->values, j);

            if (judge_parts(parts, NULL) == verdict) {
                g_free(key);
                g_free(value);
            } else {
                g_ptr_array_insert(part->keys, (gint)j, key);
                g_ptr_array_insert(part->values, (gint)j, value);
            }
        }
    }
}

static volatile sig_atomic_t is_over;

/* A long run can be ended with SIGTERM: it says what it has done. */
static void end(int number)
{
    is_over = 1;
}

static void report(GPtrArray *parts, Verdict verdict, guint number)
{
    g_autofree char *words = NULL;

    shrink(parts, verdict);
    judge_parts(parts, &words);
    g_autoptr(DwDocument) document = parts_build(parts, &host);
    printf("%s %u: %s\n%s\n\n", verdict == WE_REFUSE ? "libvirt takes" : "libvirt refuses", number,
           words, dw_document_text(document, NULL));
    fflush(stdout);
}

guint random_run(guint seed, guint count)
{
    guint disagreements = 0, i;

    signal(SIGTERM, end);
    for (i = 0; i < count && !is_over; i++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed + i);
        g_autoptr(GPtrArray) parts = make_domain(rand);
        /* One in four stays as it is: what we refuse, libvirt is to refuse as well. */
        if (i % 4 != 0)
            clean(rand, parts);
        Verdict verdict = judge_parts(parts, NULL);

        if (verdict == AGREE) {
            disagreements += !try_edit(rand, parts, seed + i);
        } else if (verdict != LEFT) {
            disagreements++;
            report(parts, verdict, seed + i);
        }
    }
    printf("%u domains, %u disagreements (both take %u, both refuse %u, not made %u, "
           "edited %u)\n",
           i, disagreements, counts.taken, counts.refused, done.unmade, done.edited);
    return disagreements;
}
