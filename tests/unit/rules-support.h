/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For tests of rules: a row is two fragments either side of an edge, of which one must be reported
 * under exactly one key and severity, and the other not at all. Included after cmocka.h.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include <domwright/model.h>

#include "rules/rules.h"

typedef struct {
    const char *rule;
    DwSeverity severity;
    const char *key;
    const char *bad, *good; /* good NULL: the rule has no other side */
} Edge;

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING
#define INFO    DW_SEVERITY_INFO

#define HEAD(type, machine)                                                                        \
    "<domain type='" type "'><name>t</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu>"      \
    "<os><type arch='x86_64' machine='" machine "'>hvm</type></os>"                                \
    "<features><acpi/></features>"
/* What any machine has to say, and more before the devices. */
#define PLAIN_HEAD(arch, machine, more)                                                            \
    "<domain type='qemu'><name>t</name><memory>1048576</memory>" more "<os><type arch='" arch      \
    "' machine='" machine "'>hvm</type></os>"
#define TAIL "</devices></domain>"

/* For tests/e2e/test_findings.py: what is asked about, where DOMWRIGHT_EDGES says. */
static inline void record(const char *rule, const char *xml)
{
    const char *path = g_getenv("DOMWRIGHT_EDGES");
    FILE *file = path ? fopen(path, "a") : NULL;

    if (!file)
        return;
    fprintf(file, "%s\t%s%c", rule, xml, 0);
    fclose(file);
}

/* Names of triggers only spare work: what is found without them is found with them. */
static inline void check_triggers(const DwDocument *document, const DwHost *host,
                                  const GPtrArray *found, const char *xml)
{
    g_autoptr(GPtrArray) all = rules_validate_unfiltered(document, host);

    for (guint i = 0; i < all->len; i++) {
        const DwProblem *one = all->pdata[i], *other = i < found->len ? found->pdata[i] : NULL;

        if (!other || strcmp(one->rule, other->rule) != 0 || strcmp(one->key, other->key) != 0)
            fail_msg("%s of key %s is hidden by triggers for %s", one->rule, one->key, xml);
    }
    assert_int_equal(found->len, all->len);
}

static inline GPtrArray *problems_of(const char *xml, const DwHost *host)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), &error);

    if (!document)
        fail_msg("%s: %s", error->message, xml);
    GPtrArray *problems = dw_validate(document, host);
    check_triggers(document, host, problems, xml);
    return problems;
}

static inline unsigned count_rule(const GPtrArray *problems, const char *rule)
{
    unsigned n = 0;

    for (guint i = 0; i < problems->len; i++)
        n += strcmp(((const DwProblem *)problems->pdata[i])->rule, rule) == 0;
    return n;
}

static inline const DwProblem *find_rule(const GPtrArray *problems, const char *rule)
{
    for (guint i = 0; i < problems->len; i++)
        if (strcmp(((const DwProblem *)problems->pdata[i])->rule, rule) == 0)
            return problems->pdata[i];
    return NULL;
}

/* A message is a sentence, and names the key it is about. */
static inline void check_message(const DwProblem *problem)
{
    size_t length = strlen(problem->message);

    assert_true(length > 0 && problem->message[length - 1] == '.');
    if (!strstr(problem->message, problem->key))
        fail_msg("%s: \"%s\" does not name %s", problem->rule, problem->message, problem->key);
}

static inline void check_edge(const Edge *edge, const char *bad, const char *good,
                              const DwHost *host)
{
    record(edge->rule, bad);
    g_autoptr(GPtrArray) problems = problems_of(bad, host);
    const DwProblem *problem = find_rule(problems, edge->rule);

    if (!problem)
        fail_msg("%s not reported for %s", edge->rule, bad);
    if (count_rule(problems, edge->rule) != 1)
        fail_msg("%s reported %u times for %s", edge->rule, count_rule(problems, edge->rule), bad);
    assert_string_equal(problem->key, edge->key);
    if (problem->severity != edge->severity)
        fail_msg("%s is of severity %s for %s", edge->rule, dw_severity_name(problem->severity),
                 bad);
    check_message(problem);
    if (!good)
        return;
    record(edge->rule, good);
    g_autoptr(GPtrArray) none = problems_of(good, host);
    if (find_rule(none, edge->rule))
        fail_msg("%s reported for %s", edge->rule, good);
}

/* Runs rows whose fragments go between head and tail. */
static inline void check_edges(const Edge *edges, size_t n, const char *head, const char *tail,
                               const DwHost *host)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *bad = g_strconcat(head, edges[i].bad, tail, NULL);
        g_autofree char *good = edges[i].good ? g_strconcat(head, edges[i].good, tail, NULL) : NULL;

        check_edge(&edges[i], bad, good, host);
    }
}
