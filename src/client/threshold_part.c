/* SPDX-License-Identifier: Apache-2.0
 * The wire form of one part of an application's key. Secret inputs: the part, the token. */
#include "client/threshold_part.h"

#include "base/buf.h"
#include "client/credential.h"
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
    kw_str token;
    kw_unix_s attestationTime;
} sign_request;

static const kw_field request_fields[] = {
    KW_FIELD(sign_request, appID, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ, .min = 1),
    KW_FIELD(sign_request, scheme, 16, 0),
    KW_FIELD(sign_request, token, KW_CLIENT_TOKEN_BYTES_MAX, KW_SECRET),
    KW_FIELD(sign_request, attestationTime, INT64_MAX / 1000, 0),
};
KW_SCHEMA(sign_request, request_fields);

typedef struct sign_reply {
    kw_str operatorAddress;
    kw_str partialSignature;
    uint64_t version;
    uint64_t attestedVersion;
} sign_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(sign_reply, operatorAddress, KW_ADDRESS_TEXT_BYTES - 1, KW_REQ,
             .min = KW_ADDRESS_TEXT_BYTES - 1),
    KW_FIELD(sign_reply, partialSignature, G1_CHARS, KW_REQ | KW_SECRET, .min = G1_CHARS),
    KW_FIELD(sign_reply, version, UINT64_MAX, KW_REQ, .min = 1),
    KW_FIELD(sign_reply, attestedVersion, UINT64_MAX, 0),
};
KW_SCHEMA(sign_reply, reply_fields);

/* Into one block that does not move, and is wiped. */
static kw_status write_request(kw_secret_bytes *out, const sign_request *request)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_CLIENT_PART_BODY_MAX);
    KW_TRY(kw_buf_reserve(&json, KW_CLIENT_PART_BODY_MAX));
    kw_status st = kw_json_encode(&json, &sign_request_schema, request, KW_JSON_PLAIN);
    if (st == KW_OK) {
        st = kw_secret_bytes_append(out, kw_secret_span_of(kw_buf_view(&json)));
    }
    kw_wipe(json.ptr, json.capacity);
    return st;
}

kw_status kw_client_part_request(kw_secret_bytes *out, const kw_client_request *request,
                                 kw_error *err)
{
    kw_str id = kw_str_of_span(request->what.message);
    KW_REQUIRE(id.len >= 1 && id.len <= KW_THRESHOLD_APP_ID_BYTES_MAX && kw_utf8_is_valid(id), err,
               KW_BAD_INPUT, "an application's id has 1 to %d bytes of UTF-8",
               KW_THRESHOLD_APP_ID_BYTES_MAX);
    KW_REQUIRE(request->attestation_time >= 0, err, KW_BAD_INPUT, "the attestation time is none");
    const sign_request wire = {
        .appID = id,
        .scheme = request->what.purpose == KW_PURPOSE_EIGENX ? KW_STR("eigenx-v1") : (kw_str){0},
        .token = kw_str_of_span(kw_declassify_span(request->token, "it is for the operators")),
        .attestationTime = request->attestation_time,
    };
    KW_TRY_AT(err, write_request(out, &wire), "writing the request");
    return KW_OK;
}

void kw_client_part_drop(kw_client_part *part)
{
    kw_wipe(part, sizeof *part);
}

kw_status kw_client_part_read(kw_client_part *out, kw_arena *arena, kw_secret_span body)
{
    const kw_group *group = &kw_group_bls12_381;
    sign_reply reply = {.version = 0};
    kw_group_g1_bytes wire;
    KW_AUTO(kw_client_part) part = {.attested_epoch = 0};
    kw_span json = kw_declassify_span(body, "its form is no secret; what it holds is wiped");
    if (kw_json_decode(&reply, arena, &sign_reply_schema, json, NULL) != KW_OK ||
        kw_hex_decode_to(KW_MSPAN(wire.bytes), reply.partialSignature) != KW_OK) {
        return KW_BAD_INPUT;
    }
    part.partial.epoch = reply.version;
    part.attested_epoch = reply.attestedVersion;
    kw_status st = group->g1_decode(&part.partial.signature, kw_group_g1_view(group, &wire));
    kw_wipe(&wire, sizeof wire);
    if (st != KW_OK || kw_address_parse(&part.from, reply.operatorAddress) != KW_OK) {
        return KW_BAD_INPUT;
    }
    *out = part;
    return KW_OK;
}
