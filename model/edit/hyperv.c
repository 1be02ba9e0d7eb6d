/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turning Hyper-V features on and off with all that hangs on them. What needs what is in
 * guest/hyperv-features.c; this file plans a set of changes, then writes it in one go. Used by the
 * hyperv verb and by presets.
 */
#include "edit/hyperv.h"

#include <string.h>

#include "guest/hyperv-features.h"
#include "host/capabilities.h"
#include "table/value-form.h"

#define TIMER_KEY "clock.timer.hypervclock.present"
/* The oldest libvirt there is to reckon with when the host's is unknown. */
#define BASELINE 9000000

typedef enum { UNPLANNED, ON, OFF } Wish;

typedef struct {
    DwEditContext *context;
    const char *const *offered; /* feature names, or NULL = unknown */
    bool emulated;              /* libvirt defines there what it does not offer: rules warn */
    Wish wishes[64];            /* by place in hyperv_features */
    bool named[64];             /* asked for by its own name */
    DwSettings *values;         /* to be written: other keys */
} Plan;

static int feature_index(const char *name)
{
    for (int i = 0; hyperv_features[i].name; i++)
        if (g_str_equal(hyperv_features[i].name, name))
            return i;
    return -1;
}

/* "stimer.direct" is part of "stimer". */
static bool is_part_of(const char *part, const char *whole)
{
    size_t length = strlen(whole);

    return strncmp(part, whole, length) == 0 && part[length] == '.';
}

static bool will_be_on(const Plan *plan, const char *feature)
{
    int index = feature_index(feature);

    if (index >= 0 && plan->wishes[index] != UNPLANNED)
        return plan->wishes[index] == ON;
    return hyperv_is_on(plan->context->document, feature) ||
           (index < 0 && dw_settings_get(plan->values, TIMER_KEY));
}

