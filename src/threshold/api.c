/* SPDX-License-Identifier: Apache-2.0
 * Routes for clients and for other operators. The guard lets members in, by their certificates; who
 * signed a message the engine finds out. Source: threshold.md sections 2, 7. */
#include "threshold/api.h"

#include "codec/hex.h"
#include "crypto/address_text.h"
#include "net/request.h"
#include "threshold/api_types.h"
#include "threshold/limits.h"
#include "threshold/service_sign.h"

#include <inttypes.h>

static void release_bytes(void *owner)
{
    kw_buf *bytes = owner;
    kw_buf_drop(bytes);
}

/* ---- GET /epoch ---- */

/* Of an epoch, 0: of the newest. What is certified never changes. */
static kw_status get_certificate(kw_request *request, kw_raw_reply *out, uint64_t epoch,
                                 kw_error *err)
{
    kw_buf *file = kw_arena_new(request->arena, 1, sizeof *file);
    KW_REQUIRE(file != NULL, err, KW_NO_MEMORY, "no memory for a certificate");
    *file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_status st = kw_holder_certificate(kw_threshold_holder(request->context), file, epoch, err);
    if (st != KW_OK) {
        kw_buf_drop(file);
        return st;
    }
    *out = (kw_raw_reply){.media_type = "application/octet-stream",
                          .bytes = kw_buf_view(file),
                          .release = release_bytes,
                          .owner = file};
    request->reply.is_cacheable = epoch != 0;
    request->reply.is_public = epoch != 0;
    request->reply.is_immutable = epoch != 0;
    request->reply.max_age_s = epoch != 0 ? KW_HOLDER_CERTIFICATE_AGE_S : 0;
    return KW_OK;
}

KW_HANDLER(get_newest, kw_raw_reply, kw_no_body)
static kw_status get_newest(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                            kw_error *err)
{
    KW_UNUSED(in);
    return get_certificate(request, out, 0, err);
}

KW_HANDLER(get_epoch, kw_raw_reply, kw_epoch_path)
static kw_status get_epoch(kw_request *request, kw_raw_reply *out, const kw_epoch_path *in,
                           kw_error *err)
{
    return get_certificate(request, out, in->epoch, err);
}

/* ---- GET /pubkey ---- */
static kw_status hex_of(kw_arena *arena, kw_str *out, const char *prefix, kw_span bytes)
{
    size_t skip = strlen(prefix);
    char *text = kw_arena_new(arena, skip + 2 * bytes.len, 1);
    if (text == NULL) {
        return KW_LIMIT;
    }
    memcpy(text, prefix, skip);
    kw_hex_encode_to(text + skip, bytes);
    *out = (kw_str){text, skip + 2 * bytes.len};
    return KW_OK;
}

static kw_status write_polynomial(kw_arena *arena, kw_pubkey *out, const kw_holder_key *key)
{
    const kw_group *group = &kw_group_bls12_381;
    out->commitments.items = kw_arena_new(arena, key->t, sizeof *out->commitments.items);
    if (out->commitments.items == NULL) {
        return KW_LIMIT;
    }
    for (size_t k = 0; k < key->t; k++) {
        kw_group_g2_bytes wire;
        group->g2_encode(&wire, &key->polynomial[k]);
        KW_TRY(hex_of(arena, &out->commitments.items[k], "", kw_group_g2_view(group, &wire)));
    }
    out->commitments.count = key->t;
    out->masterPublicKey = out->commitments.items[0];
    return KW_OK;
}

KW_HANDLER(get_pubkey, kw_pubkey, kw_no_body)
static kw_status get_pubkey(kw_request *request, kw_pubkey *out, const kw_no_body *in,
                            kw_error *err)
{
    KW_UNUSED(in);
    kw_holder *holder = kw_threshold_holder(request->context);
    const kw_address *self = kw_threshold_self(request->context);
    KW_AUTO(kw_snapshot_hold) hold = kw_holder_keys_enter(holder);
    const kw_holder_keys *keys = hold.object;
    KW_REQUIRE(keys != NULL && keys->count > 0, err, KW_NOT_FOUND,
               "this operator has no share of a key yet");
    const kw_holder_key *key = &keys->items[0];
    out->version = key->epoch;
    out->isActive = true;
    out->erasure = kw_str_of(kw_threshold_erasure(request->context));
    KW_TRY_AT(err, write_polynomial(request->arena, out, key), "writing the public polynomial");
    KW_TRY_AT(err, hex_of(request->arena, &out->operatorAddress, "0x", KW_SPAN(self->bytes)),
              "writing the address");
    KW_TRY_AT(err,
              hex_of(request->arena, &out->certificateHash, "0x", KW_SPAN(key->certificate.bytes)),
              "writing the certificate's name");
    return KW_OK;
}

