/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two ends of a bus connection over a socketpair, in one event loop and without a bus daemon. */
#pragma once

#include <assert.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

typedef struct {
    sd_event *event;
    sd_bus *service, *peer;
} BusPair;

static inline void bus_pair_open(BusPair *pair)
{
    sd_id128_t id = {.bytes = {1}};
    int fds[2];
    assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
    assert_true(sd_event_new(&pair->event) >= 0);
    assert_true(sd_bus_new(&pair->service) >= 0 && sd_bus_new(&pair->peer) >= 0);
    assert_true(sd_bus_set_fd(pair->service, fds[0], fds[0]) >= 0);
    assert_true(sd_bus_set_server(pair->service, 1, id) >= 0);
    assert_true(sd_bus_set_fd(pair->peer, fds[1], fds[1]) >= 0);
    assert_true(sd_bus_attach_event(pair->service, pair->event, 0) >= 0);
    assert_true(sd_bus_attach_event(pair->peer, pair->event, 0) >= 0);
    assert_true(sd_bus_start(pair->service) >= 0 && sd_bus_start(pair->peer) >= 0);
}

/* Runs the loop until nothing has happened for so long (µs). */
static inline void bus_pair_settle(BusPair *pair, uint64_t quiet)
{
    while (sd_event_run(pair->event, quiet) > 0)
        continue;
}

static inline void bus_pair_close(BusPair *pair)
{
    sd_bus_close_unref(pair->peer);
    sd_bus_close_unref(pair->service);
    sd_event_unref(pair->event);
}
