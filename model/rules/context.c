/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a rule is asked with: reading the document, finding devices, and reporting. Used by every
 * rule. Any thread, one document at a time.
 */
#include "rules/context.h"

#include <string.h>

#include "keys/devices.h"
#include "problems/problems.h"
#include "table/value-form.h"

void rule_report(DwRuleContext *context, const char *rule, DwSeverity severity, const char *key,
                 const char *value, const char *const *allowed, const char *format, ...)
{
    va_list arguments;

    if (!context->id && *context->kind)
        context->id = context->found_id = device_id(context->document, context->node);
    va_start(arguments, format);
    problems_add(context->problems, rule, severity, context->kind, context->id, key, value, allowed,
                 g_strdup_vprintf(format, arguments));
    va_end(arguments);
    if (context->reporters && !g_ptr_array_find(context->reporters, context->rule, NULL))
        g_ptr_array_add(context->reporters, (gpointer)context->rule);
}

bool rule_has(const DwRuleContext *context, DwNode node, const char *attribute)
{
    return node_has_attribute(context->document, node, attribute);
}

char *rule_attribute(const DwRuleContext *context, DwNode node, const char *child,
                     const char *attribute)
{
    DwNode found = node_child(context->document, node, child);

    return found == DW_NODE_NONE ? NULL : node_attribute(context->document, found, attribute);
}

bool rule_size_at(const DwRuleContext *context, DwNode node, const char *path, uint64_t factor,
                  uint64_t *ret_bytes)
{
    g_autofree char *unit_path = g_strconcat(path, "/@unit", NULL);
    g_autofree char *unit = rule_text(context, node, unit_path);

    if (unit)
        factor = unit_factor(unit);
    return lens_number(context->document, node, path, ret_bytes) && factor &&
           !__builtin_mul_overflow(*ret_bytes, factor, ret_bytes);
}

bool rule_size(const DwRuleContext *context, const char *element, uint64_t *ret_bytes)
{
    return rule_size_at(context, document_root(context->document), element, KIB, ret_bytes);
}

char *rule_text(const DwRuleContext *context, DwNode node, const char *path)
{
    return lens_text(context->document, node, path, NULL);
}

bool rule_is(const DwRuleContext *context, DwNode node, const char *path, const char *value)
{
    return lens_is(context->document, node, path, value);
}

bool rule_there(const DwRuleContext *context, DwNode node, const char *path)
{
    return lens_find(context->document, node, path, NULL) != DW_NODE_NONE;
}

DwSeverity rule_since(const DwRuleContext *context, uint64_t version)
{
    return context->host->libvirt_version >= version ? DW_SEVERITY_ERROR : DW_SEVERITY_WARNING;
}

bool rule_is_before(const DwRuleContext *context, uint64_t version)
{
    return context->host->libvirt_version && context->host->libvirt_version < version;
}

bool rule_is_unread(const DwRuleContext *context, DwNode device)
{
    return node_is(context->document, device, "memballoon") &&
           node_attribute_is(context->document, device, "model", "none");
}

char *rule_device_model(const DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;
    char *model = rule_text(context, context->node, "@model");

    if (model || !g_str_equal(context->kind, "panic"))
        return model;
    if (guest->is_arm && !rule_is_before(context, 9001000))
        return g_strdup("pvpanic");
    return g_strdup(guest->is_s390 ? "s390" : guest->is_pseries ? "pseries" : "isa");
}

bool rule_lacks_express(const DwRuleContext *context)
{
    const DwMachine *guest = &context->guest;
    DwNode node = DW_NODE_NONE;

    if (!guest->is_bare)
        return guest->is_pc || guest->is_pseries || guest->is_s390;
    /* libvirt takes a root there whatever it is. */
    while ((node = rule_device(context, "controller", node)) != DW_NODE_NONE)
        if (node_attribute_is(context->document, node, "model", "pcie-root"))
            return false;
    return true;
}

bool rule_is_virtio_card(const DwRuleContext *context)
{
    uint64_t version = context->host->libvirt_version;

    if (!g_str_equal(context->kind, "interface"))
        return false;
    return node_attribute_is(context->document, context->node, "type", "vdpa") ||
           ((!version || version >= 11001000) &&
            node_attribute_is(context->document, context->node, "type", "vhostuser"));
}

uint64_t rule_attribute_number(const DwNodeAttribute *attribute)
{
    bool is_plain = !memchr(attribute->raw, '&', attribute->raw_length);
    g_autofree char *text = is_plain ? NULL : attribute_value(attribute);

    return g_ascii_strtoull(is_plain ? attribute->raw : text, NULL, 0); /* to the quote */
}

