/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the model's operations cost on the worst documents within the limits. Each shape of document
 * goes through each operation, whose CPU time (of this thread, not the clock's) must stay within a
 * budget. An operation that is quadratic in any of the limits exceeds it many times over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <domwright/model.h>

/* CPU seconds an operation may take; a sanitizer makes it up to this many times more. */
#define BUDGET 3.0
#define SLOWED 20

#define SCHEMAS "/usr/share/libvirt/schemas"

#define HEAD                                                                                       \
    "<domain type='qemu'>\n  <name>a</name>\n"                                                     \
    "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n  <memory>1048576</memory>\n"            \
    "  <vcpu>1</vcpu>\n  <os>\n    <type arch='x86_64' machine='q35'>hvm</type>\n  </os>\n"

static DwSchema *schema;

/* ---- Shapes ---- */

typedef struct {
    const char *name;
    unsigned count;     /* of the repeated part; fewer where the limits allow no more */
    const char *before; /* once, behind the head */
    const char *part;   /* %1$u is its number, from 0 */
    const char *after;
} Shape;

#define DEVICES(name, count, part)                                                                 \
    {                                                                                              \
        name, count, "  <devices>\n", part, "  </devices>\n"                                       \
    }
#define FILL   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define SOURCE "<driver name='qemu' type='raw'/><source file='/a'/>"

static const Shape shapes[] = {
    DEVICES("disks", 20000,
            "<disk type='file'>" SOURCE "<target dev='vd%1$u' bus='virtio'/></disk>"),
    DEVICES("equal disks", 20000,
            "<disk type='file'>" SOURCE "<target dev='vda' bus='virtio'/></disk>"),
    DEVICES("disks on one place", 20000,
            "<disk type='file'>" SOURCE "<target dev='sda' bus='sata'/></disk>"),
    DEVICES("disks at one address", 20000,
            "<disk type='file'>" SOURCE "<target dev='sd%1$u' bus='scsi'/><address type='drive' "
            "controller='0' bus='0' target='0' unit='0'/></disk>"),
    DEVICES("empty disks", 20000, "<disk/>"),
    DEVICES("wrong disks", 20000, "<disk type='%1$u' device='x'><target dev='1' bus='9'/></disk>"),
    DEVICES("cookies", 20000,
            "<disk type='network'><source protocol='http'><cookies>"
            "<cookie name='a'>b</cookie></cookies></source></disk>"),
    DEVICES("interfaces", 20000,
            "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"),
    DEVICES("channels", 20000,
            "<channel type='unix'><target type='virtio' name='c.%1$u'/></channel>"),
    DEVICES("serials", 20000, "<serial type='pty'/>"),
    DEVICES("serials of ISA", 20000,
            "<serial type='pty'><target type='isa-serial'><model name='isa-serial'/></target>"
            "</serial>"),
    DEVICES("SCSI controllers", 4000, "<controller type='scsi' index='%1$u' model='lsilogic'/>"),
    DEVICES("hostdevs", 20000,
            "<hostdev mode='subsystem' type='pci'><source><address domain='0' "
            "bus='0x1' slot='0x2' function='0x0'/></source></hostdev>"),
    DEVICES("controllers", 20000, "<controller type='pci' index='%1$u' model='pcie-root-port'/>"),
    DEVICES("addresses", 20000,
            "<input type='tablet' bus='usb'><address type='usb' bus='0' port='%1$u'/></input>"),
    DEVICES("graphics", 20000, "<graphics type='vnc' passwd='%1$u'/>"),
    DEVICES("audio", 20000, "<audio id='%1$u' type='none'/>"),
    DEVICES("references to audio", 20000,
            "<sound model='ich6'><audio id='%1$u'/></sound><audio id='%1$u' type='none'/>"),
    DEVICES("memory devices", 20000,
            "<memory model='dimm'><target><size>1</size><node>0</node></target></memory>"),
    DEVICES("unknown devices", 20000, "<thing%1$u a='b'/>"),
    DEVICES("aliases", 20000, "<rng model='virtio'><alias name='ua-%1$u'/></rng>"),
    {"cells", 20000, "  <cpu><numa>\n", "<cell id='%1$u' cpus='%1$u' memory='1'/>",
     "  </numa></cpu>\n"},
    {"distances", 20000, "  <cpu><numa><cell id='0' cpus='0' memory='1'><distances>\n",
     "<sibling id='%1$u' value='10'/>", "  </distances></cell></numa></cpu>\n"},
    {"pins", 20000, "  <cputune>\n", "<vcpupin vcpu='%1$u' cpuset='0'/>", "  </cputune>\n"},
    {"pins of I/O threads", 20000, "  <cputune>\n", "<iothreadpin iothread='%1$u' cpuset='0'/>",
     "  </cputune>\n"},
    {"shares of caches", 20000, "  <cputune>\n",
     "<cachetune vcpus='%1$u'><cache id='0' level='3' type='both' size='3'/></cachetune>",
     "  </cputune>\n"},
    {"long list", 80000, "  <cputune><iothreadsched scheduler='batch' iothreads='", "0-4000,",
     "1'/></cputune>\n"},
    {"list of processors", 40000, "  <cpu><numa><cell id='0' memory='1' cpus='2-60000", ",^%1$u",
     "'/></numa></cpu>\n"},
    {"throttle groups", 20000, "  <throttlegroups>\n",
     "<throttlegroup><group_name>%1$u</group_name><total_bytes_sec>1</total_bytes_sec>"
     "</throttlegroup>",
     "  </throttlegroups>\n"},
    {"features", 20000, "  <cpu mode='host-model'>\n", "<feature policy='require' name='f%1$u'/>",
     "  </cpu>\n"},
    {"iothreads", 20000, "  <iothreadids>\n", "<iothread id='%1$u'/>", "  </iothreadids>\n"},
    {"metadata", 20000, "  <metadata>\n", "<x:a%1$u xmlns:x='urn:%1$u'/>", "  </metadata>\n"},
    {"titles", 20000, "", "<title/>", ""},
    {"unknown settings", 20000, "", "<thing%1$u a='b'/>", ""},
    {"levels", 255, "", "<a>", "%%"}, /* %%: closes the parts */
    {"chain", 200, "  <devices><disk type='file'>" SOURCE,
     "<backingStore type='file'><format type='raw'/><source file='/%1$u'/>", "%%"},
    {"comments", 20000, "", "<!-- -->", ""},
    {"attributes", 20000, "  <devices><disk ", "a%1$u='b' ", "/></devices>\n"},
    {"large attribute", 16000, "  <devices><disk type='", FILL, "'/></devices>\n"},
    {"large text", 16000, "  <description>", FILL, "</description>\n"},
    {"references", 210000, "  <description>", "&amp;", "</description>\n"},
    {"arguments", 20000, "  <commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'>\n",
     "<arg value='%1$u'/>", "  </commandline>\n"},
};

static void append_part(GString *text, const char *part, unsigned number)
{
    g_autofree char *digits = g_strdup_printf("%u", number);
    g_auto(GStrv) pieces = g_strsplit(part, "%1$u", -1);
    g_autofree char *joined = g_strjoinv(digits, pieces);
    g_string_append(text, joined);
}

static void append_ends(GString *text, const Shape *shape, unsigned count)
{
    if (strcmp(shape->name, "chain") == 0) {
        g_string_append(text, "<backingStore/>");
        for (unsigned i = 0; i < count; i++)
            g_string_append(text, "</backingStore>");
        g_string_append(text, "<target dev='vda' bus='virtio'/></disk></devices>");
        return;
    }
    for (unsigned i = 0; i < count; i++)
        g_string_append(text, "</a>");
}

static char *text_with(const Shape *shape, unsigned count)
{
    GString *text = g_string_new(HEAD);
    g_string_append(text, shape->before);
    for (unsigned i = 0; i < count; i++)
        append_part(text, shape->part, i);
    if (strcmp(shape->after, "%%") == 0)
        append_ends(text, shape, count);
    else
        g_string_append(text, shape->after);
    g_string_append(text, "</domain>\n");
    return g_string_free(text, FALSE);
}

/* With as many parts as the limits allow, and room for an edit. */
static DwDocument *parse_shape(const Shape *shape)
{
    for (unsigned count = shape->count; count > 0; count -= MAX(count / 20, 1)) {
        g_autofree char *text = text_with(shape, count);
        g_autoptr(GError) error = NULL;
        DwDocument *document = dw_document_parse(text, strlen(text), &error);
        if (document)
            return document;
        if (!g_error_matches(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED))
            fail_msg("%s: %s", shape->name, error->message);
    }
    fail_msg("%s: every count is too many", shape->name);
    return NULL;
}

/* ---- Operations ---- */

typedef struct {
    const char *text;
    DwDocument *document, *changed; /* the other: with another title, and without its last part */
} Subject;

static void parse(const Subject *subject)
{
    dw_document_free(dw_document_parse(subject->text, strlen(subject->text), NULL));
}

static void redact(const Subject *subject)
{
    g_free(dw_document_redacted(subject->document));
}

/* As the daemon shows what an edit with a secret has made. */
static void redact_after(const Subject *subject)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwSettings *values = dw_settings_new();
    dw_settings_put(values, "passwd", dw_value_string("s"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_MODIFY, "graphics", "vnc", values, NULL));
    if (dw_edits_give_secret(edits))
        g_free(dw_document_redacted_after(subject->document, edits, NULL));
}

