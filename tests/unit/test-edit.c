/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole edits: verbs, ids, indices, groups, all or nothing, and whose errors an edit answers for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

static const char guest[] = "<domain type='qemu'>\n"
                            "  <name>a</name>\n"
                            "  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\n"
                            "  <memory unit='KiB'>524288</memory>\n"
                            "  <vcpu>2</vcpu>\n"
                            "  <os>\n"
                            "    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
                            "  </os>\n"
                            "  <devices>\n"
                            "    <disk type='file' device='disk'>\n"
                            "      <driver name='qemu' type='qcow2'/>\n"
                            "      <source file='/a.qcow2'/>\n"
                            "      <target dev='vda' bus='virtio'/>\n"
                            "    </disk>\n"
                            "    <interface type='user'>\n"
                            "      <mac address='52:54:00:AA:00:01'/>\n"
                            "    </interface>\n"
                            "    <hub type='usb'/>\n"
                            "    <hub type='usb'>\n"
                            "      <alias name='ua-second'/>\n"
                            "    </hub>\n"
                            "  </devices>\n"
                            "</domain>\n";

static const char drive[] = "<domain type='qemu'>\n"
                            "  <name>a</name>\n"
                            "  <memory unit='KiB'>524288</memory>\n"
                            "  <os>\n"
                            "    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
                            "  </os>\n"
                            "  <devices>\n"
                            "    <disk type='%s' device='%s'>\n"
                            "      <driver name='qemu' type='raw'/>\n"
                            "%s"
                            "      <target dev='sda' bus='sata'/>\n"
                            "      <readonly/>\n"
                            "    </disk>\n"
                            "  </devices>\n"
                            "</domain>\n";

static DwDocument *parse(const char *text)
{
    DwDocument *document = dw_document_parse(text, strlen(text), NULL);

    assert_non_null(document);
    return document;
}

/* "key=value key=value" */
static DwSettings *settings(const char *text)
{
    g_auto(GStrv) pairs = g_strsplit(text, " ", -1);
    DwSettings *values = dw_settings_new();

    for (char **pair = pairs; *pair && **pair; pair++) {
        char *equals = strchr(*pair, '=');
        *equals = 0;
        assert_true(dw_settings_add(values, *pair, dw_value_string(equals + 1), NULL));
    }
    return values;
}

static GPtrArray *edits_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
}

/* unset: words separated by blanks, or NULL. */
static void add_edit(GPtrArray *edits, DwVerb verb, const char *kind, const char *id,
                     const char *values, const char *unset)
{
    g_auto(GStrv) words = unset ? g_strsplit(unset, " ", -1) : NULL;

    g_ptr_array_add(edits,
                    dw_edit_new(verb, kind, id, settings(values), (const char *const *)words));
}

static void apply(DwDocument *document, DwVerb verb, const char *kind, const char *id,
                  const char *values, const char *unset, DwResult *ret_result)
{
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;

    add_edit(edits, verb, kind, id, values, unset);
    if (!dw_apply(document, edits, 0, NULL, ret_result, &error))
        fail_msg("%s", error->message);
}

/* A drive of that type with that source, after the edit. */
static void assert_medium(const char *type, const char *source, const char *values,
                          const char *new_type, const char *new_source)
{
    g_autofree char *before = g_strdup_printf(drive, type, "cdrom", source);
    g_autofree char *after = g_strdup_printf(drive, new_type, "cdrom", new_source);
    g_autoptr(DwDocument) document = parse(before);
    g_auto(DwResult) result = {0};

    apply(document, DW_VERB_MEDIA, "", "sda", values, NULL, &result);
    assert_string_equal(dw_document_text(document, NULL), after);
    assert_string_equal(result.ids[0], "sda");
    assert_int_equal(result.changed, strcmp(before, after) != 0);
}

