/* SPDX-License-Identifier: Apache-2.0
 * Partial signatures, their combinations, beacons and derived keys: those of tests/oracle/, by
 * @noble/curves, and those beside the project. One form, so one reader. */
#include "curve/bls_wire.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/threshold_key.h"
#include "support/vector_file.h"
#include "threshold/engine/use/beacon.h"
#include "threshold/engine/use/derive.h"

#include <stdlib.h>

enum {
    N_MAX = 8,
    T = 3, /* of the keys in these files */
    ARENA_BYTES = 1 << 20,
};

/* One epoch of a key. */
typedef struct epoch {
    uint64_t number;
    size_t n;
    kw_group_secret shares[N_MAX];
    kw_group_g2 vk[N_MAX];
    kw_group_g2 master;
} epoch;

static const kw_group *const group = &kw_group_bls12_381;

static kw_bls_g1 g1_of(const kw_json *text)
{
    uint8_t bytes[48];
    kw_bls_g1 p;
    vector_fill(KW_MSPAN(bytes), text);
    EXPECT_OK(kw_bls_g1_decode_zcash(&p, KW_SPAN(bytes), KW_POINT_STRICT));
    return p;
}

static kw_group_g2 g2_of(const kw_json *text)
{
    uint8_t bytes[96];
    kw_group_g2 p;
    vector_fill(KW_MSPAN(bytes), text);
    EXPECT_OK(group->g2_decode(&p, KW_SPAN(bytes)));
    return p;
}

static void expect_g1(const kw_group_g1 *got, const kw_json *object, const char *name)
{
    kw_group_g1_bytes bytes = {{0}};
    group->g1_encode(&bytes, got);
    expect_vector(KW_SPAN(bytes.bytes), object, name);
}

static epoch epoch_of(const kw_json *object, uint64_t number)
{
    const kw_json *shares = json_tree_at(object, "shares");
    const kw_json *vk = json_tree_at(object, "VK");
    epoch out = {.number = number, .n = kw_json_count(shares)};
    assert_in_range(out.n, T, N_MAX);
    for (size_t i = 0; i < out.n; i++) {
        uint8_t bytes[32];
        vector_fill(KW_MSPAN(bytes), kw_json_item(shares, i));
        EXPECT_OK(kw_bls_secret_decode(&out.shares[i].bls, KW_SPAN(bytes)));
        out.vk[i] = g2_of(kw_json_item(vk, i));
    }
    out.master = g2_of(json_tree_at(object, "MPK"));
    return out;
}

/* Signs as every member, and compares; the partials stay in `out`. */
static void expect_partials(kw_partial *out, const epoch *e, const kw_purposed *what,
                            const kw_json *wanted)
{
    seeded_rng source = {.seed = 1};
    kw_rng rng = seeded_rng_port(&source);
    assert_int_equal(kw_json_count(wanted), e->n);
    for (size_t i = 0; i < e->n; i++) {
        const kw_json *row = kw_json_item(wanted, i);
        out[i] = (kw_partial){.epoch = e->number, .member = (uint32_t)json_tree_integer(row, "j")};
        EXPECT_OK(kw_partial_sign(&out[i].signature, group, &e->shares[out[i].member - 1], what));
        expect_g1(&out[i].signature, row, "sigma");
    }
    uint8_t ok[N_MAX] = {0};
    kw_share_keys keys = {.group = group, .epoch = e->number, .keys = e->vk, .n = e->n};
    kw_partials in = {.group = group, .items = out, .n = e->n, .what = *what};
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    EXPECT_OK(kw_partials_verify(ok, &arena, &in, &keys, &rng));
    for (size_t i = 0; i < e->n; i++) {
        assert_int_equal(ok[i], 1);
    }
}

static kw_status combine(kw_group_g1 *out, const kw_partial *items, const epoch *e,
                         const kw_purposed *what)
{
    kw_partials in = {.group = group, .items = items, .n = T, .what = *what};
    return threshold_key_combine(out, &in, &e->master);
}

static void application_check(const kw_json *item, const epoch *first, const epoch *second)
{
    KW_AUTO(kw_buf) app_id = kw_buf_init(255);
    vector_append(&app_id, json_tree_at(item, "app_id"));
    kw_purposed what = {KW_PURPOSE_APPLICATION, kw_buf_view(&app_id)};
    kw_group_g1 point;
    EXPECT_OK(kw_purposed_hash(&point, group, &what));
    expect_g1(&point, item, "H1");
    kw_partial one[N_MAX];
    kw_partial two[N_MAX];
    expect_partials(one, first, &what, json_tree_at(item, "partials_epoch_1"));
    expect_partials(two, second, &what, json_tree_at(item, "partials_epoch_2"));
    EXPECT_OK(combine(&point, one, first, &what));
    expect_g1(&point, item, "application_key");
    EXPECT_OK(combine(&point, two + 1, first, &what)); /* epochs differ in shares alone */
    expect_g1(&point, item, "application_key");
    one[2] = two[2];
    EXPECT_STATUS(combine(&point, one, first, &what), KW_BAD_INPUT);
    one[2].epoch = 1;
    EXPECT_STATUS(combine(&point, one, first, &what), KW_REFUSED);
}

