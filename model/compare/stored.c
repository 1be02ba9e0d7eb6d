/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What became of a change: libvirt's document beside the one it was given. Whatever differs
 * between the document before and the one that was sent was asked for, and so was what the edits
 * name. libvirt completes what it is given, and that is nobody's business: the keys of a device, or
 * of a group of settings, that the change touched, and in a new domain what any has
 * (stored-reasons.c). The document before was complete already, so what appears elsewhere is told.
 * Used by the daemon after each definition. Any thread.
 */
#include <string.h>

#include "compare/device-span.h"
#include "compare/same-value.h"
#include "compare/stored-reasons.h"
#include "keys/read.h"
#include "problems/problems.h"
#include "table/table.h"

typedef struct {
    const DwDocument *before, *sent, *stored;
    const GPtrArray *edits; /* or NULL */
    char **ids;
    const DwCapabilities *capabilities;
    DwSettings *domain; /* of stored */
    char *arch;
    GPtrArray *problems;
} Comparison;

/* A device, or the domain, in the three documents; NULL: it is not there. */
typedef struct {
    const char *kind, *id; /* as it was sent, or as it was before where it was not */
    const DwSettings *before, *sent, *stored;
} Subject;

/* ---- What was asked for ---- */

static bool is_named(const Comparison *comparison, const Subject *subject, const char *key)
{
    for (guint i = 0; comparison->edits && i < comparison->edits->len; i++) {
        const DwEdit *edit = comparison->edits->pdata[i];
        if (strcmp(edit->kind, subject->kind) == 0 &&
            (!*subject->kind || strcmp(comparison->ids[i], subject->id) == 0) &&
            dw_settings_get(edit->values, key))
            return true;
    }
    return false;
}

static bool is_asked(const Comparison *comparison, const Subject *subject, const char *key)
{
    const DwValue *before = subject->before ? dw_settings_get(subject->before, key) : NULL;
    const DwValue *sent = dw_settings_get(subject->sent, key);

    if (!before || !sent)
        return before != sent || is_named(comparison, subject, key);
    return !dw_value_equal(before, sent) || is_named(comparison, subject, key);
}

static bool unsets(const DwEdit *edit, const char *key, bool groups)
{
    for (char **unset = edit->unset; *unset; unset++) {
        g_autofree char *prefix =
            groups && key_is_group(*unset) ? key_group_prefix(edit->kind, *unset, NULL) : NULL;
        if (prefix ? g_str_has_prefix(key, prefix) : g_str_equal(key, *unset))
            return true;
    }
    return false;
}

/* Does an edit say that it is to go, by its name or, if groups, with all that begins so? */
static bool is_to_go(const Comparison *comparison, const Subject *subject, const char *key,
                     bool groups)
{
    for (guint i = 0; comparison->edits && i < comparison->edits->len; i++) {
        const DwEdit *edit = comparison->edits->pdata[i];
        if (strcmp(edit->kind, subject->kind) == 0 &&
            (!*subject->kind || strcmp(comparison->ids[i], subject->id) == 0) &&
            unsets(edit, key, groups) && !dw_settings_get(edit->values, key))
            return true;
    }
    return false;
}

/* ---- Telling ---- */

static char *name_of(const Subject *subject, const char *key)
{
    if (!*subject->kind)
        return g_strdup(key);
    g_autofree char *id = problem_shown(subject->id);
    if (!*key)
        return g_strdup_printf("The %s \"%s\"", subject->kind, id);
    return g_strdup_printf("%s of %s \"%s\"", key, subject->kind, id);
}

static char *print(const DwRow *row, const DwValue *value)
{
    if (!value)
        return g_strdup("");
    if (row->flags & DW_ROW_SECRET)
        return g_strdup(DW_SECRET_PLACEHOLDER);
    g_autofree char *text = dw_value_to_text(value);
    return problem_shown(text);
}

static char *tell_asked(const char *name, const char *asked, const char *stored, bool has_asked,
                        bool has_stored)
{
    if (!has_asked)
        return g_strdup_printf("%s was unset, but libvirt stored \"%s\".", name, stored);
    if (!has_stored)
        return g_strdup_printf("%s was set to \"%s\", but libvirt left it out.", name, asked);
    return g_strdup_printf("%s was set to \"%s\", but libvirt stored \"%s\".", name, asked, stored);
}

