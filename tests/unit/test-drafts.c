/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drafts: their limits, who sees them, what listeners are told, and their files: kept across a
 * restart, complete or not there at all. Without libvirt and the bus; domains are made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <domwright/names.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "drafts/draft-file.h"
#include "drafts/drafts.h"
#include "inventory/domain-path.h"
#include "inventory/inventory.h"

#define XML  "<domain><name>web</name></domain>"
#define BASE "/domain/web"

static Limits limits;
static unsigned n_edited, n_stale, n_rebased;
static char *directory;

char *domain_path(const Domain *domain)
{
    return g_strconcat("/domain/", domain->name, NULL);
}

static void on_edited(const Draft *draft, const DwChanges *changes, const char *revision,
                      void *data)
{
    assert_ptr_equal(data, &n_edited);
    assert_string_equal(revision, "r2");
    n_edited++;
}

static void on_stale(const Draft *draft, void *data)
{
    assert_ptr_equal(data, &n_edited);
    n_stale++;
}

static void on_rebased(const Draft *draft, void *data)
{
    assert_ptr_equal(data, &n_edited);
    n_rebased++;
}

static const DraftListener listener = {&n_edited, on_edited, on_stale, on_rebased};

static int set_up(void **state)
{
    limits = (Limits){.drafts_per_user = 2, .draft_bytes_per_user = 1000, .draft_bytes = 1500};
    n_edited = n_stale = n_rebased = 0;
    directory = g_dir_make_tmp("drafts-XXXXXX", NULL);
    return directory ? 0 : -1;
}

static int tear_down(void **state)
{
    g_autofree char *inner = g_build_filename(directory, "drafts", NULL);
    g_autoptr(GDir) dir = g_dir_open(inner, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(inner, name, NULL);
        g_unlink(path);
    }
    g_rmdir(inner);
    int r = g_rmdir(directory);
    g_free(directory);
    return r;
}

static char *draft_path(const char *id)
{
    return g_build_filename(directory, "drafts", id, NULL);
}

static Draft *add(Drafts *drafts, uid_t owner, const char *text)
{
    GError *error = NULL;
    const DraftOrigin origin = {.host = "local", .base = BASE, .base_revision = "r1"};
    Draft *draft = drafts_add(drafts, owner, text, &origin, &error);
    assert_null(error);
    return draft;
}

static void refuse(Drafts *drafts, uid_t owner, gsize length, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_false(drafts_check_room(drafts, owner, length, NULL, &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED));
    assert_non_null(strstr(error->message, message));
}

static void test_limits(void **state)
{
    Drafts *drafts = drafts_new(NULL, &limits, &listener);
    g_autofree char *long_text = g_strnfill(450, 'x');
    Draft *first = add(drafts, 1, long_text); /* and what its base is */
    refuse(drafts, 1, 101, "for one user");
    assert_true(drafts_check_room(drafts, 1, 100, NULL, NULL));
    assert_true(drafts_check_room(drafts, 2, 600, NULL, NULL));
    refuse(drafts, 2, 601, "for all users");
    refuse(drafts, 2, DW_MAX_BYTES + 1, "longer than");
    /* What is replaced makes room. */
    assert_true(drafts_check_room(drafts, 1, 550, first, NULL));
    refuse(drafts, 1, 551, "for one user");
    add(drafts, 1, "x");
    refuse(drafts, 1, 1, "Too many drafts (limit 2 per user)");
    limits.drafts_per_user = 3; /* as when the configuration is read again */
    assert_true(drafts_check_room(drafts, 1, 1, NULL, NULL));
    drafts_free(drafts);
}