static void beacon_check(const kw_json *item, const epoch *e)
{
    kw_hash32 cluster_id;
    kw_hash32 value;
    vector_fill(KW_MSPAN(cluster_id.bytes), json_tree_at(item, "cluster_id"));
    kw_beacon_message message =
        kw_beacon_message_of(&cluster_id, (uint64_t)json_tree_integer(item, "round"));
    expect_vector(KW_SPAN(message.bytes), item, "message");
    kw_purposed what = {KW_PURPOSE_BEACON, KW_SPAN(message.bytes)};
    kw_partial partials[T];
    for (uint32_t i = 0; i < T; i++) {
        partials[i] = (kw_partial){.epoch = 1, .member = i + 1};
        EXPECT_OK(kw_partial_sign(&partials[i].signature, group, &e->shares[i], &what));
    }
    kw_group_g1 signature;
    kw_group_g1_bytes bytes = {{0}};
    EXPECT_OK(combine(&signature, partials, e, &what));
    expect_g1(&signature, item, "signature");
    group->g1_encode(&bytes, &signature);
    EXPECT_OK(kw_beacon_value(&value, KW_SPAN(bytes.bytes)));
    expect_vector(KW_SPAN(value.bytes), item, "beacon");
}

static void derived_check(const kw_json *item)
{
    kw_bls_g1 point = g1_of(json_tree_at(item, "application_key"));
    KW_AUTO(kw_bls_secret_g1) key = {0};
    KW_AUTO(kw_secret32) derived = {0};
    KW_AUTO(kw_buf) label = kw_buf_init(255);
    kw_bls_secret_g1_of_g1(&key, &point);
    vector_append(&label, json_tree_at(item, "label"));
    kw_derive_name name = {kw_buf_view(&label), (uint32_t)json_tree_integer(item, "version")};
    EXPECT_OK(kw_derive_key(&derived, &key, &name));
    expect_vector(kw_declassify_span(kw_secret32_view(&derived), "a test"), item, "key");
}

static void lagrange_check(const kw_json *item)
{
    const kw_json *indices = json_tree_at(item, "indices");
    const kw_json *lambda = json_tree_at(item, "lambda");
    uint32_t index[N_MAX];
    kw_bls_fr l[N_MAX];
    size_t n = kw_json_count(indices);
    assert_in_range(n, 1, N_MAX);
    for (size_t i = 0; i < n; i++) {
        int64_t number = 0;
        assert_true(kw_json_integer(kw_json_item(indices, i), &number));
        index[i] = (uint32_t)number;
    }
    EXPECT_OK(kw_bls_lagrange_zero(l, index, n));
    for (size_t i = 0; i < n; i++) {
        uint8_t wanted[32];
        kw_bls_fr_bytes got;
        vector_fill(KW_MSPAN(wanted), kw_json_item(lambda, i));
        kw_bls_fr_encode(&got, &l[i]);
        EXPECT_SPAN(KW_SPAN(got.bytes), KW_SPAN(wanted));
    }
}

static void partials_check(const kw_json *root, const epoch *first, const epoch *second)
{
    const kw_json *applications = json_tree_at(root, "applications");
    const kw_json *beacons = json_tree_at(root, "beacon");
    const kw_json *derived = json_tree_at(root, "derived_keys");
    const kw_json *lagrange = json_tree_at(root, "lagrange_at_zero");
    assert_true(kw_json_count(applications) > 0 && kw_json_count(derived) > 0);
    for (size_t i = 0; i < kw_json_count(applications); i++) {
        application_check(kw_json_item(applications, i), first, second);
    }
    for (size_t i = 0; i < kw_json_count(beacons); i++) {
        beacon_check(kw_json_item(beacons, i), first);
    }
    for (size_t i = 0; i < kw_json_count(derived); i++) {
        derived_check(kw_json_item(derived, i));
    }
    for (size_t i = 0; i < kw_json_count(lagrange); i++) {
        lagrange_check(kw_json_item(lagrange, i));
    }
}

static void partials__of_noble(void **state)
{
    (void)state;
    kw_json *root = vector_file("tests/vectors/threshold/partials.json");
    const kw_json *epochs = json_tree_at(root, "epochs");
    epoch first = epoch_of(kw_json_item(epochs, 0), 1);
    epoch second = epoch_of(kw_json_item(epochs, 1), 2);
    partials_check(root, &first, &second);
    kw_json_free(root);
}

static void partials__shared(void **state)
{
    (void)state;
    kw_json *root = vector_file_shared("threshold/partials.json");
    kw_json *genesis = vector_file_shared("threshold/genesis.json");
    kw_json *reshare = vector_file_shared("threshold/reshare.json");
    epoch first = epoch_of(genesis, 1);
    epoch second = epoch_of(reshare, 2);
    partials_check(root, &first, &second);
    kw_json_free(root);
    kw_json_free(genesis);
    kw_json_free(reshare);
}

/* t SEAL shares over the digest of a transcript are the canary of its certificate. */
static void canary_check(kw_json *genesis)
{
    epoch e = epoch_of(genesis, 1);
    kw_hash32 digest;
    vector_fill(KW_MSPAN(digest.bytes), json_tree_at(genesis, "digest"));
    kw_purposed what = {KW_PURPOSE_EPOCH, KW_SPAN(digest.bytes)};
    kw_partial partials[T];
    for (uint32_t i = 0; i < T; i++) {
        partials[i] = (kw_partial){.epoch = 1, .member = i + 2};
        EXPECT_OK(kw_partial_sign(&partials[i].signature, group, &e.shares[i + 1], &what));
    }
    kw_group_g1 canary;
    EXPECT_OK(combine(&canary, partials, &e, &what));
    expect_g1(&canary, genesis, "canary");
    kw_json_free(genesis);
}

static void canary__of_noble(void **state)
{
    (void)state;
    canary_check(vector_file("tests/vectors/threshold/genesis.json"));
}

static void canary__shared(void **state)
{
    (void)state;
    canary_check(vector_file_shared("threshold/genesis.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partials__of_noble),
        cmocka_unit_test(partials__shared),
        cmocka_unit_test(canary__of_noble),
        cmocka_unit_test(canary__shared),
    };
    return cmocka_run_group_tests_name("vectors/threshold/partials", tests, NULL, NULL);
}
