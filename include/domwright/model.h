/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The model of libvirt domain documents: typed settings over XML text that keeps every byte an edit
 * does not name. It owns text, keys, rules and differences; it knows nothing of D-Bus or libvirt.
 *
 * Conventions. Functions that can fail return bool or a pointer and set a GError of DW_ERROR whose
 * message is a sentence for the person who sent the value. `ret_*` arguments may be NULL and are
 * given away to the caller. Nothing here has global state: different documents may be used from
 * different threads, one document from one thread at a time.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include <domwright/names.h>

/* Once, before threads: without memory libxml2 then ends the program, as GLib does. */
void dw_end_without_memory(void);

/* ---- Errors; each has the D-Bus error of the same name (names.h). ---- */

#define DW_ERROR (dw_error_quark())
GQuark dw_error_quark(void);

typedef enum {
    DW_ERROR_UNKNOWN_KEY,    /* no such key, kind, verb or preset; names the nearest */
    DW_ERROR_INVALID_VALUE,  /* wrong type, out of range, not among the values, key twice */
    DW_ERROR_INVALID_XML,    /* not well-formed, not a domain, has a DOCTYPE */
    DW_ERROR_INVALID,        /* breaks a rule; every problem is in the message */
    DW_ERROR_NOT_FOUND,      /* no such device */
    DW_ERROR_ALREADY_EXISTS, /* such a device is there */
    DW_ERROR_UNSUPPORTED,    /* needs a version or a capability; names it */
    DW_ERROR_LIMIT_EXCEEDED, /* DW_MAX_* */
} DwErrorCode;

/* ---- Limits on documents ---- */

#define DW_MAX_BYTES (1024 * 1024) /* text of a document, before and after an edit */
#define DW_MAX_DEPTH 256           /* levels of elements, the root included */
#define DW_MAX_NODES 20000         /* elements, attributes, comments and processing instructions */
#define DW_MAX_CHAIN 200           /* levels of a backing chain */

/* ---- Values ---- */

/* The D-Bus type letters. DW_VALUE_INT64 only comes in: no key has that type. */
typedef enum {
    DW_VALUE_BOOL = 'b',
    DW_VALUE_INT = 'i',    /* 32 bits */
    DW_VALUE_UINT = 'u',   /* 32 bits */
    DW_VALUE_INT64 = 'x',  /* any signed integer a caller sent */
    DW_VALUE_UINT64 = 't', /* also any unsigned integer a caller sent */
    DW_VALUE_STRING = 's',
    DW_VALUE_STRINGS = 'a', /* "as" */
} DwValueType;

typedef struct {
    DwValueType type;
    union {
        bool b;
        int64_t i;  /* INT, INT64 */
        uint64_t u; /* UINT, UINT64 */
        char *s;    /* UTF-8, never NULL */
        char **v;   /* NULL-terminated, may be empty, never NULL */
    };
} DwValue;

DwValue dw_value_bool(bool b);
DwValue dw_value_uint(uint32_t u);
DwValue dw_value_uint64(uint64_t u);
DwValue dw_value_int64(int64_t i);
DwValue dw_value_string(const char *s);
DwValue dw_value_strings(const char *const *v);
DwValue dw_value_copy(const DwValue *value);
bool dw_value_equal(const DwValue *a, const DwValue *b);
/* As a person would write it: "yes"/"no", digits, the string, "a,b". */
char *dw_value_to_text(const DwValue *value);
void dw_value_clear(DwValue *value);

/* An ordered dictionary of key and value; the order is the order of adding. */
typedef struct DwSettings DwSettings;

DwSettings *dw_settings_new(void);
DwSettings *dw_settings_copy(const DwSettings *settings);
void dw_settings_free(DwSettings *settings);
/* Takes the value in every case. False with INVALID_VALUE when the key is there already. */
bool dw_settings_add(DwSettings *settings, const char *key, DwValue value, GError **error);
/* Takes the value; replaces one that is there. */
void dw_settings_put(DwSettings *settings, const char *key, DwValue value);
const DwValue *dw_settings_get(const DwSettings *settings, const char *key); /* NULL: not there */
size_t dw_settings_count(const DwSettings *settings);
const char *dw_settings_key(const DwSettings *settings, size_t index);
const DwValue *dw_settings_value(const DwSettings *settings, size_t index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwSettings, dw_settings_free)

