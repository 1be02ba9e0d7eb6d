/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Merging what two sides made of one document: to the byte where only one changed something, and
 * named where both did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

#define DOMAIN(inside)  "<domain type='kvm'>\n" inside "</domain>\n"
#define DEVICES(inside) DOMAIN("  <devices>\n" inside "  </devices>\n")
#define DISK(name, more)                                                                           \
    "    <disk type='file' device='disk'>\n      <driver name='qemu'" more "/>\n"                  \
    "      <target dev='" name "' bus='virtio'/>\n    </disk>\n"
#define VNC(more)  "    <graphics type='vnc'" more "/>\n"
#define RNG(model) "    <rng model='" model "'/>\n"

static DwDocument *parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(xml, strlen(xml), &error);

    assert_null(error);
    return document;
}

/* The merged text, and the conflicts: "severity kind id key=value: message", a line each. */
static char *merge(const char *base, const char *ours, const char *theirs, DwPrefer prefer,
                   char **ret_conflicts)
{
    g_autoptr(DwDocument) from = parse(base), own = parse(ours), other = parse(theirs);
    g_autoptr(GPtrArray) conflicts =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) merged = dw_merge(from, own, other, prefer, conflicts, &error);
    GString *told = g_string_new(NULL);

    assert_null(error);
    for (guint i = 0; i < conflicts->len; i++) {
        const DwProblem *problem = conflicts->pdata[i];
        assert_string_equal(problem->rule, "rebase-conflict");
        g_string_append_printf(told, "%s%s %s %s %s=%s: %s", i ? "\n" : "",
                               dw_severity_name(problem->severity), problem->kind, problem->id,
                               problem->key, problem->value, problem->message);
    }
    *ret_conflicts = g_string_free(told, FALSE);
    return g_strdup(dw_document_text(merged, NULL));
}

static void assert_merged(const char *base, const char *ours, const char *theirs,
                          const char *expected)
{
    g_autofree char *conflicts = NULL;
    g_autofree char *text = merge(base, ours, theirs, DW_PREFER_NEITHER, &conflicts);

    assert_string_equal(conflicts, "");
    assert_string_equal(text, expected);
}

/* The same conflicts whichever side is preferred; what each gives is checked. */
static void assert_conflict(const char *base, const char *ours, const char *theirs,
                            const char *expected, const char *mine, const char *their)
{
    g_autofree char *conflicts = NULL, *with_mine = NULL, *with_theirs = NULL;

    g_free(merge(base, ours, theirs, DW_PREFER_NEITHER, &conflicts));
    assert_string_equal(conflicts, expected);
    g_autofree char *text = merge(base, ours, theirs, DW_PREFER_MINE, &with_mine);
    assert_string_equal(text, mine);
    assert_true(g_str_has_prefix(with_mine, "warning "));
    assert_true(g_str_has_suffix(with_mine, " The draft's counts."));
    g_autofree char *other = merge(base, ours, theirs, DW_PREFER_THEIRS, &with_theirs);
    assert_string_equal(other, their);
    assert_true(g_str_has_suffix(with_theirs, " The domain's counts."));
}

static void test_one_side(void **state)
{
    const char *base =
        DOMAIN("  <name>a</name>\n  <x:y xmlns:x='urn:x' a=\"1\" ><!-- c --></x:y>\n");
    const char *changed =
        DOMAIN("  <name>a</name>\n  <title>t &#x41;</title>\n  <x:y xmlns:x='urn:x'/>\n");

    assert_merged(base, base, base, base);
    assert_merged(base, changed, base, changed);
    assert_merged(base, base, changed, changed);
    assert_merged(base, changed, changed, changed);
}

