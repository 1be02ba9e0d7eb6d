/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verbs an edit can have, one function each. Used by apply.c, which undoes and judges.
 */
#include "edit/apply-edit.h"

#include <string.h>

#include "edit/boot-order.h"
#include "edit/defaults/boot.h"
#include "edit/defaults/companions.h"
#include "edit/defaults/counts.h"
#include "edit/defaults/device.h"
#include "edit/defaults/domain.h"
#include "edit/defaults/foreign.h"
#include "edit/defaults/totals.h"
#include "edit/hyperv.h"
#include "edit/media.h"
#include "edit/presets.h"
#include "guest/controller.h"
#include "guest/machine.h"
#include "keys/devices.h"

static const char *const verb_names[] = {"set",    "add",  "modify", "remove", "hyperv",
                                         "preset", "boot", "media",  NULL};

bool dw_verb_from_name(const char *name, DwVerb *ret_verb, GError **error)
{
    for (unsigned i = 0; verb_names[i]; i++)
        if (strcmp(verb_names[i], name) == 0) {
            *ret_verb = i;
            return true;
        }
    g_autofree char *all = g_strjoinv(", ", (char **)verb_names);
    g_set_error(error, DW_ERROR, DW_ERROR_UNKNOWN_KEY, "Unknown verb \"%.32s\"; it is one of: %s.",
                text_is_valid(name) ? name : "", all);
    return false;
}

DwEdit *dw_edit_new(DwVerb verb, const char *kind, const char *id, DwSettings *values,
                    const char *const *unset)
{
    static const char *const none[] = {NULL};
    DwEdit *edit = g_new0(DwEdit, 1);

    edit->verb = verb;
    edit->kind = g_strdup(kind && *kind ? kind : verb == DW_VERB_MEDIA ? "disk" : "");
    edit->id = g_strdup(id ? id : "");
    edit->values = values ? values : dw_settings_new();
    edit->unset = g_strdupv((char **)(unset ? unset : none));
    return edit;
}

void dw_edit_free(DwEdit *edit)
{
    if (!edit)
        return;
    g_free(edit->kind);
    g_free(edit->id);
    dw_settings_free(edit->values);
    g_strfreev(edit->unset);
    g_free(edit);
}

/* name and uuid say which domain it is: on a defined one they stay. */
static bool check_identity(DwEditContext *context, const DwEdit *edit, GError **error)
{
    static const char *const fixed[] = {"name", "uuid"};
    static const char *const instead[] = {"rename the domain instead", "a clone has another"};

    for (size_t i = 0; (context->flags & DW_APPLY_DOMAIN) && i < G_N_ELEMENTS(fixed); i++) {
        const DwValue *value = dw_settings_get(edit->values, fixed[i]);
        g_autofree char *now = value ? dw_get_string(context->document, fixed[i]) : NULL;
        bool same = value && value->type == DW_VALUE_STRING && g_strcmp0(value->s, now) == 0;
        const char *const *unset = (const char *const *)edit->unset;
        if ((value && !same) || g_strv_contains(unset, fixed[i]) || g_strv_contains(unset, "*")) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                        "Key \"%s\" of a defined domain cannot be changed; %s.", fixed[i],
                        instead[i]);
            return false;
        }
    }
    return true;
}

static bool apply_set(DwEditContext *context, const DwEdit *edit, GError **error)
{
    g_autoptr(DwSettings) values = dw_settings_copy(edit->values);
    DwNode root = document_root(context->document);
    g_auto(DwOldMachine) before = foreign_before(context);

    return check_identity(context, edit, error) && edit_unset_asked(context, root, error) &&
           defaults_for_domain(context, values, error) &&
           edit_write(context, "", root, values, error) &&
           foreign_drop(context, &before, values, error);
}

static bool check_kind(const char *kind, GError **error)
{
    return (*kind && table_group(kind)) || kind_unknown(kind, error);
}

static DwNode make_devices(DwDocument *document)
{
    DwNode devices = devices_node(document);

    return devices != DW_NODE_NONE ? devices
                                   : node_add_child(document, document_root(document), "devices");
}

static bool has_alias(const char *kind)
{
    DwPlace place;

    return place_find(kind, "alias", &place);
}

static char *id_of_last(const DwDocument *document, const char *kind)
{
    DwNode last = DW_NODE_NONE;

    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node))
        last = node;
    return device_id(document, last);
}

