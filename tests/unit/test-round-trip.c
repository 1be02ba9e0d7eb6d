/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documents there are, read as settings and devices and built anew from them: every key reads the
 * same in what is built, no element or attribute is missing, and what is built is built again from
 * its own keys to the byte. Documents of libvirt's own are used where they are at hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "document/document.h"
#include "table/table.h"

#define SCHEMAS "/usr/share/libvirt/schemas"

static DwSchema *schema;
static unsigned documents, refused, wrong;

/* ---- What need not come back ---- */

/* Paths, by their ends, that no key is for, and how a document says the same otherwise. */
static const char *const left_out[] = {
    /* of a running domain, by libvirt */
    "domain/@id", "source/@index", "backingStore/@index", "seclabel/imagelabel", "target/@state",
    "cachetune/@id",
    /* elements that say nothing when they are empty */
    "domain/devices", "domain/features", "domain/cpu", "interface/coalesce", "coalesce/rx"};
/* Subtrees: what programs note, and the jobs of a running domain. */
static const char *const skipped[] = {"metadata", "mirror"};

/* Documents valid by the schema that cannot be built, and why. */
static const struct {
    const char *name, *reason;
} refusals[] = {
    /* libvirt refuses these */
    {"disk-hostdev-scsi-address-conflict.xml", "There is a"},
    {"disk-same-targets.xml", "There is a disk"},
    {"hostdev-mdev-duplicate.xml", "There is a hostdev"},
    {"hostdev-pci-duplicate.xml", "There is a hostdev"},
    {"hostdev-usb-duplicate.xml", "There is a hostdev"},
    {"q35-dmi-bad-address1.xml", "There is a controller"},
    {"pci-bridge-duplicate-index.xml", "There is a controller"},
    {"pseries-phb-invalid-target-index-3.xml", "from 0 to 30"},
    {"net-hostdev-fail.xml", "belongs to type network"},
    {"net-vhostuser-fail.xml", "belongs to type network"},
    {"chardev-tcp-multiple-source.xml", "belongs to type udp"},
    /* libvirt takes these, and leaves out what is in vain */
    {"chardev-reconnect-invalid-mode.xml", "belongs to source.mode connect"},
    {"tap-vhost-incorrect.xml", "belongs to model.type virtio"},
    {"virtio-rng-egd-unix.xml", "belongs to backend.type tcp"},
    {"virtio-rng-egd-crash.xml", "belongs to backend.type tcp or udp"},
    {"usb-redir-unix.xml", "belongs to type tcp"},
    {"smartcard-passthrough-unix.xml", "belongs to type tcp"},
    {"parallel-unix-chardev.xml", "belongs to type tcp"},
};

/* What has one key and is there twice: the first counts. */
static const struct {
    const char *name, *path;
} doubles[] = {
    {"qemu-ns.xml", "commandline/env"},
    {"qemu-ns.xml", "frontend/property"},
    {"qemu-ns-alt.xml", "commandline/env"},
    /* libvirt refuses these */
    {"memorytune-colliding-allocs.xml", "memorytune/node"},
    {"luks-disks-source-both.xml", "disk/source/encryption"},
    {"disk-network-source-auth-both.xml", "disk/source/auth"},
};

/* Paths may be those of attributes of the element. */
static bool is_left_out(const char *name, const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(left_out); i++)
        if (g_str_has_suffix(path, left_out[i]))
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(doubles); i++)
        if (strcmp(doubles[i].name, name) == 0 && strstr(path, doubles[i].path))
            return true;
    return false;
}

static bool may_refuse(const char *name, const char *message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (strcmp(refusals[i].name, name) == 0 && strstr(message, refusals[i].reason))
            return true;
    return false;
}

/* ---- Elements and attributes ---- */

static void count(GHashTable *counts, char *path, int by)
{
    int n = GPOINTER_TO_INT(g_hash_table_lookup(counts, path));

    g_hash_table_insert(counts, path, GINT_TO_POINTER(n + by));
}