uint64_t rule_address_part(const DwRuleContext *context, DwNode address, const char *attribute)
{
    DwNodeAttribute at = {0};
    size_t length = strlen(attribute);

    while (node_next_attribute(context->document, address, &at))
        if (at.name_length == length && memcmp(at.name, attribute, length) == 0)
            return rule_attribute_number(&at);
    return 0;
}

void rule_look_back(DwRuleContext *context)
{
    rule_look_at(context, "", document_root(context->document));
}

/* Reads one entry of a list, "^2" or "0-3"; gives what follows it. */
static const char *read_entry(const char *list, bool *ret_in, uint64_t *ret_from, uint64_t *ret_to)
{
    const char *at = list + strspn(list, " \t\r\n");
    char *end;

    *ret_in = *at != '^';
    *ret_from = *ret_to = g_ascii_strtoull(at + !*ret_in, &end, 10);
    if (*end == '-')
        *ret_to = g_ascii_strtoull(end + 1, &end, 10);
    at = end + strcspn(end, ",");
    return at + (*at == ',');
}

/* libvirt reads no greater numbers of processors and nodes. */
#define LIST_END 16384

bool rule_in_list(const char *list, uint64_t number)
{
    uint64_t from, to;
    bool in = false, entry;

    while (*list) {
        list = read_entry(list, &entry, &from, &to);
        if (number >= from && number <= to)
            in = entry;
    }
    return in;
}

void rule_read_list(const char *list, bool *ret_in, size_t n)
{
    uint64_t from, to;
    bool entry;

    memset(ret_in, 0, n * sizeof *ret_in);
    while (*list) {
        list = read_entry(list, &entry, &from, &to);
        for (uint64_t number = from; number <= to && number < n; number++)
            ret_in[number] = entry;
    }
}

DwNode rule_device(const DwRuleContext *context, const char *kind, DwNode node)
{
    if (node != DW_NODE_NONE)
        return device_next(context->document, kind, node);
    node = context->first_device;
    if (node == DW_NODE_NONE || device_is(context->document, node, kind))
        return node;
    return device_next(context->document, kind, node);
}

bool rule_has_two(const DwRuleContext *context, const char *kind)
{
    DwNode first = rule_device(context, kind, DW_NODE_NONE);

    return first != DW_NODE_NONE && rule_device(context, kind, first) != DW_NODE_NONE;
}

void rule_look_at(DwRuleContext *context, const char *kind, DwNode node)
{
    g_clear_pointer(&context->found_id, g_free);
    context->id = NULL;
    context->kind = kind;
    context->node = node;
}

bool rule_may_be(const DwRuleContext *context, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;

    return rule_may(context, last + (*last == '@'));
}

bool rule_may(const DwRuleContext *context, const char *name)
{
    return context->unfiltered || name_filter_may_have(context->names, name, strlen(name));
}

char *rule_key(const char *path)
{
    GString *key = g_string_new(path);

    g_string_replace(key, "@", "", 0);
    g_string_replace(key, "/", ".", 0);
    return g_string_free(key, false);
}

bool rule_list_last(const char *list, uint64_t *ret_number)
{
    bool in[LIST_END];

    rule_read_list(list, in, G_N_ELEMENTS(in));
    const bool *last = memrchr(in, true, sizeof(in));
    *ret_number = last ? (uint64_t)(last - in) : 0;
    return last;
}

bool rule_is_no_list(const char *list)
{
    bool in[1024], entry;
    uint64_t from, to;

    for (const char *rest = list; *rest;) {
        rest = read_entry(rest, &entry, &from, &to);
        if (from >= LIST_END || to >= LIST_END || to < from)
            return true;
    }
    if (!strchr(list, '^'))
        return false;
    rule_read_list(list, in, G_N_ELEMENTS(in));
    return !memchr(in, true, sizeof(in));
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\n\v\f\r");
}

bool rule_is_list(const char *list)
{
    do {
        list = skip_blanks(list);
        bool without = *list == '^';
        list += without;
        if (!g_ascii_isdigit(*list))
            return false;
        list += strspn(list, "0123456789");
        if (!without && *list == '-' && g_ascii_isdigit(list[1]))
            list += 1 + strspn(list + 1, "0123456789");
        list = skip_blanks(list);
    } while (*list++ == ',');
    return list[-1] == '\0';
}