static void test_both_sides(void **state)
{
    assert_merged(DOMAIN("  <name>a</name>\n  <vcpu>1</vcpu>\n"),
                  DOMAIN("  <name>a</name>\n  <vcpu cpuset='1-2'>1</vcpu>\n"),
                  DOMAIN("  <name>a</name>\n  <title>t</title>\n  <vcpu>4</vcpu>\n"),
                  DOMAIN("  <name>a</name>\n  <title>t</title>\n  <vcpu cpuset='1-2'>4</vcpu>\n"));
    /* Attributes: one removed and one altered there, one added and one altered here. */
    assert_merged(DEVICES(DISK("vda", " type='raw' cache='none' io='native'")),
                  DEVICES(DISK("vda", " type='raw' cache='none' io='threads' discard=\"unmap\"")),
                  DEVICES(DISK("vda", " type='qcow2' io='native'")),
                  DEVICES(DISK("vda", " type='qcow2' io='threads' discard=\"unmap\"")));
    /* A device each, and one removed each. */
    assert_merged(DEVICES(DISK("vda", "") DISK("vdb", "") DISK("vdc", "")),
                  DEVICES(DISK("vda", "") DISK("vdd", "") DISK("vdc", "")),
                  DEVICES(DISK("vda", " cache='none'") DISK("vdb", "") RNG("virtio")),
                  DEVICES(DISK("vda", " cache='none'") DISK("vdd", "") RNG("virtio")));
    /* An element that was empty. */
    assert_merged(
        DOMAIN("  <name>a</name>\n  <devices/>\n"),
        DOMAIN("  <name>a</name>\n  <devices>\n    <rng model='virtio'/>\n  </devices>\n"),
        DOMAIN("  <name>b</name>\n  <devices/>\n"),
        DOMAIN("  <name>b</name>\n  <devices>\n    <rng model='virtio'/>\n  </devices>\n"));
    /* Both add an element, and put different things into it. */
    assert_merged(DOMAIN(""), DOMAIN("  <cputune>\n    <shares>5</shares>\n  </cputune>\n"),
                  DOMAIN("  <cputune>\n    <quota>9000</quota>\n  </cputune>\n"),
                  DOMAIN("  <cputune>\n    <shares>5</shares>\n    <quota>9000</quota>\n"
                         "  </cputune>\n"));
}

static void test_devices_without_id(void **state)
{
    /* The same one is meant, though another has gone. */
    assert_merged(DEVICES(RNG("virtio") RNG("virtio-transitional")),
                  DEVICES(RNG("virtio") "    <rng model='virtio-transitional'>\n    </rng>\n"),
                  DEVICES(RNG("virtio-transitional")),
                  DEVICES("    <rng model='virtio-transitional'>\n    </rng>\n"));
    /* Two alike stay two. */
    assert_merged(DEVICES(RNG("virtio") RNG("virtio")),
                  DEVICES(RNG("virtio") RNG("virtio") DISK("vda", "")), DEVICES(RNG("virtio")),
                  DEVICES(RNG("virtio") DISK("vda", "")));
    assert_merged(DEVICES(""), DEVICES(RNG("virtio")), DEVICES(RNG("virtio") DISK("vda", "")),
                  DEVICES(RNG("virtio") DISK("vda", "")));
}

static void test_order(void **state)
{
    /* Ours is another order: what theirs changed goes into that. */
    assert_merged(DEVICES(DISK("vda", "") DISK("vdb", "")),
                  DEVICES(DISK("vdb", "") DISK("vda", "")),
                  DEVICES(DISK("vda", " cache='none'") DISK("vdb", "")),
                  DEVICES(DISK("vdb", "") DISK("vda", " cache='none'")));
    assert_conflict(DEVICES(DISK("vda", "") DISK("vdb", "") DISK("vdc", "")),
                    DEVICES(DISK("vdb", "") DISK("vda", "") DISK("vdc", "")),
                    DEVICES(DISK("vda", "") DISK("vdc", "") DISK("vdb", "")),
                    "error   devices=: What is in devices is in another order each in the draft "
                    "and in the domain.",
                    DEVICES(DISK("vdb", "") DISK("vda", "") DISK("vdc", "")),
                    DEVICES(DISK("vda", "") DISK("vdc", "") DISK("vdb", "")));
}

