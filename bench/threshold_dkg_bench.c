/* SPDX-License-Identifier: Apache-2.0
 * Processor time that one member spends on a session, by phase: key generation in both suites and
 * resharing, with all members and with f of them silent. What each other member sends is the same
 * work, so the messages of one stand for those of all. JSON lines; least and median of the rounds.
 * Arguments: words that names hold. */
#include "os/clock.h"
#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/threshold_key.h"
#include "threshold/engine/dealing/dealing.h"
#include "threshold/engine/dealing/eligible.h"
#include "threshold/engine/group/generator.h"
#include "threshold/engine/message/message.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    MEMBERS_MAX = 128,
    ROUNDS = 3,
    SELF = 2, /* index; the others are member 1 */
    OTHER = 1,
    PAYLOAD_BYTES = KW_THRESHOLD_PAYLOAD_BYTES_MAX,
    /* HELLO, DEAL, SHARES, HAVE, ECHO, two votes on the dealer set, COMMIT, two votes on handing
     * over, SEAL; in suite 2 EXTRACT. */
    MESSAGES = 11,
};

typedef struct session {
    const char *name;
    uint8_t suite;
    bool is_reshare;
    bool has_crashed; /* f members say nothing */
} session;

static const session sessions[] = {
    {"suite=1", KW_SUITE_FELDMAN, false, false},
    {"suite=2", KW_SUITE_PEDERSEN, false, false},
    {"suite=2,crashed=f", KW_SUITE_PEDERSEN, false, true},
    {"reshare", KW_SUITE_FELDMAN, true, false},
    {"reshare,crashed=f", KW_SUITE_FELDMAN, true, true},
};

static const uint16_t sizes[] = {4, 7, 10, 15, 16, 32, 64, 128};

/* One payload as it arrives. */
typedef struct letter {
    uint8_t bytes[PAYLOAD_BYTES];
    size_t len;
} letter;

/* The work of a member, with what the others sent it. */
typedef struct work {
    const session *session;
    kw_quorum quorum;
    kw_message_scope scope;
    uint16_t others;
    seeded_rng source;
    kw_rng rng;
    kw_arena arena;  /* lasting */
    kw_arena random; /* of a round */
    kw_group_g1 h;
    kw_group_secret ek;
    kw_receiver receivers[MEMBERS_MAX];
    kw_echo_entry oks[MEMBERS_MAX];
    letter hello;
    letter deal;
    letter shares;
    letter made; /* own ones */
    letter shares_made;
    letter echo;
    letter extract;
    kw_dealing_place place; /* of the other */
    kw_dealer_secrets secrets;
    kw_commitments c; /* of the own dealing */
    const kw_group_g2 *points;
    threshold_key key;
    kw_partial partials[MEMBERS_MAX];
    peer peers[MEMBERS_MAX];
    kw_peer_signature signatures[MEMBERS_MAX];
    kw_peer_claim claims[MEMBERS_MAX];
} work;

static const kw_group *const group = &kw_group_bls12_381;
static const kw_hash32 digest = {{0xd1}};
static const kw_purposed epoch = {KW_PURPOSE_EPOCH, {digest.bytes, sizeof digest.bytes}};

/* A bench does not go on after a failure. */
static void must(kw_status st)
{
    if (st != KW_OK) {
        fprintf(stderr, "threshold_dkg_bench: %s\n", kw_status_name(st));
        exit(1);
    }
}

static kw_group_secret drawn(work *w)
{
    uint8_t random[KW_GROUP_WIDE_BYTES];
    kw_group_secret out;
    must(kw_rng_fill(&w->rng, KW_MSPAN(random)));
    must(group->secret_of_random(&out, KW_SPAN(random)));
    return out;
}

/* ---- messages ---- */
static kw_message message_of(const work *w, kw_message_type type)
{
    return (kw_message){.header = {.type = type,
                                   .suite = w->scope.suite,
                                   .sid = w->place.sid,
                                   .epoch = 1,
                                   .sender = w->place.sender}};
}

static void write_letter(letter *out, const kw_message *message, const work *w)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(sizeof out->bytes);
    kw_writer writer = kw_writer_to(&bytes);
    kw_message_write(&writer, message, &w->scope);
    must(kw_write_end(&writer));
    memcpy(out->bytes, bytes.ptr, bytes.len);
    out->len = bytes.len;
}

static void read_letter(kw_message *out, work *w, const letter *in)
{
    must(kw_message_decode(out, &w->random, (kw_span){in->bytes, in->len}, &w->scope));
}

