/* SPDX-License-Identifier: Apache-2.0
 * The worker pool. */
#include "net/pool.h"

#include "base/heap.h"
#include "os/thread.h"
#include "support/expect.h"

#include <stdatomic.h>

/* Jobs that wait at a gate, so that the queue can be filled for certain. */
typedef struct gate {
    kw_mutex lock;
    kw_cond changed;
    bool is_open;
    unsigned waiting;
    unsigned done;
} gate;

typedef struct gated_job {
    kw_job job; /* first */
    gate *gate;
} gated_job;

static void run_gated(kw_job *job)
{
    gate *g = ((gated_job *)(void *)job)->gate;
    KW_AUTO(kw_locked) hold = kw_lock(&g->lock);
    g->waiting++;
    kw_cond_broadcast(&g->changed);
    while (!g->is_open) {
        kw_cond_wait(&g->changed, &g->lock);
    }
    g->done++;
}

static void open_gate(gate *g)
{
    KW_AUTO(kw_locked) hold = kw_lock(&g->lock);
    g->is_open = true;
    kw_cond_broadcast(&g->changed);
}

static void await_running(gate *g, unsigned count)
{
    KW_AUTO(kw_locked) hold = kw_lock(&g->lock);
    while (g->waiting < count) {
        kw_cond_wait(&g->changed, &g->lock);
    }
}

static void submit__refuses_beyond_the_queue(void **state)
{
    (void)state;
    gate g = {0};
    gated_job jobs[6];
    kw_pool *pool = NULL;
    EXPECT_OK(kw_pool_new(&pool, 2, 3, NULL));
    for (size_t i = 0; i < KW_COUNT(jobs); i++) {
        jobs[i] = (gated_job){.job = {.run = run_gated}, .gate = &g};
    }
    EXPECT_OK(kw_pool_submit(pool, &jobs[0].job));
    EXPECT_OK(kw_pool_submit(pool, &jobs[1].job));
    await_running(&g, 2);
    for (size_t i = 2; i < 5; i++) {
        EXPECT_OK(kw_pool_submit(pool, &jobs[i].job));
    }
    assert_int_equal(kw_pool_waiting(pool), 3);
    EXPECT_STATUS(kw_pool_submit(pool, &jobs[5].job), KW_BUSY);
    open_gate(&g);
    kw_pool_free(pool);
    assert_int_equal(g.done, 5);
}

static void new__refuses_nonsense(void **state)
{
    (void)state;
    kw_pool *pool = NULL;
    EXPECT_STATUS(kw_pool_new(&pool, 0, 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_pool_new(&pool, 257, 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_pool_new(&pool, 1, 0, NULL), KW_BAD_INPUT);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_pool_new(&pool, 1, 1, NULL), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_null(pool);
    kw_pool_free(NULL);
}

typedef struct counted_job {
    kw_job job; /* first */
    _Atomic unsigned *count;
} counted_job;

static void count_one(kw_job *job)
{
    (void)atomic_fetch_add(((counted_job *)(void *)job)->count, 1);
}

static void free__runs_what_is_queued(void **state)
{
    (void)state;
    enum {
        JOBS = 10000
    };
    _Atomic unsigned count = 0;
    kw_pool *pool = NULL;
    counted_job *jobs = kw_heap_new(JOBS, sizeof *jobs);
    assert_non_null(jobs);
    EXPECT_OK(kw_pool_new(&pool, 4, JOBS, NULL));
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = (counted_job){.job = {.run = count_one}, .count = &count};
        EXPECT_OK(kw_pool_submit(pool, &jobs[i].job));
    }
    kw_pool_free(pool);
    assert_int_equal(count, JOBS);
    kw_heap_free(jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(submit__refuses_beyond_the_queue),
        cmocka_unit_test(new__refuses_nonsense),
        cmocka_unit_test(free__runs_what_is_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
