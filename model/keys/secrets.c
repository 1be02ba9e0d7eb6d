/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The places of a document that hold secrets: hiding what is there, and putting it back. Who may
 * see a secret is none of its business.
 */
#include <string.h>

#include "document/document.h"
#include "keys/devices.h"
#include "keys/secrets.h"

#define SECRET_ATTRIBUTE "passwd"
#define SECRET_ELEMENT   "cookie"

/* What libvirt keeps for those alone who ask it for secrets: passwords of displays, cookies of
 * disks. Some of libvirt's readers look at names without their namespaces, so prefixes do not
 * matter; nor does it how often anything is there. */
typedef struct {
    DwNode device, node;
    DwNodeAttribute attribute; /* name NULL: the text */
} Secret;

static bool is_local_name(const char *name, size_t length, const char *local)
{
    size_t n = strlen(local);

    return length >= n && memcmp(name + length - n, local, n) == 0 &&
           (length == n || name[length - n - 1] == ':');
}

bool secret_is_attribute(const char *name, size_t length)
{
    return is_local_name(name, length, SECRET_ATTRIBUTE);
}

bool secret_is_text(const DwDocument *document, DwNode node)
{
    return node_has_local_name(document, node, SECRET_ELEMENT);
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
            Secret secret = {device, device, attribute};
            g_array_append_val(secrets, secret);
        }
}

static void add_texts(const DwDocument *document, DwNode device, DwNode node, GArray *secrets)
{
    for (DwNode child = node_first_child(document, node); child != DW_NODE_NONE;
         child = node_next(document, child)) {
        if (secret_is_text(document, child))
            g_array_append_val(secrets, ((Secret){.device = device, .node = child}));
        add_texts(document, device, child, secrets);
    }
}

static void add_children(const DwDocument *document, DwNode parent, GArray *nodes)
{
    for (DwNode node = node_first_child(document, parent); node != DW_NODE_NONE;
         node = node_next(document, node))
        g_array_append_val(nodes, node);
}

/* What secrets can be in: <os>, with the sources of the firmware's variables, and devices. */
static GArray *find_holders(const DwDocument *document)
{
    GArray *holders = g_array_new(FALSE, FALSE, sizeof(DwNode));
    DwNode devices = devices_node(document);

    for (DwNode node = node_first_child(document, document_root(document)); node != DW_NODE_NONE;
         node = node_next(document, node))
        if (node_has_local_name(document, node, "os"))
            g_array_append_val(holders, node);
    for (; devices != DW_NODE_NONE; devices = node_next_same(document, devices))
        add_children(document, devices, holders);
    return holders;
}

static GArray *find_secrets(const DwDocument *document)
{
    GArray *secrets = g_array_new(FALSE, FALSE, sizeof(Secret));
    g_autoptr(GArray) holders = find_holders(document);

    for (guint i = 0; i < holders->len; i++) {
        DwNode holder = g_array_index(holders, DwNode, i);
        if (node_has_local_name(document, holder, "graphics"))
            add_attributes(document, holder, secrets);
        else if (node_has_local_name(document, holder, "disk") ||
                 node_has_local_name(document, holder, "os"))
            add_texts(document, holder, holder, secrets);
    }
    return secrets;
}

static char *secret_value(const DwDocument *document, const Secret *secret)
{
    return secret->attribute.name ? attribute_value(&secret->attribute)
                                  : node_text(document, secret->node);
}

/* What says value already keeps its spelling. */
static void add_replacement(const DwDocument *document, const Secret *secret, const char *value,
                            GArray *replacements)
{
    g_autofree char *now = secret_value(document, secret);
    DwReplacement replacement = {secret->node, secret->attribute, value};

    if (strcmp(now, value) != 0)
        g_array_append_val(replacements, replacement);
}

static DwDocument *with_secrets(const DwDocument *document, const char *value)
{
    DwDocument *copy = dw_document_copy(document);
    g_autoptr(GArray) secrets = find_secrets(copy);
    g_autoptr(GArray) replacements = g_array_new(FALSE, FALSE, sizeof(DwReplacement));

    for (guint i = 0; i < secrets->len; i++)
        add_replacement(copy, &g_array_index(secrets, Secret, i), value, replacements);
    document_replace(copy, replacements);
    return copy;
}

