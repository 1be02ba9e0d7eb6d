/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arguments: right ones by their names and the table of keys, and wrong ones of every sort. It
 * sends nothing.
 */
#include "hostile.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAX_TEXTS 32
#define MAX_WORDS 512
/* Names and UUIDs are few, so that calls meet each other's domains and these stay few. */
#define DOMAINS 12

#define CHOOSE(maker, array) ((array)[maker_below((maker), G_N_ELEMENTS(array))])

static const char *const nasty[] = {
    "",
    "..",
    ".",
    "/",
    "//",
    "a/b",
    "../../etc/shadow",
    "/dev/sda",
    "%s%n%s%n",
    "\n",
    " ",
    "\t\r\n",
    "-1",
    "0",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1e400",
    "0x10",
    "4GiB",
    "99999999999TiB",
    "0.5KiB",
    "yes",
    "maybe",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    "&b;",
    "&#0;",
    "&#xD800;",
    "&lt;",
    "'\"><x/>",
    "<?xml version='1.0' encoding='UTF-16'?>",
    "ua-",
    "ua-x",
    "#0",
    "#1",
    "#2",
    "#99999999999999999999",
    "*",
    "?*[",
    "*.*",
    ".*",
    "disk",
    "backing.199.source.file",
    "backing.4294967296.source.file",
    "source.host.1.name",
    "00000000-0000-0000-0000-000000000000",
    "4dea22b3-1d52-d8f3-2516-782e98ab3fa0",
    "(unchanged)",
    "********",
    "vda",
    "local",
    "test",
    "\xC2\x85\xE2\x80\xA8\xE2\x80\xAE",
    "\xF0\x9F\x92\xA9\xCC\x81\xCC\x81\xCC\x81",
    "\x01\x02\x1B[31m\x7F",
    "urn:x",
    "http://libvirt.org/schemas/domain/qemu/1.0",
};

static const char *const kinds[] = {
    "",           "*",          "disk",       "interface", "graphics",  "channel",  "hostdev",
    "filesystem", "video",      "controller", "input",     "sound",     "tpm",      "rng",
    "panic",      "memballoon", "vsock",      "watchdog",  "smartcard", "redirdev", "hub",
    "memory",     "iommu",      "shmem",      "audio",     "serial",    "console",  "parallel",
    "crypto",     "nvram",      "emulator",
};

static const char *const ids[] = {"vda",    "vdb",    "sda",
                                  "#1",     "#2",     "#3",
                                  "ua-one", "ua-two", "52:54:00:11:22:33",
                                  "vnc",    "spice",  "org.qemu.guest_agent.0"};

/* Name -> the type it should have. */
static const char *const options[][2] = {
    {"dry-run", "b"},      {"diff", "b"},   {"expected-revision", "s"},
    {"affect", "s"},       {"live", "b"},   {"secrets", "b"},
    {"host", "s"},         {"preset", "s"}, {"columns", "as"},
    {"active", "b"},       {"name", "s"},   {"nvram", "b"},
    {"managed-save", "b"}, {"arch", "s"},   {"snapshots-metadata", "b"},
    {"machine", "s"},      {"type", "s"},   {"emulator", "s"},
    {"cascade", "b"},      {"pool", "s"},   {"no-such-option", "s"},
};

static const char *const option_texts[] = {
    "config", "live",   "both", "local",  "windows", "linux",   "",         "test",
    "qemu",   "x86_64", "i686", "q35",    "pc",      "default", "/bin/sh",  "*",
    "name",   "uuid",   "f-*",  "active", "state",   "title",   "nonsense", "default-pool",
};

