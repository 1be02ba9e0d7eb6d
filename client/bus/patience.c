/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Ping when an answer takes longer than usual, and again after each answer to one; the daemon's
 * main loop answers them whatever else it is at. Main thread.
 */
#include "bus/patience.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#include <domwright/names.h>

#include "bus/failure.h"
#include "terminal/report.h"

#define SECOND 1000000ULL
/* After which an answer is late, from which on a Ping may be, and when that is given up: D-Bus's
 * usual 25 seconds in all. */
#define LATE   (2 * SECOND)
#define NOTICE (3 * SECOND)
#define SILENT (23 * SECOND)

typedef struct {
    sd_bus *bus;
    sd_bus_message *reply;
    sd_bus_slot *ping; /* under way, or NULL */
    uint64_t next;     /* when something is due: a Ping, or a word about one; or never */
    bool silent, told;
} Patience;

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec / 1000;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    Patience *patience = userdata;

    patience->reply = sd_bus_message_ref(reply);
    return 0;
}

/* Whatever else it answers, it lives; where it is gone the call itself is answered by the bus. */
static int on_pong(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    Patience *patience = userdata;

    patience->ping = sd_bus_slot_unref(patience->ping);
    patience->silent = sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY) > 0 &&
                       !error_is_of_end(sd_bus_message_get_error(reply));
    patience->next = now() + LATE;
    return 0;
}

static int send_ping(Patience *patience)
{
    sd_bus_message *ping = NULL;
    int r = sd_bus_message_new_method_call(patience->bus, &ping, DOMWRIGHT_BUS_NAME, DOMWRIGHT_PATH,
                                           "org.freedesktop.DBus.Peer", "Ping");

    if (r >= 0)
        r = sd_bus_message_set_auto_start(ping, false);
    if (r >= 0)
        r = sd_bus_call_async(patience->bus, &patience->ping, ping, on_pong, patience, SILENT);
    sd_bus_message_unref(ping);
    patience->next = now() + NOTICE;
    return r;
}

static int look(Patience *patience)
{
    if (now() < patience->next)
        return 0;
    if (!patience->ping)
        return send_ping(patience);
    patience->next = UINT64_MAX;
    if (!patience->told)
        report_note(NULL, NULL, "domwrightd does not answer; waiting 20 seconds more.");
    patience->told = true;
    return 0;
}

static int wait_for_reply(Patience *patience)
{
    while (!patience->reply && !patience->silent) {
        int r = sd_bus_process(patience->bus, NULL);
        uint64_t time = now();

        if (r == 0)
            r = look(patience);
        if (r == 0 && !patience->reply)
            r = sd_bus_wait(patience->bus, patience->next == UINT64_MAX ? UINT64_MAX
                                           : patience->next > time      ? patience->next - time
                                                                        : 0);
        if (r < 0 && r != -EINTR)
            return r;
    }
    return 0;
}

int patience_call(sd_bus *bus, sd_bus_message *call, sd_bus_error *error,
                  sd_bus_message **ret_reply)
{
    Patience patience = {.bus = bus, .next = now() + LATE};
    sd_bus_slot *slot = NULL;
    int r = sd_bus_call_async(bus, &slot, call, on_reply, &patience, 0);

    if (r >= 0)
        r = wait_for_reply(&patience);
    sd_bus_slot_unref(patience.ping);
    sd_bus_slot_unref(slot);
    if (r >= 0 && !patience.reply)
        return sd_bus_error_set(error, SD_BUS_ERROR_TIMEOUT,
                                "domwrightd does not answer; it may be stopped or stuck, which "
                                "\"systemctl status domwrightd\" can tell. Whether the work was "
                                "done can be seen when it is back.");
    if (r >= 0 && sd_bus_message_get_error(patience.reply))
        r = sd_bus_error_copy(error, sd_bus_message_get_error(patience.reply));
    if (r >= 0 && ret_reply)
        *ret_reply = sd_bus_message_ref(patience.reply);
    sd_bus_message_unref(patience.reply);
    return r;
}