static void test_conflicts(void **state)
{
    assert_conflict(DEVICES(DISK("vda", "")), DEVICES(DISK("vda", " cache='none' io='native'")),
                    DEVICES(DISK("vda", " cache='writeback'")),
                    "error disk vda driver.cache=none: Key driver.cache is \"none\" in the draft, "
                    "and now \"writeback\" in the domain; both were made from nothing.",
                    DEVICES(DISK("vda", " cache='none' io='native'")),
                    DEVICES(DISK("vda", " cache='writeback' io='native'")));
    /* A size and its unit are one; what means the same is none. */
    assert_conflict(
        DOMAIN("  <memory unit='KiB'>1048576</memory>\n"),
        DOMAIN("  <memory unit='GiB'>2</memory>\n"), DOMAIN("  <memory unit='MiB'>512</memory>\n"),
        "error   memory=2147483648: Key memory is \"2147483648\" in the draft, and now "
        "\"536870912\" in the domain; both were made from \"1073741824\".",
        DOMAIN("  <memory unit='GiB'>2</memory>\n"), DOMAIN("  <memory unit='MiB'>512</memory>\n"));
    assert_merged(DOMAIN("  <memory unit='KiB'>1048576</memory>\n"),
                  DOMAIN("  <memory unit='GiB'>1</memory>\n"),
                  DOMAIN("  <memory unit='MiB'>512</memory>\n"),
                  DOMAIN("  <memory unit='MiB'>512</memory>\n"));
    /* What no row speaks for. */
    assert_conflict(DEVICES(DISK("vda", " foo='1'")), DEVICES(DISK("vda", " foo='2'")),
                    DEVICES(DISK("vda", " foo='3'")),
                    "error disk vda driver/@foo=2: Key driver/@foo is \"2\" in the draft, and now "
                    "\"3\" in the domain; both were made from \"1\".",
                    DEVICES(DISK("vda", " foo='2'")), DEVICES(DISK("vda", " foo='3'")));
}

static void test_element_conflicts(void **state)
{
    assert_conflict(
        DEVICES(DISK("vda", "") DISK("vdb", "")), DEVICES(DISK("vda", "")),
        DEVICES(DISK("vda", "") DISK("vdb", " cache='none'")),
        "error disk vdb =: The draft removes this device, which was changed in the domain.",
        DEVICES(DISK("vda", "")), DEVICES(DISK("vda", "") DISK("vdb", " cache='none'")));
    assert_conflict(
        DEVICES(DISK("vda", "") DISK("vdb", "")),
        DEVICES(DISK("vda", "") DISK("vdb", " cache='none'")), DEVICES(DISK("vda", "")),
        "error disk vdb =: The draft changes this device, which was removed from the domain.",
        DEVICES(DISK("vda", "") DISK("vdb", " cache='none'")), DEVICES(DISK("vda", "")));
    /* Two disks of one name are never made one. */
    assert_conflict(DEVICES(""), DEVICES(DISK("vda", " cache='none'")),
                    DEVICES(DISK("vda", " io='native'")),
                    "error disk vda =: The draft adds this device, and the domain got another one.",
                    DEVICES(DISK("vda", " cache='none'")), DEVICES(DISK("vda", " io='native'")));
    /* A list is one setting, and so is what is in a namespace. */
    assert_conflict(
        DOMAIN("  <os>\n    <boot dev='hd'/>\n  </os>\n"),
        DOMAIN("  <os>\n    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n  </os>\n"),
        DOMAIN("  <os>\n    <boot dev='network'/>\n    <boot dev='hd'/>\n  </os>\n"),
        "error   os.boot=: The draft changes os.boot, which was changed in the domain otherwise.",
        DOMAIN("  <os>\n    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n  </os>\n"),
        DOMAIN("  <os>\n    <boot dev='network'/>\n    <boot dev='hd'/>\n  </os>\n"));
    assert_conflict(
        DOMAIN("  <x:y xmlns:x='urn:x' a='1' b='1'/>\n"),
        DOMAIN("  <x:y xmlns:x='urn:x' a='2' b='1'/>\n"),
        DOMAIN("  <x:y xmlns:x='urn:x' a='1' b='2'/>\n"),
        "error   x:y=: The draft changes x:y, which was changed in the domain otherwise.",
        DOMAIN("  <x:y xmlns:x='urn:x' a='2' b='1'/>\n"),
        DOMAIN("  <x:y xmlns:x='urn:x' a='1' b='2'/>\n"));
}

