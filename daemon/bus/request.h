/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One method call, from its arrival to its answer: whose it is, its row, what it has been granted.
 * The filter makes it and hands it to its steps, which may keep it for a while; then the handler
 * has it. A handler that returns true has taken the request: it answers now or later, once, with
 * request_send, request_done or request_fail, each of which frees it. A handler that returns false
 * has set an error and left the request alone. Main thread.
 */
#pragma once

#include "base/writer.h"
#include "bus/method.h"
#include "bus/quota.h"
#include "bus/rate-limit.h"
#include "policy/authorization.h"

struct Server;

/* What all requests share. */
typedef struct {
    struct Server *server; /* for handlers; not looked into here */
    Quota *quota;
    ByteLimit *byte_limit; /* NULL: as policy */
    RateLimit *rate_limit;
    Policy *policy;   /* NULL: not on the system bus */
    unsigned pending; /* requests not answered yet */
    uint64_t arrived; /* numbers them */
} Requests;

typedef struct Request {
    Requests *all;
    struct Server *server;
    sd_bus_message *message;
    const char *sender;
    const Method *method; /* NULL: one that sd-bus answers, such as Properties.Get */
    uint64_t serial;      /* in the order of arrival */
    unsigned step;        /* of the filter, where it was kept */
    size_t size;          /* as wire_measure has it; 0 where nothing is measured */
    bool counted;         /* against the quota */
    bool charged;         /* its bytes, to its user */
    bool paced;           /* a large one whose turn has come: large-queue.c */
    uid_t uid;
    bool trusted; /* nothing has to be asked for */
    Grants grants;
    sd_bus_message *answer; /* once there is one */
} Request;

/* Its user is not known yet. */
Request *request_new(Requests *all, sd_bus_message *message, const Method *method);
void request_set_user(Request *request, uid_t uid);
/* Counts it against the quota; false: its user has too many calls under way, and that was the
 * answer. For filter steps that answer a request; handlers are called after it. */
bool request_begin(Request *request);
/* Charges its bytes to its user, once. */
void request_charge(Request *request);
/* Charges and refuses it, as often as the rate limit lets it; frees it. */
void request_refuse_busy(Request *request, const GError *busy);
/* The reply to be filled. */
Writer request_reply(Request *request);
/* Sends and unrefs the reply. An answer that needs what has not been granted is not sent:
 * AccessDenied is. */
void request_send(Request *request, Writer *reply);
/* An empty answer. */
void request_done(Request *request);
/* Takes the error. */
void request_fail(Request *request, GError *error);
/* The same at once, whatever else its user is waiting for; for the filter. */
void request_refuse(Request *request, const char *error_name, const char *reason);
/* Frees it without an answer: its sender has left, or sd-bus answers. */
void request_drop(Request *request);

/* The next that request_dispatch is called for; NULL: none. */
void request_admit(Request *request);
/* sd-bus calls this for every method with a row; userdata is the object found. */
int request_dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Answers are limited as documents are. */
bool request_check_text(const char *text, GError **error);
