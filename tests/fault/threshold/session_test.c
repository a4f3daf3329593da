/* SPDX-License-Identifier: Apache-2.0
 * Every allocation of a session fails once: it ends, or goes on as if nothing had been, and says
 * nothing half. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"

enum {
    TRIES = 100, /* more than there are allocations */
    WAKES = 200, /* until it has given up */
};

/* A member alone, from HELLO to its candidate. */
static kw_status run(session_member *m, uint64_t now, bool *out_has_candidate)
{
    kw_session_action action;
    kw_status st = kw_session_begin(&m->session, &m->setup, now);
    *out_has_candidate = false;
    if (st != KW_OK) {
        m->session = NULL;
        return st;
    }
    for (unsigned wakes = 0; wakes < WAKES;) {
        kw_session_next(m->session, &action, now);
        if (action.act == KW_SESSION_SEND) {
            KW_AUTO(kw_secret_bytes) record = kw_secret_bytes_init(1 << 20);
            kw_status saved = kw_session_save(m->session, &record);
            assert_true(saved == KW_OK || saved == KW_NO_MEMORY);
        }
        if (action.act == KW_SESSION_PREPARED) {
            kw_session_share_sealed(m->session);
        }
        if (action.act == KW_SESSION_ABORTED) {
            return KW_CANCELLED;
        }
        if (action.act == KW_SESSION_CANDIDATE) {
            *out_has_candidate = true;
            return KW_OK;
        }
        if (action.act == KW_SESSION_IDLE) {
            now = kw_session_wake_at(m->session);
            assert_true(now != KW_SESSION_NEVER);
            wakes++;
        }
    }
    return KW_TIMED_OUT;
}

static void run_with_faults(uint8_t suite)
{
    bool has_candidate = false;
    kw_status st = KW_NO_MEMORY;
    unsigned failed = 0;
    for (uint64_t k = 0; k < TRIES; k++) {
        session_world *w = kw_heap_new(1, sizeof *w);
        session_world_open(w, &(session_world_options){
                                  .group = &toy_group, .suite = suite, .n_new = 1, .seed = 1});
        kw_heap_fail_at(k + 1);
        st = run(&w->members[0], w->now, &has_candidate);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_LIMIT || st == KW_CANCELLED);
        assert_int_equal(has_candidate, st == KW_OK);
        failed += st != KW_OK;
        session_world_drop(w);
        kw_heap_free(w);
    }
    assert_in_range(failed, 5, TRIES - 1);
    EXPECT_OK(st);
}

static void session__ends_when_memory_does(void **state)
{
    (void)state;
    run_with_faults(1);
    run_with_faults(2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session__ends_when_memory_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