static char *tell_other(const char *name, const char *sent, const char *stored, bool has_sent,
                        bool has_stored)
{
    if (!has_sent)
        return g_strdup_printf("%s was added by libvirt: \"%s\".", name, stored);
    if (!has_stored)
        return g_strdup_printf("%s was dropped by libvirt; it was \"%s\".", name, sent);
    return g_strdup_printf("%s was changed by libvirt from \"%s\" to \"%s\".", name, sent, stored);
}

/* Does the change touch the device, or the group of settings that the key is in? */
static bool is_touched(const Comparison *comparison, const Subject *subject, const char *key)
{
    const DwSettings *const sides[] = {subject->sent, subject->before};
    size_t group = *subject->kind ? 0 : strcspn(key, ".");

    if (!subject->before)
        return true;
    for (guint side = 0; side < G_N_ELEMENTS(sides); side++)
        for (size_t i = 0; i < dw_settings_count(sides[side]); i++) {
            const char *other = dw_settings_key(sides[side], i);
            if (strncmp(key, other, group) == 0 && is_asked(comparison, subject, other))
                return true;
        }
    return false;
}

/* Is nothing of the device, or of the group of settings that the key is in, given otherwise than it
 * was? A document tells not why a key is gone from it: with another one it may not belong. */
static bool is_given_as_before(const Subject *subject, const char *key)
{
    size_t group = *subject->kind ? 0 : strcspn(key, ".");

    for (size_t i = 0; i < dw_settings_count(subject->sent); i++) {
        const char *other = dw_settings_key(subject->sent, i);
        const DwValue *before = dw_settings_get(subject->before, other);
        if (strncmp(key, other, group) == 0 &&
            (!before || !dw_value_equal(before, dw_settings_value(subject->sent, i))))
            return false;
    }
    return true;
}

/* Was it unset, and has libvirt taken something else for it than it was? */
static bool is_default(const Comparison *comparison, const Subject *subject, const char *key,
                       const DwValue *sent, const DwValue *stored)
{
    const DwValue *before = subject->before ? dw_settings_get(subject->before, key) : NULL;

    if (!before || sent || !stored || dw_value_equal(before, stored) ||
        g_str_has_prefix(key, "address."))
        return false;
    return comparison->edits || comparison->ids ? is_to_go(comparison, subject, key, true)
                                                : is_given_as_before(subject, key);
}

/* Is it gone only because of what the edits set or unset besides, as with another model? */
static bool was_taken_along(const Comparison *comparison, const Subject *subject, const char *key)
{
    for (guint i = 0; comparison->edits && i < comparison->edits->len; i++) {
        DwVerb verb = ((const DwEdit *)comparison->edits->pdata[i])->verb;
        if (verb != DW_VERB_SET && verb != DW_VERB_MODIFY)
            return false;
    }
    return comparison->edits && !is_to_go(comparison, subject, key, true);
}

/* What libvirt writes where nothing was said. */
static bool is_completion(const Comparison *comparison, const Subject *subject, const char *key,
                          const DwValue *stored)
{
    const DwValue *before = subject->before ? dw_settings_get(subject->before, key) : NULL;

    if (before && dw_value_equal(before, stored) && is_to_go(comparison, subject, key, false))
        return false;
    if (stored_is_filled(subject->kind, key) || g_str_has_prefix(key, "address."))
        return true;
    if (!*subject->kind && strcmp(key, "vcpu") == 0 && stored->u == 1)
        return true;
    if (before)
        return !dw_value_equal(before, stored) || was_taken_along(comparison, subject, key);
    if (!*subject->kind && !subject->before)
        return false;
    return is_touched(comparison, subject, key);
}

/* What is none is nowhere. */
static bool has_no_place(const Comparison *comparison, const Subject *subject, const char *key)
{
    return g_str_has_prefix(key, "address.") && stored_is_none(subject->stored) &&
           !is_named(comparison, subject, key);
}

/* As many as there are: libvirt does not write the number twice. */
static bool are_all_vcpus(const Comparison *comparison, const Subject *subject, const char *key,
                          const DwValue *sent)
{
    const DwValue *all = dw_settings_get(comparison->domain, "vcpu");

    return !*subject->kind && strcmp(key, "vcpu.current") == 0 && all && dw_value_equal(all, sent);
}

/* The console that shows the first serial port is as that is, whatever is sent; only what an edit
 * says of it is worth a word. */
