/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The values that a host accepts for a key: from its capabilities, from its domain capabilities, or
 * from what it has at the moment. The values a key has on any host come from the model's table. On
 * workers.
 */
#include "operations/reads/choices.h"

#include <string.h>

#include "base/error.h"
#include "libvirt/resources.h"

static void add(GPtrArray *choices, const char *value, char *doc)
{
    for (guint i = 0; i < choices->len; i++) {
        if (strcmp(((DwChoice *)choices->pdata[i])->value, value) == 0) {
            g_free(doc);
            return;
        }
    }
    DwChoice *choice = g_new0(DwChoice, 1);
    choice->value = g_strdup(value);
    choice->doc = doc ? doc : g_strdup("");
    g_ptr_array_add(choices, choice);
}

/* ---- Guests ---- */

/* "also called q35, at most 288 vcpus" */
static char *describe_machine(const DwGuest *guest, const char *machine)
{
    GString *words = g_string_new(NULL);
    GHashTableIter iter;
    gpointer alias, canonical;
    guint vcpus = GPOINTER_TO_UINT(g_hash_table_lookup(guest->vcpus, machine));
    g_hash_table_iter_init(&iter, guest->aliases);
    while (g_hash_table_iter_next(&iter, &alias, &canonical)) {
        if (strcmp(canonical, machine) == 0)
            g_string_append_printf(words, "%salso called %s", words->len > 0 ? ", " : "",
                                   (const char *)alias);
    }
    if (vcpus > 0)
        g_string_append_printf(words, "%sat most %u vcpus", words->len > 0 ? ", " : "", vcpus);
    return g_string_free(words, FALSE);
}

static void add_guest(const DwGuest *guest, const char *key, bool wanted, GPtrArray *choices)
{
    if (strcmp(key, "os.arch") == 0)
        add(choices, guest->arch, NULL);
    if (!wanted)
        return;
    if (strcmp(key, "os.type") == 0)
        add(choices, guest->os_type, NULL);
    else if (strcmp(key, "emulator") == 0)
        add(choices, guest->emulator, NULL);
    else if (strcmp(key, "type") == 0)
        for (char **type = guest->types; *type; type++)
            add(choices, *type, NULL);
    else if (strcmp(key, "os.machine") == 0)
        for (char **machine = guest->machines; *machine; machine++)
            add(choices, *machine, describe_machine(guest, *machine));
}

/* What the host's capabilities say of keys that are not among the domain capabilities. */
static bool add_guests(const ChoicesOperation *operation, const DwHost *host, ChoiceList *list)
{
    const GPtrArray *guests =
        host->capabilities ? dw_capabilities_guests(host->capabilities) : NULL;
    const char *arch = operation->base.options.arch;
    for (guint i = 0; !*operation->kind && guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];
        add_guest(guest, list->key, !arch || strcmp(arch, guest->arch) == 0, list->choices);
    }
    return list->choices->len > 0;
}

/* ---- Domain capabilities ---- */

static bool lists(const DwSettings *offered, const char *key, const char *value)
{
    const DwValue *list = dw_settings_get(offered, key);
    return list && list->type == DW_VALUE_STRINGS &&
           g_strv_contains((const char *const *)list->v, value);
}

/* "Intel, deprecated" */
static char *describe_model(const DwSettings *offered, const char *model)
{
    static const char prefix[] = "cpu.model.vendor.";
    GString *words = g_string_new(NULL);
    for (size_t i = 0; i < dw_settings_count(offered); i++) {
        const char *key = dw_settings_key(offered, i);
        const char *vendor = key + strlen(prefix);
        if (g_str_has_prefix(key, prefix) && strcmp(vendor, "unknown") != 0 &&
            lists(offered, key, model))
            g_string_append(words, vendor);
    }
    if (lists(offered, "cpu.model.deprecated", model))
        g_string_append(words, words->len > 0 ? ", deprecated" : "deprecated");
    return g_string_free(words, FALSE);
}

static bool add_offered(GPtrArray *choices, const DwSettings *offered, const DwKey *row,
                        const char *name)
{
    const DwValue *list = dw_settings_get(offered, name);
    if (list && list->type != DW_VALUE_STRINGS)
        list = NULL;
    bool has_values = row->values && row->values[0];
    for (char **value = has_values ? row->values
                        : list     ? list->v
                                   : NULL;
         value && *value; value++) {
        if (!list || g_strv_contains((const char *const *)list->v, *value))
            add(choices, *value,
                strcmp(name, "cpu.model") == 0 ? describe_model(offered, *value) : NULL);
    }
    return list || has_values;
}

static bool add_booleans(GPtrArray *choices, const DwKey *row)
{
    if (strcmp(row->type, "b") != 0)
        return false;
    add(choices, "yes", NULL);
    add(choices, "no", NULL);
    return true;
}

static void choose_default(const char *kind, ChoiceList *list, const DwSettings *offered)
{
    static const char *const own[][2] = {
        {"os.arch", "arch"}, {"os.machine", "machine"}, {"type", "type"}, {"emulator", "emulator"}};
    for (gsize i = 0; !*kind && i < G_N_ELEMENTS(own); i++) {
        if (strcmp(list->key, own[i][0]) == 0)
            list->chosen = g_strdup(settings_text(offered, own[i][1]));
    }
}

/* ---- One key, and all ---- */

