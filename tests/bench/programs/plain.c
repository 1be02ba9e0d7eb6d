/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See plain.h.
 */
#include "plain.h"

#include <libxml/parser.h>
#include <string.h>

static xmlNode *child(xmlNode *parent, const char *name)
{
    for (xmlNode *node = parent ? parent->children : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, BAD_CAST name))
            return node;
    return NULL;
}

xmlDoc *plain_parse(const char *text, int length)
{
    xmlDoc *document = xmlReadMemory(text, length, NULL, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (document && !child(xmlDocGetRootElement(document), "devices")) {
        xmlFreeDoc(document);
        return NULL;
    }
    return document;
}

void plain_add_disk(xmlDoc *document)
{
    xmlNode *devices = child(xmlDocGetRootElement(document), "devices");
    xmlNode *disk = xmlNewChild(devices, NULL, BAD_CAST "disk", NULL);
    xmlNode *driver = xmlNewChild(disk, NULL, BAD_CAST "driver", NULL);
    xmlNode *source = xmlNewChild(disk, NULL, BAD_CAST "source", NULL);
    xmlNode *target = xmlNewChild(disk, NULL, BAD_CAST "target", NULL);

    xmlNewProp(disk, BAD_CAST "type", BAD_CAST "file");
    xmlNewProp(disk, BAD_CAST "device", BAD_CAST "disk");
    xmlNewProp(driver, BAD_CAST "name", BAD_CAST "qemu");
    xmlNewProp(driver, BAD_CAST "type", BAD_CAST PLAIN_DISK_TYPE);
    xmlNewProp(source, BAD_CAST "file", BAD_CAST PLAIN_DISK_FILE);
    xmlNewProp(target, BAD_CAST "dev", BAD_CAST PLAIN_DISK_TARGET);
    xmlNewProp(target, BAD_CAST "bus", BAD_CAST PLAIN_DISK_BUS);
}

void plain_set_title(xmlDoc *document)
{
    xmlNode *title = xmlNewNode(NULL, BAD_CAST "title");

    xmlNodeAddContent(title, BAD_CAST PLAIN_TITLE);
    xmlAddNextSibling(child(xmlDocGetRootElement(document), "name"), title);
}

xmlChar *plain_export(xmlDoc *document, int *ret_length)
{
    xmlChar *text = NULL;

    xmlDocDumpMemory(document, &text, ret_length);
    return text;
}

xmlChar *plain_edit(const char *text, PlainEdit edit)
{
    xmlDoc *document = plain_parse(text, (int)strlen(text));
    xmlChar *after = NULL;
    int length;

    if (!document)
        return NULL;
    if (edit)
        edit(document);
    after = plain_export(document, &length);
    xmlFreeDoc(document);
    return after;
}
