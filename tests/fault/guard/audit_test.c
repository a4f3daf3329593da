/* SPDX-License-Identifier: Apache-2.0
 * The disk fails, fills up or the process is killed: no acknowledged record is ever missing. */
#include "guard/audit.h"

#include "base/heap.h"
#include "os/fault.h"

#include "support/audit.h"
#include "support/expect.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUND = 40,
    ROUNDS_MAX = 200
};

/* Which numbered records are in a log. */
typedef struct presence {
    bool seen[4096];
    unsigned gaps;
} presence;

static kw_status note_presence(void *data, const kw_audit_record *record, kw_error *err)
{
    (void)err;
    presence *p = data;
    kw_str name;
    kw_str number;
    uint64_t i = 0;
    if (kw_str_equal(record->action, KW_STR("emtp.key.served")) &&
        kw_str_split(record->object, '-', &name, &number)) {
        assert_true(kw_str_to_u64(number, 4095, &i));
        assert_false(p->seen[i]);
        p->seen[i] = true;
    }
    p->gaps += kw_str_equal(record->action, KW_STR("audit.log.gap")) ? 1 : 0;
    return KW_OK;
}

static presence presence_of(const audit_place *place)
{
    static presence p;
    p = (presence){0};
    kw_error err = {0};
    EXPECT_OK(kw_audit_read(place->dir.path, note_presence, &p, &err));
    return p;
}

/* Opens under faults, appends, closes; every acknowledged record must be there afterwards. */
static uint64_t run_with_fault(kw_os_call call, uint64_t nth)
{
    static kw_os_faults faults;
    memset(&faults, 0, sizeof faults);
    static bool acknowledged[ROUND];
    memset(acknowledged, 0, sizeof acknowledged);
    audit_place place;
    audit_place_make(&place);
    place.config.retry_ms = 1;
    place.config.segment_bytes = 2048;
    kw_audit_free(audit_place_open(&place));

    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, call, nth);
    kw_audit *audit = NULL;
    kw_error err = {0};
    kw_status st = kw_audit_open(&audit, &place.config, &err);
    if (st == KW_OK) {
        for (unsigned i = 0; i < ROUND; i++) {
            kw_audit_event event = audit_event_of(i);
            st = kw_audit_append_wait(audit, &event, &err);
            acknowledged[i] = st == KW_OK;
            EXPECT_STATUS(st, acknowledged[i] ? KW_OK : KW_AUDIT_UNAVAILABLE);
        }
    } else {
        assert_int_equal(err.status, st);
        assert_null(audit);
    }
    kw_audit_free(audit);
    kw_os_faults_use(NULL);

    kw_audit_free(audit_place_open(&place)); /* it always opens again */
    audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    presence p = presence_of(&place);
    for (unsigned i = 0; i < ROUND; i++) {
        assert_true(p.seen[i] || !acknowledged[i]);
    }
    audit_place_remove(&place);
    return faults.calls[call].failed;
}

static void audit__survives_any_failing_call(void **state)
{
    (void)state;
    static const kw_os_call calls[] = {KW_OS_WRITE,    KW_OS_SYNC,     KW_OS_OPEN,
                                       KW_OS_TRUNCATE, KW_OS_ALLOCATE, KW_OS_RENAME};
    for (size_t c = 0; c < KW_COUNT(calls); c++) {
        uint64_t k = 1;
        /* Steps grow, so that early calls are all tried and late ones are sampled. */
        while (k < ROUNDS_MAX && run_with_fault(calls[c], k) > 0) {
            k += 1 + k / 8;
        }
        assert_true(k > 1);
    }
}

static void audit_open__survives_missing_memory(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        assert_true(k < 1000);
        kw_audit *audit = NULL;
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = kw_audit_open(&audit, &place.config, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
            assert_null(audit);
        }
        kw_audit_free(audit);
    }
    audit_place_remove(&place);
}