static bool is_mirrored(const Comparison *comparison, const Subject *subject, const char *key)
{
    const DwValue *target = strcmp(subject->kind, "console") == 0
                                ? dw_settings_get(subject->stored, "target.type")
                                : NULL;

    return target && target->type == DW_VALUE_STRING && strcmp(target->s, "serial") == 0 &&
           comparison->edits && !is_named(comparison, subject, key);
}

/* Was it unset, and has libvirt written that there is none? */
static bool is_none(const Comparison *comparison, const Subject *subject, const char *key,
                    const DwValue *sent, const DwValue *stored)
{
    return !sent && !*subject->kind && is_asked(comparison, subject, key) &&
           stored_says_nothing(subject->kind, key, stored);
}

/* libvirt's choice where nothing is said may be the opposite of what there was. */
static void report_default(const Comparison *comparison, const Subject *subject, const DwRow *row,
                           const char *key, const DwValue *stored)
{
    g_autofree char *name = name_of(subject, key), *now = print(row, stored);
    const char *reason = stored_reason(subject->kind, key, NULL, true, comparison->domain,
                                       *subject->kind ? subject->stored : NULL);

    problems_add(comparison->problems, "stored-default", DW_SEVERITY_INFO, subject->kind,
                 subject->id, key, now, NULL,
                 g_strdup_printf("%s was unset: libvirt stored \"%s\". %s", name, now,
                                 reason ? reason : "It takes that where nothing is said."));
}

static void report(const Comparison *comparison, const Subject *subject, const DwRow *row,
                   const char *key, const DwValue *sent, const DwValue *stored)
{
    const char *rule = !sent ? "stored-added" : stored ? "stored-changed" : "stored-dropped";
    bool asked = is_asked(comparison, subject, key);

    if (is_mirrored(comparison, subject, key) || is_none(comparison, subject, key, sent, stored))
        return;
    if (is_default(comparison, subject, key, sent, stored)) {
        report_default(comparison, subject, row, key, stored);
        return;
    }
    if ((!sent && is_completion(comparison, subject, key, stored)) ||
        (!stored &&
         (stored_says_nothing(subject->kind, key, sent) || has_no_place(comparison, subject, key) ||
          are_all_vcpus(comparison, subject, key, sent))))
        return;
    g_autofree char *name = name_of(subject, key), *was = print(row, sent);
    g_autofree char *now = print(row, stored);
    g_autofree char *message =
        asked ? tell_asked(name, was, now, sent, stored) : tell_other(name, was, now, sent, stored);
    const char *reason = stored_reason(subject->kind, key, sent, asked, comparison->domain,
                                       *subject->kind ? subject->stored : NULL);
    if (!reason && asked && !sent)
        reason = "It is what libvirt takes where nothing is said: set another value instead.";
    problems_add(comparison->problems, asked ? "not-stored" : rule,
                 asked ? DW_SEVERITY_WARNING : DW_SEVERITY_INFO, subject->kind, subject->id, key,
                 now, NULL, g_strconcat(message, reason ? " " : "", reason, NULL));
}

/* ---- Comparing ---- */

static void compare_keys(const Comparison *comparison, const Subject *subject)
{
    const DwSettings *const sides[] = {subject->sent, subject->stored};
    DwPlace place;

    for (guint side = 0; side < G_N_ELEMENTS(sides); side++)
        for (size_t i = 0; i < dw_settings_count(sides[side]); i++) {
            const char *key = dw_settings_key(sides[side], i);
            const DwValue *sent = dw_settings_get(subject->sent, key);
            const DwValue *stored = dw_settings_get(subject->stored, key);

            if ((side == 1 && sent) || !place_find(subject->kind, key, &place))
                continue;
            if (!sent || !stored ||
                !same_value(place.row, key, sent, stored, comparison->capabilities,
                            comparison->arch))
                report(comparison, subject, place.row, key, sent, stored);
        }
}

static void compare_domain(const Comparison *comparison)
{
    g_autoptr(DwSettings) before =
        comparison->before ? dw_get_settings(comparison->before, NULL, true, NULL) : NULL;
    g_autoptr(DwSettings) sent = dw_get_settings(comparison->sent, NULL, true, NULL);
    const Subject subject = {"", "", before, sent, comparison->domain};

    compare_keys(comparison, &subject);
}

/* ---- Devices ---- */