/* A USB controller and its companions have one index: which may is a rule. Interfaces that stand in
 * for each other have one address, and libvirt takes others, too. */
static bool may_share_id(const DwEditContext *context, const DwDocument *document, DwNode node,
                         const char *kind, const char *id)
{
    if (strcmp(kind, "interface") == 0)
        return context->flags & DW_APPLY_NEW ||
               node_child(document, node, "teaming") != DW_NODE_NONE;
    return strcmp(kind, "controller") == 0 && g_str_has_prefix(id, "usb");
}

static bool has_device(const DwDocument *document, const char *kind, const char *id)
{
    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node)) {
        g_autofree char *other = device_natural_id(document, node);
        if (g_strcmp0(id, other) == 0)
            return true;
    }
    return false;
}

/* Two USB devices of one make are told apart by where they are. */
static bool is_elsewhere(const DwDocument *document, const char *kind, const DwDocument *fragment)
{
    DwNode root = document_root(fragment);
    g_autofree char *bus = lens_text(fragment, root, "source/address/@bus", NULL);
    g_autofree char *device = lens_text(fragment, root, "source/address/@device", NULL);

    if (strcmp(kind, "hostdev") != 0 || !bus || !device)
        return false;
    for (DwNode node = device_next(document, kind, DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, kind, node)) {
        g_autofree char *other = lens_text(document, node, "source/address/@bus", NULL);
        g_autofree char *place = lens_text(document, node, "source/address/@device", NULL);
        if (g_strcmp0(bus, other) == 0 && g_strcmp0(device, place) == 0)
            return false;
    }
    return true;
}

/* node DW_NODE_NONE: of the last one. */
static char *position_of(const DwDocument *document, const char *kind, DwNode node)
{
    unsigned n = 0;

    for (DwNode each = device_next(document, kind, DW_NODE_NONE); each != DW_NODE_NONE;
         each = each == node ? DW_NODE_NONE : device_next(document, kind, each))
        n++;
    return g_strdup_printf("#%u", n);
}

/* Always false. */
static bool already_there(const char *kind, const char *id, const char *otherwise, GError **error)
{
    g_set_error(error, DW_ERROR, DW_ERROR_ALREADY_EXISTS, "There is %s %s \"%s\" already.%s",
                strchr("aeiou", *kind) ? "an" : "a", kind, id, otherwise);
    return false;
}

/* A console that shows the first serial port, in libvirt's words the same device. */
static bool shows_serial(const DwDocument *document, DwNode console)
{
    g_autofree char *target = lens_text(document, console, "target/@type", NULL);

    return !target || strcmp(target, "serial") == 0;
}

/* The other one of a serial port and the console that shows it, or DW_NODE_NONE. */
static DwNode find_twin(const DwDocument *document, const DwDocument *fragment, const char *kind)
{
    DwNode first = device_next(document, kind, DW_NODE_NONE);

    if (first != DW_NODE_NONE)
        return DW_NODE_NONE;
    if (strcmp(kind, "console") == 0 && shows_serial(fragment, document_root(fragment)))
        return device_next(document, "serial", DW_NODE_NONE);
    DwNode console =
        strcmp(kind, "serial") == 0 ? device_next(document, "console", DW_NODE_NONE) : DW_NODE_NONE;
    return console != DW_NODE_NONE && shows_serial(document, console) ? console : DW_NODE_NONE;
}

/* Devices that nothing else tells apart get an alias; those that are one device have one. */
static char *make_alias(const DwDocument *document, DwDocument *fragment, const char *kind)
{
    DwNode twin = find_twin(document, fragment, kind);
    g_autofree char *unique = g_uuid_string_random();
    char *alias = twin == DW_NODE_NONE ? g_strconcat("ua-", unique, NULL)
                                       : lens_text(document, twin, "alias/@name", NULL);

    if (alias)
        node_set_attribute(fragment, node_add_child(fragment, document_root(fragment), "alias"),
                           "name", alias);
    return alias;
}

