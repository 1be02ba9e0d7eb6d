/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a document of another domain: what tells one domain from the other is new, and what both
 * would use is a row, an error where somebody has to say what is to become of it. Looks at the
 * document alone and touches no storage. Used by the daemon on workers.
 */
#include "clone/clone.h"

#include <string.h>

#include "problems/problems.h"

char *clone_text(const DwSettings *settings, const char *key)
{
    const DwValue *value = dw_settings_get(settings, key);

    return value ? dw_value_to_text(value) : NULL;
}

bool clone_says(const DwSettings *settings, const char *key, const char *value)
{
    g_autofree char *text = clone_text(settings, key);

    return g_strcmp0(text, value) == 0;
}

/* ---- Rows ---- */

static void add_row(const Clone *clone, DwSeverity severity, const char *rule,
                    const DwDevice *device, const char *key, const char *value,
                    const char *const *allowed, const char *message)
{
    problems_add(clone->rows, rule, severity, device ? device->kind : "", device ? device->id : "",
                 key, value, allowed, g_strdup(message));
}

void clone_ask(const Clone *clone, const char *rule, const DwDevice *device, const char *key,
               const char *value, const char *const *allowed, const char *message)
{
    add_row(clone, DW_SEVERITY_ERROR, rule, device, key, value, allowed, message);
}

void clone_warn(const Clone *clone, const char *rule, const DwDevice *device, const char *key,
                const char *value, const char *message)
{
    add_row(clone, DW_SEVERITY_WARNING, rule, device, key, value, NULL, message);
}

/* ---- Edits ---- */

static void set(CloneDevice *at, const char *key, const char *value)
{
    dw_settings_put(at->values, key, dw_value_string(value));
}

static void unset(CloneDevice *at, const char *key)
{
    if (dw_settings_get(at->device->properties, key))
        g_ptr_array_add(at->unset, (char *)key);
}

/* ---- What tells one domain from the other ---- */

static char *new_mac(Clone *clone, const char *old)
{
    bool xen = g_ascii_strncasecmp(old, "00:16:3e", 8) == 0;

    for (;;) {
        guint32 random = g_random_int();
        char *mac = g_strdup_printf("%s:%02x:%02x:%02x", xen ? "00:16:3e" : "52:54:00",
                                    random >> 16 & 0xff, random >> 8 & 0xff, random & 0xff);
        const GHashTable *used = clone->options->macs;
        bool taken = (used && g_hash_table_contains((GHashTable *)used, mac)) ||
                     g_hash_table_contains(clone->macs, mac);
        if (taken) {
            g_free(mac);
            continue;
        }
        g_hash_table_add(clone->macs, g_strdup(mac));
        return mac;
    }
}

static void renew_interface(CloneDevice *at)
{
    g_autofree char *old = clone_text(at->device->properties, "mac.address");
    g_autofree char *mac = new_mac(at->clone, old ? old : "");

    set(at, "mac.address", mac);
    g_free(at->device->id); /* rows name the clone's */
    at->device->id = g_strdup(mac);
    unset(at, "target.dev");
    unset(at, "virtualport.interfaceid");
    unset(at, "virtualport.instanceid");
}

static bool is_fixed(const DwSettings *properties, const char *key)
{
    g_autofree char *port = clone_text(properties, key);

    return port && g_ascii_strtoll(port, NULL, 10) > 0;
}

static void renew_graphics(CloneDevice *at)
{
    static const char *const ports[] = {"port", "tlsPort", "websocket"};
    const DwSettings *properties = at->device->properties;

    if (clone_says(properties, "autoport", "yes")) {
        unset(at, "port");
        unset(at, "tlsPort");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ports); i++) {
        g_autofree char *port = clone_text(properties, ports[i]);
        if (!is_fixed(properties, ports[i]))
            continue;
        if (strcmp(ports[i], "websocket") == 0) {
            set(at, "websocket", "-1");
        } else {
            unset(at, ports[i]);
            set(at, "autoport", "yes");
        }
        g_autofree char *message = g_strdup_printf(
            "The port was fixed, %s; the clone gets a free one, because both cannot have one port.",
            port);
        clone_warn(at->clone, "clone.port-free", at->device, ports[i], "", message);
    }
}

static void renew_vsock(CloneDevice *at)
{
    if (clone_says(at->device->properties, "cid.auto", "yes"))
        return;
    unset(at, "cid.address");
    set(at, "cid.auto", "yes");
}

static void renew_serials(CloneDevice *at)
{
    g_autofree char *serial = clone_text(at->device->properties, "serial");
    g_autofree char *wwn = clone_text(at->device->properties, "wwn");
    g_autofree char *digits = g_strdup_printf("%08x%08x", g_random_int(), g_random_int());

    if (!at->clone->options->new_serials)
        return;
    if (serial)
        set(at, "serial", digits);
    *digits = '5'; /* registered by IEEE: what names that are made up begin with */
    if (wwn)
        set(at, "wwn", digits);
}