static const char *const documents[] = {
    "<domain type='test'>\n  <name>NAME</name>\n  <uuid>UUID</uuid>\n"
    "  <memory unit='KiB'>65536</memory>\n  <vcpu>1</vcpu>\n"
    "  <os>\n    <type arch='i686'>hvm</type>\n  </os>\n</domain>\n",
    "<domain type='test'><name>NAME</name><uuid>UUID</uuid><memory>65536</memory><vcpu>2</vcpu>"
    "<metadata><x xmlns='urn:x' a='1'>t<!-- c --></x></metadata><os><type>hvm</type></os>"
    "<features><acpi/><hyperv><relaxed state='on'/></hyperv></features><cpu mode='host-model'/>"
    "<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
    "<source file='/srv/a.img'/><backingStore type='file'><format type='raw'/>"
    "<source file='/srv/b.img'/></backingStore><target dev='vda' bus='virtio'/></disk>"
    "<disk type='network' device='cdrom'><source protocol='rbd' name='p/v'><host name='h' "
    "port='1'/>"
    "<auth username='u'><secret type='ceph' usage='x'/></auth></source><target dev='sda' "
    "bus='sata'/>"
    "<readonly/></disk><interface type='network'><mac address='52:54:00:11:22:33'/>"
    "<source network='default'/><filterref filter='clean-traffic'/></interface>"
    "<graphics type='vnc' port='-1' autoport='yes' passwd='Chipotle'/>"
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/>"
    "</source></hostdev><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/>"
    "</channel></devices><seclabel type='dynamic' model='dac' relabel='yes'/></domain>",
    "<?xml version=\"1.0\"?><!-- -->\r\n<domain type=\"test\" xmlns:q=\"urn:q\">\r\n"
    "<name>NAME</name><uuid>UUID</uuid><title>&lt;&#65;]]&gt;</title>"
    "<memory unit=\"MiB\">64</memory><currentMemory unit='MiB'>32</currentMemory>"
    "<vcpu placement='static' current='1'>4</vcpu><iothreads>2</iothreads>"
    "<os><type machine='pc'>hvm</type><boot dev='hd'/><boot dev='cdrom'/></os>"
    "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>"
    "<on_crash>destroy</on_crash><devices><controller type='scsi' index='0' model='virtio-scsi'/>"
    "<filesystem type='mount'><source dir='/srv'/><target dir='tag'/></filesystem>"
    "<serial type='pty'><target port='0'/></serial><video><model type='vga'/></video>"
    "<q:odd q:a='b'/></devices></domain>",
};

/* ---- What is known ---- */

static void key_free(void *data)
{
    Key *key = data;

    g_free(key->kind);
    g_free(key->key);
    g_free(key->type);
    g_strfreev(key->values);
    g_free(key);
}

Maker *maker_new(guint32 seed)
{
    Maker *maker = g_new(Maker, 1);

    maker->random = g_rand_new_with_seed(seed);
    maker->keys = g_ptr_array_new_with_free_func(key_free);
    maker->words = g_ptr_array_new_with_free_func(g_free);
    maker->texts = g_ptr_array_new_with_free_func(g_free);
    return maker;
}

void maker_free(Maker *maker)
{
    g_rand_free(maker->random);
    g_ptr_array_unref(maker->keys);
    g_ptr_array_unref(maker->words);
    g_ptr_array_unref(maker->texts);
    g_free(maker);
}

void maker_add_key(Maker *maker, const char *kind, const char *key, const char *type, char **values)
{
    Key *entry = g_new(Key, 1);

    *entry = (Key){g_strdup(kind), g_strdup(key), g_strdup(type), values};
    g_ptr_array_add(maker->keys, entry);
}

/* Keeps the latest: one more takes the place of another. */
static void keep(Maker *maker, GPtrArray *strings, guint most, const char *string)
{
    if (strings->len < most) {
        g_ptr_array_add(strings, g_strdup(string));
        return;
    }
    guint place = maker_below(maker, strings->len);
    g_free(strings->pdata[place]);
    strings->pdata[place] = g_strdup(string);
}

void maker_add_word(Maker *maker, const char *word)
{
    keep(maker, maker->words, MAX_WORDS, word);
}

void maker_add_text(Maker *maker, const char *text)
{
    keep(maker, maker->texts, MAX_TEXTS, text);
}

/* ---- Texts ---- */

unsigned maker_below(Maker *maker, unsigned count)
{
    return g_rand_int_range(maker->random, 0, count);
}

bool maker_once_in(Maker *maker, unsigned times)
{
    return maker_below(maker, times) == 0;
}

static char *random_characters(Maker *maker, unsigned length)
{
    static const gunichar limits[] = {0x20, 0x7F, 0x7F, 0x250, 0x3000, 0xD800, 0x110000};
    gunichar limit = CHOOSE(maker, limits);
    GString *text = g_string_new(NULL);

    while (text->len < length) {
        gunichar c = 1 + maker_below(maker, limit - 1);
        if (g_unichar_validate(c) && (c & 0xFFFE) != 0xFFFE && (c < 0xFDD0 || c > 0xFDEF))
            g_string_append_unichar(text, c);
    }
    return g_string_free(text, FALSE);
}

