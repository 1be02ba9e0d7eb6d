/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on the guest's clock and timers. Run once for each document.
 */
#include "rules/tables.h"

#include <string.h>

#include "guest/clock-offsets.h"

#define ERROR   DW_SEVERITY_ERROR
#define WARNING DW_SEVERITY_WARNING

/* What QEMU's timers take: values of tickpolicy and track, and whether they have more. A policy of
 * "*" is taken and means nothing. */
static const struct {
    const char *name;
    const char *policies[4];
    const char *tracks[4];
    bool has_mode, x86;
} timers[] = {
    {"rtc", {"delay", "catchup"}, {"guest", "wall", "realtime"}},
    {"pit", {"delay", "discard", "catchup"}},
    {"hpet", {"*"}, .x86 = true},
    {"tsc", {"*"}, .has_mode = true, .x86 = true},
    {"kvmclock", .x86 = true},
    {"hypervclock", .x86 = true},
    {"armvtimer", {"delay", "discard"}},
};

static void needs(DwRuleContext *context, const char *offset, const char *name, const char *value,
                  bool fits, bool required)
{
    g_autofree char *key = g_strconcat("clock.", name, NULL);

    if (value && !fits)
        rule_report(context, "clock-offset", ERROR, key, value, NULL,
                    "%s is %s, but clock.offset %s makes libvirt drop it; unset it.", key, value,
                    offset);
    else if (!value && required)
        rule_report(context, "clock-incomplete", ERROR, key, NULL, NULL,
                    "%s is missing; clock.offset %s needs it.", key, offset);
}

/* Digits, and of 64 bits where libvirt reads it strictly. */
static bool is_integer(const char *text, bool strictly)
{
    gint64 number;

    text += *text == '-' || *text == '+';
    return *text && text[strspn(text, "0123456789")] == '\0' &&
           (!strictly || g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &number, NULL));
}

static void rule_offset(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    DwNode clock = node_child(document, context->node, "clock");

    if (clock == DW_NODE_NONE)
        return;
    g_autofree char *offset = node_attribute(document, clock, "offset");
    g_autofree char *zone = node_attribute(document, clock, "timezone");
    g_autofree char *basis = node_attribute(document, clock, "basis");
    g_autofree char *start = node_attribute(document, clock, "start");
    g_autofree char *adjustment = node_attribute(document, clock, "adjustment");
    const char *name = offset ? offset : "utc";
    const DwClockOffset *found = clock_offset(name);

    if (!found)
        return;
    needs(context, name, "timezone", zone, found->timezone, found->timezone);
    needs(context, name, "basis", basis, found->basis, false);
    needs(context, name, "start", start, found->start, found->start);
    needs(context, name, "adjustment", adjustment, found->adjustment, false);
    if (adjustment && found->adjustment && !is_integer(adjustment, found->reset) &&
        !(found->reset && g_str_equal(adjustment, "reset")))
        rule_report(context, "clock-adjustment", ERROR, "clock.adjustment", adjustment, NULL,
                    "clock.adjustment is \"%s\"; it must be a number of seconds%s.", adjustment,
                    found->reset ? " or \"reset\"" : "");
}

static void report_timer(DwRuleContext *context, const char *rule, const char *name,
                         const char *setting, const char *value, const char *const *allowed)
{
    g_autofree char *key = g_strdup_printf("clock.timer.%s.%s", name, setting);
    g_autofree char *list = allowed && *allowed ? g_strjoinv(", ", (char **)allowed) : NULL;

    if (list)
        rule_report(context, rule, ERROR, key, value, allowed,
                    "%s is %s, which QEMU cannot do; use one of: %s.", key, value, list);
    else
        rule_report(context, rule, ERROR, key, value, NULL,
                    "%s is %s, but the %s timer has none; unset it.", key, value, name);
}

