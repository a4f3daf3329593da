/* SPDX-License-Identifier: Apache-2.0
 * Building and asking the snapshot of identities. */
#include "guard/directory.h"

#include "base/heap.h"
#include "guard/engine/keyhash.h"
#include "guard/limits.h"

#include <stdlib.h>

enum {
    SLOTS_MIN = 16,
    ARENA_BYTES_MAX = 1 << 30,
};

static const char *const kind_names[] = {
#define X(name, spelling) [KW_IDENTITY_##name] = (spelling),
    KW_IDENTITY_KIND_TABLE(X)
#undef X
};

const char *kw_identity_kind_name(kw_identity_kind kind)
{
    KW_ASSERT((size_t)kind < KW_COUNT(kind_names));
    return kind_names[kind];
}

kw_status kw_identity_kind_of_name(kw_identity_kind *out, kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(kind_names); i++) {
        if (kw_str_equal(name, kw_str_of(kind_names[i]))) {
            *out = (kw_identity_kind)i;
            return KW_OK;
        }
    }
    return KW_NOT_FOUND;
}

kw_role_set kw_identity_roles(const kw_identity_info *identity, kw_unix_ms now_ms)
{
    kw_role_set roles = 0;
    for (size_t i = 0; i < identity->bindings.count; i++) {
        if (identity->bindings.rows[i].expires_ms > now_ms) {
            roles |= KW_ROLE_BIT(identity->bindings.rows[i].role);
        }
    }
    return roles;
}

static kw_status copy_rows(kw_arena *arena, const void **out, const void *rows, size_t count,
                           size_t size)
{
    if (count == 0) {
        *out = NULL;
        return KW_OK;
    }
    void *copy = kw_arena_new(arena, count, size);
    if (copy == NULL) {
        return KW_LIMIT;
    }
    memcpy(copy, rows, count * size);
    *out = copy;
    return KW_OK;
}

kw_status kw_identity_copy(kw_arena *arena, kw_identity_info *out, const kw_identity_info *from)
{
    kw_identity_info copy = *from;
    KW_TRY(kw_arena_copy_str(arena, &copy.id, from->id));
    KW_TRY(kw_arena_copy_str(arena, &copy.tenant, from->tenant));
    KW_TRY(kw_arena_copy_str(arena, &copy.name, from->name));
    KW_TRY(copy_rows(arena, (const void **)&copy.allowed.rows, from->allowed.rows,
                     from->allowed.count, sizeof *from->allowed.rows));
    KW_TRY(copy_rows(arena, (const void **)&copy.bindings.rows, from->bindings.rows,
                     from->bindings.count, sizeof *from->bindings.rows));
    KW_TRY(copy_rows(arena, (const void **)&copy.api_keys, from->api_keys, from->api_keys_count,
                     sizeof *from->api_keys));
    *out = copy;
    return KW_OK;
}

/* ---- indexes ---- */

static uint64_t hash_of(const kw_directory *directory, kw_str text)
{
    return kw_keyhash(directory->seed, kw_span_of_str(text));
}

static uint64_t certificate_hash(const kw_directory *directory, kw_identity_kind kind, kw_str name)
{
    return hash_of(directory, name) + (uint64_t)kind;
}

static void put(uint32_t *table, size_t slots, uint64_t hash, size_t index)
{
    size_t at = hash & (slots - 1);
    while (table[at] != 0) {
        at = (at + 1) & (slots - 1);
    }
    table[at] = (uint32_t)index + 1;
}

const kw_identity_info *kw_directory_find(const kw_directory *directory, kw_str id)
{
    size_t mask = directory->slots - 1;
    for (size_t at = hash_of(directory, id) & mask; directory->by_id[at] != 0;
         at = (at + 1) & mask) {
        const kw_identity_info *found = &directory->identities[directory->by_id[at] - 1];
        if (kw_str_equal(found->id, id)) {
            return found;
        }
    }
    return NULL;
}

const kw_identity_info *kw_directory_find_certificate(const kw_directory *directory,
                                                      kw_identity_kind kind, kw_str name)
{
    size_t mask = directory->slots - 1;
    for (size_t at = certificate_hash(directory, kind, name) & mask;
         directory->by_certificate[at] != 0; at = (at + 1) & mask) {
        const kw_identity_info *found = &directory->identities[directory->by_certificate[at] - 1];
        if (found->kind == kind && kw_str_equal(found->name, name)) {
            return found;
        }
    }
    return NULL;
}

const kw_directory_key *kw_directory_find_key(const kw_directory *directory, kw_str key_id)
{
    size_t mask = directory->slots - 1;
    for (size_t at = hash_of(directory, key_id) & mask; directory->by_key_id[at] != 0;
         at = (at + 1) & mask) {
        const kw_directory_key *found = &directory->keys[directory->by_key_id[at] - 1];
        if (kw_str_equal(kw_str_of(found->info.id.text), key_id)) {
            return found;
        }
    }
    return NULL;
}