static void note(const Plan *plan, const char *rule, const char *key, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void note(const Plan *plan, const char *rule, const char *key, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    edit_note(plan->context, rule, DW_SEVERITY_INFO, "", "", key, "%s", message);
}

/* ---- What the host has ---- */

/* Why a feature cannot be, or NULL. Free. in_group: taken by "all" or "recommended", not by name.
 */
static char *missing_version(const Plan *plan, const char *feature, bool in_group)
{
    g_autofree char *key = g_strconcat("hyperv.", feature, NULL);
    uint64_t has = plan->context->host->libvirt_version;
    DwPlace place;

    if (!has && in_group)
        has = BASELINE;
    if (!has || !place_find("", key, &place) || !place.row->since ||
        version_number(place.row->since) <= has)
        return NULL;
    return g_strdup_printf("it needs libvirt %s", place.row->since);
}

static char *missing_on_host(const Plan *plan, const char *feature)
{
    g_auto(GStrv) parts = g_strsplit(feature, ".", 2);

    /* The list names features; their parts come with them. */
    if (!plan->offered || g_strv_contains(plan->offered, parts[0]))
        return NULL;
    g_autofree char *list = g_strjoinv(", ", (char **)plan->offered);
    return g_strdup_printf("this host offers only: %s", *list ? list : "nothing");
}

/* The same for a feature with all that it needs. */
static char *missing_with_needs(const Plan *plan, const char *feature, bool in_group)
{
    int index = feature_index(feature);
    char *reason = missing_version(plan, feature, in_group);

    if (!reason && (in_group || !plan->emulated))
        reason = missing_on_host(plan, feature);
    for (const char *const *need = index < 0 ? NULL : hyperv_features[index].needs;
         !reason && need && *need; need++)
        if (feature_index(*need) >= 0 && !hyperv_is_on(plan->context->document, *need))
            reason = missing_with_needs(plan, *need, in_group);
    return reason;
}

/* What speaks against a feature that is only recommended. */
static char *not_recommended(const Plan *plan, const char *feature)
{
    const DwHost *host = plan->context->host;

    if (g_str_equal(feature, "evmcs")) {
        g_autoptr(DwSettings) settings =
            host->capabilities ? dw_capabilities_describe(host->capabilities) : NULL;
        const DwValue *vendor = settings ? dw_settings_get(settings, "host.cpu.vendor") : NULL;

        if (!vendor)
            return g_strdup("only Intel processors have it, and the host's is unknown");
        if (vendor->type == DW_VALUE_STRING && !g_str_equal(vendor->s, "Intel"))
            return g_strdup_printf("only Intel processors have it, and the host's is by %s",
                                   vendor->s);
    }
    if (g_str_equal(feature, "avic") &&
        lens_find(plan->context->document, document_root(plan->context->document), "features/apic",
                  NULL) == DW_NODE_NONE)
        return g_strdup("it needs features.apic");
    return NULL;
}

/* ---- Planning ---- */

static void skip(const Plan *plan, const char *feature, char *reason)
{
    g_ptr_array_add(plan->context->skipped, g_strdup(feature));
    g_ptr_array_add(plan->context->skipped, reason);
}

/* Turns on what can be of a group of features; what is asked for by name is planned already. */
static void plan_group(Plan *plan, bool recommended_only)
{
    for (int i = 0; hyperv_features[i].name; i++) {
        const char *name = hyperv_features[i].name;
        char *reason = NULL;

        if (plan->wishes[i] != UNPLANNED || (recommended_only && !hyperv_features[i].recommended))
            continue;
        if (g_str_equal(name, "vendor_id") &&
            !dw_settings_get(plan->values, "hyperv.vendor_id.value") &&
            !hyperv_is_on(plan->context->document, name))
            reason = g_strdup("it needs a value of your own: vendor_id.value");
        if (!reason)
            reason = missing_with_needs(plan, name, true);
        if (!reason && recommended_only)
            reason = not_recommended(plan, name);
        if (reason)
            skip(plan, name, reason);
        else
            plan->wishes[i] = ON;
    }
}

static bool refuse(GError **error, DwErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse(GError **error, DwErrorCode code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, DW_ERROR, code, message);
    return false;
}

static bool bring_in(Plan *plan, int index, GError **error);

static bool bring_in_need(Plan *plan, const char *feature, const char *need, GError **error)
{
    int index = feature_index(need);

    if (will_be_on(plan, need))
        return true;
    if (index < 0) {
        dw_settings_put(plan->values, TIMER_KEY, dw_value_bool(true));
        note(plan, "hyperv-brought-in", TIMER_KEY, TIMER_KEY " is turned on: hyperv.%s needs it.",
             feature);
        return true;
    }
    if (plan->named[index])
        return refuse(error, DW_ERROR_INVALID,
                      "hyperv.%s cannot be on while hyperv.%s is turned off: it needs it.", feature,
                      need);
    g_autofree char *key = g_strconcat("hyperv.", need, NULL);
    plan->wishes[index] = ON;
    note(plan, "hyperv-brought-in", key, "%s is turned on: hyperv.%s needs it.", key, feature);
    return bring_in(plan, index, error);
}

/* Turns on what a feature needs. */
static bool bring_in(Plan *plan, int index, GError **error)
{
    for (const char *const *need = hyperv_features[index].needs; *need; need++)
        if (!bring_in_need(plan, hyperv_features[index].name, *need, error))
            return false;
    return true;
}

/* Features that will be on and need one that will not. */
static GPtrArray *dependents(const Plan *plan, int off)
{
    GPtrArray *found = g_ptr_array_new();

    for (int i = 0; hyperv_features[i].name; i++)
        if (g_strv_contains(hyperv_features[i].needs, hyperv_features[off].name) &&
            will_be_on(plan, hyperv_features[i].name))
            g_ptr_array_add(found, GINT_TO_POINTER(i));
    return found;
}

static bool take_along(Plan *plan, int off, GError **error)
{
    g_autoptr(GPtrArray) others = dependents(plan, off);
    g_autoptr(GString) names = g_string_new(NULL);
    const char *name = hyperv_features[off].name;

    for (guint i = 0; i < others->len; i++) {
        int other = GPOINTER_TO_INT(others->pdata[i]);
        const char *other_name = hyperv_features[other].name;
        bool part = is_part_of(other_name, name);

        if (plan->wishes[other] == OFF)
            continue; /* by one that was taken along just now */
        if (!part && !(plan->context->flags & DW_APPLY_CASCADE)) {
            g_string_append_printf(names, "%shyperv.%s", names->len ? ", " : "", other_name);
            continue;
        }
        if (plan->named[other] && plan->wishes[other] == ON)
            return refuse(error, DW_ERROR_INVALID,
                          "hyperv.%s cannot be on while hyperv.%s is turned off: it needs it.",
                          other_name, name);
        g_autofree char *key = g_strconcat("hyperv.", other_name, NULL);
        plan->wishes[other] = OFF;
        note(plan, "hyperv-taken-along", key, "%s is turned off with hyperv.%s, which it needs.",
             key, name);
        if (!take_along(plan, other, error))
            return false;
    }
    if (names->len)
        return refuse(
            error, DW_ERROR_INVALID,
            "hyperv.%s cannot be turned off: %s needs it. Turn that off as well, or use option "
            "cascade.",
            name, names->str);
    return true;
}

/* ---- What was asked ---- */

static bool read_bool(const char *key, const DwValue *value, bool *ret_bool, GError **error)
{
    static const DwRow row = {.form = DW_FORM_ONOFF};
    DwValue coerced;

    if (!form_coerce(&row, key, value, &coerced, error))
        return false;
    *ret_bool = coerced.b;
    return true;
}

static bool wish_for(Plan *plan, const char *name, const DwValue *value, GError **error)
{
    g_autofree char *key = g_strconcat("hyperv.", name, NULL);
    int index = feature_index(name);
    DwPlace place;
    bool on;

    if (!place_find("", key, &place))
        return place_unknown("", key, error);
    if (index < 0) {
        dw_settings_put(plan->values, key, dw_value_copy(value));
        return true;
    }
    if (!read_bool(key, value, &on, error))
        return false;
    plan->wishes[index] = on ? ON : OFF;
    plan->named[index] = true;
    if (!on)
        return true;
    g_autofree char *reason = missing_with_needs(plan, name, false);
    return !reason ||
           refuse(error, DW_ERROR_UNSUPPORTED, "%s cannot be turned on: %s.", key, reason);
}

static bool read_wishes(Plan *plan, const DwSettings *features, bool *ret_all, bool *ret_none,
                        bool *ret_recommended, GError **error)
{
    for (size_t i = 0; i < dw_settings_count(features); i++) {
        const char *name = dw_settings_key(features, i);
        const DwValue *value = dw_settings_value(features, i);
        bool is_all = g_str_equal(name, "all");
        bool on;

        if (!is_all && !g_str_equal(name, "recommended")) {
            if (!wish_for(plan, name, value, error))
                return false;
            continue;
        }
        if (!read_bool(name, value, &on, error))
            return false;
        if (!is_all && !on)
            return refuse(
                error, DW_ERROR_INVALID_VALUE,
                "Key \"recommended\" takes true only; use \"all\": false to turn all off.");
        *ret_all |= is_all && on;
        *ret_none |= is_all && !on;
        *ret_recommended |= !is_all;
    }
    return true;
}

/* A detail that is given speaks for its feature: retries for spinlocks. */
static void wish_by_detail(Plan *plan)
{
    for (int i = 0; hyperv_features[i].name; i++) {
        const char *detail = hyperv_features[i].detail;

        if (!detail || !dw_settings_get(plan->values, detail) || plan->wishes[i] != UNPLANNED ||
            hyperv_is_on(plan->context->document, hyperv_features[i].name))
            continue;
        g_autofree char *key = g_strconcat("hyperv.", hyperv_features[i].name, NULL);
        plan->wishes[i] = ON;
        note(plan, "hyperv-brought-in", key, "%s is turned on, because %s is given.", key, detail);
    }
}

/* Single features and a mode that takes them from the host exclude each other. */
static bool settle_mode(Plan *plan, bool group, GError **error)
{
    const DwValue *mode = dw_settings_get(plan->values, "hyperv.mode");
    g_autofree char *present = dw_get_string(plan->context->document, "hyperv.mode");
    bool any = false;

    for (int i = 0; hyperv_features[i].name; i++)
        any |= plan->wishes[i] == ON;
    if (mode && mode->type == DW_VALUE_STRING && g_str_equal(mode->s, "passthrough") && !any) {
        static const char *const features[] = {"hyperv.*", NULL};
        size_t before = strlen(dw_document_text(plan->context->document, NULL));
        DwNode root = document_root(plan->context->document);

        if (!edit_unset(plan->context, "", root, features, error))
            return false;
        if (strlen(dw_document_text(plan->context->document, NULL)) != before)
            note(plan, "hyperv-mode-drops", "hyperv.mode",
                 "hyperv.mode is passthrough; the single features are dropped.");
    } else if (!mode && group && any && present && !g_str_equal(present, "custom")) {
        dw_settings_put(plan->values, "hyperv.mode", dw_value_string("custom"));
        note(plan, "hyperv-mode-custom", "hyperv.mode",
             "hyperv.mode was %s and is now custom, which single features need.", present);
    }
    return true;
}

/* ---- Writing ---- */

static void add_clock(Plan *plan)
{
    DwDocument *document = plan->context->document;

    if (!dw_settings_get(plan->values, TIMER_KEY) ||
        node_child(document, document_root(document), "clock") != DW_NODE_NONE)
        return;
    dw_settings_put(plan->values, "clock.offset", dw_value_string("utc"));
    note(plan, "clock-offset-default", "clock.offset", "clock.offset is utc by default.");
}

static void add_retries(Plan *plan)
{
    static const char retries[] = "hyperv.spinlocks.retries";
    g_autofree char *present = dw_get_string(plan->context->document, retries);

    if (plan->wishes[feature_index("spinlocks")] != ON || present ||
        dw_settings_get(plan->values, retries))
        return;
    dw_settings_put(plan->values, retries, dw_value_uint(DW_HYPERV_RETRIES));
    note(plan, "hyperv-spinlocks-default", retries, "%s is %u, as is usual.", retries,
         DW_HYPERV_RETRIES);
}

/* What has no meaning while its feature is off: libvirt would drop it. */
static bool unset_details(Plan *plan, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; hyperv_features[i].name; i++) {
        const char *name = hyperv_features[i].name;

        if (plan->wishes[i] != OFF)
            continue;
        if (hyperv_features[i].detail)
            g_ptr_array_add(keys, g_strdup(hyperv_features[i].detail));
        for (int part = 0; hyperv_features[part].name; part++)
            if (is_part_of(hyperv_features[part].name, name)) {
                g_ptr_array_add(keys, g_strconcat("hyperv.", hyperv_features[part].name, NULL));
                plan->wishes[part] = UNPLANNED;
            }
    }
    g_ptr_array_add(keys, NULL);
    return edit_unset(plan->context, "", document_root(plan->context->document),
                      (const char *const *)keys->pdata, error);
}

