/* SPDX-License-Identifier: Apache-2.0
 * Quorums, rosters and identifiers as an independent implementation computed them. */
#include "threshold/engine/roster/ids.h"

#include "support/threshold_file.h"
#include "threshold/engine/roster/roster.h"

static threshold_file file;

static uint32_t number(const kw_json *object, const char *name)
{
    return (uint32_t)json_tree_integer(object, name);
}

static void expect_hash(const kw_hash32 *got, const kw_json *object, const char *name)
{
    kw_hash32 wanted = threshold_hash(object, name);
    assert_memory_equal(got->bytes, wanted.bytes, sizeof wanted.bytes);
}

static void quorums__match(void **state)
{
    (void)state;
    const kw_json *rows = threshold_part(&file, "parameters");
    assert_int_equal(kw_json_count(rows), 20);
    for (size_t i = 0; i < 20; i++) {
        const kw_json *row = kw_json_item(rows, i);
        kw_quorum q;
        EXPECT_OK(kw_quorum_of(&q, number(row, "n"), KW_THRESHOLD_RATIO_DEFAULT));
        assert_int_equal(q.f, number(row, "f"));
        assert_int_equal(q.t, number(row, "t"));
        assert_int_equal(q.q, number(row, "Q"));
        assert_int_equal(q.b, number(row, "B"));
    }
}

static kw_roster roster_of(const kw_json *spec, bool is_backwards)
{
    const kw_json *members = json_tree_at(spec, "members");
    size_t n = kw_json_count(members);
    kw_roster_entry *entries = kw_arena_new(&file.arena, n, sizeof *entries);
    assert_non_null(entries);
    for (size_t i = 0; i < n; i++) {
        const kw_json *member = kw_json_item(members, is_backwards ? n - 1 - i : i);
        entries[i] = (kw_roster_entry){.address = threshold_address(member, "address"),
                                       .curve = (uint8_t)number(member, "curve"),
                                       .key = threshold_bytes(&file, member, "key")};
    }
    kw_roster roster;
    kw_error err;
    EXPECT_OK(kw_roster_make(&roster, &file.arena,
                             &(kw_roster_source){entries, n, &kw_peer_schemes_all, false}, &err));
    return roster;
}

static void check_roster(const kw_json *spec)
{
    for (int backwards = 0; backwards < 2; backwards++) {
        kw_roster roster = roster_of(spec, backwards == 1);
        expect_hash(&roster.hash, spec, "roster_hash");
        const kw_json *members = json_tree_at(spec, "members");
        for (size_t i = 0; i < kw_json_count(members); i++) {
            const kw_json *member = kw_json_item(members, i);
            kw_address address = threshold_address(member, "address");
            assert_int_equal(kw_roster_index(&roster, &address), number(member, "index"));
        }
        KW_AUTO(kw_buf) wire = kw_buf_init(1 << 20);
        kw_writer w = kw_writer_to(&wire);
        kw_roster_write(&w, &roster);
        EXPECT_OK(kw_write_end(&w));
        kw_span wanted = threshold_bytes(&file, spec, "fields");
        EXPECT_SPAN(kw_buf_view(&wire), wanted);
        kw_reader r = kw_reader_of(wanted);
        kw_roster again;
        EXPECT_OK(kw_roster_decode(&again, &file.arena, &r, &kw_peer_schemes_all));
        EXPECT_OK(kw_read_end(&r));
        expect_hash(&again.hash, spec, "roster_hash");
    }
}

static void rosters__match(void **state)
{
    (void)state;
    check_roster(threshold_part(&file, "roster"));
    check_roster(threshold_part(&file, "roster_reshare"));
    check_roster(threshold_part(&file, "roster_of_one"));
}