/* Puts a finished device in, unless its id is taken. */
static bool add_fragment(DwEditContext *context, const DwEdit *edit, DwDocument *fragment,
                         char **ret_id, GError **error)
{
    DwDocument *document = context->document;
    g_autofree char *id = device_natural_id(fragment, document_root(fragment));

    if (!id && has_alias(edit->kind))
        id = make_alias(document, fragment, edit->kind);
    bool taken = id && has_device(document, edit->kind, id);
    if (taken && !may_share_id(context, fragment, document_root(fragment), edit->kind, id) &&
        !is_elsewhere(document, edit->kind, fragment)) {
        bool is_usb = strcmp(edit->kind, "hostdev") == 0 &&
                      node_attribute_is(fragment, document_root(fragment), "type", "usb");
        return already_there(edit->kind, id,
                             is_usb ? " Another of the same make is named by source.address.bus "
                                      "and source.address.device as well."
                                    : "",
                             error);
    }
    node_insert(document, make_devices(document), fragment);
    if (taken)
        *ret_id = position_of(document, edit->kind, DW_NODE_NONE);
    else
        *ret_id = id ? g_steal_pointer(&id) : id_of_last(document, edit->kind);
    return true;
}

static bool apply_add(DwEditContext *context, const DwEdit *edit, char **ret_id, GError **error)
{
    g_autoptr(DwSettings) values = dw_settings_copy(edit->values);

    if (!check_kind(edit->kind, error))
        return false;
    if (!defaults_for_device(context, edit->kind, DW_NODE_NONE, values, error))
        return false;
    g_autoptr(DwDocument) fragment =
        document_new_fragment(context->document, make_devices(context->document), edit->kind);
    DwEditContext inner = *context;
    inner.document = fragment;
    DwCompany company = companions_before(context);
    if (!edit_write(&inner, edit->kind, document_root(fragment), values, error) ||
        !add_fragment(context, edit, fragment, ret_id, error))
        return false;
    companions_follow(context, company);
    return boot_follows(context, error);
}

static bool apply_modify(DwEditContext *context, const DwEdit *edit, char **ret_id, GError **error)
{
    g_autoptr(DwSettings) values = dw_settings_copy(edit->values);
    DwDocument *document = context->document;

    if (!check_kind(edit->kind, error))
        return false;
    DwCompany company = companions_before(context);
    DwNode node = edit_find(context, edit->kind, edit->id, error);
    if (node == DW_NODE_NONE || !edit_unset_asked(context, node, error) ||
        !defaults_for_device(context, edit->kind, node, values, error) ||
        !edit_write(context, edit->kind, node, values, error))
        return false;
    g_autofree char *id = device_natural_id(document, node);
    if (id && strcmp(id, edit->id) != 0 && *edit->id != '#' &&
        device_find(document, edit->kind, id, NULL) == DW_NODE_NONE) {
        if (!may_share_id(context, document, node, edit->kind, id))
            return already_there(edit->kind, id, "", error);
        *ret_id = position_of(document, edit->kind, node);
    } else {
        *ret_id = device_id(document, node);
    }
    companions_follow(context, company);
    return boot_follows(context, error);
}

/* ---- What libvirt gives to every guest that says nothing of it ---- */

/* Does another edit of the call add one in its place? */
static bool is_replaced(const DwEditContext *context, const char *kind)
{
    for (guint i = 0; i < context->edits->len; i++) {
        const DwEdit *edit = context->edits->pdata[i];
        if (edit->verb == DW_VERB_ADD && strcmp(edit->kind, kind) == 0)
            return true;
    }
    return false;
}

static bool is_only_one(const DwDocument *document, const char *kind)
{
    DwNode first = device_next(document, kind, DW_NODE_NONE);

    return first != DW_NODE_NONE && device_next(document, kind, first) == DW_NODE_NONE;
}

static bool is_given_anyway(const DwEditContext *context, const char *kind, DwNode node)
{
    const DwDocument *document = context->document;
    DwMachine machine;

    guest_machine_read(document, context->host, &machine);
    if (!machine.is_qemu || machine.is_test || context->flags & DW_APPLY_RUNNING ||
        is_replaced(context, kind))
        return false;
    if (strcmp(kind, "video") == 0)
        return device_next(document, "graphics", DW_NODE_NONE) != DW_NODE_NONE;
    if (strcmp(kind, "controller") == 0)
        return (machine.is_x86 || machine.is_pseries) &&
               node_attribute_is(document, node, "type", "usb");
    return strcmp(kind, "memballoon") == 0 ||
           (strcmp(kind, "audio") == 0 && is_only_one(document, kind));
}

