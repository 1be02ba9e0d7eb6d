/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections kept for workers: which are given out, kept, and closed. libvirt is made up here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libvirt/connection-pool.h"

struct Virt {
    unsigned generation;
    bool dead;
};

static unsigned n_open;

Virt *virt_open(const char *uri, VirtEventFunc func, void *userdata, GDestroyNotify free_userdata,
                GError **error)
{
    n_open++;
    return g_new0(Virt, 1);
}

void virt_close(Virt *virt)
{
    n_open--;
    g_free(virt);
}

bool virt_is_alive(Virt *virt)
{
    return !virt->dead;
}

unsigned virt_generation(const Virt *virt)
{
    return virt->generation;
}

void virt_set_generation(Virt *virt, unsigned generation)
{
    virt->generation = generation;
}

static void close_all(GPtrArray *connections, guint expected)
{
    assert_int_equal(connections->len, expected);
    for (guint i = 0; i < connections->len; i++)
        virt_close(connections->pdata[i]);
    g_ptr_array_unref(connections);
}

static void test_kept(void **state)
{
    ConnectionPool *links = connection_pool_new("test:///default");

    assert_null(connection_pool_take(links));
    connection_pool_open(links);
    Virt *one = connection_pool_take(links), *other = connection_pool_take(links);
    assert_int_equal(n_open, 2);
    connection_pool_give_back(links, one);
    assert_ptr_equal(connection_pool_take(links), one);
    one->dead = true;
    connection_pool_give_back(links, one);
    assert_int_equal(n_open, 1);
    close_all(connection_pool_close(links), 0);
    connection_pool_open(links);
    connection_pool_give_back(links, other); /* it is of the time before */
    assert_int_equal(n_open, 0);
    connection_pool_free(links);
}

static void test_swept(void **state)
{
    ConnectionPool *links = connection_pool_new("test:///default");
    Virt *taken[3];

    connection_pool_open(links);
    for (int i = 0; i < 3; i++)
        taken[i] = connection_pool_take(links);
    close_all(connection_pool_take_unused(links), 0); /* all are in use */
    for (int i = 0; i < 3; i++)
        connection_pool_give_back(links, taken[i]);
    close_all(connection_pool_take_unused(links), 0); /* they were needed a moment ago */
    connection_pool_give_back(links, connection_pool_take(links));
    close_all(connection_pool_take_unused(links), 2); /* one was enough */
    assert_ptr_equal(connection_pool_take(links), taken[2]);
    connection_pool_give_back(links, taken[2]);
    close_all(connection_pool_take_unused(links), 0);
    close_all(connection_pool_take_unused(links), 1);
    close_all(connection_pool_take_unused(links), 0);
    assert_int_equal(n_open, 0);
    connection_pool_give_back(links, connection_pool_take(links));
    assert_int_equal(n_open, 1);
    connection_pool_free(links);
    assert_int_equal(n_open, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kept), cmocka_unit_test(test_swept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
