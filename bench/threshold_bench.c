/* SPDX-License-Identifier: Apache-2.0
 * Using a key in shares: partial signatures, their checks and combinations, and encryption to
 * identities beside AES-256-GCM alone, in the same chunks, in the same run. Processor time, best
 * and median of the rounds. JSON lines; `ratio` is our rate by that of AES-256-GCM. */
#include "base/heap.h"
#include "os/clock.h"
#include "support/ibe_desk.h"
#include "support/threshold_key.h"
#include "threshold/engine/use/ibe_v1.h"
#include "threshold/engine/use/ibe_v2.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUND_MS = 100,
    ROUNDS = 9,
    NS_PER_MS = 1000000,
    MB = 1000000,
    CHUNKS = 1024, /* of a text that is streamed: 64 MiB */
    TEXT_BYTES = CHUNKS * KW_IBE_CHUNK_BYTES,
    SMALL_BYTES = 1 << 20,
    COMMITTEES = 7,
};

static const uint16_t sizes[COMMITTEES] = {4, 7, 16, 32, 64, 100, 128};

/* A key of n members with the partials of all. */
typedef struct committee {
    threshold_key key;
    kw_share_keys keys;
    kw_partial partials[THRESHOLD_KEY_MEMBERS_MAX];
} committee;

typedef struct world {
    committee committees[COMMITTEES];
    const committee *now; /* of the row that runs */
    kw_arena arena;
    ibe_desk desk;
    kw_ibe_to to;
    kw_ibe_to to_eigenx;
    kw_ibe_key key;
    kw_ibe_key key_eigenx;
    kw_bls_secret_g1 d;
    uint8_t text[SMALL_BYTES];
    kw_buf out;
    kw_secret_bytes opened;
    kw_buf header;   /* of a streamed text */
    kw_buf body;     /* its chunks, one behind the other, of which each is as long */
    kw_buf small_v1; /* a sealed text of SMALL_BYTES */
    kw_buf small_v2;
    kw_aead_once once;
    kw_secret32 aead_key;
} world;

static const kw_purposed what = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payments", 8}};

/* A bench does not go on after a failure. */
static void must(kw_status st)
{
    if (st != KW_OK) {
        fprintf(stderr, "threshold_bench: %s\n", kw_status_name(st));
        exit(1);
    }
}

/* ---- partial signatures ---- */

static void sign(world *w)
{
    kw_group_g1 signature;
    must(kw_partial_sign(&signature, w->now->key.group, &w->now->key.shares[0], &what));
}

static void verify(world *w)
{
    bool yes = false;
    must(kw_partial_verify(&yes, &w->now->keys, &w->now->partials[0], &what));
    KW_ASSERT(yes);
}

static void verify_many(world *w, size_t bad)
{
    const committee *c = w->now;
    uint8_t ok[THRESHOLD_KEY_MEMBERS_MAX];
    kw_partial changed[THRESHOLD_KEY_MEMBERS_MAX];
    kw_partials in = {.group = c->key.group, .items = c->partials, .n = c->keys.n, .what = what};
    if (bad > 0) {
        memcpy(changed, c->partials, sizeof changed);
        changed[in.n / 3].signature = c->partials[0].signature;
        in.items = changed;
    }
    kw_arena_reset(&w->arena);
    must(kw_partials_verify(ok, &w->arena, &in, &c->keys, &w->desk.rng));
    KW_ASSERT(ok[0] == 1 && ok[in.n / 3] == (bad == 0));
}

static void verify_all(world *w)
{
    verify_many(w, 0);
}

static void verify_one_bad(world *w)
{
    verify_many(w, 1);
}

static void combine(world *w)
{
    const committee *c = w->now;
    KW_AUTO(kw_group_secret_g1) whole = {.words = {0}};
    kw_partials in = {.group = c->key.group,
                      .items = c->partials + c->key.n - c->key.t,
                      .n = c->key.t,
                      .what = what};
    kw_arena_reset(&w->arena);
    must(kw_partials_combine(&whole, &w->arena, &in, &c->key.master));
}

/* ---- encryption to identities ---- */

static kw_secret_span chunk_of(world *w)
{
    return kw_secret_span_of((kw_span){w->text, KW_IBE_CHUNK_BYTES});
}

static void aead_seal(world *w)
{
    for (size_t i = 0; i < CHUNKS; i++) {
        kw_buf_clear(&w->out);
        w->once.nonce[0]++;
        must(kw_aead_seal_once(w->desk.aead, &w->out, &w->once, chunk_of(w),
                               KW_SPAN(w->desk.master.hash.bytes)));
    }
}

static void v2_seal(world *w)
{
    KW_AUTO(kw_ibe_stream) stream = {0};
    kw_buf_clear(&w->out);
    must(kw_ibe_v2_seal(&stream, &w->out, &w->to, w->desk.aead, &w->desk.rng));
    for (size_t i = 0; i < CHUNKS; i++) {
        kw_buf_clear(&w->out);
        must(kw_ibe_stream_seal(&stream, &w->out, chunk_of(w), i == CHUNKS - 1));
    }
}

