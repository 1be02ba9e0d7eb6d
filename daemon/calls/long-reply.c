/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A message that is being written is touched by one thread only, and what the answer is made of by
 * none that changes it. When there is no thread for it, or not in time, the main thread writes it
 * after all: what the call did has been done.
 */
#include "calls/long-reply.h"

#include "bus/wire.h"
#include "calls/server.h"
#include "tasks/task-pool.h"

/* As counted by a writer: some 0.5 ms of writing. */
#define LONG_SIZE    (32 * 1024)
#define TIMEOUT_USEC (30 * USEC_PER_SEC)

/* One for the thread and one for the main thread. */
typedef struct {
    Operation *operation;
    Outcome outcome;
    ReplyFunc func;
    Request *request; /* the main thread's */
    Writer reply;     /* the thread's */
} LongReply;

static LongReply *long_reply_new(ReplyFunc func, const Outcome *outcome)
{
    LongReply *reply = g_new0(LongReply, 1);
    *reply = (LongReply){.outcome = *outcome, .func = func};
    reply->operation = operation_ref((Operation *)outcome->operation);
    reply->outcome.path = g_strdup(outcome->path);
    return reply;
}

static void long_reply_free(void *data)
{
    LongReply *reply = data;
    sd_bus_message_unref(reply->reply.message);
    outcome_clear(&reply->outcome);
    operation_unref(reply->operation);
    g_free(reply);
}

static void run(Task *task, void *link, void *data)
{
    LongReply *reply = data;
    reply->func(&reply->reply, &reply->outcome);
}

static void write_here(Request *request, ReplyFunc func, const Outcome *outcome)
{
    Writer reply = request_reply(request);
    func(&reply, outcome);
    request_send(request, &reply);
}

static void done(TaskEnd end, void *data, void *context)
{
    LongReply *written = data, *wanted = context;
    if (written)
        request_send(wanted->request, &written->reply);
    else
        write_here(wanted->request, wanted->func, &wanted->outcome);
    long_reply_free(wanted);
}

static uid_t owner(const void *data)
{
    return ((const LongReply *)data)->operation->uid;
}

static const TaskType task_type = {NULL, run, done, long_reply_free, owner};

static void write_elsewhere(Request *request, ReplyFunc func, const Outcome *outcome)
{
    LongReply *written = long_reply_new(func, outcome), *wanted = long_reply_new(func, outcome);
    written->reply = request_reply(request);
    wanted->request = request;
    if (task_submit(request->server->document_pool, &task_type, NULL, TIMEOUT_USEC, written, wanted,
                    NULL))
        return;
    long_reply_free(wanted);
    write_here(request, func, outcome);
}

void reply_begin(Request *request, ReplyFunc func, Outcome *outcome)
{
    Writer counted = writer_counting();
    func(&counted, outcome);
    if (counted.size > WIRE_MAX_MESSAGE)
        request_send(request, &counted);
    else if (counted.size > LONG_SIZE)
        write_elsewhere(request, func, outcome);
    else
        write_here(request, func, outcome);
    outcome_clear(outcome);
    *outcome = (Outcome){0};
}
