/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt is given a document and stores what it makes of it: what that changed, and whether. */
#include "operations/edits/edit-stored.h"

#include <string.h>

#include "host/pending.h"
#include "operations/edits/edit-live.h"
#include "operations/stored.h"
#include "operations/validation.h"

bool edit_is_veiled(const EditOperation *edit)
{
    return edit->change.base.guarded && edit->change.gives_secret &&
           !operation_on_draft(&edit->change.base);
}

void edit_note_differences(EditOperation *edit, const DwDocument *before, const DwDocument *after)
{
    dw_changes_between(before, after, &edit->differences);
    edit->compared = true;
}

/* libvirt stored what it had: that is no change of the configuration, and none of the history. */
static void note_same(EditOperation *edit, const char *text, HistoryEntry *entry)
{
    ChangeOperation *change = &edit->change;
    const DocumentChange *config = &change->plan->config;
    if (strcmp(text, dw_document_text(config->before, NULL)) != 0 || edit_is_veiled(edit))
        return;
    bool runs = g_strcmp0(change->applied, affect_name(AFFECT_BOTH)) == 0;
    change->changed = runs;
    change->config_changed = false;
    change->applied = runs ? affect_name(AFFECT_LIVE) : NULL;
    history_entry_unneeded(entry);
}

/* The document that the inventory has, when it is not the one the plan was made from: what is
 * reported as changed then includes what another program changed before us. */
static DwDocument *known_otherwise(const EditOperation *edit)
{
    const char *before = dw_document_text(edit->change.plan->config.before, NULL);
    if (!edit->known || strcmp(edit->known, before) == 0)
        return NULL;
    return dw_document_parse_again(edit->known, strlen(edit->known));
}

/* A caller who may not see what the secret was is not told that either. */
static bool gives_other_secret(const EditOperation *edit, const char *text)
{
    const ChangeOperation *change = &edit->change;
    if (!change->gives_secret || change->base.guarded)
        return change->gives_secret;
    g_autoptr(DwDocument) after = dw_document_parse_again(text, strlen(text));
    g_autofree char *redacted = dw_document_redacted(after);
    g_autoptr(DwDocument) kept = dw_document_parse_again(redacted, strlen(redacted));
    return !dw_document_keep_secrets(kept, change->plan->config.before, NULL) ||
           strcmp(dw_document_text(kept, NULL), text) != 0;
}

/* The configuration is, or would be, this text; differences: what that changes. Secrets are not
 * compared with those of the running domain: another one waits. */
static void find_in_force(EditOperation *edit, Virt *virt, const char *text,
                          const DwChanges *differences)
{
    ChangeOperation *change = &edit->change;
    if (edit->run_id >= 0)
        change->in_force = !gives_other_secret(edit, text) &&
                           !pending_waits(virt, edit->baselines, change->base.uuid, edit->run_id,
                                          text, change->plan->config.before, differences);
}

void edit_foresee(EditOperation *edit, Virt *virt)
{
    ChangeOperation *change = &edit->change;
    const DocumentChange *config = &change->plan->config;
    if (!change->changed || operation_on_draft(&change->base))
        return;
    if (validation_check(change->problems, NULL))
        change->applied = affect_name(!change->config_changed     ? AFFECT_LIVE
                                      : edit_live_changes(change) ? AFFECT_BOTH
                                                                  : AFFECT_CONFIG);
    if (!change->config_changed)
        return;
    DwChanges differences;
    dw_changes_between(config->before, config->after, &differences);
    find_in_force(edit, virt, dw_document_text(config->after, NULL), &differences);
    dw_changes_clear(&differences);
}

void edit_take_stored(EditOperation *edit, Virt *virt, char *text, HistoryEntry *entry)
{
    ChangeOperation *change = &edit->change;
    note_same(edit, text, entry);
    DocumentChange *config = &change->plan->config;
    bool same = strcmp(text, dw_document_text(config->after, NULL)) == 0;
    g_autoptr(DwDocument) after =
        domain_snapshot_take_text(&change->stored, virt, text, same ? config->after : NULL);
    if (same)
        config->after = NULL;
    else if (after)
        stored_compare(change, after, edit->way == EDIT_APPLY ? edit->edits : NULL);
    memcpy(change->revision, change->stored.revision, sizeof change->revision);
    if (!after)
        return;
    edit_note_differences(edit, config->before, after);
    find_in_force(edit, virt, change->stored.text, &edit->differences);
    history_entry_made(entry, change->revision, after, &edit->differences);
    g_autoptr(DwDocument) known = known_otherwise(edit);
    if (known) {
        dw_changes_clear(&edit->differences);
        edit_note_differences(edit, known, after);
    }
}