static void audit__refuses_while_full_and_recovers_by_itself(void **state)
{
    (void)state;
    static kw_os_faults faults;
    memset(&faults, 0, sizeof faults);
    audit_place place;
    audit_place_make(&place);
    place.config.retry_ms = 1;
    kw_os_faults_use(&faults);
    kw_audit *audit = audit_place_open(&place);
    kw_os_faults_use(NULL);
    audit_append_all(audit, 3);
    kw_os_fail_from(&faults, KW_OS_WRITE, 1, KW_NO_SPACE);
    kw_error err = {0};
    unsigned refused = 0;
    for (unsigned i = 3; i < 20; i++) {
        kw_audit_event event = audit_event_of(i);
        EXPECT_STATUS(kw_audit_append_wait(audit, &event, &err), KW_AUDIT_UNAVAILABLE);
        assert_false(kw_audit_is_available(audit));
        refused++;
    }
    assert_int_equal(kw_audit_state_now(audit).refused, refused);
    assert_int_equal(kw_audit_state_now(audit).size, 4);
    kw_os_fail_at(&faults, KW_OS_WRITE, 0);
    kw_audit_event event = audit_event_of(100);
    kw_status st = KW_AUDIT_UNAVAILABLE;
    while (st == KW_AUDIT_UNAVAILABLE) { /* ends: the writer tries again each millisecond */
        st = kw_audit_append_wait(audit, &event, &err);
    }
    EXPECT_OK(st);
    kw_audit_free(audit);
    audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    presence p = presence_of(&place);
    assert_int_equal(p.gaps, 1);
    assert_true(p.seen[0] && p.seen[2] && p.seen[100]);
    assert_false(p.seen[3]);
    audit_place_remove(&place);
}

static void audit__keeps_the_promised_part_of_the_disk_free(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    place.config.disk_free_percent = 100; /* no disk is that empty */
    kw_audit *audit = audit_place_open(&place);
    assert_false(kw_audit_is_available(audit));
    kw_audit_event event = audit_event_of(1);
    EXPECT_STATUS(kw_audit_append(audit, &event, NULL, NULL), KW_AUDIT_UNAVAILABLE);
    kw_audit_free(audit);
    place.config.disk_free_percent = 0;
    kw_audit_free(audit_place_open(&place));
    audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    audit_place_remove(&place);
}

/* The child tells each acknowledged number through the pipe as it is acknowledged. */
static void tell(void *data, kw_status st)
{
    const uint64_t *packed = data; /* descriptor << 32 | number */
    if (st == KW_OK) {
        uint32_t number = (uint32_t)*packed;
        if (write((int)(*packed >> 32), &number, sizeof number) != (ssize_t)sizeof number) {
            _exit(3);
        }
    }
}

static _Noreturn void be_killed(audit_place *place, int fd, unsigned first, unsigned count)
{
    static uint64_t packed[4096];
    kw_audit *audit = NULL;
    if (kw_audit_open(&audit, &place->config, NULL) != KW_OK) {
        _exit(2);
    }
    for (unsigned i = first; i < first + count; i++) {
        packed[i] = (uint64_t)fd << 32 | i;
        kw_audit_event event = audit_event_of(i);
        if (kw_audit_append(audit, &event, tell, &packed[i]) != KW_OK) {
            _exit(4);
        }
    }
    for (;;) {
        (void)pause(); /* until the parent has heard enough */
    }
}

static void audit__keeps_what_was_acknowledged_before_kill_9(void **state)
{
    (void)state;
    enum {
        EACH = 60
    };
    const char *wanted_rounds = getenv("KW_SOAK");
    unsigned rounds = wanted_rounds != NULL ? 60 : 20;
    audit_place place;
    audit_place_make(&place);
    place.config.segment_bytes = 8192;
    static bool acknowledged[4096];
    memset(acknowledged, 0, sizeof acknowledged);
    for (unsigned round = 0; round < rounds; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)close(ends[0]);
            be_killed(&place, ends[1], round * EACH, EACH);
        }
        (void)close(ends[1]);
        /* Killed after a number of acknowledgements that differs each time, in the middle of
         * others. */
        unsigned enough = 1 + round * 7 % (EACH - 1);
        uint32_t number = 0;
        for (unsigned heard = 0;
             heard < enough && read(ends[0], &number, sizeof number) == (ssize_t)sizeof number;
             heard++) {
            acknowledged[number] = true;
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        while (read(ends[0], &number, sizeof number) == (ssize_t)sizeof number) {
            acknowledged[number] = true;
        }
        (void)close(ends[0]);
        int how = 0;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    }
    kw_audit_free(audit_place_open(&place));
    audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    presence p = presence_of(&place);
    unsigned count = 0;
    for (unsigned i = 0; i < rounds * EACH; i++) {
        assert_true(p.seen[i] || !acknowledged[i]);
        count += acknowledged[i] ? 1 : 0;
    }
    assert_true(count >= rounds);
    audit_place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit__survives_any_failing_call),
        cmocka_unit_test(audit_open__survives_missing_memory),
        cmocka_unit_test(audit__refuses_while_full_and_recovers_by_itself),
        cmocka_unit_test(audit__keeps_the_promised_part_of_the_disk_free),
        cmocka_unit_test(audit__keeps_what_was_acknowledged_before_kill_9),
    };
    return cmocka_run_group_tests_name("guard/audit faults", tests, NULL, NULL);
}
