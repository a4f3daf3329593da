/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/partial.h"

#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/threshold_key.h"
#include "support/toy_group.h"
#include "threshold/engine/group/limits.h"

enum {
    N = 7,
    T = 5,
    ARENA_BYTES = 1 << 20,
};

static const kw_group *group; /* of the case that runs */
static const kw_purposed what = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payments", 8}};

/* A key, the partials of all its members, and a generator for weights. */
typedef struct fixture {
    threshold_key key;
    kw_share_keys keys;
    kw_partial partials[N];
    kw_partials all;
    kw_arena arena;
    seeded_rng source;
    kw_rng rng;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    group = *state;
    f = (fixture){.arena = kw_arena_init(ARENA_BYTES), .source = {.seed = 11}};
    threshold_key_deal(&f.key, group, N, T, 3);
    f.keys = threshold_key_keys(&f.key);
    for (uint32_t j = 1; j <= N; j++) {
        f.partials[j - 1] = threshold_key_sign(&f.key, j, &what);
    }
    f.all = (kw_partials){.group = group, .items = f.partials, .n = N, .what = what};
    f.rng = seeded_rng_port(&f.source);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_arena_drop(&f->arena);
    return 0;
}

/* Another valid point in place of a signature. */
static void spoil(kw_partial *partial)
{
    kw_group_g1 base = group->g1_generator();
    group->g1_add(&partial->signature, &partial->signature, &base);
}

static void expect_verdict(const fixture *f, const kw_partial *partial, bool wanted)
{
    bool yes = !wanted;
    EXPECT_OK(kw_partial_verify(&yes, &f->keys, partial, &what));
    assert_int_equal(yes, wanted);
}

static void verify__accepts_each_member(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < N; i++) {
        expect_verdict(f, &f->partials[i], true);
    }
}

static void verify__refuses_others(void **state)
{
    fixture *f = *state;
    kw_partial p = f->partials[0];
    p.member = 2;
    expect_verdict(f, &p, false);
    p.member = 0;
    expect_verdict(f, &p, false);
    p.member = N + 1;
    expect_verdict(f, &p, false);
    p = f->partials[0];
    p.epoch = 2;
    expect_verdict(f, &p, false);
    p = f->partials[0];
    p.signature = group->g1_infinity();
    expect_verdict(f, &p, false);
    p = f->partials[0];
    spoil(&p);
    expect_verdict(f, &p, false);
}

/* The same bytes for another purpose are another message. */
static void verify__is_bound_to_the_purpose(void **state)
{
    fixture *f = *state;
    kw_purposed other = what;
    other.purpose = KW_PURPOSE_EIGENX;
    bool yes = true;
    EXPECT_OK(kw_partial_verify(&yes, &f->keys, &f->partials[0], &other));
    assert_false(yes);
    other.purpose = KW_PURPOSE_EPOCH;
    kw_group_g1 out;
    EXPECT_STATUS(kw_partial_verify(&yes, &f->keys, &f->partials[0], &other), KW_BAD_INPUT);
    EXPECT_STATUS(kw_partial_sign(&out, group, &f->key.shares[0], &other), KW_BAD_INPUT);
}

static void verify_many__finds_every_bad_one(void **state)
{
    fixture *f = *state;
    for (unsigned bad = 0; bad < 1U << N; bad += 9) {
        kw_partial items[N];
        memcpy(items, f->partials, sizeof items);
        for (size_t i = 0; i < N; i++) {
            if ((bad >> i & 1) != 0) {
                spoil(&items[i]);
            }
        }
        kw_partials in = {.group = group, .items = items, .n = N, .what = what};
        uint8_t ok[N];
        memset(ok, 7, sizeof ok);
        kw_arena_reset(&f->arena);
        EXPECT_OK(kw_partials_verify(ok, &f->arena, &in, &f->keys, &f->rng));
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(ok[i], (bad >> i & 1) == 0);
        }
    }
}

