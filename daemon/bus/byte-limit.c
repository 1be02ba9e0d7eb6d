/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A debt for each user. Main thread. */
#include "bus/byte-limit.h"

#include <glib.h>
#include <stdbool.h>

#include "base/presence.h"

/* No debt is larger than is paid off in this time, so that nobody waits until his call times out.
 */
#define MAX_SECONDS 10

typedef struct {
    uint64_t bytes; /* as of … */
    uint64_t when;
} Debt;

struct ByteLimit {
    uint64_t rate, free;
    GHashTable *debts; /* uid -> Debt */
    Presence callers;
};

static uint64_t debt_of(const ByteLimit *limit, uid_t uid, uint64_t now)
{
    const Debt *debt = g_hash_table_lookup(limit->debts, GUINT_TO_POINTER(uid));
    if (!debt || now - debt->when >= MAX_SECONDS * G_USEC_PER_SEC)
        return 0;
    uint64_t paid = (now - debt->when) * limit->rate / G_USEC_PER_SEC;
    return debt->bytes > paid ? debt->bytes - paid : 0;
}

void byte_limit_seen(ByteLimit *limit, uid_t uid)
{
    if (limit)
        presence_note(&limit->callers, uid, (uint64_t)g_get_monotonic_time());
}

void byte_limit_charge(ByteLimit *limit, uid_t uid, size_t size)
{
    if (!limit || size < BYTE_LIMIT_LARGE || uid == 0)
        return;
    uint64_t now = (uint64_t)g_get_monotonic_time();
    Debt *debt = g_new(Debt, 1);
    *debt = (Debt){MIN(debt_of(limit, uid, now) + size, limit->rate * MAX_SECONDS), now};
    g_hash_table_insert(limit->debts, GUINT_TO_POINTER(uid), debt);
}

uint64_t byte_limit_delay(const ByteLimit *limit, uid_t uid)
{
    if (!limit)
        return 0;
    uint64_t now = (uint64_t)g_get_monotonic_time();
    uint64_t debt = debt_of(limit, uid, now);
    uint64_t others = presence_of_others(&limit->callers, uid, now);
    if (debt <= limit->free || others == 0)
        return 0;
    return MIN((debt - limit->free) * G_USEC_PER_SEC / limit->rate + 1, others);
}

ByteLimit *byte_limit_new(uint64_t rate, uint64_t free)
{
    ByteLimit *limit = g_new(ByteLimit, 1);
    *limit = (ByteLimit){.rate = rate, .free = free};
    limit->debts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return limit;
}

void byte_limit_free(ByteLimit *limit)
{
    if (!limit)
        return;
    g_hash_table_unref(limit->debts);
    g_free(limit);
}
