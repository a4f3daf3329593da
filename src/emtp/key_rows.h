/* SPDX-License-Identifier: Apache-2.0
 * The keys of a key server in the store: descriptions in emtp_keys, bytes in sealed records. */
#ifndef KW_EMTP_KEY_ROWS_H
#define KW_EMTP_KEY_ROWS_H

#include "emtp/engine/keyring.h"
#include "emtp/limits.h"
#include "store/seal.h"

/* Keys that matter at some moment, in the order of their creation. By value, owns nothing. */
typedef struct kw_emtp_key_list {
    kw_emtp_key_info items[KW_EMTP_KEYS_MAX];
    size_t count;
    int64_t change; /* counter of changes when they were read */
} kw_emtp_key_list;

static inline kw_emtp_keys kw_emtp_key_list_view(const kw_emtp_key_list *list)
{
    return (kw_emtp_keys){list->items, list->count};
}

/* Reads the keys that have not expired at `now` or still stand in the stream. LIMIT: more than
 * KW_EMTP_KEYS_MAX. Else as kw_sql_query. */
KW_MUST_USE kw_status kw_emtp_key_rows_load(kw_tx *tx, kw_emtp_key_list *out, kw_unix_s now,
                                            kw_error *err);

/* Adds a key with the bytes of `secret` (32), sealed. CONFLICT: the kid was used before.
 * CT: as kw_seal_put. */
KW_MUST_USE kw_status kw_emtp_key_rows_add(kw_tx *tx, const kw_sealer *sealer,
                                           const kw_emtp_key_info *key,
                                           const kw_secret_bytes *secret, kw_error *err);

/* Writes revoked_at and is_listed of a key; deletes the sealed bytes of a revoked key.
 * NOT_FOUND. */
KW_MUST_USE kw_status kw_emtp_key_rows_update(kw_tx *tx, const kw_emtp_key_info *key,
                                              kw_error *err);

/* Deletes the sealed bytes of an expired key. Nothing happens when they are gone. */
KW_MUST_USE kw_status kw_emtp_key_rows_erase(kw_tx *tx, const kw_emtp_key_info *key, kw_error *err);

/* The sealed bytes of a key, as kw_seal_get. */
KW_MUST_USE kw_status kw_emtp_key_rows_open(kw_tx *tx, const kw_sealer *sealer,
                                            kw_secret_bytes *out, const kw_emtp_key_info *key,
                                            kw_error *err);

/* Description of one key of any age. NOT_FOUND. */
KW_MUST_USE kw_status kw_emtp_key_rows_find(kw_tx *tx, kw_emtp_key_info *out, kw_str kid,
                                            kw_error *err);

/* Moves the change counter from `known` on by one. CONFLICT: somebody else moved it. */
KW_MUST_USE kw_status kw_emtp_key_rows_bump(kw_tx *tx, int64_t known, kw_error *err);

#endif /* KW_EMTP_KEY_ROWS_H */