static void refuse_flags(const char *text, DwVerb verb, const char *kind, const char *id,
                         const char *values, const char *unset, DwApplyFlags flags, int code,
                         const char *words)
{
    g_autoptr(DwDocument) document = parse(text);
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;

    add_edit(edits, verb, kind, id, values, unset);
    assert_false(dw_apply(document, edits, flags, NULL, NULL, &error));
    if (error->code != code || !strstr(error->message, words))
        fail_msg("code %d, \"%s\"; wanted %d, \"%s\"", error->code, error->message, code, words);
    assert_string_equal(dw_document_text(document, NULL), text);
}

static void refuse(DwVerb verb, const char *kind, const char *id, const char *values,
                   const char *unset, int code, const char *words)
{
    refuse_flags(guest, verb, kind, id, values, unset, 0, code, words);
}

static char *get(const DwDocument *document, const char *kind, const char *id, const char *key)
{
    g_autoptr(GPtrArray) devices = dw_get_devices(document, kind, true, NULL);

    for (guint i = 0; i < devices->len; i++) {
        const DwDevice *device = devices->pdata[i];
        const DwValue *value = dw_settings_get(device->properties, key);
        if (strcmp(device->id, id) == 0)
            return value ? dw_value_to_text(value) : NULL;
    }
    fail_msg("no %s %s", kind, id);
    return NULL;
}

static void expect(const DwDocument *document, const char *kind, const char *id, const char *key,
                   const char *value)
{
    g_autofree char *found = get(document, kind, id, key);

    if (g_strcmp0(found, value) != 0)
        fail_msg("%s %s %s is \"%s\", wanted \"%s\"", kind, id, key, found, value);
}

static void test_set(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_auto(DwResult) result = {0}, again = {0};

    apply(document, DW_VERB_SET, "", "", "memory=1GiB title=t", NULL, &result);
    assert_true(result.changed);
    assert_string_equal(result.ids[0], "");
    apply(document, DW_VERB_SET, "", "", "memory=1GiB title=t", NULL, &again);
    assert_false(again.changed);
    g_autofree char *memory = dw_get_string(document, "memory");
    assert_string_equal(memory, "1048576");
}

static void test_unset_comes_first(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);

    apply(document, DW_VERB_SET, "", "", "os.bootmenu=yes os.bootmenu.timeout=5", NULL, NULL);
    apply(document, DW_VERB_SET, "", "", "os.bootmenu=no", "os.bootmenu.* title", NULL);
    g_autoptr(DwSettings) found =
        dw_get_settings(document, (const char *[]){"os.*", NULL}, true, NULL);
    assert_null(dw_settings_get(found, "os.bootmenu.timeout"));
    assert_false(dw_settings_get(found, "os.bootmenu")->b);
}

static void test_unknown_words(void **state)
{
    refuse(DW_VERB_SET, "", "", "memroy=1", NULL, DW_ERROR_UNKNOWN_KEY, "\"memory\"?");
    refuse(DW_VERB_SET, "", "", "", "memroy", DW_ERROR_UNKNOWN_KEY, "\"memory\"?");
    refuse(DW_VERB_SET, "", "", "", "nothing.*", DW_ERROR_UNKNOWN_KEY, "nothing.*");
    refuse(DW_VERB_ADD, "dsik", "", "", NULL, DW_ERROR_UNKNOWN_KEY, "\"disk\"?");
    refuse(DW_VERB_ADD, "disk", "", "target.bsu=sata", NULL, DW_ERROR_UNKNOWN_KEY,
           "\"target.bus\"?");
    refuse(DW_VERB_MODIFY, "disk", "vda", "source.host.1.prot=1", NULL, DW_ERROR_UNKNOWN_KEY,
           "\"source.host.1.port\"?");
    refuse(DW_VERB_SET, "", "", "cputune.vcpupin.cpuset=1", NULL, DW_ERROR_UNKNOWN_KEY,
           "\"cputune.vcpupin.N.cpuset\"?");
    refuse(DW_VERB_PRESET, "", "widnows", "", NULL, DW_ERROR_UNKNOWN_KEY, "windows");
    assert_false(dw_verb_from_name("delete", &(DwVerb){0}, NULL));
}