/* Adds to how often each element and attribute is there; older places count as today's. */
static void count_names(const DwDocument *document, DwNode node, const char *parent,
                        GHashTable *counts, int by)
{
    g_autofree char *name = node_name(document, node);
    const char *local = strchr(name, ':') ? strchr(name, ':') + 1 : name;
    g_auto(GStrv) attributes = node_attribute_names(document, node);
    bool is_old = g_str_has_suffix(parent, "/disk") &&
                  (strcmp(name, "auth") == 0 || strcmp(name, "encryption") == 0);

    for (size_t i = 0; i < G_N_ELEMENTS(skipped); i++)
        if (strcmp(name, skipped[i]) == 0)
            return;
    g_autofree char *path = g_strconcat(parent, is_old ? "/source/" : "/", local, NULL);
    count(counts, g_strdup(path), by);
    for (char **attribute = attributes; *attribute; attribute++)
        if (!g_str_has_prefix(*attribute, "xmlns"))
            count(counts, g_strconcat(path, "/@", *attribute, NULL), by);
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child))
        count_names(document, child, path, counts, by);
}

static void check_nothing_is_missing(const char *name, const DwDocument *document,
                                     const DwDocument *built)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *path, *n;

    count_names(document, document_root(document), "", counts, 1);
    count_names(built, document_root(built), "", counts, -1);
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &path, &n))
        if (GPOINTER_TO_INT(n) > 0 && !is_left_out(name, path)) {
            print_error("%s: %s is missing\n", name, (char *)path);
            wrong++;
        }
}

/* ---- Keys ---- */

static bool is_output(const char *kind, const char *key)
{
    DwKey *found = dw_key_find(kind, key);
    bool output = found && found->output;

    dw_key_free(found);
    return output;
}

/* What can be set of what was read. */
static DwSettings *settable(const DwSettings *settings, const char *kind)
{
    DwSettings *out = dw_settings_new();

    for (size_t i = 0; i < dw_settings_count(settings); i++)
        if (!is_output(kind, dw_settings_key(settings, i)))
            dw_settings_put(out, dw_settings_key(settings, i),
                            dw_value_copy(dw_settings_value(settings, i)));
    return out;
}

static void compare(const char *name, const char *what, const DwSettings *wanted,
                    const DwSettings *found)
{
    for (size_t i = 0; i < dw_settings_count(wanted); i++) {
        const char *key = dw_settings_key(wanted, i);
        const DwValue *value = dw_settings_value(wanted, i);
        const DwValue *other = found ? dw_settings_get(found, key) : NULL;
        g_autofree char *a = dw_value_to_text(value);
        g_autofree char *b = other ? dw_value_to_text(other) : g_strdup("nothing");

        if (!other || strcmp(a, b) != 0) {
            print_error("%s: %s %s: \"%s\" became \"%s\"\n", name, what, key, a, b);
            wrong++;
        }
    }
}

/* The nth of the devices that share kind and id; those known by their place get ids when built. */
static const DwDevice *nth_of(const GPtrArray *devices, const DwDevice *like, unsigned n)
{
    bool by_place = *like->id == '#';

    if (by_place)
        n = strtoul(like->id + 1, NULL, 10) - 1;
    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        if (strcmp(device->kind, like->kind) == 0 &&
            (by_place || strcmp(device->id, like->id) == 0) && n-- == 0)
            return device;
    }
    return NULL;
}

typedef struct {
    DwSettings *settings;
    GPtrArray *devices;
} Parsed;

static void parsed_clear(Parsed *parsed)
{
    dw_settings_free(parsed->settings);
    g_ptr_array_unref(parsed->devices);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parsed, parsed_clear)

