/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to qemu:///embed, the thread that runs libvirt's event loop, and the schema. */
#include "embed.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include <glib.h>

static void *run_loop(void *data)
{
    for (;;)
        virEventRunDefaultImpl();
    return NULL;
}

/* The programs print what they have to say themselves. */
static void ignore_error(void *data, virErrorPtr error)
{
}

virConnectPtr embed_open(const char *root, uint64_t *ret_version)
{
    g_autofree char *uri = g_strdup_printf("qemu:///embed?root=%s", root);
    unsigned long version = 0;
    pthread_t thread;

    virSetErrorFunc(NULL, ignore_error);
    virConnectPtr connection = NULL;
    if (virEventRegisterDefaultImpl() == 0 && pthread_create(&thread, NULL, run_loop, NULL) == 0)
        connection = virConnectOpen(uri);
    if (connection)
        virConnectGetLibVersion(connection, &version);
    else
        fprintf(stderr, "no qemu:///embed here: %s\n", virGetLastErrorMessage());
    *ret_version = version;
    return connection;
}

/* The schema, read once. */
static xmlRelaxNGPtr read_schema(void)
{
    static xmlRelaxNGPtr schema;

    if (!schema) {
        xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(EMBED_SCHEMAS "/domain.rng");

        schema = xmlRelaxNGParse(parser);
        xmlRelaxNGFreeParserCtxt(parser);
        if (!schema)
            g_error("there is no schema of libvirt's here");
    }
    return schema;
}

/* It is not said where: that is the rules' business. */
static void ignore_fault(void *data, const char *format, ...)
{
}

static bool fits_schema(const char *xml)
{
    xmlRelaxNGValidCtxtPtr validator = xmlRelaxNGNewValidCtxt(read_schema());
    xmlDocPtr document = xmlReadDoc((const xmlChar *)xml, NULL, NULL, XML_PARSE_NONET);

    xmlRelaxNGSetValidErrors(validator, ignore_fault, ignore_fault, NULL);
    bool fits = document && xmlRelaxNGValidateDoc(validator, document) == 0;
    xmlRelaxNGFreeValidCtxt(validator);
    xmlFreeDoc(document);
    return fits;
}

static char *refusal_here(virConnectPtr connection, const char *xml)
{
    virDomainPtr domain = virDomainDefineXML(connection, xml);
    if (!domain)
        return g_strdup(virGetLastErrorMessage());
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM);
    virDomainFree(domain);
    return NULL;
}

/* In a process that ends then, which takes what has become of its memory along. */
static char *refusal_apart(virConnectPtr connection, const char *xml)
{
    char words[4096];
    size_t length = 0;
    int ends[2], status = -1;

    fflush(NULL);
    if (pipe(ends) != 0)
        g_error("there is no pipe");
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        if (!freopen("/dev/null", "w", stderr)) /* for words about its memory */
            _exit(1);
        char *refusal = refusal_here(connection, xml);
        bool told = !refusal || write(ends[1], refusal, strlen(refusal)) >= 0;
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    for (ssize_t n;
         length < sizeof words && (n = read(ends[0], words + length, sizeof words - length)) > 0;)
        length += (size_t)n;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return g_strdup("libvirt has not survived it");
    return length ? g_strndup(words, length) : NULL;
}

char *embed_refusal(virConnectPtr connection, const char *xml)
{
    if (!fits_schema(xml))
        return g_strdup("XML document failed to validate against schema");
    /* When libvirt refuses a distance, it writes a zero beyond the last of the cells, into what
     * others have there; and an iSCSI source whose name is empty ends it. */
    return strstr(xml, "<distances") || strstr(xml, " name=''") ? refusal_apart(connection, xml)
                                                                : refusal_here(connection, xml);
}