/* ---- Documents ---- */

typedef struct DwDocument DwDocument;

/*
 * Takes UTF-8 text (whatever encoding its declaration names) and keeps it as it is. Refuses text
 * that is not well-formed (namespaces included), has a DOCTYPE, a root other than <domain>, or is
 * over a limit: INVALID_XML, LIMIT_EXCEEDED.
 */
DwDocument *dw_document_parse(const char *text, size_t length, GError **error);
/* The same of text that dw_document_parse has taken before, which is not checked again. */
DwDocument *dw_document_parse_again(const char *text, size_t length);
/* An empty <domain>. */
DwDocument *dw_document_new(void);
DwDocument *dw_document_copy(const DwDocument *document);
void dw_document_free(DwDocument *document);
/* The text, byte for byte; owned by the document, good until its next change. */
const char *dw_document_text(const DwDocument *document, size_t *ret_length);
/* The text without byte order mark and XML declaration: what may be handed to other parsers, which
 * would believe the encoding a declaration names. */
const char *dw_document_body(const DwDocument *document);
/* The text with every secret replaced by DW_SECRET_PLACEHOLDER. */
char *dw_document_redacted(const DwDocument *document);
/* The same of what edits made, with DW_SECRET_NEW for the secrets they gave, whether or not those
 * are what was there before. ids: as in DwResult. */
char *dw_document_redacted_after(const DwDocument *document, const GPtrArray *edits, char **ids);
/* False: a document of this text holds no secret, which is known without reading it. */
bool dw_text_may_hold_secret(const char *text);
#define DW_SECRET_PLACEHOLDER "(unchanged secret)"
#define DW_SECRET_NEW         "(new secret)"
/* Where a secret is the placeholder, puts the one base has in the same place (the same device's, of
 * the same name). INVALID when base has none there; base NULL has none at all. */
bool dw_document_keep_secrets(DwDocument *document, const DwDocument *base, GError **error);
/* The same for a document whose secrets may be nowhere any more: those become empty, which opens
 * nothing. base may be NULL. Returns the kinds of their devices, an array of char *. */
GPtrArray *dw_document_recover_secrets(DwDocument *document, const DwDocument *base);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwDocument, dw_document_free)

/* ---- The table of keys ---- */

/* When a change of a key takes effect in a domain that runs. */
typedef enum {
    DW_APPLIES_RESTART, /* when it is started next */
    DW_APPLIES_LIVE,    /* at once */
    DW_APPLIES_MEDIA,   /* at once in a cdrom or floppy, else as PLUG */
    DW_APPLIES_PLUG,    /* at once only by removing the device and adding it */
    DW_APPLIES_RUNTIME, /* nobody sets it: it tells about the domain that runs */
} DwApplies;
const char *dw_applies_name(DwApplies applies); /* "restart", "live", … */

typedef struct {
    char *key;   /* "memory", "source.host.N.port", "cpu.feature.NAME.policy" */
    char *index; /* what each N or NAME stands for: "position", from 1, or the attribute whose value
                    it is; separated by blanks */
    const char *kind;    /* device kind, "" for domain settings */
    const char *type;    /* D-Bus signature of the value as it comes out */
    const char *form;    /* "enum", "size", "presence", …: how it is written */
    char **values;       /* what an enum accepts; empty otherwise */
    char **values_since; /* the libvirt version of each, or "" */
    uint64_t min, max;   /* range of numbers and sizes; both 0: none */
    const char *unit;    /* "bytes", "ms", …, or "" */
    const char *since;   /* libvirt version, "" when older than 6.0 */
    DwApplies applies;   /* when a change takes effect in a running domain */
    bool reach;          /* alters what the guest can reach on the host, or may: see safe */
    char **belongs; /* of which devices of the kind it is: "type=bridge,network" each, all of which
                       have to be so; none: of all */
    bool required;  /* a device of the kind cannot be made without it */
    char *safe;     /* why it does not, and on what that depends; NULL: it always may */
    bool secret;
    bool output;     /* libvirt writes it of a running domain; nobody sets it */
    const char *doc; /* one sentence */
} DwKey;

