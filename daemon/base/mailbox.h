/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letters from other threads, read by the main thread in the order they were posted. */
#pragma once

#include <systemd/sd-event.h>

typedef struct Mailbox Mailbox;
typedef void (*MailboxFunc)(void *data);

int mailbox_new(sd_event *event, Mailbox **ret);
/* From any thread. func runs on the main thread; it is responsible for data. */
void mailbox_post(Mailbox *mailbox, MailboxFunc func, void *data);
/* Reads what is there now, in one go. */
void mailbox_drain(Mailbox *mailbox);
/* No other thread may post any more. */
void mailbox_free(Mailbox *mailbox);