static void test_owners(void **state)
{
    Drafts *drafts = drafts_new(NULL, &limits, &listener);
    Draft *own = add(drafts, 1, XML), *other = add(drafts, 2, XML);
    assert_ptr_equal(drafts_at(drafts, own->path, 1), own);
    assert_null(drafts_at(drafts, own->path, 2));
    assert_ptr_equal(drafts_at(drafts, own->path, 0), own);
    assert_null(drafts_at(drafts, "/org/domwright1/host/local", 1));
    g_auto(GStrv) paths = drafts_list(drafts, 1);
    assert_string_equal(paths[0], own->path);
    assert_null(paths[1]);
    assert_string_not_equal(own->id, other->id);
    drafts_remove(drafts, own);
    assert_int_equal(g_strv_length(paths), 1);
    g_auto(GStrv) none = drafts_list(drafts, 1);
    assert_null(none[0]);
    drafts_free(drafts);
}

static void test_edited(void **state)
{
    Drafts *drafts = drafts_new(NULL, &limits, &listener);
    Draft *draft = add(drafts, 1, XML);
    g_autoptr(GError) error = NULL;
    g_autofree char *too_long = g_strnfill(1001, 'x');
    DwDocument *document = dw_document_parse(XML, strlen(XML), NULL);
    assert_true(draft_edit(draft, XML "\n", document, NULL, "r2", &error));
    assert_string_equal(draft->text, XML "\n");
    assert_int_equal(draft->length, strlen(XML "\n"));
    assert_ptr_equal(draft->document, document);
    assert_int_equal(n_edited, 1);
    assert_false(draft_edit(draft, too_long, NULL, NULL, "r2", &error));
    assert_true(g_error_matches(error, DW_ERROR, DW_ERROR_LIMIT_EXCEEDED));
    assert_string_equal(draft->text, XML "\n");
    assert_ptr_equal(draft->document, document);
    assert_int_equal(n_edited, 1);
    drafts_free(drafts);
}

static void test_rebased(void **state)
{
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    Draft *draft = add(drafts, 1, XML);
    g_autofree char *id = g_strdup(draft->id), *too_long = g_strnfill(1001, 'x');
    g_autoptr(GError) error = NULL;
    DraftBase base = {"<domain>now</domain>", "r7", false};
    draft->stale = true;
    assert_string_equal(draft->base_text, XML);
    assert_false(draft_rebase(draft, &base, too_long, NULL, NULL, "r2", &error));
    assert_string_equal(draft->base_text, XML);
    assert_string_equal(draft->base_revision, "r1");
    assert_true(draft->stale);
    assert_int_equal(n_rebased, 0);
    assert_true(draft_rebase(draft, &base, "<domain/>", NULL, NULL, "r2", NULL));
    assert_int_equal(n_edited, 1);
    assert_int_equal(n_rebased, 1);
    drafts_free(drafts);
    drafts = drafts_new(directory, &limits, &listener);
    draft = drafts_find(drafts, id);
    assert_string_equal(draft->text, "<domain/>");
    assert_string_equal(draft->base_text, "<domain>now</domain>");
    assert_string_equal(draft->base_revision, "r7");
    assert_false(draft->stale);
    drafts_free(drafts);
}

