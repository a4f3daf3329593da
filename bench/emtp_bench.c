/* SPDX-License-Identifier: Apache-2.0
 * Match tokens: from tuples, and end to end from JSON lines, beside OpenSSL's one-shot HMAC in the
 * same run; and the two joins of 10^7 with 10^7 tokens. Prints JSON.
 * Usage: kw-bench-emtp [tokens of a side, default 10000000] */
#include "base/heap.h"
#include "emtp/engine/join.h"
#include "emtp/engine/match_join.h"
#include "emtp/service_tokens.h"
#include "os/clock.h"
#include "os/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum {
    RECORDS = 2000,
    ROUNDS = 4, /* the best counts, as others use the machine too */
    THREADS = 2,
    TOKENS_PER_ROW = 40,
};

#define ROUND_S 0.4

static const uint8_t raw_key[32] = {7};

/* Aborts: a bench that fails measures nothing. */
static void need(kw_status st)
{
    if (st != KW_OK) {
        kw_assert_failed(kw_status_name(st), __FILE__, __LINE__);
    }
}

/* Wall and processor time from a moment on. The second does not see what else the machine does. */
typedef struct watch {
    uint64_t wall_ns;
    clock_t cpu;
} watch;

static watch watch_start(void)
{
    return (watch){.wall_ns = kw_monotonic_ns(), .cpu = clock()};
}

static double wall_s(const watch *w)
{
    return (double)(kw_monotonic_ns() - w->wall_ns) / 1e9;
}

static double cpu_s(const watch *w)
{
    return (double)(clock() - w->cpu) / CLOCKS_PER_SEC;
}

/* ---- tokens ---- */

/* People with a phone, an address and an id each: what hospitals have. */
static void make_lines(kw_buf *out)
{
    static const char *const given[] = {"John Ronald", "Mary", "Jose Luis", "Ann B", "Li", "Zoe"};
    static const char *const family[] = {"Smith", "Garcia", "Nguyen", "Tolkien", "Lee", "O'Neil"};
    for (unsigned i = 0; i < RECORDS; i++) {
        need(kw_buf_append_format(
            out,
            "{\"full_name\":\"%s %s%s\",\"dob\":\"19%02u-%02u-%02u\",\"phones\":[\"(212) "
            "555-%04u\"],"
            "\"addresses\":[{\"line1\":\"%u Main "
            "Street\",\"city\":\"Springfield\",\"state\":\"IL\","
            "\"postal_code\":\"627%02u\"}],\"idnos\":[\"123-45-%04u\"]}\n",
            given[i % 6], family[i / 6 % 6], i % 9 == 0 ? " Jr" : "", i % 90 + 10, i % 12 + 1,
            i % 28 + 1, i, i, i % 100, i));
    }
}

/* The input again and again until `rounds` are read. */
typedef struct replay {
    kw_span text;
    size_t at;
    unsigned rounds;
} replay;

static kw_status read_replay(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    KW_UNUSED(err);
    replay *r = ctx;
    *out_len = 0;
    if (r->rounds > 0) {
        *out_len = KW_MIN(room.len, r->text.len - r->at);
        memcpy(room.ptr, r->text.ptr + r->at, *out_len);
        r->at = (r->at + *out_len) % r->text.len;
        r->rounds -= r->at == 0;
    }
    return KW_OK;
}

static kw_status ignore(void *ctx, kw_span bytes, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(bytes);
    KW_UNUSED(err);
    return KW_OK;
}

static void ignore_progress(void *ctx, const kw_emtp_token_totals *totals)
{
    KW_UNUSED(ctx);
    KW_UNUSED(totals);
}

/* Best rates of the rounds. */
typedef struct rates {
    double tokens_per_s;
    double records_per_s;
    double tokens_per_cpu_s; /* of one core */
    double records_per_cpu_s;
} rates;

static rates bench_run(kw_span text, const kw_hmac_key *key, unsigned threads)
{
    kw_emtp_token_key token_key = {.kid = KW_STR("2026-01"), .key = key};
    kw_emtp_token_run run = {
        .job = {.output = KW_EMTP_OUTPUT_JSONL, .keys = &token_key, .keys_count = 1},
        .threads = threads};
    rates best = {0};
    for (int round = 0; round < ROUNDS; round++) {
        replay input = {.text = text, .rounds = 25 * threads};
        kw_emtp_token_ports ports = {.input = {.read = read_replay, .ctx = &input},
                                     .write = ignore,
                                     .refuse = ignore,
                                     .progress = ignore_progress};
        kw_emtp_token_totals totals = {0};
        watch since = watch_start();
        need(kw_emtp_tokens_run(&totals, &run, &ports, NULL));
        double wall = wall_s(&since);
        double cpu = cpu_s(&since);
        KW_ASSERT(totals.refused == 0);
        best.tokens_per_s = KW_MAX(best.tokens_per_s, (double)totals.tokens / wall);
        best.records_per_s = KW_MAX(best.records_per_s, (double)totals.lines / wall);
        best.tokens_per_cpu_s = KW_MAX(best.tokens_per_cpu_s, (double)totals.tokens / cpu);
        best.records_per_cpu_s = KW_MAX(best.records_per_cpu_s, (double)totals.lines / cpu);
    }
    return best;
}

