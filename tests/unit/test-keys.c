/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every key of the table on every document at hand: what is set is read back, the text goes on
 * being a document, undo and the inverse edit give back the bytes. And how keys are described and
 * found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "corpus.h"
#include "keys/devices.h"
#include "keys/key-path.h"
#include "table/value-form.h"

/* Two values for each form; the second with all that is hard about it. */
static DwValue sample(const DwRow *row, unsigned which)
{
    g_auto(GStrv) words = row_values(row);
    const char *two[] = {words[0] ? words[0] : "a b", words[0] ? words[1] : "<c> & 'd'", NULL};
    unsigned n = g_strv_length(words);

    switch (row->form) {
    case DW_FORM_ENUM:
        return dw_value_string(words[which ? n - 1 : 0]);
    case DW_FORM_LIST:
        return dw_value_strings(two);
    case DW_FORM_PATH:
        return dw_value_string(which ? "/a b/\"c\" & 'd' <e>" : "/x");
    case DW_FORM_UUID:
        return dw_value_string("c7a5fdbd-edaf-9455-926a-d65c16db1809");
    case DW_FORM_YESNO:
    case DW_FORM_ONOFF:
        return dw_value_bool(which);
    case DW_FORM_PRESENCE:
    case DW_FORM_CHAIN_END:
        return dw_value_bool(true);
    case DW_FORM_PCI:
        return dw_value_string(which ? "00a1:02:1f.7" : "0000:01:00.0");
    case DW_FORM_SIZE:
        return dw_value_uint64(which ? 1000001 : 3221225472);
    case DW_FORM_INT:
        return dw_value_int64(which ? (int64_t)row->min : 7);
    case DW_FORM_UINT:
    case DW_FORM_UINT64:
        return dw_value_uint64(which && row->max ? row->max : row->min + 1);
    default:
        return dw_value_string(which ? "\t \n\xC3\xA9 <x> &amp; ' \" ]]> \r" : "plain");
    }
}

typedef struct {
    const char *name, *text;
    DwDocument *document;
    DwNode node;
    DwPlace place;
    char *key;
} Trial;

static void expect_bytes(const Trial *trial, const char *when)
{
    if (strcmp(dw_document_text(trial->document, NULL), trial->text) != 0)
        fail_msg("%s: %s %s: not the same bytes:\n%s", trial->name, trial->key, when,
                 dw_document_text(trial->document, NULL));
}

static bool put(const Trial *trial, const DwValue *value)
{
    g_autoptr(GError) error = NULL;

    if (!place_set(trial->document, trial->node, &trial->place, trial->key, value, &error)) {
        if (!strstr(error->message, "would be lost"))
            fail_msg("%s: %s", trial->name, error->message);
        return false;
    }
    size_t length;
    const char *text = dw_document_text(trial->document, &length);
    if (!text_check(text, length, "domain", &error))
        fail_msg("%s: %s: %s:\n%s", trial->name, trial->key, error->message, text);
    return true;
}

static void expect_reads(const Trial *trial, const DwValue *sent)
{
    DwValue wanted, found;

    assert_true(form_coerce(trial->place.row, trial->key, sent, &wanted, NULL));
    if (!place_get(trial->document, trial->node, &trial->place, &found))
        fail_msg("%s: %s: not there after setting", trial->name, trial->key);
    if (!dw_value_equal(&wanted, &found)) {
        g_autofree char *a = dw_value_to_text(&wanted), *b = dw_value_to_text(&found);
        fail_msg("%s: %s: set \"%s\", read \"%s\"", trial->name, trial->key, a, b);
    }
    dw_value_clear(&wanted);
    dw_value_clear(&found);
}

/* A key that is there: its own value changes nothing; another and back again restores it. */
static void try_present(const Trial *trial, const DwValue *other, const DwValue *own)
{
    size_t mark = document_mark(trial->document);
    DwValue value;

    if (form_coerce(trial->place.row, trial->key, own, &value, NULL)) {
        put(trial, own);
        expect_bytes(trial, "set to what it is");
        put(trial, other);
        put(trial, own);
        expect_bytes(trial, "set there and back");
        dw_value_clear(&value);
    }
    place_unset(trial->document, trial->node, &trial->place);
    /* What has an index moves up when the one before it goes. */
    if (trial->place.n_indices == 0 &&
        place_get(trial->document, trial->node, &trial->place, &value))
        fail_msg("%s: %s: still there after unsetting", trial->name, trial->key);
    document_rollback(trial->document, mark);
    expect_bytes(trial, "unset and undone");
}

