/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Things by number: what is kept for one is zeroed at first, stays, and is of that number alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/number-table.h"

static void test_entries(void **state)
{
    const uint64_t numbers[] = {0, 1, UINT64_C(1) << 32, UINT64_MAX};
    g_autoptr(DwNumberTable) table = number_table_new(sizeof(uint64_t));

    assert_true(number_table_is_empty(table));
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        assert_null(number_table_find(table, numbers[i]));
        uint64_t *kept = number_table_add(table, numbers[i]);
        assert_int_equal(*kept, 0);
        *kept = i + 10;
    }
    assert_false(number_table_is_empty(table));
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        uint64_t *kept = number_table_find(table, numbers[i]);
        assert_ptr_equal(kept, number_table_add(table, numbers[i]));
        assert_int_equal(*kept, i + 10);
    }
    assert_null(number_table_find(table, 2));
}

static void test_set(void **state)
{
    g_autoptr(DwNumberTable) table = number_table_new(0);

    number_table_add(table, 7);
    assert_non_null(number_table_find(table, 7));
    assert_null(number_table_find(table, 8));
    number_table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
