/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The places of a document that hold secrets: hiding what is there, and putting it back. Who may
 * see a secret is none of its business.
 */
#include <string.h>

#include "devices.h"
#include "document.h"

/* Where libvirt keeps what XML_SECURE asks for: devices, the element below (NULL: the device), its
 * attribute (NULL: its text). */
static const struct {
    const char *device, *element, *attribute;
} kinds[] = {
    {"graphics", NULL, "passwd"},
    {"disk", "cookie", NULL},
};

typedef struct {
    DwNode device, node;
    const char *attribute; /* NULL: the text */
} Secret;

static void add_below(const DwDocument *document, DwNode device, DwNode node, const char *element,
                      GArray *secrets)
{
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        if (node_is(document, child, element))
            g_array_append_val(secrets, ((Secret){device, child, NULL}));
        else
            add_below(document, device, child, element, secrets);
    }
}

static GArray *find_secrets(const DwDocument *document)
{
    GArray *secrets = g_array_new(FALSE, FALSE, sizeof(Secret));

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        for (DwNode device = device_next(document, kinds[i].device, DW_NODE_NONE);
             device != DW_NODE_NONE; device = device_next(document, kinds[i].device, device)) {
            g_autofree char *value =
                kinds[i].attribute ? node_attribute(document, device, kinds[i].attribute) : NULL;

            if (kinds[i].element)
                add_below(document, device, device, kinds[i].element, secrets);
            else if (value)
                g_array_append_val(secrets, ((Secret){device, device, kinds[i].attribute}));
        }
    return secrets;
}

static char *secret_value(const DwDocument *document, const Secret *secret)
{
    return secret->attribute ? node_attribute(document, secret->node, secret->attribute)
                             : node_text(document, secret->node);
}

static void secret_set(DwDocument *document, const Secret *secret, const char *value)
{
    if (secret->attribute)
        node_set_attribute(document, secret->node, secret->attribute, value);
    else
        node_set_text(document, secret->node, value);
}

char *dw_document_redacted(const DwDocument *document)
{
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    g_autoptr(GArray) secrets = find_secrets(copy);

    for (guint i = 0; i < secrets->len; i++)
        secret_set(copy, &g_array_index(secrets, Secret, i), DW_SECRET_PLACEHOLDER);
    return g_strdup(dw_document_text(copy, NULL));
}

bool dw_document_gives_secret(const DwDocument *document)
{
    g_autoptr(GArray) secrets = find_secrets(document);

    for (guint i = 0; i < secrets->len; i++) {
        g_autofree char *value = secret_value(document, &g_array_index(secrets, Secret, i));
        if (g_strcmp0(value, DW_SECRET_PLACEHOLDER) != 0)
            return true;
    }
    return false;
}

static bool gives_secret(const DwEdit *edit)
{
    for (size_t i = 0; i < dw_settings_count(edit->values); i++) {
        const DwValue *value = dw_settings_value(edit->values, i);
        DwPlace place;

        if (place_find(edit->kind, dw_settings_key(edit->values, i), &place) &&
            (place.row->flags & DW_ROW_SECRET) &&
            !(value->type == DW_VALUE_STRING && strcmp(value->s, DW_SECRET_PLACEHOLDER) == 0))
            return true;
    }
    return false;
}

bool dw_edits_give_secret(const GPtrArray *edits)
{
    for (guint i = 0; i < edits->len; i++)
        if (gives_secret(edits->pdata[i]))
            return true;
    return false;
}

/* Do both hold the same secret: of the same device, and of the same name where it has several? */
static bool is_same(const DwDocument *a, const Secret *in_a, const DwDocument *b,
                    const Secret *in_b)
{
    g_autofree char *kind = node_name(a, in_a->device);
    g_autofree char *id = device_id(a, in_a->device), *other_id = device_id(b, in_b->device);
    g_autofree char *name = node_attribute(a, in_a->node, "name");
    g_autofree char *other_name = node_attribute(b, in_b->node, "name");

    return node_is(b, in_b->device, kind) && g_str_equal(id, other_id) &&
           g_strcmp0(name, other_name) == 0;
}

static char *kept_value(const DwDocument *document, const Secret *secret, const DwDocument *base,
                        const GArray *kept)
{
    for (guint i = 0; kept && i < kept->len; i++) {
        const Secret *other = &g_array_index(kept, Secret, i);
        if (is_same(document, secret, base, other))
            return secret_value(base, other);
    }
    return NULL;
}

bool dw_document_keep_secrets(DwDocument *document, const DwDocument *base, GError **error)
{
    g_autoptr(GArray) secrets = find_secrets(document);
    g_autoptr(GArray) kept = base ? find_secrets(base) : NULL;

    for (guint i = 0; i < secrets->len; i++) {
        const Secret *secret = &g_array_index(secrets, Secret, i);
        g_autofree char *value = secret_value(document, secret);

        if (g_strcmp0(value, DW_SECRET_PLACEHOLDER) != 0)
            continue;
        g_autofree char *known = kept_value(document, secret, base, kept);
        g_autofree char *kind = node_name(document, secret->device);
        if (!known) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                        "\"%s\" in a device of kind \"%s\" stands for a secret that is kept, and "
                        "here there is none to keep; give the secret itself.",
                        DW_SECRET_PLACEHOLDER, kind);
            return false;
        }
        secret_set(document, secret, known);
    }
    return true;
}
