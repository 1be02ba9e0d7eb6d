/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An operation: what one method call has done to a document, a domain or a host, as plain data in
 * and plain data out. This file owns what all operations have in common: a base struct with which
 * the struct of each family begins, and a row of functions and flags for each family, by which
 * calls/call treats them all alike. It knows nothing of the bus.
 *
 * A family is a file of its own: a struct that begins with Operation, a constructor, and a const
 * OperationType. A new one touches that file, meson.build, and the handler in api/ that makes it;
 * what a caller has to be granted, its queue, its deadline and its outcome follow from its row.
 * What plans a definition and has the plan authorised begins with ChangeOperation (plan.h) instead.
 * A family with more steps than a plan and an act names the next one in its next().
 *
 * Constructors, references and the columns marked so belong to the main thread, run() to a worker.
 * The two never have an operation at the same time.
 */
#pragma once

#include <domwright/model.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/options.h"
#include "base/secret-text.h"
#include "history/history.h"
#include "host/capabilities-cache.h"
#include "host/definition-watch.h"
#include "inventory/inventory.h"
#include "libvirt/connection.h"
#include "tasks/task-pool.h"

typedef struct Operation Operation;

/* What has to be granted before an operation may have a result. */
typedef enum {
    GRANT_NOTHING, /* it reads no domain */
    GRANT_READ,    /* to read, which is asked for while it runs */
    GRANT_CHANGE,  /* its change, known beforehand: nothing is begun before that is granted */
} FirstGrant;

/* What an operation changes on its host. */
typedef enum {
    CHANGE_NOTHING,
    CHANGE_DEFINE, /* adds a domain */
    CHANGE_MODIFY, /* the definition of a domain */
    CHANGE_CONTROL,
    CHANGE_UNDEFINE,
} HostChange;

/* Whether run() needs a connection. */
typedef enum {
    CONNECTION_ALWAYS,
    CONNECTION_FOR_DOMAINS, /* not when it is about a draft or about nothing */
    CONNECTION_NEVER,
} ConnectionNeed;

/* What follows a step that succeeded. */
typedef enum {
    NEXT_DONE,
    NEXT_AUTHORIZE, /* the plan is to be granted, then run() is called again */
    NEXT_WAIT,      /* for the domain, no worker being held; then run() is called again */
} OperationNext;

/* Where an operation on a document starts from when that is not a domain's. */
typedef struct {
    char *text;            /* a draft's document, or NULL */
    DwDocument *document;  /* the same with its original spelling, where that is kept */
    GPtrArray *clone_rows; /* of DwProblem: what is to be known of it as a clone; or NULL */
} DocumentSource;

/* What an operation waits for between two steps. Main thread; domain NULL: it is gone. */
typedef struct {
    bool (*arrived)(const Operation *operation, const Domain *domain);
    uint64_t (*patience)(const Operation *operation); /* µs */
    /* It has arrived or patience is over, or the service is stopping: prepares the next step.
     * False: there is none. */
    bool (*go_on)(Operation *operation, const Domain *domain, bool stopping, GError **error);
} OperationWait;

typedef struct {
    const char *name;
    gsize size; /* of the family's struct */
    bool (*run)(Operation *operation, Task *task, Virt *virt, GError **error);
    /* Main thread: frees what the family adds to the base. May be NULL. */
    void (*clear)(Operation *operation);
    /* Main thread: where the document of a draft is put. NULL: the operation is not for drafts. */
    DocumentSource *(*source)(Operation *operation);
    /* Main thread: the text it made, for an answer or a new draft. NULL: it makes none. */
    const char *(*text)(const Operation *operation);
    /* Main thread, when its turn on a host has come: takes what it starts from. May be NULL.
     * domain: NULL when it is not there (any more). */
    void (*prepare)(Operation *operation, Host *host, Domain *domain);
    /* Main thread, after a step succeeded. NULL: there is only one. */
    OperationNext (*next)(const Operation *operation);
    const OperationWait *wait; /* where next() may be NEXT_WAIT */
    /* Main thread, after the last step succeeded on a host: tells the inventory. May be NULL.
     * superseded: libvirt has reported a change of the domain since the call was made. */
    void (*settle)(Operation *operation, Host *host, Domain *domain, bool superseded);
    FirstGrant first;
    HostChange change;
    ConnectionNeed connection;
    uint64_t timeout; /* µs for each step, waiting included */
    bool defines;     /* the struct begins with ChangeOperation */
    bool serialised;  /* one at a time for each domain */
} OperationType;

#define OPERATION_SECOND UINT64_C(1000000)
/* For all that neither starts nor stops a guest. */
#define OPERATION_TIMEOUT (10 * OPERATION_SECOND)

struct Operation {
    const OperationType *type;
    unsigned references; /* main thread */
    atomic_bool unwanted;
    bool begun;   /* main thread: it goes on even if its caller has left */
    uid_t uid;    /* the caller's */
    bool guarded; /* the caller may not see all there is */
    Options options;
    char uuid[UUID_TEXT];            /* the domain's; "" for a draft or none */
    CapabilitiesCache *capabilities; /* NULL: no host */
    char *unasked;                   /* see operation_defer() */
    bool asked;                      /* what its host has not told is not waited for any more */
    bool host_gone;                  /* the host of its draft is not configured any more */
    GError *error;                   /* of the last step */
};

/* The struct of the type, zeroed but for its base; for the constructors of the families. */
void *operation_new(const OperationType *type);
Operation *operation_ref(Operation *operation);
void operation_unref(void *operation);
static inline void operation_clear(Operation *operation)
{
    if (operation)
        operation_unref(operation);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Operation, operation_clear)

/* Nobody waits for it any more: it must not begin to change anything. Any thread. */
void operation_set_unwanted(Operation *operation);
bool operation_is_unwanted(const Operation *operation);
/* TaskType.run: one step; its error is left in the operation. */
void operation_run(Task *task, void *connection, void *operation);

/* For the families; on a worker. */

/* Its document is a draft's, or one made from nothing. */
bool operation_on_draft(const Operation *operation);
/* The last thing before a change is begun; false when it must not be. */
bool operation_commits(const Operation *operation, Task *task, GError **error);
/* The document it starts from, read from libvirt unless source has one. */
char *operation_text(const Operation *operation, const DocumentSource *source, Virt *virt,
                     GError **error);
DwDocument *operation_document(const Operation *operation, const DocumentSource *source, Virt *virt,
                               GError **error);
/* The revision of such a document. */
void operation_revision(const Operation *operation, const Virt *virt, const DwDocument *document,
                        char ret_revision[static REVISION_TEXT]);
/* What the host can do for this document; without a connection, as far as it is known. */
void operation_view(const Operation *operation, Virt *virt, const DwDocument *document,
                    HostView *ret_view);
/* Has the host to be asked first? Then its run() is to end as if it had not begun; it is called
 * again, once, when there is an answer or that is late. */
bool operation_defer(Operation *operation, HostView *view);
/* Adds what the problems are silent about where the host has not answered. */
void operation_tell_silence(const Operation *operation, const HostView *view, GPtrArray *problems);
void document_source_clear(DocumentSource *source);
/* Takes a text that is to be an answer: LIMIT_EXCEEDED when it is too long for one. */
char *operation_answer(char *text, GError **error);
/* The text under a key, or NULL. */
const char *settings_text(const DwSettings *settings, const char *key);
