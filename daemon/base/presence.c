/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two users are enough: whoever asks, the last call of another one is one of the two. */
#include "base/presence.h"

/* Who has called within this time is present. */
#define LATELY 2000000

void presence_note(Presence *presence, uid_t uid, uint64_t now)
{
    if (presence->last.uid != uid)
        presence->before = presence->last;
    presence->last = (PresenceCall){uid, now};
}

uint64_t presence_of_others(const Presence *presence, uid_t uid, uint64_t now)
{
    const PresenceCall *other = presence->last.uid == uid ? &presence->before : &presence->last;
    return other->when != 0 && now - other->when < LATELY ? other->when + LATELY - now : 0;
}
