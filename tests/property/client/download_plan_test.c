/* SPDX-License-Identifier: Apache-2.0
 * Downloads in a simulated world: mirrors of random rates that break off, lie, stall or are not
 * there, under a clock that the test turns. */
#include "client/download_plan.h"

#include "support/expect.h"
#include "support/seeded_rng.h"

enum {
    WORLDS = 60,
    TURN_MS = 20,
    TURNS_MAX = 200000,
};

typedef enum habit {
    HONEST,
    BREAKS_OFF,
    LIES,
    STALLS,
    IS_AWAY,
    HABITS
} habit;

typedef struct world {
    kw_download_plan plan;
    seeded_rng rng;
    habit habits[KW_MIRRORS_MAX];
    uint64_t rates[KW_MIRRORS_MAX];        /* bytes a turn */
    uint64_t arrived[KW_DOWNLOAD_SLOTS];   /* of the task that is open */
    kw_plan_task tasks[KW_DOWNLOAD_SLOTS]; /* by slot */
    uint64_t sent;                         /* bytes of honest mirrors */
    uint32_t breaks;
    kw_unix_ms now_ms;
} world;

static uint64_t draw(world *w, uint64_t below)
{
    uint64_t number = 0;
    kw_rng rng = seeded_rng_port(&w->rng);
    EXPECT_OK(kw_rng_fill(&rng, (kw_mspan){(uint8_t *)&number, sizeof number}));
    return number % below;
}

static void world_make(world *w, uint64_t seed)
{
    *w = (world){.rng = {.seed = seed}};
    const kw_plan_rules rules = {
        .file_bytes = 1 + draw(w, UINT64_C(200) << 20),
        .mirrors = 1 + (uint32_t)draw(w, KW_MIRRORS_MAX),
        .slots = 1 + (uint32_t)draw(w, KW_DOWNLOAD_SLOTS),
        .slow_ms = KW_SLOW_MS,
        .slow_bytes_per_s = KW_SLOW_BYTES_PER_S,
        .backoff = {.base_ms = 500, .max_ms = 30000, .attempts_max = 5},
    };
    EXPECT_OK(kw_download_plan_make(&w->plan, &rules, NULL));
    for (uint32_t i = 0; i < rules.mirrors; i++) {
        w->habits[i] = (habit)draw(w, HABITS);
        w->rates[i] = (uint64_t)1 << (14 + draw(w, 8));
    }
    w->habits[draw(w, rules.mirrors)] = HONEST;
}

/* Never more connections than may be, none of a mirror that was left, none for what is there. */
static void expect_rules(world *w, const kw_plan_task *task)
{
    uint32_t working = 0;
    for (uint32_t i = 0; i < w->plan.rules.mirrors; i++) {
        assert_true(w->plan.mirrors[i].slots <= KW_MIRROR_CONNECTIONS);
        working += w->plan.mirrors[i].slots > 0;
    }
    assert_true(working <= KW_MIRRORS_AT_ONCE);
    assert_false(w->plan.mirrors[task->mirror].is_left);
    assert_true(task->first < task->end && task->end <= w->plan.rules.file_bytes);
    for (uint64_t at = task->first; at < task->end; at += KW_LEAF_BYTES) {
        assert_false(kw_download_plan_has(&w->plan, at / KW_LEAF_BYTES));
    }
}

static void finish(world *w, unsigned slot, kw_plan_outcome outcome)
{
    const kw_plan_end end = {
        .outcome = outcome, .now_ms = w->now_ms, .random = draw(w, UINT64_MAX)};
    (void)kw_download_plan_end(&w->plan, slot, &end);
}

/* Bytes of a turn; whole leaves are taken. */
static void bring(world *w, unsigned slot)
{
    const kw_plan_task *task = &w->tasks[slot];
    uint64_t bytes = KW_MIN(w->rates[task->mirror], task->end - task->first - w->arrived[slot]);
    uint64_t before = w->arrived[slot];
    w->arrived[slot] += bytes;
    w->sent += bytes;
    kw_download_plan_feel(&w->plan, slot, bytes);
    for (uint64_t leaf = (task->first + before) / KW_LEAF_BYTES;
         KW_MIN((leaf + 1) * KW_LEAF_BYTES, task->end) <= task->first + w->arrived[slot] &&
         leaf * KW_LEAF_BYTES < task->end;
         leaf++) {
        (void)kw_download_plan_take(&w->plan, slot, leaf);
    }
    if (w->arrived[slot] == task->end - task->first) {
        finish(w, slot, KW_PLAN_DONE);
    }
}