/* Without what says that there is none, libvirt makes one. */
static bool is_none(const DwDocument *document, DwNode node)
{
    return node_attribute_is(document, node, "model", "none") ||
           lens_is(document, node, "model/@type", "none") ||
           (node_attribute_is(document, node, "type", "none") &&
            node_attribute_is(document, node, "id", "1"));
}

static bool keep_none(DwEditContext *context, const DwEdit *edit)
{
    edit_note(context, "device-stays", DW_SEVERITY_INFO, edit->kind, edit->id, "",
              "The %s stays: it is none already, and without one that says so libvirt makes one of "
              "its own.",
              edit->kind);
    return true;
}

/* Who removes the balloon, or the sound's way out, wants none; that is the first one then. */
static bool make_none(DwEditContext *context, const DwEdit *edit, DwNode node, GError **error)
{
    static const char *const all[] = {"*", NULL};
    bool sounds = strcmp(edit->kind, "audio") == 0;
    const char *key = sounds ? "type" : "model";
    g_autoptr(DwSettings) none = dw_settings_new();
    g_autofree char *id = device_id(context->document, node);
    g_autofree char *rule = g_strconcat(edit->kind, "-none", NULL);

    if (sounds)
        dw_settings_put(none, "id", dw_value_uint(1));
    dw_settings_put(none, key, dw_value_string("none"));
    edit_note(context, rule, DW_SEVERITY_INFO, edit->kind, id, key,
              "%s is none: without %s that says so libvirt makes one of its own.", key,
              sounds ? "an audio device" : "a balloon");
    return edit_unset(context, edit->kind, node, all, error) &&
           edit_write(context, edit->kind, node, none, error);
}

/* ---- Controllers that libvirt makes again ---- */

/* Is the device on a controller of that type and number? */
static bool is_on(const DwDocument *document, DwNode node, const char *type, const char *index)
{
    static const char *const kinds[][2] = {{"pci", "pci"},    {"scsi", "drive"},
                                           {"sata", "drive"}, {"ide", "drive"},
                                           {"fdc", "drive"},  {"virtio-serial", "virtio-serial"},
                                           {"ccid", "ccid"},  {"usb", "usb"}};
    bool is_bus = strcmp(type, "pci") == 0 || strcmp(type, "usb") == 0;
    g_autofree char *address = lens_text(document, node, "address/@type", NULL);
    g_autofree char *at =
        lens_text(document, node, is_bus ? "address/@bus" : "address/@controller", NULL);
    size_t i = 0;

    while (i < G_N_ELEMENTS(kinds) && strcmp(kinds[i][0], type) != 0)
        i++;
    if (!at || i == G_N_ELEMENTS(kinds) || g_strcmp0(kinds[i][1], address) != 0 ||
        g_ascii_strtoull(at, NULL, 0) != g_ascii_strtoull(index, NULL, 0))
        return false;
    if (strcmp(kinds[i][1], "drive") != 0)
        return true;
    return node_is(document, node, "hostdev") ? strcmp(type, "scsi") == 0
                                              : lens_is(document, node, "target/@bus", type);
}

/* Said before it is tried: another place for what is on it is the person's to find. Not in a call
 * of several edits, which may remove that as well. */
static void warn_of_return(DwEditContext *context, DwNode controller, const char *id)
{
    const DwDocument *document = context->document;
    g_autofree char *type = node_attribute(document, controller, "type");
    g_autofree char *index = node_attribute(document, controller, "index");
    DwMachine machine;

    guest_machine_read(document, context->host, &machine);
    if (!type || !index || !machine.is_qemu || machine.is_test || context->edits->len > 1 ||
        context->flags & DW_APPLY_RUNNING || controller_exists(document, type, index, controller))
        return;
    for (DwNode node = device_next(document, "", DW_NODE_NONE); node != DW_NODE_NONE;
         node = device_next(document, "", node)) {
        if (!is_on(document, node, type, index))
            continue;
        g_autofree char *kind = node_name(document, node), *other = device_id(document, node);
        edit_note(
            context, "controller-returns", DW_SEVERITY_WARNING, "controller", id, "",
            "The controller comes back: libvirt makes it for %s/%s. Remove that, or unset its "
            "address.*.",
            kind, other);
        return;
    }
    if (strcmp(type, "usb") == 0 && machine.is_x86 &&
        !controller_exists(document, type, NULL, controller) &&
        !node_attribute_is(document, controller, "model", "none"))
        edit_note(
            context, "controller-returns", DW_SEVERITY_WARNING, "controller", id, "model",
            "The controller comes back: libvirt gives one to every guest. Set its model to none "
            "instead.");
}

