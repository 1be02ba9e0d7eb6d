/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets are left out of all that is kept and compared: only whether there is one counts. */
#include "host/pending.h"

#include <string.h>

#include "base/log.h"
#include "base/secret-text.h"
#include "libvirt/connection.h"

/* NULL: it cannot be read. */
static DwDocument *parse(const char *text)
{
    return text ? dw_document_parse(text, strlen(text), NULL) : NULL;
}

static char *redacted(const char *text)
{
    if (!dw_text_may_hold_secret(text))
        return g_strdup(text);
    g_autoptr(DwDocument) document = parse(text);
    return document ? dw_document_redacted(document) : NULL;
}

/* ret_revision: its revision, or NULL. */
static char *read_redacted(Virt *virt, const char *uuid, bool live, char *ret_revision,
                           GError **error)
{
    char *text = virt_domain_xml(virt, uuid, live, error);
    char *shown = text ? redacted(text) : NULL;
    if (text && ret_revision)
        revision_of(virt_uri(virt), text, strlen(text), ret_revision);
    secret_text_free(text);
    return shown;
}

static bool is_of_interest(const VirtDomain *domain)
{
    return domain->id >= 0 && (domain->persistent || !domain->knows_persistent);
}

void pending_begin(Virt *virt, Baselines *baselines, const char *uuid, const char *live)
{
    g_autoptr(GError) error = NULL;
    VirtDomain *domain = baselines ? virt_domain_get(virt, uuid, NULL) : NULL;
    if (domain && is_of_interest(domain) && !domain->restored) {
        g_auto(Baseline) baseline = {.id = domain->id, .started_at = g_get_real_time()};
        baseline.live = live ? redacted(live) : read_redacted(virt, uuid, true, NULL, NULL);
        baseline.config = read_redacted(virt, uuid, false, NULL, NULL);
        if (baseline.live && baseline.config && !baselines_add(baselines, uuid, &baseline, &error))
            log_line("%s", error->message);
    }
    virt_domain_free(domain);
}

void pending_rows_clear(PendingRows *rows)
{
    g_clear_pointer(&rows->rows, g_ptr_array_unref);
}

static GPtrArray *no_rows(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dw_pending_free);
}

/* baseline: without texts where there is none. before, changes: of interest, NULL: all. */
static GPtrArray *compare(const char *config, const char *live, const Baseline *baseline,
                          const DwDocument *before, const DwChanges *changes)
{
    if (baseline->config && strcmp(baseline->config, config) == 0 &&
        strcmp(baseline->live, live) == 0)
        return no_rows();
    g_autoptr(DwDocument) now = parse(config), runs = parse(live);
    g_autoptr(DwDocument) first = parse(baseline->config), ran = parse(baseline->live);
    DwRun run = {now, runs, first, ran, before, changes};
    return now && runs ? dw_pending(&run) : no_rows();
}

/* It may stop or be removed meanwhile, and then nothing waits. */
static bool read_documents(Virt *virt, const char *uuid, const Baseline *baseline,
                           PendingRows *rows, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *live = read_redacted(virt, uuid, true, rows->live_revision, &failure);
    g_autofree char *config =
        live ? read_redacted(virt, uuid, false, rows->revision, &failure) : NULL;
    if (config)
        rows->rows = compare(config, live, baseline, NULL, NULL);
    else if (!failure || g_error_matches(failure, DW_ERROR, DW_ERROR_INVALID))
        rows->rows = no_rows();
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    return rows->rows != NULL;
}

bool pending_read(Virt *virt, Baselines *baselines, const char *uuid, PendingRows *ret_rows,
                  GError **error)
{
    *ret_rows = (PendingRows){.id = -1};
    VirtDomain *domain = virt_domain_get(virt, uuid, error);
    if (!domain)
        return false;
    bool interesting = is_of_interest(domain);
    ret_rows->id = domain->id;
    virt_domain_free(domain);
    g_auto(Baseline) baseline = {0};
    if (ret_rows->id >= 0 && baselines && baselines_get(baselines, uuid, ret_rows->id, &baseline))
        ret_rows->started_at = baseline.started_at;
    if (interesting)
        return read_documents(virt, uuid, &baseline, ret_rows, error);
    ret_rows->rows = no_rows();
    return true;
}

bool pending_waits(Virt *virt, Baselines *baselines, const char *uuid, int32_t id,
                   const char *config, const DwDocument *before, const DwChanges *changes)
{
    g_auto(Baseline) baseline = {0};
    g_autofree char *live = read_redacted(virt, uuid, true, NULL, NULL);
    g_autofree char *shown = live ? redacted(config) : NULL;
    if (!shown)
        return true;
    if (baselines)
        baselines_get(baselines, uuid, id, &baseline);
    g_autoptr(GPtrArray) rows = compare(shown, live, &baseline, before, changes);
    return rows->len > 0;
}