static void test_values_refused_leave_no_trace(void **state)
{
    refuse(DW_VERB_SET, "", "", "title=t vcpu=0", NULL, DW_ERROR_INVALID_VALUE, "\"vcpu\"");
    refuse(DW_VERB_MODIFY, "disk", "vda", "serial=x driver.cache=never", NULL,
           DW_ERROR_INVALID_VALUE, "driver.cache");
    refuse(DW_VERB_MODIFY, "disk", "vda", "source.protocol=nbd source.host.2.name=x", NULL,
           DW_ERROR_INVALID_VALUE, "next free one is 1");
    refuse(DW_VERB_MODIFY, "disk", "vda", "backing.3.format=raw", NULL, DW_ERROR_INVALID_VALUE,
           "next free one is 1");
}

static void test_identity_is_fixed(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) same = edits_new();

    refuse_flags(guest, DW_VERB_SET, "", "", "name=b", NULL, DW_APPLY_DOMAIN,
                 DW_ERROR_INVALID_VALUE, "\"name\"");
    refuse_flags(guest, DW_VERB_SET, "", "", "", "uuid", DW_APPLY_DOMAIN, DW_ERROR_INVALID_VALUE,
                 "\"uuid\"");
    refuse_flags(guest, DW_VERB_SET, "", "", "", "*", DW_APPLY_DOMAIN, DW_ERROR_INVALID_VALUE,
                 "\"name\"");
    add_edit(same, DW_VERB_SET, "", "", "name=a title=t", NULL);
    assert_true(dw_apply(document, same, DW_APPLY_DOMAIN, NULL, NULL, NULL));
}

static void test_add_and_remove(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_auto(DwResult) disk = {0}, cdrom = {0};

    apply(document, DW_VERB_ADD, "disk", "", "source.file=/b.qcow2", NULL, &disk);
    assert_string_equal(disk.ids[0], "vdb");
    expect(document, "disk", "vdb", "driver.type", "qcow2");
    expect(document, "disk", "vdb", "type", "file");
    apply(document, DW_VERB_ADD, "disk", "", "device=cdrom source.file=/i.iso target.dev=sdc", NULL,
          &cdrom);
    assert_string_equal(cdrom.ids[0], "sdc");
    expect(document, "disk", "sdc", "readonly", "yes");
    apply(document, DW_VERB_REMOVE, "disk", "sdc", "", NULL, NULL);
    apply(document, DW_VERB_REMOVE, "disk", "vdb", "", NULL, NULL);
    assert_string_equal(dw_document_text(document, NULL), guest);
    refuse(DW_VERB_ADD, "disk", "", "source.file=/b target.dev=vda", NULL, DW_ERROR_ALREADY_EXISTS,
           "\"vda\"");
    refuse(DW_VERB_REMOVE, "disk", "vdb", "", NULL, DW_ERROR_NOT_FOUND, "There are: vda.");
    refuse(DW_VERB_REMOVE, "tpm", "tpm0", "", NULL, DW_ERROR_NOT_FOUND, "There is no tpm.");
    refuse(DW_VERB_REMOVE, "disk", "vda", "serial=1", NULL, DW_ERROR_INVALID_VALUE, "no values");
}

static void test_ids(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) devices = dw_get_devices(document, "", true, NULL);
    g_auto(DwResult) renamed = {0}, by_position = {0};
    static const char *const ids[] = {"vda", "52:54:00:AA:00:01", "#1", "ua-second"};

    assert_int_equal(devices->len, 4);
    for (guint i = 0; i < devices->len; i++)
        assert_string_equal(((DwDevice *)devices->pdata[i])->id, ids[i]);
    apply(document, DW_VERB_MODIFY, "disk", "vda", "target.dev=vdx", NULL, &renamed);
    assert_string_equal(renamed.ids[0], "vdx");
    apply(document, DW_VERB_MODIFY, "disk", "#1", "serial=1", NULL, &by_position);
    assert_string_equal(by_position.ids[0], "vdx");
    apply(document, DW_VERB_REMOVE, "hub", "ua-second", "", NULL, NULL);
    apply(document, DW_VERB_REMOVE, "hub", "#1", "", NULL, NULL);
    apply(document, DW_VERB_REMOVE, "interface", "52:54:00:aa:00:01", "", NULL, NULL);
    g_autoptr(GPtrArray) left = dw_get_devices(document, "", true, NULL);
    assert_int_equal(left->len, 1);
}