static void v2_open(world *w)
{
    KW_AUTO(kw_ibe_stream) stream = {0};
    must(kw_ibe_v2_open(&stream, kw_buf_view(&w->header), &w->key, w->desk.aead));
    for (size_t i = 0; i < CHUNKS; i++) {
        kw_span chunk = {w->body.ptr + i * KW_IBE_SEALED_CHUNK_BYTES, KW_IBE_SEALED_CHUNK_BYTES};
        w->opened.len = 0;
        must(kw_ibe_stream_open(&stream, &w->opened, chunk, i == CHUNKS - 1));
    }
}

static void v2_encrypt_small(world *w)
{
    kw_buf_clear(&w->out);
    must(kw_ibe_v2_encrypt(&w->out, &w->to, kw_secret_span_of(KW_SPAN(w->text)), w->desk.aead,
                           &w->desk.rng));
}

static void v2_decrypt_small(world *w)
{
    kw_secret_bytes_drop(&w->opened);
    must(kw_ibe_v2_decrypt(&w->opened, kw_buf_view(&w->small_v2), &w->key, w->desk.aead));
}

static void v1_encrypt_small(world *w)
{
    kw_buf_clear(&w->out);
    must(kw_ibe_v1_encrypt(&w->out, &w->to_eigenx, kw_secret_span_of(KW_SPAN(w->text)),
                           w->desk.aead, &w->desk.rng));
}

static void v1_decrypt_small(world *w)
{
    kw_secret_bytes_drop(&w->opened);
    must(kw_ibe_v1_decrypt(&w->opened, kw_buf_view(&w->small_v1), &w->key_eigenx, w->desk.aead));
}

static void v2_seal_header(world *w)
{
    KW_AUTO(kw_ibe_stream) stream = {0};
    kw_buf_clear(&w->out);
    must(kw_ibe_v2_seal(&stream, &w->out, &w->to, w->desk.aead, &w->desk.rng));
}

static void v2_open_header(world *w)
{
    KW_AUTO(kw_ibe_stream) stream = {0};
    must(kw_ibe_v2_open(&stream, kw_buf_view(&w->header), &w->key, w->desk.aead));
}

static void check_key(world *w)
{
    KW_AUTO(kw_ibe_key) key = {0};
    must(kw_ibe_key_init(&key, &w->desk.master, &w->to.id, &w->d));
}

/* ---- measuring ---- */

typedef struct row {
    const char *name;
    void (*run)(world *w);
    size_t items; /* of one call; 0: its bytes count */
    size_t bytes;
} row;

