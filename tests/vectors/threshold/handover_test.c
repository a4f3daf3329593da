/* SPDX-License-Identifier: Apache-2.0
 * The handovers of a genesis and of a reshare, run by four members from their keys and shares: each
 * message and the certificate are those of an independent implementation, byte for byte. */
#include "threshold/engine/handover/handover.h"

#include "curve/bn_wire.h"
#include "support/seeded_rng.h"
#include "support/threshold_file.h"

enum {
    N = 4,
    QUEUE_MAX = 64,
    NOW = 1000,
};

typedef union keys {
    kw_bn_secret bn254;
    kw_secp256k1_key ecdsa;
} keys;

typedef struct voter {
    keys own;
    kw_group_secret share;
    kw_arena lasting;
    kw_arena scratch;
    kw_handover *h;
    kw_buf certificate; /* empty: not yet */
    uint16_t sent;      /* messages of its own */
} voter;

typedef struct house {
    threshold_file *file;
    const kw_json *roster; /* that votes */
    kw_certificate certificate;
    kw_head head;
    kw_rng rng;
    seeded_rng seeded;
    voter voters[N];
    kw_authenticated queue[QUEUE_MAX];
    uint16_t from[QUEUE_MAX];
    size_t queued;
} house;

static threshold_file first;
static threshold_file second;
static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};

static int open_files(void **state)
{
    (void)state;
    threshold_file_open(&first, "genesis.json");
    threshold_file_open(&second, "reshare.json");
    return 0;
}

static int close_files(void **state)
{
    (void)state;
    threshold_file_drop(&first);
    threshold_file_drop(&second);
    return 0;
}

static bool can_form(void *ctx, const kw_candidate *candidate)
{
    return ctx != NULL && candidate != NULL;
}

static const kw_group_secret *share(void *ctx, const kw_candidate *decided)
{
    const voter *v = ctx;
    return decided != NULL ? &v->share : NULL;
}

static kw_peer_signer signer_of(keys *out, threshold_file *file, const kw_json *member)
{
    kw_span bytes = threshold_bytes(file, member, "secret_key");
    if (json_tree_integer(member, "curve") == KW_PEER_BN254) {
        EXPECT_OK(kw_bn_secret_decode(&out->bn254, bytes));
        return kw_peer_bn254_signer(&out->bn254);
    }
    kw_secret32 secret;
    EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(bytes)));
    EXPECT_OK(kw_secp256k1_key_of(&out->ecdsa, &secret));
    return kw_peer_ecdsa_signer(&out->ecdsa);
}

static void open_voter(house *all, uint16_t index)
{
    voter *v = &all->voters[index - 1];
    const kw_json *member = kw_json_item(all->roster, index - 1u);
    v->share = threshold_secrets(&first, json_tree_at(first.root, "shares"))[index - 1];
    kw_handover_setup setup = {.group = form.group,
                               .head = all->head,
                               .self = threshold_address(member, "address"),
                               .signer = signer_of(&v->own, all->file, member),
                               .rng = all->rng,
                               .delta_ms = 100,
                               .port = {v, can_form, share},
                               .lasting = &v->lasting,
                               .scratch = &v->scratch};
    v->lasting = kw_arena_init(kw_handover_memory_bytes(&setup));
    v->scratch = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    v->certificate = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_handover_begin(&v->h, &setup));
    EXPECT_OK(kw_handover_offer(v->h, &all->certificate.candidate, NOW));
}

/* The vectors' message of that type and sender. */
static const kw_json *wanted_of(const house *all, kw_message_type type, uint16_t index)
{
    const kw_json *handover = json_tree_at(all->file->root, "handover");
    switch ((int)type) {
    case KW_MESSAGE_PROPOSE:
        return json_tree_at(handover, "PROPOSE");
    case KW_MESSAGE_PREVOTE:
        return kw_json_item(json_tree_at(handover, "PREVOTE"), index - 1u);
    case KW_MESSAGE_PRECOMMIT:
        return kw_json_item(json_tree_at(handover, "PRECOMMIT"), index - 1u);
    default:
        return kw_json_item(json_tree_at(all->file->root, "SEAL"), index - 1u);
    }
}

