/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of calls that change something, and the problems they and Validate report. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "bus/values.h"
#include "text/edit-args.h"

/* Problems are rows of rule, severity, key, kind, id, value, message, allowed. */
bool problems_have_errors(const Rows *problems);
/* Those of the object at path. Returns the status, having reported why there are none; ret_reply
 * may be NULL. */
int problems_read(const char *name, const char *path, Rows *problems, sd_bus_message **ret_reply);
/* "disk vda target.bus": what a problem is about; may be "". */
char *problem_place(const Values *problem);

/* A device of the file at hand is called so from now on, as the person has named it; takes name. */
void problems_name(const char *kind, const char *id, char *name);
/* Says it on standard error, after the name of its device. */
void problem_report(const char *subject, const Values *problem);

typedef struct {
    const Edits *edits;  /* the names of edits in messages; NULL: there are none */
    const char *path;    /* of the domain, which is asked whether --now would do; NULL: it is not */
    unsigned first_edit; /* how many of them come before the one that a problem calls 1 */
    const char *domain;  /* its name in commands that are told; NULL: none is told */
    bool *ret_changed;   /* may be NULL */
    bool heading;        /* one of many: the subject above the difference, no note of a restart */
} ResultView;

/*
 * Reports the a{sv} result that is next in a reply: problems and notes on standard error, the diff,
 * when asked for, on standard output. view may be NULL. Returns the status: trouble where a guest
 * has not let go of a device yet, and in a dry run whether it would change something or fail.
 */
int result_report(const char *subject, sd_bus_message *reply, const ResultView *view);
/*
 * Prints the diff that is the reply's only argument, or reports why there is no reply (r < 0, and
 * error). Returns the status; `differs` when there is a difference.
 */
int result_print_diff(const char *name, sd_bus_message *reply, int r, const sd_bus_error *error,
                      int differs);