static void test_ambiguous_id(void **state)
{
    static const char text[] = "<domain type='qemu'><name>a</name><devices><graphics type='vnc'/>"
                               "<graphics type='vnc'/></devices></domain>";

    refuse_flags(text, DW_VERB_REMOVE, "graphics", "vnc", "", NULL, 0, DW_ERROR_INVALID,
                 "more than one");
    g_autoptr(DwDocument) document = parse(text);
    apply(document, DW_VERB_REMOVE, "graphics", "#2", "", NULL, NULL);
}

static void test_nothing_to_name_it_by(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_auto(DwResult) result = {0};

    apply(document, DW_VERB_ADD, "channel", "", "type=pty target.type=xen", NULL, &result);
    assert_true(g_str_has_prefix(result.ids[0], "ua-"));
    expect(document, "channel", result.ids[0], "alias", result.ids[0]);
}

static void test_chains_and_hosts(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);

    apply(
        document, DW_VERB_MODIFY, "disk", "vda",
        "backing.2.type=file backing.2.format=raw backing.2.source.file=/c backing.1.format=qcow2 "
        "backing.1.type=file backing.1.source.file=/b backing.none=yes",
        NULL, NULL);
    expect(document, "disk", "vda", "backing.2.source.file", "/c");
    expect(document, "disk", "vda", "backing.none", "yes");
    /* A level put where the chain ended leaves it ending below. */
    apply(
        document, DW_VERB_MODIFY, "disk", "vda",
        "backing.3.type=file backing.3.format=raw backing.3.source.file=/d backing.2.format=qcow2",
        NULL, NULL);
    expect(document, "disk", "vda", "backing.none", "yes");
    apply(document, DW_VERB_MODIFY, "disk", "vda", "", "backing.*", NULL);
    assert_string_equal(dw_document_text(document, NULL), guest);
    apply(document, DW_VERB_MODIFY, "disk", "vda",
          "type=network source.protocol=rbd source.name=p/i driver.type=raw source.host.1.name=a "
          "source.host.2.name=b source.host.3.name=c",
          "source.file", NULL);
    apply(document, DW_VERB_MODIFY, "disk", "vda", "", "source.host.1.name source.host.2.name",
          NULL);
    expect(document, "disk", "vda", "source.host.1.name", "c");
    expect(document, "disk", "vda", "source.host.2.name", NULL);
}

static void test_all_or_nothing(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;
    g_auto(DwResult) result = {0};

    add_edit(edits, DW_VERB_SET, "", "", "title=t", NULL);
    add_edit(edits, DW_VERB_ADD, "disk", "", "source.file=/b.raw", NULL);
    add_edit(edits, DW_VERB_REMOVE, "disk", "vdz", "", NULL);
    assert_false(dw_apply(document, edits, 0, NULL, NULL, &error));
    assert_int_equal(error->code, DW_ERROR_NOT_FOUND);
    assert_true(g_str_has_prefix(error->message, "disk/vdz: "));
    assert_string_equal(dw_document_text(document, NULL), guest);
    g_ptr_array_remove_index(edits, 2);
    add_edit(edits, DW_VERB_MODIFY, "disk", "vdb", "serial=s", NULL);
    assert_true(dw_apply(document, edits, 0, NULL, &result, NULL));
    assert_string_equal(result.ids[1], "vdb");
    assert_string_equal(result.ids[2], "vdb");
    expect(document, "disk", "vdb", "serial", "s");
}

static bool has_problem(const DwResult *result, const char *rule, DwSeverity severity)
{
    for (guint i = 0; i < result->problems->len; i++) {
        const DwProblem *problem = result->problems->pdata[i];
        if (strcmp(problem->rule, rule) == 0 && problem->severity == severity)
            return true;
    }
    return false;
}