/* Has every key of one the other, too? Places do not count: libvirt gives them. */
static bool has_keys_of(const DwDevice *device, const DwDevice *other)
{
    for (size_t i = 0; i < dw_settings_count(other->properties); i++) {
        const char *key = dw_settings_key(other->properties, i);
        const DwValue *value = dw_settings_get(device->properties, key);
        if (!g_str_has_prefix(key, "address.") &&
            (!value || !dw_value_equal(value, dw_settings_value(other->properties, i))))
            return false;
    }
    return true;
}

/* How two are known to be the same, the surest first: a position is no name. */
typedef enum { MATCH_NAME, MATCH_CONTENT, MATCH_ID, MATCH_KIND, N_MATCHES } Match;

static bool matches(const DwDevice *device, const DwDevice *like, Match match)
{
    bool same_id = strcmp(device->id, like->id) == 0;

    if (strcmp(device->kind, like->kind) != 0)
        return false;
    switch (match) {
    case MATCH_NAME:
        return same_id && *like->id != '#';
    case MATCH_CONTENT:
        return has_keys_of(device, like);
    case MATCH_ID:
        return same_id;
    default:
        return true;
    }
}

/* Devices of a document, NULL where one is matched already. */
typedef struct {
    GPtrArray *all;
    guint first; /* before it all are NULL: most are matched in order */
} DeviceList;

/* The first of those that are not matched yet. Takes it out. */
static DwDevice *take_device(DeviceList *devices, const DwDevice *like, Match match)
{
    if (match == MATCH_NAME && *like->id == '#')
        return NULL;
    while (devices->first < devices->all->len && !devices->all->pdata[devices->first])
        devices->first++;
    for (guint i = devices->first; i < devices->all->len; i++) {
        DwDevice *device = devices->all->pdata[i];
        if (device && matches(device, like, match)) {
            devices->all->pdata[i] = NULL;
            return device;
        }
    }
    return NULL;
}

static void device_clear(void *device)
{
    if (device)
        dw_device_free(device);
}

static DeviceList list_devices(const DeviceSpan *span)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func(device_clear);

    for (guint i = span->first; i < span->nodes->len; i++)
        if (!device_span_passes(span, i))
            g_ptr_array_add(devices, device_read(span->document, device_span_node(span, i)));
    return (DeviceList){.all = devices};
}

/* Takes the message. */
static void report_device(const Comparison *comparison, const char *rule, DwSeverity severity,
                          const DwDevice *device, char *message)
{
    problems_add(comparison->problems, rule, severity, device->kind, device->id, "", NULL, NULL,
                 message);
}

static char *name_device(const DwDevice *device)
{
    const Subject subject = {.kind = device->kind, .id = device->id};

    return name_of(&subject, "");
}

static void report_lost(const Comparison *comparison, const DwDevice *device, bool is_new)
{
    g_autofree char *name = name_device(device);

    if (is_new)
        report_device(comparison, "not-stored", DW_SEVERITY_WARNING, device,
                      g_strdup_printf("%s was added, but libvirt left it out.", name));
    else
        report_device(comparison, "stored-dropped", DW_SEVERITY_INFO, device,
                      g_strdup_printf("%s was dropped by libvirt.", name));
}

static bool is_same_setting(const Comparison *comparison, const char *key)
{
    g_autofree char *before = dw_get_string(comparison->before, key);
    g_autofree char *sent = dw_get_string(comparison->sent, key);

    return g_strcmp0(before, sent) == 0;
}

/* Is it a part of the new machine that is called as one of the old was, and that nobody named? */
static bool is_of_new_machine(const Comparison *comparison, const DwDevice *device)
{
    if (!comparison->before || !stored_is_filled(device->kind, "") ||
        (is_same_setting(comparison, "os.arch") && is_same_setting(comparison, "os.machine")))
        return false;
    for (guint i = 0; comparison->edits && i < comparison->edits->len; i++)
        if (strcmp(((const DwEdit *)comparison->edits->pdata[i])->kind, device->kind) == 0)
            return false;
    return true;
}

static void report_extra(const Comparison *comparison, const DwDevice *device, bool was_there)
{
    g_autofree char *name = name_device(device);
    const char *reason =
        stored_reason(device->kind, "", NULL, was_there, comparison->domain, device->properties);

    if (was_there && !is_of_new_machine(comparison, device))
        report_device(comparison, "not-stored", DW_SEVERITY_WARNING, device,
                      g_strdup_printf("%s was removed, but libvirt has put it in again.%s%s", name,
                                      reason ? " " : "", reason ? reason : ""));
    else if (!stored_is_filled(device->kind, ""))
        report_device(comparison, "stored-added", DW_SEVERITY_INFO, device,
                      g_strdup_printf("%s was added by libvirt.", name));
}

