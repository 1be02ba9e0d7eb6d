/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See guest.h.
 */
#include "guest.h"
#include "caller.h"

#include <glib.h>
#include <stdlib.h>

char *guest_xml(const char *type, const char *name)
{
    return g_strdup_printf("<domain type='%s'>\n"
                           "  <name>%s</name>\n"
                           "  <memory unit='KiB'>1048576</memory>\n"
                           "  <vcpu placement='static'>2</vcpu>\n"
                           "  <os>\n"
                           "    <type arch='%s'>hvm</type>\n"
                           "  </os>\n"
                           "  <features>\n    <acpi/>\n    <apic/>\n  </features>\n"
                           "  <clock offset='utc'/>\n"
                           "  <devices>\n"
                           "    <disk type='file' device='disk'>\n"
                           "      <driver name='qemu' type='qcow2'/>\n"
                           "      <source file='/srv/vm/bench.qcow2'/>\n"
                           "      <target dev='vda' bus='virtio'/>\n"
                           "    </disk>\n"
                           "  </devices>\n"
                           "</domain>\n",
                           type, name, g_str_equal(type, "test") ? "i686" : "x86_64");
}

char *guest_define_ours(sd_bus *bus, const char *type, const char *name)
{
    g_autofree char *xml = guest_xml(type, name);

    return reply_path(call(bus, DOMWRIGHT_BUS_NAME, HOST_PATH, DOMWRIGHT_HOST_INTERFACE,
                           "DefineXML", "sa{sv}", xml, 0));
}

void guest_undefine_ours(sd_bus *bus, const char *path)
{
    call_only(bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_DOMAIN_INTERFACE, "Undefine", "a{sv}", 0);
}

void guest_get_ours(sd_bus *bus, const char *path)
{
    call_only(bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_CONFIG_INTERFACE, "GetXML", "a{sv}", 0);
}

void guest_set_title_ours(sd_bus *bus, const char *path)
{
    call_only(bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_CONFIG_INTERFACE, "Modify", "a{sv}asa{sv}",
              1, "title", "s", PLAIN_TITLE, 0, 0);
}

void guest_unset_title_ours(sd_bus *bus, const char *path)
{
    call_only(bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_CONFIG_INTERFACE, "Modify", "a{sv}asa{sv}",
              0, 1, "title", 0);
}

void guest_add_disk_ours(sd_bus *bus, const char *path)
{
    call_only(bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_CONFIG_INTERFACE, "AddDisk", "a{sv}a{sv}", 4,
              "source.file", "s", PLAIN_DISK_FILE, "driver.type", "s", PLAIN_DISK_TYPE,
              "target.dev", "s", PLAIN_DISK_TARGET, "target.bus", "s", PLAIN_DISK_BUS, 0);
}

void guest_remove_disk_ours(sd_bus *bus, const char *path)
{
    call_only(bus, DOMWRIGHT_BUS_NAME, path, DOMWRIGHT_CONFIG_INTERFACE, "RemoveDisk", "sa{sv}",
              PLAIN_DISK_TARGET, 0);
}

virConnectPtr guest_connect(const char *uri)
{
    virConnectPtr connection = virConnectOpen(uri);

    if (!connection)
        die("%s: %s", uri, virGetLastErrorMessage());
    return connection;
}

void guest_redefine(virConnectPtr connection, const char *xml)
{
    virDomainPtr domain = virDomainDefineXML(connection, xml);

    if (!domain)
        die("define: %s", virGetLastErrorMessage());
    virDomainFree(domain);
}

virDomainPtr guest_define(virConnectPtr connection, const char *type, const char *name)
{
    g_autofree char *xml = guest_xml(type, name);
    virDomainPtr domain;

    guest_redefine(connection, xml);
    domain = virDomainLookupByName(connection, name);
    if (!domain)
        die("%s: %s", name, virGetLastErrorMessage());
    return domain;
}

char *guest_get(virDomainPtr domain)
{
    char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);

    if (!xml)
        die("the XML of %s: %s", virDomainGetName(domain), virGetLastErrorMessage());
    return xml;
}

void guest_edit(virConnectPtr connection, virDomainPtr domain, PlainEdit edit)
{
    char *before = guest_get(domain);
    xmlChar *after = plain_edit(before, edit);

    if (!after)
        die("the XML of %s is not what it should be", virDomainGetName(domain));
    guest_redefine(connection, (const char *)after);
    xmlFree(after);
    free(before);
}