static Parsed parse(const DwDocument *document)
{
    g_autoptr(DwSettings) all = dw_get_settings(document, NULL, true, NULL);
    Parsed parsed = {settable(all, ""), dw_get_devices(document, "", true, NULL)};

    for (guint i = 0; i < parsed.devices->len; i++) {
        DwDevice *device = parsed.devices->pdata[i];
        DwSettings *own = settable(device->properties, device->kind);
        dw_settings_free(device->properties);
        device->properties = own;
    }
    return parsed;
}

static DwDocument *build(const Parsed *parsed, GError **error)
{
    return dw_build(parsed->settings, parsed->devices, NULL, DW_APPLY_DRAFT | DW_APPLY_UNCHECKED,
                    NULL, NULL, error);
}

static void compare_keys(const char *name, const Parsed *parsed, const Parsed *again)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    compare(name, "domain", parsed->settings, again->settings);
    for (guint i = 0; i < parsed->devices->len; i++) {
        const DwDevice *device = parsed->devices->pdata[i];
        char *both = g_strconcat(device->kind, " ", device->id, NULL);
        unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, both));
        g_hash_table_insert(counts, both, GUINT_TO_POINTER(n + 1));
        const DwDevice *other = nth_of(again->devices, device, n);
        compare(name, device->kind, device->properties, other ? other->properties : NULL);
    }
}

static void try_document(const char *name, const char *text, size_t length)
{
    g_autoptr(DwDocument) document = dw_document_parse(text, length, NULL);
    g_autoptr(GError) error = NULL;

    if (!document)
        return;
    if (schema) {
        g_autoptr(GPtrArray) problems = dw_schema_validate(schema, document);
        if (problems->len > 0)
            return;
    }
    documents++;
    g_auto(Parsed) parsed = parse(document);
    g_autoptr(DwDocument) built = build(&parsed, &error);
    if (!built) {
        refused++;
        if (!may_refuse(name, error->message)) {
            print_error("%s is not built: %s\n", name, error->message);
            wrong++;
        }
        return;
    }
    g_auto(Parsed) again = parse(built);
    compare_keys(name, &parsed, &again);
    check_nothing_is_missing(name, document, built);
    g_autoptr(DwDocument) rebuilt = build(&again, &error);
    const char *second = rebuilt ? dw_document_text(rebuilt, NULL) : error->message;
    if (strcmp(dw_document_text(built, NULL), second) != 0) {
        g_autofree char *difference = dw_diff(dw_document_text(built, NULL), second);
        print_error("%s: built again it differs:\n%s", name, difference);
        wrong++;
    }
}

static void try_directory(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);

    for (const char *name; directory && (name = g_dir_read_name(directory));) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        size_t length;
        if (g_str_has_suffix(name, ".xml") && g_file_get_contents(file, &text, &length, NULL))
            try_document(name, text, length);
    }
}

static void test_own_documents(void **state)
{
    documents = refused = wrong = 0;
    try_directory(TEST_ROOT "/tests/data/documents");
    assert_int_equal(wrong, 0);
    assert_true(documents > 0);
}

static void test_documents_of_libvirt(void **state)
{
    char *path = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");

    if (!path)
        skip();
    g_autofree char *generic = g_build_filename(path, "..", "genericxml2xmlindata", NULL);
    documents = refused = wrong = 0;
    try_directory(path);
    try_directory(generic);
    corpus_close(path);
    print_message("# %u valid, %u of them not built, %u faults\n", documents, refused, wrong);
    assert_int_equal(wrong, 0);
    assert_true(!schema || documents > 1000);
}

static int setup(void **state)
{
    if (g_file_test(SCHEMAS "/domain.rng", G_FILE_TEST_EXISTS))
        schema = dw_schema_load(SCHEMAS, NULL);
    return 0;
}

static int teardown(void **state)
{
    g_clear_pointer(&schema, dw_schema_free);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_documents),
        cmocka_unit_test(test_documents_of_libvirt),
    };

    return cmocka_run_group_tests_name("round-trip", tests, setup, teardown);
}