/* All tuples of all lines. */
typedef struct tuple_set {
    kw_arena arena;
    kw_emtp_tuples tuples[RECORDS];
    size_t count;
} tuple_set;

static void make_tuples(tuple_set *set, kw_str lines)
{
    kw_emtp_options options = {0};
    for (size_t i = 0; i < RECORDS; i++) {
        kw_str line = {0};
        kw_emtp_person person = {0};
        kw_emtp_reject reject = {0};
        (void)kw_str_split(lines, '\n', &line, &lines);
        need(kw_emtp_record_read(&set->arena, &person, &reject, line, &options));
        need(kw_emtp_tuples_make(&set->arena, &set->tuples[i], &person, &options));
        set->count += set->tuples[i].count;
    }
}

static void run_ours(const tuple_set *set, const kw_hmac_key *key)
{
    kw_hash32 tokens[KW_EMTP_TUPLES_MAX];
    for (size_t i = 0; i < RECORDS; i++) {
        kw_emtp_tokens_make(tokens, &set->tuples[i], key);
    }
}

static void run_one_shot(const tuple_set *set, const kw_hmac_key *key)
{
    KW_UNUSED(key);
    for (size_t i = 0; i < RECORDS; i++) {
        for (size_t k = 0; k < set->tuples[i].count; k++) {
            kw_hash32 token;
            unsigned len = 0;
            kw_span message = set->tuples[i].items[k].message;
            KW_ASSERT(HMAC(EVP_sha256(), raw_key, sizeof raw_key, message.ptr, message.len,
                           token.bytes, &len) != NULL);
        }
    }
}

static double bench_tuples(const tuple_set *set, const kw_hmac_key *key,
                           void (*once)(const tuple_set *set, const kw_hmac_key *key))
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        watch since = watch_start();
        double tokens = 0;
        while (wall_s(&since) < ROUND_S) {
            once(set, key);
            tokens += (double)set->count;
        }
        best = KW_MAX(best, tokens / cpu_s(&since));
    }
    return best;
}

static void bench_tokens(void)
{
    KW_AUTO(kw_buf) lines = kw_buf_init(16 << 20);
    KW_AUTO(kw_hmac_key) key = {.backend = KW_HMAC_OPENSSL};
    KW_AUTO(kw_secret32) secret = {{0}};
    need(kw_secret32_of(&secret, kw_secret_span_of(KW_SPAN(raw_key))));
    kw_hmac_key_init(&key, &secret);
    make_lines(&lines);
    tuple_set *set = kw_heap_new(1, sizeof *set);
    KW_ASSERT(set != NULL);
    set->arena = kw_arena_init((size_t)256 << 20);
    make_tuples(set, kw_buf_text(&lines));
    double peer = bench_tuples(set, &key, run_one_shot);
    double ours = bench_tuples(set, &key, run_ours);
    printf("{\"bench\":\"emtp/tokens/from=tuples,threads=1\",\"tokens_per_cpu_s\":%.0f,"
           "\"openssl_one_shot_per_cpu_s\":%.0f,\"ratio\":%.2f}\n",
           ours, peer, ours / peer);
    for (unsigned threads = 1; threads <= THREADS; threads++) {
        rates r = bench_run(kw_buf_view(&lines), &key, threads);
        printf("{\"bench\":\"emtp/tokens/profile=v1,threads=%u\",\"tokens_per_s\":%.0f,"
               "\"records_per_s\":%.0f,\"tokens_per_cpu_s\":%.0f,\"records_per_cpu_s\":%.0f,"
               "\"tokens_per_record\":%.1f,\"ratio\":%.2f}\n",
               threads, r.tokens_per_s, r.records_per_s, r.tokens_per_cpu_s, r.records_per_cpu_s,
               (double)set->count / RECORDS, r.tokens_per_cpu_s / peer);
    }
    kw_arena_drop(&set->arena);
    kw_heap_free(set);
}

/* ---- joins ---- */

