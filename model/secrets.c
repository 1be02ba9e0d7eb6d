/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The places of a document that hold secrets: hiding what is there, and putting it back. Who may
 * see a secret is none of its business.
 */
#include <string.h>

#include "devices.h"
#include "document.h"
#include "secrets.h"

#define SECRET_ATTRIBUTE "passwd"
#define SECRET_ELEMENT   "cookie"

/* What libvirt keeps for those alone who ask it for secrets: passwords of displays, cookies of
 * disks. Some of libvirt's readers look at names without their namespaces, so prefixes do not
 * matter; nor does it how often anything is there. */
typedef struct {
    DwNode device, node;
    char *attribute; /* as written; NULL: the text */
} Secret;

static void secret_clear(void *secret)
{
    g_free(((Secret *)secret)->attribute);
}

static bool is_local_name(const char *name, size_t length, const char *local)
{
    size_t n = strlen(local);

    return length >= n && memcmp(name + length - n, local, n) == 0 &&
           (length == n || name[length - n - 1] == ':');
}

static bool has_local_name(const DwDocument *document, DwNode node, const char *local)
{
    if (!node_is_foreign(document, node))
        return node_is(document, node, local);
    g_autofree char *name = node_name(document, node);
    return is_local_name(name, strlen(name), local);
}

bool secret_is_attribute(const char *name, size_t length)
{
    return is_local_name(name, length, SECRET_ATTRIBUTE);
}

bool secret_is_text(const DwDocument *document, DwNode node)
{
    return has_local_name(document, node, SECRET_ELEMENT);
}

/* A name is spelt in one way only, unless something before the root says otherwise. */
bool dw_text_may_hold_secret(const char *text)
{
    return !g_str_has_prefix(text, "<domain") || strstr(text, SECRET_ATTRIBUTE) ||
           strstr(text, SECRET_ELEMENT);
}

static void add_attributes(const DwDocument *document, DwNode device, GArray *secrets)
{
    DwNodeAttribute attribute = {0};

    while (node_next_attribute(document, device, &attribute))
        if (secret_is_attribute(attribute.name, attribute.name_length)) {
            Secret secret = {device, device, g_strndup(attribute.name, attribute.name_length)};
            g_array_append_val(secrets, secret);
        }
}

static void add_texts(const DwDocument *document, DwNode device, DwNode node, GArray *secrets)
{
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        if (secret_is_text(document, child))
            g_array_append_val(secrets, ((Secret){device, child, NULL}));
        add_texts(document, device, child, secrets);
    }
}

