/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of a call: call.c makes it, call-life.c has the rest of its life. Main thread. */
#pragma once

#include "calls/outcome.h"
#include "calls/reply.h"
#include "calls/wait.h"
#include "host/questions.h"
#include "policy/authorization.h"
#include "tasks/task-pool.h"

typedef enum {
    CALL_ASKING_FIRST,
    CALL_RUNNING,
    CALL_ASKING_EFFECT,
    CALL_ASKING_OLD_NAME,
    CALL_ACTING,
    CALL_WAITING,
} CallState;

typedef struct {
    Server *server;
    Request *request;
    Subject subject;
    ReplyFunc reply;
    TakeOverFunc take_over; /* NULL: reply is enough */
    Operation *operation;   /* NULL: lost with a task that did not end in time */
    CallState state;
    bool task_pending;
    TaskEnd end;                  /* of the last task */
    Authorization *authorization; /* pending, or NULL */
    Wait *wait;                   /* the same */
    Question *question;           /* of its task that waits for a host; the same */
    Task *task;                   /* that one */
    PolicyDetails details;        /* of what is asked for */
    unsigned effects;             /* ACTION_BITs of what the call changes */
    GError *refusal;              /* why the call goes no further */
    char *key;                    /* of the lane its tasks run in, or NULL */
    gsize size;                   /* of the document, where there is no host */
    GList link;                   /* in the server's calls */
} Call;

/* Runs it, or asks first for what it needs. key: of the lane its tasks run in, or NULL. Takes the
 * call in every case, the request on success. */
bool call_start(Call *call, const char *key, GError **error);

/* The sender has left: nothing is begun for it any more. */
void calls_forget(Server *server, const char *sender);
