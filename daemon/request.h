/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One method call, from its arrival to its answer. A handler that returns true has taken the
 * request: it answers now or later, once, with request_send, request_done or request_fail, each of
 * which frees it. A handler that returns false has set an error and left the request alone.
 */
#pragma once

#include "access.h"
#include "server.h"

typedef struct Request {
    Server *server;
    sd_bus_message *message;
    const Method *method; /* NULL: a property */
    uid_t uid;
    bool trusted;            /* nothing has to be asked for */
    unsigned needs, granted; /* ACTION_BITs; see authority.h */
    sd_bus_message *answer;  /* once there is one */
} Request;

/* NULL when the user has too many calls under way: then that is the answer. */
Request *request_new(Server *server, sd_bus_message *message, const Method *method, uid_t uid);
/* The reply to be filled; NULL: out of memory. */
sd_bus_message *request_reply(Request *request);
/* Sends and unrefs the reply; r is what filling it returned. An answer that needs what has not been
 * granted is not sent: AccessDenied is. */
void request_send(Request *request, sd_bus_message *reply, int r);
/* Sends the answer; for those that were held back. */
void request_deliver(Request *request);
/* The request is dropped without an answer: its message is going to come again. */
void request_drop(Request *request);
/* An empty answer. */
void request_done(Request *request);
/* Takes the error. */
void request_fail(Request *request, GError *error);

/* sd-bus calls this for every method of the contract; userdata is the object found. */
int request_dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Answers are limited as documents are. */
bool request_check_text(const char *text, GError **error);
