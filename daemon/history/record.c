/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the framing of history files: append, check, scan and repair. It is used by store.c and
 * prune.c on worker threads; the lock on the file is its only synchronisation.
 */
#include "history/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "common/write-file.h"

#define MAGIC "domwright-history 1"
/* Of a header: where its fields begin. All have a fixed width. */
#define AT_TYPE     ((gsize)sizeof MAGIC)
#define AT_LENGTH   (AT_TYPE + 2)
#define AT_CHECKSUM (AT_LENGTH + 11)
#define AT_DOCUMENT (AT_CHECKSUM + 9)
#define AT_CHANGES  (AT_DOCUMENT + 13)

#define HEADER_FORMAT  MAGIC " %c %010" PRId64 " %08" PRIx32 " %012" PRId64 " %010" PRIu32 "\n"
#define HEADER_LENGTH  (AT_CHANGES + 11)
#define TRAILER_FORMAT "\nend %010" PRId64 "\n"
#define TRAILER_LENGTH ((gsize)(1 + 4 + 10 + 1))
#define TAIL           INT64_C(8192)

static bool fail(Journal *journal, const char *what, GError **error)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "Cannot %s %s: %s.", what,
                journal->path, g_strerror(errno));
    return false;
}

static int64_t distance_to_document(const Record *record)
{
    return record->document < 0 ? -1 : record->offset - record->document;
}

/* Of the payload and what the header says. It is for finding what a crash left half written. */
static uint32_t checksum_of(const Record *record, const char *payload)
{
    const uint64_t header[] = {
        GUINT64_TO_LE(record->type),
        GUINT64_TO_LE(record->length),
        GUINT64_TO_LE(distance_to_document(record)),
        GUINT64_TO_LE(record->changes),
    };
    uLong sum = crc32_z(0, (const Bytef *)header, sizeof header);
    return crc32_z(sum, (const Bytef *)payload, record->length);
}

