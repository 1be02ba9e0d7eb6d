/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The actions of polkit that this service asks for, and sets of them as bits. An action has a row
 * in action.c and an entry in dbus/org.domwright1.policy. Constant data.
 */
#pragma once

typedef enum {
    ACTION_READ,
    ACTION_READ_SECRETS,
    ACTION_DEFINE,
    ACTION_MODIFY,
    ACTION_CONTROL,
    ACTION_UNDEFINE,
    ACTION_USE_HOST_RESOURCES,
    ACTION_COUNT
} Action;

#define ACTION_BIT(action) (1u << (action))

/* "org.domwright1.modify" */
const char *action_id(Action action);
/* "modify" */
const char *action_name(Action action);
/* What a prompt says where the detail "set" stands for several domains; NULL: it is never about
 * several. The other prompts are in dbus/org.domwright1.policy. */
const char *action_set_message(Action action);
/* Of a set of ACTION_BITs: "read, modify" */
char *action_names(unsigned actions);