static void check_settings(DwRuleContext *context, DwNode timer, size_t i)
{
    const char *name = timers[i].name;
    const bool any_policy = timers[i].policies[0] && g_str_equal(timers[i].policies[0], "*");
    g_autofree char *policy = node_attribute(context->document, timer, "tickpolicy");
    g_autofree char *track = node_attribute(context->document, timer, "track");
    g_autofree char *mode = node_attribute(context->document, timer, "mode");
    g_autofree char *frequency = node_attribute(context->document, timer, "frequency");

    if (policy && any_policy) {
        g_autofree char *key = g_strdup_printf("clock.timer.%s.tickpolicy", name);

        rule_report(context, "timer-tickpolicy", WARNING, key, policy, NULL,
                    "%s is %s, but the %s timer ignores it; unset it.", key, policy, name);
    } else if (policy && !g_strv_contains(timers[i].policies, policy)) {
        report_timer(context, "timer-tickpolicy", name, "tickpolicy", policy, timers[i].policies);
    }
    if (track && !g_strv_contains(timers[i].tracks, track))
        report_timer(context, "timer-track", name, "track", track, timers[i].tracks);
    if (mode && !timers[i].has_mode)
        report_timer(context, "timer-mode", name, "mode", mode, NULL);
    if (frequency && !timers[i].has_mode)
        report_timer(context, "timer-frequency", name, "frequency", frequency, NULL);
    if (node_child(context->document, timer, "catchup") != DW_NODE_NONE &&
        (!policy || !g_str_equal(policy, "catchup"))) {
        g_autofree char *key = g_strdup_printf("clock.timer.%s.tickpolicy", name);

        rule_report(context, "timer-catchup", ERROR, key, policy, NULL,
                    "%s is %s, but limits for catching up are given; set it to catchup.", key,
                    policy ? policy : "missing");
    }
}

static void check_timer(DwRuleContext *context, DwNode timer, const char *name)
{
    bool present = node_attribute_is(context->document, timer, "present", "yes");
    g_autofree char *key = g_strdup_printf("clock.timer.%s.present", name);

    if (g_str_equal(name, "platform"))
        rule_report(context, "timer-name", ERROR, key, NULL, NULL,
                    "%s is set, but QEMU has no timer of that name; remove it.", key);
    if (g_str_equal(name, "armvtimer") &&
        (context->guest.is_x86 ||
         !node_attribute_is(context->document, context->node, "type", "kvm")))
        rule_report(
            context, "timer-name", ERROR, key, NULL, NULL,
            "%s is set, but only ARM virtual machines under KVM have that timer; remove it.", key);
    for (size_t i = 0; i < G_N_ELEMENTS(timers); i++) {
        if (!g_str_equal(timers[i].name, name))
            continue;
        if (timers[i].x86 && present && context->guest.is_other)
            rule_report(context, "timer-name", ERROR, key, "yes", NULL,
                        "%s is yes, but only x86 machines have that timer; remove it.", key);
        check_settings(context, timer, i);
    }
    /* Those of other machines are asked whether they catch up, and have nothing that could. */
    if (g_str_equal(name, "pit") && context->guest.is_qemu && context->guest.is_other &&
        node_attribute_is(context->document, timer, "tickpolicy", "catchup"))
        rule_report(context, "timer-tickpolicy", ERROR, "clock.timer.pit.tickpolicy", "catchup",
                    NULL,
                    "clock.timer.pit.tickpolicy is catchup, which only machines of x86 have; unset "
                    "it.");
}

static void rule_timers(DwRuleContext *context)
{
    const DwDocument *document = context->document;
    g_autoptr(GHashTable) seen = NULL;
    DwNode timer = lens_find(document, context->node, "clock/timer", NULL);

    if (timer == DW_NODE_NONE)
        return;
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; timer != DW_NODE_NONE; timer = node_next_same(document, timer)) {
        g_autofree char *name = node_attribute(document, timer, "name");

        if (!name)
            continue;
        if (context->guest.is_qemu)
            check_timer(context, timer, name);
        if (!g_hash_table_add(seen, g_strdup(name))) {
            g_autofree char *key = g_strconcat("clock.timer.", name, NULL);

            rule_report(context, "timer-unique", WARNING, key, NULL, NULL,
                        "%s is there twice; remove one.", key);
        }
    }
}

const DwRule rules_clock[] = {
    {rule_offset, {"clock"}},
    {rule_timers, {"timer"}},
    {NULL},
};
