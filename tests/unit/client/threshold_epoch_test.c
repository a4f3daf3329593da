/* SPDX-License-Identifier: Apache-2.0
 * Certificates that a client believes, and each that it does not. */
#include "client/threshold_epoch.h"

#include "base/heap.h"
#include "os/file.h"
#include "os/lock.h"
#include "support/client_desk.h"
#include "support/expect.h"

static client_desk desk;
static kw_client_cluster pinned;
static kw_client_cluster open_one;

static void load(kw_client_cluster *out, const char *name)
{
    tempdir_path path = client_desk_path(&desk, name);
    const kw_client_cluster_options options = {.cluster_file = path.text};
    EXPECT_OK(kw_client_cluster_load(out, &options, NULL));
}

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    load(&pinned, "pinned.json");
    load(&open_one, "cluster.json");
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_client_cluster_drop(&pinned);
    kw_client_cluster_drop(&open_one);
    client_desk_close(&desk);
    return 0;
}

static kw_status read_file(const kw_client_cluster *cluster, kw_span file)
{
    KW_AUTO(kw_client_epoch) epoch = {0};
    kw_error err = {0};
    kw_status st = kw_client_epoch_read(&epoch, cluster, file, &err);
    assert_int_equal(err.status, st);
    assert_true(st == KW_OK || epoch.file.len == 0);
    return st;
}

static void read__believes_what_the_pinned_key_sealed(void **state)
{
    KW_UNUSED(state);
    const kw_buf *files[] = {&desk.first_file, &desk.second_file};
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        KW_AUTO(kw_client_epoch) epoch = {0};
        EXPECT_OK(kw_client_epoch_read(&epoch, &pinned, kw_buf_view(files[i]), NULL));
        assert_int_equal(epoch.trust, KW_CLIENT_TRUST_PIN);
        assert_int_equal(epoch.certificate.candidate.fields.epoch, i + 1);
        EXPECT_SPAN(epoch.file, kw_buf_view(files[i]));
    }
}

static void read__says_when_nobody_vouches(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_client_epoch) epoch = {0};
    EXPECT_OK(kw_client_epoch_read(&epoch, &open_one, kw_buf_view(&desk.second_file), NULL));
    assert_int_equal(epoch.trust, KW_CLIENT_TRUST_NONE);
}

static void read__refuses_every_changed_byte_that_counts(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) copy = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_buf_append(&copy, kw_buf_view(&desk.second_file)));
    /* magic, kind, cluster, epoch, timestamp, attempt, t: all before the rosters */
    for (size_t at = 0; at < 4 + 2 + 32 + 8 + 8 + 4 + 4; at++) {
        copy.ptr[at] ^= 1;
        kw_status st = read_file(&pinned, kw_buf_view(&copy));
        assert_true(st == KW_BAD_INPUT || st == KW_REFUSED || st == KW_UNAUTHENTICATED);
        copy.ptr[at] ^= 1;
    }
    EXPECT_OK(read_file(&pinned, kw_buf_view(&copy)));
    EXPECT_STATUS(read_file(&pinned, (kw_span){copy.ptr, copy.len - 1}), KW_BAD_INPUT);
    EXPECT_STATUS(read_file(&pinned, (kw_span){0}), KW_BAD_INPUT);
    static uint8_t large[KW_THRESHOLD_CERTIFICATE_BYTES_MAX + 1];
    EXPECT_STATUS(read_file(&pinned, KW_SPAN(large)), KW_LIMIT);
}

/* The same operators under another key, and another cluster. */
static void read__refuses_other_keys_and_clusters(void **state)
{
    KW_UNUSED(state);
    static epoch_desk other;
    static desk_epoch epoch;
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    epoch_desk_open(&other, &kw_group_bls12_381, KW_PEER_ECDSA);
    other.cluster_id = desk.epochs.cluster_id;
    other.seeded.seed = 99;
    epoch_desk_make(&other, &epoch, NULL, (desk_plan){1, CLIENT_DESK_MEMBERS, 0});
    EXPECT_OK(kw_certificate_encode(&file, &epoch.certificate, &kw_group_bls12_381));
    EXPECT_STATUS(read_file(&pinned, kw_buf_view(&file)), KW_REFUSED);
    EXPECT_OK(read_file(&open_one, kw_buf_view(&file)));
    file.len = 0;
    other.cluster_id.bytes[0] ^= 1;
    epoch_desk_make(&other, &epoch, NULL, (desk_plan){1, CLIENT_DESK_MEMBERS, 0});
    EXPECT_OK(kw_certificate_encode(&file, &epoch.certificate, &kw_group_bls12_381));
    EXPECT_STATUS(read_file(&open_one, kw_buf_view(&file)), KW_REFUSED);
    epoch_desk_close(&other);
}

static void read__refuses_a_canary_of_another(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_certificate forged = desk.second.certificate;
    forged.canary = desk.first.certificate.canary;
    EXPECT_OK(kw_certificate_encode(&file, &forged, &kw_group_bls12_381));
    EXPECT_STATUS(read_file(&pinned, kw_buf_view(&file)), KW_UNAUTHENTICATED);
    EXPECT_STATUS(read_file(&open_one, kw_buf_view(&file)), KW_UNAUTHENTICATED);
}

