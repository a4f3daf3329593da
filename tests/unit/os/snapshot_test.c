/* SPDX-License-Identifier: Apache-2.0 */
#include "os/snapshot.h"

#include "base/heap.h"
#include "support/expect.h"

/* Both halves are equal while the object lives; freeing breaks it. */
typedef struct pair {
    uint64_t left;
    uint64_t right;
} pair;

static pair *pair_of(uint64_t value)
{
    pair *made = kw_heap_new(1, sizeof *made);
    assert_non_null(made);
    *made = (pair){.left = value, .right = value};
    return made;
}

static void pair_free(void *object)
{
    pair *dead = object;
    dead->left = UINT64_MAX;
    dead->right = 0;
    kw_heap_free(dead);
}

static void enter__gives_the_published_object(void **state)
{
    (void)state;
    kw_snapshot snapshot;
    kw_snapshot_init(&snapshot, pair_of(1), pair_free);
    {
        KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&snapshot);
        assert_int_equal(((const pair *)hold.object)->left, 1);
        KW_AUTO(kw_snapshot_hold) nested = kw_snapshot_enter(&snapshot);
        assert_ptr_equal(nested.object, hold.object);
        assert_ptr_not_equal(nested.slot, hold.slot);
    }
    kw_snapshot_publish(&snapshot, pair_of(2));
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&snapshot);
    assert_int_equal(((const pair *)hold.object)->left, 2);
    kw_snapshot_hold_drop(&hold);
    kw_snapshot_hold_drop(&hold); /* may run twice */
    kw_snapshot_drop(&snapshot);
}

static void enter__gives_null_while_nothing_is_published(void **state)
{
    (void)state;
    kw_snapshot snapshot;
    kw_snapshot_init(&snapshot, NULL, pair_free);
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&snapshot);
    assert_null(hold.object);
    kw_snapshot_publish(&snapshot, pair_of(1));
    kw_snapshot_publish(&snapshot, NULL);
    KW_AUTO(kw_snapshot_hold) again = kw_snapshot_enter(&snapshot);
    assert_null(again.object);
    kw_snapshot_drop(&snapshot);
}

typedef struct publishing {
    kw_snapshot snapshot;
    _Atomic bool is_done;
    _Atomic bool is_torn; /* a reader saw a wrong object; asserted after the join */
} publishing;

static void publish_one(void *ctx)
{
    publishing *shared = ctx;
    kw_snapshot_publish(&shared->snapshot, pair_of(2));
    atomic_store(&shared->is_done, true);
}

static void publish__waits_for_a_reader(void **state)
{
    (void)state;
    static publishing shared; /* aligned for the slots */
    kw_snapshot_init(&shared.snapshot, pair_of(1), pair_free);
    kw_snapshot_hold hold = kw_snapshot_enter(&shared.snapshot);
    const pair *held = hold.object;
    kw_thread thread = {0};
    EXPECT_OK(kw_thread_start(&thread, "publisher", publish_one, &shared, NULL));
    /* Once a newcomer sees the new object, the publisher is at its waiting. */
    for (bool is_new = false; !is_new;) {
        KW_AUTO(kw_snapshot_hold) fresh = kw_snapshot_enter(&shared.snapshot);
        is_new = ((const pair *)fresh.object)->left == 2;
    }
    assert_false(atomic_load(&shared.is_done));
    assert_int_equal(held->left, 1);
    assert_int_equal(held->right, 1);
    kw_snapshot_hold_drop(&hold);
    kw_thread_join(&thread);
    assert_true(atomic_load(&shared.is_done));
    kw_snapshot_drop(&shared.snapshot);
}

enum {
    READERS = 4,
    VERSIONS = 300
};

static void read_until_done(void *ctx)
{
    publishing *shared = ctx;
    uint64_t last = 0;
    while (!atomic_load(&shared->is_done)) {
        KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&shared->snapshot);
        const pair *seen = hold.object;
        if (seen->left != seen->right || seen->left < last) {
            atomic_store(&shared->is_torn, true);
        }
        last = seen->left;
    }
}

static void readers__never_see_a_freed_object(void **state)
{
    (void)state;
    static publishing shared;
    kw_snapshot_init(&shared.snapshot, pair_of(0), pair_free);
    kw_thread readers[READERS] = {0};
    for (size_t i = 0; i < READERS; i++) {
        EXPECT_OK(kw_thread_start(&readers[i], "reader", read_until_done, &shared, NULL));
    }
    for (uint64_t version = 1; version <= VERSIONS; version++) {
        kw_snapshot_publish(&shared.snapshot, pair_of(version));
    }
    atomic_store(&shared.is_done, true);
    for (size_t i = 0; i < READERS; i++) {
        kw_thread_join(&readers[i]);
    }
    assert_false(atomic_load(&shared.is_torn));
    kw_snapshot_drop(&shared.snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enter__gives_the_published_object),
        cmocka_unit_test(enter__gives_null_while_nothing_is_published),
        cmocka_unit_test(publish__waits_for_a_reader),
        cmocka_unit_test(readers__never_see_a_freed_object),
    };
    return cmocka_run_group_tests_name("os/snapshot", tests, NULL, NULL);
}