/* The keys of a kind ("" = domain settings, "*" = all) whose name begins with prefix, in the
 * table's order; an array of DwKey. UNKNOWN_KEY for an unknown kind. */
GPtrArray *dw_keys_describe(const char *kind, const char *prefix, GError **error);
/* One key as it is spelt in a document ("source.host.3.port"), or NULL. */
DwKey *dw_key_find(const char *kind, const char *key);
/* Sets UNKNOWN_KEY, with the nearest key of the kind. Always false. */
bool dw_key_unknown(const char *kind, const char *key, GError **error);
void dw_key_free(DwKey *key);
/* A value as a caller sends it ("4GiB"), as it would come out under the key: UNKNOWN_KEY,
 * INVALID_VALUE. */
bool dw_key_value(const char *kind, const char *key, const DwValue *value, DwValue *ret_value,
                  GError **error);
/* Kinds that have rows, "" first. */
const char *const *dw_kinds(void);
/* Why devices of a kind may be there as long as all that they have is safe; NULL: they may not. */
const char *dw_kind_safe(const char *kind);
/* The candidate nearest to word by edit distance, or NULL when none is near. */
const char *dw_nearest(const char *word, const char *const *candidates);

/* ---- Reading ---- */

typedef struct {
    char *kind;
    char *id;
    DwSettings *properties;
} DwDevice;

void dw_device_free(DwDevice *device);

/* keys: names or prefixes like "cpu.*"; NULL or empty = all that are present. Secrets come as the
 * placeholder unless asked for. UNKNOWN_KEY for a name the table does not have. */
DwSettings *dw_get_settings(const DwDocument *document, const char *const *keys, bool secrets,
                            GError **error);
/* kind "" = all, also kinds without rows (their properties are empty); an array of DwDevice.
 * UNKNOWN_KEY for a kind that is neither in the table nor in the document. */
GPtrArray *dw_get_devices(const DwDocument *document, const char *kind, bool secrets,
                          GError **error);
/* For answers: an id that several devices of a kind share names none of them, and each gets "#N"
 * instead. devices are all of their kinds; NULL: there are none. */
void dw_devices_tell_apart(GPtrArray *devices);
/* The element of a device as it is written, or NULL when there is none. */
char *dw_device_text(const DwDocument *document, const char *kind, const char *id);
/* The text of a domain setting as written in the document, or NULL: "name", "uuid", "@type" by key.
 */
char *dw_get_string(const DwDocument *document, const char *key);
/* The numbers of the I/O threads: a set of GUINT_TO_POINTER. Those that the document does not list,
 * but counts, have the lowest numbers that are free, as libvirt gives them. */
GHashTable *dw_iothreads(const DwDocument *document);
/* Whether each I/O thread that the later document has is scheduled as it was in the earlier one. */
bool dw_iothreads_keep_schedulers(const DwDocument *before, const DwDocument *after);

/* ---- Problems ---- */

typedef enum { DW_SEVERITY_ERROR, DW_SEVERITY_WARNING, DW_SEVERITY_INFO } DwSeverity;

typedef struct {
    char *rule; /* stable id, "disk-target-unique" */
    DwSeverity severity;
    char *key, *kind, *id; /* what it is about; "" where it does not apply */
    char *value;           /* the value found, or "" */
    char *message;         /* a sentence naming key, value and remedy */
    char **allowed;        /* what would be accepted; may be empty */
    unsigned edit;         /* which edit of several, or device of a build, from 1; 0: none */
} DwProblem;

void dw_problem_free(DwProblem *problem);
const char *dw_severity_name(DwSeverity severity); /* "error", "warning", "info" */
/* Adds a problem about the whole document to an array of DwProblem. */
void dw_problems_add(GPtrArray *problems, const char *rule, DwSeverity severity,
                     const char *message);