/* What is open in a clone is kept with it, whatever stands in it. */
static void test_clone_rows(void **state)
{
    static char *allowed[] = {(char *)"share", (char *)"omit", NULL}, *none[] = {NULL};
    DwProblem open = {.rule = (char *)"clone.disk",
                      .severity = DW_SEVERITY_ERROR,
                      .kind = (char *)"disk",
                      .id = (char *)"vda",
                      .key = (char *)"source.file",
                      .value = (char *)"/srv/\t\n\n\\\"\xC3\xA4 x",
                      .message = (char *)"It is open.",
                      .allowed = allowed};
    DwProblem said = {.rule = (char *)"clone.tpm",
                      .severity = DW_SEVERITY_WARNING,
                      .kind = (char *)"",
                      .id = (char *)"",
                      .key = (char *)"",
                      .value = (char *)"",
                      .message = (char *)"",
                      .allowed = none};
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    g_ptr_array_add(rows, &open);
    g_ptr_array_add(rows, &said);
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    const DraftOrigin origin = {.host = "local", .clone_rows = rows};
    g_autofree char *id = g_strdup(drafts_add(drafts, 1, XML, &origin, NULL)->id);
    drafts_free(drafts);
    drafts = drafts_new(directory, &limits, &listener);
    const Draft *draft = drafts_find(drafts, id);
    assert_string_equal(draft->text, XML);
    assert_int_equal(draft->clone_rows->len, 2);
    const DwProblem *first = draft->clone_rows->pdata[0], *second = draft->clone_rows->pdata[1];
    assert_int_equal(first->severity, DW_SEVERITY_ERROR);
    assert_string_equal(first->rule, "clone.disk");
    assert_string_equal(first->id, "vda");
    assert_string_equal(first->key, "source.file");
    assert_string_equal(first->value, open.value);
    assert_string_equal(first->allowed[1], "omit");
    assert_string_equal(first->message, "It is open.");
    assert_int_equal(second->severity, DW_SEVERITY_WARNING);
    assert_string_equal(second->kind, "");
    assert_null(second->allowed[0]);
    drafts_free(drafts);
}

/* A file that an earlier version wrote has no document of the base. */
static void test_earlier(void **state)
{
    static const char *const id = "0123456789abcdef0123456789abcdef";
    g_autofree char *inner = g_build_filename(directory, "drafts", NULL);
    g_autofree char *path = draft_path(id);
    assert_int_equal(g_mkdir(inner, 0700), 0);
    g_autofree char *text = g_strdup_printf("domwright-draft 1\nowner 1\nhost local\nbase " BASE
                                            "\nbase-revision r1\nstale 0\ncreated 5\nmodified 5"
                                            "\nused %" G_GINT64_FORMAT "\n\n" XML,
                                            draft_clock());
    assert_true(g_file_set_contents(path, text, -1, NULL));
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    assert_string_equal(drafts_find(drafts, id)->text, XML);
    assert_string_equal(drafts_find(drafts, id)->base_text, "");
    drafts_free(drafts);
}

/* Its file cannot be written: the draft is as it was. */
static void test_not_saved(void **state)
{
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    Draft *draft = add(drafts, 1, XML);
    g_autofree char *path = draft_path(draft->id), *blocked = g_strconcat(path, ".new", NULL);
    g_autoptr(GError) error = NULL;
    assert_int_equal(g_mkdir(blocked, 0700), 0);
    assert_false(draft_edit(draft, "other", NULL, NULL, "r2", &error));
    assert_true(g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_FAILED));
    assert_string_equal(draft->text, XML);
    assert_int_equal(n_edited, 0);
    assert_int_equal(g_rmdir(blocked), 0);
    drafts_free(drafts);
}

static void test_stale(void **state)
{
    Drafts *drafts = drafts_new(NULL, &limits, &listener);
    Draft *draft = add(drafts, 1, XML);
    InventoryListener inventory = drafts_inventory_listener(drafts);
    Domain web = {.name = (char *)"web"}, other = {.name = (char *)"other"};
    inventory.document_changed(&web, false, NULL, "r1", inventory.data);
    inventory.document_changed(&other, false, NULL, "r5", inventory.data);
    assert_int_equal(n_stale, 0);
    inventory.document_changed(&web, false, NULL, "r5", inventory.data);
    assert_true(draft->stale);
    inventory.removed(&web, inventory.data);
    assert_int_equal(n_stale, 1);
    inventory.document_changed(&web, false, NULL, "r1", inventory.data);
    assert_false(draft->stale);
    assert_int_equal(n_stale, 2);
    drafts_free(drafts);
}

static void test_committing(void **state)
{
    Drafts *drafts = drafts_new(NULL, &limits, &listener);
    Draft *draft = add(drafts, 1, XML);
    g_autoptr(GError) error = NULL;
    assert_true(draft_check_available(draft, NULL));
    draft->held = true;
    assert_false(draft_check_available(draft, &error));
    assert_true(g_error_matches(error, DAEMON_ERROR, DAEMON_ERROR_BUSY));
    drafts_free(drafts);
}

