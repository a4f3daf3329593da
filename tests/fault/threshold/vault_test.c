/* SPDX-License-Identifier: Apache-2.0
 * The vault between any two of its steps: after a crash it holds what was committed last or what
 * was being committed, and no slot more; a step that failed and is repeated ends as if it never
 * had. */
#include "base/heap.h"
#include "os/fault.h"
#include "support/expect.h"
#include "support/vault_desk.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TRIES_MAX = 60,
    REPEATS_MAX = 5,
    ROUNDS = 12,
    SLOT_CALLS_MAX = 100, /* commits of a child at most, between two reports none */
};

/* ---- one commit, from the first state to the second ---- */
static kw_status to_first(vault_desk *desk)
{
    KW_TRY(vault_desk_erase(desk, KW_RECORD_SHARE, 3));
    KW_TRY(vault_desk_erase(desk, KW_RECORD_HANDOVER, 1));
    KW_TRY(vault_desk_persist(desk, KW_RECORD_SHARE, 1, 0, "one"));
    KW_TRY(vault_desk_persist(desk, KW_RECORD_SESSION, 2, 0, "two"));
    return kw_vault_commit(desk->vault, NULL);
}

static bool is_first(vault_desk *desk)
{
    return vault_desk_records(desk) == 2 && vault_desk_slots(desk) == 3 &&
           vault_desk_has(desk, KW_RECORD_SHARE, 1, 0, "one") &&
           vault_desk_has(desk, KW_RECORD_SESSION, 2, 0, "two");
}

static bool is_second(vault_desk *desk)
{
    return vault_desk_records(desk) == 3 && vault_desk_slots(desk) == 4 &&
           vault_desk_has(desk, KW_RECORD_SHARE, 3, 0, "three") &&
           vault_desk_has(desk, KW_RECORD_SESSION, 2, 0, "two again") &&
           vault_desk_has(desk, KW_RECORD_HANDOVER, 1, 0, "new");
}

static kw_status step(vault_desk *desk, int number)
{
    switch (number) {
    case 0:
        return vault_desk_persist(desk, KW_RECORD_SHARE, 3, 0, "three");
    case 1:
        return vault_desk_erase(desk, KW_RECORD_SHARE, 1);
    case 2:
        return vault_desk_persist(desk, KW_RECORD_SESSION, 2, 0, "two again");
    case 3:
        return vault_desk_persist(desk, KW_RECORD_HANDOVER, 1, 0, "new");
    default:
        return kw_vault_commit(desk->vault, NULL);
    }
}

enum {
    STEPS = 5
};

/* Makes the k-th call of a kind fail, and ends that. */
typedef struct trap {
    kw_os_call call; /* KW_OS_CALLS: an allocation */
    uint64_t nth;
    kw_os_faults faults;
} trap;

static void set(trap *t)
{
    t->faults = (kw_os_faults){0};
    if (t->call == (kw_os_call)KW_OS_CALLS) {
        kw_heap_fail_at(t->nth);
    } else {
        kw_os_faults_use(&t->faults);
        kw_os_fail_at(&t->faults, t->call, t->nth);
    }
}

static void release(void)
{
    kw_heap_fail_at(0);
    kw_os_faults_use(NULL);
}

/* Each step again until it is done; true when one had failed. */
static bool run_repeating(vault_desk *desk, const trap *t)
{
    bool has_failed = false;
    for (int i = 0; i < STEPS; i++) {
        kw_status st = step(desk, i);
        for (int k = 0; st != KW_OK; k++) {
            EXPECT_STATUS(st, t->call == (kw_os_call)KW_OS_CALLS ? KW_NO_MEMORY : KW_IO);
            assert_true(k < REPEATS_MAX);
            has_failed = true;
            st = step(desk, i);
        }
    }
    return has_failed;
}

/* Up to the step that fails. */
static bool run_until_failure(vault_desk *desk)
{
    for (int i = 0; i < STEPS; i++) {
        if (step(desk, i) != KW_OK) {
            return true;
        }
    }
    return false;
}

/* How many points of this kind there are. */
static uint64_t try_points(stores *all, kw_os_call call, bool is_repeating)
{
    KW_AUTO(vault_desk) desk = {0};
    bool has_failed = true;
    uint64_t nth = 0;
    vault_desk_make(&desk, all);
    while (has_failed) {
        EXPECT_OK(to_first(&desk));
        assert_true(is_first(&desk));
        trap t = {.call = call, .nth = ++nth};
        assert_true(nth < TRIES_MAX);
        set(&t);
        has_failed = is_repeating ? run_repeating(&desk, &t) : run_until_failure(&desk);
        release();
        /* A slot that was there, but perhaps not durable, was named a failure and not used: it goes
         * when the vault is opened. */
        vault_desk_restart(&desk);
        assert_true(is_second(&desk) || (has_failed && !is_repeating && is_first(&desk)));
    }
    return nth - 1;
}