static void possession__matches_and_is_bound_to_the_member(void **state)
{
    (void)state;
    const kw_json *proofs = threshold_part(&file, "proof_of_possession");
    const kw_json *members = json_tree_at(threshold_part(&file, "roster"), "members");
    size_t n = kw_json_count(members);
    assert_int_equal(kw_json_count(proofs), n);
    kw_roster_entry entries[4] = {0};
    assert_int_equal(n, KW_COUNT(entries));
    for (size_t i = 0; i < n; i++) {
        const kw_json *member = kw_json_item(members, i);
        const kw_json *proof = kw_json_item(proofs, i);
        entries[i] = (kw_roster_entry){.address = threshold_address(proof, "address"),
                                       .curve = (uint8_t)number(member, "curve"),
                                       .key = threshold_bytes(&file, member, "key"),
                                       .possession = threshold_bytes(&file, proof, "signature")};
        kw_hash32 digest;
        kw_possession_digest(&digest, &entries[i]);
        expect_hash(&digest, proof, "digest");
    }
    kw_roster_source source = {entries, n, &kw_peer_schemes_all, true};
    kw_roster roster;
    kw_error err;
    EXPECT_OK(kw_roster_make(&roster, &file.arena, &source, &err));
    kw_span first = entries[0].possession;
    entries[0].possession = entries[1].possession;
    EXPECT_STATUS(kw_roster_make(&roster, &file.arena, &source, &err), KW_UNAUTHENTICATED);
    entries[0].possession = (kw_span){0};
    EXPECT_STATUS(kw_roster_make(&roster, &file.arena, &source, &err), KW_UNAUTHENTICATED);
    entries[0].possession = first;
    entries[0].address.bytes[19] ^= 1;
    EXPECT_STATUS(kw_roster_make(&roster, &file.arena, &source, &err), KW_UNAUTHENTICATED);
}

static void clusters__match(void **state)
{
    (void)state;
    const kw_json *clusters = threshold_part(&file, "clusters");
    assert_int_equal(kw_json_count(clusters), 2);
    for (size_t i = 0; i < 2; i++) {
        const kw_json *c = kw_json_item(clusters, i);
        kw_config_fields fields = {
            .suite = (uint8_t)number(c, "suite"),
            .ratio = {(uint16_t)number(c, "t_num"), (uint16_t)number(c, "t_den")},
            .interval_s = number(c, "interval"),
            .reshare_every = number(c, "reshare_every"),
            .roster_lag_s = number(c, "roster_lag"),
            .delta_ms = number(c, "delta_ms"),
            .coin = threshold_hash(c, "coin"),
            .genesis_roster = threshold_hash(c, "genesis_roster_hash"),
            .beacon_start = (uint64_t)json_tree_integer(c, "beacon_start"),
            .beacon_period_s = number(c, "beacon_period"),
        };
        uint8_t wire[KW_CONFIG_FIELDS_BYTES];
        kw_writer w = kw_writer_of(KW_MSPAN(wire));
        kw_config_fields_write(&w, &fields);
        EXPECT_OK(kw_write_end(&w));
        EXPECT_SPAN(KW_SPAN(wire), threshold_bytes(&file, c, "config_fields"));
        kw_config_fields again = {0};
        kw_reader r = kw_reader_of(KW_SPAN(wire));
        kw_config_fields_read(&again, &r);
        EXPECT_OK(kw_read_end(&r));
        kw_cluster_fields cluster = {.chain_id = (uint64_t)json_tree_integer(c, "chain_id"),
                                     .avs = threshold_address(c, "avs"),
                                     .set_id = number(c, "set_id")};
        kw_config_hash(&cluster.config_hash, &again);
        expect_hash(&cluster.config_hash, c, "config_hash");
        kw_hash32 id;
        kw_cluster_id(&id, &cluster);
        expect_hash(&id, c, "cluster_id");
    }
}

