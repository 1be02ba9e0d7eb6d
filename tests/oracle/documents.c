/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documents that others wrote, such as those of libvirt's own tests: what libvirt takes and we call
 * wrong, what it refuses and we do not, and how many there are of each. What is of another
 * hypervisor or cannot be read as a domain is left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "oracle.h"
#include "reasons.h"

static struct {
    guint asked, left_out, wrong, missed, left;
} done;

/* The driver that is asked emulates, with programs that are where the host has them. */
static bool adapt(DwDocument *document)
{
    static const char *const programs[] = {"emulator", NULL};
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *settings = dw_settings_new();

    dw_settings_put(settings, "type", dw_value_string("qemu"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", settings, programs));
    return dw_apply(document, edits, DW_APPLY_UNCHECKED, &host, NULL, NULL);
}

static DwDocument *read_domain(const char *path)
{
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, NULL))
        return NULL;
    DwDocument *document = dw_document_parse(text, length, NULL);
    g_autofree char *type = document ? dw_get_string(document, "type") : NULL;
    if (type && (strcmp(type, "qemu") == 0 || strcmp(type, "kvm") == 0) && adapt(document))
        return document;
    dw_document_free(document);
    return NULL;
}

/* What both say of a document about which they are of one mind. */
static void show(const char *name, const DwDocument *document)
{
    g_autofree char *words = objections(document), *refusal = ask_libvirt(document);

    printf("both %s %s: %s\n", refusal ? "refuse" : "take", name, words);
    if (refusal)
        printf("    %s\n", refusal);
}

static void ask_about(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *words = NULL;
    g_autoptr(DwDocument) document = read_domain(path);

    if (!document) {
        done.left_out++;
        return;
    }
    done.asked++;
    switch (judge(document, &words)) {
    case WE_REFUSE:
        done.wrong++;
        printf("libvirt takes %s: %s\n", name, words);
        break;
    case LIBVIRT_REFUSES:
        done.missed++;
        printf("libvirt refuses %s: %s\n", name, words);
        break;
    case LEFT:
        done.left++;
        break;
    case AGREE:
        if (getenv("ORACLE_SHOW"))
            show(name, document);
        break;
    }
    fflush(stdout);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

guint documents_run(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, ".xml"))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare);
    first_machine();
    for (guint i = 0; i < names->len; i++)
        ask_about(folder, names->pdata[i]);
    printf(
        "%u documents, %u false errors, %u missed (both take %u, both refuse %u, left to libvirt "
        "%u, not of QEMU %u)\n",
        done.asked, done.wrong, done.missed, counts.taken, counts.refused, done.left,
        done.left_out);
    return done.wrong + done.missed;
}
