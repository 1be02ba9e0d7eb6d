/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing the files of drafts. Main thread. */
#include "drafts/draft-file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/secret-text.h"

#define HEADER  "domwright-draft 2"
#define EARLIER "domwright-draft 1" /* without the document of the base */

static char *file_path(const char *directory, const char *id)
{
    return g_build_filename(directory, id, NULL);
}

/* ---- What is to be known of a clone ---- */

/* A line for each row: its severity and its texts, with tabs between them. */
static char *write_rows(const GPtrArray *rows)
{
    GString *lines = g_string_new(NULL);
    for (guint i = 0; rows && i < rows->len; i++) {
        const DwProblem *row = rows->pdata[i];
        g_autofree char *allowed = g_strjoinv(" ", row->allowed);
        const char *const texts[] = {row->rule,  row->kind,    row->id, row->key,
                                     row->value, row->message, allowed};
        g_string_append_printf(lines, "clone-row %d", row->severity);
        for (gsize n = 0; n < G_N_ELEMENTS(texts); n++) {
            g_autofree char *escaped = g_strescape(texts[n], NULL);
            g_string_append_printf(lines, "\t%s", escaped);
        }
        g_string_append_c(lines, '\n');
    }
    return g_string_free(lines, FALSE);
}

static void read_row(Draft *draft, const char *line)
{
    g_auto(GStrv) texts = g_strsplit(line, "\t", -1);
    if (g_strv_length(texts) != 8)
        return;
    for (char **text = texts; *text; text++) {
        char *plain = g_strcompress(*text);
        g_free(*text);
        *text = plain;
    }
    DwProblem *row = g_new0(DwProblem, 1);
    *row = (DwProblem){
        .severity = strtol(texts[0], NULL, 10),
        .rule = g_strdup(texts[1]),
        .kind = g_strdup(texts[2]),
        .id = g_strdup(texts[3]),
        .key = g_strdup(texts[4]),
        .value = g_strdup(texts[5]),
        .message = g_strdup(texts[6]),
        .allowed = *texts[7] ? g_strsplit(texts[7], " ", -1) : g_new0(char *, 1),
    };
    if (!draft->clone_rows)
        draft->clone_rows = g_ptr_array_new_with_free_func((GDestroyNotify)dw_problem_free);
    g_ptr_array_add(draft->clone_rows, row);
}

/* ---- The file ---- */

bool draft_file_write(const char *directory, const Draft *draft, GError **error)
{
    g_autofree char *path = file_path(directory, draft->id);
    g_autofree char *rows = write_rows(draft->clone_rows);
    char *content = g_strdup_printf(
        HEADER "\nowner %u\nhost %s\nbase %s\nbase-revision %s\nbase-length %zu\nstale %d"
               "\ncreated %" G_GUINT64_FORMAT "\nmodified %" G_GUINT64_FORMAT
               "\nused %" G_GINT64_FORMAT "\n%s\n%s%s",
        (unsigned)draft->owner, draft->host, draft->base, draft->base_revision,
        strlen(draft->base_text), draft->stale, draft->created, draft->modified, draft->used, rows,
        draft->base_text, draft->text);
    bool written = file_write(path, content, strlen(content), error);
    secret_text_free(content);
    return written;
}

static void read_field(Draft *draft, const char *name, const char *value, gsize *base_length)
{
    if (strcmp(name, "base-length") == 0)
        *base_length = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(name, "clone-row") == 0)
        read_row(draft, value);
    else if (strcmp(name, "owner") == 0)
        draft->owner = strtoul(value, NULL, 10);
    else if (strcmp(name, "host") == 0)
        draft->host = g_strdup(value);
    else if (strcmp(name, "base") == 0)
        draft->base = g_strdup(value);
    else if (strcmp(name, "base-revision") == 0)
        draft->base_revision = g_strdup(value);
    else if (strcmp(name, "stale") == 0)
        draft->stale = strcmp(value, "1") == 0;
    else if (strcmp(name, "created") == 0)
        draft->created = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(name, "modified") == 0)
        draft->modified = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(name, "used") == 0)
        /* After a reboot it would be in the future. */
        draft->used = MIN(g_ascii_strtoll(value, NULL, 10), draft_clock());
}

/* body: the base's text, if it is said how long that is, then the draft's. */
static bool take_texts(Draft *draft, const char *body, gsize base_length)
{
    if (strlen(body) < base_length)
        return false;
    draft->base_text = g_strndup(body, base_length);
    draft->text = g_strdup(body + base_length);
    draft->length = strlen(draft->text);
    return true;
}

/* Cuts content into pieces. */
static Draft *parse(const char *id, char *content)
{
    char *text = strstr(content, "\n\n");
    bool known = g_str_has_prefix(content, HEADER "\n") || g_str_has_prefix(content, EARLIER "\n");
    if (!text || !known)
        return NULL;
    *text = '\0';
    text += 2;
    Draft *draft = draft_new(id);
    gsize base_length = 0;
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *space = strchr(*line, ' ');
        if (!space)
            continue;
        *space = '\0';
        read_field(draft, *line, space + 1, &base_length);
    }
    if (take_texts(draft, text, base_length) && draft->host && draft->base &&
        draft->base_revision && draft->created)
        return draft;
    draft_free(draft);
    return NULL;
}

Draft *draft_file_read(const char *directory, const char *id)
{
    g_autofree char *path = file_path(directory, id);
    char *content = NULL;
    if (!g_file_get_contents(path, &content, NULL, NULL))
        return NULL;
    Draft *draft = parse(id, content);
    secret_text_free(content);
    return draft;
}

void draft_file_remove(const char *directory, const char *id)
{
    g_autofree char *path = file_path(directory, id);
    unlink(path);
}
