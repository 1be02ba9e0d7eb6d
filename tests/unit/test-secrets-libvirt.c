/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is hidden is what libvirt itself hides of a document from those who may read it, no less and
 * no more: whoever may read would else ask libvirt. A word in each place where somebody may have
 * put what is to be kept, in a domain of libvirt's test driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <domwright/model.h>
#include <libvirt/libvirt.h>

/* The places, each with %s for its word. */
static const char *const places[] = {
    "<title>%s</title>",
    "<description>%s</description>",
    "<metadata><a xmlns='urn:a' token='%s'/></metadata>",
    "<sysinfo "
    "type='smbios'><oemStrings><entry>io.systemd.credential:passwd.plaintext-password.root=%s"
    "</entry></oemStrings></sysinfo>",
    "<sysinfo type='smbios'><system><entry name='serial'>%s</entry></system></sysinfo>",
    "<sysinfo type='fwcfg'><entry name='opt/com.coreos/config'>%s</entry></sysinfo>",
    "<launchSecurity type='sev'><policy>0x1</policy><dhCert>%s</dhCert></launchSecurity>",
    "<launchSecurity type='sev'><policy>0x1</policy><session>%s</session></launchSecurity>",
#define DISK(source)                                                                               \
    "<devices><disk type='network'><driver name='qemu' type='raw'/>" source                        \
    "<target dev='vda' bus='virtio'/></disk></devices>"
    DISK("<source protocol='https' name='a'><host name='h' port='1'/><cookies><cookie name='c'>%s"
         "</cookie></cookies></source>"),
    DISK("<source protocol='https' name='a' query='token=%s'><host name='h' port='1'/></source>"),
    DISK("<source protocol='iscsi' name='iqn.a:b/1'><host name='h' port='1'/><auth username='%s'>"
         "<secret type='iscsi' usage='u'/></auth></source>"),
    DISK("<source protocol='iscsi' name='iqn.a:b/1'><host name='h' port='1'/><auth username='u'>"
         "<secret type='iscsi' usage='%s'/></auth></source>"),
    DISK("<source protocol='iscsi' name='iqn.a:b/1'><host name='h' port='1'/><initiator>"
         "<iqn name='iqn.%s'/></initiator></source>"),
    DISK("<source protocol='rbd' name='pool/%s'><host name='h' port='1'/></source>"),
    "<devices><graphics type='vnc' passwd='%s'/></devices>",
    "<devices><graphics type='spice' passwd='%s'/></devices>",
    "<devices><smartcard mode='host-certificates'><certificate>%s</certificate><certificate>b"
    "</certificate><certificate>c</certificate><database>/etc/pki</database></smartcard></devices>",
};

/* How many places libvirt shows, and hides. */
static unsigned n_shown, n_hidden;

static char *document_with(const char *place, const char *word)
{
    g_auto(GStrv) around = g_strsplit(place, "%s", 2);
    g_autofree char *inside = g_strjoinv(word, around);
    const char *before = g_str_has_prefix(inside, "<devices>") ? "" : inside,
               *after = *before ? "" : inside;

    return g_strdup_printf("<domain type='test'><name>secret</name>%s<memory>1024</memory>"
                           "<os><type>hvm</type></os>%s</domain>",
                           before, after);
}

static void try_place(virConnectPtr connection, const char *place)
{
    static const char word[] = "cAnArY42";
    g_autofree char *xml = document_with(place, word);
    virDomainPtr domain = virDomainDefineXML(connection, xml);

    if (!domain)
        fail_msg("libvirt does not define: %s", xml);
    g_autofree char *all =
        virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    g_autofree char *some = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    g_autoptr(DwDocument) document = dw_document_parse(all, strlen(all), NULL);
    g_autofree char *ours = dw_document_redacted(document);

    if (!strstr(all, word))
        fail_msg("libvirt does not keep: %s", xml);
    if (!strstr(some, word) != !strstr(ours, word))
        fail_msg("libvirt shows %s and we %s", some, ours);
    n_shown += strstr(some, word) != NULL;
    n_hidden += strstr(some, word) == NULL;
    virDomainUndefine(domain);
    virDomainFree(domain);
}

static void test_as_libvirt(void **state)
{
    virConnectPtr connection = virConnectOpen("test:///default");

    assert_non_null(connection);
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
        try_place(connection, places[i]);
    assert_int_equal(n_hidden, 3); /* the cookie and two passwords */
    assert_int_equal(n_shown, G_N_ELEMENTS(places) - 3);
    virConnectClose(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_libvirt)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