/* What libvirt alone writes is taken only as it is. */
static void try_output(const Trial *trial, const DwValue *value)
{
    g_autoptr(GError) error = NULL;
    DwValue own;

    if (place_get(trial->document, trial->node, &trial->place, &own)) {
        assert_true(place_set(trial->document, trial->node, &trial->place, trial->key, &own, NULL));
        expect_bytes(trial, "set to what it is");
        dw_value_clear(&own);
        return;
    }
    assert_false(place_set(trial->document, trial->node, &trial->place, trial->key, value, &error));
    assert_non_null(strstr(error->message, "libvirt writes it"));
    expect_bytes(trial, "refused");
}

static void try_key(Trial *trial, unsigned which)
{
    DwValue value = sample(trial->place.row, which), own;
    bool present = place_get(trial->document, trial->node, &trial->place, &own);
    size_t mark = document_mark(trial->document);

    if (trial->place.row->flags & DW_ROW_OUTPUT) {
        try_output(trial, &value);
        dw_value_clear(&value);
        if (present)
            dw_value_clear(&own);
        return;
    }

    if (put(trial, &value)) {
        expect_reads(trial, &value);
        if (!present) {
            place_unset(trial->document, trial->node, &trial->place);
            expect_bytes(trial, "set and unset");
        }
    }
    document_rollback(trial->document, mark);
    expect_bytes(trial, "undone");
    if (present) {
        try_present(trial, &value, &own);
        dw_value_clear(&own);
    }
    dw_value_clear(&value);
}

/* A second one has to have a first. */
static bool has_first(const DwGroup *group, const DwSection *section, const Trial *trial)
{
    g_autoptr(DwDocument) document = dw_document_parse(trial->text, strlen(trial->text), NULL);
    DwPlace first = {.section = section, .indices = {{section->first - 1}}};
    DwNode node = device_next(document, group->kind, DW_NODE_NONE);

    return node != DW_NODE_NONE && place_base(document, node, &first) != DW_NODE_NONE;
}

static void try_group(Trial *trial, const DwGroup *group)
{
    for (const DwSection *section = group->sections; section && section->key; section++)
        for (const DwRow *row = section->rows; row->key; row++)
            for (unsigned which = 0; which < 2; which++) {
                if (section->first && !has_first(group, section, trial))
                    continue;
                trial->document = dw_document_parse(trial->text, strlen(trial->text), NULL);
                trial->node = *group->kind ? device_next(trial->document, group->kind, DW_NODE_NONE)
                                           : document_root(trial->document);
                trial->place = (DwPlace){.row = row,
                                         .section = section,
                                         .indices = {{MAX(1, section->first), 1, 1, 1}, "a.b"}};
                for (const char *p = section->key; *p; p++)
                    trial->place.n_indices += *p == 'N';
                trial->key = place_key(&trial->place);
                if (trial->node != DW_NODE_NONE)
                    try_key(trial, which);
                g_free(trial->key);
                dw_document_free(trial->document);
            }
}

/* False when the file is no domain document. */
static bool try_file(const char *path)
{
    g_autofree char *text = NULL;
    Trial trial = {.name = path};
    size_t length;

    assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_autoptr(DwDocument) document = dw_document_parse(text, length, NULL);
    if (!document)
        return false;
    trial.text = text;
    for (const DwGroup *const *g = table_groups(); *g; g++)
        try_group(&trial, *g);
    return true;
}

static unsigned try_directory(const char *path, unsigned every)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    unsigned n = 0, tried = 0;

    assert_non_null(directory);
    for (const char *name; (name = g_dir_read_name(directory));)
        if (g_str_has_suffix(name, ".xml") && n++ % every == 0) {
            g_autofree char *file = g_build_filename(path, name, NULL);
            tried += try_file(file);
        }
    return tried;
}

static void test_every_key_on_own_documents(void **state)
{
    assert_int_equal(try_directory(TEST_ROOT "/tests/data/documents", 1), 4);
}

static void test_every_key_on_the_corpus(void **state)
{
    char *path = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");

    if (!path)
        skip();
    assert_true(try_directory(path, 20) > 30);
    corpus_close(path);
}