/* The rule's id as validation gives it for a document. */
static char *first_error(const char *text)
{
    g_autoptr(DwDocument) document = parse(text);
    g_autoptr(GPtrArray) problems = dw_validate(document, NULL);

    for (guint i = 0; i < problems->len; i++)
        if (((DwProblem *)problems->pdata[i])->severity == DW_SEVERITY_ERROR)
            return g_strdup(((DwProblem *)problems->pdata[i])->rule);
    fail_msg("no error in %s", text);
    return NULL;
}

static void test_old_errors_are_warnings(void **state)
{
    static const char broken[] = "<domain type='qemu'><name>a</name><memory>1024</memory>"
                                 "<currentMemory>2048</currentMemory><vcpu current='3'>2</vcpu>"
                                 "<os><type>hvm</type></os></domain>";
    g_autofree char *rule = first_error(broken);
    g_autoptr(DwDocument) document = parse(broken);
    g_auto(DwResult) result = {0};

    apply(document, DW_VERB_SET, "", "", "title=t", NULL, &result);
    assert_true(has_problem(&result, rule, DW_SEVERITY_WARNING));
    /* What it touches it answers for, though the error is an old one. */
    refuse_flags(broken, DW_VERB_SET, "", "", "vcpu.current=3", NULL, 0, DW_ERROR_INVALID, "vcpu");
    refuse(DW_VERB_SET, "", "", "currentMemory=1GiB", NULL, DW_ERROR_INVALID, "currentMemory");
}

/* "edit rule kind id key value" of the errors, a line each. */
static char *errors_of(const DwResult *result)
{
    GString *rows = g_string_new(NULL);

    for (guint i = 0; i < result->problems->len; i++) {
        const DwProblem *problem = result->problems->pdata[i];
        if (problem->severity == DW_SEVERITY_ERROR)
            g_string_append_printf(rows, "%u %s %s %s %s %s\n", problem->edit, problem->rule,
                                   problem->kind, problem->id, problem->key, problem->value);
    }
    return g_string_free(rows, FALSE);
}

static void test_all_that_is_wrong(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;
    g_auto(DwResult) result = {0};

    add_edit(edits, DW_VERB_SET, "", "", "memroy=1GiB vcpu=two", "tilte");
    add_edit(edits, DW_VERB_MODIFY, "disk", "vda", "driver.cache=nnoe serial=s", NULL);
    add_edit(edits, DW_VERB_ADD, "disk", "", "source.flie=/b.raw", NULL);
    add_edit(edits, DW_VERB_REMOVE, "disk", "vdz", "", NULL);
    add_edit(edits, DW_VERB_ADD, "hostdev", "", "managed=yes", NULL);
    add_edit(edits, DW_VERB_ADD, "graphics", "", "type=vnc passwd=123456789", NULL);
    add_edit(edits, DW_VERB_ADD, "disc", "", "source.file=/c.raw", NULL);
    assert_false(dw_apply(document, edits, 0, NULL, NULL, &error));
    assert_int_equal(error->code, DW_ERROR_UNKNOWN_KEY);
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    assert_true(g_str_has_prefix(lines[0], "Unknown key \"tilte\""));
    assert_true(g_str_has_prefix(lines[1], "Unknown key \"memroy\""));
    assert_true(g_str_has_prefix(lines[2], "Key \"vcpu\""));
    assert_true(g_str_has_prefix(lines[3], "disk/vda: Key \"driver.cache\""));
    assert_true(g_str_has_prefix(lines[4], "disk source.flie=/b.raw: Unknown key"));
    assert_true(g_str_has_prefix(lines[5], "disk/vdz: "));
    assert_true(g_str_has_prefix(lines[6], "hostdev managed=yes: Key \"type\""));
    assert_string_equal(dw_document_text(document, NULL), guest);

    assert_true(dw_apply(document, edits, DW_APPLY_DRY, NULL, &result, NULL));
    g_autofree char *rows = errors_of(&result);
    assert_string_equal(rows,
                        "1 unknown-key   tilte \n"
                        "1 unknown-key   memroy \n"
                        "1 invalid-value   vcpu two\n"
                        "2 invalid-value disk vda driver.cache nnoe\n"
                        "3 unknown-key disk  source.flie \n"
                        "4 not-found disk vdz  \n"
                        "5 invalid-value hostdev  type \n"
                        "7 unknown-key disc   \n"
                        "6 graphics-vnc-password graphics vnc passwd " DW_SECRET_PLACEHOLDER "\n");
    expect(document, "disk", "vda", "serial", "s");
}

