/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/audit.h"

#include "crypto/note.h"
#include "guard/limits.h"
#include "os/fault.h"
#include "os/file.h"
#include "os/thread.h"

#include "support/audit.h"
#include "support/expect.h"

#include <limits.h>
#include <stdio.h>

static void audit_open__starts_a_log_that_verifies(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    audit_append_all(audit, 10);
    assert_int_equal(kw_audit_state_now(audit).size, 11);
    KW_AUTO(kw_buf) note = kw_buf_init(4096);
    EXPECT_OK(kw_audit_checkpoint(audit, &note));
    assert_true(kw_str_starts_with(kw_buf_text(&note), KW_STR("n1/audit\n")));
    kw_audit_free(audit);
    kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    assert_int_equal(report.records, 12); /* opened, ten, closed */
    assert_int_equal(report.bad_sequence, UINT64_MAX);
    assert_int_equal(report.first_ms, 1700000000000);
    assert_true(report.checkpoints >= 2);
    audit_place_remove(&place);
}

static void audit_open__goes_on_where_the_log_ended(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    for (unsigned i = 0; i < 5; i++) {
        kw_audit *audit = audit_place_open(&place);
        assert_int_equal(kw_audit_state_now(audit).cut_bytes, 0);
        audit_append_all(audit, 100);
        kw_audit_free(audit);
    }
    kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    assert_int_equal(report.records, 5 * 102);
    audit_place_remove(&place);
}

static void audit_open__allows_one_process_and_one_key(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    kw_audit *second = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_audit_open(&second, &place.config, &err), KW_CONFLICT);
    assert_int_equal(err.status, KW_CONFLICT);
    kw_audit_free(audit);
    static const kw_secret32 other_seed = {{9}};
    kw_ed25519_key other;
    kw_ed25519_key_of_seed(&other, &other_seed);
    kw_audit_config config = place.config;
    config.key = &other;
    EXPECT_STATUS(kw_audit_open(&second, &config, &err), KW_CORRUPT);
    config = place.config;
    config.node = KW_STR("n2");
    EXPECT_STATUS(kw_audit_open(&second, &config, &err), KW_CORRUPT);
    config.node = KW_STR("");
    EXPECT_STATUS(kw_audit_open(&second, &config, &err), KW_BAD_INPUT);
    config.node = KW_STR("n 1");
    EXPECT_STATUS(kw_audit_open(&second, &config, &err), KW_BAD_INPUT);
    assert_null(second);
    audit_place_remove(&place);
}

static void audit_append__refuses_what_a_log_may_not_hold(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    kw_audit_event event = audit_event_of(1);
    event.action = KW_STR("");
    EXPECT_STATUS(kw_audit_append(audit, &event, NULL, NULL), KW_BAD_INPUT);
    event = audit_event_of(1);
    event.object = KW_STR("two\nlines");
    EXPECT_STATUS(kw_audit_append(audit, &event, NULL, NULL), KW_BAD_INPUT);
    kw_audit_free(audit);
    audit_place_remove(&place);
}

/* A caller whose memory is gone as soon as the record is durable. */
typedef struct lender {
    kw_arena arena;
    char object[16];
    kw_mutex mutex;
    kw_cond done;
    bool is_done;
} lender;

static void take_back(void *data, kw_status st)
{
    lender *l = data;
    EXPECT_OK(st);
    kw_arena_drop(&l->arena);
    memset(l->object, 'x', sizeof l->object);
    KW_AUTO(kw_locked) hold = kw_lock(&l->mutex);
    l->is_done = true;
    kw_cond_signal(&l->done);
}

static void audit_append_borrowed__lets_go_of_memory_and_texts(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    lender l = {.arena = kw_arena_init(4096), .object = "lent"};
    kw_audit_event event = audit_event_of(1);
    event.object = kw_str_of(l.object);
    EXPECT_OK(kw_audit_append_borrowed(audit, &l.arena, &event, take_back, &l));
    kw_mutex_lock(&l.mutex);
    while (!l.is_done) {
        kw_cond_wait(&l.done, &l.mutex);
    }
    kw_mutex_unlock(&l.mutex);
    kw_audit_free(audit);
    kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    assert_int_equal(report.records, 3); /* opened, this one, closed */
    KW_AUTO(kw_buf) log = kw_buf_init(1 << 20);
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/0000000000000000.log", place.dir.path);
    EXPECT_OK(kw_file_read(&log, path, NULL));
    assert_non_null(memmem(log.ptr, log.len, "lent", 4));
    audit_place_remove(&place);
}

static void audit_append_borrowed__refuses_without_keeping_anything(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    KW_AUTO(kw_arena) small = kw_arena_init(16);
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_audit_event event = audit_event_of(1);
    EXPECT_STATUS(kw_audit_append_borrowed(audit, &small, &event, take_back, NULL), KW_NO_MEMORY);
    event.action = KW_STR("");
    EXPECT_STATUS(kw_audit_append_borrowed(audit, &arena, &event, take_back, NULL), KW_BAD_INPUT);
    assert_int_equal(kw_audit_state_now(audit).queued, 0);
    kw_audit_free(audit);
    audit_place_remove(&place);
}

/* Many threads at once; each of them sees all of its own records acknowledged. */
typedef struct producer {
    kw_audit *audit;
    kw_thread thread;
    _Atomic unsigned acknowledged;
    _Atomic unsigned refused;
} producer;

enum {
    PRODUCERS = 4,
    EACH = 3000
};

static void count_ack(void *data, kw_status st)
{
    producer *p = data;
    (void)atomic_fetch_add(st == KW_OK ? &p->acknowledged : &p->refused, 1);
}

