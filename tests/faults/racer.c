/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * racer URI DOMAIN COUNT: another program that redefines a domain, as fast as it can and without
 * looking left or right: reads it, writes the next number into the description, defines it. Tells,
 * a line each, the numbers it had written that were gone when it read again.
 */
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "<description>"

/* The document with another number; NULL: no memory. */
static char *numbered(const char *xml, long number)
{
    const char *at = strstr(xml, MARK);
    const char *rest = at ? strchr(at + strlen(MARK), '<') : NULL;
    char *text = NULL;

    if (!rest || asprintf(&text, "%.*s" MARK "%ld%s", (int)(at - xml), xml, number, rest) < 0)
        return NULL;
    return text;
}

static long number_in(const char *xml)
{
    const char *at = strstr(xml, MARK);

    return at ? strtol(at + strlen(MARK), NULL, 10) : -1;
}

/* Whether the number before was still there; -1: libvirt would not. */
static int turn(virConnectPtr connection, virDomainPtr domain, long number)
{
    char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    char *text = xml ? numbered(xml, number) : NULL;
    virDomainPtr defined = text ? virDomainDefineXML(connection, text) : NULL;
    int kept = defined ? number_in(xml) == number - 1 : -1;

    if (defined)
        virDomainFree(defined);
    free(text);
    free(xml);
    return kept;
}

int main(int argc, char **argv)
{
    virConnectPtr connection = argc == 4 ? virConnectOpen(argv[1]) : NULL;
    virDomainPtr domain = connection ? virDomainLookupByName(connection, argv[2]) : NULL;
    long count = domain ? strtol(argv[3], NULL, 10) : 0;

    for (long number = 1; number <= count; number++) {
        int kept = turn(connection, domain, number);
        if (kept < 0)
            return 1;
        if (!kept)
            printf("%ld\n", number - 1);
    }
    if (!domain)
        return 1;
    virDomainFree(domain);
    virConnectClose(connection);
    return 0;
}