static bool write_plan(Plan *plan, GError **error)
{
    add_clock(plan);
    add_retries(plan);
    if (!unset_details(plan, error))
        return false;
    for (int i = 0; hyperv_features[i].name; i++) {
        g_autofree char *key = g_strconcat("hyperv.", hyperv_features[i].name, NULL);

        if (plan->wishes[i] != UNPLANNED)
            dw_settings_put(plan->values, key, dw_value_bool(plan->wishes[i] == ON));
    }
    return edit_write(plan->context, "", document_root(plan->context->document), plan->values,
                      error);
}

/* What is to be on all the same, or the timer itself, keeps it. */
static bool takes_timer(const Plan *plan)
{
    bool kept = dw_settings_get(plan->values, TIMER_KEY) != NULL;

    for (int i = 0; hyperv_features[i].name; i++)
        kept |= plan->wishes[i] == ON && g_strv_contains(hyperv_features[i].needs, "hypervclock");
    return !kept && hyperv_is_on(plan->context->document, "stimer") &&
           hyperv_is_on(plan->context->document, "hypervclock");
}

/* The timer that stimer has brought in goes with it. */
static bool remove_all(Plan *plan, GError **error)
{
    static const char *const keys[] = {"hyperv.*", "clock.timer.hypervclock.*", NULL};
    const char *const *unset = keys, *const features[] = {keys[0], NULL};

    if (takes_timer(plan))
        note(plan, "hyperv-taken-along", TIMER_KEY, TIMER_KEY " is unset with hyperv.stimer.");
    else
        unset = features;
    return edit_unset(plan->context, "", document_root(plan->context->document), unset, error);
}