static DwDevice *take_old(DeviceList *olds, const DwDevice *like)
{
    DwDevice *old = NULL;

    for (Match match = MATCH_NAME; !old && match <= MATCH_ID; match++)
        old = take_device(olds, like, match);
    return old;
}

/* libvirt may have made what a device is known by, as the address of an interface. */
static void take_id(const Comparison *comparison, const DwDevice *sent, const DwDevice *stored)
{
    for (guint i = 0; comparison->edits && i < comparison->edits->len; i++) {
        const DwEdit *edit = comparison->edits->pdata[i];
        char **id = &comparison->ids[i];
        if (strcmp(edit->kind, sent->kind) != 0 || strcmp(*id, sent->id) != 0 ||
            strcmp(*id, stored->id) == 0)
            continue;
        g_free(*id);
        *id = g_strdup(stored->id);
    }
}

static void compare_device(const Comparison *comparison, DeviceList *olds, const DwDevice *sent,
                           const DwDevice *stored)
{
    DwDevice *old = take_old(olds, sent);
    const Subject subject = {sent->kind, sent->id, old ? old->properties : NULL, sent->properties,
                             stored ? stored->properties : NULL};

    if (stored) {
        compare_keys(comparison, &subject);
        take_id(comparison, sent, stored);
    } else {
        report_lost(comparison, sent, !old);
    }
    device_clear(old);
}

static bool has_model_of(const DwDevice *device, const DwDevice *other)
{
    const DwValue *model = dw_settings_get(device->properties, "model");
    const DwValue *like = dw_settings_get(other->properties, "model");

    return model && like ? dw_value_equal(model, like) : model == like;
}

/* What libvirt has and was not sent: a device that was there before, or one that it makes. */
static void compare_extras(const Comparison *comparison, DeviceList *olds, const DeviceList *stored)
{
    for (guint i = 0; i < stored->all->len; i++) {
        const DwDevice *device = stored->all->pdata[i];
        DwDevice *old = device ? take_old(olds, device) : NULL;

        if (device)
            report_extra(comparison, device, old && has_model_of(device, old));
        device_clear(old);
    }
}

static void compare_devices(const Comparison *comparison)
{
    DeviceSpan spans[] = {{comparison->before}, {comparison->sent}, {comparison->stored}};
    device_spans_fill(spans, G_N_ELEMENTS(spans));
    DeviceList olds = list_devices(&spans[0]);
    DeviceList sent = list_devices(&spans[1]);
    DeviceList stored = list_devices(&spans[2]);
    device_spans_clear(spans, G_N_ELEMENTS(spans));

    for (Match match = MATCH_NAME; match <= N_MATCHES; match++)
        for (guint i = 0; i < sent.all->len; i++) {
            DwDevice *device = sent.all->pdata[i];
            DwDevice *found =
                device && match < N_MATCHES ? take_device(&stored, device, match) : NULL;

            if (!device || (!found && match < N_MATCHES))
                continue;
            compare_device(comparison, &olds, device, found);
            device_clear(found);
            g_clear_pointer((DwDevice **)&sent.all->pdata[i], dw_device_free);
        }
    compare_extras(comparison, &olds, &stored);
    g_ptr_array_unref(olds.all);
    g_ptr_array_unref(sent.all);
    g_ptr_array_unref(stored.all);
}

void dw_stored_compare(const DwDocument *before, const DwDocument *sent, const DwDocument *stored,
                       const GPtrArray *edits, char **ids, const DwCapabilities *capabilities,
                       GPtrArray *problems)
{
    DwChanges changes;

    dw_changes_between(sent, stored, &changes);
    if (!changes.keys[0] && changes.devices->len == 0) {
        dw_changes_clear(&changes);
        return;
    }
    g_autoptr(DwSettings) domain = dw_get_settings(stored, NULL, true, NULL);
    g_autofree char *arch = dw_get_string(stored, "os.arch");
    const Comparison comparison = {.before = before,
                                   .sent = sent,
                                   .stored = stored,
                                   .edits = edits,
                                   .ids = ids,
                                   .capabilities = capabilities,
                                   .domain = domain,
                                   .arch = arch,
                                   .problems = problems};
    if (changes.keys[0])
        compare_domain(&comparison);
    if (changes.devices->len > 0)
        compare_devices(&comparison);
    dw_changes_clear(&changes);
}