static void test_descriptions(void **state)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe("*", "", NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    assert_true(keys->len > 250);
    for (guint i = 0; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        if (!g_hash_table_add(seen, g_strconcat(key->kind, "/", key->key, NULL)))
            fail_msg("%s %s is there twice", key->kind, key->key);
        assert_true(strlen(key->doc) > 3 && g_str_has_suffix(key->doc, "."));
        assert_true(key->max >= key->min || strcmp(key->type, "i") == 0 || key->max == 0);
        assert_int_equal(strcmp(key->form, "enum") == 0,
                         *key->values && strcmp(key->form, "list") != 0);
    }
}

static void test_one_description(void **state)
{
    DwKey *key = dw_key_find("disk", "backing.12.source.host.3.port");

    assert_string_equal(key->key, "backing.N.source.host.N.port");
    assert_string_equal(key->type, "u");
    assert_string_equal(key->form, "uint");
    assert_int_equal(key->max, 65535);
    assert_true(key->reach);
    assert_int_equal(key->applies, DW_APPLIES_MEDIA);
    dw_key_free(key);
    assert_null(dw_key_find("disk", "backing.0.format"));
    assert_null(dw_key_find("disk", "backing.01.format"));
    assert_null(dw_key_find("disk", "backing..format"));
    assert_null(dw_key_find("", "target.dev"));
    assert_null(dw_key_find("nothing", "target.dev"));
    assert_null(dw_keys_describe("nothing", "", NULL));
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"none", "writethrough", "writeback", NULL};

    assert_string_equal(dw_nearest("nnoe", words), "none");
    assert_string_equal(dw_nearest("writeback ", words), "writeback");
    assert_null(dw_nearest("something", words));
    assert_null(dw_nearest("", words));
}

static void expect_refusal(const char *kind, const char *key, DwValue value, const char *words)
{
    g_autoptr(GError) error = NULL;
    DwPlace place;
    DwValue coerced;

    assert_true(place_find(kind, key, &place));
    assert_false(form_coerce(place.row, key, &value, &coerced, &error));
    assert_int_equal(error->code, DW_ERROR_INVALID_VALUE);
    if (!strstr(error->message, words) || !strstr(error->message, key))
        fail_msg("\"%s\" does not say \"%s\"", error->message, words);
    dw_value_clear(&value);
}

static void test_values_refused(void **state)
{
    expect_refusal("disk", "driver.cache", dw_value_string("nonw"), "Did you mean \"none\"?");
    expect_refusal("disk", "driver.cache", dw_value_uint(1), "a string");
    expect_refusal("disk", "driver.cache", dw_value_string(""), "one of: default, none");
    expect_refusal("disk", "boot.order", dw_value_uint(0), "from 1 to");
    expect_refusal("disk", "boot.order", dw_value_string("-1"), "from 1 to");
    expect_refusal("disk", "boot.order", dw_value_int64(-1), "from 1 to");
    /* An example of a size is one that the key takes. */
    expect_refusal("interface", "mtu.size", dw_value_string("4GiB"),
                   "from 68 to 65535 (bytes), or text such as \"4KiB\".");
    expect_refusal("disk", "blockio.logical_block_size", dw_value_uint(1),
                   "or text such as \"4MiB\".");
    expect_refusal("disk", "iotune.read_bytes_sec", dw_value_string("x"),
                   "or text such as \"4GiB\".");
    expect_refusal("disk", "source.host.1.port", dw_value_uint64(65536), "from 0 to 65535");
    expect_refusal(
        "", "memory", dw_value_string("abc"),
        "it takes a whole number from 1 with a unit, such as \"4GiB\": B, KiB, MiB, GiB, "
        "TiB, or KB, MB, GB, TB for powers of 1000, at most 9223372036854774784 bytes.");
    expect_refusal("", "memory", dw_value_string("1.5GiB"), "a whole number from 1 with a unit");
    expect_refusal("", "memory", dw_value_uint(0), "from 1 with");
    expect_refusal("disk", "readonly", dw_value_uint(1), "a boolean");
    expect_refusal("disk", "readonly", dw_value_string("maybe"), "yes, no, on, off");
    expect_refusal("disk", "source.file", dw_value_string("a/b"), "an absolute path");
    expect_refusal("disk", "source.file", dw_value_string("C:a"), "an absolute path");
    expect_refusal("disk", "source.file", dw_value_string("a"), "an absolute path");
    expect_refusal("disk", "source.dev", dw_value_string("dev/sda"), "an absolute path");
    expect_refusal("", "uuid", dw_value_string(""), "32");
    expect_refusal("disk", "source.address", dw_value_string("1:0.0"), "0000:01:00.0");
    expect_refusal("disk", "serial", dw_value_string("a\x01z"), "control characters");
    expect_refusal("disk", "serial", dw_value_string("\xEF\xBF\xBF"), "control characters");
    expect_refusal("disk", "serial", dw_value_string("\xE9"), "control characters");
    expect_refusal("", "uuid", dw_value_string("00000000-0000-0000-0000-000000000000"), "all zero");
    expect_refusal("", "uuid", dw_value_string("4dea22b3-1d52-d8f3-2516-782e98ab3fa"), "32");
    expect_refusal("", "memory", dw_value_uint(0), "4GiB");
    expect_refusal("", "memory", dw_value_string("4 apples"), "4GiB");
    expect_refusal("", "memory", dw_value_string("4 gb"), "4GiB, or 4GB for powers of 1000");
    expect_refusal("disk", "iotune.read_bytes_sec", dw_value_string("4Mb"), "could be bits");
    expect_refusal("", "memory", dw_value_string("99999999999999999999"), "4GiB");
    expect_refusal("", "memory", dw_value_uint64(UINT64_C(9223372036854774785)), "at most");
    expect_refusal("memory", "target.size", dw_value_string("8388608TiB"), "784 bytes");
    expect_refusal("", "vcpu", dw_value_uint64(65536), "65535");
    expect_refusal("", "iothreads", dw_value_uint(4097), "4096");
    expect_refusal("controller", "index", dw_value_uint(256), "255");
    expect_refusal("", "os.boot", dw_value_string("hd,disc"), "fd, hd, cdrom, network");
    expect_refusal("", "os.boot", dw_value_bool(true), "a list");
    expect_refusal("", "os.bios.rebootTimeout", dw_value_string("-2"), "from -1 to 65535");
}