char *dw_document_redacted(const DwDocument *document)
{
    size_t length;
    const char *text = dw_document_text(document, &length);

    if (!dw_text_may_hold_secret(text))
        return g_memdup2(text, length + 1);
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

/* Is it one of those that the edit has given to the device, or domain, of that id? */
static bool is_given(const DwDocument *document, const Secret *secret, const DwEdit *edit,
                     const char *id)
{
    bool same = *edit->kind ? device_find(document, edit->kind, id, NULL) == secret->device
                            : node_has_local_name(document, secret->device, "os");
    g_autofree char *name =
        same && !secret->attribute.name ? node_attribute(document, secret->node, "name") : NULL;

    if (!same || !gives_secret(edit))
        return false;
    for (size_t i = 0; name && i < dw_settings_count(edit->values); i++) {
        const char *key = dw_settings_key(edit->values, i);
        const char *cookie = strstr(key, "cookie.");
        if (cookie && strcmp(cookie + strlen("cookie."), name) == 0)
            return true;
    }
    return secret->attribute.name != NULL;
}

char *dw_document_redacted_after(const DwDocument *document, const GPtrArray *edits, char **ids)
{
    g_autoptr(DwDocument) copy = dw_document_copy(document);
    g_autoptr(GArray) secrets = find_secrets(copy);
    g_autoptr(GArray) replacements = g_array_new(FALSE, FALSE, sizeof(DwReplacement));

    for (guint i = 0; i < secrets->len; i++) {
        const Secret *secret = &g_array_index(secrets, Secret, i);
        bool given = false;
        for (guint j = 0; !given && j < edits->len; j++) {
            const DwEdit *edit = edits->pdata[j];
            given = is_given(copy, secret, edit, ids && ids[j] && *ids[j] ? ids[j] : edit->id);
        }
        add_replacement(copy, secret, given ? DW_SECRET_NEW : DW_SECRET_PLACEHOLDER, replacements);
    }
    document_replace(copy, replacements);
    return g_strdup(dw_document_text(copy, NULL));
}

bool dw_edits_give_secret(const GPtrArray *edits)
{
    for (guint i = 0; i < edits->len; i++)
        if (gives_secret(edits->pdata[i]))
            return true;
    return false;
}

/* Numbers for paths of elements, the same in two documents that are compared: as each says its
 * parent's number and its own name, they take no more memory than the documents. */
typedef struct {
    GHashTable *numbers; /* path -> number */
    GHashTable *by_node; /* of one document: DwNode -> number */
} Paths;

static void paths_init(Paths *paths)
{
    paths->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    paths->by_node = g_hash_table_new(NULL, NULL);
}

static void paths_clear(Paths *paths)
{
    g_clear_pointer(&paths->numbers, g_hash_table_unref);
    g_clear_pointer(&paths->by_node, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paths, paths_clear)

static unsigned path_number(Paths *paths, char *path)
{
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(paths->numbers, path));

    if (number) {
        g_free(path);
        return number;
    }
    number = g_hash_table_size(paths->numbers) + 1;
    g_hash_table_insert(paths->numbers, path, GUINT_TO_POINTER(number));
    return number;
}

/* The number of the elements that lead to node in a device of that id. */
static unsigned node_number(Paths *paths, const DwDocument *document, DwNode node, DwNode device,
                            const char *id)
{
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(paths->by_node, GINT_TO_POINTER(node)));

    if (number)
        return number;
    g_autofree char *element = node_name(document, node);
    number = node == device
                 ? path_number(paths, g_strconcat(id, "\1", element, NULL))
                 : path_number(paths,
                               g_strdup_printf("%u\1%s",
                                               node_number(paths, document,
                                                           node_parent(document, node), device, id),
                                               element));
    g_hash_table_insert(paths->by_node, GINT_TO_POINTER(node), GUINT_TO_POINTER(number));
    return number;
}