static void commit__survives_every_failure(void **state)
{
    static const struct {
        kw_os_call call;
        uint64_t points_min; /* so that the traps are known to be met */
    } kinds[] = {{KW_OS_OPEN, 6},   {KW_OS_READ, 6}, {KW_OS_WRITE, 3},
                 {KW_OS_RENAME, 2}, {KW_OS_SYNC, 6}, {(kw_os_call)KW_OS_CALLS, 6}};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        assert_true(try_points(*state, kinds[i].call, true) >= kinds[i].points_min);
        assert_true(try_points(*state, kinds[i].call, false) >= kinds[i].points_min);
    }
}

/* Opening, too: it fails as a whole, and the next one finds everything. */
static void open__survives_every_failure(void **state)
{
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_READ, KW_OS_SYNC, KW_OS_WRITE,
                                       (kw_os_call)KW_OS_CALLS};
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        KW_AUTO(vault_desk) desk = {0};
        bool has_failed = true;
        vault_desk_make(&desk, *state);
        for (uint64_t nth = 1; has_failed; nth++) {
            trap t = {.call = calls[i], .nth = nth};
            assert_true(nth < TRIES_MAX);
            EXPECT_OK(to_first(&desk));
            stores_write(desk.store, "DELETE FROM threshold_records WHERE kind = 4");
            kw_vault_free(desk.vault);
            desk.vault = NULL;
            set(&t);
            kw_status st = vault_desk_open(&desk); /* destroys the slot of the session */
            release();
            has_failed = st != KW_OK;
            if (has_failed) {
                EXPECT_STATUS(st, calls[i] == (kw_os_call)KW_OS_CALLS ? KW_NO_MEMORY : KW_IO);
                EXPECT_OK(vault_desk_open(&desk));
            }
            assert_int_equal(vault_desk_slots(&desk), 2);
            assert_true(vault_desk_has(&desk, KW_RECORD_SHARE, 1, 0, "one"));
        }
    }
}

/* ---- kill -9 ---- */

/* Share number i in the place of share i - 1, one commit each, reported when it is durable. Every
 * status is looked at: a failed assertion of cmocka would go on in the parent's place. */
static void replace_shares(vault_desk *desk, int pipe_fd, uint32_t from)
{
    for (uint32_t i = from; i < from + SLOT_CALLS_MAX; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%u", i);
        bool is_done = vault_desk_persist(desk, KW_RECORD_SHARE, i, 0, text) == KW_OK &&
                       vault_desk_erase(desk, KW_RECORD_SHARE, i - 1) == KW_OK &&
                       vault_desk_persist(desk, KW_RECORD_EPOCHS, 0, 0, text) == KW_OK &&
                       kw_vault_commit(desk->vault, NULL) == KW_OK &&
                       write(pipe_fd, &i, sizeof i) == sizeof i;
        if (!is_done) {
            _exit(1);
        }
    }
    (void)pause(); /* the parent kills it in any case */
}

static void run_child(vault_desk *desk, int pipe_fd, uint32_t from)
{
    kw_store_options options = {.backend = desk->all->backend, .where = desk->where};
    if (kw_store_open(&desk->store, &options, NULL) != KW_OK ||
        kw_slots_open(&desk->slots, desk->folder.text, &desk->port, NULL) != KW_OK ||
        vault_desk_open(desk) != KW_OK) {
        _exit(2);
    }
    replace_shares(desk, pipe_fd, from);
}

static bool read_report(int pipe_fd, uint32_t *out)
{
    uint32_t number = 0;
    ssize_t got = read(pipe_fd, &number, sizeof number);
    if (got != sizeof number) {
        assert_int_equal(got, 0);
        return false;
    }
    *out = number;
    return true;
}

/* The last share that was reported. */
static uint32_t run_and_kill(vault_desk *desk, uint32_t from, uint32_t kill_after)
{
    int ends[2];
    uint32_t last = 0;
    assert_int_equal(pipe(ends), 0);
    vault_desk_close(desk);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        desk->rng.seed = from; /* other names of slots in each round */
        run_child(desk, ends[1], from);
        _exit(3);
    }
    (void)close(ends[1]);
    for (uint32_t i = 0; i < kill_after; i++) {
        assert_true(read_report(ends[0], &last));
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    while (read_report(ends[0], &last)) {
    }
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last;
}

static bool has_share(vault_desk *desk, uint32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", number);
    return vault_desk_has(desk, KW_RECORD_SHARE, number, 0, text) &&
           vault_desk_has(desk, KW_RECORD_EPOCHS, 0, 0, text);
}

static void vault__keeps_what_it_acknowledged_through_kill_9(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    uint32_t present = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t last = run_and_kill(&desk, present + 1, 1 + round % 5);
        desk.rng.seed = 1000000 + round;
        EXPECT_OK(vault_desk_open(&desk));
        /* The commit after the last report may have been done. */
        present = has_share(&desk, last + 1) ? last + 1 : last;
        assert_true(has_share(&desk, present));
        assert_int_equal(vault_desk_records(&desk), 2);
        assert_int_equal(vault_desk_slots(&desk), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit__survives_every_failure),
        cmocka_unit_test(open__survives_every_failure),
        cmocka_unit_test(vault__keeps_what_it_acknowledged_through_kill_9),
    };
    return cmocka_run_group_tests_name("fault/threshold/vault", tests, stores_setup_sqlite,
                                       stores_teardown);
}
