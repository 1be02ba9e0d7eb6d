/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machine an edit leaves is only known when it is made: where it may be another one, it is
 * made twice, the first time without being judged. */
#include "operations/edits/edit-machine.h"

/* Keys and groups of keys that an edit of the machine names. */
static bool is_of_machine(const char *key)
{
    static const char *const keys[] = {"type", "os.arch", "os.machine", "emulator",
                                       "os.*", "*",       NULL};
    return g_strv_contains(keys, key);
}

static bool may_change_machine(const DwEdit *edit)
{
    for (size_t i = 0; edit->verb == DW_VERB_SET && i < dw_settings_count(edit->values); i++)
        if (is_of_machine(dw_settings_key(edit->values, i)))
            return true;
    for (char **key = edit->unset; edit->verb == DW_VERB_SET && *key; key++)
        if (is_of_machine(*key))
            return true;
    return false;
}

/* NULL: it keeps its machine. */
static DwDocument *outcome_of(const EditOperation *edit, const DwDocument *before,
                              DwApplyFlags flags)
{
    bool may_change = false;
    for (guint i = 0; edit->way == EDIT_APPLY && i < edit->edits->len; i++)
        may_change |= may_change_machine(edit->edits->pdata[i]);
    if (!may_change)
        return NULL;
    g_auto(HostView) known = {0};
    host_view_fill(edit->change.base.capabilities, NULL, NULL, &known);
    DwDocument *outcome = dw_document_copy(before);
    dw_apply(outcome, edit->edits, flags | DW_APPLY_DRY | DW_APPLY_UNCHECKED, &known.host, NULL,
             NULL);
    return outcome;
}

void edit_machine_view(const EditOperation *edit, Virt *virt, const DwDocument *before,
                       DwApplyFlags flags, HostView *ret_view)
{
    g_autoptr(DwDocument) outcome = outcome_of(edit, before, flags);
    operation_view(&edit->change.base, virt, outcome ? outcome : before, ret_view);
}