static void send(house *all, uint16_t index, const kw_letter *letter)
{
    const kw_json *wanted = wanted_of(all, letter->place.type, index);
    EXPECT_SPAN(letter->message.payload, threshold_bytes(all->file, wanted, "payload"));
    EXPECT_SPAN(kw_peer_signature_view(&letter->message.signature),
                threshold_bytes(all->file, wanted, "signature"));
    assert_true(all->queued < QUEUE_MAX);
    all->from[all->queued] = index;
    all->queue[all->queued++] = letter->message;
    all->voters[index - 1].sent++;
}

static void drain(house *all, uint16_t index)
{
    voter *v = &all->voters[index - 1];
    kw_handover_action action;
    do {
        EXPECT_OK(kw_handover_next(v->h, &action, NOW));
        if (action.act == KW_HANDOVER_SEND) {
            send(all, index, action.letters[0]);
        } else if (action.act == KW_HANDOVER_CERTIFIED) {
            EXPECT_OK(kw_certificate_encode(&v->certificate, action.certificate, form.group));
        } else {
            assert_true(action.act == KW_HANDOVER_IDLE || action.act == KW_HANDOVER_DECIDED);
        }
    } while (action.act != KW_HANDOVER_IDLE);
}

static void run(house *all)
{
    for (uint16_t j = 1; j <= N; j++) {
        open_voter(all, j);
    }
    for (uint16_t j = 1; j <= N; j++) {
        drain(all, j);
    }
    for (size_t at = 0; at < all->queued; at++) {
        for (uint16_t j = 1; j <= N; j++) {
            if (j != all->from[at]) {
                EXPECT_OK(
                    kw_handover_take(all->voters[j - 1].h, &all->queue[at], all->from[at], NOW));
                drain(all, j);
            }
        }
    }
    kw_span wanted = threshold_bytes(all->file, all->file->root, "certificate");
    for (uint16_t j = 1; j <= N; j++) {
        voter *v = &all->voters[j - 1];
        assert_int_equal(v->sent, j == 4 ? 4 : 3); /* PREVOTE, PRECOMMIT, SEAL; 4 proposes */
        assert_int_equal(v->certificate.len, wanted.len);
        kw_arena_drop(&v->lasting);
        kw_arena_drop(&v->scratch);
    }
    EXPECT_SPAN(kw_buf_view(&all->voters[0].certificate), wanted);
    for (uint16_t j = 1; j <= N; j++) {
        kw_buf_drop(&all->voters[j - 1].certificate);
    }
}

static kw_certificate certificate_of(threshold_file *file)
{
    kw_certificate certificate;
    kw_span bytes = threshold_bytes(file, file->root, "certificate");
    EXPECT_OK(kw_certificate_decode(&certificate, &file->arena, bytes, &form));
    return certificate;
}

static void genesis__is_handed_over_byte_for_byte(void **state)
{
    (void)state;
    if (first.root == NULL) {
        skip();
    }
    static house all;
    all = (house){.file = &first,
                  .roster = json_tree_at(first.root, "roster"),
                  .certificate = certificate_of(&first),
                  .seeded = {.seed = 3}};
    const kw_candidate *c = &all.certificate.candidate;
    all.rng = seeded_rng_port(&all.seeded);
    all.head = (kw_head){.cluster_id = c->cluster_id,
                         .suite = c->fields.suite,
                         .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                         .roster = c->roster_new};
    run(&all);
}

static void reshare__is_handed_over_byte_for_byte(void **state)
{
    (void)state;
    if (first.root == NULL || second.root == NULL) {
        skip();
    }
    static house all;
    kw_certificate before = certificate_of(&first);
    kw_head genesis = {.cluster_id = before.candidate.cluster_id,
                       .suite = before.candidate.fields.suite,
                       .ratio = KW_THRESHOLD_RATIO_DEFAULT};
    all = (house){.file = &second,
                  .roster = json_tree_at(second.root, "roster_old"),
                  .certificate = certificate_of(&second),
                  .head = kw_head_after(&genesis, &before),
                  .seeded = {.seed = 4}};
    all.rng = seeded_rng_port(&all.seeded);
    run(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__is_handed_over_byte_for_byte),
        cmocka_unit_test(reshare__is_handed_over_byte_for_byte),
    };
    return cmocka_run_group_tests_name("threshold/handover", tests, open_files, close_files);
}