/* What a document names that its host has to have. */
typedef enum {
    DW_REFERENCE_NETWORK,
    DW_REFERENCE_BRIDGE,
    DW_REFERENCE_NIC,
    DW_REFERENCE_POOL,
    DW_REFERENCE_VOLUME,
} DwReferenceTarget;

typedef struct {
    DwReferenceTarget target;
    const char *kind, *key; /* where it is named */
    char *id, *value;
    char *pool; /* of a volume, or NULL */
} DwReference;

/* An array of DwReference. */
GPtrArray *dw_references(const DwDocument *document);
/* Is the same thing named among references? */
bool dw_references_have(const GPtrArray *references, const DwReference *wanted);
/* Adds the problem, a warning, that the host has no such thing. */
void dw_reference_report(const DwReference *reference, GPtrArray *problems);

/* Says of problems from `first` on, found in the outcome of edits, which edit each is about; ids
 * are those of its result. Those of an edit that an error before tells of are left out. written: a
 * device is named as the edit names it, as it is anyway where it cannot be. */
void dw_problems_assign(GPtrArray *problems, guint first, const GPtrArray *edits, char *const *ids,
                        bool written);
/* The messages of those that are errors, a line each; "" without any. */
char *dw_problems_join(const GPtrArray *problems);
/* What stands for those behind the first `shown`: how many, and the worst severity. */
DwProblem *dw_problems_rest(const GPtrArray *problems, guint shown);

/* ---- What a host can do; all from libvirt's own documents ---- */

typedef struct DwCapabilities DwCapabilities;
typedef struct DwDomainCapabilities DwDomainCapabilities;

DwCapabilities *dw_capabilities_parse(const char *xml, GError **error);
void dw_capabilities_free(DwCapabilities *capabilities);
DwDomainCapabilities *dw_domain_capabilities_parse(const char *xml, GError **error);
void dw_domain_capabilities_free(DwDomainCapabilities *capabilities);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwCapabilities, dw_capabilities_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwDomainCapabilities, dw_domain_capabilities_free)

/* The typed answers of GetCapabilities (without "guests") and GetDomainCapabilities. */
DwSettings *dw_capabilities_describe(const DwCapabilities *capabilities);
DwSettings *dw_domain_capabilities_describe(const DwDomainCapabilities *capabilities);

typedef struct {
    char *arch, *os_type, *emulator;
    char **types;        /* "kvm", "qemu", … */
    char **machines;     /* canonical names */
    GHashTable *aliases; /* alias -> canonical */
    GHashTable *vcpus;   /* canonical name -> most virtual processors, where that is told */
    uint32_t wordsize;
} DwGuest;

/* Array of DwGuest, owned by the capabilities. */
const GPtrArray *dw_capabilities_guests(const DwCapabilities *capabilities);

/* What a new domain gets of those that are NULL; they stay so where the host does not say. */
void dw_capabilities_fill(const DwCapabilities *capabilities, const char **type, const char **arch,
                          const char **machine);

/* One value that a host accepts under a key, and words for people about it ("" for none). */
typedef struct {
    char *value, *doc;
} DwChoice;

void dw_choice_free(DwChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwChoice, dw_choice_free)

/* The capability ("pci", "usb_device", "net", …) of those of the host's devices that a key names;
 * NULL: it names none. */
const char *dw_host_device_capability(const char *kind, const char *key);
/* What a device, in libvirt's <device> document, is called under such a key. NULL without error
 * when it does not say; INVALID_XML. */
DwChoice *dw_host_device_choice(const char *xml, const char *kind, const char *key, GError **error);

/* The words of libvirt's schema: a value that the table of keys does not know, but they have, is
 * left to the schema. Read once, good for all threads. */
typedef struct DwSchemaWords DwSchemaWords;
/* UNSUPPORTED when the directory has no domaincommon.rng. */
DwSchemaWords *dw_schema_words_load(const char *directory, GError **error);
void dw_schema_words_free(DwSchemaWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwSchemaWords, dw_schema_words_free)

