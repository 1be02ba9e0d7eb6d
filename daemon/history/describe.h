/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a change did, in the words of its keys. Any thread. */
#pragma once

#include <domwright/model.h>

#include "history/history.h"

/* Sets keys, devices and summary ("Changed memory, disk vda and 3 more."). */
void history_describe(const DwChanges *changes, HistoryChange *change);
/* The same of what may not have been done: "Was to change title." */
void history_describe_plan(const DwChanges *changes, HistoryChange *change);
/* Frees those three. */
void history_description_clear(HistoryChange *change);
/* A HistoryCompare. */
void history_compare_texts(const char *before, const char *after, HistoryChange *change);
/* history_saw() for a text as libvirt has it, which may hold secrets. What cannot be stored is
 * found again by the next reading. */
void history_keep_text(History *history, const char *uuid, const char *name, const char *revision,
                       const char *text);
