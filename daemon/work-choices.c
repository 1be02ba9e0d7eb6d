/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host accepts for a key: from its capabilities, from its domain capabilities, or from what
 * it has at the moment. Which values a key knows at all is the table's.
 */
#include <string.h>

#include "errors.h"
#include "work.h"

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
static bool add_guests(const Work *work, const DwHost *host)
{
    const GPtrArray *guests =
        host->capabilities ? dw_capabilities_guests(host->capabilities) : NULL;
    const char *arch = work->options.arch;
    for (guint i = 0; !*work->kind && guests && i < guests->len; i++) {
        const DwGuest *guest = guests->pdata[i];
        add_guest(guest, work->keys[0], !arch || strcmp(arch, guest->arch) == 0, work->choices);
    }
    return work->choices->len > 0;
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

static bool add_offered(const Work *work, const DwSettings *offered, const DwKey *row,
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
            add(work->choices, *value,
                strcmp(name, "cpu.model") == 0 ? describe_model(offered, *value) : NULL);
    }
    return list || has_values;
}

static void choose_default(Work *work, const DwSettings *offered)
{
    static const char *const own[][2] = {
        {"os.arch", "arch"}, {"os.machine", "machine"}, {"type", "type"}, {"emulator", "emulator"}};
    for (gsize i = 0; !*work->kind && i < G_N_ELEMENTS(own); i++) {
        if (strcmp(work->keys[0], own[i][0]) == 0)
            work->chosen = g_strdup(work_text(offered, own[i][1]));
    }
}

static bool offered_choices(Work *work, Virt *virt, GError **error)
{
    const char *key = work->keys[0];
    const Options *options = &work->options;
    FactsMachine machine = {options->type, options->arch, options->machine, options->emulator};
    if (!facts_check_emulator(work->facts, machine.emulator, error))
        return false;
    g_auto(FactsView) view = {0};
    facts_view(work->facts, virt, &machine, &view);
    g_autoptr(DwSettings) offered =
        view.host.domain_capabilities
            ? dw_domain_capabilities_describe(view.host.domain_capabilities)
            : dw_settings_new();
    g_autofree char *name = *work->kind ? g_strconcat(work->kind, ".", key, NULL) : g_strdup(key);
    DwKey *row = dw_key_find(work->kind, key);
    work->choices = g_ptr_array_new_with_free_func((GDestroyNotify)dw_choice_free);
    bool found = add_guests(work, &view.host) || add_offered(work, offered, row, name);
    if (found)
        choose_default(work, offered);
    else
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "%s: any %s is possible, there is no list", name, row->form);
    dw_key_free(row);
    return found;
}

bool work_choices(Work *work, Virt *virt, GError **error)
{
    return virt_choices(virt, work->kind, work->keys[0], work->options.pool, &work->choices,
                        error) &&
           (work->choices || offered_choices(work, virt, error));
}