/* Everything unknown when zeroed: nothing is filled in, nothing refused on a host's behalf. */
typedef struct {
    const DwCapabilities *capabilities;
    const DwDomainCapabilities *domain_capabilities;
    uint64_t libvirt_version;          /* 9000000 is 9.0.0; 0 = unknown */
    const DwSchemaWords *schema_words; /* of the schema that has the last word; NULL = none does */
    bool is_session;                   /* of a user's session, which has no control groups */
    const DwDocument *running;         /* of the same domain: what it has there is not free for new
                                          devices either; NULL = none does */
} DwHost;

/* ---- Editing ---- */

typedef enum {
    DW_VERB_SET,    /* domain settings; kind and id empty */
    DW_VERB_ADD,    /* a device of kind, values its properties; id empty, or the wanted id key */
    DW_VERB_MODIFY, /* a device */
    DW_VERB_REMOVE, /* a device; no values */
    DW_VERB_HYPERV, /* values keyed without "hyperv."; also "recommended" and "all" */
    DW_VERB_PRESET, /* id is the name */
    DW_VERB_BOOT,   /* the value "devices", KIND/ID each, is the order to start from */
    DW_VERB_MEDIA,  /* id is a drive's target, values the new medium; none: it is ejected */
} DwVerb;

/* "set", "add", …; UNKNOWN_KEY otherwise. */
bool dw_verb_from_name(const char *name, DwVerb *ret_verb, GError **error);

typedef struct {
    DwVerb verb;
    char *kind;         /* "" where it does not apply */
    char *id;           /* "" where it does not apply */
    DwSettings *values; /* never NULL */
    char **unset;       /* keys or "group.*"; done before values; never NULL */
} DwEdit;

/* Copies its strings; takes values (NULL = none). */
DwEdit *dw_edit_new(DwVerb verb, const char *kind, const char *id, DwSettings *values,
                    const char *const *unset);
void dw_edit_free(DwEdit *edit);

typedef enum {
    DW_APPLY_DRY = 1 << 0,    /* report what is wrong among the problems instead of failing; what
                                 cannot be done of the edits is left out */
    DW_APPLY_DOMAIN = 1 << 1, /* the document is a defined domain's: name and uuid are fixed, and an
                                 edit of title and description alone tells of those only */
    DW_APPLY_CASCADE = 1 << 2, /* turning a feature off takes along what needs it */
    DW_APPLY_NEW = 1 << 3,     /* the document is being built: fill what the host knows */
    DW_APPLY_DRAFT = 1 << 4,   /* the document may be incomplete: rules whose id ends in "-required"
                                  are reported, not enforced */
    DW_APPLY_UNCHECKED = 1 << 5, /* the rules are not asked */
    DW_APPLY_RUNNING = 1 << 6,   /* the document is what a hypervisor runs: problems that it has
                                    already are not reported */
} DwApplyFlags;

typedef struct {
    bool changed;
    char **ids;          /* one for each edit: the device's id after it, or "" */
    GPtrArray *problems; /* of DwProblem: what the edit did by itself, warnings; all when dry */
    GPtrArray *skipped;  /* of char *: name, reason, name, reason, … (presets) */
} DwResult;

void dw_result_clear(DwResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DwResult, dw_result_clear)

/* Applies all edits or, on failure, none: the error then has a line for each thing that is wrong,
 * and the code of the first. edits: array of DwEdit. */
bool dw_apply(DwDocument *document, const GPtrArray *edits, DwApplyFlags flags, const DwHost *host,
              DwResult *ret_result, GError **error);

/* A new document from settings and devices (array of DwDevice; ids ignored) and, when not NULL or
 * empty, a preset that the settings go over. flags: DW_APPLY_DRY, DW_APPLY_DRAFT. */
DwDocument *dw_build(const DwSettings *settings, const GPtrArray *devices, const char *preset,
                     DwApplyFlags flags, const DwHost *host, DwResult *ret_result, GError **error);

/* Every problem of a document by the rules; an array of DwProblem. */
GPtrArray *dw_validate(const DwDocument *document, const DwHost *host);