/* Errors that would cancel in a plain sum do not in a weighted one. */
static void verify_many__is_not_a_sum(void **state)
{
    fixture *f = *state;
    kw_group_g1 base = group->g1_generator();
    kw_group_g1 minus;
    group->g1_neg(&minus, &base);
    group->g1_add(&f->partials[2].signature, &f->partials[2].signature, &base);
    group->g1_add(&f->partials[5].signature, &f->partials[5].signature, &minus);
    static const uint8_t wanted[N] = {1, 1, 0, 1, 1, 0, 1};
    uint8_t ok[N];
    EXPECT_OK(kw_partials_verify(ok, &f->arena, &f->all, &f->keys, &f->rng));
    assert_memory_equal(ok, wanted, sizeof ok);
}

static void verify_many__refuses_strangers_alone(void **state)
{
    fixture *f = *state;
    f->partials[1].member = 0;
    f->partials[3].epoch = 9;
    f->partials[4].signature = group->g1_infinity();
    f->partials[6].member = UINT32_MAX;
    static const uint8_t wanted[N] = {1, 0, 1, 0, 0, 1, 0};
    uint8_t ok[N];
    EXPECT_OK(kw_partials_verify(ok, &f->arena, &f->all, &f->keys, &f->rng));
    assert_memory_equal(ok, wanted, sizeof ok);
}

static kw_status fill_zeros(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, 0, out.len);
    return KW_OK;
}

static void verify_many__has_no_zero_weight(void **state)
{
    fixture *f = *state;
    kw_rng zeros = {.fill = fill_zeros};
    uint8_t ok[N];
    spoil(&f->partials[0]);
    EXPECT_OK(kw_partials_verify(ok, &f->arena, &f->all, &f->keys, &zeros));
    assert_int_equal(ok[0], 0);
    assert_int_equal(ok[1], 1);
}

static void verify_many__fails_without_entropy_room_or_partials(void **state)
{
    fixture *f = *state;
    uint8_t ok[N];
    seeded_rng empty = {.requests = 1, .fail_after = 1};
    kw_rng rng = seeded_rng_port(&empty);
    EXPECT_STATUS(kw_partials_verify(ok, &f->arena, &f->all, &f->keys, &rng), KW_ENTROPY_FAILURE);
    KW_AUTO(kw_arena) small = kw_arena_init(1000);
    EXPECT_STATUS(kw_partials_verify(ok, &small, &f->all, &f->keys, &f->rng), KW_LIMIT);
    kw_partials none = f->all;
    none.n = 0;
    EXPECT_STATUS(kw_partials_verify(ok, &f->arena, &none, &f->keys, &f->rng), KW_BAD_INPUT);
    none.n = KW_THRESHOLD_MEMBERS_MAX + 1;
    EXPECT_STATUS(kw_partials_verify(ok, &f->arena, &none, &f->keys, &f->rng), KW_BAD_INPUT);
}

static void arena_bytes__are_enough(void **state)
{
    fixture *f = *state;
    uint8_t ok[N];
    kw_group_secret_g1 whole;
    KW_AUTO(kw_arena) exact = kw_arena_init(kw_partials_arena_bytes(group, N));
    EXPECT_OK(kw_partials_verify(ok, &exact, &f->all, &f->keys, &f->rng));
    kw_arena_reset(&exact);
    EXPECT_OK(kw_partials_combine(&whole, &exact, &f->all, &f->key.master));
}

static void combine__gives_the_same_from_any_t(void **state)
{
    fixture *f = *state;
    kw_group_g1 wanted = threshold_key_whole(&f->key, &what);
    for (size_t start = 0; start < N; start++) {
        kw_partial items[T];
        for (size_t i = 0; i < T; i++) {
            items[i] = f->partials[(start + 3 * i) % N];
        }
        kw_partials in = {.group = group, .items = items, .n = T, .what = what};
        kw_group_g1 whole;
        EXPECT_OK(threshold_key_combine(&whole, &in, &f->key.master));
        assert_true(group->g1_equal(&whole, &wanted));
    }
}

