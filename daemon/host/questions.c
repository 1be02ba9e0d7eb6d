/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A question that several wait for is put once. Main thread; answers are fetched by a worker. */
#include "host/questions.h"

#include <string.h>

#include "base/error.h"

/* An answer takes milliseconds. A host that hangs holds up those who asked it for this long, and
 * nobody who asks later. */
#define PATIENCE (2 * USEC_PER_SEC)
/* Then the host may be asked again. */
#define DEADLINE (20 * USEC_PER_SEC)
/* The lane of all questions: they take one thread of the host's. */
#define LANE "capabilities"

/* A worker's half, and ours. */
typedef struct {
    CapabilitiesCache *capabilities;
    char *unasked;
} Asking;

typedef struct {
    Questions *questions; /* NULL: they are gone */
    char *unasked;
    int64_t since;  /* µs, monotonic */
    GQueue waiting; /* of Question */
    GList link;     /* in the questions */
} Inquiry;

struct Questions {
    HostQueue *queue;
    CapabilitiesCache *capabilities;
    GQueue inquiries; /* under way, oldest first */
};

struct Question {
    Inquiry *inquiry; /* NULL: it is over */
    sd_event_source *timer;
    void (*over)(void *data);
    void *data;
    GList link; /* in the inquiry's */
};

Questions *questions_new(HostQueue *queue, CapabilitiesCache *capabilities)
{
    Questions *questions = g_new0(Questions, 1);
    *questions = (Questions){.queue = queue, .capabilities = capabilities};
    return questions;
}

/* ---- The inquiry ---- */

static void run(Task *task, void *link, void *data)
{
    const Asking *asking = data;
    if (link)
        capabilities_cache_ask(asking->capabilities, link, asking->unasked);
}

static void asking_free(void *data)
{
    Asking *asking = data;
    capabilities_cache_unref(asking->capabilities);
    g_free(asking->unasked);
    g_free(asking);
}

/* Who waits is told. */
static void end(Inquiry *inquiry)
{
    GList *link;
    g_queue_unlink(&inquiry->questions->inquiries, &inquiry->link);
    while ((link = g_queue_pop_head_link(&inquiry->waiting))) {
        Question *question = link->data;
        question->inquiry = NULL;
        need_memory(sd_event_source_set_time_relative(question->timer, 0));
    }
    inquiry->questions = NULL;
}

static void inquiry_free(Inquiry *inquiry)
{
    g_free(inquiry->unasked);
    g_free(inquiry);
}

static void done(TaskEnd how, void *data, void *context)
{
    Inquiry *inquiry = context;
    if (inquiry->questions)
        end(inquiry);
    inquiry_free(inquiry);
}

static const TaskType asking_type = {.run = run, .done = done, .free = asking_free};

static Inquiry *inquiry_begin(Questions *questions, const char *unasked)
{
    Asking *asking = g_new0(Asking, 1);
    *asking = (Asking){capabilities_cache_ref(questions->capabilities), g_strdup(unasked)};
    Inquiry *inquiry = g_new0(Inquiry, 1);
    *inquiry = (Inquiry){.questions = questions, .unasked = g_strdup(unasked)};
    inquiry->since = g_get_monotonic_time();
    inquiry->link.data = inquiry;
    if (!host_queue_submit(questions->queue, &asking_type, LANE, DEADLINE, asking, inquiry, NULL)) {
        inquiry_free(inquiry);
        return NULL;
    }
    g_queue_push_tail_link(&questions->inquiries, &inquiry->link);
    return inquiry;
}

static Inquiry *inquiry_find(const Questions *questions, const char *unasked)
{
    for (GList *link = questions->inquiries.head; link; link = link->next) {
        Inquiry *inquiry = link->data;
        if (strcmp(inquiry->unasked, unasked) == 0)
            return inquiry;
    }
    return NULL;
}

void questions_free(Questions *questions)
{
    Inquiry *inquiry;
    if (!questions)
        return;
    while ((inquiry = g_queue_peek_head(&questions->inquiries)))
        end(inquiry);
    g_free(questions);
}

/* ---- Who waits ---- */

bool questions_are_answered(const Questions *questions)
{
    const Inquiry *oldest = g_queue_peek_head((GQueue *)&questions->inquiries);
    return host_queue_is_open(questions->queue) &&
           (!oldest || g_get_monotonic_time() < oldest->since + (int64_t)PATIENCE);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    const Question *question = userdata;
    question->over(question->data);
    return 0;
}

/* NULL: there is nobody to ask. */
static Inquiry *inquiry_for(Questions *questions, const char *unasked)
{
    if (!questions || !questions_are_answered(questions))
        return NULL;
    Inquiry *inquiry = inquiry_find(questions, unasked);
    return inquiry ? inquiry : inquiry_begin(questions, unasked);
}

Question *question_ask(Questions *questions, const char *unasked, sd_event *event,
                       void (*over)(void *data), void *data)
{
    Question *question = g_new0(Question, 1);
    *question = (Question){.over = over, .data = data};
    question->link.data = question;
    Inquiry *inquiry = question->inquiry = inquiry_for(questions, unasked);
    if (inquiry)
        g_queue_push_tail_link(&inquiry->waiting, &question->link);
    need_memory(sd_event_add_time(event, &question->timer, CLOCK_MONOTONIC,
                                  inquiry ? inquiry->since + PATIENCE : 0, 0, on_timer, question));
    return question;
}

void question_free(Question *question)
{
    if (!question)
        return;
    if (question->inquiry)
        g_queue_unlink(&question->inquiry->waiting, &question->link);
    sd_event_source_disable_unref(question->timer);
    g_free(question);
}