/* The child of <metadata> in namespace uri, as text that stands alone; "" when there is none. */
char *dw_metadata_get(const DwDocument *document, const char *uri);
/* Replaces it; xml "" removes it. INVALID_XML when xml is not one element of that namespace. */
bool dw_metadata_set(DwDocument *document, const char *uri, const char *xml, GError **error);

/* ---- Schema ---- */

typedef struct DwSchema DwSchema;

/* Loads libvirt's domain.rng and what it includes from directory. Not thread-safe to share: one
 * schema serves one thread at a time. */
DwSchema *dw_schema_load(const char *directory, GError **error);
void dw_schema_free(DwSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DwSchema, dw_schema_free)
/* Array of DwProblem (rule "schema"), empty when the document is valid; each names the smallest
 * setting or device found at fault. */
GPtrArray *dw_schema_validate(DwSchema *schema, const DwDocument *document);
/* True when what differs between the two is valid; cheap. False says nothing more: validate. */
bool dw_schema_accepts_change(DwSchema *schema, const DwDocument *before, const DwDocument *after);

/* ---- Differences ---- */

/* Unified, three lines of context, without file names; "" when equal. */
char *dw_diff(const char *before, const char *after);

typedef struct {
    char **keys;        /* domain settings added, removed or altered */
    GPtrArray *devices; /* of DwDevice with kind and id only: added, removed or altered, */
    GString *ways;      /* which of it, a letter each: '+', '-' or '~' */
    bool other;         /* something without a row differs, */
    bool reordered;     /* which is no more than that the devices stand in another order */
} DwChanges;

void dw_changes_clear(DwChanges *changes);
void dw_changes_between(const DwDocument *before, const DwDocument *after, DwChanges *ret_changes);

/* What became of a change: `stored` is the document that libvirt made of `sent`, with which
 * `before` (NULL: nothing) was to be replaced. Adds to problems a warning "not-stored" for each key
 * that was asked for and is not as asked: what differs between before and sent, or is named by
 * edits (array of DwEdit, or NULL; ids: of their devices); its value is the stored one. Adds infos
 * "stored-default" for what was unset and has another value now than it had, "stored-dropped",
 * "stored-added" and "stored-changed" for what libvirt did besides, but not for what it fills into
 * every domain. Values that mean the same are no difference. An id that libvirt made, as by the
 * address of an interface, is put into ids. */
void dw_stored_compare(const DwDocument *before, const DwDocument *sent, const DwDocument *stored,
                       const GPtrArray *edits, char **ids, const DwCapabilities *capabilities,
                       GPtrArray *problems);

/* What waits until a running domain is started again: rows of one key, or of a whole device. */
typedef enum {
    DW_WAITS_RESTART, /* the configuration differs, and only a start brings it into effect */
    DW_WAITS_NOW,     /* the same, but it could be made so in the running domain, too */
    DW_WAITS_LOST,    /* the running domain was changed, and that ends with this run */
} DwWaits;
const char *dw_waits_name(DwWaits waits); /* "restart", "now", "lost" */

typedef struct {
    char *kind, *id;           /* "" for a setting of the domain */
    char *key;                 /* "": the whole device; a value is true then where it is there */
    DwValue live, config;      /* as they are now, secrets as the placeholder */
    bool has_live, has_config; /* false: it is not there on that side */
    DwWaits waits;
    bool sure; /* false: how the run began is not known, so it may be libvirt's own doing */
} DwPending;

void dw_pending_free(DwPending *row);

/* Both documents of a running domain, as they are and as they were when the run began. */
typedef struct {
    const DwDocument *config, *live;
    const DwDocument *first_config, *first_live; /* NULL: not known */
    /* Rows are wanted only of how the configuration differs from what it was before: changes. NULL:
     * of all. */
    const DwDocument *before;
    const DwChanges *changes;
} DwRun;

/* Array of DwPending, in the documents' order. */
GPtrArray *dw_pending(const DwRun *run);

/* ---- Cloning ---- */

typedef struct {
    const char *name;        /* NULL: the source's with "-clone" behind it */
    const DwSettings *disks; /* target -> "share", "omit", an absolute path or "POOL/VOLUME"; or
                                NULL */
    bool new_serials, drop_hostdevs;
    const GHashTable *macs; /* those in use, in lower case: a set; or NULL */
} DwCloneOptions;

