/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a running domain waits for its next start: edits on either side and on both, libvirt's
 * own doing, and runs whose beginning nobody saw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <domwright/model.h>

/* A configuration, and what libvirt makes of it when it starts it. */
#define CONFIG                                                                                     \
    "<domain type='qemu'><name>a</name><memory unit='KiB'>262144</memory>"                         \
    "<currentMemory unit='KiB'>204800</currentMemory><vcpu placement='static' "                    \
    "current='1'>4</vcpu>"                                                                         \
    "<os><type arch='x86_64' machine='pc'>hvm</type></os>"                                         \
    "<cpu mode='host-model' check='partial'/><on_reboot>restart</on_reboot>"                       \
    "<devices><disk type='file' device='disk'><source file='/a'/>"                                 \
    "<target dev='vda' bus='virtio'/></disk>"                                                      \
    "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/iso'/>"       \
    "<target dev='sda' bus='sata'/></disk>"                                                        \
    "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='n'/>"            \
    "<link state='up'/></interface>"                                                               \
    "<sound model='ich6'><address type='pci' bus='0x00' slot='0x04'/></sound>"                     \
    "<sound model='ac97'><address type='pci' bus='0x00' slot='0x05'/></sound>"                     \
    "<graphics type='vnc' port='-1' autoport='yes'/></devices></domain>"
#define LIVE                                                                                       \
    "<domain type='qemu' id='3'><name>a</name><memory unit='KiB'>262144</memory>"                  \
    "<currentMemory unit='KiB'>262144</currentMemory><vcpu placement='static' "                    \
    "current='1'>4</vcpu>"                                                                         \
    "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>"                              \
    "<cpu mode='custom' check='full'><model fallback='forbid'>EPYC</model>"                        \
    "<feature policy='require' name='x2apic'/></cpu><on_reboot>restart</on_reboot>"                \
    "<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/>"                    \
    "<source file='/a' index='2'/><backingStore/><target dev='vda' bus='virtio'/>"                 \
    "<alias name='virtio-disk0'/></disk>"                                                          \
    "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/iso'/>"       \
    "<target dev='sda' bus='sata'/></disk>"                                                        \
    "<interface type='bridge'><mac address='52:54:00:00:00:01'/>"                                  \
    "<source network='n' portid='1' bridge='br0'/>"                                                \
    "<target dev='vnet7'/><link state='up'/></interface>"                                          \
    "<sound model='ich6'><alias name='sound0'/>"                                                   \
    "<address type='pci' bus='0x00' slot='0x04'/></sound>"                                         \
    "<sound model='ac97'><alias name='sound1'/>"                                                   \
    "<address type='pci' bus='0x00' slot='0x05'/></sound>"                                         \
    "<graphics type='vnc' port='5900' autoport='yes' listen='127.0.0.1'>"                          \
    "<listen type='address' address='127.0.0.1'/></graphics></devices></domain>"

#define SOUND "<sound model='ich6'><address type='pci' bus='0x00' slot='0x04'/></sound>"
#define USB                                                                                        \
    "<disk type='file' device='disk'><source file='/u'/><target dev='sdz' bus='usb'/></disk>"
#define USB_LIVE                                                                                   \
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"                             \
    "<source file='/u' index='9'/><backingStore/><target dev='sdz' bus='usb'/>"                    \
    "<alias name='usb-disk9'/><address type='usb' bus='0' port='1'/></disk>"

/* The text with each old, new, old, new, …, NULL replaced. */
static char *with(const char *text, ...)
{
    char *changed = g_strdup(text);
    va_list edits;
    va_start(edits, text);
    for (const char *old; (old = va_arg(edits, const char *));) {
        const char *new = va_arg(edits, const char *);
        g_autoptr(GString) next = g_string_new(changed);
        assert_int_equal(g_string_replace(next, old, new, 1), 1);
        g_free(changed);
        changed = g_strdup(next->str);
    }
    va_end(edits);
    return changed;
}

static void add_side(GString *found, const char *name, bool has, const DwValue *value)
{
    g_autofree char *text = has ? dw_value_to_text(value) : NULL;
    if (has)
        g_string_append_printf(found, " %s=%s", name, text);
}

