/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file format of histories: an append-only sequence of checksummed records. Used by store.c
 * and prune.c, on any thread; a file is locked from journal_open to journal_close, so threads and
 * processes take turns.
 *
 * A record is one header line, a payload of any bytes and one trailer line:
 *
 *     domwright-history 1 TYPE LENGTH CHECKSUM DOCUMENT CHANGES\n
 *     PAYLOAD\n
 *     end LENGTH\n
 *
 * LENGTH is the payload's, in bytes; CHECKSUM 8 hex digits, zlib's CRC-32 over type, length,
 * document, changes and payload; DOCUMENT how many bytes before this header that of the newest
 * record of type document begins, 0 for such a record itself and -1 without one; CHANGES how many
 * changes the domain had up to here. Header and trailer have a fixed length, so the last record is
 * found from the file's end. An incomplete record fails its trailer or checksum; the next append
 * removes it.
 *
 * A record says nothing of where in the file it stands. So the end of a file, from a document on,
 * is a file as well, and what goes before it can be cut off without reading the rest.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    RECORD_DOCUMENT = 'D', /* a definition, as it was seen */
    RECORD_CHANGE = 'C',   /* a change is about to be made, or was seen */
    RECORD_OUTCOME = 'O',  /* what became of the last change */
    RECORD_GONE = 'G',     /* the domain is not defined any more */
} RecordType;

typedef struct {
    RecordType type;
    int64_t offset;   /* of the header */
    int64_t length;   /* of the payload */
    int64_t document; /* offset of the newest document so far; -1: none */
    uint32_t changes; /* the domain's so far, with those that were cut off */
    uint32_t checksum;
} Record;

typedef struct {
    int fd;
    int64_t size; /* of what is complete */
    Record last;  /* valid when size > 0 */
    char *newest; /* payload of last; NULL: was not read */
    char *tail;   /* the end of the file as it was opened; NULL: was not read */
    int64_t tail_offset, tail_length;
    GString *unwritten; /* the last records */
    char *path;
    bool made;       /* the directory's entry is not synchronised yet */
    bool is_scratch; /* journal_sync() only writes */
} Journal;

typedef enum {
    JOURNAL_READ,
    JOURNAL_WRITE,  /* a file that is there */
    JOURNAL_CREATE, /* or a new one, mode 0600 */
} JournalMode;

/*
 * Opens and locks the file. For writing, an incomplete record is removed from its end; for reading
 * it is ignored. Errors are of G_FILE_ERROR; G_FILE_ERROR_NOENT: there is no such file.
 */
bool journal_open(Journal *journal, const char *path, JournalMode mode, GError **error);
void journal_close(Journal *journal);
/* Appends a record, which is in the file after journal_write() or journal_sync(). */
void journal_append(Journal *journal, RecordType type, const char *payload, gsize length);
/* All that was appended, or nothing: on failure (a full disk) the file is cut back. Not
 * synchronised. */
bool journal_write(Journal *journal, GError **error);
/* Takes the last record off, which is the change that was appended before. */
bool journal_take_back(Journal *journal, GError **error);
/* Replaces the file by its end from this record on, which is a document. Nothing but
 * journal_close() may follow. */
bool journal_cut(Journal *journal, const Record *first, GError **error);
/* Writes what was appended; it is on the disk then, and so is the file's name, unless the journal
 * is scratch. */
bool journal_sync(Journal *journal, GError **error);
/* The first record (offset 0) or the one behind `record`; false: there is none. Reads the header.
 */
bool journal_next(const Journal *journal, const Record *record, Record *ret_record);
/* The record whose header begins at the offset. */
bool journal_at(const Journal *journal, int64_t offset, Record *ret_record);
/* The payload with a NUL behind it; NULL: unreadable or its checksum is wrong. */
char *journal_payload(const Journal *journal, const Record *record);