static void expect_coerced(const char *key, DwValue value, DwValue wanted)
{
    DwPlace place;
    DwValue coerced;

    assert_true(place_find("", key, &place));
    assert_true(form_coerce(place.row, key, &value, &coerced, NULL));
    assert_true(dw_value_equal(&coerced, &wanted));
    dw_value_clear(&value);
    dw_value_clear(&wanted);
    dw_value_clear(&coerced);
}

static void test_values_taken(void **state)
{
    static const char *const order[] = {"hd", "cdrom", NULL};

    expect_coerced("memory", dw_value_string("4GiB"), dw_value_uint64(4294967296));
    expect_coerced("memory", dw_value_uint64(UINT64_C(9223372036854774784)),
                   dw_value_uint64(UINT64_C(9223372036854774784)));
    expect_coerced("memory", dw_value_string("512 MiB"), dw_value_uint64(536870912));
    expect_coerced("memory", dw_value_string("1gB"), dw_value_uint64(1000000000));
    expect_coerced("memory", dw_value_string("1024"), dw_value_uint64(1024));
    expect_coerced("memory", dw_value_int64(2048), dw_value_uint64(2048));
    expect_coerced("vcpu", dw_value_string("4"), dw_value_uint(4));
    expect_coerced("vcpu", dw_value_uint64(4), dw_value_uint(4));
    expect_coerced("features.acpi", dw_value_string("on"), dw_value_bool(true));
    expect_coerced("hyperv.relaxed", dw_value_string("no"), dw_value_bool(false));
    expect_coerced("os.boot", dw_value_string("hd, cdrom"), dw_value_strings(order));
    expect_coerced("os.kernel", dw_value_string("C:\\a"), dw_value_string("C:\\a"));
    expect_coerced("os.kernel", dw_value_string("[s] a/a"), dw_value_string("[s] a/a"));
    expect_coerced("genid", dw_value_string(""), dw_value_string(""));
    expect_coerced("os.boot", dw_value_strings(order), dw_value_strings(order));
}

static void test_text_of_another_type_comes_as_it_is(void **state)
{
    static const char text[] = "<domain><memory unit='furlong'>4</memory><vcpu>many</vcpu>"
                               "<features><pmu state='maybe'/></features></domain>";
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(DwSettings) settings = dw_get_settings(document, NULL, true, NULL);

    assert_int_equal(dw_settings_count(settings), 3);
    assert_string_equal(dw_settings_get(settings, "memory")->s, "4 furlong");
    assert_string_equal(dw_settings_get(settings, "vcpu")->s, "many");
    assert_string_equal(dw_settings_get(settings, "features.pmu")->s, "maybe");
}

/* Elements that say something by being there, as libvirt reads them: with nothing in them, they are
 * a setting, and unsetting takes them away with all that is in them. */