/* Takes config and live. expected: "kind/id/key live=V config=V waits; …" */
static void assert_pending_among(const DwDocument *before, const DwChanges *changes, char *config,
                                 char *live, bool known, const char *expected)
{
    g_autofree char *texts[] = {config};
    g_autofree char *live_text = live;
    g_autoptr(DwDocument) now = dw_document_parse(texts[0], strlen(texts[0]), NULL);
    g_autoptr(DwDocument) runs = dw_document_parse(live_text, strlen(live_text), NULL);
    g_autoptr(DwDocument) first = known ? dw_document_parse(CONFIG, strlen(CONFIG), NULL) : NULL;
    g_autoptr(DwDocument) ran = known ? dw_document_parse(LIVE, strlen(LIVE), NULL) : NULL;
    g_autoptr(GString) found = g_string_new(NULL);
    assert_non_null(now);
    assert_non_null(runs);
    DwRun run = {now, runs, first, ran, before, changes};
    g_autoptr(GPtrArray) rows = dw_pending(&run);
    for (guint i = 0; i < rows->len; i++) {
        const DwPending *row = rows->pdata[i];
        g_string_append_printf(found, "%s%s/%s/%s", i ? "; " : "", row->kind, row->id, row->key);
        add_side(found, "live", row->has_live, &row->live);
        add_side(found, "config", row->has_config, &row->config);
        g_string_append_printf(found, " %s", dw_waits_name(row->waits));
        assert_int_equal(row->sure, known);
    }
    assert_string_equal(found->str, expected);
}

static void assert_pending_of(char *config, char *live, bool known, const char *expected)
{
    assert_pending_among(NULL, NULL, config, live, known, expected);
}

static void assert_pending(char *config, char *live, const char *expected)
{
    assert_pending_of(config, live, true, expected);
}

static void test_nothing(void **state)
{
    assert_pending(g_strdup(CONFIG), g_strdup(LIVE), "");
    assert_pending_of(g_strdup(CONFIG), g_strdup(LIVE), false, "");
}

static void test_config(void **state)
{
    assert_pending(with(CONFIG, "262144", "524288", NULL), g_strdup(LIVE),
                   "//memory live=268435456 config=536870912 restart");
    assert_pending(with(CONFIG, "current='1'", "current='3'", NULL), g_strdup(LIVE),
                   "//vcpu.current live=1 config=3 now");
    assert_pending(with(CONFIG, "'up'", "'down'", NULL), g_strdup(LIVE),
                   "interface/52:54:00:00:00:01/link.state live=up config=down now");
    assert_pending(with(CONFIG, "/iso", "/iso2", NULL), g_strdup(LIVE),
                   "disk/sda/source.file live=/iso config=/iso2 now");
    assert_pending(with(CONFIG, "file='/a'", "file='/b'", NULL), g_strdup(LIVE),
                   "disk/vda/source.file live=/a config=/b restart");
    assert_pending(with(CONFIG, "<on_reboot>restart</on_reboot>", "", NULL),
                   with(LIVE, "<on_reboot>restart", "<on_reboot>destroy", NULL),
                   "//on_reboot live=destroy now");
    assert_pending(with(CONFIG, SOUND, "", NULL), g_strdup(LIVE), "sound/#1/ live=yes restart");
    assert_pending(with(CONFIG, "<graphics", USB "<graphics", NULL), g_strdup(LIVE),
                   "disk/sdz/ config=yes restart");
    /* What the running domain has anyway does not wait. */
    assert_pending(with(CONFIG, "port='-1'", "port='5900'", NULL), g_strdup(LIVE), "");
}

static void test_live(void **state)
{
    assert_pending(g_strdup(CONFIG), with(LIVE, "'up'", "'down'", NULL),
                   "interface/52:54:00:00:00:01/link.state live=down config=up lost");
    assert_pending(g_strdup(CONFIG), with(LIVE, "<graphics", USB_LIVE "<graphics", NULL),
                   "disk/sdz/ live=yes lost");
    assert_pending(g_strdup(CONFIG), with(LIVE, "<source file='/iso'/>", "", NULL),
                   "disk/sda/source.file config=/iso lost");
    assert_pending(g_strdup(CONFIG),
                   with(LIVE, "<driver name='qemu' type='raw'/><source file='/iso'/>", "", NULL),
                   "disk/sda/source.file config=/iso lost");
    /* The next start brings it: nothing is lost. */
    assert_pending(g_strdup(CONFIG),
                   with(LIVE, "<sound model='ich6'><alias name='sound0'/>", "<sound model='ich6'>",
                        SOUND, "", NULL),
                   "sound/#1/ config=yes restart");
    /* The balloon, names of network devices. */
    assert_pending(g_strdup(CONFIG),
                   with(LIVE, "<currentMemory unit='KiB'>262144",
                        "<currentMemory unit='KiB'>220000", "vnet7", "vnet8", "index='2'",
                        "index='5'", NULL),
                   "");
}

