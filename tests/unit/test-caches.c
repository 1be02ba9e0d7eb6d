/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the inventory keeps of documents and values, and the revisions by which it knows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "inventory/inventory.h"

#define ONE   "8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2a"
#define OTHER "0c5b2a91-7d3e-4f60-8a1b-2c3d4e5f6071"

static void test_revision(void **state)
{
    char one[REVISION_TEXT], other[REVISION_TEXT], again[REVISION_TEXT];
    revision_of("test:///default", "<domain/>", 9, one);
    assert_int_equal(strlen(one), 32);
    revision_of("test:///default", "<domain/>", 9, again);
    assert_string_equal(one, again);
    revision_of(NULL, "<domain/>", 9, other); /* a caller's guess is not the domain's */
    assert_string_not_equal(one, other);
    revision_of("test:///default", "<domain/>", 8, other);
    assert_string_not_equal(one, other);
    RevisionMark mark = revision_mark(one), differs = revision_mark(other);
    assert_false(revision_equal(&mark, &differs));
    revision_text(&mark, again);
    assert_string_equal(one, again);
}

/* With a key that was not read: revisions that were told stay what they are. */
static void test_revision_is_hmac(void **state)
{
    static const uint8_t key[32];
    char revision[REVISION_TEXT];
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key, sizeof key);
    g_hmac_update(hmac, (const guchar *)"test:///default\0<domain/>", 25);
    revision_of("test:///default", "<domain/>", 9, revision);
    assert_memory_equal(revision, g_hmac_get_string(hmac), 32);
}

static void test_values(void **state)
{
    RevisionMark first = {.qwords = {1}}, second = {.qwords = {2}};
    ValueCache *cache = value_cache_new(700);
    DwSettings *values = dw_settings_new();
    Uuid one, other;
    gsize size;
    uuid_parse(ONE, &one);
    uuid_parse(OTHER, &other);
    dw_settings_put(values, "memory", dw_value_string("1"));
    value_cache_put(cache, "memory", &one, &first, values, 400);
    value_cache_put(cache, "memory", &other, &first, values, 400); /* there is no room */
    assert_null(value_cache_get(cache, "memory", &other, &first, &size));
    assert_null(value_cache_get(cache, "memory", &one, &second, &size));
    assert_null(value_cache_get(cache, "vcpu", &one, &first, &size));
    const DwSettings *kept = value_cache_get(cache, "memory", &one, &first, &size);
    assert_string_equal(dw_settings_get(kept, "memory")->s, "1");
    assert_int_equal(size, 400);
    value_cache_put(cache, "memory", &one, &second, values, 500); /* instead */
    assert_non_null(value_cache_get(cache, "memory", &one, &second, &size));
    value_cache_idle(cache);
    assert_non_null(value_cache_get(cache, "memory", &one, &second, &size));
    value_cache_idle(cache);
    value_cache_idle(cache);
    assert_null(value_cache_get(cache, "memory", &one, &second, &size));
    value_cache_put(cache, "vcpu", &other, &first, values, 400);
    value_cache_remove(cache, &other);
    assert_null(value_cache_get(cache, "vcpu", &other, &first, &size));
    value_cache_free(cache);
    dw_settings_free(values);
}

static void test_cache(void **state)
{
    DocumentCache *cache = document_cache_new(20);
    Uuid one, other;
    uuid_parse(ONE, &one);
    uuid_parse(OTHER, &other);
    document_cache_put(cache, &one, g_strdup("123456789"), false);
    document_cache_put(cache, &other, g_strdup("123456789"), false);
    assert_non_null(document_cache_get(cache, &one));
    document_cache_put(cache, &other, g_strdup("1234567890"), false); /* one too many */
    assert_null(document_cache_get(cache, &other));
    assert_string_equal(document_cache_get(cache, &one), "123456789");
    document_cache_put(cache, &other, g_strdup("1234567890"), true);
    assert_null(document_cache_get(cache, &one));
    assert_string_equal(document_cache_get(cache, &other), "1234567890");
    document_cache_put(cache, &one, g_strdup("01234567890123456789"), true);
    assert_null(document_cache_get(cache, &one)); /* longer than all there may be */
    document_cache_remove(cache, &one);
    document_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_revision),
        cmocka_unit_test(test_revision_is_hmac),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