static void test_secrets(void **state)
{
    const char *base = DEVICES(VNC("")), *ours = DEVICES(VNC(" passwd='mine'"));
    const char *theirs = DEVICES(VNC(" passwd='" DW_SECRET_PLACEHOLDER "'"));

    assert_conflict(base, ours, theirs,
                    "error graphics vnc passwd=" DW_SECRET_PLACEHOLDER
                    ": Key passwd is a secret in the draft, and now a secret in the domain; both "
                    "were made from nothing.",
                    ours, theirs);
}

/* What cannot be one document is no document. */
static void test_prefixes(void **state)
{
    g_autoptr(DwDocument) base = parse("<domain xmlns:x='urn:x' a='1'/>");
    g_autoptr(DwDocument) ours = parse("<domain xmlns:x='urn:x' a='1'><x:y/></domain>");
    g_autoptr(DwDocument) theirs = parse("<domain a='2'/>");
    g_autoptr(GPtrArray) conflicts =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_autoptr(GError) error = NULL;

    assert_null(dw_merge(base, ours, theirs, DW_PREFER_NEITHER, conflicts, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID_XML));
}

/* ---- Every document there is ---- */

static DwDocument *edited(const DwDocument *document, DwEdit *edit)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    DwDocument *copy = dw_document_copy(document);
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(edits, edit);
    assert_true(dw_apply(copy, edits, DW_APPLY_DRY, NULL, NULL, &error));
    return copy;
}

static DwEdit *set_title(void)
{
    DwSettings *values = dw_settings_new();

    dw_settings_put(values, "title", dw_value_string("merged"));
    return dw_edit_new(DW_VERB_SET, "", "", values, NULL);
}

static DwEdit *add_disk(void)
{
    DwSettings *values = dw_settings_new();

    dw_settings_put(values, "target.dev", dw_value_string("vdzz"));
    dw_settings_put(values, "source.file", dw_value_string("/srv/x.img"));
    return dw_edit_new(DW_VERB_ADD, "disk", "", values, NULL);
}

/* One edit on each side is what both would be one after the other. */
static void check_document(const char *path, const DwDocument *base)
{
    g_autoptr(GPtrArray) conflicts =
        g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_autoptr(DwDocument) ours = edited(base, set_title());
    g_autoptr(DwDocument) theirs = edited(base, add_disk());
    g_autoptr(DwDocument) both = edited(theirs, set_title());
    g_autoptr(DwDocument) merged = dw_merge(base, ours, theirs, DW_PREFER_NEITHER, conflicts, NULL);
    g_autoptr(DwDocument) turned = dw_merge(base, theirs, ours, DW_PREFER_NEITHER, conflicts, NULL);

    if (!merged || !turned || conflicts->len > 0)
        fail_msg("%s: a conflict", path);
    if (strcmp(dw_document_text(merged, NULL), dw_document_text(both, NULL)) != 0)
        fail_msg("%s: %s", path, dw_document_text(merged, NULL));
    /* In which order children are is not said where there were none. */
    DwChanges changes;
    dw_changes_between(both, turned, &changes);
    bool same = !changes.keys[0] && changes.devices->len == 0 && !changes.other;
    dw_changes_clear(&changes);
    if (!same)
        fail_msg("%s: %s", path, dw_document_text(turned, NULL));
}

static void test_documents(void **state)
{
    g_autoptr(GDir) directory = g_dir_open(TEST_ROOT "/tests/data/documents", 0, NULL);
    unsigned count = 0;
    const char *name;

    while ((name = g_dir_read_name(directory))) {
        if (!g_str_has_suffix(name, ".xml"))
            continue;
        g_autofree char *path = g_build_filename(TEST_ROOT "/tests/data/documents", name, NULL);
        g_autofree char *text = NULL;
        gsize length;
        assert_true(g_file_get_contents(path, &text, &length, NULL));
        g_autoptr(DwDocument) document = dw_document_parse(text, length, NULL);
        assert_non_null(document);
        check_document(path, document);
        count++;
    }
    assert_true(count >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_side),
        cmocka_unit_test(test_both_sides),
        cmocka_unit_test(test_devices_without_id),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_element_conflicts),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_documents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
