/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See attacks.h. Each call once took the service down, or a host from everybody.
 */
#include "attacks.h"

#include <glib.h>
#include <string.h>

#define HEAD                                                                                       \
    "<domain type='qemu'><name>attack</name><memory>1048576</memory><vcpu>1</vcpu>"                \
    "<os><type arch='x86_64'>hvm</type></os>"

/* The part so many times, with its number where it has a #. */
static char *repeated(const char *before, const char *part, unsigned count, const char *after)
{
    GString *text = g_string_new(HEAD);
    g_string_append(text, before);
    for (unsigned i = 0; i < count; i++)
        for (const char *c = part; *c; c++)
            if (*c == '#')
                g_string_append_printf(text, "%u", i);
            else
                g_string_append_c(text, *c);
    g_string_append(text, after);
    return g_string_free(g_string_append(text, "</domain>"), FALSE);
}

/* Each problem named the device, whose name is most of the document. */
static char *problems(void)
{
    g_autofree char *name = g_strnfill(900000, 'd');
    g_autofree char *target =
        g_strdup_printf("<target dev='%s' bus='wrong'/></disk></devices>", name);
    return repeated("<devices><disk type='wrong' device='wrong'><driver cache='wrong' io='wrong' "
                    "discard='wrong' error_policy='wrong' ioeventfd='wrong' event_idx='wrong' "
                    "copy_on_read='wrong' detect_zeroes='wrong' queues='wrong' iothread='wrong'/>",
                    "", 0, target);
}

/* Each secret hidden was one more reading of all. */
static char *secrets(void)
{
    g_autofree char *text = g_strnfill(300000, 'x');
    g_autofree char *after =
        g_strdup_printf("</cookies></source></disk></devices><description>%s</description>", text);
    return repeated("<devices><disk type='network'><source protocol='http'><cookies>",
                    "<cookie name='a'>b</cookie>", 8000, after);
}

static char *cells(void)
{
    return repeated("<cpu><numa>", "<cell id='#' cpus='#' memory='1'/>", 3000, "</numa></cpu>");
}

static char *disks(void)
{
    return repeated("<devices>",
                    "<disk type='file'><driver name='qemu' type='raw'/><source file='/a'/>"
                    "<target dev='vda' bus='virtio'/></disk>",
                    1500, "</devices>");
}

/* What one user may have under way; the last needs little each, and may be sent as often as the
 * bus lets it. */
static const Attack attacks[] = {
    {"problems", 8, 4, problems, 0}, {"secrets", 8, 4, secrets, 0}, {"cells", 8, 4, cells, 0},
    {"disks", 8, 4, disks, 0},       {"pairs", 20, 100, NULL, 0},   {"titles", 8, 4, NULL, 36},
};

const Attack *attack_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(attacks); i++)
        if (strcmp(attacks[i].name, name) == 0)
            return &attacks[i];
    die("there is no attack \"%s\"", name);
}

/* Public, and once larger together than the bus lets through. */
char **attack_domains_new(const Attack *attack, sd_bus *bus, bool brief)
{
    unsigned count = brief ? MIN(attack->titles, 2) : attack->titles;
    char **paths = g_new0(char *, count + 1);
    g_autofree char *title = g_strnfill(950000, 't');

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *xml = g_strdup_printf("<domain type='qemu'><name>titled-%u</name><title>%s"
                                               "</title><memory>1048576</memory><vcpu>1</vcpu><os>"
                                               "<type arch='x86_64'>hvm</type></os></domain>",
                                               i, title);
        paths[i] = reply_path(call(bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
                                   "DefineXML", "sa{sv}", xml, 0));
    }
    return paths;
}

void attack_domains_free(char **paths, sd_bus *bus)
{
    for (char **path = paths; *path; path++)
        call_only(bus, DOMWRIGHT_BUS_NAME, *path, DOMWRIGHT_DOMAIN_INTERFACE, "Undefine", "a{sv}",
                  0);
    g_strfreev(paths);
}

void attacker_begin(Attacker *attacker, const Attack *attack, sd_bus *bus)
{
    *attacker = (Attacker){.attack = attack};
    if (!attack->document)
        return;
    attacker->document = attack->document();
    attacker->draft =
        reply_path(call(bus, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH, DOMWRIGHT_MANAGER_INTERFACE,
                        "ImportDraft", "sa{sv}", attacker->document, 0));
}

/* Two keys that write one element in two ways. */
static int send_pair(sd_bus *bus, bool first, sd_bus_message_handler_t on_answer, void *userdata)
{
    static const char *const keys[] = {"source.address", "source.address.bus"};
    static const char *const values[] = {"0001:00:00.0", "0"};

    return sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH,
                                    DOMWRIGHT_MANAGER_INTERFACE, "Build", on_answer, userdata,
                                    "a{sv}a(sa{sv})a{sv}", 1, "name", "s", "x", 1, "hostdev", 3,
                                    "type", "s", "pci", keys[!first], "s", values[!first],
                                    keys[first], "s", values[first], 1, "host", "s", "");
}

static int ask_titles(sd_bus *bus, bool list, sd_bus_message_handler_t on_answer, void *userdata)
{
    if (!list)
        return sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME, HOST_PATH,
                                        "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                                        on_answer, userdata, NULL);
    return sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME, HOST_PATH,
                                    DOMWRIGHT_HOST_INTERFACE, "ListDomains", on_answer, userdata,
                                    "a{sv}", 1, "columns", "as", 2, "name", "title");
}

int attacker_send(Attacker *attacker, sd_bus *bus, sd_bus_message_handler_t on_answer,
                  void *userdata)
{
    static const char *const methods[][2] = {
        {DOMWRIGHT_DRAFT_INTERFACE, "Diff"},
        {DOMWRIGHT_CONFIG_INTERFACE, "GetXML"},
        {DOMWRIGHT_CONFIG_INTERFACE, "Validate"},
    };
    unsigned turn = attacker->turn++;

    if (attacker->attack->titles)
        return ask_titles(bus, turn % 2, on_answer, userdata);
    if (!attacker->document)
        return send_pair(bus, turn % 2, on_answer, userdata);
    if (turn % 2)
        return sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME, HOST_PATH,
                                        DOMWRIGHT_HOST_INTERFACE, "DefineXML", on_answer, userdata,
                                        "sa{sv}", attacker->document, 2, "dry-run", "b", 1, "diff",
                                        "b", 1);
    const char *const *method = methods[turn / 2 % G_N_ELEMENTS(methods)];
    return sd_bus_call_method_async(bus, NULL, DOMWRIGHT_BUS_NAME, attacker->draft, method[0],
                                    method[1], on_answer, userdata, "a{sv}", 0);
}