static void list_free(void *data)
{
    ChoiceList *list = data;
    g_free(list->key);
    g_clear_pointer(&list->choices, g_ptr_array_unref);
    g_free(list->chosen);
    g_free(list);
}

/* Takes choices, NULL: none yet. */
static ChoiceList *add_list(ChoicesOperation *operation, const char *key, GPtrArray *choices)
{
    ChoiceList *list = g_new0(ChoiceList, 1);
    list->key = g_strdup(key);
    list->choices =
        choices ? choices : g_ptr_array_new_with_free_func((GDestroyNotify)dw_choice_free);
    g_ptr_array_add(operation->lists, list);
    return list;
}

/* What the host says it can do. */
typedef struct {
    HostView view;
    DwSettings *offered;
} Offer;

static void offer_clear(Offer *offer)
{
    host_view_clear(&offer->view);
    dw_settings_free(offer->offered);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Offer, offer_clear)

/* False: any value is possible, and no list is added. */
static bool add_from_offer(ChoicesOperation *operation, const Offer *offer, const DwKey *row,
                           const char *key)
{
    const char *kind = operation->kind;
    g_autofree char *name = *kind ? g_strconcat(kind, ".", key, NULL) : g_strdup(key);
    ChoiceList *list = add_list(operation, key, NULL);
    if (add_guests(operation, &offer->view.host, list) ||
        add_offered(list->choices, offer->offered, row, name) || add_booleans(list->choices, row)) {
        choose_default(kind, list, offer->offered);
        return true;
    }
    g_ptr_array_remove_index(operation->lists, operation->lists->len - 1);
    return false;
}

static bool find_offer(const ChoicesOperation *operation, Virt *virt, Offer *offer, GError **error)
{
    const Options *options = &operation->base.options;
    CapabilitiesCache *capabilities = operation->base.capabilities;
    MachineKey machine = {options->type, options->arch, options->machine, options->emulator};
    if (!capabilities_cache_check_machine(capabilities, &machine, error))
        return false;
    host_view_fill(capabilities, virt, &machine, &offer->view);
    const DwDomainCapabilities *described = offer->view.host.domain_capabilities;
    offer->offered = described ? dw_domain_capabilities_describe(described) : dw_settings_new();
    return true;
}

static bool list_one(ChoicesOperation *operation, Virt *virt, GError **error)
{
    const char *key = operation->key;
    GPtrArray *choices;
    if (!virt_choices(virt, operation->kind, key, operation->base.options.pool, &choices, error))
        return false;
    if (choices) {
        add_list(operation, key, choices);
        return true;
    }
    g_auto(Offer) offer = {0};
    if (!find_offer(operation, virt, &offer, error))
        return false;
    DwKey *row = dw_key_find(operation->kind, key);
    bool found = add_from_offer(operation, &offer, row, key);
    if (!found)
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "%s accepts any %s; there is no list of values.", key, row->form);
    dw_key_free(row);
    return found;
}

/* What the host's driver has no list of, or does not tell, is not among the choices of all keys,
 * and neither are volumes of no pool. */
static bool is_left_out(const ChoicesOperation *operation, const GError *failure)
{
    return g_error_matches(failure, DW_ERROR, DW_ERROR_UNSUPPORTED) ||
           g_error_matches(failure, DAEMON_ERROR, DAEMON_ERROR_LIBVIRT) ||
           (!operation->base.options.pool &&
            g_error_matches(failure, DW_ERROR, DW_ERROR_INVALID_VALUE));
}

static bool list_all(ChoicesOperation *operation, Virt *virt, GError **error)
{
    g_auto(Offer) offer = {0};
    g_autoptr(GPtrArray) rows = dw_keys_describe(operation->kind, "", error);
    if (!rows || !find_offer(operation, virt, &offer, error))
        return false;
    for (guint i = 0; i < rows->len; i++) {
        const DwKey *row = rows->pdata[i];
        GPtrArray *choices = NULL;
        GError *failure = NULL;
        if (!virt_choices(virt, operation->kind, row->key, operation->base.options.pool, &choices,
                          &failure) &&
            !is_left_out(operation, failure)) {
            g_propagate_error(error, failure);
            return false;
        }
        if (choices)
            add_list(operation, row->key, choices);
        else if (!failure)
            add_from_offer(operation, &offer, row, row->key);
        g_clear_error(&failure);
    }
    return true;
}

static bool run(Operation *base, Task *task, Virt *virt, GError **error)
{
    ChoicesOperation *operation = (ChoicesOperation *)base;
    return *operation->key ? list_one(operation, virt, error) : list_all(operation, virt, error);
}

static void clear(Operation *base)
{
    ChoicesOperation *operation = (ChoicesOperation *)base;
    g_free(operation->kind);
    g_free(operation->key);
    g_ptr_array_unref(operation->lists);
}

static const OperationType choices_type = {
    .name = "choices",
    .size = sizeof(ChoicesOperation),
    .run = run,
    .clear = clear,
    .first = GRANT_READ,
    .timeout = OPERATION_TIMEOUT,
};

ChoicesOperation *choices_operation_new(const char *kind, const char *key)
{
    ChoicesOperation *operation = operation_new(&choices_type);
    operation->kind = g_strdup(kind);
    operation->key = g_strdup(key);
    operation->lists = g_ptr_array_new_with_free_func(list_free);
    return operation;
}