/* A document of another domain like source: what tells one from the other is new, and nothing of
 * its storage is touched. What is to be known of it is added to rows (array of DwProblem): an error
 * of rule "clone.…" for each question that is open, warnings for the rest. INVALID_VALUE for an
 * answer that cannot be. */
DwDocument *dw_clone(const DwDocument *source, const DwCloneOptions *options, const DwHost *host,
                     GPtrArray *rows, GError **error);
/* A clone's text without its secrets; each is another question. */
char *dw_clone_redacted(const DwDocument *document, GPtrArray *rows);
/* Adds to problems those of rows that still hold for what became of the document: a question is
 * answered when what it asks about is not there any more. */
void dw_clone_hold(const DwDocument *document, const GPtrArray *rows, GPtrArray *problems);

/* ---- Merging ---- */

/* What counts where both sides changed something, each in its way. */
typedef enum { DW_PREFER_NEITHER, DW_PREFER_MINE, DW_PREFER_THEIRS } DwPrefer;

/* What ours and theirs made of base, in one document: what only one side changed is that side's, to
 * the byte. What both changed is added to conflicts (array of DwProblem, rule "rebase-conflict");
 * with DW_PREFER_NEITHER and a conflict the document is good for nothing. NULL: what both became
 * cannot be one document (INVALID_XML, LIMIT_EXCEEDED). */
DwDocument *dw_merge(const DwDocument *base, const DwDocument *ours, const DwDocument *theirs,
                     DwPrefer prefer, GPtrArray *conflicts, GError **error);

/* ---- Effects: what a change would let the guest reach on the host ---- */

/* A directory of the host whose images anyone who may change a domain may use in it. */
typedef struct {
    char *path;    /* absolute; "%n" is the domain's name, "%u" the user's, "%%" a percent sign */
    bool readonly; /* good only for disks that are readonly (":ro") */
} DwImageDirectory;

/* "/srv/vm/%n;/srv/iso:ro" -> an array of DwImageDirectory. INVALID_VALUE naming the entry that is
 * not absolute or has ".", "..", an empty part or an unknown "%". */
GPtrArray *dw_image_directories_parse(const char *text, GError **error);

/* By whom and where a change is made; all may be NULL. */
typedef struct {
    const GPtrArray *image_directories; /* of DwImageDirectory; NULL: none */
    const char *user;                   /* for "%u"; NULL: entries with it match nothing */
    const DwCapabilities *capabilities; /* the host's; NULL: every emulator, type and machine is
                                           reach */
} DwReachContext;

typedef struct {
    bool reach;     /* needs the right to use the host's resources */
    char **kinds;   /* kinds of device added, removed, moved or altered; "domain" for the domain's
                       own settings; sorted, once each */
    char **paths;   /* what of the host these use or used: files, devices, networks, addresses;
                       sorted, once each, control characters escaped */
    char *path;     /* the image file that is all there is to allow, or NULL: one whose use would
                       not be reach if it were in an image directory, and nothing else is */
    char **reasons; /* what made it reach, "disk vda: driver.type" */
} DwEffects;

void dw_effects_clear(DwEffects *effects);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DwEffects, dw_effects_clear)

/* Judges by allow-list: what differs between both documents and does not belong to a key that is
 * marked safe is reach. before NULL: a new domain, all of which counts as added. Looks at texts
 * alone, never at a file. */
void dw_effects_between(const DwDocument *before, const DwDocument *after,
                        const DwReachContext *context, DwEffects *ret_effects);

/* True when a secret other than the placeholder is set by one of the edits, or is in the document:
 * then even an answer that only says whether something changed tells about a secret. */
bool dw_edits_give_secret(const GPtrArray *edits);
bool dw_document_gives_secret(const DwDocument *document);
/* The document with something else in place of each secret: the same in all documents, or, for one
 * in which secrets were given, what no other has. So what a change amounts to can be told without
 * telling whether a secret that was given is the one that was there. */
DwDocument *dw_document_veiled(const DwDocument *document, bool given);