static void act(world *w, unsigned slot)
{
    if (kw_download_plan_is_idle(&w->plan, slot)) {
        finish(w, slot, KW_PLAN_DONE); /* another one has brought it */
        return;
    }
    switch (w->habits[w->tasks[slot].mirror]) {
    case BREAKS_OFF:
        if (draw(w, 40) == 0) {
            w->breaks++;
            finish(w, slot, KW_PLAN_BROKEN);
            return;
        }
        bring(w, slot);
        return;
    case HONEST:
        bring(w, slot);
        return;
    case LIES:
        finish(w, slot, KW_PLAN_LYING);
        return;
    case STALLS:
        if (kw_download_plan_is_slow(&w->plan, slot, w->now_ms)) {
            finish(w, slot, KW_PLAN_BROKEN);
        }
        return;
    case IS_AWAY:
    case HABITS:
        finish(w, slot, KW_PLAN_BROKEN);
        return;
    }
}

static void turn(world *w)
{
    unsigned slot = 0;
    kw_plan_task task = {0};
    while (kw_download_plan_claim(&w->plan, &slot, &task, w->now_ms)) {
        w->tasks[slot] = task;
        w->arrived[slot] = 0;
        expect_rules(w, &task);
    }
    w->now_ms += TURN_MS;
    for (unsigned i = 0; i < KW_DOWNLOAD_SLOTS; i++) {
        if (w->plan.slots[i].is_open) {
            act(w, i);
        }
    }
}

/* Bytes that came beyond the file: at most a leaf for each break, and what was fetched twice while
 * a late connection was still bringing it. */
static void expect_thrift(const world *w)
{
    uint64_t file_bytes = w->plan.rules.file_bytes;
    uint64_t broken = (uint64_t)w->breaks * KW_LEAF_BYTES;
    uint64_t twice = (uint64_t)KW_DOWNLOAD_SLOTS * KW_SEGMENT_LEAVES * KW_LEAF_BYTES;
    assert_true(w->sent >= file_bytes);
    assert_true(w->sent <= file_bytes + broken + twice);
}

static void every_download_ends_while_one_mirror_is_honest(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        world w;
        world_make(&w, seed);
        unsigned turns = 0;
        while (!kw_download_plan_is_complete(&w.plan)) {
            turn(&w);
            assert_true(turns++ < TURNS_MAX);
            assert_false(kw_download_plan_is_hopeless(&w.plan));
        }
        assert_int_equal(kw_download_plan_bytes(&w.plan), w.plan.rules.file_bytes);
        expect_thrift(&w);
        kw_download_plan_drop(&w.plan);
    }
}

/* Cut off at random points a hundred times (distribution.md section 9). */
static void a_hundred_breaks_cost_two_in_a_hundred(void **state)
{
    (void)state;
    world w = {.rng = {.seed = 7}};
    const kw_plan_rules rules = {
        .file_bytes = UINT64_C(512) << 20,
        .mirrors = 1,
        .slots = 2,
        .slow_ms = KW_SLOW_MS,
        .slow_bytes_per_s = KW_SLOW_BYTES_PER_S,
        .backoff = {.base_ms = 500, .max_ms = 30000, .attempts_max = 5},
    };
    EXPECT_OK(kw_download_plan_make(&w.plan, &rules, NULL));
    w.rates[0] = 100000;
    w.habits[0] = BREAKS_OFF;
    while (!kw_download_plan_is_complete(&w.plan)) {
        w.habits[0] = w.breaks < 100 ? BREAKS_OFF : HONEST;
        turn(&w);
        assert_false(kw_download_plan_is_hopeless(&w.plan));
    }
    assert_int_equal(w.breaks, 100);
    assert_true(w.sent * 100 <= rules.file_bytes * 102);
    kw_download_plan_drop(&w.plan);
}

/* No mirror tells the truth: the plan says so, and does not ask for ever. */
static void without_an_honest_mirror_it_gives_up(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        world w;
        world_make(&w, seed);
        for (uint32_t i = 0; i < w.plan.rules.mirrors; i++) {
            w.habits[i] = (habit)(LIES + draw(&w, HABITS - LIES));
        }
        unsigned turns = 0;
        while (!kw_download_plan_is_hopeless(&w.plan)) {
            turn(&w);
            assert_true(turns++ < TURNS_MAX);
        }
        assert_int_equal(kw_download_plan_bytes(&w.plan), 0);
        kw_download_plan_drop(&w.plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_download_ends_while_one_mirror_is_honest),
        cmocka_unit_test(a_hundred_breaks_cost_two_in_a_hundred),
        cmocka_unit_test(without_an_honest_mirror_it_gives_up),
    };
    return cmocka_run_group_tests_name("client/download_plan", tests, NULL, NULL);
}