static kw_pok_place pok_place(const work *w, kw_pok_purpose purpose)
{
    return (kw_pok_place){purpose, w->place.sid, w->place.sender};
}

static void make_hello(work *w, letter *out)
{
    static const uint8_t suites[] = {KW_SUITE_FELDMAN, KW_SUITE_PEDERSEN};
    kw_message hello = message_of(w, KW_MESSAGE_HELLO);
    kw_pok_place place = pok_place(w, KW_POK_EK);
    kw_group_secret ek = drawn(w);
    kw_group_secret nonce = drawn(w);
    hello.body.hello.suites = KW_SPAN(suites);
    group->g1_base(&hello.body.hello.ek, &ek);
    kw_pok_g1_make(&hello.body.hello.proof, group, &place, &ek, &nonce);
    write_letter(out, &hello, w);
}

static void draw_dealer(work *w, kw_dealer_secrets *out, kw_arena *arena)
{
    size_t len = kw_dealer_random_bytes(&w->scope);
    kw_mspan random = {kw_arena_new(arena, len, 1), len};
    must(random.ptr == NULL ? KW_LIMIT : kw_rng_fill(&w->rng, random));
    const kw_group_secret *source = w->session->is_reshare ? &w->key.shares[OTHER - 1] : NULL;
    must(kw_dealer_secrets_draw(out, arena, &w->scope, kw_span_of_mspan(random), source));
}

static kw_dealing_parts parts_of(const work *w, const kw_dealer_secrets *secrets)
{
    return (kw_dealing_parts){&w->scope, &w->place, secrets, w->receivers};
}

static void make_deal(work *w, kw_dealer_secrets *out, kw_commitments *out_c, kw_arena *arena)
{
    kw_message deal = message_of(w, KW_MESSAGE_DEAL);
    kw_message shares = message_of(w, KW_MESSAGE_SHARES);
    draw_dealer(w, out, arena);
    const kw_dealing_parts parts = parts_of(w, out);
    must(kw_dealing_make(&deal.body.deal, &shares.body.shares, arena, &parts));
    write_letter(&w->made, &deal, w);
    write_letter(&w->shares_made, &shares, w);
    *out_c = deal.body.deal.c;
}

static void make_extract(work *w, kw_arena *arena)
{
    kw_message extract = message_of(w, KW_MESSAGE_EXTRACT);
    const kw_dealing_parts parts = parts_of(w, &w->secrets);
    must(kw_extract_make(&extract.body.extract, arena, &w->c, &parts));
    write_letter(&w->extract, &extract, w);
}

/* ---- phases ---- */
static void hellos(work *w)
{
    kw_pok_place place = pok_place(w, KW_POK_EK);
    make_hello(w, &w->hello);
    for (uint16_t i = 0; i < w->others; i++) {
        kw_message hello;
        read_letter(&hello, w, &w->hello);
        KW_ASSERT(kw_pok_g1_holds(&hello.body.hello.proof, group, &place, &hello.body.hello.ek));
    }
}

static void deal(work *w)
{
    kw_commitments c;
    KW_AUTO(kw_dealer_secrets) secrets = {0};
    make_deal(w, &secrets, &c, &w->random);
}

static void dealings(work *w)
{
    for (uint16_t i = 0; i < w->others; i++) {
        kw_arena_reset(&w->random);
        kw_message deal;
        kw_message shares;
        kw_dealing dealing;
        KW_AUTO(kw_share) share = {0};
        read_letter(&deal, w, &w->deal);
        read_letter(&shares, w, &w->shares);
        const kw_dealing_claim claim = {&deal.body.deal, digest, &shares.body.shares, &w->scope,
                                        &w->place};
        must(kw_dealing_check(&dealing, &claim));
        KW_ASSERT(!w->session->is_reshare ||
                  kw_dealing_is_of_source(&dealing, &w->key.keys[OTHER - 1]));
        must(kw_dealing_open(&share, &dealing, SELF, &w->ek));
    }
}

static void echoes(work *w)
{
    static kw_judged_echo judged[MEMBERS_MAX];
    static kw_message read[MEMBERS_MAX];
    static kw_dealing_ref refs[MEMBERS_MAX];
    uint16_t count = 0;
    for (uint16_t i = 0; i <= w->others; i++) {
        read_letter(&read[i], w, &w->echo);
        judged[i] = (kw_judged_echo){{(uint16_t)(i + 1), digest}, &read[i].body.echo, NULL};
    }
    const kw_eligible_rule rule = {w->quorum, w->scope.n, w->quorum.q};
    must(kw_eligible_dealings(refs, &count, judged, w->others + (size_t)1, &rule));
}

