/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking a host what it can do for a machine on behalf of those who have no connection to it and
 * must not be held up by it: calls on drafts. One question at a time is put to the host, and the
 * answer goes to its cache. Used by calls/call-life.c; main thread.
 */
#pragma once

#include "host/capabilities-cache.h"
#include "host/host-queue.h"

typedef struct Questions Questions;
/* One who waits for an answer. */
typedef struct Question Question;

Questions *questions_new(HostQueue *queue, CapabilitiesCache *capabilities);
/* NULL-safe; who waits is told. */
void questions_free(Questions *questions);
/* Whether an answer may come soon: not from a host that is away or has been silent for long. */
bool questions_are_answered(const Questions *questions);
/* unasked: of a HostView. over() is called once, never from here, when the answer is there or does
 * not come soon; it frees the question. questions NULL: the host is gone, nobody answers. */
Question *question_ask(Questions *questions, const char *unasked, sd_event *event,
                       void (*over)(void *data), void *data);
/* NULL-safe. */
void question_free(Question *question);
