/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/audit_queue.h"

#include "base/heap.h"
#include "guard/limits.h"
#include "os/clock.h"

#include "support/audit.h"
#include "support/expect.h"

static kw_audit_entry *entry_of(unsigned i)
{
    kw_audit_event event = audit_event_of(i);
    kw_audit_entry *entry = kw_audit_entry_new(&event, KW_STR("n1"), 1000 + i);
    assert_non_null(entry);
    return entry;
}

static void audit_entry_new__owns_its_texts(void **state)
{
    (void)state;
    char object[] = "will be overwritten";
    kw_audit_event event = audit_event_of(1);
    event.object = kw_str_of(object);
    kw_audit_entry *entry = kw_audit_entry_new(&event, KW_STR("n1"), 7);
    assert_non_null(entry);
    memset(object, 'x', sizeof object - 1);
    EXPECT_STR(entry->record.object, "will be overwritten");
    EXPECT_STR(entry->record.actor, "client-1");
    EXPECT_STR(entry->record.approval_id, "");
    assert_int_equal(entry->record.time_ms, 7);
    kw_audit_entry_free(entry);
    kw_audit_entry_free(NULL);
    kw_heap_fail_at(1);
    assert_null(kw_audit_entry_new(&event, KW_STR("n1"), 7));
    kw_heap_fail_at(0);
}

static void count_done(void *data, kw_status st)
{
    EXPECT_STATUS(st, KW_AUDIT_UNAVAILABLE);
    (*(unsigned *)data)++;
}

static void audit_queue_gather__waits_for_the_count_or_the_deadline(void **state)
{
    (void)state;
    static kw_audit_queue queue;
    kw_audit_queue_gather(&queue, 0, 0);
    kw_audit_queue_gather(&queue, 2, kw_monotonic_ns()); /* nothing comes in time */
    EXPECT_OK(kw_audit_queue_push(&queue, entry_of(1), 8));
    EXPECT_OK(kw_audit_queue_push(&queue, entry_of(2), 8));
    kw_audit_queue_gather(&queue, 2, UINT64_MAX);
    kw_audit_entry *list = kw_audit_queue_take(&queue, 0);
    assert_non_null(list);
    kw_audit_entry *next = list->next;
    assert_non_null(next);
    kw_audit_queue_settle(&queue, list, KW_OK);
    kw_audit_queue_settle(&queue, next, KW_OK);
    kw_audit_queue_close(&queue);
    kw_audit_queue_gather(&queue, 2, UINT64_MAX);
}

static void push_twenty(void *ctx)
{
    kw_audit_queue *queue = ctx;
    for (unsigned i = 0; i < 20; i++) {
        KW_ASSERT(kw_audit_queue_push(queue, entry_of(i), 100) == KW_OK);
    }
}

static void audit_queue_gather__is_woken_by_the_last_that_it_waits_for(void **state)
{
    (void)state;
    static kw_audit_queue queue;
    kw_thread producer = {0};
    EXPECT_OK(kw_thread_start(&producer, "producer", push_twenty, &queue, NULL));
    kw_audit_queue_gather(&queue, 20, UINT64_MAX);
    kw_thread_join(&producer);
    unsigned count = 0;
    kw_audit_entry *list = kw_audit_queue_take(&queue, 0);
    while (list != NULL) {
        kw_audit_entry *next = list->next;
        kw_audit_queue_settle(&queue, list, KW_OK);
        list = next;
        count++;
    }
    assert_int_equal(count, 20);
}

static void audit_queue__gives_entries_in_their_order(void **state)
{
    (void)state;
    static kw_audit_queue queue;
    unsigned done = 0;
    for (unsigned i = 0; i < 100; i++) {
        kw_audit_entry *entry = entry_of(i);
        entry->done = count_done;
        entry->data = &done;
        EXPECT_OK(kw_audit_queue_push(&queue, entry, KW_AUDIT_QUEUE_RECORDS_MAX));
    }
    kw_audit_entry *list = kw_audit_queue_take(&queue, 0);
    assert_null(kw_audit_queue_take(&queue, kw_monotonic_ns())); /* nothing comes in time */
    assert_int_equal(queue.records, 100); /* room is free when they are settled */
    for (unsigned i = 0; i < 100; i++) {
        assert_non_null(list);
        assert_int_equal(list->record.time_ms, 1000 + i);
        kw_audit_entry *next = list->next;
        kw_audit_queue_settle(&queue, list, KW_AUDIT_UNAVAILABLE);
        list = next;
    }
    assert_null(list);
    assert_int_equal(done, 100);
    assert_int_equal(queue.records, 0);
    assert_int_equal(queue.bytes, 0);
}

static void audit_queue_push__bounds_records_and_bytes(void **state)
{
    (void)state;
    static kw_audit_queue queue;
    kw_audit_entry *entries[3] = {entry_of(0), entry_of(1), entry_of(2)};
    EXPECT_OK(kw_audit_queue_push(&queue, entries[0], 2));
    EXPECT_OK(kw_audit_queue_push(&queue, entries[1], 2));
    EXPECT_STATUS(kw_audit_queue_push(&queue, entries[2], 2), KW_LIMIT);
    assert_int_equal(queue.records, 2);
    size_t kept = entries[2]->bytes;
    entries[2]->bytes = KW_AUDIT_QUEUE_BYTES_MAX; /* as if it were that large */
    EXPECT_STATUS(kw_audit_queue_push(&queue, entries[2], KW_AUDIT_QUEUE_RECORDS_MAX), KW_LIMIT);
    entries[2]->bytes = kept;
    kw_audit_entry_free(entries[2]);
    kw_audit_entry *list = kw_audit_queue_take(&queue, 0);
    while (list != NULL) {
        kw_audit_entry *next = list->next;
        kw_audit_queue_settle(&queue, list, KW_OK);
        list = next;
    }
    kw_audit_queue_close(&queue);
    assert_null(kw_audit_queue_take(&queue, UINT64_MAX)); /* closed: does not wait */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_entry_new__owns_its_texts),
        cmocka_unit_test(audit_queue_gather__waits_for_the_count_or_the_deadline),
        cmocka_unit_test(audit_queue_gather__is_woken_by_the_last_that_it_waits_for),
        cmocka_unit_test(audit_queue__gives_entries_in_their_order),
        cmocka_unit_test(audit_queue_push__bounds_records_and_bytes),
    };
    return cmocka_run_group_tests_name("guard/audit_queue", tests, NULL, NULL);
}
