/* SPDX-License-Identifier: Apache-2.0
 * Every allocation, every signature and every draw of random bytes of a session fails once: it
 * ends, or goes on as if nothing had been, and says nothing half. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"

enum {
    TRIES = 200, /* more than there are allocations */
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
        assert_true(st == KW_OK || st == KW_LIMIT || st == KW_NO_MEMORY || st == KW_CANCELLED);
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

/* ---- one of four fails, and comes back from its last record ---- */
enum {
    VICTIM = 2,
    NUMBERS_MAX = 2000, /* more than there are of anything */
};

/* What fails once, when the number comes to its end. */
typedef struct mishap {
    bool is_of_heap;
    kw_peer_signer signer; /* sign NULL: not the signer */
    kw_rng rng;            /* fill NULL: not this */
    uint64_t left;
} mishap;

static mishap *mishap_now; /* of the run at work */

static bool is_due(mishap *m)
{
    m->left -= m->left > 0;
    return m->left == 0;
}

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    mishap *m = ctx;
    return m->left > 0 && is_due(m) ? KW_UNAVAILABLE : m->signer.sign(m->signer.ctx, out, hash);
}

static kw_status fill(void *ctx, kw_mspan out)
{
    mishap *m = ctx;
    return m->left > 0 && is_due(m) ? KW_ENTROPY_FAILURE : m->rng.fill(m->rng.ctx, out);
}

static void around(session_world *w, const session_member *member, bool is_inside)
{
    mishap *m = mishap_now;
    if (!m->is_of_heap || member != &w->members[VICTIM]) {
        return;
    }
    if (is_inside) {
        kw_heap_fail_at(m->left);
    } else {
        m->left = kw_heap_fail_at(0);
    }
}

typedef enum mishap_kind {
    OF_HEAP,
    OF_SIGNER,
    OF_RNG,
} mishap_kind;

static void set_up(mishap *m, session_member *victim, mishap_kind kind)
{
    switch (kind) {
    case OF_HEAP:
        m->is_of_heap = true;
        break;
    case OF_SIGNER:
        m->signer = victim->setup.signer;
        victim->setup.signer = (kw_peer_signer){sign, m};
        break;
    case OF_RNG:
        m->rng = victim->setup.rng;
        victim->setup.rng = (kw_rng){fill, m};
        break;
    }
}

/* False: so many there are not. The victim restarts after so many Delta besides. */
static bool survives(const session_world_options *options, mishap_kind kind, uint64_t number,
                     double restart)
{
    mishap m = {.left = number};
    mishap_now = &m;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(w, options);
    set_up(&m, &w->members[VICTIM], kind);
    w->trouble = around;
    w->delay_max_ms = restart > 0 ? SESSION_WORLD_DELTA_MS / 4 : 0;
    session_world_start_all(w);
    session_world_run(w, session_world_at(restart));
    session_world_crash(w, VICTIM);
    session_world_resume(w, VICTIM);
    session_world_run(w, session_world_at(30));
    expect_epoch(w, 0);
    expect_no_evidence(w);
    bool has_failed = m.left == 0;
    assert_true(w->falls <= 1 && (has_failed || w->falls == 0));
    assert_true(kind != OF_SIGNER || w->falls == has_failed);
    session_world_drop(w);
    kw_heap_free(w);
    return has_failed;
}

static void run_with_mishaps(mishap_kind kind, double restart, uint64_t least)
{
    const session_world_options cases[] = {
        {.group = &toy_group, .suite = 2, .n_new = 4, .seed = 2},
        {.group = &toy_group, .suite = 1, .n_old = 4, .n_new = 4, .shared = 3, .seed = 3},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        uint64_t number = 1;
        while (survives(&cases[i], kind, number, restart)) {
            number++;
        }
        assert_in_range(number, least, NUMBERS_MAX);
    }
}

static void session__loses_nothing_when_memory_fails(void **state)
{
    (void)state;
    run_with_mishaps(OF_HEAP, 0, 50);
}

static void restart__loses_nothing_when_memory_fails(void **state)
{
    (void)state;
    static const double moments[] = {0.3, 1.1};
    for (size_t i = 0; i < KW_COUNT(moments); i++) {
        run_with_mishaps(OF_HEAP, moments[i], 50);
    }
}

static void session__loses_nothing_when_its_signer_fails(void **state)
{
    (void)state;
    run_with_mishaps(OF_SIGNER, 0, 8);
}

static void session__loses_nothing_when_randomness_fails(void **state)
{
    (void)state;
    run_with_mishaps(OF_RNG, 0, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session__ends_when_memory_does),
        cmocka_unit_test(session__loses_nothing_when_memory_fails),
        cmocka_unit_test(restart__loses_nothing_when_memory_fails),
        cmocka_unit_test(session__loses_nothing_when_its_signer_fails),
        cmocka_unit_test(session__loses_nothing_when_randomness_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
