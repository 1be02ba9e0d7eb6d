/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One or more checks for one request, and what their answers mean together. */
#include "authority.h"

#include "errors.h"

typedef struct {
    Asking *asking;
    Action action;
    PolicyCheck *check;
} Question;

struct Asking {
    Request *request;
    unsigned left; /* not asked yet */
    unsigned out;  /* asked, not answered */
    PolicySubject subject;
    const PolicyDetails *details;
    Question questions[ACTION_COUNT];
    AskingFunc func;
    void *userdata;
};

unsigned authority_missing(Request *request, unsigned actions, const char *host)
{
    if (request->trusted)
        return 0;
    request->needs |= actions;
    if ((actions & ACTION_BIT(ACTION_READ)) && !(request->granted & ACTION_BIT(ACTION_READ)) &&
        policy_may_read(request->server->policy, sd_bus_message_get_sender(request->message), host))
        request->granted |= ACTION_BIT(ACTION_READ);
    return actions & ~request->granted;
}

char *authority_names(unsigned actions)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (Action action = 0; action < ACTION_COUNT; action++) {
        if (actions & ACTION_BIT(action))
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", action_name(action));
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

static GError *denial(Action action, Answer answer)
{
    const char *name = action_name(action);
    switch (answer) {
    case ANSWER_CHALLENGE:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_AUTHENTICATION,
                           "org.domwright1.%s needs authentication, and the call does not allow to "
                           "ask for it",
                           name);
    case ANSWER_ERROR:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                           "polkit did not say whether org.domwright1.%s is granted", name);
    case ANSWER_GONE:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                           "the call ended before org.domwright1.%s was granted", name);
    default:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                           "org.domwright1.%s is not granted", name);
    }
}

static void on_answer(Answer answer, void *userdata);

static bool ask_next(Asking *asking, GError **error)
{
    while (asking->left && !(asking->subject.interactive && asking->out)) {
        Action action = g_bit_nth_lsf(asking->left, -1);
        Question *question = &asking->questions[action];
        *question = (Question){.asking = asking, .action = action};
        question->check = policy_ask(asking->request->server->policy, &asking->subject, action,
                                     asking->details, on_answer, question, error);
        if (!question->check)
            return false;
        asking->left &= ~ACTION_BIT(action);
        asking->out++;
    }
    return true;
}

static void finish(Asking *asking, GError *denied)
{
    AskingFunc func = asking->func;
    void *userdata = asking->userdata;
    authority_cancel(asking);
    func(denied, userdata);
}

static void on_answer(Answer answer, void *userdata)
{
    Question *question = userdata;
    Asking *asking = question->asking;
    GError *denied = NULL;
    question->check = NULL;
    asking->out--;
    if (answer != ANSWER_YES) {
        finish(asking, denial(question->action, answer));
        return;
    }
    asking->request->granted |= ACTION_BIT(question->action);
    if (!ask_next(asking, &denied) || asking->out == 0)
        finish(asking, denied);
}

Asking *authority_ask(Request *request, unsigned actions, const PolicyDetails *details,
                      AskingFunc func, void *userdata, GError **error)
{
    Asking *asking = g_new0(Asking, 1);
    *asking = (Asking){
        .request = request,
        .left = actions,
        .subject = {sd_bus_message_get_sender(request->message), request->uid,
                    sd_bus_message_get_allow_interactive_authorization(request->message) > 0},
        .details = details,
        .func = func,
        .userdata = userdata,
    };
    if (ask_next(asking, error))
        return asking;
    authority_cancel(asking);
    return NULL;
}

void authority_cancel(Asking *asking)
{
    if (!asking)
        return;
    for (Action action = 0; action < ACTION_COUNT; action++)
        policy_cancel(asking->questions[action].check);
    g_free(asking);
}