static GArray *find_secrets(const DwDocument *document)
{
    GArray *secrets = g_array_new(FALSE, FALSE, sizeof(Secret));
    DwNode devices = devices_node(document);

    g_array_set_clear_func(secrets, secret_clear);
    for (; devices != DW_NODE_NONE; devices = node_next_same(document, devices))
        for (DwNode device = node_first_child(document, devices); device != DW_NODE_NONE;
             device = node_next(document, device))
            if (has_local_name(document, device, "graphics"))
                add_attributes(document, device, secrets);
            else if (has_local_name(document, device, "disk"))
                add_texts(document, device, device, secrets);
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

static DwDocument *with_secrets(const DwDocument *document, const char *value)
{
    DwDocument *copy = dw_document_copy(document);
    g_autoptr(GArray) secrets = find_secrets(copy);

    for (guint i = 0; i < secrets->len; i++)
        secret_set(copy, &g_array_index(secrets, Secret, i), value);
    return copy;
}

char *dw_document_redacted(const DwDocument *document)
{
    g_autoptr(DwDocument) copy = with_secrets(document, DW_SECRET_PLACEHOLDER);

    return g_strdup(dw_document_text(copy, NULL));
}

DwDocument *dw_document_veiled(const DwDocument *document, bool given)
{
    return with_secrets(document, given ? "(given secret)" : DW_SECRET_PLACEHOLDER);
}

static bool is_kept(const DwDocument *document, const Secret *secret)
{
    g_autofree char *value = secret_value(document, secret);

    return g_strcmp0(value, DW_SECRET_PLACEHOLDER) == 0;
}

bool dw_document_gives_secret(const DwDocument *document)
{
    g_autoptr(GArray) secrets = find_secrets(document);

    for (guint i = 0; i < secrets->len; i++) {
        if (!is_kept(document, &g_array_index(secrets, Secret, i)))
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

/* In which elements of which device a secret stands, and its own name. */
static char *describe_place(const DwDocument *document, const Secret *secret, const char *id)
{
    g_autofree char *name = node_attribute(document, secret->node, "name");
    GString *place = g_string_new(id);

    for (DwNode node = secret->node;; node = node_parent(document, node)) {
        g_autofree char *element = node_name(document, node);
        g_string_append_printf(place, "\1%s", element);
        if (node == secret->device)
            break;
    }
    g_string_append_printf(place, "\1%s\1%s", secret->attribute ? secret->attribute : "",
                           name ? name : "");
    return g_string_free(place, FALSE);
}

/* The places of secrets, in their order. Of several in the same place each has its number. */
static GPtrArray *list_places(const DwDocument *document, const GArray *secrets)
{
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) positions = device_counts_new();
    DwNode devices = devices_node(document);

    for (; devices != DW_NODE_NONE; devices = node_next_same(document, devices))
        for (DwNode device = node_first_child(document, devices); device != DW_NODE_NONE;
             device = node_next(document, device)) {
            g_autofree char *id = device_id_counted(document, device, positions);
            while (places->len < secrets->len &&
                   g_array_index(secrets, Secret, places->len).device == device) {
                const Secret *secret = &g_array_index(secrets, Secret, places->len);
                char *place = describe_place(document, secret, id);
                unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, place));
                g_ptr_array_add(places, g_strdup_printf("%u\1%s", n, place));
                g_hash_table_insert(counts, place, GUINT_TO_POINTER(n + 1));
            }
        }
    return places;
}

typedef struct {
    const DwDocument *document;
    GArray *secrets;
    GHashTable *by_place; /* place -> Secret */
    GPtrArray *places;
} Kept;

static void kept_clear(Kept *kept)
{
    g_clear_pointer(&kept->by_place, g_hash_table_unref);
    g_clear_pointer(&kept->places, g_ptr_array_unref);
    g_clear_pointer(&kept->secrets, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Kept, kept_clear)

static Kept kept_of(const DwDocument *document)
{
    Kept kept = {.document = document, .by_place = g_hash_table_new(g_str_hash, g_str_equal)};

    if (!document)
        return kept;
    kept.secrets = find_secrets(document);
    kept.places = list_places(document, kept.secrets);
    for (guint i = 0; i < kept.places->len; i++)
        g_hash_table_insert(kept.by_place, kept.places->pdata[i],
                            &g_array_index(kept.secrets, Secret, i));
    return kept;
}

bool dw_document_keep_secrets(DwDocument *document, const DwDocument *base, GError **error)
{
    g_autoptr(GArray) secrets = find_secrets(document);
    g_autoptr(GPtrArray) places = NULL;
    g_auto(Kept) kept = {0};

    for (guint i = 0; i < secrets->len; i++) {
        const Secret *secret = &g_array_index(secrets, Secret, i);

        if (!is_kept(document, secret))
            continue;
        if (!places) {
            places = list_places(document, secrets);
            kept = kept_of(base);
        }
        const Secret *known = g_hash_table_lookup(kept.by_place, places->pdata[i]);
        g_autofree char *kind = node_name(document, secret->device);
        if (!known) {
            g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                        "\"%s\" in a device of kind \"%s\" stands for a secret that is kept, and "
                        "here there is none to keep; give the secret itself.",
                        DW_SECRET_PLACEHOLDER, kind);
            return false;
        }
        g_autofree char *value = secret_value(base, known);
        secret_set(document, secret, value);
    }
    return true;
}