/* ---- POST /app/sign ---- */

/* What the audit record says beside who and which application: what decided, whom a token is about,
 * and what was given. */
static kw_status note_sign(kw_request *request, const kw_app_partial *partial, kw_error *err)
{
    kw_buf text = kw_buf_init(KW_APP_SUBJECT_BYTES_MAX + 64);
    request->reply.retry_after_s = partial->verdict.retry_after_s;
    kw_status st = kw_buf_append_format(&text, "%s", kw_app_access_name(partial->verdict.access));
    if (st == KW_OK && partial->subject[0] != '\0') {
        st = kw_buf_append_format(&text, ", %s", partial->subject);
    }
    if (st == KW_OK && partial->epoch != 0) {
        st = kw_buf_append_format(&text, ", epoch %" PRIu64, partial->epoch);
    }
    if (st == KW_OK) {
        st = kw_arena_copy_str(request->arena, &request->audit.detail, kw_buf_text(&text));
    }
    kw_buf_drop(&text);
    KW_TRY_AT(err, st, "noting the request");
    return KW_OK;
}

KW_HANDLER(post_sign, kw_sign_reply, kw_sign_request)
static kw_status post_sign(kw_request *request, kw_sign_reply *out, const kw_sign_request *in,
                           kw_error *err)
{
    kw_threshold *threshold = request->context;
    const kw_group *group = &kw_group_bls12_381;
    kw_app_visit visit = {.app = in->appID,
                          .is_eigenx_v1 = in->scheme == KW_SIGN_EIGENX_V1,
                          .caller = request->caller->id,
                          .method = kw_guard_actor_of(request).method,
                          .token = in->token,
                          .now_ms = request->now_ms,
                          .attestation_time = in->attestationTime};
    KW_AUTO(kw_app_partial) partial = {0};
    request->audit.object = in->appID;
    kw_status st = kw_app_sign(threshold, &partial, &visit, err);
    KW_TRY(note_sign(request, &partial, err));
    KW_TRY(st);
    out->version = partial.epoch;
    out->attestedVersion = partial.attested_epoch;
    KW_TRY_AT(err,
              hex_of(request->arena, &out->operatorAddress, "0x",
                     KW_SPAN(kw_threshold_self(threshold)->bytes)),
              "writing the address");
    KW_TRY_AT(err,
              hex_of(request->arena, &out->partialSignature, "",
                     kw_group_g1_view(group, &partial.signature)),
              "writing the partial signature");
    return KW_OK;
}

#define PUBLIC_READ                                                                         \
    .method = KW_GET, .listener = KW_LISTENER_PUBLIC, .permission = "threshold.epoch.read", \
    .rate = KW_RATE_READ, .audit = KW_AUDIT_NONE, .runs = KW_RUNS_ON_POOL

const kw_route kw_threshold_routes[] = {
    {PUBLIC_READ, .path = "/pubkey", KW_HANDLED_BY(get_pubkey, kw_pubkey, kw_no_body),
     .summary = "the cluster's public key, and the polynomial of this epoch"},
    {PUBLIC_READ, .path = "/epoch", KW_HANDLED_BY(get_newest, kw_raw_reply, kw_no_body),
     .summary = "certificate of the newest epoch"},
    {PUBLIC_READ, .path = "/epoch/{epoch}", KW_HANDLED_BY(get_epoch, kw_raw_reply, kw_epoch_path),
     .summary = "certificate of an epoch"},
    {.method = KW_POST,
     .path = "/app/sign",
     KW_HANDLED_BY(post_sign, kw_sign_reply, kw_sign_request),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "threshold.partial.sign",
     .body_bytes_max = KW_APP_REQUEST_BYTES_MAX,
     .rate = KW_RATE_CRYPTO,
     .audit = "threshold.partial.sign",
     .runs = KW_RUNS_ON_POOL,
     .summary = "this operator's part of an application's key, for whom its policy allows"},
};
const size_t kw_threshold_routes_count = KW_COUNT(kw_threshold_routes);

/* ---- operators ---- */

/* What a POST that carries several messages is answered with: the worst of them. */
static kw_status answer(kw_request *request, const kw_operator_reply *reply, kw_error *err)
{
    if (reply->has_head) {
        char digits[2 * sizeof reply->head.bytes];
        kw_hex_encode_to(digits, KW_SPAN(reply->head.bytes));
        KW_TRY_AT(err,
                  kw_reply_field(request, KW_HOLDER_HEAD_FIELD, (kw_str){digits, sizeof digits}),
                  "naming the newest certificate");
    }
    KW_REQUIRE(reply->st == KW_OK, err, reply->st, "a message was not taken");
    return KW_OK;
}