static void sessions__match(void **state)
{
    (void)state;
    const kw_json *sessions = threshold_part(&file, "sessions");
    assert_int_equal(kw_json_count(sessions), 4);
    for (size_t i = 0; i < 4; i++) {
        const kw_json *s = kw_json_item(sessions, i);
        kw_span tail = threshold_bytes(&file, s, "sid_preimage_tail");
        kw_reader r = kw_reader_of(tail);
        kw_sid_fields fields = {0};
        kw_sid_fields_read(&fields, &r);
        EXPECT_OK(kw_read_end(&r));
        assert_int_equal(fields.kind, number(s, "kind"));
        assert_true((int64_t)fields.epoch == json_tree_integer(s, "epoch"));
        assert_true((int64_t)fields.timestamp == json_tree_integer(s, "timestamp"));
        assert_int_equal(fields.attempt, number(s, "attempt"));
        assert_int_equal(fields.t_old, number(s, "t_old"));
        assert_int_equal(fields.t_new, number(s, "t_new"));
        assert_int_equal(fields.suite, number(s, "suite"));
        expect_hash(&fields.roster_old, s, "roster_old_hash");
        expect_hash(&fields.roster_new, s, "roster_new_hash");
        expect_hash(&fields.previous, s, "previous");
        kw_hash32 cluster = threshold_hash(s, "cluster_id");
        kw_hash32 id;
        kw_sid(&id, &cluster, &fields);
        expect_hash(&id, s, "sid");
        kw_open_id(&id, &id);
        expect_hash(&id, s, "open_id");
        kw_handover_id(&id, &cluster, fields.epoch, &fields.previous);
        expect_hash(&id, s, "handover_id");
    }
}

static void values__match(void **state)
{
    (void)state;
    const kw_json *values = threshold_part(&file, "values");
    const kw_json *set = json_tree_at(values, "set");
    kw_hash32 value;
    EXPECT_OK(kw_set_value(&value, threshold_joined(&file, json_tree_at(set, "hashes"))));
    expect_hash(&value, set, "value");
    EXPECT_OK(kw_set_value(&value, (kw_span){0}));
    expect_hash(&value, values, "set_of_none");
    const kw_json *open = json_tree_at(values, "open");
    const kw_json *list = json_tree_at(open, "X");
    uint16_t dealers[8];
    size_t count = kw_json_count(list);
    assert_in_range(count, 1, KW_COUNT(dealers));
    for (size_t i = 0; i < count; i++) {
        int64_t dealer = 0;
        assert_true(kw_json_integer(kw_json_item(list, i), &dealer));
        dealers[i] = (uint16_t)dealer;
    }
    kw_open_value(&value, dealers, (uint16_t)count);
    expect_hash(&value, open, "value");
}

static void digest_and_certificate__match(void **state)
{
    (void)state;
    const kw_json *t = threshold_part(&file, "transcript");
    const kw_json *d = json_tree_at(t, "D");
    kw_dealing_ref refs[8];
    size_t count = kw_json_count(d);
    assert_in_range(count, 1, KW_COUNT(refs));
    for (size_t i = 0; i < count; i++) {
        const kw_json *item = kw_json_item(d, i);
        refs[i] = (kw_dealing_ref){(uint16_t)number(item, "i"), threshold_hash(item, "hash")};
    }
    const kw_json *points = json_tree_at(t, "P");
    kw_digest_fields fields = {.sid = threshold_hash(t, "sid"),
                               .set = threshold_hash(t, "hash_of_S"),
                               .dealings = refs,
                               .dealings_count = (uint16_t)count,
                               .t = (uint16_t)kw_json_count(points),
                               .polynomial = threshold_g2s(&file, points),
                               .roster_new = threshold_hash(t, "roster_hash")};
    kw_hash32 digest;
    kw_epoch_digest(&digest, &kw_group_bls12_381, &fields);
    expect_hash(&digest, t, "digest");
    const kw_json *c = threshold_part(&file, "certificate_hash");
    digest = threshold_hash(c, "digest");
    kw_hash32 hash;
    kw_certificate_hash(&hash, &digest, threshold_bytes(&file, c, "canary"));
    expect_hash(&hash, c, "hash");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorums__match),
        cmocka_unit_test(rosters__match),
        cmocka_unit_test(possession__matches_and_is_bound_to_the_member),
        cmocka_unit_test(clusters__match),
        cmocka_unit_test(sessions__match),
        cmocka_unit_test(values__match),
        cmocka_unit_test(digest_and_certificate__match),
    };
    const threshold_suite suite = {
        .group = "threshold/ids", .names = {"ids.json"}, .tests = tests, .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, &file);
}
