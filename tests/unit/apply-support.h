/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of what an edit does by itself: one edit of a text, and what came of it. Included after
 * cmocka.h. */
#pragma once

#include <string.h>

#include <domwright/model.h>

/* A domain that no rule has anything to say of. */
#define Q35_HEAD                                                                                   \
    "<domain type='qemu'><name>t</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu>"          \
    "<iothreads>1</iothreads><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"         \
    "<features><acpi/></features>"
#define Q35_GUEST(devices) Q35_HEAD "<devices>" devices "</devices></domain>"

typedef struct {
    char *text; /* NULL when it was refused */
    DwResult result;
    GError *error;
} Outcome;

static inline void outcome_clear(Outcome *outcome)
{
    g_free(outcome->text);
    dw_result_clear(&outcome->result);
    g_clear_error(&outcome->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

/* "key=value;key-": a value, which is a string, or what is unset. */
static inline DwSettings *settings_of(const char *text)
{
    g_auto(GStrv) pairs = g_strsplit(text, ";", -1);
    DwSettings *settings = dw_settings_new();

    for (char **pair = pairs; *pair && **pair; pair++) {
        char *equals = strchr(*pair, '=');

        if (!equals)
            continue;
        *equals = 0;
        assert_true(dw_settings_add(settings, *pair, dw_value_string(equals + 1), NULL));
    }
    return settings;
}

static inline char **unsets_of(const char *text)
{
    g_auto(GStrv) pairs = g_strsplit(text, ";", -1);
    g_autoptr(GStrvBuilder) keys = g_strv_builder_new();

    for (char **pair = pairs; *pair && **pair; pair++)
        if (!strchr(*pair, '=')) {
            (*pair)[strlen(*pair) - 1] = 0;
            g_strv_builder_add(keys, *pair);
        }
    return g_strv_builder_end(keys);
}

static inline Outcome edit_text(const char *xml, DwVerb verb, const char *kind, const char *id,
                                const char *values, DwApplyFlags flags, const DwHost *host)
{
    g_autoptr(DwDocument) document = dw_document_parse(xml, strlen(xml), NULL);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free);
    g_auto(GStrv) unset = unsets_of(values);
    Outcome outcome = {0};

    assert_non_null(document);
    g_ptr_array_add(edits,
                    dw_edit_new(verb, kind, id, settings_of(values), (const char *const *)unset));
    if (dw_apply(document, edits, flags, host, &outcome.result, &outcome.error))
        outcome.text = g_strdup(dw_document_text(document, NULL));
    else
        assert_string_equal(dw_document_text(document, NULL), xml);
    return outcome;
}

static inline const DwProblem *outcome_note(const Outcome *outcome, const char *rule,
                                            const char *key)
{
    for (guint i = 0; i < outcome->result.problems->len; i++) {
        const DwProblem *problem = outcome->result.problems->pdata[i];

        if (strcmp(problem->rule, rule) == 0 && strcmp(problem->key, key) == 0)
            return problem;
    }
    return NULL;
}

static inline void assert_note(const Outcome *outcome, const char *rule, const char *key,
                               DwSeverity severity)
{
    const DwProblem *problem;

    if (!outcome->text)
        fail_msg("refused: %s", outcome->error->message);
    problem = outcome_note(outcome, rule, key);
    if (!problem)
        fail_msg("no note %s of %s", rule, key);
    if (problem->severity != severity)
        fail_msg("note %s of %s is %s", rule, key, dw_severity_name(problem->severity));
}

static inline void assert_text(const Outcome *outcome, const char *expected)
{
    if (!outcome->text)
        fail_msg("refused: %s", outcome->error->message);
    assert_string_equal(outcome->text, expected);
}

static inline void assert_refused(const Outcome *outcome, DwErrorCode code, const char *words)
{
    if (outcome->text)
        fail_msg("not refused: %s", outcome->text);
    if (outcome->error->code != (int)code || !strstr(outcome->error->message, words))
        fail_msg("error %d: %s", outcome->error->code, outcome->error->message);
}

/* The reason a feature was left out, or NULL. */
static inline const char *outcome_skipped(const Outcome *outcome, const char *name)
{
    for (guint i = 0; i + 1 < outcome->result.skipped->len; i += 2)
        if (strcmp(outcome->result.skipped->pdata[i], name) == 0)
            return outcome->result.skipped->pdata[i + 1];
    return NULL;
}