/* A network says what is behind its interfaces. */
static void test_network(void **state)
{
    assert_pending(with(CONFIG, "network='n'", "network='m'", NULL),
                   with(LIVE, "network='n' portid='1' bridge='br0'",
                        "network='m' portid='2' bridge='br1'", NULL),
                   "");
    assert_pending(g_strdup(CONFIG), with(LIVE, "portid='1'", "portid='2'", NULL), "");
    assert_pending(g_strdup(CONFIG), with(LIVE, "network='n' portid='1' ", "", NULL),
                   "interface/52:54:00:00:00:01/source.network config=n lost");
}

static void test_both(void **state)
{
    assert_pending(with(CONFIG, "'up'", "'down'", NULL), with(LIVE, "'up'", "'down'", NULL), "");
    assert_pending(with(CONFIG, "current='1'", "current='3'", NULL),
                   with(LIVE, "current='1'", "current='2'", NULL),
                   "//vcpu.current live=2 config=3 now");
    assert_pending(with(CONFIG, "<graphics", USB "<graphics", NULL),
                   with(LIVE, "<graphics", USB_LIVE "<graphics", NULL), "");
    assert_pending(with(CONFIG, "<graphics", USB "<graphics", "'/u'", "'/w'", NULL),
                   with(LIVE, "<graphics", USB_LIVE "<graphics", NULL),
                   "disk/sdz/source.file live=/u config=/w restart");
    assert_pending(with(CONFIG, "<graphics", USB "<graphics", NULL),
                   with(LIVE, "<graphics", USB_LIVE "<graphics", "<source file='/u'",
                        "<serial>1</serial><source file='/u'", "<backingStore/><target dev='sdz'",
                        "<iotune><read_iops_sec>9</read_iops_sec></iotune><target dev='sdz'", NULL),
                   "disk/sdz/serial live=1 restart; disk/sdz/iotune.read_iops_sec live=9 lost");
}

/* Two spellings of the same. */
static void test_meaning(void **state)
{
    const char *threads = "</vcpu><iothreads>2</iothreads>";
    const char *numbered = "</vcpu><iothreads>2</iothreads><iothreadids><iothread id='1'/>"
                           "<iothread id='2'/></iothreadids>";
    const char *none = "</vcpu><cputune><quota>-1</quota></cputune>";
    assert_pending(with(CONFIG, "</vcpu>", numbered, NULL), with(LIVE, "</vcpu>", threads, NULL),
                   "");
    assert_pending(with(CONFIG, "</vcpu>", threads, NULL), with(LIVE, "</vcpu>", numbered, NULL),
                   "");
    assert_pending(with(CONFIG, "</vcpu>", numbered, NULL), with(LIVE, "</vcpu>", none, NULL),
                   "//iothreads config=2 now; //iothreadids.iothread.1 config=yes now; "
                   "//iothreadids.iothread.2 config=yes now");
    assert_pending(g_strdup(CONFIG), with(LIVE, "</vcpu>", none, NULL), "");
    /* Which came when, the running domain alone says. */
    const char *list = "</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/></vcpus>",
               *ordered = "</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' "
                          "order='1'/></vcpus>";
    assert_pending(with(CONFIG, "</vcpu>", list, NULL), with(LIVE, "</vcpu>", ordered, NULL), "");
    assert_pending(with(CONFIG, "</vcpu>", ordered, NULL), with(LIVE, "</vcpu>", list, NULL),
                   "//vcpus.vcpu.0.order config=1 restart");
    /* All processors. */
    assert_pending(with(CONFIG, " current='1'", "", NULL), with(LIVE, "'1'", "'4'", NULL), "");
    assert_pending(with(CONFIG, " current='1'", "", NULL), g_strdup(LIVE),
                   "//vcpu.current live=1 config=4 now");
}

#define NOTE  "<metadata><n:a xmlns:n='urn:n'><b/></n:a></metadata>"
#define OTHER "<metadata><m:a xmlns:m='urn:n'><c/></m:a></metadata>"
#define ODD   "<odd/>"

