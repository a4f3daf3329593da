/* SPDX-License-Identifier: Apache-2.0
 * Every allocation under the uses of a key fails once: what fails leaves its outputs as they were,
 * and never takes want of memory for a bad ciphertext. */
#include "base/heap.h"
#include "os/fault.h"
#include "support/expect.h"
#include "support/ibe_desk.h"
#include "support/threshold_key.h"
#include "threshold/engine/use/ibe_v1.h"
#include "threshold/engine/use/ibe_v2.h"

enum {
    TRIES_MAX = 100,
    TEXT_BYTES = KW_IBE_CHUNK_BYTES + 1,
    ROOM = 1 << 18,
    N = 4,
    T = 3,
};

static const kw_group *const group = &kw_group_bls12_381;
static const kw_purposed what = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payments", 8}};
static const uint8_t text[TEXT_BYTES] = {1};
static ibe_desk desk;

/* What is used, made before anything fails. */
static struct {
    threshold_key key;
    kw_partial partials[N];
    kw_ibe_to to;
    kw_ibe_to to_eigenx;
    kw_ibe_key d;
    kw_ibe_key d_eigenx;
    kw_buf v1;
    kw_buf v2;
} world;

static kw_secret_span secret_text(void)
{
    return kw_secret_span_of(KW_SPAN(text));
}

static int set_up(void **state)
{
    KW_UNUSED(state);
    ibe_desk_open(&desk, 61);
    threshold_key_deal(&world.key, group, N, T, 1);
    for (uint32_t j = 1; j <= N; j++) {
        world.partials[j - 1] = threshold_key_sign(&world.key, j, &what);
    }
    world.to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
    world.to_eigenx = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "payments");
    world.d = ibe_desk_key(&desk, &world.to.id);
    world.d_eigenx = ibe_desk_key(&desk, &world.to_eigenx.id);
    world.v1 = kw_buf_init(ROOM);
    world.v2 = kw_buf_init(ROOM);
    EXPECT_OK(kw_ibe_v1_encrypt(&world.v1, &world.to_eigenx, secret_text(), desk.aead, &desk.rng));
    EXPECT_OK(kw_ibe_v2_encrypt(&world.v2, &world.to, secret_text(), desk.aead, &desk.rng));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_buf_drop(&world.v1);
    kw_buf_drop(&world.v2);
    ibe_desk_close(&desk);
    return 0;
}

static kw_status encrypt_v1(void)
{
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    kw_status st = kw_ibe_v1_encrypt(&out, &world.to_eigenx, secret_text(), desk.aead, &desk.rng);
    assert_int_equal(out.len, st == KW_OK ? TEXT_BYTES + KW_IBE_V1_OVERHEAD_BYTES : 0);
    return st;
}

static kw_status encrypt_v2(void)
{
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    kw_status st = kw_ibe_v2_encrypt(&out, &world.to, secret_text(), desk.aead, &desk.rng);
    assert_int_equal(out.len, st == KW_OK ? world.v2.len : 0);
    return st;
}

static kw_status decrypt_v1(void)
{
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(ROOM);
    kw_status st = kw_ibe_v1_decrypt(&out, kw_buf_view(&world.v1), &world.d_eigenx, desk.aead);
    assert_int_equal(out.len, st == KW_OK ? TEXT_BYTES : 0);
    return st;
}

static kw_status decrypt_v2(void)
{
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(ROOM);
    kw_status st = kw_ibe_v2_decrypt(&out, kw_buf_view(&world.v2), &world.d, desk.aead);
    assert_int_equal(out.len, st == KW_OK ? TEXT_BYTES : 0);
    return st;
}

/* An arena that cannot grow says LIMIT, for whatever reason. */
static kw_status of_arena(kw_status st)
{
    return st == KW_LIMIT ? KW_NO_MEMORY : st;
}

static kw_status verify(void)
{
    KW_AUTO(kw_arena) arena = kw_arena_init((size_t)1 << 22);
    uint8_t ok[N] = {9};
    kw_partials in = {.group = group, .items = world.partials, .n = N, .what = what};
    kw_share_keys keys = threshold_key_keys(&world.key);
    kw_status st = kw_partials_verify(ok, &arena, &in, &keys, &desk.rng);
    assert_int_equal(ok[0], st == KW_OK ? 1 : 9);
    return of_arena(st);
}

static kw_status combine(void)
{
    KW_AUTO(kw_arena) arena = kw_arena_init((size_t)1 << 22);
    kw_group_g1 base = group->g1_generator();
    kw_group_secret_g1 before;
    kw_group_secret_g1_of_g1(&before, &base);
    kw_group_secret_g1 out = before;
    kw_partials in = {.group = group, .items = world.partials, .n = T, .what = what};
    kw_status st = kw_partials_combine(&out, &arena, &in, &world.key.master);
    assert_int_equal(memcmp(&out, &before, sizeof out) == 0, st != KW_OK);
    return of_arena(st);
}

static kw_status (*const uses[])(void) = {encrypt_v1, encrypt_v2, decrypt_v1,
                                          decrypt_v2, verify,     combine};

static void heap__fails_at_every_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(uses); i++) {
        kw_status st = KW_NO_MEMORY;
        size_t failures = 0;
        for (uint64_t nth = 1; st != KW_OK; nth++, failures++) {
            assert_true(nth < TRIES_MAX);
            kw_heap_fail_at(nth);
            st = uses[i]();
            kw_heap_fail_at(0);
            assert_true(st == KW_OK || st == KW_NO_MEMORY);
        }
        bool is_guarded = uses[i] == decrypt_v1 || uses[i] == decrypt_v2;
        assert_true(failures > 1 || is_guarded); /* some did fail */
    }
}

static void guarded_memory__fails_at_every_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(uses); i++) {
        kw_status st = KW_NO_MEMORY;
        size_t failures = 0;
        for (uint64_t nth = 1; st != KW_OK; nth++, failures++) {
            assert_true(nth < TRIES_MAX);
            kw_os_faults faults = {0};
            kw_os_faults_use(&faults);
            kw_os_fail_at(&faults, KW_OS_ALLOCATE, nth);
            st = uses[i]();
            kw_os_faults_use(NULL);
            assert_true(st == KW_OK || st == KW_NO_MEMORY);
        }
        bool is_guarded = uses[i] == decrypt_v1 || uses[i] == decrypt_v2;
        assert_int_equal(failures > 1, is_guarded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap__fails_at_every_allocation),
        cmocka_unit_test(guarded_memory__fails_at_every_allocation),
    };
    return cmocka_run_group_tests_name("fault/threshold/engine", tests, set_up, tear_down);
}
