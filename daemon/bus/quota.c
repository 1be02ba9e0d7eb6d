/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts calls under way for each user. Main thread. */
#include "bus/quota.h"

#include "base/error.h"

struct Quota {
    const uint64_t *limit;
    GHashTable *calls; /* uid -> number of calls under way */
};

static unsigned count_of(const Quota *quota, uid_t uid)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(quota->calls, GUINT_TO_POINTER(uid)));
}

bool quota_begin(Quota *quota, uid_t uid, GError **error)
{
    unsigned count = count_of(quota, uid);
    if (quota->limit && uid != 0 && count >= *quota->limit) {
        g_set_error(error, DAEMON_ERROR, DAEMON_ERROR_BUSY,
                    "Too many concurrent calls (limit %" G_GUINT64_FORMAT
                    " per user); try again later.",
                    *quota->limit);
        return false;
    }
    g_hash_table_insert(quota->calls, GUINT_TO_POINTER(uid), GUINT_TO_POINTER(count + 1));
    return true;
}

void quota_end(Quota *quota, uid_t uid)
{
    unsigned count = count_of(quota, uid);
    if (count > 1)
        g_hash_table_insert(quota->calls, GUINT_TO_POINTER(uid), GUINT_TO_POINTER(count - 1));
    else
        g_hash_table_remove(quota->calls, GUINT_TO_POINTER(uid));
}

Quota *quota_new(const uint64_t *limit)
{
    Quota *quota = g_new0(Quota, 1);
    *quota = (Quota){.limit = limit, .calls = g_hash_table_new(NULL, NULL)};
    return quota;
}

void quota_free(Quota *quota)
{
    if (!quota)
        return;
    g_hash_table_unref(quota->calls);
    g_free(quota);
}