static void test_metadata(void **state)
{
    const char *title = "<memory ";
    assert_pending(with(CONFIG, title, NOTE "<memory ", NULL), g_strdup(LIVE),
                   "metadata/urn:n/ config=yes now");
    assert_pending(g_strdup(CONFIG), with(LIVE, title, NOTE "<memory ", NULL),
                   "metadata/urn:n/ live=yes lost");
    assert_pending(with(CONFIG, title, NOTE "<memory ", NULL),
                   with(LIVE, title, NOTE "<memory ", NULL), "");
    assert_pending(
        with(CONFIG, title, NOTE "<memory ", NULL),
        with(LIVE, title, "<metadata><x:a xmlns:x='urn:n'><b/></x:a></metadata><memory ", NULL),
        "");
    assert_pending(with(CONFIG, title, NOTE "<memory ", NULL),
                   with(LIVE, title, OTHER "<memory ", NULL),
                   "metadata/urn:n/ live=yes config=yes now");
    assert_pending_of(g_strdup(CONFIG), with(LIVE, title, NOTE "<memory ", NULL), false,
                      "metadata/urn:n/ live=yes lost");
    assert_pending_of(with(CONFIG, title, NOTE "<memory ", NULL),
                      with(LIVE, title, OTHER "<memory ", NULL), false,
                      "metadata/urn:n/ live=yes config=yes now");
}

static void test_devices_among(void **state)
{
    g_autofree char *before = with(CONFIG, SOUND, "", NULL);
    g_autofree char *after = with(before, "<graphics", USB "<graphics", NULL);
    g_autoptr(DwDocument) old = dw_document_parse(before, strlen(before), NULL);
    g_autoptr(DwDocument) new = dw_document_parse(after, strlen(after), NULL);
    DwChanges changes;
    dw_changes_between(old, new, &changes);
    assert_pending_among(old, &changes, g_strdup(after), g_strdup(LIVE), true,
                         "disk/sdz/ config=yes restart");
    assert_pending_among(old, &changes, g_strdup(after),
                         with(LIVE, "<graphics", USB_LIVE "<graphics", NULL), true, "");
    dw_changes_clear(&changes);
    /* What is changed of a device that waits as a whole waits, too. */
    g_autofree char *tuned = with(after, "<source file='/u'/>", "<source file='/w'/>", NULL);
    g_autoptr(DwDocument) newest = dw_document_parse(tuned, strlen(tuned), NULL);
    dw_changes_between(new, newest, &changes);
    assert_pending_among(new, &changes, g_strdup(tuned), g_strdup(LIVE), true,
                         "disk/sdz/ config=yes restart");
    dw_changes_clear(&changes);
}

/* libvirt puts devices in order when it reads a document anew. */
static void test_order(void **state)
{
    const char *end = "<graphics", *other = SOUND "<graphics";
    assert_pending(with(CONFIG, SOUND, "", end, other, NULL), g_strdup(LIVE), "");
    assert_pending(with(CONFIG, SOUND, "", end, other, "262144", "524288", NULL), g_strdup(LIVE),
                   "//memory live=268435456 config=536870912 restart");
    assert_pending(with(CONFIG, SOUND, "", end, other, "'up'", "'down'", NULL), g_strdup(LIVE),
                   "interface/52:54:00:00:00:01/link.state live=up config=down now");
    assert_pending(
        with(CONFIG, SOUND, "", end, other, "<devices>", ODD "<devices>", "262144", "524288", NULL),
        g_strdup(LIVE),
        "//memory live=268435456 config=536870912 restart; "
        "// live=yes config=yes restart");
}

/* Elements and attributes that no key speaks for. */
static void test_without_key(void **state)
{
    assert_pending(with(CONFIG, "<devices>", ODD "<devices>", NULL), g_strdup(LIVE),
                   "// live=yes config=yes restart");
    assert_pending(with(CONFIG, "<source file='/a'/>", "<source file='/a'/><odd/>", NULL),
                   g_strdup(LIVE), "disk/vda/ live=yes config=yes restart");
    assert_pending(with(CONFIG, "<source file='/a'/>", "<source file='/b'/><odd/>", NULL),
                   g_strdup(LIVE), "disk/vda/source.file live=/a config=/b restart");
    assert_pending(g_strdup(CONFIG), with(LIVE, "<devices>", ODD "<devices>", NULL), "");
    assert_pending_of(with(CONFIG, "<devices>", ODD "<devices>", NULL), g_strdup(LIVE), false, "");
}