static bool read_at(const Journal *journal, int64_t offset, char *buffer, gsize length)
{
    int64_t into = offset - journal->tail_offset;
    if (journal->tail && into >= 0 && into + (int64_t)length <= journal->tail_length) {
        memcpy(buffer, journal->tail + into, length);
        return true;
    }
    while (length > 0) {
        ssize_t done = pread(journal->fd, buffer, length, offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        buffer += done;
        offset += done;
        length -= done;
    }
    return true;
}

static int64_t end_of(const Record *record)
{
    return record->offset + HEADER_LENGTH + record->length + TRAILER_LENGTH;
}

/* A field of digits, of which the character behind it is known. */
static bool read_number(const char *field, gsize width, int base, uint64_t *ret_number)
{
    char *end;
    *ret_number = *field == '-' ? (uint64_t)g_ascii_strtoll(field, &end, base)
                                : g_ascii_strtoull(field, &end, base);
    return end == field + width;
}

static bool parse_header(const char *header, int64_t offset, Record *ret_record)
{
    uint64_t length, checksum, document, changes;
    if (memcmp(header, MAGIC " ", sizeof MAGIC) != 0 ||
        !read_number(header + AT_LENGTH, 10, 10, &length) ||
        !read_number(header + AT_CHECKSUM, 8, 16, &checksum) ||
        !read_number(header + AT_DOCUMENT, 12, 10, &document) ||
        !read_number(header + AT_CHANGES, 10, 10, &changes))
        return false;
    *ret_record = (Record){
        .type = header[AT_TYPE],
        .offset = offset,
        .length = length,
        .document = (int64_t)document < 0 ? -1 : offset - (int64_t)document,
        .changes = changes,
        .checksum = checksum,
    };
    return ret_record->length >= 0;
}

/* Header and trailer at the offset, within the first `size` bytes of the file. */
static bool read_frame(const Journal *journal, int64_t offset, int64_t size, Record *ret_record)
{
    char header[HEADER_LENGTH + 1], trailer[TRAILER_LENGTH + 1], wanted[TRAILER_LENGTH + 1];
    Record record;
    if (offset < 0 || offset + (int64_t)(HEADER_LENGTH + TRAILER_LENGTH) > size ||
        !read_at(journal, offset, header, HEADER_LENGTH))
        return false;
    header[HEADER_LENGTH] = '\0';
    if (!parse_header(header, offset, &record) || end_of(&record) > size ||
        !read_at(journal, end_of(&record) - TRAILER_LENGTH, trailer, TRAILER_LENGTH))
        return false;
    g_snprintf(wanted, sizeof wanted, TRAILER_FORMAT, record.length);
    if (memcmp(trailer, wanted, TRAILER_LENGTH) != 0)
        return false;
    *ret_record = record;
    return true;
}

/* Mostly the last record is all that is looked at: one reading brings it. */
static void read_tail(Journal *journal, int64_t size)
{
    int64_t length = MIN(size, TAIL);
    g_autofree char *tail = g_malloc(length);
    if (!read_at(journal, size - length, tail, length))
        return;
    journal->tail = g_steal_pointer(&tail);
    journal->tail_offset = size - length;
    journal->tail_length = length;
}

/* The last record by the file's last line; false: the end is incomplete. */
static bool find_last(Journal *journal, int64_t size)
{
    static const char mark[] = "\nend ";
    const gsize at = sizeof mark - 1;
    char trailer[TRAILER_LENGTH + 1];
    int64_t around = HEADER_LENGTH + TRAILER_LENGTH;
    uint64_t length;
    read_tail(journal, size);
    if (size < around || !read_at(journal, size - TRAILER_LENGTH, trailer, TRAILER_LENGTH))
        return false;
    trailer[TRAILER_LENGTH] = '\0';
    if (memcmp(trailer, mark, at) != 0 || !read_number(trailer + at, 10, 10, &length) ||
        !read_frame(journal, size - around - (int64_t)length, size, &journal->last) ||
        end_of(&journal->last) != size)
        return false;
    journal->size = size;
    journal->newest = journal_payload(journal, &journal->last);
    return journal->newest != NULL;
}

/* Where the next header seems to begin, behind the offset; `size`: nowhere. */
static int64_t find_header(const Journal *journal, int64_t offset, int64_t size)
{
    static const char mark[] = "\n" MAGIC " ";
    gsize overlap = sizeof mark - 2;
    char buffer[4096];
    while (offset < size) {
        gsize length = MIN((int64_t)sizeof buffer, size - offset);
        if (!read_at(journal, offset, buffer, length))
            break;
        const char *found = memmem(buffer, length, mark, sizeof mark - 1);
        if (found)
            return offset + (found - buffer) + 1;
        if (length < sizeof buffer)
            break;
        offset += length - overlap;
    }
    return size;
}

/* The first whole record from the offset on: damage in the middle costs only the records it hits.
 */
static bool find_frame(const Journal *journal, int64_t offset, int64_t size, Record *ret_record)
{
    while (offset < size) {
        if (read_frame(journal, offset, size, ret_record))
            return true;
        offset = find_header(journal, offset, size);
    }
    return false;
}

/* Reads from the beginning for the last record that is whole. */
static void scan(Journal *journal, int64_t size)
{
    Record record;
    journal->size = 0;
    for (int64_t offset = 0; find_frame(journal, offset, size, &record); offset = end_of(&record)) {
        g_autofree char *payload = journal_payload(journal, &record);
        if (!payload)
            continue;
        journal->last = record;
        journal->size = end_of(&record);
    }
}

/* That a file of this path is there, or is not. */
static void sync_directory(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* Opens the file that has this name once it is locked: it may be replaced while we wait. */
static bool open_locked(Journal *journal, JournalMode mode, GError **error)
{
    for (;;) {
        bool made = false;
        int access = mode == JOURNAL_READ ? O_RDONLY : O_RDWR;
        journal->fd = open(journal->path, access | O_CLOEXEC | O_NOFOLLOW);
        if (journal->fd < 0 && errno == ENOENT && mode == JOURNAL_CREATE) {
            journal->fd = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
            made = true;
        }
        if (journal->fd < 0)
            return fail(journal, "open", error);
        journal->made |= made;
        int r;
        do
            r = flock(journal->fd, mode == JOURNAL_READ ? LOCK_SH : LOCK_EX);
        while (r < 0 && errno == EINTR);
        if (r < 0)
            return fail(journal, "lock", error);
        struct stat ours, named;
        if (fstat(journal->fd, &ours) < 0)
            return fail(journal, "read", error);
        if (stat(journal->path, &named) == 0 && ours.st_ino == named.st_ino &&
            ours.st_dev == named.st_dev) {
            journal->size = ours.st_size;
            return true;
        }
        close(journal->fd);
        journal->fd = -1;
    }
}

bool journal_open(Journal *journal, const char *path, JournalMode mode, GError **error)
{
    *journal = (Journal){.fd = -1, .path = g_strdup(path)};
    if (!open_locked(journal, mode, error)) {
        journal_close(journal);
        return false;
    }
    int64_t size = journal->size;
    if (size > 0 && !find_last(journal, size)) {
        scan(journal, size);
        if (mode != JOURNAL_READ && ftruncate(journal->fd, journal->size) < 0) {
            fail(journal, "repair", error);
            journal_close(journal);
            return false;
        }
    }
    return true;
}

void journal_close(Journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = -1;
    g_clear_pointer(&journal->path, g_free);
    g_clear_pointer(&journal->newest, g_free);
    g_clear_pointer(&journal->tail, g_free);
    if (journal->unwritten)
        g_string_free(journal->unwritten, TRUE);
    journal->unwritten = NULL;
}

static bool write_at(const Journal *journal, int64_t offset, const char *data, gsize length)
{
    while (length > 0) {
        ssize_t done = pwrite(journal->fd, data, length, offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        data += done;
        offset += done;
        length -= done;
    }
    return true;
}

void journal_append(Journal *journal, RecordType type, const char *payload, gsize length)
{
    Record record = {.type = type, .offset = journal->size, .length = length};
    record.document = type == RECORD_DOCUMENT ? record.offset
                      : journal->size > 0     ? journal->last.document
                                              : -1;
    record.changes = (journal->size > 0 ? journal->last.changes : 0) + (type == RECORD_CHANGE);
    record.checksum = checksum_of(&record, payload);
    if (!journal->unwritten)
        journal->unwritten = g_string_sized_new(HEADER_LENGTH + length + TRAILER_LENGTH);
    g_string_append_printf(journal->unwritten, HEADER_FORMAT, type, record.length, record.checksum,
                           distance_to_document(&record), record.changes);
    g_string_append_len(journal->unwritten, payload, length);
    g_string_append_printf(journal->unwritten, TRAILER_FORMAT, record.length);
    journal->last = record;
    journal->size = end_of(&record);
    g_clear_pointer(&journal->newest, g_free);
}

bool journal_write(Journal *journal, GError **error)
{
    g_autoptr(GString) text = g_steal_pointer(&journal->unwritten);
    int64_t offset = text ? journal->size - (int64_t)text->len : 0;
    g_clear_pointer(&journal->tail, g_free);
    if (!text || write_at(journal, offset, text->str, text->len))
        return true;
    fail(journal, "write", error);
    /* Where that fails, too, the next reader finds the end by its checksums. */
    return ftruncate(journal->fd, offset) == 0 && false;
}

bool journal_sync(Journal *journal, GError **error)
{
    int64_t before = journal->size - (journal->unwritten ? (int64_t)journal->unwritten->len : 0);
    if (!journal_write(journal, error))
        return false;
    if (journal->is_scratch)
        return true;
    if (fdatasync(journal->fd) < 0) {
        fail(journal, "synchronise", error);
        return ftruncate(journal->fd, before) == 0 && false;
    }
    if (journal->made)
        sync_directory(journal->path);
    journal->made = false;
    return true;
}

bool journal_take_back(Journal *journal, GError **error)
{
    return ftruncate(journal->fd, journal->last.offset) == 0 || fail(journal, "shorten", error);
}

/* Into the file of that descriptor, and synchronised; errno where that fails. */
static bool copy_end(const Journal *journal, int64_t offset, int to)
{
    const gsize most = 256 * 1024;
    g_autofree char *buffer = g_malloc(most);
    for (gsize length; offset < journal->size; offset += length) {
        length = MIN((int64_t)most, journal->size - offset);
        if (!read_at(journal, offset, buffer, length) || !write_all(to, buffer, length))
            return false;
    }
    return fdatasync(to) == 0;
}

bool journal_cut(Journal *journal, const Record *first, GError **error)
{
    g_autofree char *path = g_strconcat(journal->path, ".new", NULL);
    unlink(path); /* of a run that was killed; the journal's lock makes it ours */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool copied = fd >= 0 && copy_end(journal, first->offset, fd);
    int failure = errno;
    if (fd >= 0)
        close(fd);
    errno = failure;
    if (!finish_replacement(path, journal->path, copied))
        return fail(journal, "shorten", error);
    sync_directory(journal->path);
    return true;
}

bool journal_at(const Journal *journal, int64_t offset, Record *ret_record)
{
    return read_frame(journal, offset, journal->size, ret_record);
}

bool journal_next(const Journal *journal, const Record *record, Record *ret_record)
{
    int64_t offset = record ? end_of(record) : 0;
    return find_frame(journal, offset, journal->size, ret_record);
}

char *journal_payload(const Journal *journal, const Record *record)
{
    if (journal->newest && record->offset == journal->last.offset)
        return g_memdup2(journal->newest, record->length + 1);
    g_autofree char *payload = g_try_malloc(record->length + 1);
    if (!payload || !read_at(journal, record->offset + HEADER_LENGTH, payload, record->length))
        return NULL;
    payload[record->length] = '\0';
    return checksum_of(record, payload) == record->checksum ? g_steal_pointer(&payload) : NULL;
}
