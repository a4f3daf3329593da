/* SPDX-License-Identifier: Apache-2.0
 * Binary token files, `.emtk` (emtp.md section 6): the tokens of many records under one key.
 * Wire form, little endian:
 *     "KWEMTK1\n" | u8 length of kid | kid | u64 count | count records of 40 bytes
 *     record: u32 row (line of the input, from 1) | u8 tier (0 in v1-ref) | 3 zero bytes | 32 token
 * Records are sorted by token, then row, no two alike in both; nothing follows. */
#ifndef KW_EMTP_ENGINE_EMTK_H
#define KW_EMTP_ENGINE_EMTK_H

#include "base/buf.h"

enum {
    KW_EMTK_KID_BYTES_MAX = 64,
    KW_EMTK_TIER_MAX = 3,
    KW_EMTK_RECORD_BYTES = 40,
    KW_EMTK_HEADER_BYTES_MAX = 8 + 1 + KW_EMTK_KID_BYTES_MAX + 8,
};

/* A record as it stands in the file. */
typedef struct kw_emtk_record {
    uint8_t bytes[KW_EMTK_RECORD_BYTES];
} kw_emtk_record;

/* A file whose header and length were checked, or a part of its records. Borrows the file. */
typedef struct kw_emtk {
    kw_str kid;
    const kw_emtk_record *records;
    size_t count;
} kw_emtk;

kw_emtk_record kw_emtk_record_make(uint32_t row, uint8_t tier, const kw_hash32 *token);

static inline uint32_t kw_emtk_row(const kw_emtk_record *record)
{
    return (uint32_t)record->bytes[0] | (uint32_t)record->bytes[1] << 8 |
           (uint32_t)record->bytes[2] << 16 | (uint32_t)record->bytes[3] << 24;
}

static inline uint8_t kw_emtk_tier(const kw_emtk_record *record)
{
    return record->bytes[4];
}

static inline kw_span kw_emtk_token(const kw_emtk_record *record)
{
    return (kw_span){record->bytes + 8, sizeof(kw_hash32)};
}

/* Order of tokens alone, and of tokens, then rows: <0, 0, >0. */
int kw_emtk_compare_tokens(const kw_emtk_record *a, const kw_emtk_record *b);
int kw_emtk_compare(const kw_emtk_record *a, const kw_emtk_record *b);

/* Appends a header. BAD_INPUT: the kid is not 1..64 of `A-Za-z0-9._-`. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtk_header_encode(kw_buf *out, kw_str kid, uint64_t count);

/* Reads header and length of a whole file; the records are not looked at yet (kw_emtk_check).
 * BAD_INPUT: another magic, a bad kid, missing or trailing bytes. */
KW_MUST_USE kw_status kw_emtk_decode(kw_emtk *out, kw_span file, kw_error *err);

/* Checks rows, tiers, zero bytes and order of the records. `before`: the record in front of the
 * part, NULL for the first part. BAD_INPUT. */
KW_MUST_USE kw_status kw_emtk_check(const kw_emtk *part, const kw_emtk_record *before,
                                    kw_error *err);

/* Sorts `records` in place. `scratch` has room for as many. */
void kw_emtk_sort(kw_emtk_record *records, kw_emtk_record *scratch, size_t count);

/* Part `index` of `parts` (1..256) of the records, cut by the first byte of the token, so that
 * equal tokens of two files lie in parts of the same index. The file must be in order. */
kw_emtk kw_emtk_part(const kw_emtk *file, size_t index, size_t parts);

#endif /* KW_EMTP_ENGINE_EMTK_H */