char *maker_text(Maker *maker)
{
    switch (maker_below(maker, 16)) {
    case 0:
        return random_characters(maker, maker_below(maker, 32));
    case 1:
        return random_characters(maker, maker_below(maker, maker_once_in(maker, 16) ? 65536 : 512));
    case 2:
        if (maker_once_in(maker, 256))
            return g_strnfill(1100000 + maker_below(maker, 200000), 'x');
        return g_strnfill(maker_below(maker, 5000), "x<&'/%."[maker_below(maker, 7)]);
    case 3:
    case 4:
    case 5:
        if (maker->words->len > 0)
            return g_strdup(maker->words->pdata[maker_below(maker, maker->words->len)]);
        break;
    case 6:
        if (maker->keys->len > 0)
            return g_strdup(((Key *)maker->keys->pdata[maker_below(maker, maker->keys->len)])->key);
        break;
    }
    return g_strdup(CHOOSE(maker, nasty));
}

static char *replace(char *text, const char *what, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);

    g_free(text);
    return g_strjoinv(with, parts);
}

static void disturb(Maker *maker, GString *text)
{
    gsize at = maker_below(maker, text->len + 1), length = maker_below(maker, 200);
    g_autofree char *some = maker_text(maker);

    length = MIN(length, text->len - at);
    switch (maker_below(maker, 6)) {
    case 0:
        g_string_erase(text, at, length);
        break;
    case 1: {
        g_autofree char *copy = g_strndup(text->str + at, length);
        g_string_insert(text, maker_below(maker, text->len + 1), copy);
        break;
    }
    case 2:
        if (at < text->len)
            text->str[at] = 1 + maker_below(maker, 126);
        break;
    case 3:
        for (unsigned i = maker_below(maker, 300); i > 0; i--)
            g_string_insert(text, at, "<a>");
        break;
    default:
        g_string_insert(text, at, some);
    }
}

static char *make_document(Maker *maker)
{
    g_autofree char *name = g_strdup_printf("f-%u", maker_below(maker, DOMAINS));
    g_autofree char *uuid =
        g_strdup_printf("00000000-0000-4000-8000-%012x", maker_below(maker, DOMAINS));
    char *base;

    if (maker->texts->len > 0 && maker_once_in(maker, 3))
        base = g_strdup(maker->texts->pdata[maker_below(maker, maker->texts->len)]);
    else
        base = g_strdup(CHOOSE(maker, documents));
    base = replace(replace(base, "NAME", name), "UUID", uuid);
    if (maker_once_in(maker, 2))
        return base;
    g_autoptr(GString) text = g_string_new(base);
    g_free(base);
    for (unsigned i = 1 + maker_below(maker, 3); i > 0; i--)
        disturb(maker, text);
    return g_utf8_make_valid(text->str, -1);
}

static char *text_for(Maker *maker, const char *name)
{
    if (!name || maker_once_in(maker, 6))
        return maker_text(maker);
    if (strcmp(name, "xml") == 0)
        return make_document(maker);
    if (strcmp(name, "kind") == 0)
        return g_strdup(CHOOSE(maker, kinds));
    if (strcmp(name, "id") == 0 || strcmp(name, "target") == 0)
        return g_strdup(CHOOSE(maker, ids));
    if (strcmp(name, "verb") == 0) {
        static const char *const verbs[] = {"set",    "add",    "modify", "remove",
                                            "hyperv", "preset", "boot",   "media"};
        return g_strdup(CHOOSE(maker, verbs));
    }
    if (strcmp(name, "name") == 0 || strcmp(name, "name_or_uuid") == 0)
        return g_strdup_printf("f-%u", maker_below(maker, DOMAINS));
    if ((strcmp(name, "key") == 0 || strcmp(name, "prefix") == 0) && maker->keys->len > 0)
        return g_strdup(((Key *)maker->keys->pdata[maker_below(maker, maker->keys->len)])->key);
    return maker_text(maker);
}

/* ---- Values ---- */

static int append_one(Maker *maker, sd_bus_message *message, const GVariantType *type,
                      const char *name, unsigned depth);