/* ---- The domain ---- */

static void renew_identity(Clone *clone, DwSettings *values, GPtrArray *lost)
{
    g_autofree char *uuid = g_uuid_string_random(), *genid = g_uuid_string_random();

    dw_settings_put(values, "name", dw_value_string(clone->name));
    dw_settings_put(values, "uuid", dw_value_string(uuid));
    if (dw_settings_get(clone->settings, "genid"))
        dw_settings_put(values, "genid", dw_value_string(genid));
    if (dw_settings_get(clone->settings, "sysinfo.system.uuid"))
        dw_settings_put(values, "sysinfo.system.uuid", dw_value_string(uuid));
    if (dw_settings_get(clone->settings, "title"))
        g_ptr_array_add(lost, g_strdup("title"));
}

static void renew_system_serials(Clone *clone, DwSettings *values)
{
    static const char *const keys[] = {"sysinfo.system.serial", "sysinfo.baseBoard.serial",
                                       "sysinfo.chassis.serial"};

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *serial = clone_text(clone->settings, keys[i]);
        g_autofree char *other = g_uuid_string_random();
        if (serial && clone->options->new_serials)
            dw_settings_put(values, keys[i], dw_value_string(other));
        else if (serial)
            clone_warn(clone, "clone.serial", NULL, keys[i], serial,
                       "Both machines tell this serial number; new-serials gives the clone another "
                       "one.");
    }
}

/* Labels are made for the domain; those that were chosen for the other one are its own. */
static void drop_labels(Clone *clone, GPtrArray *lost)
{
    for (unsigned n = 1;; n++) {
        g_autofree char *key = g_strdup_printf("seclabel.%u.type", n);
        if (!dw_settings_get(clone->settings, key))
            break;
        if (!clone_says(clone->settings, key, "static"))
            continue;
        g_ptr_array_insert(lost, 0, g_strdup_printf("seclabel.%u.*", n));
        clone_warn(
            clone, "clone.seclabel", NULL, "", "",
            "The label that confined the domain was fixed; libvirt makes one for the clone.");
    }
}

/* ---- The firmware's variables ---- */

static bool has_variables(const Clone *clone)
{
    const DwSettings *settings = clone->settings;

    return !clone_says(settings, "os.loader.stateless", "yes") &&
           (dw_settings_get(settings, "os.nvram") || dw_settings_get(settings, "os.nvram.type") ||
            dw_settings_get(settings, "os.nvram.template") ||
            clone_says(settings, "os.firmware", "efi") ||
            clone_says(settings, "os.loader.type", "pflash"));
}

static char *new_variables(const Clone *clone, const char *old)
{
    g_autofree char *directory = g_path_get_dirname(old);
    const char *end = g_str_has_suffix(old, ".qcow2") ? "qcow2" : "fd";

    return g_strdup_printf("%s/%s_VARS.%s", directory, clone->name, end);
}

static void renew_variables(Clone *clone, DwSettings *values)
{
    const char *key = "os.nvram";
    g_autofree char *path = clone_text(clone->settings, key), *other = NULL;

    if (!has_variables(clone))
        return;
    if (!path && !clone_storage(clone->settings, "os.nvram.", &key, &path))
        key = NULL;
    bool file =
        key && *path == '/' && !g_str_has_prefix(path, "/dev/") && !g_str_has_suffix(key, ".dir");
    if (file)
        other = new_variables(clone, path);
    if (key && (!file || strcmp(other, path) == 0)) {
        g_autofree char *message = g_strdup_printf(
            "The firmware's variables are in %s, which %s uses; give the clone others.", path,
            clone->source);
        clone_ask(clone, "clone.nvram", NULL, key, path, NULL, message);
        return;
    }
    if (key)
        dw_settings_put(values, key, dw_value_string(other));
    clone_warn(clone, "nvram.content", NULL, "os.nvram", "",
               "The firmware's variables are new: boot entries and enrolled keys do not come "
               "along. Copy the file where they are needed.");
}

static void clone_domain(Clone *clone)
{
    DwSettings *values = dw_settings_new();
    g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(g_free);
    CloneDevice at = {clone, NULL, 0, values, NULL};

    renew_identity(clone, values, lost);
    renew_system_serials(clone, values);
    renew_variables(clone, values);
    drop_labels(clone, lost);
    clone_find_shared(&at);
    g_ptr_array_add(lost, NULL);
    g_ptr_array_add(clone->edits,
                    dw_edit_new(DW_VERB_SET, "", "", values, (const char *const *)lost->pdata));
}

/* ---- Devices ---- */

/* The document of a transient domain is that of its run, with the names libvirt made up for it. */
static void drop_made_up_alias(CloneDevice *at)
{
    g_autofree char *alias = clone_text(at->device->properties, "alias");

    if (alias && !g_str_has_prefix(alias, "ua-"))
        unset(at, "alias");
}