static void test_elements_without_anything(void **state)
{
    static const struct {
        const char *key, *before, *after;
    } elements[] = {
        {"features.hap", "<features><hap", "/></features>"},
        {"features.pmu", "<features><pmu", "/></features>"},
        {"features.pvspinlock", "<features><pvspinlock", "/></features>"},
        {"features.smm", "<features><smm", "/></features>"},
        {"features.smm", "<features><smm", "><tseg>1</tseg></smm></features>"},
        {"features.vmcoreinfo", "<features><vmcoreinfo", "/></features>"},
        {"features.vmport", "<features><vmport", "/></features>"},
        {"launchSecurity.quoteGenerationService",
         "<launchSecurity type='tdx'><quoteGenerationService", "/></launchSecurity>"},
        {"os.varstore", "<os><type>hvm</type><varstore", "/></os>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *text =
            g_strconcat("<domain>", elements[i].before, elements[i].after, "</domain>", NULL);
        const char *name = strrchr(elements[i].before, '<');
        g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
        g_autoptr(DwSettings) settings = dw_get_settings(document, NULL, true, NULL);
        const DwValue *value = dw_settings_get(settings, elements[i].key);
        DwPlace place;

        if (!value || value->type != DW_VALUE_BOOL || !value->b)
            fail_msg("%s does not set %s", text, elements[i].key);
        assert_true(place_find("", elements[i].key, &place));
        place_unset(document, document_root(document), &place);
        assert_null(strstr(dw_document_text(document, NULL), name));
    }
}

/* What two devices share names neither: in answers each has its position. */
static void test_ids_that_are_shared(void **state)
{
    static const char text[] =
        "<domain type='kvm'><devices><controller type='usb' index='0' model='ich9-ehci1'/>"
        "<controller type='usb' index='0' model='ich9-uhci1'/>"
        "<controller type='sata' index='0'/>"
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x0781'/><product "
        "id='0x5567'/><address bus='1' device='8'/></source></hostdev>"
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x0781'/><product "
        "id='0x5567'/><address bus='1' device='9'/></source></hostdev>"

        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x0001'/>"
        "<product id='0x0002'/></source></hostdev>"
        "<interface type='user'><mac address='52:54:00:AA:00:01'/></interface>"
        "<interface type='user'><mac address='52:54:00:aa:00:01'/></interface>"
        "<sound model='usb'/><graphics type='vnc'/><video/></devices></domain>";
    static const char *const ids[] = {"#1", "#2", "sata0", "#1",  "#2", "0x0001:0x0002",
                                      "#1", "#2", "#1",    "vnc", "#1"};
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(GPtrArray) found = dw_get_devices(document, "", true, NULL);
    g_autoptr(GPtrArray) some = dw_get_devices(document, "hostdev", true, NULL);

    dw_devices_tell_apart(found);
    assert_int_equal(found->len, G_N_ELEMENTS(ids));
    for (guint i = 0; i < found->len; i++) {
        const DwDevice *device = found->pdata[i];
        assert_string_equal(device->id, ids[i]);
        g_autofree char *there = dw_device_text(document, device->kind, device->id);
        assert_non_null(there);
    }
    dw_devices_tell_apart(NULL);
    dw_devices_tell_apart(some);
    assert_string_equal(((DwDevice *)some->pdata[1])->id, "#2");
    assert_string_equal(((DwDevice *)some->pdata[2])->id, "0x0001:0x0002");
}

/* What a key is where the document does not say is a value that it can have. */
static void test_usual_values(void **state)
{
    unsigned found = 0;

    for (const DwGroup *const *group = table_groups(); *group; group++)
        for (const DwSection *section = (*group)->sections; section && section->key; section++)
            for (const DwRow *row = section->rows; row->key; row++) {
                DwValue value;
                if (!row->usual)
                    continue;
                if (!form_parse(row, row->usual, &value) || !row_accepts(row, row->usual))
                    fail_msg("%s/%s%s cannot be %s", (*group)->kind, section->key, row->key,
                             row->usual);
                dw_value_clear(&value);
                found++;
            }
    assert_true(found > 50);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_values),
        cmocka_unit_test(test_every_key_on_own_documents),
        cmocka_unit_test(test_every_key_on_the_corpus),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_one_description),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_ids_that_are_shared),
        cmocka_unit_test(test_values_refused),
        cmocka_unit_test(test_values_taken),
        cmocka_unit_test(test_text_of_another_type_comes_as_it_is),
        cmocka_unit_test(test_elements_without_anything),
    };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