/* A device that has an id of its own, beside others of its kind that have none. */
static void test_beside_others(void **state)
{
    const char *own = "<sound model='ich6'><alias name='ua-s'/>"
                      "<address type='pci' bus='0x00' slot='0x04'/></sound>";
    g_autofree char *first = with(CONFIG, SOUND, own, NULL),
                    *ran = with(LIVE, "<alias name='sound0'/>", "<alias name='ua-s'/>", NULL);
    char *texts[] = {with(first, "ac97", "es1370", NULL),
                     with(first, "<graphics", "<sound model='usb'/><graphics", NULL),
                     with(first, "<alias name='ua-s'/>", "<alias name='ua-s'/><odd/>", NULL)};
    const char *expected[] = {"sound/#2", "sound/#3", "sound/ua-s"};
    g_autoptr(DwDocument) before = dw_document_parse(first, strlen(first), NULL);
    g_autoptr(DwDocument) runs = dw_document_parse(ran, strlen(ran), NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(DwDocument) config = dw_document_parse(texts[i], strlen(texts[i]), NULL);
        DwRun run = {config, runs, before, runs, NULL, NULL};
        g_autoptr(GPtrArray) rows = dw_pending(&run);
        assert_int_equal(rows->len, 1);
        const DwPending *row = rows->pdata[0];
        g_autofree char *found = g_strconcat(row->kind, "/", row->id, NULL);
        assert_string_equal(found, expected[i]);
        g_free(texts[i]);
    }
}

/* Of devices without id and address the number changes when one before them goes. */
static void test_numbers(void **state)
{
    const char *tablet = "<input type='tablet' bus='usb'><alias name='ua-t'/></input>",
               *others = "<input type='mouse' bus='ps2'/><input type='keyboard' bus='ps2'/>";
    g_autofree char *inputs = g_strconcat(tablet, others, "<graphics", NULL),
                    *first = with(CONFIG, "<graphics", inputs, NULL),
                    *ran = with(LIVE, "<graphics", inputs, NULL),
                    *left = with(first, tablet, "", NULL);
    g_autoptr(DwDocument) before = dw_document_parse(first, strlen(first), NULL);
    g_autoptr(DwDocument) runs = dw_document_parse(ran, strlen(ran), NULL);
    g_autoptr(DwDocument) config = dw_document_parse(left, strlen(left), NULL);
    for (int known = 0; known < 2; known++) {
        DwRun run = {config, runs, known ? before : NULL, known ? runs : NULL, NULL, NULL};
        g_autoptr(GPtrArray) rows = dw_pending(&run);
        assert_int_equal(rows->len, 1);
        assert_string_equal(((DwPending *)rows->pdata[0])->id, "ua-t");
    }
}

#define MODULE(address)                                                                            \
    "<memory model='dimm'><target><size unit='KiB'>65536</size><node>0</node></target>" address    \
    "</memory>"
#define IN_SLOT(slot) "<address type='dimm' slot='" slot "'/>"
#define AT(slot)      "<address type='dimm' slot='" slot "' base='0x10000000" slot "'/>"
#define RNG(more)     "<rng model='virtio'><backend model='builtin'/>" more "</rng>"
#define PORT(bus)     "<address type='pci' bus='" bus "' slot='0x00'/>"

static void assert_seen(const char *config, const char *live, const char *first, const char *ran,
                        bool known, const char *expected)
{
    const char *end = "<graphics", *added[] = {config, live, first, ran};
    DwDocument *documents[4];
    for (int side = 0; side < 4; side++) {
        g_autofree char *more = g_strconcat(added[side], end, NULL),
                        *text = with(side % 2 ? LIVE : CONFIG, end, more, NULL);
        documents[side] = dw_document_parse(text, strlen(text), NULL);
    }
    DwRun run = {
        documents[0], documents[1], known ? documents[2] : NULL, known ? documents[3] : NULL,
        NULL,         NULL};
    g_autoptr(GPtrArray) rows = dw_pending(&run);
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const DwPending *row = rows->pdata[i];
        g_string_append_printf(found, "%s/%s/%s %d%d;", row->kind, row->id, row->key, row->has_live,
                               row->has_config);
    }
    assert_string_equal(found->str, expected);
    for (int side = 0; side < 4; side++)
        dw_document_free(documents[side]);
}