KW_HANDLER(post_messages, kw_no_body, kw_raw_body)
static kw_status post_messages(kw_request *request, kw_no_body *out, const kw_raw_body *in,
                               kw_error *err)
{
    KW_UNUSED(out);
    kw_holder *holder = kw_threshold_holder(request->context);
    kw_address from;
    kw_operator_reply reply = {0};
    KW_TRY_AT(err, kw_address_parse(&from, request->caller->id), "reading who sends");
    kw_holder_delivery delivery = {.from = &from, .path = request->route->path, .json = in->bytes};
    KW_TRY(kw_holder_post(holder, &reply, &delivery, err));
    return answer(request, &reply, err);
}

KW_HANDLER(get_message, kw_raw_reply, kw_message_path)
static kw_status get_message(kw_request *request, kw_raw_reply *out, const kw_message_path *in,
                             kw_error *err)
{
    kw_hash32 hash;
    kw_str digits = {in->hash.ptr + 2, in->hash.len - 2};
    bool is_hash = kw_str_starts_with(in->hash, KW_STR("0x")) &&
                   kw_hex_decode_to(KW_MSPAN(hash.bytes), digits) == KW_OK;
    KW_REQUIRE(is_hash, err, KW_BAD_INPUT, "hash: 0x and 64 digits in lower case");
    kw_holder_found *found = kw_arena_new(request->arena, 1, sizeof *found);
    KW_REQUIRE(found != NULL, err, KW_NO_MEMORY, "no memory for a message");
    kw_status st = kw_holder_find(kw_threshold_holder(request->context), found, &hash, err);
    if (st != KW_OK) {
        kw_buf_drop(&found->bytes);
        return st;
    }
    *out = (kw_raw_reply){
        .media_type = found->is_file ? "application/octet-stream" : "application/json",
        .bytes = kw_buf_view(&found->bytes),
        .release = release_bytes,
        .owner = &found->bytes,
    };
    return KW_OK;
}

/* One row for each path of threshold.md; which types go where, paths.h says. */
#define MESSAGES(path_of_row, what)                                                               \
    {                                                                                             \
        .method = KW_POST, .path = (path_of_row),                                                 \
        KW_HANDLED_BY(post_messages, kw_no_body, kw_raw_body), .listener = KW_LISTENER_PEER,      \
        .permission = "threshold.message.send", .body_bytes_max = KW_COURIER_BODY_BYTES_MAX,      \
        .rate = KW_RATE_READ, .audit = KW_AUDIT_NONE, .runs = KW_RUNS_ON_POOL, .summary = (what), \
        .reply_fields = {                                                                         \
            KW_HOLDER_HEAD_FIELD                                                                  \
        }                                                                                         \
    }

#define PEER_READ                                                                           \
    .method = KW_GET, .listener = KW_LISTENER_PEER, .permission = "threshold.message.read", \
    .rate = KW_RATE_READ, .audit = KW_AUDIT_NONE, .runs = KW_RUNS_ON_POOL

const kw_route kw_threshold_peer_routes[] = {
    MESSAGES("/dkg/hello", "HELLOs of a key generation"),
    MESSAGES("/dkg/commitment", "DEALs of a key generation"),
    MESSAGES("/dkg/share", "SHARES of a key generation"),
    MESSAGES("/dkg/ack", "HAVEs and ECHOs of a key generation"),
    MESSAGES("/dkg/agree", "PROPOSEs and votes on the first epoch"),
    MESSAGES("/dkg/extract", "EXTRACTs and RECONSTRUCTs"),
    MESSAGES("/dkg/complete", "COMMITs and SEALs of the first epoch"),
    MESSAGES("/reshare/hello", "HELLOs of a resharing"),
    MESSAGES("/reshare/commitment", "DEALs of a resharing"),
    MESSAGES("/reshare/share", "SHARES of a resharing"),
    MESSAGES("/reshare/ack", "HAVEs and ECHOs of a resharing"),
    MESSAGES("/reshare/agree", "PROPOSEs and votes on a later epoch"),
    MESSAGES("/reshare/complete", "COMMITs and SEALs of a later epoch"),
    {PEER_READ, .path = "/message/{hash}",
     KW_HANDLED_BY(get_message, kw_raw_reply, kw_message_path),
     .summary = "messages, a candidate or a certificate by hash"},
    {PEER_READ, .path = "/epoch", KW_HANDLED_BY(get_newest, kw_raw_reply, kw_no_body),
     .summary = "certificate of the newest epoch, for operators"},
    {PEER_READ, .path = "/epoch/{epoch}", KW_HANDLED_BY(get_epoch, kw_raw_reply, kw_epoch_path),
     .summary = "certificate of an epoch, for operators"},
};
const size_t kw_threshold_peer_routes_count = KW_COUNT(kw_threshold_peer_routes);