static void test_unit_of_bits(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;

    add_edit(edits, DW_VERB_SET, "", "", "memory=4Gb title=2Gb", NULL);
    assert_false(dw_apply(document, edits, DW_APPLY_UNCHECKED, NULL, NULL, &error));
    assert_string_equal(error->message,
                        "Key \"memory\" cannot be \"4Gb\"; it takes 4GiB, or 4GB for powers of "
                        "1000: \"Gb\" could be bits.");
}

static void test_dry(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) edits = edits_new();
    g_auto(DwResult) result = {0};

    add_edit(edits, DW_VERB_SET, "", "", "currentMemory=1GiB", NULL);
    assert_true(dw_apply(document, edits, DW_APPLY_DRY, NULL, &result, NULL));
    assert_true(result.changed);
    bool error = false;
    for (guint i = 0; i < result.problems->len; i++)
        error |= ((DwProblem *)result.problems->pdata[i])->severity == DW_SEVERITY_ERROR;
    assert_true(error);
}

static void test_too_large(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;
    DwSettings *values = dw_settings_new();
    g_autofree char *long_text = g_strnfill(DW_MAX_BYTES, 'x');

    dw_settings_put(values, "description", dw_value_string(long_text));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    assert_false(dw_apply(document, edits, 0, NULL, NULL, &error));
    assert_int_equal(error->code, DW_ERROR_LIMIT_EXCEEDED);
    assert_string_equal(dw_document_text(document, NULL), guest);
}

static void test_deepest_chain(void **state)
{
    g_autoptr(DwDocument) document = parse(guest);
    g_autoptr(GPtrArray) edits = edits_new();
    g_autoptr(GError) error = NULL;
    DwSettings *values = dw_settings_new();

    for (unsigned i = 1; i <= DW_MAX_CHAIN; i++) {
        g_autofree char *type = g_strdup_printf("backing.%u.type", i);
        g_autofree char *format = g_strdup_printf("backing.%u.format", i);
        g_autofree char *file = g_strdup_printf("backing.%u.source.file", i);
        dw_settings_put(values, type, dw_value_string("file"));
        dw_settings_put(values, format, dw_value_string(i == DW_MAX_CHAIN ? "raw" : "qcow2"));
        dw_settings_put(values, file, dw_value_string("/x"));
    }
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "disk", "vda", values, NULL));
    if (!dw_apply(document, edits, 0, NULL, NULL, &error))
        fail_msg("%s", error->message);
    expect(document, "disk", "vda", "backing.200.source.file", "/x");
    g_autoptr(GPtrArray) more = edits_new();
    add_edit(more, DW_VERB_MODIFY, "disk", "vda", "backing.201.type=file", NULL);
    assert_false(dw_apply(document, more, 0, NULL, NULL, &error));
    assert_int_equal(error->code, DW_ERROR_LIMIT_EXCEEDED);
}

static void test_build(void **state)
{
    g_autoptr(DwSettings) values = settings("name=b type=qemu memory=512MiB vcpu=2");
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_device_free);
    g_autoptr(GError) error = NULL;
    g_auto(DwResult) result = {0};
    DwDevice *disk = g_new0(DwDevice, 1);

    disk->kind = g_strdup("disk");
    disk->properties = settings("source.file=/b.qcow2");
    g_ptr_array_add(devices, disk);
    g_autoptr(DwDocument) document = dw_build(values, devices, NULL, 0, NULL, &result, &error);
    if (!document)
        fail_msg("%s", error->message);
    expect(document, "disk", "vda", "source.file", "/b.qcow2");
    g_autofree char *type = dw_get_string(document, "os.type");
    assert_string_equal(type, "hvm");
    assert_string_equal(result.ids[1], "vda");

    g_autoptr(DwSettings) nothing = dw_settings_new();
    assert_null(dw_build(nothing, NULL, NULL, 0, NULL, NULL, &error));
    assert_int_equal(error->code, DW_ERROR_INVALID);
    g_autoptr(DwDocument) draft = dw_build(nothing, NULL, NULL, DW_APPLY_DRAFT, NULL, NULL, NULL);
    assert_non_null(draft);
}

