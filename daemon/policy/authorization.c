/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One or more checks for one call, and what their answers mean together. Main thread. */
#include "policy/authorization.h"

#include "base/error.h"

#define REASONS_SHOWN 4

typedef struct {
    Authorization *authorization;
    Action action;
    PolicyCheck *check;
} AuthorizationCheck;

struct Authorization {
    Grants *grants;
    unsigned left; /* not asked yet */
    unsigned out;  /* asked, not answered */
    const PolicyDetails *details;
    AuthorizationCheck checks[ACTION_COUNT];
    AuthorizationFunc func;
    void *userdata;
};

unsigned grants_missing(Grants *grants, unsigned actions, const char *host)
{
    if (!grants->policy)
        return 0;
    grants->needs |= actions;
    if ((actions & ACTION_BIT(ACTION_READ)) && !(grants->granted & ACTION_BIT(ACTION_READ)) &&
        policy_may_read(grants->policy, grants->subject.sender, host))
        grants->granted |= ACTION_BIT(ACTION_READ);
    return actions & ~grants->granted;
}

unsigned grants_unearned(const Grants *grants)
{
    return grants->needs & ~grants->granted;
}

/* What does without the right, by a reason's beginning and end. */
static const struct {
    const char *begin, *end, *sentence;
} alternatives[] = {
    {"disk ", ": source.file", " An image in one of the service's image-directories needs none."},
    {"disk ", ": driver.type",
     " A raw image there needs none, nor a .qcow2 one whose chain is stated, with "
     "backing.none=yes or backing.1."},
    {"graphics ", ": listen", " A display with listen=127.0.0.1 needs none."},
    {"emulator", "emulator", " The host's own emulator needs none; leave it out."},
};

static bool has_reason(char **reach, const char *begin, const char *end)
{
    for (; *reach; reach++)
        if (g_str_has_prefix(*reach, begin) && g_str_has_suffix(*reach, end))
            return true;
    return false;
}

/* What needs a right to the host's resources, and what would do without it: " It is needed for disk
 * vda: driver.type. ..." Nothing of a domain that the caller may not read. */
static char *needed_for(const Authorization *authorization, Action action)
{
    char **reach = authorization->details ? authorization->details->reach : NULL;

    if (action != ACTION_USE_HOST_RESOURCES || !reach || !*reach ||
        (grants_unearned(authorization->grants) & ACTION_BIT(ACTION_READ)))
        return g_strdup("");
    GString *text = g_string_new(" It is needed for ");
    for (unsigned i = 0; reach[i] && i < REASONS_SHOWN; i++)
        g_string_append_printf(text, "%s%s", i ? "; " : "", reach[i]);
    g_string_append(text, g_strv_length(reach) > REASONS_SHOWN ? " and more." : ".");
    for (gsize i = 0; i < G_N_ELEMENTS(alternatives); i++)
        if (has_reason(reach, alternatives[i].begin, alternatives[i].end))
            g_string_append(text, alternatives[i].sentence);
    return g_string_free(text, FALSE);
}

static GError *denial(const Authorization *authorization, Action action, Answer answer)
{
    g_autofree char *needed = needed_for(authorization, action);
    const char *name = action_name(action);

    switch (answer) {
    case ANSWER_CHALLENGE:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_AUTHENTICATION,
                           "Authorisation org.domwright1.%s requires authentication, but the "
                           "caller did not allow interaction.%s",
                           name, needed);
    case ANSWER_ERROR:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                           "Polkit did not say whether org.domwright1.%s is granted.", name);
    case ANSWER_GONE:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                           "The call ended before org.domwright1.%s was granted.", name);
    default:
        return g_error_new(DAEMON_ERROR, DAEMON_ERROR_ACCESS_DENIED,
                           "Authorisation org.domwright1.%s is not granted.%s", name, needed);
    }
}

static void on_answer(Answer answer, void *userdata);

static bool ask_next(Authorization *authorization, GError **error)
{
    while (authorization->left &&
           !(authorization->grants->subject.interactive && authorization->out)) {
        Action action = g_bit_nth_lsf(authorization->left, -1);
        AuthorizationCheck *check = &authorization->checks[action];
        *check = (AuthorizationCheck){.authorization = authorization, .action = action};
        check->check = policy_ask(authorization->grants->policy, &authorization->grants->subject,
                                  action, authorization->details, on_answer, check, error);
        if (!check->check)
            return false;
        authorization->left &= ~ACTION_BIT(action);
        authorization->out++;
    }
    return true;
}

static void finish(Authorization *authorization, GError *denied)
{
    AuthorizationFunc func = authorization->func;
    void *userdata = authorization->userdata;
    authorization_cancel(authorization);
    func(denied, userdata);
}

static void on_answer(Answer answer, void *userdata)
{
    AuthorizationCheck *check = userdata;
    Authorization *authorization = check->authorization;
    GError *denied = NULL;
    check->check = NULL;
    authorization->out--;
    if (answer != ANSWER_YES) {
        finish(authorization, denial(authorization, check->action, answer));
        return;
    }
    authorization->grants->granted |= ACTION_BIT(check->action);
    if (!ask_next(authorization, &denied) || authorization->out == 0)
        finish(authorization, denied);
}

Authorization *authorization_begin(Grants *grants, unsigned actions, const PolicyDetails *details,
                                   AuthorizationFunc func, void *userdata, GError **error)
{
    Authorization *authorization = g_new0(Authorization, 1);
    *authorization = (Authorization){
        .grants = grants, .left = actions, .details = details, .func = func, .userdata = userdata};
    if (ask_next(authorization, error))
        return authorization;
    authorization_cancel(authorization);
    return NULL;
}

void authorization_cancel(Authorization *authorization)
{
    if (!authorization)
        return;
    for (Action action = 0; action < ACTION_COUNT; action++)
        policy_cancel(authorization->checks[action].check);
    g_free(authorization);
}