static void test_kept(void **state)
{
    static const char text[] = "<domain>\n\n<name>\xC3\xA4</name></domain>\n";
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    Draft *draft = add(drafts, 1000, text);
    g_autofree char *id = g_strdup(draft->id), *path = draft_path(id);
    uint64_t created = draft->created;
    InventoryListener inventory = drafts_inventory_listener(drafts);
    Domain web = {.name = (char *)"web"};
    inventory.removed(&web, inventory.data);
    drafts_free(drafts);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);

    drafts = drafts_new(directory, &limits, &listener);
    draft = drafts_find(drafts, id);
    assert_non_null(draft);
    assert_string_equal(draft->text, text);
    assert_int_equal(draft->length, strlen(text));
    assert_int_equal(draft->owner, 1000);
    assert_string_equal(draft->base, BASE);
    assert_string_equal(draft->base_revision, "r1");
    assert_string_equal(draft->host, "local");
    assert_true(draft->stale);
    assert_false(draft->held);
    assert_true(draft->created == created);
    drafts_remove(drafts, draft);
    assert_int_equal(access(path, F_OK), -1);
    drafts_free(drafts);
}

/* At whatever byte of its head a file ends, it is no draft, and it is removed. */
static void test_torn(void **state)
{
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    g_autofree char *id = g_strdup(add(drafts, 1, XML)->id), *path = draft_path(id);
    g_autofree char *whole = NULL;
    gsize length;
    drafts_free(drafts);
    assert_true(g_file_get_contents(path, &whole, &length, NULL));
    gsize head = strstr(whole, "\n\n") + 2 - whole + strlen(XML); /* with its base */
    assert_true(head > 50);
    for (gsize end = 0; end < head; end++) {
        assert_true(g_file_set_contents(path, whole, end, NULL));
        drafts = drafts_new(directory, &limits, &listener);
        assert_null(drafts_find(drafts, id));
        assert_int_equal(access(path, F_OK), -1);
        drafts_free(drafts);
    }
    assert_true(g_file_set_contents(path, whole, head, NULL));
    drafts = drafts_new(directory, &limits, &listener);
    assert_string_equal(drafts_find(drafts, id)->text, "");
    drafts_free(drafts);
}

static void test_expired(void **state)
{
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    Draft *old = add(drafts, 1, XML), *young = add(drafts, 1, XML);
    g_autofree char *path = draft_path(old->id), *id = g_strdup(old->id);
    old->used -= DRAFT_LIFETIME;
    young->used -= DRAFT_LIFETIME / 2;
    drafts_expire(drafts);
    assert_null(drafts_find(drafts, id));
    assert_int_equal(access(path, F_OK), -1);
    assert_ptr_equal(drafts_find(drafts, young->id), young);
    drafts_free(drafts);
}

/* After a reboot the clock begins anew: a draft used "in the future" is used now. */
static void test_reboot(void **state)
{
    Drafts *drafts = drafts_new(directory, &limits, &listener);
    Draft *draft = add(drafts, 1, XML);
    g_autofree char *id = g_strdup(draft->id);
    g_autofree char *inner = g_build_filename(directory, "drafts", NULL);
    draft->used = INT64_MAX - 1;
    assert_true(draft_file_write(inner, draft, NULL));
    drafts_free(drafts);
    drafts = drafts_new(directory, &limits, &listener);
    draft = drafts_find(drafts, id);
    assert_non_null(draft);
    assert_true(draft->used <= draft_clock());
    drafts_free(drafts);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_limits),     CASE(test_owners),     CASE(test_edited),  CASE(test_not_saved),
        CASE(test_stale),      CASE(test_committing), CASE(test_kept),    CASE(test_torn),
        CASE(test_expired),    CASE(test_reboot),     CASE(test_rebased), CASE(test_earlier),
        CASE(test_clone_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