static void produce(void *ctx)
{
    producer *p = ctx;
    for (unsigned i = 0; i < EACH; i++) {
        kw_audit_event event = audit_event_of(i);
        if (kw_audit_append(p->audit, &event, count_ack, p) != KW_OK) {
            (void)atomic_fetch_add(&p->refused, 1);
        }
    }
}

static void audit_append__acknowledges_each_record_once(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    static producer producers[PRODUCERS];
    memset(producers, 0, sizeof producers);
    kw_error err = {0};
    for (size_t i = 0; i < PRODUCERS; i++) {
        producers[i].audit = audit;
        EXPECT_OK(kw_thread_start(&producers[i].thread, "producer", produce, &producers[i], &err));
    }
    unsigned acknowledged = 0;
    for (size_t i = 0; i < PRODUCERS; i++) {
        kw_thread_join(&producers[i].thread);
    }
    kw_audit_free(audit); /* writes what is queued */
    for (size_t i = 0; i < PRODUCERS; i++) {
        assert_int_equal(producers[i].acknowledged + producers[i].refused, EACH);
        acknowledged += producers[i].acknowledged;
    }
    kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    assert_int_equal(report.records, acknowledged + 2);
    assert_true(report.segments > 1);
    audit_place_remove(&place);
}

/* A writer that is held up keeps its promise about room: 8,192 records, refusals 4,096 of them. */
typedef struct hold_up {
    kw_mutex mutex;
    kw_cond changed;
    bool is_held;
    bool may_go;
} hold_up;

static void hold_writer(void *data, kw_status st)
{
    (void)st;
    hold_up *h = data;
    KW_AUTO(kw_locked) lock = kw_lock(&h->mutex);
    h->is_held = true;
    kw_cond_signal(&h->changed);
    while (!h->may_go) {
        kw_cond_wait(&h->changed, &h->mutex);
    }
}

static kw_status count_dropped(void *data, const kw_audit_record *record, kw_error *err)
{
    (void)err;
    if (kw_str_equal(record->action, KW_STR("audit.refusals.dropped"))) {
        kw_str name;
        kw_str number;
        uint64_t count = 0;
        assert_true(kw_str_split(record->detail, '=', &name, &number));
        assert_true(kw_str_to_u64(number, UINT64_MAX, &count));
        *(uint64_t *)data += count;
    }
    return KW_OK;
}

static void audit_append__keeps_room_for_what_matters(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    hold_up h = {0};
    kw_audit_event event = audit_event_of(1);
    EXPECT_OK(kw_audit_append(audit, &event, hold_writer, &h));
    kw_mutex_lock(&h.mutex);
    while (!h.is_held) {
        kw_cond_wait(&h.changed, &h.mutex);
    }
    kw_mutex_unlock(&h.mutex);
    for (unsigned i = 0; i < 5000; i++) {
        kw_audit_note_refusal(audit, &event);
    }
    uint64_t queued = kw_audit_state_now(audit).queued;
    assert_int_equal(queued, KW_AUDIT_QUEUE_RECORDS_MAX / 2);
    unsigned taken = 0;
    while (kw_audit_append(audit, &event, NULL, NULL) == KW_OK) {
        taken++;
    }
    assert_int_equal(taken, KW_AUDIT_QUEUE_RECORDS_MAX / 2);
    assert_true(kw_audit_is_available(audit));
    kw_mutex_lock(&h.mutex);
    h.may_go = true;
    kw_cond_signal(&h.changed);
    kw_mutex_unlock(&h.mutex);
    kw_audit_free(audit);
    uint64_t dropped = 0;
    kw_error err = {0};
    EXPECT_OK(kw_audit_read(place.dir.path, count_dropped, &dropped, &err));
    assert_int_equal(dropped, 5000 - KW_AUDIT_QUEUE_RECORDS_MAX / 2);
    audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    audit_place_remove(&place);
}

static void keep_note(void *ctx, kw_str note)
{
    kw_buf *newest = ctx;
    kw_buf_clear(newest);
    EXPECT_OK(kw_buf_append_str(newest, note));
}

static void audit_sink__gets_each_checkpoint(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    KW_AUTO(kw_buf) newest = kw_buf_init(4096);
    place.config.sink = (kw_audit_sink){keep_note, &newest};
    kw_audit *audit = audit_place_open(&place);
    audit_append_all(audit, 2 * KW_AUDIT_CHECKPOINT_RECORDS);
    kw_audit_free(audit);
    kw_note note;
    kw_error err = {0};
    kw_checkpoint checkpoint;
    EXPECT_OK(kw_note_parse(&note, kw_buf_view(&newest), &err));
    EXPECT_OK(kw_checkpoint_parse(&checkpoint, note.text, &err));
    kw_audit_report report =
        audit_expect(&place, place.dir.path, kw_buf_text(&newest), KW_AUDIT_INTACT);
    assert_int_equal(checkpoint.head.size, report.records);
    assert_memory_equal(checkpoint.head.root.bytes, report.root.bytes, 32);
    assert_true(report.checkpoints >= 3);
    audit_place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_open__starts_a_log_that_verifies),
        cmocka_unit_test(audit_open__goes_on_where_the_log_ended),
        cmocka_unit_test(audit_open__allows_one_process_and_one_key),
        cmocka_unit_test(audit_append__refuses_what_a_log_may_not_hold),
        cmocka_unit_test(audit_append_borrowed__lets_go_of_memory_and_texts),
        cmocka_unit_test(audit_append_borrowed__refuses_without_keeping_anything),
        cmocka_unit_test(audit_append__acknowledges_each_record_once),
        cmocka_unit_test(audit_append__keeps_room_for_what_matters),
        cmocka_unit_test(audit_sink__gets_each_checkpoint),
    };
    return cmocka_run_group_tests_name("guard/audit", tests, NULL, NULL);
}