static void expect_no_combination(fixture *f, const kw_partials *in, kw_status wanted)
{
    kw_group_g1 base = group->g1_generator();
    kw_group_secret_g1 before;
    kw_group_secret_g1_of_g1(&before, &base);
    kw_group_secret_g1 whole = before;
    kw_arena_reset(&f->arena);
    EXPECT_STATUS(kw_partials_combine(&whole, &f->arena, in, &f->key.master), wanted);
    assert_memory_equal(&whole, &before, sizeof whole);
}

static void combine__refuses_fewer_or_wrong_partials(void **state)
{
    fixture *f = *state;
    kw_partials in = {.group = group, .items = f->partials, .n = T - 1, .what = what};
    expect_no_combination(f, &in, KW_REFUSED);
    in.n = T;
    spoil(&f->partials[T - 1]);
    expect_no_combination(f, &in, KW_REFUSED);
    kw_partial nothing = {.epoch = 1, .member = 1, .signature = group->g1_infinity()};
    in = (kw_partials){.group = group, .items = &nothing, .n = 1, .what = what};
    expect_no_combination(f, &in, KW_REFUSED);
}

/* Shares of two epochs of one secret, which their epoch numbers do not give away. */
static void combine__refuses_a_mix_of_epochs(void **state)
{
    fixture *f = *state;
    static threshold_key next;
    threshold_key_reshare(&next, &f->key, 99);
    kw_partials in = {.group = group, .items = f->partials, .n = T, .what = what};
    f->partials[0] = threshold_key_sign(&next, 1, &what);
    expect_no_combination(f, &in, KW_BAD_INPUT);
    f->partials[0].epoch = 1;
    expect_no_combination(f, &in, KW_REFUSED);
}

static void combine__refuses_members_twice_zero_and_none(void **state)
{
    fixture *f = *state;
    kw_partials in = {.group = group, .items = f->partials, .n = T, .what = what};
    f->partials[1].member = 1;
    expect_no_combination(f, &in, KW_BAD_INPUT);
    f->partials[1].member = 0;
    expect_no_combination(f, &in, KW_BAD_INPUT);
    in.n = 0;
    expect_no_combination(f, &in, KW_BAD_INPUT);
    in.n = KW_THRESHOLD_MEMBERS_MAX + 1;
    expect_no_combination(f, &in, KW_BAD_INPUT);
    in = f->all;
    in.what.message.len = 0;
    expect_no_combination(f, &in, KW_BAD_INPUT);
    KW_AUTO(kw_arena) small = kw_arena_init(1000);
    kw_group_secret_g1 whole;
    EXPECT_STATUS(kw_partials_combine(&whole, &small, &f->all, &f->key.master), KW_LIMIT);
}

#define IN(row, name) \
    cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, (void *)(uintptr_t)(row))
#define CASE(name) IN(&kw_group_bls12_381, name), IN(&toy_group, name)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(verify__accepts_each_member),
        CASE(verify__refuses_others),
        CASE(verify__is_bound_to_the_purpose),
        CASE(verify_many__finds_every_bad_one),
        CASE(verify_many__is_not_a_sum),
        CASE(verify_many__refuses_strangers_alone),
        CASE(verify_many__has_no_zero_weight),
        CASE(verify_many__fails_without_entropy_room_or_partials),
        CASE(arena_bytes__are_enough),
        CASE(combine__gives_the_same_from_any_t),
        CASE(combine__refuses_fewer_or_wrong_partials),
        CASE(combine__refuses_a_mix_of_epochs),
        CASE(combine__refuses_members_twice_zero_and_none),
    };
    return cmocka_run_group_tests_name("threshold/partial", tests, NULL, NULL);
}
