/* kw_handover_take, kw_handover_next, kw_handover_save, kw_handover_resume: the state machine, and
 * kw_handover_resume, kw_epochs_resume on any bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "threshold/engine/epoch/epochs.h"
#include "threshold/engine/handover/handover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    N = 4,
    T = 3,
    RECORD_BYTES = 1 << 20,
    ACTIONS_MAX = 64, /* of one moment */
    OP_RAW = 12,      /* below: a vote or SEAL of a voter */
    OP_WAIT,
    OP_OFFER,
    OP_RESTART,
    OPS,
};

static const kw_group *const group = &kw_group_bls12_381;

typedef struct world {
    kw_arena arena;
    kw_arena lasting;
    kw_arena scratch;
    kw_roster roster;
    kw_roster nobody;
    kw_group_g2 polynomial[T];
    kw_dealing_ref dealings[T];
    kw_authenticated commits[T];
    kw_candidate candidate;
    kw_group_secret share;
    kw_handover_setup setup;
    kw_handover *h;
    uint64_t now;
} world;

static bool can_form(void *ctx, const kw_candidate *candidate)
{
    return ctx != NULL && candidate != NULL;
}

static const kw_group_secret *share(void *ctx, const kw_candidate *decided)
{
    const world *w = ctx;
    return decided != NULL ? &w->share : NULL;
}

static kw_status sign(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    KW_UNUSED(ctx);
    *out = (kw_peer_signature){.len = 65};
    memcpy(out->bytes, hash->bytes, sizeof hash->bytes);
    return KW_OK;
}

static kw_status fill(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    memset(out.ptr, 0x5a, out.len);
    return KW_OK;
}

/* Nobody verifies here; the bytes of a signature are its message's hash. */
static kw_authenticated signed_message(world *w, const kw_message *message,
                                       const kw_message_scope *scope)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    const kw_peer_signer signer = {sign, NULL};
    kw_authenticated made;
    kw_span payload = {0};
    kw_writer writer = kw_writer_to(&wire);
    kw_message_write(&writer, message, scope);
    KW_ASSERT(kw_write_end(&writer) == KW_OK);
    KW_ASSERT(kw_arena_copy_span(&w->arena, &payload, kw_buf_view(&wire)) == KW_OK);
    KW_ASSERT(kw_authenticated_make(&made, payload, &signer) == KW_OK);
    return made;
}

static void make_roster(world *w)
{
    static const uint8_t keys[N][20] = {{1}, {2}, {3}, {4}};
    kw_roster_entry entries[N];
    for (size_t i = 0; i < N; i++) {
        entries[i] = (kw_roster_entry){
            .address = {{(uint8_t)(i + 1)}}, .curve = KW_PEER_ECDSA, .key = KW_SPAN(keys[i])};
    }
    const kw_roster_source source = {entries, N, &kw_peer_schemes_all, false};
    KW_ASSERT(kw_roster_make(&w->roster, &w->arena, &source, NULL) == KW_OK);
}

static void make_candidate(world *w)
{
    kw_candidate *c = &w->candidate;
    *c = (kw_candidate){.fields = {.kind = KW_SESSION_GENESIS,
                                   .epoch = 1,
                                   .roster_new = w->roster.hash,
                                   .t_new = T,
                                   .suite = KW_SUITE_PEDERSEN},
                        .roster_old = &w->nobody,
                        .roster_new = &w->roster,
                        .dealings = w->dealings,
                        .dealings_count = T,
                        .polynomial = w->polynomial,
                        .commits = {w->commits, T}};
    for (uint16_t i = 0; i < T; i++) {
        w->polynomial[i] = group->g2_generator();
        w->dealings[i].dealer = (uint16_t)(i + 1);
    }
    kw_candidate_name(c, group);
    kw_message_scope scope = kw_candidate_scope(c, group);
    for (uint16_t i = 1; i <= T; i++) {
        const kw_address *sender = &kw_roster_at(&w->roster, i)->address;
        kw_message commit = {.header = kw_candidate_header(c, KW_MESSAGE_COMMIT, sender)};
        commit.body.commit.digest = c->digest;
        commit.body.commit.share = group->g1_generator();
        w->commits[i - 1] = signed_message(w, &commit, &scope);
    }
    KW_ASSERT(kw_candidate_check(c, group) == KW_OK);
}

static void open_arenas(world *w)
{
    w->lasting = kw_arena_init(kw_handover_memory_bytes(&w->setup));
    w->scratch = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
}

