/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-model TURNS SECONDS FILE...: parse + add a disk through the table + export of each
 * document, beside plain libxml2 doing the same in the same turn; the same by a whole edit, with
 * the defaults and rules that libxml2 has none of; then the memory an open document takes in each.
 * Documents that either side refuses count for neither.
 */
#include "measure.h"
#include "plain.h"

#include "edit/write/edit.h"
#include <libxml/parser.h>
#include <malloc.h>
#include <stdio.h>

typedef struct {
    char *text;
    size_t length;
} Source;

static DwDocument *edited(const Source *source, const GPtrArray *edits)
{
    const DwHost anywhere = {0};
    g_auto(DwResult) result = {0};
    g_autoptr(DwDocument) document = dw_document_parse(source->text, source->length, NULL);

    if (!document || !dw_apply(document, edits, 0, &anywhere, &result, NULL))
        return NULL;
    return g_steal_pointer(&document);
}

/* The mechanism alone: the keys of a disk written through the table, the disk put in its place. */
static DwDocument *written(const Source *source, const GPtrArray *edits)
{
    const DwEdit *edit = edits->pdata[0];
    g_autoptr(DwDocument) document = dw_document_parse(source->text, source->length, NULL);
    DwNode devices = document ? devices_node(document) : DW_NODE_NONE;

    if (devices == DW_NODE_NONE)
        return NULL;
    g_autoptr(DwDocument) disk = document_new_fragment(document, devices, "disk");
    const DwHost anywhere = {0};
    DwEditContext context = {.document = disk, .host = &anywhere};
    if (!edit_write(&context, "disk", document_root(disk), edit->values, NULL))
        return NULL;
    node_insert(document, devices, disk);
    return g_steal_pointer(&document);
}

typedef DwDocument *(*Adder)(const Source *source, const GPtrArray *edits);

static bool run_ours(Adder add, const Source *source, const GPtrArray *edits)
{
    g_autoptr(DwDocument) document = add(source, edits);
    g_autofree char *copy = NULL;
    size_t length;

    if (!document)
        return false;
    copy = g_strdup(dw_document_text(document, &length));
    return copy != NULL;
}

static bool run_plain(const Source *source)
{
    xmlDoc *document = plain_parse(source->text, (int)source->length);
    int length;

    if (!document)
        return false;
    plain_add_disk(document);
    xmlFree(plain_export(document, &length));
    xmlFreeDoc(document);
    return true;
}

static GPtrArray *disk_edits(void)
{
    GPtrArray *edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *disk = dw_settings_new();

    dw_settings_put(disk, "type", dw_value_string("file"));
    dw_settings_put(disk, "device", dw_value_string("disk"));
    dw_settings_put(disk, "source.file", dw_value_string(PLAIN_DISK_FILE));
    dw_settings_put(disk, "driver.name", dw_value_string("qemu"));
    dw_settings_put(disk, "driver.type", dw_value_string(PLAIN_DISK_TYPE));
    dw_settings_put(disk, "target.dev", dw_value_string(PLAIN_DISK_TARGET));
    dw_settings_put(disk, "target.bus", dw_value_string(PLAIN_DISK_BUS));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_ADD, "disk", "", disk, NULL));
    return edits;
}

/* A turn is a whole round through the documents: a single one is too short for the clock. */
typedef struct {
    GArray *sources;
    GPtrArray *edits;
} Bench;

static void each_ours(const Bench *bench, Adder add)
{
    for (guint i = 0; i < bench->sources->len; i++)
        run_ours(add, &g_array_index(bench->sources, Source, i), bench->edits);
}

static void all_written(void *bench)
{
    each_ours(bench, written);
}

static void all_edited(void *bench)
{
    each_ours(bench, edited);
}

static void all_plain(void *data)
{
    const Bench *bench = data;

    for (guint i = 0; i < bench->sources->len; i++)
        run_plain(&g_array_index(bench->sources, Source, i));
}

static const Pair pairs[] = {
    {"document", all_written, all_plain, NULL, NULL},
    {"document-edit", all_edited, all_plain, NULL, NULL},
};

static size_t heap(void)
{
    return mallinfo2().uordblks;
}

static void measure_memory(const GArray *sources)
{
    guint count = sources->len;
    g_autofree void **open = g_new0(void *, count);
    size_t before = heap(), ours, plain;
    Samples samples = {0};

    for (guint i = 0; i < count; i++) {
        const Source *source = &g_array_index(sources, Source, i);

        open[i] = dw_document_parse(source->text, source->length, NULL);
        node_first_child(open[i], document_root(open[i])); /* with its table of elements */
    }
    ours = heap() - before;
    for (guint i = 0; i < count; i++)
        dw_document_free(open[i]);

    before = heap();
    for (guint i = 0; i < count; i++) {
        const Source *source = &g_array_index(sources, Source, i);

        open[i] = plain_parse(source->text, (int)source->length);
    }
    plain = heap() - before;
    for (guint i = 0; i < count; i++)
        xmlFreeDoc(open[i]);

    samples_add(&samples, (double)ours / count, (double)plain / count);
    samples_report(&samples, "document-memory", "bytes");
}

static GArray *read_sources(char **paths, const GPtrArray *edits)
{
    GArray *sources = g_array_new(FALSE, FALSE, sizeof(Source));

    for (; *paths; paths++) {
        Source source;

        if (!g_file_get_contents(*paths, &source.text, &source.length, NULL))
            continue;
        if (run_plain(&source) && run_ours(edited, &source, edits) &&
            run_ours(written, &source, edits))
            g_array_append_val(sources, source);
        else
            g_free(source.text);
    }
    return sources;
}

int main(int argc, char **argv)
{
    Bench bench = {.edits = disk_edits()};
    Effort effort;

    if (argc < 4) {
        fprintf(stderr, "usage: bench-model TURNS SECONDS FILE...\n");
        return 2;
    }
    effort = effort_read(argv + 1);
    bench.sources = read_sources(argv + 3, bench.edits);
    if (bench.sources->len == 0) {
        fprintf(stderr, "bench-model: none of the files is a domain both sides take\n");
        return 1;
    }
    pairs_measure(pairs, G_N_ELEMENTS(pairs), &effort, &bench);
    measure_memory(bench.sources);
    for (guint i = 0; i < bench.sources->len; i++)
        g_free(g_array_index(bench.sources, Source, i).text);
    g_array_unref(bench.sources);
    g_ptr_array_unref(bench.edits);
    xmlCleanupParser();
    return 0;
}
