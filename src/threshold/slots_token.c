/* SPDX-License-Identifier: Apache-2.0
 * Slots on a token. Secret inputs: their content. */
#include "threshold/slots_token.h"

#include "base/heap.h"
#include "codec/hex.h"

#include <stdio.h>

enum {
    NAME_CHARACTERS = 2 * sizeof(kw_hash32),
    SLOT_BYTES = 32,
};

typedef struct token_slots {
    kw_hsm *token;
    kw_slots *folder;                         /* owned; empty */
    char front[KW_SLOTS_OWNER_BYTES_MAX + 8]; /* "slot <owner> ", before the id of each */
} token_slots;

typedef struct object_name {
    char text[KW_SLOTS_OWNER_BYTES_MAX + 8 + NAME_CHARACTERS + 1];
} object_name;

static object_name name_of(const token_slots *slots, const kw_hash32 *id)
{
    char hex[NAME_CHARACTERS];
    object_name name = {{0}};
    kw_hex_encode_to(hex, KW_SPAN(id->bytes));
    (void)snprintf(name.text, sizeof name.text, "%s%.*s", slots->front, NAME_CHARACTERS, hex);
    return name;
}

/* CT: leaks nothing. */
static kw_status make(void *ctx, const kw_hash32 *id, const kw_secret32 *value, kw_error *err)
{
    const token_slots *slots = ctx;
    object_name name = name_of(slots, id);
    return kw_hsm_put(slots->token, kw_str_of(name.text), kw_secret32_view(value), err);
}

/* CT: leaks nothing. */
static kw_status get(void *ctx, kw_secret32 *out, const kw_hash32 *id, kw_error *err)
{
    const token_slots *slots = ctx;
    object_name name = name_of(slots, id);
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(SLOT_BYTES);
    kw_status st = kw_hsm_get(slots->token, &bytes, kw_str_of(name.text), err);
    if (st == KW_OK) {
        st = kw_secret32_of(out, kw_secret_bytes_view(&bytes));
    }
    KW_REQUIRE(st != KW_LIMIT && st != KW_BAD_INPUT, err, KW_CORRUPT, "a slot has %d bytes",
               SLOT_BYTES);
    return st;
}

static kw_status destroy(void *ctx, const kw_hash32 *id, kw_error *err)
{
    const token_slots *slots = ctx;
    object_name name = name_of(slots, id);
    kw_status st = kw_hsm_destroy(slots->token, kw_str_of(name.text), err);
    return st == KW_NOT_FOUND ? KW_OK : st;
}

typedef struct listing {
    size_t front; /* characters before each id */
    kw_slot_ids ids;
} listing;

static kw_status add_id(void *ctx, kw_str name)
{
    listing *l = ctx;
    kw_hash32 id;
    kw_str hex = {name.ptr + l->front, name.len - l->front};
    if (kw_hex_decode_to(KW_MSPAN(id.bytes), hex) != KW_OK) {
        return KW_OK; /* of an owner whose name begins with ours */
    }
    kw_hash32 *grown = kw_heap_resize(l->ids.items, l->ids.count + 1, sizeof id);
    if (grown == NULL) {
        return KW_NO_MEMORY;
    }
    grown[l->ids.count++] = id;
    l->ids.items = grown;
    return KW_OK;
}

static kw_status list(void *ctx, kw_slot_ids *out, kw_error *err)
{
    const token_slots *slots = ctx;
    listing l = {.front = strlen(slots->front)};
    kw_status st = kw_hsm_list(slots->token, kw_str_of(slots->front), add_id, &l, err);
    if (st != KW_OK) {
        kw_slot_ids_drop(&l.ids);
        return st;
    }
    *out = l.ids;
    return KW_OK;
}

static void free_token(void *ctx)
{
    token_slots *slots = ctx;
    kw_slots_free(slots->folder);
    kw_heap_free(slots);
}

static const kw_slots_ops token_ops = {
    .erasure = "hardware",
    .make = make,
    .get = get,
    .destroy = destroy,
    .list = list,
    .free = free_token,
};

static kw_status name_owner(token_slots *slots, kw_str owner, kw_error *err)
{
    KW_REQUIRE(owner.len > 0 && owner.len <= KW_SLOTS_OWNER_BYTES_MAX, err, KW_CONFIG,
               "an owner of slots has a name of 1 to %d bytes", KW_SLOTS_OWNER_BYTES_MAX);
    (void)snprintf(slots->front, sizeof slots->front, "slot %.*s ", KW_STR_ARG(owner));
    return KW_OK;
}

/* What stands in files would outlast every erasure. */
static kw_status check_empty(kw_slots *folder, kw_error *err)
{
    KW_AUTO(kw_slot_ids) ids = {0};
    KW_TRY(kw_slots_list(folder, &ids, err));
    KW_REQUIRE(ids.count == 0, err, KW_CONFLICT,
               "the folder of slots still has some: rejoin before they go to a token");
    return KW_OK;
}

static kw_status fill(token_slots *slots, kw_str owner, kw_error *err)
{
    KW_TRY(name_owner(slots, owner, err));
    return check_empty(slots->folder, err);
}

kw_status kw_slots_open_token(kw_slots **out, kw_hsm *token, kw_slots *folder, kw_str owner,
                              const kw_rng *rng, kw_error *err)
{
    token_slots *slots = kw_heap_new(1, sizeof *slots);
    if (slots == NULL) {
        kw_slots_free(folder);
        return kw_fail(err, KW_NO_MEMORY, "no memory for slots");
    }
    *slots = (token_slots){.token = token, .folder = folder};
    kw_status st = fill(slots, owner, err);
    if (st != KW_OK) {
        free_token(slots);
        return st;
    }
    return kw_slots_new(out, &token_ops, slots, rng, err);
}

kw_status kw_slots_peek_token(kw_secret32 *out, kw_hsm *token, kw_str owner, const kw_hash32 *id,
                              kw_error *err)
{
    token_slots slots = {.token = token};
    KW_TRY(name_owner(&slots, owner, err));
    return get(&slots, out, id, err);
}