static bool is_of_host(const DwDevice *device)
{
    return strcmp(device->kind, "hostdev") == 0 ||
           (strcmp(device->kind, "interface") == 0 &&
            (clone_says(device->properties, "type", "hostdev") ||
             clone_says(device->properties, "type", "vdpa")));
}

static bool is_left_out(const Clone *clone, const DwDevice *device)
{
    const char *answer = strcmp(device->kind, "disk") == 0 ? clone_answer(clone, device) : NULL;

    return g_strcmp0(answer, "omit") == 0 || (clone->options->drop_hostdevs && is_of_host(device));
}

static bool clone_device(CloneDevice *at, GError **error)
{
    const char *kind = at->device->kind;

    drop_made_up_alias(at);
    if (strcmp(kind, "interface") == 0)
        renew_interface(at);
    else if (strcmp(kind, "graphics") == 0)
        renew_graphics(at);
    else if (strcmp(kind, "vsock") == 0)
        renew_vsock(at);
    else if (strcmp(kind, "disk") == 0) {
        renew_serials(at);
        if (!clone_disk(at, error))
            return false;
    }
    clone_find_shared(at);
    return true;
}

static bool clone_one(Clone *clone, DwDevice *device, unsigned position, GError **error)
{
    g_autofree char *id = g_strdup_printf("#%u", position);
    g_autoptr(GPtrArray) lost = g_ptr_array_new();
    CloneDevice at = {clone, device, position, dw_settings_new(), lost};

    if (is_left_out(clone, device)) {
        dw_settings_free(at.values);
        g_ptr_array_insert(clone->removed, 0,
                           dw_edit_new(DW_VERB_REMOVE, device->kind, id, NULL, NULL));
        return true;
    }
    bool done = clone_device(&at, error);
    g_ptr_array_add(lost, NULL);
    if (done && (dw_settings_count(at.values) > 0 || lost->len > 1))
        g_ptr_array_add(clone->edits, dw_edit_new(DW_VERB_MODIFY, device->kind, id, at.values,
                                                  (const char *const *)lost->pdata));
    else
        dw_settings_free(at.values);
    return done;
}

static bool clone_devices(Clone *clone, GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < clone->devices->len; i++) {
        DwDevice *device = clone->devices->pdata[i];
        unsigned position = GPOINTER_TO_UINT(g_hash_table_lookup(counts, device->kind)) + 1;
        g_hash_table_insert(counts, device->kind, GUINT_TO_POINTER(position));
        if (!clone_one(clone, device, position, error))
            return false;
    }
    return true;
}

/* ---- All of it ---- */

static bool has_disk(const Clone *clone, const char *target)
{
    for (guint i = 0; i < clone->devices->len; i++) {
        const DwDevice *device = clone->devices->pdata[i];
        if (strcmp(device->kind, "disk") == 0 && strcmp(device->id, target) == 0)
            return true;
    }
    return false;
}

static bool check_answers(const Clone *clone, GError **error)
{
    const DwSettings *disks = clone->options->disks;

    for (size_t i = 0; disks && i < dw_settings_count(disks); i++) {
        const char *target = dw_settings_key(disks, i);
        if (has_disk(clone, target))
            continue;
        g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                    "Option disks: %s has no disk \"%.128s\".", clone->source, target);
        return false;
    }
    return true;
}

static bool apply(Clone *clone, DwDocument *document, const DwHost *host, GError **error)
{
    g_auto(DwResult) result = {0};

    g_ptr_array_extend_and_steal(clone->edits, g_steal_pointer(&clone->removed));
    return dw_apply(document, clone->edits, DW_APPLY_DRY, host, &result, error);
}

static void clone_clear(Clone *clone)
{
    g_free(clone->name);
    dw_settings_free(clone->settings);
    g_clear_pointer(&clone->devices, g_ptr_array_unref);
    g_clear_pointer(&clone->edits, g_ptr_array_unref);
    g_clear_pointer(&clone->removed, g_ptr_array_unref);
    g_clear_pointer(&clone->macs, g_hash_table_unref);
}

DwDocument *dw_clone(const DwDocument *source, const DwCloneOptions *options, const DwHost *host,
                     GPtrArray *rows, GError **error)
{
    g_autofree char *name = dw_get_string(source, "name");
    g_autoptr(DwDocument) document = dw_document_copy(source);
    Clone clone = {
        .options = options,
        .source = name ? name : "",
        .name =
            options->name ? g_strdup(options->name) : g_strconcat(name ? name : "", "-clone", NULL),
        .settings = dw_get_settings(source, NULL, true, NULL),
        .devices = dw_get_devices(source, "", true, NULL),
        .rows = rows,
        .edits = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free),
        .removed = g_ptr_array_new_with_free_func((GDestroyNotify)dw_edit_free),
        .macs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };

    clone_domain(&clone);
    bool made = check_answers(&clone, error) && clone_devices(&clone, error) &&
                apply(&clone, document, host, error);
    clone_clear(&clone);
    return made ? g_steal_pointer(&document) : NULL;
}