static void prove__is_for_the_first_epoch_alone(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_client_epoch) first = {0};
    KW_AUTO(kw_client_epoch) second = {0};
    EXPECT_OK(kw_client_epoch_read(&first, &open_one, kw_buf_view(&desk.first_file), NULL));
    EXPECT_OK(kw_client_epoch_prove(&first, &open_one, &desk.epochs.rng, NULL));
    assert_int_equal(first.trust, KW_CLIENT_TRUST_GENESIS);
    EXPECT_OK(kw_client_epoch_read(&second, &open_one, kw_buf_view(&desk.second_file), NULL));
    EXPECT_STATUS(kw_client_epoch_prove(&second, &open_one, &desk.epochs.rng, NULL), KW_REFUSED);
    assert_int_equal(second.trust, KW_CLIENT_TRUST_NONE);
}

/* A key that some outsider made seals itself; votes of the genesis operators it has none. */
static void prove__wants_votes_of_the_genesis_operators(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_client_epoch) epoch = {0};
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_certificate forged = desk.first.certificate;
    kw_authenticated votes[EPOCH_DESK_MEMBERS_MAX];
    memcpy(votes, forged.precommits.items, forged.precommits.count * sizeof votes[0]);
    votes[0].signature = votes[1].signature;
    forged.precommits.items = votes;
    EXPECT_OK(kw_certificate_encode(&file, &forged, &kw_group_bls12_381));
    EXPECT_OK(kw_client_epoch_read(&epoch, &open_one, kw_buf_view(&file), NULL));
    EXPECT_STATUS(kw_client_epoch_prove(&epoch, &open_one, &desk.epochs.rng, NULL),
                  KW_UNAUTHENTICATED);
    assert_int_equal(epoch.trust, KW_CLIENT_TRUST_NONE);
}

static void keys__are_those_of_the_shares(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_client_epoch) epoch = {0};
    kw_share_keys keys;
    EXPECT_OK(kw_client_epoch_read(&epoch, &pinned, kw_buf_view(&desk.second_file), NULL));
    EXPECT_OK(kw_client_epoch_keys(&epoch, &keys, NULL));
    assert_int_equal(keys.epoch, 2);
    assert_int_equal(keys.n, CLIENT_DESK_MEMBERS);
    for (size_t j = 0; j < keys.n; j++) {
        kw_group_g2 wanted;
        kw_group_bls12_381.g2_base(&wanted, &desk.second.shares[j]);
        assert_true(kw_group_bls12_381.g2_equal(&keys.keys[j], &wanted));
    }
}

static void seen__is_kept_for_one_cluster(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = client_desk_path(&desk, "seen.json");
    const kw_hash32 *id = &desk.epochs.cluster_id;
    kw_hash32 other = *id;
    uint64_t epoch = 42;
    EXPECT_OK(kw_client_seen_read(&epoch, path.text, id, NULL));
    assert_int_equal(epoch, 0);
    EXPECT_OK(kw_client_seen_raise(path.text, id, UINT64_MAX, NULL));
    EXPECT_OK(kw_client_seen_read(&epoch, path.text, id, NULL));
    assert_true(epoch == UINT64_MAX);
    other.bytes[0] ^= 1;
    EXPECT_STATUS(kw_client_seen_read(&epoch, path.text, &other, NULL), KW_REFUSED);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("7")), 0600, NULL));
    EXPECT_STATUS(kw_client_seen_read(&epoch, path.text, id, NULL), KW_CORRUPT);
}

static void seen__is_never_set_back(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = client_desk_path(&desk, "raised.json");
    tempdir_path lock_path = client_desk_path(&desk, "raised.json-lock");
    const kw_hash32 *id = &desk.epochs.cluster_id;
    uint64_t epoch = 0;
    EXPECT_OK(kw_client_seen_raise(path.text, id, 7, NULL));
    EXPECT_OK(kw_client_seen_raise(path.text, id, 6, NULL)); /* read before another raised it */
    EXPECT_OK(kw_client_seen_read(&epoch, path.text, id, NULL));
    assert_int_equal(epoch, 7);
    KW_AUTO(kw_file_lock) other = {.is_held = false};
    EXPECT_OK(kw_file_lock_take(&other, lock_path.text, 0, NULL));
    EXPECT_STATUS(kw_client_seen_raise(path.text, id, 8, NULL), KW_BUSY);
    kw_file_lock_drop(&other);
    EXPECT_OK(kw_client_seen_raise(path.text, id, 8, NULL));
    EXPECT_OK(kw_client_seen_read(&epoch, path.text, id, NULL));
    assert_int_equal(epoch, 8);
}

static void read__leaves_nothing_without_memory(void **state)
{
    KW_UNUSED(state);
    kw_status st = KW_NO_MEMORY;
    for (size_t k = 1; k < 100 && st != KW_OK; k++) {
        KW_AUTO(kw_client_epoch) epoch = {0};
        kw_heap_fail_at(k);
        st = kw_client_epoch_read(&epoch, &pinned, kw_buf_view(&desk.second_file), NULL);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY || st == KW_LIMIT);
        assert_true((st == KW_OK) == (epoch.file.len > 0));
    }
    EXPECT_OK(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__believes_what_the_pinned_key_sealed),
        cmocka_unit_test(read__says_when_nobody_vouches),
        cmocka_unit_test(read__refuses_every_changed_byte_that_counts),
        cmocka_unit_test(read__refuses_other_keys_and_clusters),
        cmocka_unit_test(read__refuses_a_canary_of_another),
        cmocka_unit_test(prove__is_for_the_first_epoch_alone),
        cmocka_unit_test(prove__wants_votes_of_the_genesis_operators),
        cmocka_unit_test(keys__are_those_of_the_shares),
        cmocka_unit_test(seen__is_kept_for_one_cluster),
        cmocka_unit_test(seen__is_never_set_back),
        cmocka_unit_test(read__leaves_nothing_without_memory),
    };
    return cmocka_run_group_tests_name("client/threshold_epoch", tests, set_up, tear_down);
}