static void open_world(world *w, uint8_t self)
{
    *w = (world){.arena = kw_arena_init(1 << 22), .now = 1000};
    make_roster(w);
    make_candidate(w);
    kw_group_scalar two = group->scalar_of_u64(2);
    group->secret_of_scalar(&w->share, &two);
    w->setup = (kw_handover_setup){.group = group,
                                   .head = {.suite = KW_SUITE_PEDERSEN,
                                            .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                                            .roster = &w->roster},
                                   .self = {{self}}, /* 5: an onlooker */
                                   .signer = {sign, NULL},
                                   .rng = {fill, NULL},
                                   .delta_ms = 10,
                                   .port = {w, can_form, share},
                                   .lasting = &w->lasting,
                                   .scratch = &w->scratch};
    open_arenas(w);
    KW_ASSERT(kw_handover_begin(&w->h, &w->setup) == KW_OK);
}

static void close_world(world *w)
{
    kw_arena_drop(&w->arena);
    kw_arena_drop(&w->lasting);
    kw_arena_drop(&w->scratch);
}

static void drain(world *w)
{
    kw_handover_action action;
    for (size_t count = 0;; count++) {
        KW_ASSERT(count < ACTIONS_MAX);
        kw_status st = kw_handover_next(w->h, &action, w->now);
        KW_ASSERT(st == KW_OK || st == KW_REFUSED); /* shares of no polynomial */
        if (st != KW_OK || action.act == KW_HANDOVER_IDLE) {
            return;
        }
    }
}

/* By op: sender and type; then view and value in a byte each. */
static void say(world *w, uint8_t op, kw_reader *r)
{
    static const kw_message_type types[] = {KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
                                            KW_MESSAGE_PRECOMMIT, KW_MESSAGE_SEAL};
    kw_message_type type = types[op % 4];
    const kw_address *sender = &kw_roster_at(&w->roster, (uint16_t)(1 + op / 4))->address;
    kw_message_scope scope = kw_candidate_scope(&w->candidate, group);
    kw_message message = {.header = kw_candidate_header(&w->candidate, type, sender)};
    uint32_t view = kw_read_u8(r);
    uint8_t value = kw_read_u8(r);
    kw_hash32 digest = value < 128 ? w->candidate.digest : (kw_hash32){{value}};
    const kw_hash32 hashes[T] = {{{1}}, {{2}}, {{3, value}}};
    if (type == KW_MESSAGE_SEAL) {
        message.body.commit.digest = digest;
        message.body.commit.share = group->g1_generator();
    } else {
        message.header = (kw_message_header){.type = type, .epoch = 1, .sender = *sender};
        kw_handover_id(&message.header.sid, &w->candidate.cluster_id, 1,
                       &w->candidate.fields.previous);
        scope.instance = KW_INSTANCE_HANDOVER;
        if (type == KW_MESSAGE_PROPOSE) {
            message.body.propose = (kw_propose){view, KW_VIEW_NONE, digest, {hashes, T}, {0}};
        } else {
            message.body.vote = (kw_vote){.view = view, .value = digest};
        }
    }
    kw_authenticated made = signed_message(w, &message, &scope);
    kw_status st = kw_handover_take(w->h, &made, (uint16_t)(1 + op / 4), w->now);
    KW_ASSERT(st == KW_OK || st == KW_END || st == KW_CONFLICT || st == KW_LIMIT ||
              st == KW_REFUSED);
}

static void restart(world *w)
{
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES);
    KW_ASSERT(kw_handover_save(w->h, &record) == KW_OK);
    kw_arena_drop(&w->lasting);
    kw_arena_drop(&w->scratch);
    KW_ASSERT(kw_handover_resume(&w->h, &w->setup, &kw_peer_schemes_all, kw_buf_view(&record),
                                 w->now) == KW_OK);
}

static void step(world *w, kw_reader *r)
{
    uint8_t op = kw_read_u8(r) % OPS;
    kw_authenticated raw = {0};
    switch (op) {
    case OP_RAW:
        raw.payload = kw_read_span_u8(r, UINT8_MAX);
        (void)(kw_handover_take(w->h, &raw, 0, w->now) == KW_OK);
        break;
    case OP_WAIT:
        w->now += kw_read_u8(r);
        break;
    case OP_OFFER:
        (void)(kw_handover_offer(w->h, &w->candidate, w->now) == KW_OK);
        break;
    case OP_RESTART:
        restart(w);
        break;
    default:
        say(w, op, r);
        break;
    }
    drain(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static world w;
    kw_epochs epochs;
    kw_reader r = kw_reader_of((kw_span){data, size});
    (void)(kw_epochs_resume(&epochs, (kw_span){data, size}) == KW_OK);
    open_world(&w, (uint8_t)(1 + kw_read_u8(&r) % (N + 1)));
    while (kw_read_left(&r) > 0) {
        step(&w, &r);
    }
    kw_arena_drop(&w.lasting);
    kw_arena_drop(&w.scratch);
    kw_handover *other = NULL;
    (void)(kw_handover_resume(&other, &w.setup, &kw_peer_schemes_all, (kw_span){data, size},
                              w.now) == KW_OK);
    close_world(&w);
    return 0;
}
