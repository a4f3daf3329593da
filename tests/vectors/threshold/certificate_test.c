/* SPDX-License-Identifier: Apache-2.0
 * The certificates of a genesis and of a reshare as an independent implementation made them: read,
 * written, put together from their parts, and checked as a chain from the configuration. */
#include "threshold/engine/epoch/succession.h"

#include "crypto/hash.h"
#include "support/seeded_rng.h"
#include "support/threshold_file.h"
#include "threshold/engine/use/partial.h"

enum {
    N = 4,
    T = 3,
};

static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
enum {
    GENESIS,
    RESHARE,
};

static threshold_file files[2];

static kw_certificate certificate_of(threshold_file *file)
{
    kw_certificate certificate;
    kw_span bytes = threshold_bytes(file, file->root, "certificate");
    EXPECT_OK(kw_certificate_decode(&certificate, &file->arena, bytes, &form));
    return certificate;
}

static void certificates__are_read_and_written_byte_for_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        const kw_json *root = files[i].root;
        kw_certificate certificate = certificate_of(&files[i]);
        kw_hash32 hash = threshold_hash(root, "certificate_hash");
        kw_hash32 digest = threshold_hash(root, "digest");
        kw_hash32 sid = threshold_hash(json_tree_at(root, "session"), "sid");
        kw_hash32 iid = threshold_hash(json_tree_at(root, "handover"), "instance_id");
        kw_hash32 own_iid;
        kw_certificate_iid(&own_iid, &certificate);
        EXPECT_SPAN(KW_SPAN(certificate.hash.bytes), KW_SPAN(hash.bytes));
        EXPECT_SPAN(KW_SPAN(certificate.candidate.digest.bytes), KW_SPAN(digest.bytes));
        EXPECT_SPAN(KW_SPAN(certificate.candidate.sid.bytes), KW_SPAN(sid.bytes));
        EXPECT_SPAN(KW_SPAN(own_iid.bytes), KW_SPAN(iid.bytes));
        KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        EXPECT_OK(kw_certificate_encode(&wire, &certificate, form.group));
        EXPECT_SPAN(kw_buf_view(&wire), threshold_bytes(&files[i], root, "certificate"));
    }
}

/* Messages of a list of the vectors, from its beginning. */
static kw_authenticated_list messages_of(threshold_file *file, const kw_json *list, size_t count)
{
    kw_authenticated *items = kw_arena_new(&file->arena, count, sizeof *items);
    assert_non_null(items);
    for (size_t i = 0; i < count; i++) {
        const kw_json *item = kw_json_item(list, i);
        kw_span signature = threshold_bytes(file, item, "signature");
        items[i] = (kw_authenticated){.payload = threshold_bytes(file, item, "payload"),
                                      .hash = threshold_hash(item, "hash"),
                                      .signature.len = (uint8_t)signature.len};
        memcpy(items[i].signature.bytes, signature.ptr, signature.len);
    }
    return (kw_authenticated_list){items, count};
}

static kw_roster roster_of(threshold_file *file, const char *name)
{
    kw_roster_entry entries[N];
    const kw_json *list = json_tree_at(file->root, name);
    assert_int_equal(kw_json_count(list), N);
    for (size_t i = 0; i < N; i++) {
        const kw_json *item = kw_json_item(list, i);
        entries[i] = (kw_roster_entry){.address = threshold_address(item, "address"),
                                       .curve = (uint8_t)json_tree_integer(item, "curve"),
                                       .key = threshold_bytes(file, item, "key")};
    }
    kw_roster roster;
    const kw_roster_source source = {entries, N, &kw_peer_schemes_all, false};
    EXPECT_OK(kw_roster_make(&roster, &file->arena, &source, NULL));
    return roster;
}

/* The canary of t SEALs, from the `from`-th on. */
static kw_group_g1 canary_of(threshold_file *file, const kw_certificate *certificate, size_t from)
{
    const kw_candidate *c = &certificate->candidate;
    const kw_roster *outgoing = kw_certificate_voters(certificate);
    kw_message_scope scope = kw_candidate_scope(c, form.group);
    kw_authenticated_list seals = messages_of(file, json_tree_at(file->root, "SEAL"), N);
    kw_partial partials[T];
    for (size_t i = 0; i < T; i++) {
        kw_message seal;
        EXPECT_OK(kw_message_decode(&seal, &file->arena, seals.items[from + i].payload, &scope));
        uint16_t index = kw_roster_index(outgoing, &seal.header.sender);
        assert_true(
            kw_authenticated_is_from(&seals.items[from + i], kw_roster_at(outgoing, index)));
        partials[i] = (kw_partial){1, index, seal.body.commit.share};
    }
    const kw_partials all = {form.group, partials, T, {KW_PURPOSE_EPOCH, KW_SPAN(c->digest.bytes)}};
    kw_group_secret_g1 whole;
    kw_group_g1 canary;
    EXPECT_OK(kw_partials_combine(&whole, &file->arena, &all, &c->polynomial[0]));
    kw_declassify_group_secret_g1(&canary, &whole, "a canary is public");
    return canary;
}