/* What lists and messages ask for one at a time. */
static void look_up(const Subject *subject)
{
    static const char *const keys[] = {"title", "cpu.numa.cell.9.memory", "iothreadids.iothread.9"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        g_free(dw_get_string(subject->document, keys[i]));
    g_free(dw_device_text(subject->document, "disk", "#1"));
    dw_document_body(subject->document);
    g_hash_table_unref(dw_iothreads(subject->document));
    dw_iothreads_keep_schedulers(subject->document, subject->changed);
}

static void validate(const Subject *subject)
{
    DwHost host = {0};
    GPtrArray *problems = dw_validate(subject->document, &host);
    g_ptr_array_unref(problems);
}

static void validate_by_schema(const Subject *subject)
{
    g_ptr_array_unref(dw_schema_validate(schema, subject->document));
}

static void accept_change(const Subject *subject)
{
    dw_schema_accepts_change(schema, subject->document, subject->changed);
}

static void describe(const Subject *subject)
{
    dw_settings_free(dw_get_settings(subject->document, NULL, false, NULL));
    g_ptr_array_unref(dw_get_devices(subject->document, "", false, NULL));
}

/* What the daemon takes in one call. */
#define MOST_SETTINGS 4096
#define MOST_DEVICES  1024

static void build(const Subject *subject)
{
    g_autoptr(DwSettings) all = dw_get_settings(subject->document, NULL, true, NULL);
    g_autoptr(DwSettings) settings = dw_settings_new();
    g_autoptr(GPtrArray) devices = dw_get_devices(subject->document, "", true, NULL);
    g_auto(DwResult) result = {0};
    DwHost host = {0};
    for (size_t i = 0; i < MIN(dw_settings_count(all), MOST_SETTINGS); i++)
        dw_settings_put(settings, dw_settings_key(all, i),
                        dw_value_copy(dw_settings_value(all, i)));
    if (devices->len > MOST_DEVICES)
        g_ptr_array_set_size(devices, MOST_DEVICES);
    dw_document_free(dw_build(settings, devices, NULL, DW_APPLY_DRY, &host, &result, NULL));
}

static void edit(const Subject *subject)
{
    g_autoptr(DwDocument) document = dw_document_copy(subject->document);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(DwResult) result = {0};
    DwSettings *disk = dw_settings_new(), *values = dw_settings_new();
    const char *const fewer[] = {"iothreads", NULL}; /* takes along all that are listed */
    DwHost host = {0};
    dw_settings_put(disk, "source.file", dw_value_string("/new.raw"));
    dw_settings_put(disk, "driver.type", dw_value_string("raw"));
    dw_settings_put(values, "vcpu", dw_value_uint(2));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, fewer));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_ADD, "disk", "", disk, NULL));
    dw_apply(document, edits, DW_APPLY_DRY, &host, &result, NULL);
}

