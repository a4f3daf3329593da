/* SPDX-License-Identifier: Apache-2.0
 * Laws of a key in shares, on random sizes, members, ids and texts. KW_TEST_SEED replays a run. */
#include "support/expect.h"
#include "support/ibe_desk.h"
#include "support/random_source.h"
#include "support/threshold_key.h"
#include "threshold/engine/use/ibe_v2.h"

enum {
    KEYS = 6,
    N_MAX = 20,
    TEXTS = 20,
    FLIPS = 12,
    ROOM = 1 << 20,
};

static random_source random;
static seeded_rng source;
static kw_rng rng;

static const kw_group *const group = &kw_group_bls12_381;

/* The first `count` of the members 1..n in a random order. */
static void draw_members(uint32_t *out, uint32_t n, uint32_t count)
{
    uint32_t all[N_MAX];
    for (uint32_t i = 0; i < n; i++) {
        all[i] = i + 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i + (uint32_t)random_below(&random, n - i);
        out[i] = all[at];
        all[at] = all[i];
    }
}

static kw_status combined(kw_group_g1 *out, const threshold_key *key, uint32_t count,
                          const kw_purposed *what)
{
    uint32_t members[N_MAX];
    kw_partial items[N_MAX];
    draw_members(members, key->n, count);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = threshold_key_sign(key, members[i], what);
    }
    kw_partials in = {.group = group, .items = items, .n = count, .what = *what};
    return threshold_key_combine(out, &in, &key->master);
}

static void any_t_members__make_the_same_and_fewer_nothing(void **state)
{
    (void)state;
    for (size_t round = 0; round < KEYS; round++) {
        threshold_key key;
        threshold_key next;
        uint32_t n = 2 + (uint32_t)random_below(&random, N_MAX - 1);
        uint32_t t = 2 + (uint32_t)random_below(&random, n - 1);
        threshold_key_deal(&key, group, n, t, source.seed + round);
        threshold_key_reshare(&next, &key, source.seed + round + 1000);
        uint8_t app_id[255];
        kw_purposed what = {KW_PURPOSE_APPLICATION,
                            {app_id, 1 + random_below(&random, sizeof app_id)}};
        EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(app_id)));
        kw_group_g1 wanted = threshold_key_whole(&key, &what);
        kw_group_g1 got;
        EXPECT_OK(combined(&got, &key, t, &what));
        assert_true(group->g1_equal(&got, &wanted));
        EXPECT_OK(combined(&got, &key, n, &what)); /* more than t do no harm */
        assert_true(group->g1_equal(&got, &wanted));
        EXPECT_OK(combined(&got, &next, t, &what));
        assert_true(group->g1_equal(&got, &wanted));
        EXPECT_STATUS(combined(&got, &key, t - 1, &what), KW_REFUSED);
    }
}

static void many_checks__say_what_single_ones_say(void **state)
{
    (void)state;
    static const kw_purposed what = {KW_PURPOSE_EIGENX, {(const uint8_t *)"application", 11}};
    for (size_t round = 0; round < KEYS; round++) {
        threshold_key key;
        kw_partial items[N_MAX];
        uint8_t ok[N_MAX];
        uint32_t n = 1 + (uint32_t)random_below(&random, N_MAX);
        threshold_key_deal(&key, group, n, 1 + (uint32_t)random_below(&random, n),
                           source.seed + round);
        kw_share_keys keys = threshold_key_keys(&key);
        for (uint32_t i = 0; i < n; i++) {
            items[i] = threshold_key_sign(&key, i + 1, &what);
            items[i].member =
                1 + (uint32_t)(random_below(&random, 4) == 0 ? random_below(&random, n)
                                                             : i); /* some are others' */
        }
        kw_partials in = {.group = group, .items = items, .n = n, .what = what};
        KW_AUTO(kw_arena) arena = kw_arena_init(kw_partials_arena_bytes(group, n));
        EXPECT_OK(kw_partials_verify(ok, &arena, &in, &keys, &rng));
        for (uint32_t i = 0; i < n; i++) {
            bool yes = false;
            EXPECT_OK(kw_partial_verify(&yes, &keys, &items[i], &what));
            assert_int_equal(ok[i], yes);
        }
    }
}

static kw_ibe_to draw_recipient(const ibe_desk *desk)
{
    kw_ibe_to to = ibe_desk_to_round(desk, random_below(&random, UINT64_MAX));
    if (random_below(&random, 2) == 0) {
        uint8_t app_id[255];
        EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(app_id)));
        kw_span id = {app_id, 1 + random_below(&random, sizeof app_id)};
        EXPECT_OK(kw_ibe_id_of_app(&to.id, KW_IBE_APPLICATION, id));
    }
    to.is_hidden = random_below(&random, 3) == 0;
    return to;
}

static void ciphertexts__open_as_sealed_and_not_when_altered(void **state)
{
    (void)state;
    static uint8_t text[3 * KW_IBE_CHUNK_BYTES];
    ibe_desk desk;
    ibe_desk_open(&desk, source.seed);
    EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(text)));
    for (size_t i = 0; i < TEXTS; i++) {
        kw_ibe_to to = draw_recipient(&desk);
        KW_AUTO(kw_ibe_key) key = ibe_desk_key(&desk, &to.id);
        kw_span plain = {text, random_below(&random, i % 4 == 0 ? sizeof text : 100)};
        KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
        KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(ROOM);
        EXPECT_OK(kw_ibe_v2_encrypt(&sealed, &to, kw_secret_span_of(plain), desk.aead, &desk.rng));
        EXPECT_OK(kw_ibe_v2_decrypt(&opened, kw_buf_view(&sealed), &key, desk.aead));
        EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&opened), "a test"), plain);
        for (size_t k = 0; k < FLIPS; k++) {
            KW_AUTO(kw_secret_bytes) none = kw_secret_bytes_init(ROOM);
            size_t at = random_below(&random, sealed.len);
            uint8_t bit = (uint8_t)(1U << random_below(&random, 8));
            sealed.ptr[at] ^= bit;
            EXPECT_STATUS(kw_ibe_v2_decrypt(&none, kw_buf_view(&sealed), &key, desk.aead),
                          KW_CORRUPT);
            sealed.ptr[at] ^= bit;
        }
    }
    ibe_desk_close(&desk);
}

int main(void)
{
    random = random_new("use");
    source.seed = random_u64(&random);
    rng = seeded_rng_port(&source);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_t_members__make_the_same_and_fewer_nothing),
        cmocka_unit_test(many_checks__say_what_single_ones_say),
        cmocka_unit_test(ciphertexts__open_as_sealed_and_not_when_altered),
    };
    return cmocka_run_group_tests_name("property/threshold/use", tests, NULL, NULL);
}