static bool apply_remove(DwEditContext *context, const DwEdit *edit, GError **error)
{
    /* What is there can go, whether its kind is known or not. */
    if (!*edit->kind || (!table_group(edit->kind) &&
                         device_next(context->document, edit->kind, DW_NODE_NONE) == DW_NODE_NONE))
        return kind_unknown(edit->kind, error);
    DwNode node = edit_find(context, edit->kind, edit->id, error);
    if (node == DW_NODE_NONE)
        return false;
    bool is_given = is_given_anyway(context, edit->kind, node);
    if (is_given && is_none(context->document, node))
        return keep_none(context, edit);
    if (is_given && (strcmp(edit->kind, "memballoon") == 0 || strcmp(edit->kind, "audio") == 0))
        return make_none(context, edit, node, error);
    if (strcmp(edit->kind, "controller") == 0)
        warn_of_return(context, node, edit->id);
    DwCompany company = companions_before(context);
    DwNode devices = node_parent(context->document, node);
    node_remove(context->document, node);
    companions_follow(context, company);
    if (node_is_blank(context->document, devices) &&
        node_origin(context->document, devices) == DW_ORIGIN_CREATED)
        node_remove(context->document, devices);
    return true;
}

/* ---- What a verb takes ---- */

enum { KIND = 1, ID = 2, VALUES = 4, UNSET = 8 };

static const unsigned verb_fields[] = {
    [DW_VERB_SET] = VALUES | UNSET,
    [DW_VERB_ADD] = KIND | VALUES,
    [DW_VERB_MODIFY] = KIND | ID | VALUES | UNSET,
    [DW_VERB_REMOVE] = KIND | ID,
    [DW_VERB_HYPERV] = VALUES,
    [DW_VERB_PRESET] = ID,
    [DW_VERB_BOOT] = VALUES,
    [DW_VERB_MEDIA] = KIND | ID | VALUES,
};

static bool refuse_field(const DwEditContext *context, const DwEdit *edit, const char *field,
                         GError **error)
{
    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Edit %u: verb \"%s\" takes no %s; leave it empty.", context->number,
                verb_names[edit->verb], field);
    return false;
}

/* What does not fit is not left out silently: whoever wrote it meant something. */
static bool check_fields(const DwEditContext *context, const DwEdit *edit, GError **error)
{
    const struct {
        unsigned field;
        const char *name;
        bool given;
    } fields[] = {
        {KIND, "kind", *edit->kind},
        {ID, "id", *edit->id},
        {VALUES, "values", dw_settings_count(edit->values) > 0},
        {UNSET, "unset", *edit->unset},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (fields[i].given && !(verb_fields[edit->verb] & fields[i].field))
            return refuse_field(context, edit, fields[i].name, error);
    return edit->verb != DW_VERB_MEDIA || strcmp(edit->kind, "disk") == 0 ||
           refuse_field(context, edit, "kind but \"disk\"", error);
}

static bool apply_verb(DwEditContext *context, const DwEdit *edit, char **ret_id, GError **error)
{
    switch (edit->verb) {
    case DW_VERB_SET:
        return apply_set(context, edit, error);
    case DW_VERB_ADD:
        return apply_add(context, edit, ret_id, error);
    case DW_VERB_MODIFY:
        return apply_modify(context, edit, ret_id, error);
    case DW_VERB_REMOVE:
        return apply_remove(context, edit, error);
    case DW_VERB_HYPERV:
        return hyperv_apply(context, edit->values, error);
    case DW_VERB_PRESET:
        return preset_apply(context, edit->id, error);
    case DW_VERB_BOOT:
        return boot_order_apply(context, edit->values, error);
    case DW_VERB_MEDIA:
        return media_apply(context, edit->id, edit->values, ret_id, error);
    }
    return false;
}

bool edit_apply(DwEditContext *context, const DwEdit *edit, char **ret_id, GError **error)
{
    *ret_id = NULL;
    g_clear_pointer(&context->gone, g_hash_table_unref);
    if (!check_fields(context, edit, error) || !counts_list_threads(context, error))
        return false;
    DwTotals totals = totals_before(context);
    return apply_verb(context, edit, ret_id, error) && totals_follow(context, totals, error);
}