static void extracts(work *w)
{
    make_extract(w, &w->random);
    kw_message deal;
    read_letter(&deal, w, &w->deal);
    for (uint16_t i = 0; i < w->others; i++) {
        kw_arena scratch = kw_arena_init((size_t)16 << 20);
        kw_message extract;
        must(kw_message_decode(&extract, &scratch, (kw_span){w->extract.bytes, w->extract.len},
                               &w->scope));
        must(
            kw_extract_check(&extract.body.extract, &scratch, &deal.body.deal.c, group, &w->place));
        kw_arena_drop(&scratch);
    }
}

/* One coefficient of the new polynomial: a sum, or Lagrange's. */
static void sum_column(work *w, kw_group_g2 *out, size_t k, const kw_group_scalar *weights)
{
    kw_group_g2 column[MEMBERS_MAX];
    uint16_t count = weights != NULL ? w->quorum.t : (uint16_t)(w->others + 1);
    kw_group_g2 sum = group->g2_infinity();
    for (uint16_t i = 0; i < count; i++) {
        column[i] = w->points[k];
        group->g2_add(&sum, &sum, &column[i]);
    }
    if (weights != NULL) {
        kw_mspan scratch = {.len = group->g2_msm_scratch(count)};
        scratch.ptr = kw_arena_new(&w->random, 1, scratch.len);
        must(scratch.ptr == NULL ? KW_LIMIT : KW_OK);
        must(group->g2_msm(&sum, scratch, &(kw_group_g2_terms){column, weights, count}));
        kw_arena_reset(&w->random);
    }
    *out = sum;
}

static void key(work *w)
{
    kw_group_g2 polynomial[MEMBERS_MAX];
    kw_group_g2 own;
    kw_group_scalar weights[MEMBERS_MAX];
    uint32_t index[MEMBERS_MAX];
    for (uint16_t i = 0; i < w->quorum.t; i++) {
        index[i] = (uint32_t)i + 1;
    }
    must(group->lagrange_zero(weights, index, w->quorum.t));
    for (size_t k = 0; k < w->quorum.t; k++) {
        sum_column(w, &polynomial[k], k, w->session->is_reshare ? weights : NULL);
    }
    for (uint16_t j = 1; j <= w->quorum.n; j++) {
        kw_group_g2 vk;
        must(group->g2_poly_eval(&vk, polynomial, w->quorum.t, j));
    }
    group->g2_base(&own, &w->key.shares[SELF - 1]);
}

static void commits(work *w)
{
    uint8_t ok[MEMBERS_MAX];
    kw_share_keys keys = threshold_key_keys(&w->key);
    for (size_t i = 0; i < 2; i++) { /* COMMITs, then SEALs */
        kw_arena_reset(&w->random);
        (void)threshold_key_sign(&w->key, SELF, &epoch);
        kw_partials in = {group, w->partials, w->others + (size_t)1, epoch};
        must(kw_partials_verify(ok, &w->random, &in, &keys, &w->rng));
    }
    kw_arena_reset(&w->random);
    KW_AUTO(kw_group_secret_g1) canary = {.words = {0}};
    kw_partials in = {group, w->partials, w->quorum.t, epoch};
    must(kw_partials_combine(&canary, &w->random, &in, &w->key.master));
}

static void signatures(work *w)
{
    uint8_t ok[MEMBERS_MAX];
    uint8_t weights[MEMBERS_MAX * KW_PEER_WEIGHT_BYTES];
    size_t messages = MESSAGES + (w->session->suite == KW_SUITE_PEDERSEN ? 1 : 0);
    for (size_t i = 0; i < messages; i++) {
        size_t len = (size_t)w->others * KW_PEER_WEIGHT_BYTES;
        must(kw_rng_fill(&w->rng, (kw_mspan){weights, len}));
        must(kw_peer_verify_all(ok, w->claims, w->others, (kw_span){weights, len}));
        KW_ASSERT(ok[0] == 1);
        (void)peer_sign(&w->peers[0], &digest);
    }
}

typedef struct phase {
    const char *name;
    void (*run)(work *w);
} phase;

static const phase phases[] = {
    {"hello", hellos},      {"deal", deal}, {"dealings", dealings}, {"echoes", echoes},
    {"extracts", extracts}, {"key", key},   {"commits", commits},   {"signatures", signatures},
};