static kw_certificate made_of_parts(threshold_file *file, const kw_roster *old,
                                    const kw_roster *new_one)
{
    const kw_json *session = json_tree_at(file->root, "session");
    const kw_json *dealings = json_tree_at(file->root, "D");
    kw_dealing_ref *refs = kw_arena_new(&file->arena, kw_json_count(dealings), sizeof *refs);
    for (size_t i = 0; i < kw_json_count(dealings); i++) {
        const kw_json *item = kw_json_item(dealings, i);
        refs[i] =
            (kw_dealing_ref){(uint16_t)json_tree_integer(item, "i"), threshold_hash(item, "hash")};
    }
    kw_certificate certificate = {
        .candidate = {.cluster_id = threshold_hash(session, "cluster_id"),
                      .fields = {.kind = (uint8_t)json_tree_integer(session, "kind"),
                                 .epoch = (uint64_t)json_tree_integer(session, "epoch"),
                                 .timestamp = (uint64_t)json_tree_integer(session, "timestamp"),
                                 .roster_old = old->hash,
                                 .roster_new = new_one->hash,
                                 .t_old = (uint16_t)json_tree_integer(session, "t_old"),
                                 .t_new = T,
                                 .previous = threshold_hash(session, "previous"),
                                 .suite = (uint8_t)json_tree_integer(session, "suite")},
                      .set = threshold_hash(file->root, "hash_of_S"),
                      .roster_old = old,
                      .roster_new = new_one,
                      .dealings = refs,
                      .dealings_count = (uint16_t)kw_json_count(dealings),
                      .polynomial =
                          threshold_g2s(file, json_tree_at(file->root, "public_polynomial"))}};
    kw_candidate *c = &certificate.candidate;
    kw_candidate_name(c, form.group);
    c->commits = messages_of(file, json_tree_at(file->root, "COMMIT"), N);
    const kw_json *handover = json_tree_at(file->root, "handover");
    certificate.precommits = messages_of(file, json_tree_at(handover, "PRECOMMIT"), 3);
    certificate.canary = canary_of(file, &certificate, 0);
    return certificate;
}

static void expect_made_of_parts(threshold_file *file, const kw_roster *old,
                                 const kw_roster *new_one)
{
    kw_certificate certificate = made_of_parts(file, old, new_one);
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&wire, &certificate, form.group));
    EXPECT_SPAN(kw_buf_view(&wire), threshold_bytes(file, file->root, "certificate"));
    kw_group_g1 other = canary_of(file, &certificate, 1); /* of members 2, 3, 4 */
    assert_true(form.group->g1_equal(&other, &certificate.canary));
}

static void certificates__are_put_together_from_their_parts(void **state)
{
    (void)state;
    kw_roster nobody = {0};
    kw_roster genesis = roster_of(&files[GENESIS], "roster");
    kw_roster next = roster_of(&files[RESHARE], "roster_new");
    expect_made_of_parts(&files[GENESIS], &nobody, &genesis);
    expect_made_of_parts(&files[RESHARE], &genesis, &next);
}

static kw_config_fields config_of(const kw_json *cluster)
{
    return (kw_config_fields){
        .suite = (uint8_t)json_tree_integer(cluster, "suite"),
        .ratio = {(uint16_t)json_tree_integer(cluster, "t_num"),
                  (uint16_t)json_tree_integer(cluster, "t_den")},
        .genesis_roster = threshold_hash(cluster, "genesis_roster_hash"),
    };
}

static void certificates__are_a_chain_from_the_genesis_roster(void **state)
{
    (void)state;
    seeded_rng seeded = {.seed = 1};
    kw_rng rng = seeded_rng_port(&seeded);
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    const kw_candidate_judge judge = {form.group, kw_peer_verifier_of(&rng), &rng, &arena};
    kw_roster genesis = roster_of(&files[GENESIS], "roster");
    const kw_json *cluster = json_tree_at(files[GENESIS].root, "cluster");
    kw_hash32 cluster_id = threshold_hash(cluster, "cluster_id");
    kw_config_fields config = config_of(cluster);
    kw_certificate one = certificate_of(&files[GENESIS]);
    kw_certificate two = certificate_of(&files[RESHARE]);
    kw_head head;
    EXPECT_OK(kw_head_before_genesis(&head, &cluster_id, &config, &genesis));
    EXPECT_STATUS(kw_head_check_certificate(&head, &two, &judge, NULL), KW_REFUSED);
    EXPECT_OK(kw_head_check_certificate(&head, &one, &judge, NULL));
    head = kw_head_after(&head, &one);
    EXPECT_STATUS(kw_head_check_certificate(&head, &one, &judge, NULL), KW_REFUSED);
    EXPECT_OK(kw_head_check_certificate(&head, &two, &judge, NULL));
    kw_group_g2 master = threshold_g2(files[GENESIS].root, "MPK");
    EXPECT_OK(kw_certificate_check_pinned(&two, form.group, &cluster_id, &master));
    kw_arena_drop(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates__are_read_and_written_byte_for_byte),
        cmocka_unit_test(certificates__are_put_together_from_their_parts),
        cmocka_unit_test(certificates__are_a_chain_from_the_genesis_roster),
    };
    const threshold_suite suite = {.group = "threshold/certificate",
                                   .names = {"genesis.json", "reshare.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, files);
}
