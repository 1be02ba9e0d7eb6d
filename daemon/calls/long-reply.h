/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The answer of a call whose operation has succeeded. A long one is written on a thread of the
 * documents' pool, as writing a megabyte of text into a message takes milliseconds. Used by
 * call-life.c; main thread.
 */
#pragma once

#include "calls/reply.h"

/* Answers now or later; takes the request, and the outcome's members. */
void reply_begin(Request *request, ReplyFunc reply, Outcome *outcome);