static uint64_t next_word(uint64_t *at)
{
    uint64_t z = *at += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* Token `index` of a side; every fourth is in both sides. */
static kw_hash32 token_of(uint64_t side, uint64_t index)
{
    uint64_t at = index % 4 == 0 ? index << 1 : (index << 1 | 1) + (side << 60);
    kw_hash32 token;
    for (size_t i = 0; i < 4; i++) {
        uint64_t word = next_word(&at);
        memcpy(token.bytes + 8 * i, &word, sizeof word);
    }
    return token;
}

static kw_emtk_record *make_side(uint64_t side, size_t count)
{
    kw_emtk_record *records = kw_heap_new(count, sizeof *records);
    kw_emtk_record *scratch = kw_heap_new(count, sizeof *scratch);
    KW_ASSERT(records != NULL && scratch != NULL);
    for (size_t i = 0; i < count; i++) {
        kw_hash32 token = token_of(side, i);
        records[i] = kw_emtk_record_make((uint32_t)(i / TOKENS_PER_ROW + 1), 1, &token);
    }
    kw_emtk_sort(records, scratch, count);
    kw_heap_free(scratch);
    return records;
}

typedef struct local_part {
    const kw_emtk *a;
    const kw_emtk *b;
    size_t index;
    kw_emtk_join join;
} local_part;

static void join_local_part(void *ctx)
{
    local_part *p = ctx;
    kw_emtk a = kw_emtk_part(p->a, p->index, THREADS);
    kw_emtk b = kw_emtk_part(p->b, p->index, THREADS);
    need(kw_emtk_check(&a, NULL, NULL));
    need(kw_emtk_check(&b, NULL, NULL));
    need(kw_emtk_join_part(&p->join, &a, &b, KW_EMTP_BUCKET_MAX));
}

static void bench_local_join(size_t count)
{
    kw_emtk a = {.records = make_side(0, count), .count = count};
    kw_emtk b = {.records = make_side(1, count), .count = count};
    local_part parts[THREADS];
    kw_thread threads[THREADS] = {0};
    watch since = watch_start();
    for (size_t i = 0; i < THREADS; i++) {
        parts[i] = (local_part){
            .a = &a, .b = &b, .index = i, .join = {.pairs = kw_emtp_pairs_init(SIZE_MAX / 64)}};
        need(kw_thread_start(&threads[i], "join", join_local_part, &parts[i], NULL));
    }
    KW_AUTO(kw_emtp_pairs) all = kw_emtp_pairs_init(SIZE_MAX / 64);
    for (size_t i = 0; i < THREADS; i++) {
        kw_thread_join(&threads[i]);
        need(kw_emtp_pairs_join(&all, &parts[i].join.pairs));
    }
    need(kw_emtp_pairs_sum(&all));
    printf("{\"bench\":\"emtp/join/n=%zu,threads=%d\",\"seconds\":%.3f,\"cpu_seconds\":%.3f,"
           "\"pairs\":%zu}\n",
           count, THREADS, wall_s(&since), cpu_s(&since), all.count);
    kw_heap_free((void *)(uintptr_t)a.records);
    kw_heap_free((void *)(uintptr_t)b.records);
}

typedef struct match_part {
    const kw_match *match;
    size_t index;
    kw_match_found found;
} match_part;

static void join_match_part(void *ctx)
{
    match_part *p = ctx;
    need(kw_match_join_shard(&p->found, p->match, p->index, THREADS));
}

static int compare_tokens(const void *a, const void *b)
{
    return kw_emtp_token_compare(a, b);
}

static void load_side(kw_match *match, uint64_t side, size_t count)
{
    kw_hash32 tokens[TOKENS_PER_ROW];
    for (size_t i = 0; i + TOKENS_PER_ROW <= count; i += TOKENS_PER_ROW) {
        char nurl[32];
        int len = snprintf(nurl, sizeof nurl, "https://n/%zu", i / TOKENS_PER_ROW);
        for (size_t k = 0; k < TOKENS_PER_ROW; k++) {
            tokens[k] = token_of(side, i + k);
        }
        qsort(tokens, TOKENS_PER_ROW, sizeof tokens[0], compare_tokens);
        kw_match_owner owner = {.participant = (uint32_t)side,
                                .role = side == 0 ? KW_MATCH_PAYER : KW_MATCH_HUB};
        need(kw_match_load(match, owner, (kw_str){nurl, (size_t)len}, tokens, TOKENS_PER_ROW));
    }
}

static void bench_match(size_t count)
{
    kw_match_options options = {.roles = kw_match_roles_default,
                                .bucket_max = KW_EMTP_BUCKET_MAX,
                                .rows_max = UINT32_MAX / 2,
                                .pairs_max = SIZE_MAX / 64,
                                .seed = 42};
    KW_AUTO_PTR(kw_match) match = NULL;
    need(kw_match_new(&match, &options));
    load_side(match, 0, count);
    load_side(match, 1, count);
    match_part parts[THREADS];
    kw_thread threads[THREADS] = {0};
    watch since = watch_start();
    for (size_t i = 0; i < THREADS; i++) {
        parts[i] = (match_part){.match = match, .index = i};
        need(kw_thread_start(&threads[i], "match", join_match_part, &parts[i], NULL));
    }
    KW_AUTO(kw_match_found) all = {.pairs = kw_emtp_pairs_init(SIZE_MAX / 64)};
    for (size_t i = 0; i < THREADS; i++) {
        kw_thread_join(&threads[i]);
        all.tokens_skipped += parts[i].found.tokens_skipped;
        need(kw_emtp_pairs_join(&all.pairs, &parts[i].found.pairs));
    }
    need(kw_match_install(match, &all));
    printf("{\"bench\":\"emtp/match/n=%zu,threads=%d\",\"seconds\":%.3f,\"cpu_seconds\":%.3f,"
           "\"pairs\":%zu}\n",
           count, THREADS, wall_s(&since), cpu_s(&since), kw_match_stats_of(match).pairs);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000000;
    bench_tokens();
    bench_local_join(count);
    bench_match(count);
    return 0;
}
