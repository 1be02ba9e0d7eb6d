/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Secrets hidden and kept: what is shown, what comes back, and when there is nothing to keep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <domwright/model.h>

#define HIDDEN DW_SECRET_PLACEHOLDER

static const char *const WHOLE =
    "<domain type='kvm'><title>(unchanged secret)</title><devices>"
    "<disk type='network'><source protocol='https' name='a'><cookies>"
    "<cookie name='one'>1</cookie><cookie name='two'>2</cookie></cookies></source>"
    "<target dev='vda' bus='virtio'/></disk>"
    "<graphics type='vnc' passwd='a&amp;b'/>"
    "</devices></domain>";

static DwDocument *parse(const char *text)
{
    DwDocument *document = dw_document_parse(text, strlen(text), NULL);

    assert_non_null(document);
    return document;
}

static void test_hidden_and_kept(void **state)
{
    g_autoptr(DwDocument) base = parse(WHOLE);
    g_autofree char *shown = dw_document_redacted(base);
    g_autoptr(DwDocument) document = parse(shown);

    assert_null(strstr(shown, "a&amp;b"));
    assert_non_null(strstr(shown, "passwd='" HIDDEN "'"));
    assert_non_null(strstr(shown, "<cookie name='one'>" HIDDEN "</cookie>"));
    assert_true(dw_document_keep_secrets(document, base, NULL));
    assert_string_equal(WHOLE, dw_document_text(document, NULL));
}

static void test_what_is_new_stays(void **state)
{
    g_autoptr(DwDocument) base = parse(WHOLE);
    g_autoptr(DwDocument) document =
        parse("<domain><devices><graphics type='vnc' passwd='other'/></devices></domain>");
    g_autofree char *before = g_strdup(dw_document_text(document, NULL));

    assert_true(dw_document_keep_secrets(document, base, NULL));
    assert_string_equal(before, dw_document_text(document, NULL));
}

/* Each has a placeholder for which WHOLE holds nothing. */
static void test_nothing_to_keep(void **state)
{
    static const char *const faults[] = {
        "<disk><source><cookies><cookie name='three'>" HIDDEN "</cookie></cookies></source>"
        "<target dev='vda'/></disk>",
        "<disk><source><cookies><cookie name='one'>" HIDDEN "</cookie></cookies></source>"
        "<target dev='vdb'/></disk>",
        "<graphics type='spice' passwd='x'/><graphics type='spice' passwd='" HIDDEN "'/>",
    };
    g_autoptr(DwDocument) base = parse(WHOLE);

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *text =
            g_strconcat("<domain><devices>", faults[i], "</devices></domain>", NULL);
        g_autoptr(DwDocument) document = parse(text);
        g_autoptr(GError) error = NULL;

        assert_false(dw_document_keep_secrets(document, base, &error));
        assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_INVALID));
    }
}

static void test_without_a_base(void **state)
{
    g_autoptr(DwDocument) plain = parse("<domain><title>" HIDDEN "</title></domain>");
    g_autoptr(DwDocument) document = parse(WHOLE);
    g_autofree char *shown = dw_document_redacted(document);
    g_autoptr(DwDocument) hidden = parse(shown);
    g_autoptr(GError) error = NULL;

    assert_true(dw_document_keep_secrets(plain, NULL, NULL));
    assert_true(dw_document_keep_secrets(document, NULL, NULL));
    assert_false(dw_document_keep_secrets(hidden, NULL, &error));
    assert_string_equal(error->message,
                        "\"" HIDDEN "\" in a device of kind \"graphics\" stands for a secret that "
                        "is kept, and here there is none to keep; give the secret itself.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hidden_and_kept),
        cmocka_unit_test(test_what_is_new_stays),
        cmocka_unit_test(test_nothing_to_keep),
        cmocka_unit_test(test_without_a_base),
    };

    return cmocka_run_group_tests_name("secrets", tests, NULL, NULL);
}
