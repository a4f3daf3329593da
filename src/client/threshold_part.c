/* SPDX-License-Identifier: Apache-2.0
 * The wire form of one part of an application's key. Secret inputs: the part. */
#include "client/threshold_part.h"

#include "codec/hex.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "crypto/address_text.h"

enum {
    G1_CHARS = 96,
};

typedef struct sign_request {
    kw_str appID;
    kw_str scheme;
} sign_request;

static const kw_field request_fields[] = {
    KW_FIELD(sign_request, appID, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ, .min = 1),
    KW_FIELD(sign_request, scheme, 16, 0),
};
KW_SCHEMA(sign_request, request_fields);

typedef struct sign_reply {
    kw_str operatorAddress;
    kw_str partialSignature;
    uint64_t version;
} sign_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(sign_reply, operatorAddress, KW_ADDRESS_TEXT_BYTES - 1, KW_REQ,
             .min = KW_ADDRESS_TEXT_BYTES - 1),
    KW_FIELD(sign_reply, partialSignature, G1_CHARS, KW_REQ | KW_SECRET, .min = G1_CHARS),
    KW_FIELD(sign_reply, version, UINT64_MAX, KW_REQ, .min = 1),
};
KW_SCHEMA(sign_reply, reply_fields);

kw_status kw_client_part_request(kw_buf *out, const kw_purposed *what, kw_error *err)
{
    kw_str id = kw_str_of_span(what->message);
    KW_REQUIRE(id.len >= 1 && id.len <= KW_THRESHOLD_APP_ID_BYTES_MAX && kw_utf8_is_valid(id), err,
               KW_BAD_INPUT, "an application's id has 1 to %d bytes of UTF-8",
               KW_THRESHOLD_APP_ID_BYTES_MAX);
    const sign_request request = {
        .appID = id,
        .scheme = what->purpose == KW_PURPOSE_EIGENX ? KW_STR("eigenx-v1") : (kw_str){0},
    };
    KW_TRY_AT(err, kw_json_encode(out, &sign_request_schema, &request, KW_JSON_PLAIN),
              "writing the request");
    return KW_OK;
}

kw_status kw_client_part_read(kw_partial *out, kw_address *out_from, kw_arena *arena,
                              kw_secret_span body)
{
    const kw_group *group = &kw_group_bls12_381;
    sign_reply reply = {.version = 0};
    kw_group_g1_bytes wire;
    kw_partial part = {.epoch = 0};
    kw_span json = kw_declassify_span(body, "its form is no secret; what it holds is wiped");
    if (kw_json_decode(&reply, arena, &sign_reply_schema, json, NULL) != KW_OK ||
        kw_hex_decode_to(KW_MSPAN(wire.bytes), reply.partialSignature) != KW_OK) {
        return KW_BAD_INPUT;
    }
    part.epoch = reply.version;
    kw_status st = group->g1_decode(&part.signature, kw_group_g1_view(group, &wire));
    kw_wipe(&wire, sizeof wire);
    if (st != KW_OK || kw_address_parse(out_from, reply.operatorAddress) != KW_OK) {
        return KW_BAD_INPUT;
    }
    *out = part;
    kw_wipe(&part, sizeof part);
    return KW_OK;
}
