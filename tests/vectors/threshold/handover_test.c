/* SPDX-License-Identifier: Apache-2.0
 * The handovers of a genesis and of a reshare, run by four members from their keys and shares: each
 * message and the certificate are those of an independent implementation, byte for byte. */
#include "threshold/engine/handover/handover.h"

#include "support/seeded_rng.h"
#include "support/session_file.h"

enum {
    N = 4,
    VOTES = 3,   /* that decide */
    TYPE_AT = 4, /* in a payload */
    QUEUE_MAX = 64,
    NOW = 1000,
};

typedef struct voter {
    session_file_keys own;
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
    uint16_t from[QUEUE_MAX]; /* 0: delivered */
    size_t queued;
} house;

enum {
    GENESIS,
    RESHARE,
};

static threshold_file files[2];
static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};

static bool can_form(void *ctx, const kw_candidate *candidate)
{
    return ctx != NULL && candidate != NULL;
}

static const kw_group_secret *share(void *ctx, const kw_candidate *decided)
{
    const voter *v = ctx;
    return decided != NULL ? &v->share : NULL;
}

static void open_voter(house *all, uint16_t index)
{
    voter *v = &all->voters[index - 1];
    const kw_json *member = kw_json_item(all->roster, index - 1u);
    v->share =
        threshold_secrets(&files[GENESIS], json_tree_at(files[GENESIS].root, "shares"))[index - 1];
    kw_handover_setup setup = {.group = form.group,
                               .head = all->head,
                               .self = threshold_address(member, "address"),
                               .signer = session_file_signer(&v->own, all->file, member),
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

/* What travels is delivered in the order of types and senders, so that it is the first members
 * whose PRECOMMITs decide at the first voter. */
static size_t next_delivery(const house *all)
{
    size_t best = SIZE_MAX;
    uint32_t best_key = UINT32_MAX;
    for (size_t i = 0; i < all->queued; i++) {
        uint32_t key = (uint32_t)all->queue[i].payload.ptr[TYPE_AT] << 16 | all->from[i];
        if (all->from[i] != 0 && key < best_key) {
            best = i;
            best_key = key;
        }
    }
    return best;
}

static void deliver(house *all, size_t at)
{
    uint16_t from = all->from[at];
    all->from[at] = 0;
    for (uint16_t j = 1; j <= N; j++) {
        if (j != from) {
            EXPECT_OK(kw_handover_take(all->voters[j - 1].h, &all->queue[at], from, NOW));
            drain(all, j);
        }
    }
}

/* Bytes of the list of deciding votes, with which a certificate ends. */
static size_t votes_bytes(const house *all)
{
    const kw_json *handover = json_tree_at(all->file->root, "handover");
    size_t len = sizeof(uint16_t);
    for (size_t i = 0; i < VOTES; i++) {
        const kw_json *vote = kw_json_item(json_tree_at(handover, "PRECOMMIT"), i);
        len += sizeof(uint32_t) + json_tree_text(vote, "payload").len / 2;
        len += sizeof(uint16_t) + json_tree_text(vote, "signature").len / 2;
    }
    return len;
}

/* Voters may have got other deciding votes; all else is unique. */
static void expect_certificates(house *all)
{
    const kw_json *handover = json_tree_at(all->file->root, "handover");
    int64_t proposer = json_tree_integer(handover, "proposer_of_view_0");
    kw_span wanted = threshold_bytes(all->file, all->file->root, "certificate");
    size_t unique = wanted.len - votes_bytes(all);
    EXPECT_SPAN(kw_buf_view(&all->voters[0].certificate), wanted);
    for (uint16_t j = 1; j <= N; j++) {
        voter *v = &all->voters[j - 1];
        assert_int_equal(v->sent, j == proposer ? 4 : 3); /* PREVOTE, PRECOMMIT, SEAL */
        assert_true(v->certificate.len > unique);
        assert_memory_equal(v->certificate.ptr, wanted.ptr, unique);
    }
}

static void run(house *all)
{
    for (uint16_t j = 1; j <= N; j++) {
        open_voter(all, j);
    }
    for (uint16_t j = 1; j <= N; j++) {
        drain(all, j);
    }
    for (size_t at = next_delivery(all); at != SIZE_MAX; at = next_delivery(all)) {
        deliver(all, at);
    }
    expect_certificates(all);
    for (uint16_t j = 1; j <= N; j++) {
        kw_arena_drop(&all->voters[j - 1].lasting);
        kw_arena_drop(&all->voters[j - 1].scratch);
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
    static house all;
    all = (house){.file = &files[GENESIS],
                  .roster = json_tree_at(files[GENESIS].root, "roster"),
                  .certificate = certificate_of(&files[GENESIS]),
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
    static house all;
    kw_certificate before = certificate_of(&files[GENESIS]);
    kw_head genesis = {.cluster_id = before.candidate.cluster_id,
                       .suite = before.candidate.fields.suite,
                       .ratio = KW_THRESHOLD_RATIO_DEFAULT};
    all = (house){.file = &files[RESHARE],
                  .roster = json_tree_at(files[RESHARE].root, "roster_old"),
                  .certificate = certificate_of(&files[RESHARE]),
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
    const threshold_suite suite = {.group = "threshold/handover",
                                   .names = {"genesis.json", "reshare.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, files);
}
