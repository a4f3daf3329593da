/* SPDX-License-Identifier: Apache-2.0
 * Prepared statements of a connection. */
#include "store/statements.h"

#include "base/heap.h"

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. SQL texts are ours, so nobody
 * chooses collisions; a hit is confirmed by comparing the text. */
#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x00000100000001b3u

static uint64_t hash_of(const char *sql, kw_sql_args args)
{
    uint64_t hash = FNV_BASIS;
    for (const char *at = sql; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * FNV_PRIME;
    }
    for (size_t i = 0; i < args.count; i++) {
        hash = (hash ^ (uint8_t)args.items[i].kind) * FNV_PRIME;
    }
    return hash;
}

static bool has_kinds(const kw_statement *slot, kw_sql_args args)
{
    if (slot->kinds_count != args.count) {
        return false;
    }
    for (size_t i = 0; i < args.count; i++) {
        if (slot->kinds[i] != (char)args.items[i].kind) {
            return false;
        }
    }
    return true;
}

kw_statement *kw_statements_find(kw_statements *cache, const char *sql, kw_sql_args args)
{
    uint64_t hash = hash_of(sql, args);
    for (size_t i = 0; i < KW_COUNT(cache->slots); i++) {
        kw_statement *slot = &cache->slots[i];
        if (slot->used_at != 0 && slot->hash == hash && has_kinds(slot, args) &&
            strcmp(slot->sql, sql) == 0) {
            slot->used_at = ++cache->tick;
            return slot;
        }
    }
    return NULL;
}

kw_statement *kw_statements_victim(kw_statements *cache)
{
    kw_statement *oldest = &cache->slots[0];
    for (size_t i = 1; i < KW_COUNT(cache->slots); i++) {
        if (cache->slots[i].used_at < oldest->used_at) {
            oldest = &cache->slots[i];
        }
    }
    return oldest;
}

kw_status kw_statements_fill(kw_statements *cache, kw_statement *slot, const char *sql,
                             kw_sql_args args, void *prepared)
{
    KW_ASSERT(slot->used_at == 0 && args.count <= KW_COUNT(slot->kinds));
    char *copy = kw_heap_copy_text(sql);
    if (copy == NULL) {
        return KW_NO_MEMORY;
    }
    slot->sql = copy;
    slot->hash = hash_of(sql, args);
    slot->kinds_count = args.count;
    for (size_t i = 0; i < args.count; i++) {
        slot->kinds[i] = (char)args.items[i].kind;
    }
    slot->prepared = prepared;
    slot->used_at = ++cache->tick;
    return KW_OK;
}

void kw_statement_drop(kw_statement *slot)
{
    kw_heap_free(slot->sql);
    *slot = (kw_statement){0};
}
