/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules over whole documents: the corpus where it is at hand, and our own. What holds for all of
 * them is here; single rules have tests of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

#include "corpus.h"
#include "rules/rules.h"

static char *corpus;

/* One line a problem. */
static char *print_problems(const GPtrArray *problems)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < problems->len; i++) {
        const DwProblem *problem = problems->pdata[i];

        g_string_append_printf(out, "%s %s %s %s: %s\n", dw_severity_name(problem->severity),
                               problem->rule, problem->kind, problem->id, problem->message);
    }
    return g_string_free(out, FALSE);
}

/* Calls check with every document of a directory that parses; how many those are. */
static unsigned for_each(const char *directory,
                         void (*check)(const DwDocument *document, const char *name))
{
    GDir *files = directory ? g_dir_open(directory, 0, NULL) : NULL;
    const char *name;
    unsigned n = 0;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_autofree char *text = NULL;
        g_autoptr(DwDocument) document = NULL;
        size_t length;

        if (g_file_get_contents(path, &text, &length, NULL))
            document = dw_document_parse(text, length, NULL);
        if (!document)
            continue;
        check(document, name);
        n++;
    }
    if (files)
        g_dir_close(files);
    return n;
}

static void check_filters(const DwDocument *document, const char *name)
{
    const DwHost hosts[] = {{0}, {.libvirt_version = 6000000}};

    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autoptr(GPtrArray) filtered = rules_validate(document, &hosts[i], NULL, NULL);
        g_autoptr(GPtrArray) all = rules_validate_unfiltered(document, &hosts[i]);
        g_autofree char *expected = print_problems(all), *found = print_problems(filtered);

        if (strcmp(expected, found) != 0)
            fail_msg("%s: without name filters:\n%s\nwith them:\n%s", name, expected, found);
    }
}

/* What filters could take for absent: a value without a name of its own, names with a prefix. */
static const char *const shy[] = {
    "<domain type='kvm'><sysinfo type='fwcfg'><entry>x</entry></sysinfo></domain>",
    "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
    "<q:override><q:device alias='a'><q:frontend><q:property name='x' type='wrong' value='1'/>"
    "</q:frontend></q:device></q:override></domain>",
};

/* Names of triggers and Bloom filters only spare work. */
static void test_filters_hide_nothing(void **state)
{
    g_autofree char *own = g_build_filename(TEST_ROOT, "tests", "data", "documents", NULL);
    g_autofree char *generic =
        corpus ? g_build_filename(corpus, "..", "genericxml2xmlindata", NULL) : NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(shy); i++) {
        g_autoptr(DwDocument) document = dw_document_parse(shy[i], strlen(shy[i]), NULL);
        g_autoptr(GPtrArray) problems =
            dw_validate(document, &(DwHost){.libvirt_version = 6000000});
        g_autofree char *found = print_problems(problems);

        assert_non_null(strstr(found, i == 0 ? " host-version " : " value "));
        check_filters(document, shy[i]);
    }
    assert_true(for_each(own, check_filters) > 2);
    for_each(corpus, check_filters);
    for_each(generic, check_filters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters_hide_nothing),
    };

    dw_end_without_memory();
    corpus = corpus_open("libvirt-9.0-domains.tar.xz", "qemuxml2argvdata");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    corpus_close(corpus);
    return failed;
}
