/* SPDX-License-Identifier: Apache-2.0
 * Full join: tokens are scattered into partitions that fit the cache, grouped there by a hash, and
 * only equal hashes are compared in full (emtp.md section 11). */
#include "emtp/engine/match_join.h"

#include "emtp/engine/match_inner.h"
#include "emtp/engine/token.h"

enum {
    PARTITION_TOKENS = 4096,
    PARTITIONS_MAX = 1 << 14
};

/* A token of a row, by reference. */
typedef struct entry {
    uint64_t hash;
    uint32_t row;
    uint32_t token;
} entry;

/* The working memory of one shard. */
typedef struct shard {
    const kw_match *match;
    size_t index;
    size_t shards;
    size_t partitions; /* a power of two */
    entry *entries;    /* owned, by partition */
    size_t *ends;      /* owned: end of each partition in `entries` */
    uint32_t *slots;   /* owned: entry + 1 of a group's head, for one partition */
    uint32_t *next;    /* owned: entry + 1 behind one in its group */
    uint32_t *counts;  /* owned: of a head: entries of its group; else 0 */
    size_t slots_count;
} shard;

static void shard_drop(shard *s)
{
    kw_heap_free(s->entries);
    kw_heap_free(s->ends);
    kw_heap_free(s->slots);
    kw_heap_free(s->next);
    kw_heap_free(s->counts);
}

void kw_match_found_drop(kw_match_found *found)
{
    kw_emtp_pairs_drop(&found->pairs);
}

/* The upper bits choose the shard, the lower ones the partition. */
static bool is_mine(const shard *s, uint64_t hash)
{
    return (size_t)(((kw_u128)hash * s->shards) >> 64) == s->index;
}

/* Calls for every token of the shard: with `entries` NULL counts per partition, else places. */
static void scatter(const shard *s, entry *entries, size_t *places)
{
    const kw_match *match = s->match;
    for (uint32_t row = 0; row < match->rows_count; row++) {
        const kw_match_row *r = &match->rows[row];
        for (uint32_t token = 0; token < r->tokens_count; token++) {
            uint64_t hash = kw_match_hash(&r->tokens[token], match->options.seed);
            if (!is_mine(s, hash)) {
                continue;
            }
            size_t place = places[hash & (s->partitions - 1)]++;
            if (entries != NULL) {
                entries[place] = (entry){.hash = hash, .row = row, .token = token};
            }
        }
    }
}

/* Lays out the partitions and fills them. NO_MEMORY. */
static kw_status fill(shard *s)
{
    size_t wanted = s->match->stats.tokens / s->shards / PARTITION_TOKENS;
    s->partitions = 1;
    while (s->partitions < wanted && s->partitions < PARTITIONS_MAX) {
        s->partitions *= 2;
    }
    s->ends = kw_heap_new(s->partitions, sizeof *s->ends);
    if (s->ends == NULL) {
        return KW_NO_MEMORY;
    }
    scatter(s, NULL, s->ends);
    size_t end = 0;
    size_t largest = 0;
    for (size_t i = 0; i < s->partitions; i++) {
        size_t count = s->ends[i];
        largest = KW_MAX(largest, count);
        s->ends[i] = end;
        end += count;
    }
    s->slots_count = 2;
    while (s->slots_count < 2 * largest) {
        s->slots_count *= 2;
    }
    s->entries = kw_heap_resize(NULL, end, sizeof *s->entries);
    s->slots = kw_heap_new(s->slots_count, sizeof *s->slots);
    s->next = kw_heap_new(largest, sizeof *s->next);
    s->counts = kw_heap_new(largest, sizeof *s->counts);
    if (s->entries == NULL || s->slots == NULL || s->next == NULL || s->counts == NULL) {
        return KW_NO_MEMORY;
    }
    scatter(s, s->entries, s->ends);
    return KW_OK;
}

static const kw_hash32 *token_of(const shard *s, const entry *e)
{
    return &s->match->rows[e->row].tokens[e->token];
}

/* Groups the entries of one partition: `counts` and `next` of each group's head. */
static void group(shard *s, const entry *entries, uint32_t count)
{
    memset(s->slots, 0, s->slots_count * sizeof *s->slots);
    for (uint32_t i = 0; i < count; i++) {
        const entry *e = &entries[i];
        size_t slot = (e->hash >> 20) & (s->slots_count - 1);
        while (s->slots[slot] != 0) {
            const entry *head = &entries[s->slots[slot] - 1];
            if (head->hash == e->hash &&
                kw_emtp_token_compare(token_of(s, head), token_of(s, e)) == 0) {
                break;
            }
            slot = (slot + 1) & (s->slots_count - 1);
        }
        s->counts[i] = 0;
        s->next[i] = 0;
        if (s->slots[slot] == 0) {
            s->slots[slot] = i + 1;
            s->counts[i] = 1;
        } else {
            uint32_t head = s->slots[slot] - 1;
            s->next[i] = s->next[head];
            s->next[head] = i + 1;
            s->counts[head]++;
        }
    }
}

/* Adds all pairs of rows of one group that see each other. LIMIT, NO_MEMORY. */
static kw_status add_group(const shard *s, kw_match_found *out, const entry *entries, uint32_t head)
{
    const kw_match *match = s->match;
    for (uint32_t i = head + 1; i != 0; i = s->next[i - 1]) {
        uint32_t a = entries[i - 1].row;
        for (uint32_t k = s->next[i - 1]; k != 0; k = s->next[k - 1]) {
            uint32_t b = entries[k - 1].row;
            if (kw_match_sees(match, &match->rows[a], &match->rows[b])) {
                KW_TRY(kw_emtp_pairs_add(&out->pairs, a, b, 0));
            }
            if (kw_match_sees(match, &match->rows[b], &match->rows[a])) {
                KW_TRY(kw_emtp_pairs_add(&out->pairs, b, a, 0));
            }
        }
    }
    return KW_OK;
}

static kw_status join_partition(shard *s, kw_match_found *out, const entry *entries, uint32_t count)
{
    group(s, entries, count);
    for (uint32_t i = 0; i < count; i++) {
        if (s->counts[i] > s->match->options.bucket_max) {
            out->tokens_skipped++;
        } else if (s->counts[i] > 1) {
            KW_TRY(add_group(s, out, entries, i));
        }
    }
    return KW_OK;
}

kw_status kw_match_join_shard(kw_match_found *out, const kw_match *match, size_t index,
                              size_t shards)
{
    KW_ASSERT(index < shards && match->stats.tokens < UINT32_MAX);
    KW_AUTO(shard) s = {.match = match, .index = index, .shards = shards};
    *out = (kw_match_found){.pairs = kw_emtp_pairs_init(match->options.pairs_max)};
    KW_TRY(fill(&s));
    size_t start = 0;
    for (size_t i = 0; i < s.partitions; i++) {
        KW_TRY(join_partition(&s, out, s.entries + start, (uint32_t)(s.ends[i] - start)));
        start = s.ends[i];
    }
    return kw_emtp_pairs_sum(&out->pairs);
}

kw_status kw_match_install(kw_match *match, kw_match_found *found)
{
    KW_TRY(kw_emtp_pairs_sum(&found->pairs));
    KW_TRY(kw_match_replace_links(match, &found->pairs));
    match->stats.tokens_skipped = found->tokens_skipped;
    kw_emtp_pairs_drop(&found->pairs);
    return KW_OK;
}

kw_status kw_match_join(kw_match *match)
{
    KW_AUTO(kw_match_found) found = {0};
    KW_TRY(kw_match_join_shard(&found, match, 0, 1));
    return kw_match_install(match, &found);
}
