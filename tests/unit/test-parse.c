/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is taken as a document and what is refused: XML itself, hostile XML, and every limit at its
 * edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "document/document.h"

static void accept_text(const char *text, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) document = dw_document_parse(text, length, &error);

    if (!document)
        fail_msg("refused: %s", error->message);
    size_t kept;
    assert_memory_equal(dw_document_text(document, &kept), text, length);
    assert_int_equal(kept, length);
}

static void accept(const char *text)
{
    accept_text(text, strlen(text));
}

static void refuse_text(const char *text, size_t length, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) document = dw_document_parse(text, length, &error);

    assert_null(document);
    assert_int_equal(error->code, code);
    if (!strstr(error->message, words))
        fail_msg("\"%s\" does not say \"%s\"", error->message, words);
}

static void refuse(const char *text, int code, const char *words)
{
    refuse_text(text, strlen(text), code, words);
}

static void test_kept_to_the_byte(void **state)
{
    accept("<domain/>");
    accept("<domain type='kvm'  id=\"3\" ></domain >\n\n");
    accept("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?>\r\n<!-- <!DOCTYPE no> -->\r\n"
           "<domain>\r\n\t<name>\xC3\xA9</name>\r\n</domain>\r\n<!-- end -->");
    accept("<domain><description><![CDATA[<not> & markup]]>&#x41;&amp;</description><?pi "
           "x?></domain>");
    accept("<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:commandline>"
           "<q:arg value='-x'/></q:commandline></domain>");
}

static void test_not_well_formed(void **state)
{
    refuse("", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain>", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain></domai>", DW_ERROR_INVALID_XML, "line 1");
    refuse("<domain/><domain/>", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain a='1' a='2'/>", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain><q:x/></domain>", DW_ERROR_INVALID_XML, "prefix");
    refuse("<domain q:a='1'/>", DW_ERROR_INVALID_XML, "prefix");
    refuse("<domain>&unknown;</domain>", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain>&#0;</domain>", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain>\x01</domain>", DW_ERROR_INVALID_XML, "Not well-formed");
    refuse("<domain>\xEF\xBF\xBE</domain>", DW_ERROR_INVALID_XML, "");
    refuse("text <domain/>", DW_ERROR_INVALID_XML, "Not well-formed");
}

static void test_not_utf8(void **state)
{
    static const char utf16[] = "\xFF\xFE<\0d\0o\0m\0a\0i\0n\0/\0>\0";

    refuse("<domain>\xE9</domain>", DW_ERROR_INVALID_XML, "UTF-8");
    refuse("<domain>\xED\xA0\x80</domain>", DW_ERROR_INVALID_XML, "UTF-8");
    refuse_text(utf16, sizeof utf16 - 1, DW_ERROR_INVALID_XML, "UTF-8");
    refuse_text("<domain>\0</domain>", 18, DW_ERROR_INVALID_XML, "UTF-8");
}

static void test_other_roots(void **state)
{
    refuse("<network/>", DW_ERROR_INVALID_XML, "<network>");
    refuse("<domains><domain/></domains>", DW_ERROR_INVALID_XML, "<domains>");
    refuse("<domain xmlns='http://example.org/'/>", DW_ERROR_INVALID_XML, "namespace");
    refuse("<q:domain xmlns:q='http://example.org/'/>", DW_ERROR_INVALID_XML, "namespace");
}

static void test_doctype(void **state)
{
    refuse("<!DOCTYPE domain><domain/>", DW_ERROR_INVALID_XML, "DOCTYPE");
    refuse("<?xml version='1.0'?>\n<!-- c -->\n<?p?>\n<!DOCTYPE domain SYSTEM 'file:///etc/passwd'>"
           "<domain/>",
           DW_ERROR_INVALID_XML, "DOCTYPE");
    refuse("\xEF\xBB\xBF <!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><domain>&b;</domain>",
           DW_ERROR_INVALID_XML, "DOCTYPE");
    refuse("<domain/><!DOCTYPE domain>", DW_ERROR_INVALID_XML, "Not well-formed");
}

static char *nested(unsigned levels)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < levels; i++)
        g_string_append(text, i ? "<a>" : "<domain>");
    for (unsigned i = levels; i-- > 0;)
        g_string_append(text, i ? "</a>" : "</domain>");
    return g_string_free(text, FALSE);
}

