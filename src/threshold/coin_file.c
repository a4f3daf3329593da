/* SPDX-License-Identifier: Apache-2.0
 * A flipped coin as JSON. */
#include "threshold/coin_file.h"

#include "codec/json.h"
#include "crypto/hash.h"

enum {
    ADDRESS_CHARS = 42,
};

static const kw_enum_name curve_names[] = {{"secp256k1", KW_PEER_ECDSA}, {"bn254", KW_PEER_BN254}};

static const kw_field part_fields[] = {
    KW_FIELD(kw_coin_part, address, ADDRESS_CHARS, KW_REQ, .min = ADDRESS_CHARS),
    KW_FIELD_ENUM(kw_coin_part, curve, curve_names, KW_REQ),
    KW_FIELD(kw_coin_part, key, KW_PEER_KEY_BYTES_MAX, KW_REQ | KW_HEX, .min = 1),
    KW_FIELD(kw_coin_part, proof, KW_THRESHOLD_SIGNATURE_BYTES_MAX, KW_REQ | KW_HEX, .min = 1),
    KW_FIELD(kw_coin_part, roster, 0, KW_REQ),
    KW_FIELD(kw_coin_part, commitment, 0, KW_REQ),
    KW_FIELD(kw_coin_part, signature, KW_THRESHOLD_SIGNATURE_BYTES_MAX, KW_REQ | KW_HEX, .min = 1),
    KW_FIELD(kw_coin_part, list, 0, 0),
    KW_FIELD(kw_coin_part, value, 0, 0),
    KW_FIELD(kw_coin_part, reveal, KW_THRESHOLD_SIGNATURE_BYTES_MAX, KW_HEX),
};
KW_SCHEMA_EXTERN(kw_coin_part, part_fields);

typedef struct transcript_rows {
    uint32_t version;
    kw_hash32 coin;
    kw_coin_parts parts;
} transcript_rows;

static const kw_field transcript_fields[] = {
    KW_FIELD(transcript_rows, version, 1, KW_REQ, .min = 1),
    KW_FIELD(transcript_rows, coin, 0, KW_REQ),
    KW_FIELD_LIST(transcript_rows, parts, &kw_coin_part_schema, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
                  .min = 1),
};
KW_SCHEMA(transcript_rows, transcript_fields);

kw_status kw_coin_transcript_encode(kw_buf *out, const kw_coin_flip *flip, kw_error *err)
{
    transcript_rows rows = {.version = 1, .parts = {flip->parts, flip->roster.n}};
    KW_TRY(kw_coin_flip_end(flip, &rows.coin, err));
    KW_TRY_AT(err, kw_json_encode(out, &transcript_rows_schema, &rows, KW_JSON_PLAIN),
              "writing a transcript");
    return KW_OK;
}

/* What is written again from what was understood is what was read. */
static kw_status check_form(const kw_coin_flip *flip, kw_span json, kw_error *err)
{
    KW_AUTO(kw_buf) again = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    KW_TRY(kw_coin_transcript_encode(&again, flip, err));
    KW_REQUIRE(kw_span_equal_var(kw_buf_view(&again), json), err, KW_ENCODING,
               "this transcript was not written by `coin-flip finish`, or changed since");
    return KW_OK;
}

kw_status kw_coin_transcript_decode(kw_coin_transcript *out, kw_arena *arena, kw_span json,
                                    kw_error *err)
{
    KW_REQUIRE(json.len <= KW_COIN_TRANSCRIPT_BYTES_MAX, err, KW_LIMIT,
               "a transcript of over 1 MiB");
    transcript_rows rows = {0};
    kw_coin_transcript made = {0};
    KW_TRY(kw_json_decode(&rows, arena, &transcript_rows_schema, json, err));
    KW_TRY(kw_coin_flip_of_parts(&made.flip, arena, rows.parts, err));
    KW_TRY(kw_coin_flip_end(&made.flip, &made.coin, err));
    KW_REQUIRE(kw_hash32_equal(&made.coin, &rows.coin), err, KW_REFUSED,
               "the coin is not that of the values");
    KW_TRY(check_form(&made.flip, json, err));
    *out = made;
    return KW_OK;
}