/* ---- the world ---- */
static void make_members(work *w)
{
    for (uint16_t j = 1; j <= w->quorum.n; j++) {
        kw_group_secret ek = drawn(w);
        group->g1_base(&w->receivers[j - 1].ek, &ek);
        w->receivers[j - 1].hello = (kw_hash32){{1, (uint8_t)j}};
        w->ek = j == SELF ? ek : w->ek;
        w->oks[j - 1] = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = digest};
        peer_make(&w->peers[j - 1], j, KW_PEER_BN254);
        w->signatures[j - 1] = peer_sign(&w->peers[j - 1], &digest);
        w->claims[j - 1] = (kw_peer_claim){&kw_peer_bn254, &w->peers[j - 1].key, &digest,
                                           kw_peer_signature_view(&w->signatures[j - 1])};
    }
}

static void world_make(work *w, const session *s, uint16_t n)
{
    *w = (work){.session = s, .source = {.seed = n}};
    w->rng = seeded_rng_port(&w->source);
    w->arena = kw_arena_init((size_t)64 << 20);
    w->random = kw_arena_init((size_t)256 << 20);
    must(kw_quorum_of(&w->quorum, n, KW_THRESHOLD_RATIO_DEFAULT));
    w->others = (uint16_t)(n - 1 - (s->has_crashed ? w->quorum.f : 0));
    w->scope = (kw_message_scope){.group = group,
                                  .kind = s->is_reshare ? KW_SESSION_RESHARE : KW_SESSION_GENESIS,
                                  .suite = s->suite,
                                  .n = n,
                                  .t = w->quorum.t,
                                  .dealers = n};
    kw_pedersen_generator(&w->h, group, &digest, &digest);
    w->place = (kw_dealing_place){digest, {{OTHER}}, OTHER, w->h};
    threshold_key_deal(&w->key, group, n, w->quorum.t, n);
    make_members(w);
    make_deal(w, &w->secrets, &w->c, &w->arena);
    w->deal = w->made;
    w->shares = w->shares_made;
    if (s->suite == KW_SUITE_PEDERSEN) {
        make_extract(w, &w->arena);
    }
    kw_group_g2 *points = kw_arena_new(&w->arena, w->quorum.t, sizeof *points);
    for (size_t k = 0; k < w->quorum.t; k++) {
        group->g2_base(&points[k], &w->secrets.a[k]);
    }
    w->points = points;
    kw_message echo = message_of(w, KW_MESSAGE_ECHO);
    echo.body.echo = (kw_echo){w->oks, n};
    write_letter(&w->echo, &echo, w);
    for (uint32_t j = 1; j <= n; j++) {
        w->partials[j - 1] = threshold_key_sign(&w->key, j, &epoch);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_row(const work *w, const char *phase_name, double ns_min, double ns_med)
{
    printf("{\"bench\":\"threshold/session/%s,n=%u,phase=%s\",\"ns_min\":%.0f,\"ns_med\":%.0f}\n",
           w->session->name, w->quorum.n, phase_name, ns_min, ns_med);
    fflush(stdout);
}

static void run_session(work *w)
{
    double sum_min = 0;
    double sum_med = 0;
    for (size_t i = 0; i < KW_COUNT(phases); i++) {
        double ns[ROUNDS];
        bool is_absent = phases[i].run == extracts && w->session->suite != KW_SUITE_PEDERSEN;
        for (size_t round = 0; round < ROUNDS && !is_absent; round++) {
            kw_arena_reset(&w->random);
            uint64_t start = kw_thread_cpu_ns();
            phases[i].run(w);
            ns[round] = (double)(kw_thread_cpu_ns() - start);
        }
        if (!is_absent) {
            qsort(ns, ROUNDS, sizeof *ns, ascending);
            print_row(w, phases[i].name, ns[0], ns[ROUNDS / 2]);
            sum_min += ns[0];
            sum_med += ns[ROUNDS / 2];
        }
    }
    print_row(w, "all", sum_min, sum_med);
}

static bool is_asked(const session *s, uint16_t n, int argc, char **argv)
{
    char name[64];
    (void)snprintf(name, sizeof name, "threshold/session/%s,n=%u,", s->name, n);
    for (int i = 1; i < argc; i++) {
        if (strstr(name, argv[i]) != NULL) {
            return true;
        }
    }
    return argc < 2;
}

int main(int argc, char **argv)
{
    static work w;
    for (size_t i = 0; i < KW_COUNT(sessions); i++) {
        for (size_t k = 0; k < KW_COUNT(sizes); k++) {
            if (is_asked(&sessions[i], sizes[k], argc, argv)) {
                world_make(&w, &sessions[i], sizes[k]);
                run_session(&w);
                kw_arena_drop(&w.arena);
                kw_arena_drop(&w.random);
            }
        }
    }
    return 0;
}