static void test_depth(void **state)
{
    g_autofree char *deep = nested(DW_MAX_DEPTH), *deeper = nested(DW_MAX_DEPTH + 1),
                    *abyss = nested(40000);

    accept(deep);
    refuse(deeper, DW_ERROR_LIMIT_EXCEEDED, "256 levels");
    refuse(abyss, DW_ERROR_LIMIT_EXCEEDED, "256 levels");
}

/* unit many times; '#' in it is the number of the turn. */
static char *repeated(const char *before, const char *unit, unsigned times, const char *after)
{
    GString *text = g_string_new(before);

    for (unsigned i = 0; i < times; i++)
        for (const char *p = unit; *p; p++)
            if (*p == '#')
                g_string_append_printf(text, "%u", i);
            else
                g_string_append_c(text, *p);
    g_string_append(text, after);
    return g_string_free(text, FALSE);
}

static void test_nodes(void **state)
{
    g_autofree char *most = repeated("<domain>", "<a/>", DW_MAX_NODES - 1, "</domain>");
    g_autofree char *over = repeated("<domain>", "<a/>", DW_MAX_NODES, "</domain>");
    g_autofree char *attributes =
        repeated("<domain>", "<a a='' b='' c='' d=''/>", DW_MAX_NODES / 5, "</domain>");
    g_autofree char *wide =
        repeated("<domain><!-- > ' --><a b=\">\"/><c", " a#=''", 100000, "/></domain>");
    g_autofree char *comments = repeated("<domain>", "<!---->", DW_MAX_NODES, "</domain>");
    g_autofree char *instructions = repeated("<domain>", "<?p?>", DW_MAX_NODES, "</domain>");

    accept(most);
    refuse(over, DW_ERROR_LIMIT_EXCEEDED, "20000 nodes");
    refuse(attributes, DW_ERROR_LIMIT_EXCEEDED, "20000 nodes");
    refuse(wide, DW_ERROR_LIMIT_EXCEEDED, "1024 attributes");
    refuse(comments, DW_ERROR_LIMIT_EXCEEDED, "20000 nodes");
    refuse(instructions, DW_ERROR_LIMIT_EXCEEDED, "20000 nodes");
}

static void test_bytes(void **state)
{
    g_autofree char *text = g_strnfill(DW_MAX_BYTES + 1, ' ');

    memcpy(text, "<domain>", 8);
    memcpy(text + DW_MAX_BYTES - 9, "</domain>", 9);
    accept_text(text, DW_MAX_BYTES);
    refuse_text(text, DW_MAX_BYTES + 1, DW_ERROR_LIMIT_EXCEEDED, "1048576");
}

/* One thread's libxml2 context must not fill up with the names it meets. */
static void test_many_names(void **state)
{
    for (unsigned i = 0; i < 400; i++) {
        g_autofree char *begin = g_strdup_printf("<domain x%u=''>", i);
        g_autofree char *unit = g_strdup_printf("<n%u-#-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/>", i);
        g_autofree char *text = repeated(begin, unit, 1000, "</domain>");
        accept(text);
    }
}

static void test_body(void **state)
{
    static const char text[] = "\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-16'?>\n<domain/>";
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autoptr(DwDocument) plain = dw_document_parse("<domain/>", 9, NULL);

    assert_string_equal(dw_document_body(document), "\n<domain/>");
    assert_string_equal(dw_document_body(plain), "<domain/>");
}

static void test_redacted(void **state)
{
    static const char text[] =
        "<domain><devices><graphics type='vnc' passwd=\"a'b\"/><disk><source><cookies>"
        "<cookie name='a'>secret</cookie></cookies></source></disk></devices></domain>";
    g_autoptr(DwDocument) document = dw_document_parse(text, strlen(text), NULL);
    g_autofree char *redacted = dw_document_redacted(document);

    assert_string_equal(redacted,
                        "<domain><devices><graphics type='vnc' passwd=\"" DW_SECRET_PLACEHOLDER
                        "\"/><disk><source><cookies><cookie name='a'>" DW_SECRET_PLACEHOLDER
                        "</cookie></cookies></source></disk></devices></domain>");
    assert_string_equal(dw_document_text(document, NULL), text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_to_the_byte),
        cmocka_unit_test(test_not_well_formed),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_other_roots),
        cmocka_unit_test(test_doctype),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_redacted),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