static bool settle_needs(Plan *plan, GError **error)
{
    for (int i = 0; hyperv_features[i].name; i++)
        if (plan->wishes[i] == OFF && !take_along(plan, i, error))
            return false;
    for (int i = 0; hyperv_features[i].name; i++)
        if (plan->wishes[i] == ON && !bring_in(plan, i, error))
            return false;
    return true;
}

/* Since libvirt 11 that is told of emulated guests, too, and what is not told is nothing. */
static const char *const *offered_features(const DwHost *host, bool emulated)
{
    static const char *const none[] = {NULL};
    const char *const *offered = domain_capabilities_values(host->domain_capabilities, "hyperv");

    return !offered && emulated && host->libvirt_version >= 11000000 ? none : offered;
}

bool hyperv_apply(DwEditContext *context, const DwSettings *features, GError **error)
{
    g_autoptr(DwSettings) values = dw_settings_new();
    Plan plan = {.context = context, .values = values};
    const DwHost *host = context->host;
    g_autofree char *type = dw_get_string(context->document, "type");
    bool all = false, none = false, recommended = false;

    plan.emulated = g_strcmp0(type, "qemu") == 0;
    if (host->domain_capabilities &&
        domain_capabilities_concern(host->domain_capabilities, host->capabilities,
                                    context->document))
        plan.offered = offered_features(host, plan.emulated);
    if (!read_wishes(&plan, features, &all, &none, &recommended, error))
        return false;
    if (none && !remove_all(&plan, error))
        return false;
    wish_by_detail(&plan);
    if (all || recommended)
        plan_group(&plan, !all);
    return settle_mode(&plan, all || recommended, error) && settle_needs(&plan, error) &&
           write_plan(&plan, error);
}