/* In which elements of which device a secret stands, and its own name. */
static char *describe_place(Paths *paths, const DwDocument *document, const Secret *secret,
                            const char *id)
{
    unsigned number = node_number(paths, document, secret->node, secret->device, id);

    if (secret->attribute.name)
        return g_strdup_printf("%u\1%.*s", number, (int)secret->attribute.name_length,
                               secret->attribute.name);
    g_autofree char *name = node_attribute(document, secret->node, "name");
    return g_strdup_printf("%u\1\1%s", number, name ? name : "");
}

/* The places of secrets, in their order. Of several in the same place each has its number. */
static GPtrArray *list_places(const DwDocument *document, const GArray *secrets, Paths *paths)
{
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) positions = device_counts_new();
    g_autoptr(GArray) holders = find_holders(document);

    g_hash_table_remove_all(paths->by_node);
    for (guint i = 0; i < holders->len; i++) {
        DwNode holder = g_array_index(holders, DwNode, i);
        g_autofree char *id = device_id_counted(document, holder, positions);
        while (places->len < secrets->len &&
               g_array_index(secrets, Secret, places->len).device == holder) {
            const Secret *secret = &g_array_index(secrets, Secret, places->len);
            char *place = describe_place(paths, document, secret, id);
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

static Kept kept_of(const DwDocument *document, Paths *paths)
{
    Kept kept = {.document = document, .by_place = g_hash_table_new(g_str_hash, g_str_equal)};

    if (!document)
        return kept;
    kept.secrets = find_secrets(document);
    kept.places = list_places(document, kept.secrets, paths);
    for (guint i = 0; i < kept.places->len; i++)
        g_hash_table_insert(kept.by_place, kept.places->pdata[i],
                            &g_array_index(kept.secrets, Secret, i));
    return kept;
}

static bool refuse_unknown(const DwDocument *document, const Secret *secret, GError **error)
{
    g_autofree char *kind = node_name(document, secret->device);

    g_set_error(error, DW_ERROR, DW_ERROR_INVALID,
                "\"%s\" in a device of kind \"%.64s\" stands for a secret that is kept, and here "
                "there is none to keep; give the secret itself.",
                DW_SECRET_PLACEHOLDER, kind);
    return false;
}

static void wipe(void *value)
{
    explicit_bzero(value, strlen(value));
    g_free(value);
}

/* lost: takes the kinds of the devices whose secret base has not, which is empty then; NULL: that
 * is an error. */
static bool put_back(DwDocument *document, const DwDocument *base, GPtrArray *lost, GError **error)
{
    g_autoptr(GArray) secrets = find_secrets(document);
    g_autoptr(GArray) replacements = g_array_new(FALSE, FALSE, sizeof(DwReplacement));
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(wipe);
    g_autoptr(GPtrArray) places = NULL;
    g_auto(Kept) kept = {0};
    g_auto(Paths) paths = {0};

    for (guint i = 0; i < secrets->len; i++) {
        const Secret *secret = &g_array_index(secrets, Secret, i);

        if (!is_kept(document, secret))
            continue;
        if (!places) {
            paths_init(&paths);
            places = list_places(document, secrets, &paths);
            kept = kept_of(base, &paths);
        }
        const Secret *known = g_hash_table_lookup(kept.by_place, places->pdata[i]);
        if (!known && !lost)
            return refuse_unknown(document, secret, error);
        if (!known)
            g_ptr_array_add(lost, node_name(document, secret->device));
        g_ptr_array_add(values, known ? secret_value(base, known) : g_strdup(""));
        add_replacement(document, secret, values->pdata[values->len - 1], replacements);
    }
    document_replace(document, replacements);
    return true;
}

bool dw_document_keep_secrets(DwDocument *document, const DwDocument *base, GError **error)
{
    return put_back(document, base, NULL, error);
}

GPtrArray *dw_document_recover_secrets(DwDocument *document, const DwDocument *base)
{
    GPtrArray *lost = g_ptr_array_new_with_free_func(g_free);

    put_back(document, base, lost, NULL);
    return lost;
}