static const row rows[] = {
    {"threshold/partial.sign/n=1", sign, 1, 0},
    {"threshold/partial.verify/n=1", verify, 1, 0},
    {"threshold/ibe_v2.header.seal", v2_seal_header, 1, 0},
    {"threshold/ibe_v2.header.open", v2_open_header, 1, 0},
    {"threshold/ibe.key.check", check_key, 1, 0},
    {"threshold/aes-256-gcm.seal/MiB=64", aead_seal, 0, TEXT_BYTES}, /* the peer of those below */
    {"threshold/ibe_v2.seal/MiB=64", v2_seal, 0, TEXT_BYTES},
    {"threshold/ibe_v2.open/MiB=64", v2_open, 0, TEXT_BYTES},
    {"threshold/ibe_v2.encrypt/MiB=1", v2_encrypt_small, 0, SMALL_BYTES},
    {"threshold/ibe_v2.decrypt/MiB=1", v2_decrypt_small, 0, SMALL_BYTES},
    {"threshold/ibe_v1.encrypt/MiB=1", v1_encrypt_small, 0, SMALL_BYTES},
    {"threshold/ibe_v1.decrypt/MiB=1", v1_decrypt_small, 0, SMALL_BYTES},
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nanoseconds of one call in each round, ascending. */
static void measure(world *w, const row *r, double out[ROUNDS])
{
    r->run(w); /* what is fetched and allocated once */
    for (size_t round = 0; round < ROUNDS; round++) {
        uint64_t start = kw_thread_cpu_ns();
        uint64_t elapsed = 0;
        uint64_t calls = 0;
        while (elapsed < (uint64_t)ROUND_MS * NS_PER_MS) {
            r->run(w);
            calls++;
            elapsed = kw_thread_cpu_ns() - start;
        }
        out[round] = (double)elapsed / (double)calls;
    }
    qsort(out, ROUNDS, sizeof *out, ascending);
}

static void print_row(const row *r, const double ns[ROUNDS], double *io_peer)
{
    if (r->items > 0) {
        double items = (double)r->items;
        printf("{\"bench\":\"%s\",\"ns_min\":%.0f,\"ns_med\":%.0f,\"per_cpu_s\":%.1f}\n", r->name,
               ns[0] / items, ns[ROUNDS / 2] / items, 1e9 * items / ns[0]);
    } else {
        double rate = (double)r->bytes * 1e9 / ns[0] / MB;
        *io_peer = *io_peer == 0 ? rate : *io_peer;
        printf("{\"bench\":\"%s\",\"mb_per_cpu_s\":%.0f,\"mb_per_cpu_s_med\":%.0f,"
               "\"ratio\":%.3f}\n",
               r->name, rate, (double)r->bytes * 1e9 / ns[ROUNDS / 2] / MB, rate / *io_peer);
    }
    fflush(stdout);
}

/* ---- the world ---- */

static void committee_make(committee *c, uint32_t n, uint32_t t)
{
    threshold_key_deal(&c->key, &kw_group_bls12_381, n, t, n);
    c->keys = threshold_key_keys(&c->key);
    for (uint32_t j = 1; j <= n; j++) {
        c->partials[j - 1] = threshold_key_sign(&c->key, j, &what);
    }
}

static void stream_make(world *w)
{
    KW_AUTO(kw_ibe_stream) stream = {0};
    must(kw_ibe_v2_seal(&stream, &w->header, &w->to, w->desk.aead, &w->desk.rng));
    for (size_t i = 0; i < CHUNKS; i++) {
        must(kw_ibe_stream_seal(&stream, &w->body, chunk_of(w), i == CHUNKS - 1));
    }
}

static void world_make(world *w)
{
    for (size_t i = 0; i < COMMITTEES; i++) {
        committee_make(&w->committees[i], sizes[i], (2U * sizes[i] + 2) / 3);
    }
    w->now = &w->committees[0];
    w->arena = kw_arena_init(64 << 20);
    ibe_desk_open(&w->desk, 1);
    w->to = ibe_desk_to_app(&w->desk, KW_IBE_APPLICATION, "payments");
    w->to_eigenx = ibe_desk_to_app(&w->desk, KW_IBE_EIGENX, "payments");
    w->d = ibe_desk_point(&w->desk, &w->to.id);
    w->key = ibe_desk_key(&w->desk, &w->to.id);
    w->key_eigenx = ibe_desk_key(&w->desk, &w->to_eigenx.id);
    w->out = kw_buf_init(4 * SMALL_BYTES);
    w->opened = kw_secret_bytes_init(4 * SMALL_BYTES);
    w->header = kw_buf_init(KW_IBE_HEADER_BYTES_MAX);
    w->body = kw_buf_init((size_t)CHUNKS * KW_IBE_SEALED_CHUNK_BYTES);
    w->once.key = &w->aead_key;
    stream_make(w);
    w->small_v2 = kw_buf_init(2 * SMALL_BYTES);
    w->small_v1 = kw_buf_init(2 * SMALL_BYTES);
    v2_encrypt_small(w);
    must(kw_buf_append(&w->small_v2, kw_buf_view(&w->out)));
    v1_encrypt_small(w);
    must(kw_buf_append(&w->small_v1, kw_buf_view(&w->out)));
}

static void world_drop(world *w)
{
    kw_buf_drop(&w->out);
    kw_buf_drop(&w->header);
    kw_buf_drop(&w->body);
    kw_buf_drop(&w->small_v1);
    kw_buf_drop(&w->small_v2);
    kw_secret_bytes_drop(&w->opened);
    kw_arena_drop(&w->arena);
    ibe_desk_close(&w->desk);
}

/* Arguments: words that names hold; the peer is always measured. */
static bool is_asked(const row *r, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strstr(r->name, argv[i]) != NULL) {
            return true;
        }
    }
    return argc < 2 || r->run == aead_seal;
}

/* What was asked for, and the peer that rates are compared with. */
typedef struct request {
    int argc;
    char **argv;
    double peer;
} request;

static void run_row(world *w, const row *r, request *io)
{
    double ns[ROUNDS];
    if (is_asked(r, io->argc, io->argv)) {
        measure(w, r, ns);
        print_row(r, ns, &io->peer);
    }
}

static void run_committee(world *w, const committee *c, request *io)
{
    char verify[64];
    char bad[64];
    char combined[64];
    (void)snprintf(verify, sizeof verify, "threshold/partial.verify/n=%u,batch", c->key.n);
    (void)snprintf(bad, sizeof bad, "threshold/partial.verify/n=%u,batch,bad=1", c->key.n);
    (void)snprintf(combined, sizeof combined, "threshold/combine/t=%u,n=%u", c->key.t, c->key.n);
    w->now = c;
    run_row(w, &(row){verify, verify_all, c->key.n, 0}, io);
    run_row(w, &(row){bad, verify_one_bad, c->key.n, 0}, io);
    run_row(w, &(row){combined, combine, 1, 0}, io);
}

int main(int argc, char **argv)
{
    request asked = {argc, argv, 0};
    world *w = kw_heap_new(1, sizeof *w);
    if (w == NULL) {
        return 1;
    }
    world_make(w);
    for (size_t i = 0; i < COMMITTEES; i++) {
        run_committee(w, &w->committees[i], &asked);
    }
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        run_row(w, &rows[i], &asked);
    }
    world_drop(w);
    kw_heap_free(w);
    return 0;
}
