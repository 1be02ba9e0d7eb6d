/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs, the mailbox between threads and the main thread, and who is present. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/mailbox.h"
#include "base/presence.h"
#include "base/uuid.h"

#define TEXT     "8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2a"
#define PATIENCE UINT64_C(60000000)

/* ---- UUIDs ---- */

static void test_uuid(void **state)
{
    static const char *const same[] = {TEXT, "8A7C3E10-5B42-4D8F-9C21-0F6E5D4C3B2A",
                                       "8a7c3e10_5b42_4d8f_9c21_0f6e5d4c3b2a"};
    Uuid uuid, other;
    char text[UUID_TEXT];
    assert_true(uuid_parse(TEXT, &uuid));
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        assert_true(uuid_parse(same[i], &other));
        assert_true(uuid_equal(&uuid, &other));
        assert_int_equal(uuid_hash(&uuid), uuid_hash(&other));
        uuid_format(&other, text);
        assert_string_equal(text, TEXT);
    }
    assert_true(uuid_parse("8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2b", &other));
    assert_false(uuid_equal(&uuid, &other));
}

/* The last two are names that a domain may have. */
static void test_no_uuid(void **state)
{
    static const char *const texts[] = {"",
                                        "web",
                                        TEXT "0",
                                        "8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2",
                                        "8a7c3e10-5b42-4d8f-9c21-0f6e5d4c3b2g",
                                        "8a7c3e105b42-4d8f-9c21--0f6e5d4c3b2a",
                                        "{8a7c3e1-5b42-4d8f-9c21-0f6e5d4c3b2}",
                                        "8a7c3e105b424d8f9c210f6e5d4c3b2a"};
    Uuid uuid;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_false(uuid_parse(texts[i], &uuid));
}

/* ---- Mailbox ---- */

#define THREADS  4
#define MESSAGES 1000

typedef struct {
    Mailbox *mailbox;
    unsigned next; /* number of the message that has to come next */
    pthread_t thread;
} Sender;

typedef struct {
    Sender *sender;
    unsigned number;
} Message;

static pthread_t reader;
static unsigned n_read;

static void on_message(void *data)
{
    Message *message = data;
    assert_true(pthread_equal(pthread_self(), reader));
    assert_int_equal(message->number, message->sender->next++);
    n_read++;
    g_free(message);
}

static void *send_all(void *data)
{
    Sender *sender = data;
    for (unsigned i = 0; i < MESSAGES; i++) {
        Message *message = g_new(Message, 1);
        *message = (Message){sender, i};
        mailbox_post(sender->mailbox, on_message, message);
    }
    return NULL;
}

static void test_mailbox_keeps_order(void **state)
{
    sd_event *event = NULL;
    Mailbox *mailbox;
    Sender senders[THREADS];
    reader = pthread_self();
    n_read = 0;
    assert_true(sd_event_new(&event) >= 0);
    assert_true(mailbox_new(event, &mailbox) >= 0);
    for (int i = 0; i < THREADS; i++) {
        senders[i] = (Sender){.mailbox = mailbox};
        assert_int_equal(pthread_create(&senders[i].thread, NULL, send_all, &senders[i]), 0);
    }
    while (n_read < THREADS * MESSAGES)
        assert_true(sd_event_run(event, PATIENCE) > 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(senders[i].thread, NULL), 0);
    while (sd_event_run(event, 0) > 0) /* a wake-up may come after its message was read */
        ;
    assert_int_equal(n_read, THREADS * MESSAGES);
    mailbox_free(mailbox);
    sd_event_unref(event);
}

static void on_long_letter(void *data)
{
    int64_t end = g_get_monotonic_time() + 2000;
    while (g_get_monotonic_time() < end)
        continue;
    n_read++;
}

/* Between letters that take long the event loop has its turn. */
static void test_mailbox_takes_breaks(void **state)
{
    sd_event *event = NULL;
    Mailbox *mailbox;
    n_read = 0;
    assert_true(sd_event_new(&event) >= 0);
    assert_true(mailbox_new(event, &mailbox) >= 0);
    mailbox_post(mailbox, on_long_letter, NULL);
    mailbox_post(mailbox, on_long_letter, NULL);
    for (unsigned i = 1; i <= 2; i++) {
        assert_true(sd_event_run(event, PATIENCE) > 0);
        assert_int_equal(n_read, i);
    }
    mailbox_free(mailbox);
    sd_event_unref(event);
}

static void test_mailbox_free_reads(void **state)
{
    sd_event *event = NULL;
    Mailbox *mailbox;
    Sender sender = {0};
    reader = pthread_self();
    n_read = 0;
    assert_true(sd_event_new(&event) >= 0);
    assert_true(mailbox_new(event, &mailbox) >= 0);
    sender.mailbox = mailbox;
    send_all(&sender);
    mailbox_free(mailbox);
    assert_int_equal(n_read, MESSAGES);
    sd_event_unref(event);
}

/* ---- Who is present ---- */

#define SECOND UINT64_C(1000000)

/* A user's own calls are none of others, however many there were. */
static void test_presence_of_one(void **state)
{
    Presence presence = {0};
    assert_int_equal(presence_of_others(&presence, 0, SECOND), 0);
    assert_int_equal(presence_of_others(&presence, 7, SECOND), 0);
    presence_note(&presence, 7, SECOND);
    presence_note(&presence, 7, SECOND + 1);
    assert_int_equal(presence_of_others(&presence, 7, SECOND + 2), 0);
    assert_int_equal(presence_of_others(&presence, 8, SECOND + 1), 2 * SECOND);
    presence_note(&presence, 0, 2 * SECOND);
    assert_int_equal(presence_of_others(&presence, 7, 2 * SECOND), 2 * SECOND);
}

/* Whoever asks, it is the last call of another that counts, and for a while only. */
static void test_presence_of_others(void **state)
{
    Presence presence = {0};
    presence_note(&presence, 7, SECOND);
    presence_note(&presence, 8, 2 * SECOND);
    presence_note(&presence, 9, 3 * SECOND);
    assert_int_equal(presence_of_others(&presence, 7, 3 * SECOND), 2 * SECOND);
    assert_int_equal(presence_of_others(&presence, 9, 3 * SECOND), SECOND);
    presence_note(&presence, 9, 3 * SECOND + SECOND / 2);
    assert_int_equal(presence_of_others(&presence, 9, 4 * SECOND - 1), 1);
    assert_int_equal(presence_of_others(&presence, 9, 4 * SECOND), 0);
    assert_int_equal(presence_of_others(&presence, 7, 4 * SECOND), SECOND + SECOND / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_no_uuid),
        cmocka_unit_test(test_mailbox_keeps_order),
        cmocka_unit_test(test_mailbox_takes_breaks),
        cmocka_unit_test(test_mailbox_free_reads),
        cmocka_unit_test(test_presence_of_one),
        cmocka_unit_test(test_presence_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