static void assert_run(const char *config, const char *live, const char *first, const char *ran,
                       const char *expected)
{
    assert_seen(config, live, first, ran, true, expected);
    assert_seen(config, live, first, ran, false, expected);
}

/* Where a module of memory begins, the running domain alone says. */
static void test_modules(void **state)
{
    const char *config = MODULE(IN_SLOT("0")), *live = MODULE(AT("0"));
    assert_run(config, live, config, live, "");
    assert_run("", live, config, live, "memory/#1/ 10;");
    assert_run(config, "", config, live, "memory/#1/ 01;");
    assert_run(MODULE(IN_SLOT("0")) MODULE(IN_SLOT("1")), live, config, live, "memory/#2/ 01;");
}

/* What came to both sides is one device, wherever libvirt put it on each. */
static void test_other_places(void **state)
{
    const char *config = RNG(PORT("0x07")), *live = RNG("<alias name='rng0'/>" PORT("0x06"));
    assert_run(config, live, "", "", "");
    assert_run(config, RNG("<alias name='ua-r'/>" PORT("0x06")), "", "", "");
    assert_run(config, live, RNG(PORT("0x07")), RNG(PORT("0x07")), "");
    assert_run(config, RNG("<rate bytes='9'/>" PORT("0x06")), "", "", "rng/#1/ 01;rng/#1/ 10;");
    assert_run(RNG("<alias name='ua-q'/>" PORT("0x07")), RNG("<alias name='ua-r'/>" PORT("0x06")),
               "", "", "rng/ua-q/ 01;rng/ua-r/ 10;");
    assert_run(RNG(PORT("0x07")) RNG(PORT("0x08")), live, "", "", "rng/#2/ 01;");
    assert_run(config, RNG("<alias name='ua-r'/>" PORT("0x06")), config, RNG(PORT("0x07")), "");
}

/* One came to both sides, and another to the configuration, which is where it is in the guest. */
static void test_crossed(void **state)
{
    const char *mine = RNG("<rate bytes='3'/>" PORT("0x08")),
               *there = RNG("<rate bytes='3'/>" PORT("0x07"));
    g_autofree char *config = g_strconcat(RNG("<rate bytes='2'/>" PORT("0x07")), mine, NULL);
    assert_run(config, there, "", "", "rng/#1/ 01;");
    assert_run(RNG("<rate bytes='2'/>" PORT("0x07")), there, "", "", "rng/#1/rate.bytes 11;");
}

/* Of two that are alike one was plugged into the guest again; then the other goes. */
static void test_alike(void **state)
{
    const char *six = RNG(PORT("0x06")), *seven = RNG(PORT("0x07"));
    g_autofree char *both = g_strconcat(six, seven, NULL),
                    *live = g_strconcat(seven, RNG("<alias name='ua-r'/>" PORT("0x06")), NULL);
    assert_seen(both, live, both, both, true, "");
    assert_seen(six, live, both, both, true, "rng/#1/ 10;");
}

/* An edit of the place or the name is no other device; known only if the beginning is. */
static void test_put_elsewhere(void **state)
{
    const char *config = RNG(PORT("0x07")), *live = RNG("<alias name='rng0'/>" PORT("0x07"));
    assert_seen(RNG(PORT("0x09")), live, config, live, true, "rng/#1/address.bus 11;");
    assert_seen(RNG("<alias name='ua-r'/>" PORT("0x07")), live, config, live, true,
                "rng/ua-r/alias 11;");
    assert_seen(config, RNG("<alias name='ua-r'/>" PORT("0x07")), config, live, true, "");
}

/* Which of the machine's own libvirt lists first is nothing. */
static void test_inputs_of_the_machine(void **state)
{
    const char *mouse = "<input type='mouse' bus='ps2'/>",
               *keyboard = "<input type='keyboard' bus='ps2'/>";
    g_autofree char *one = g_strconcat(mouse, keyboard, NULL),
                    *other = g_strconcat(keyboard, mouse, NULL);
    assert_run(other, one, one, one, "");
}