static void change_machine(const Subject *subject)
{
    g_autoptr(DwDocument) document = dw_document_copy(subject->document);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(DwResult) result = {0};
    DwSettings *values = dw_settings_new();
    DwHost host = {0};
    dw_settings_put(values, "os.arch", dw_value_string("s390x"));
    dw_settings_put(values, "os.machine", dw_value_string("s390-ccw-virtio"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    dw_apply(document, edits, DW_APPLY_DRY, &host, &result, NULL);
}

static void compare(const Subject *subject)
{
    DwChanges changes;
    dw_changes_between(subject->document, subject->changed, &changes);
    dw_changes_clear(&changes);
}

static void find_effects(const Subject *subject)
{
    DwReachContext context = {0};
    DwEffects effects;
    dw_effects_between(subject->document, subject->changed, &context, &effects);
    dw_effects_clear(&effects);
    dw_effects_between(NULL, subject->document, &context, &effects);
    dw_effects_clear(&effects);
}

static void diff(const Subject *subject)
{
    g_free(dw_diff(dw_document_text(subject->document, NULL),
                   dw_document_text(subject->changed, NULL)));
}

static void keep_secrets(const Subject *subject)
{
    g_autofree char *text = dw_document_redacted(subject->document);
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    if (document)
        dw_document_keep_secrets(document, subject->document, NULL);
}

static void compare_stored(const Subject *subject)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    char *ids[] = {NULL, NULL};

    dw_stored_compare(subject->document, subject->changed, subject->document, NULL, NULL, NULL,
                      problems);
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_REMOVE, "disk", "vda", NULL, NULL));
    dw_problems_assign(problems, 0, edits, ids, true);
}