static kw_status index_identities(kw_directory *d, kw_error *err)
{
    for (size_t i = 0; i < d->identities_count; i++) {
        const kw_identity_info *row = &d->identities[i];
        KW_REQUIRE(kw_directory_find(d, row->id) == NULL, err, KW_CONFLICT,
                   "two identities are called %.*s", KW_STR_ARG(row->id));
        put(d->by_id, d->slots, hash_of(d, row->id), i);
        if (row->kind == KW_IDENTITY_API_KEY) {
            continue;
        }
        KW_REQUIRE(kw_directory_find_certificate(d, row->kind, row->name) == NULL, err, KW_CONFLICT,
                   "two identities have the certificate name %.*s", KW_STR_ARG(row->name));
        put(d->by_certificate, d->slots, certificate_hash(d, row->kind, row->name), i);
    }
    return KW_OK;
}

static kw_status index_keys(kw_directory *d, kw_error *err)
{
    for (size_t i = 0; i < d->keys_count; i++) {
        kw_str id = kw_str_of(d->keys[i].info.id.text);
        KW_REQUIRE(kw_directory_find_key(d, id) == NULL, err, KW_CONFLICT,
                   "two API keys are called %.*s", KW_STR_ARG(id));
        put(d->by_key_id, d->slots, hash_of(d, id), i);
    }
    return KW_OK;
}

/* ---- building ---- */

static int by_id(const void *a, const void *b)
{
    return kw_str_compare(((const kw_identity_info *)a)->id, ((const kw_identity_info *)b)->id);
}

static int by_holder(const void *a, const void *b)
{
    const kw_directory_key *left = a;
    const kw_directory_key *right = b;
    if (left->holder != right->holder) {
        return left->holder < right->holder ? -1 : 1;
    }
    return kw_str_compare(kw_str_of(left->info.id.text), kw_str_of(right->info.id.text));
}

/* Copies the keys, points them to the sorted identities, and gives each identity its list. */
static kw_status take_keys(kw_directory *d, const kw_directory_source *source, kw_error *err)
{
    d->keys = kw_arena_new(&d->arena, source->keys_count + 1, sizeof *d->keys);
    kw_api_key_info *infos = kw_arena_new(&d->arena, source->keys_count + 1, sizeof *infos);
    KW_REQUIRE(d->keys != NULL && infos != NULL, err, KW_NO_MEMORY, "loading API keys");
    for (size_t i = 0; i < source->keys_count; i++) {
        const kw_identity_info *holder =
            kw_directory_find(d, source->identities[source->keys[i].holder].id);
        KW_ASSERT(holder != NULL);
        d->keys[i] = source->keys[i];
        d->keys[i].holder = (uint32_t)(holder - d->identities);
    }
    d->keys_count = source->keys_count;
    qsort(d->keys, d->keys_count, sizeof *d->keys, by_holder);
    for (size_t i = 0; i < d->keys_count; i++) {
        infos[i] = d->keys[i].info;
        kw_identity_info *holder = &d->identities[d->keys[i].holder];
        if (holder->api_keys_count == 0) {
            holder->api_keys = &infos[i];
        }
        holder->api_keys_count++;
    }
    return index_keys(d, err);
}

static kw_status take_identities(kw_directory *d, const kw_directory_source *source, kw_error *err)
{
    d->identities = kw_arena_new(&d->arena, source->identities_count + 1, sizeof *d->identities);
    KW_REQUIRE(d->identities != NULL, err, KW_NO_MEMORY, "loading identities");
    for (size_t i = 0; i < source->identities_count; i++) {
        kw_identity_info row = source->identities[i];
        row.api_keys = NULL;
        row.api_keys_count = 0;
        KW_TRY_AT(err, kw_identity_copy(&d->arena, &d->identities[i], &row), "loading identities");
    }
    d->identities_count = source->identities_count;
    qsort(d->identities, d->identities_count, sizeof *d->identities, by_id);
    return index_identities(d, err);
}

static kw_status build(kw_directory *d, const kw_directory_source *source, kw_error *err)
{
    size_t most = KW_MAX(source->identities_count, source->keys_count);
    KW_REQUIRE(most <= KW_IDENTITIES_MAX, err, KW_LIMIT, "too many identities");
    d->slots = SLOTS_MIN;
    while (d->slots < most * 2) {
        d->slots *= 2;
    }
    d->by_id = kw_arena_new(&d->arena, d->slots, sizeof *d->by_id);
    d->by_certificate = kw_arena_new(&d->arena, d->slots, sizeof *d->by_certificate);
    d->by_key_id = kw_arena_new(&d->arena, d->slots, sizeof *d->by_key_id);
    KW_REQUIRE(d->by_id != NULL && d->by_certificate != NULL && d->by_key_id != NULL, err,
               KW_NO_MEMORY, "loading identities");
    KW_TRY(take_identities(d, source, err));
    return take_keys(d, source, err);
}

kw_status kw_directory_new(kw_directory **out, const kw_directory_source *source, kw_error *err)
{
    kw_directory *d = kw_heap_new(1, sizeof *d);
    KW_REQUIRE(d != NULL, err, KW_NO_MEMORY, "loading identities");
    d->arena = kw_arena_init(ARENA_BYTES_MAX);
    d->seed[0] = source->seed[0];
    d->seed[1] = source->seed[1];
    kw_status st = build(d, source, err);
    if (st != KW_OK) {
        kw_directory_free(d);
        return st;
    }
    *out = d;
    return KW_OK;
}

void kw_directory_free(void *directory)
{
    kw_directory *d = directory;
    if (d != NULL) {
        kw_arena_drop(&d->arena);
        kw_heap_free(d);
    }
}