/* Rows of what has been changed last. */
static void test_among(void **state)
{
    g_autofree char *before = with(CONFIG, "262144", "524288", "<source file='/a'/>",
                                   "<source file='/a'/><serial>1</serial>", NULL);
    g_autofree char *after = with(before, "'up'", "'down'", "current='1'", "current='2'",
                                  "<serial>1</serial>", "", NULL);
    g_autoptr(DwDocument) old = dw_document_parse(before, strlen(before), NULL);
    g_autoptr(DwDocument) new = dw_document_parse(after, strlen(after), NULL);
    DwChanges changes;
    dw_changes_between(old, new, &changes);
    for (int known = 0; known < 2; known++) {
        assert_pending_among(old, &changes, g_strdup(after), g_strdup(LIVE), known,
                             "//vcpu.current live=1 config=2 now; "
                             "interface/52:54:00:00:00:01/link.state live=up config=down now");
        assert_pending_among(old, &changes, g_strdup(after),
                             with(LIVE, "'up'", "'down'", "current='1'", "current='2'", NULL),
                             known, "");
    }
    dw_changes_clear(&changes);
}

static void test_not_seen(void **state)
{
    assert_pending_of(with(CONFIG, "262144", "524288", NULL), g_strdup(LIVE), false,
                      "//memory live=268435456 config=536870912 restart");
    assert_pending_of(with(CONFIG, "'up'", "'down'", "file='/a'", "file='/b'", NULL),
                      g_strdup(LIVE), false,
                      "disk/vda/source.file live=/a config=/b restart; "
                      "interface/52:54:00:00:00:01/link.state live=up config=down now");
    assert_pending_of(with(CONFIG, "<graphics", USB "<graphics", NULL), g_strdup(LIVE), false,
                      "disk/sdz/ config=yes restart");
    assert_pending_of(with(CONFIG, "<link state='up'/>", "", NULL),
                      with(LIVE, "'up'", "'down'", "<memory ", "<title>t</title><memory ", NULL),
                      false,
                      "//title live=t lost; "
                      "interface/52:54:00:00:00:01/link.state live=down lost");
    /* However it came to be there: the next start is without it. */
    assert_pending_of(g_strdup(CONFIG), with(LIVE, "<graphics", USB_LIVE "<graphics", NULL), false,
                      "disk/sdz/ live=yes lost");
}

/* What is not said is what libvirt takes it for. */
static void test_usual(void **state)
{
    const char *link = "<link state='up'/>", *policy = "<source file='/iso'/>";
    const char *tuned = "<devices>", *relaxed = "<features><hyperv><relaxed state='off'/></hyperv>"
                                                "</features><devices>";
    for (int known = 0; known < 2; known++) {
        assert_pending_of(with(CONFIG, link, "", NULL), g_strdup(LIVE), known, "");
        assert_pending_of(g_strdup(CONFIG), with(LIVE, link, "", NULL), known, "");
        assert_pending_of(
            with(CONFIG, policy, "<source file='/iso' startupPolicy='mandatory'/>", NULL),
            g_strdup(LIVE), known, "");
        assert_pending_of(
            with(CONFIG, policy, "<source file='/iso' startupPolicy='optional'/>", NULL),
            g_strdup(LIVE), known, "disk/sda/source.startupPolicy config=optional now");
        assert_pending_of(with(CONFIG, tuned, relaxed, NULL), g_strdup(LIVE), known, "");
        assert_pending_of(with(CONFIG, tuned, relaxed, "'off'", "'on'", NULL), g_strdup(LIVE),
                          known, "//hyperv.relaxed config=yes restart");
    }
    assert_pending(with(CONFIG, link, "", NULL), with(LIVE, "'up'", "'down'", NULL),
                   "interface/52:54:00:00:00:01/link.state live=down now");
    assert_pending(with(CONFIG, "'up'", "'down'", NULL), with(LIVE, link, "", NULL),
                   "interface/52:54:00:00:00:01/link.state config=down now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_config),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_both),
        cmocka_unit_test(test_meaning),
        cmocka_unit_test(test_not_seen),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_without_key),
        cmocka_unit_test(test_among),
        cmocka_unit_test(test_devices_among),
        cmocka_unit_test(test_usual),
        cmocka_unit_test(test_beside_others),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_modules),
        cmocka_unit_test(test_other_places),
        cmocka_unit_test(test_put_elsewhere),
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_crossed),
        cmocka_unit_test(test_inputs_of_the_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