/* A side each changed something: the other document, and one with another title. */
static void merge_sides(const Subject *subject)
{
    g_autoptr(DwDocument) ours = dw_document_copy(subject->document);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_autoptr(GPtrArray) conflicts =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_auto(DwResult) result = {0};
    DwSettings *values = dw_settings_new();
    DwHost host = {0};
    dw_settings_put(values, "on_crash", dw_value_string("restart"));
    g_ptr_array_add(edits, dw_edit_new(DW_VERB_SET, "", "", values, NULL));
    dw_apply(ours, edits, DW_APPLY_DRY, &host, &result, NULL);
    dw_document_free(
        dw_merge(subject->document, ours, subject->changed, DW_PREFER_NEITHER, conflicts, NULL));
}

static void list_pending(const Subject *subject)
{
    const DwRun runs[] = {
        {subject->changed, subject->document, subject->document, subject->document},
        {subject->changed, subject->document, NULL, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(runs); i++)
        g_ptr_array_unref(dw_pending(&runs[i]));
}

static void make_clone(const Subject *subject)
{
    const DwCloneOptions options = {.name = "b"};
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    DwHost host = {0};
    g_autoptr(DwDocument) document = dw_clone(subject->document, &options, &host, rows, NULL);
    if (!document)
        return;
    g_free(dw_clone_redacted(document, rows));
    dw_clone_hold(document, rows, problems);
}

static void refer(const Subject *subject)
{
    g_autoptr(GPtrArray) references = dw_references(subject->document);
    for (guint i = 0; i < references->len; i += MAX(references->len / 100, 1))
        dw_references_have(references, references->pdata[i]);
}

static void veil(const Subject *subject)
{
    dw_document_free(dw_document_veiled(subject->document, true));
    dw_document_gives_secret(subject->document);
}

static void recover_secrets(const Subject *subject)
{
    g_autofree char *text = dw_document_redacted(subject->document);
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    if (document)
        g_ptr_array_unref(dw_document_recover_secrets(document, NULL));
}

static void set_metadata(const Subject *subject)
{
    g_autoptr(DwDocument) document = dw_document_copy(subject->document);
    dw_metadata_set(document, "urn:new", "<a xmlns='urn:new'/>", NULL);
    g_free(dw_metadata_get(document, "urn:new"));
    dw_metadata_set(document, "urn:1", "", NULL);
}

static const struct {
    const char *name;
    void (*run)(const Subject *subject);
} operations[] = {
    {"parse", parse},
    {"redact", redact},
    {"redact after an edit", redact_after},
    {"look up", look_up},
    {"validate", validate},
    {"validate by the schema", validate_by_schema},
    {"accept a change by the schema", accept_change},
    {"describe", describe},
    {"build", build},
    {"edit", edit},
    {"change the machine", change_machine},
    {"compare", compare},
    {"find effects", find_effects},
    {"diff", diff},
    {"keep secrets", keep_secrets},
    {"compare with what is stored", compare_stored},
    {"merge", merge_sides},
    {"list what is pending", list_pending},
    {"clone", make_clone},
    {"refer", refer},
    {"veil", veil},
    {"recover secrets", recover_secrets},
    {"set metadata", set_metadata},
};

/* ---- The test ---- */

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* With a vcpu more and, where it has one, without its last device. */
static char *changed_text(const char *text)
{
    g_autoptr(GString) changed = g_string_new(text);
    g_string_replace(changed, "<vcpu>1</vcpu>", "<vcpu>3</vcpu>", 1);
    g_string_replace(changed, "  </devices>", "    <rng model='virtio'/>\n  </devices>", 1);
    return g_strdup(changed->str);
}

static unsigned check_shape(const Shape *shape, double budget)
{
    g_autoptr(DwDocument) document = parse_shape(shape);
    const char *text = dw_document_text(document, NULL);
    g_autofree char *other = changed_text(text);
    g_autoptr(DwDocument) changed = dw_document_parse(other, strlen(other), NULL);
    unsigned over = 0;
    if (!changed) /* at the limit to the last node */
        changed = dw_document_copy(document);
    Subject subject = {text, document, changed};
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++) {
        double before = cpu_seconds();
        operations[i].run(&subject);
        double took = cpu_seconds() - before;
        if (took > budget / 4)
            fprintf(stderr, "# %s, %s: %.2f s\n", shape->name, operations[i].name, took);
        over += took > budget;
    }
    return over;
}

static void test_every_shape(void **state)
{
    double budget = BUDGET;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    budget *= SLOWED;
#endif
    unsigned over = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++)
        over += check_shape(&shapes[i], budget);
    assert_int_equal(over, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_shape)};
    schema = dw_schema_load(SCHEMAS, NULL);
    if (!schema) {
        printf("1..0 # SKIP libvirt's schema is not installed\n");
        return 0;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dw_schema_free(schema);
    return failed;
}