static int append_variant(Maker *maker, sd_bus_message *message, const char *type, const char *name,
                          unsigned depth)
{
    int r = sd_bus_message_open_container(message, 'v', type);

    if (r >= 0)
        r = append_one(maker, message, G_VARIANT_TYPE(type), name, depth + 1);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

/* Any value at all, some of them deep. */
static int append_any(Maker *maker, sd_bus_message *message, unsigned depth)
{
    static const char *const types[] = {
        "s", "s",  "b", "u", "t",     "i",    "x",  "y",      "n",     "q",     "d",     "o",
        "g", "as", "v", "v", "a{sv}", "(sv)", "av", "aa{sv}", "a(ss)", "a{ss}", "a{us}", "ay"};

    if (depth < 4 && maker_once_in(maker, 20)) {
        g_autoptr(GString) deep = g_string_new(NULL);
        for (unsigned i = maker_below(maker, 30); i > 0; i--)
            g_string_append_c(deep, 'a');
        g_string_append_c(deep, 's');
        return append_variant(maker, message, deep->str, NULL, depth);
    }
    return append_variant(maker, message, depth > 30 ? "s" : CHOOSE(maker, types), NULL, depth);
}

static int append_text_variant(sd_bus_message *message, const char *text)
{
    return sd_bus_message_append(message, "v", "s", text);
}

static int append_number(Maker *maker, sd_bus_message *message)
{
    static const guint64 numbers[] = {0, 1, 2, 512, 4096, 65536, 1 << 30, G_MAXINT64, G_MAXUINT64};

    return sd_bus_message_append(message, "v", "t", CHOOSE(maker, numbers));
}

static int append_for_key(Maker *maker, sd_bus_message *message, const Key *key)
{
    guint count = g_strv_length(key->values);

    if (strcmp(key->key, "name") == 0) {
        g_autofree char *name = text_for(maker, "name");
        return append_text_variant(message, name);
    }
    if (count > 0 && *key->type == 's')
        return append_text_variant(message, key->values[maker_below(maker, count)]);
    if (*key->type == 'b')
        return sd_bus_message_append(message, "v", "b", (int)maker_below(maker, 2));
    if (*key->type == 't' || *key->type == 'u' || *key->type == 'i')
        return append_number(maker, message);
    g_autofree char *text = maker_text(maker);
    return append_text_variant(message, text);
}

/* ".N." -> a number. */
static char *spell_key(Maker *maker, const char *key)
{
    g_autofree char *number = g_strdup_printf(".%u.", maker_below(maker, 4));

    return replace(g_strdup(key), ".N.", number);
}

static int append_setting(Maker *maker, sd_bus_message *message, const char *kind)
{
    const Key *key = NULL;
    g_autofree char *name = NULL;

    for (int tries = 0; maker->keys->len > 0 && tries < 60; tries++) {
        key = maker->keys->pdata[maker_below(maker, maker->keys->len)];
        if (strcmp(key->kind, kind) == 0)
            break;
    }
    bool known = key && !maker_once_in(maker, 12);
    name = known ? spell_key(maker, key->key) : maker_text(maker);
    for (unsigned times = maker_once_in(maker, 40) ? 2 : 1; times > 0; times--) {
        int r = sd_bus_message_open_container(message, 'e', "sv");
        if (r >= 0)
            r = sd_bus_message_append(message, "s", name);
        if (r >= 0)
            r = known && !maker_once_in(maker, 8) ? append_for_key(maker, message, key)
                                                  : append_any(maker, message, 0);
        if (r < 0 || (r = sd_bus_message_close_container(message)) < 0)
            return r;
    }
    return 0;
}

static int append_option(Maker *maker, sd_bus_message *message)
{
    const char *const *option = options[maker_below(maker, G_N_ELEMENTS(options))];
    int r = sd_bus_message_open_container(message, 'e', "sv");

    if (r >= 0)
        r = sd_bus_message_append(message, "s", option[0]);
    if (r < 0)
        return r;
    if (maker_once_in(maker, 12))
        r = append_any(maker, message, 0);
    else if (strcmp(option[1], "b") == 0)
        r = sd_bus_message_append(message, "v", "b", (int)maker_below(maker, 2));
    else if (strcmp(option[1], "as") == 0)
        r = sd_bus_message_append(message, "v", "as", 2, CHOOSE(maker, option_texts),
                                  CHOOSE(maker, option_texts));
    else
        r = append_text_variant(message, CHOOSE(maker, option_texts));
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_dictionary(Maker *maker, sd_bus_message *message, const char *name)
{
    bool is_options = name && strcmp(name, "options") == 0;
    bool of_domain = name && (strcmp(name, "settings") == 0 || strcmp(name, "changes") == 0);
    const char *kind = of_domain ? "" : maker_once_in(maker, 2) ? "disk" : CHOOSE(maker, kinds);
    unsigned count = is_options ? maker_below(maker, 4) / 2 : maker_below(maker, 6);
    int r = sd_bus_message_open_container(message, 'a', "{sv}");

    if (maker_once_in(maker, 400))
        count = 2000;
    for (; r >= 0 && count > 0; count--)
        r = is_options ? append_option(maker, message) : append_setting(maker, message, kind);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_array(Maker *maker, sd_bus_message *message, const GVariantType *type,
                        const char *name, unsigned depth)
{
    const GVariantType *element = g_variant_type_element(type);
    g_autofree char *contents = g_variant_type_dup_string(element);
    unsigned count = maker_below(maker, depth > 3 ? 2 : 4);
    int r;

    if (strcmp(contents, "{sv}") == 0)
        return append_dictionary(maker, message, name);
    if (maker_once_in(maker, 500) && depth < 2 && *contents != 'h')
        count = 5000;
    r = sd_bus_message_open_container(message, 'a', contents);
    for (; r >= 0 && count > 0; count--)
        r = append_one(maker, message, element, name, depth + 1);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_members(Maker *maker, sd_bus_message *message, const GVariantType *type,
                          unsigned depth)
{
    static const char *const names[] = {"kind", "id", "id", "properties", "key"};
    g_autofree char *whole = g_variant_type_dup_string(type);
    g_autofree char *contents = g_strndup(whole + 1, strlen(whole) - 2);
    unsigned position = strcmp(whole, "(sssa{sv}as)") == 0 ? 0 : 1;
    int r = sd_bus_message_open_container(message, *whole == '{' ? 'e' : 'r', contents);

    for (const GVariantType *member = g_variant_type_first(type); r >= 0 && member;
         member = g_variant_type_next(member), position++) {
        const char *name = position == 0 ? "verb" : names[MIN(position - 1, 4)];
        r = append_one(maker, message, member, name, depth + 1);
    }
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_basic(Maker *maker, sd_bus_message *message, char type, const char *name)
{
    guint64 number = ((guint64)g_rand_int(maker->random) << 32) | g_rand_int(maker->random);
    double real = g_rand_double_range(maker->random, -1e300, 1e300);
    int truth = maker_below(maker, 2);

    if (maker_once_in(maker, 2))
        number = maker_below(maker, 4);
    switch (type) {
    case 's': {
        g_autofree char *text = text_for(maker, name);
        return sd_bus_message_append_basic(message, 's', text);
    }
    case 'o': {
        const char *path = maker->words->len > 0
                               ? maker->words->pdata[maker_below(maker, maker->words->len)]
                               : "/";
        return sd_bus_message_append_basic(message, 'o',
                                           g_variant_is_object_path(path) ? path : "/a/b");
    }
    case 'g':
        return sd_bus_message_append_basic(message, 'g', "a{sv}");
    case 'b':
        return sd_bus_message_append_basic(message, 'b', &truth);
    case 'd':
        return sd_bus_message_append_basic(message, 'd', &real);
    case 'h': {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        int r = sd_bus_message_append_basic(message, 'h', &fd);
        close(fd);
        return r;
    }
    default:
        return sd_bus_message_append_basic(message, type, &number);
    }
}

static int append_one(Maker *maker, sd_bus_message *message, const GVariantType *type,
                      const char *name, unsigned depth)
{
    if (g_variant_type_is_variant(type))
        return append_any(maker, message, depth);
    if (g_variant_type_is_array(type))
        return append_array(maker, message, type, name, depth);
    if (g_variant_type_is_container(type))
        return append_members(maker, message, type, depth);
    return append_basic(maker, message, *g_variant_type_peek_string(type), name);
}

int maker_append(Maker *maker, sd_bus_message *message, const char *signature, char **names)
{
    g_autofree char *whole = g_strdup_printf("(%s)", signature);
    int r = 0;

    for (const GVariantType *type = g_variant_type_first(G_VARIANT_TYPE(whole)); r >= 0 && type;
         type = g_variant_type_next(type)) {
        r = append_one(maker, message, type, names && *names ? *names : NULL, 0);
        names += names && *names ? 1 : 0;
    }
    return r;
}

char *maker_signature(Maker *maker)
{
    static const char *const types[] = {"s", "b",  "u",     "v",     "as",     "a{sv}",
                                        "h", "ah", "a{ss}", "a(ss)", "(s)",    "o",
                                        "t", "ay", "aas",   "a{us}", "aa{sv}", "a(sa{sv})"};
    GString *signature = g_string_new(NULL);

    for (unsigned i = maker_below(maker, 4); i > 0; i--)
        g_string_append(signature, CHOOSE(maker, types));
    return g_string_free(signature, FALSE);
}