#define FILE_A  "      <source file='/a.iso'/>\n"
#define EMPTY   "      <source index='3'/>\n"
#define RUNNING "      <source file='/a.iso' index='3'/>\n      <backingStore/>\n"
#define URL                                                                                        \
    "      <source protocol='https' name='a.iso'>\n"                                               \
    "        <host name='images.example'/>\n"                                                      \
    "      </source>\n"

static void test_media(void **state)
{
    assert_medium("file", "", "source.file=/a.iso", "file", FILE_A);
    assert_medium("file", FILE_A, "source.file=/a.iso", "file", FILE_A);
    assert_medium("file", FILE_A, "source.file=/b.iso", "file", "      <source file='/b.iso'/>\n");
    assert_medium("file", FILE_A "      <backingStore type='file'/>\n", "", "file", "");
    assert_medium("block", "      <source dev='/dev/sr0'/>\n", "", "block", "");
    assert_medium("network", URL, "", "file", "");
    assert_medium("network", URL, "source.file=/a.iso", "file", FILE_A);
    assert_medium("file", FILE_A, "source.dev=/dev/sr0", "block",
                  "      <source dev='/dev/sr0'/>\n");
    assert_medium("file", EMPTY, "", "file", EMPTY); /* of a running domain */
    assert_medium("file", RUNNING, "source.file=/a.iso", "file", RUNNING);
}

static void test_media_refused(void **state)
{
    g_autofree char *cdrom = g_strdup_printf(drive, "file", "cdrom", FILE_A);

    refuse_flags(cdrom, DW_VERB_MEDIA, "", "sdz", "", NULL, 0, DW_ERROR_NOT_FOUND, "sdz");
    refuse_flags(cdrom, DW_VERB_MEDIA, "", "sda", "serial=x", NULL, 0, DW_ERROR_INVALID_VALUE,
                 "not about a medium");
    refuse_flags(cdrom, DW_VERB_MEDIA, "", "sda", "source.fiel=/x", NULL, 0, DW_ERROR_UNKNOWN_KEY,
                 "\"source.file\"?");
    refuse_flags(cdrom, DW_VERB_MEDIA, "", "sda", "", "source.file", 0, DW_ERROR_INVALID_VALUE,
                 "verb \"media\" takes no unset");
    refuse_flags(cdrom, DW_VERB_MEDIA, "interface", "sda", "", NULL, 0, DW_ERROR_INVALID_VALUE,
                 "verb \"media\" takes no kind but \"disk\"");
    refuse(DW_VERB_MEDIA, "", "vda", "source.file=/x", NULL, DW_ERROR_INVALID_VALUE,
           "only a cdrom or a floppy");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_unset_comes_first),
        cmocka_unit_test(test_unknown_words),
        cmocka_unit_test(test_values_refused_leave_no_trace),
        cmocka_unit_test(test_identity_is_fixed),
        cmocka_unit_test(test_add_and_remove),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_ambiguous_id),
        cmocka_unit_test(test_nothing_to_name_it_by),
        cmocka_unit_test(test_chains_and_hosts),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_old_errors_are_warnings),
        cmocka_unit_test(test_all_that_is_wrong),
        cmocka_unit_test(test_unit_of_bits),
        cmocka_unit_test(test_dry),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_deepest_chain),
        cmocka_unit_test(test_media),
        cmocka_unit_test(test_media_refused),
        cmocka_unit_test(test_build),
    };

    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
