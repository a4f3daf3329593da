/* SPDX-License-Identifier: Apache-2.0
 * Routes for clients. Secret outputs: bodies with keys, which go to authenticated participants
 * only. Source: emtp.md sections 8 and 9. */
#include "emtp/api.h"

#include "base/heap.h"
#include "crypto/secret.h"
#include "emtp/api_types.h"
#include "emtp/service.h"
#include "emtp/service_code.h"
#include "emtp/service_participants.h"
#include "net/request.h"

/* ---- GET /keys ---- */

static void release_answer(void *owner)
{
    kw_emtp_key_answer_release(owner);
}

KW_HANDLER(get_keys, kw_raw_reply, kw_no_body)
static kw_status get_keys(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                          kw_error *err)
{
    KW_UNUSED(in);
    kw_emtp *emtp = request->context;
    kw_unix_s now = kw_emtp_now(emtp);
    kw_emtp_key_answer *answer = kw_emtp_keys_answer(kw_emtp_key_service_of(emtp), now);
    KW_REQUIRE(answer != NULL, err, KW_UNAVAILABLE, "the keys of this moment are being made");
    *out = (kw_raw_reply){.media_type = "application/json",
                          .bytes = kw_declassify_span(kw_secret_bytes_view(&answer->body),
                                                      "an authenticated participant gets its keys"),
                          .release = release_answer,
                          .owner = answer};
    request->reply.is_cacheable = true; /* by this caller only: private */
    request->reply.max_age_s = (uint32_t)KW_MIN(answer->until - now, (kw_unix_s)KW_EMTP_MAX_AGE_S);
    KW_TRY_AT(err,
              kw_arena_copy_str(request->arena, &request->audit.object, kw_str_of(answer->kids)),
              "noting the served keys");
    kw_str etag = {0};
    KW_TRY_AT(err, kw_arena_copy_str(request->arena, &etag, kw_str_of(answer->etag)), "ETag");
    (void)kw_request_is_current(request, etag); /* when true, the body is left out */
    return KW_OK;
}

/* ---- GET /v1/emtp/manifests/{kid} ---- */

/* Secret bytes that live as long as the answer. */
typedef struct secret_body {
    kw_secret_bytes bytes;
} secret_body;

static void release_secret_body(void *owner)
{
    secret_body *body = owner;
    kw_secret_bytes_drop(&body->bytes);
    kw_heap_free(body);
}

/* C23: one STP row, PK = kid, record = compact JSON. */
static kw_status write_row(kw_secret_bytes *out, kw_str kid, const kw_secret_bytes *json,
                           kw_unix_s now)
{
    char utc[KW_RFC3339_BYTES];
    kw_utc_format(utc, now);
    KW_TRY(kw_secret_bytes_append_str(out, KW_STR("1\t")));
    KW_TRY(kw_secret_bytes_append_str(out, kw_str_of(utc)));
    KW_TRY(kw_secret_bytes_append_str(out, KW_STR("\t+\t")));
    KW_TRY(kw_secret_bytes_append_str(out, kid));
    KW_TRY(kw_secret_bytes_append_str(out, KW_STR("\t")));
    KW_TRY(kw_secret_bytes_append(out, kw_secret_bytes_view(json)));
    return kw_secret_bytes_append_str(out, KW_STR("\n"));
}

static kw_status read_manifest(kw_emtp *emtp, kw_secret_bytes *out, kw_str kid, bool is_row,
                               kw_error *err)
{
    kw_unix_s now = kw_emtp_now(emtp);
    if (!is_row) {
        return kw_emtp_keys_manifest(kw_emtp_key_service_of(emtp), out, kid, now, err);
    }
    KW_AUTO(kw_secret_bytes) json = {0};
    KW_TRY(kw_emtp_keys_manifest(kw_emtp_key_service_of(emtp), &json, kid, now, err));
    *out = kw_secret_bytes_init(2 * KW_EMTP_MANIFEST_BYTES_MAX);
    KW_TRY_AT(err, write_row(out, kid, &json, now), "writing a manifest as a row");
    return KW_OK;
}

KW_HANDLER(get_manifest, kw_raw_reply, kw_emtp_kid_path)
static kw_status get_manifest(kw_request *request, kw_raw_reply *out, const kw_emtp_kid_path *in,
                              kw_error *err)
{
    static const char *const offered[] = {"application/json", "text/sequence"};
    static const char *const types[] = {
        "application/json", "text/sequence; charset=utf-8; schema=emtp_key_manifest; version=1"};
    size_t choice = 0;
    KW_TRY(kw_request_choose(request, &choice, offered, KW_COUNT(offered), err));
    request->audit.object = in->kid;
    secret_body *body = kw_heap_new(1, sizeof *body);
    KW_REQUIRE(body != NULL, err, KW_NO_MEMORY, "no memory for a manifest");
    kw_status st = read_manifest(request->context, &body->bytes, in->kid, choice == 1, err);
    if (st != KW_OK) {
        release_secret_body(body);
        return st;
    }
    *out = (kw_raw_reply){.media_type = types[choice],
                          .bytes = kw_declassify_span(kw_secret_bytes_view(&body->bytes),
                                                      "an authenticated participant gets its keys"),
                          .release = release_secret_body,
                          .owner = body};
    return KW_OK;
}

/* ---- info and code ---- */

KW_HANDLER(get_info, kw_emtp_info, kw_no_body)
static kw_status get_info(kw_request *request, kw_emtp_info *out, const kw_no_body *in,
                          kw_error *err)
{
    KW_UNUSED(in);
    KW_UNUSED(err);
    static const kw_str schema_ids[] = {{"v1", 2}};
    static const kw_str profiles[] = {{"v1", 2}, {"v1-ref", 6}};
    const kw_emtp *emtp = request->context;
    const kw_emtp_config *config = kw_emtp_config_of(emtp);
    *out = (kw_emtp_info){.version = KW_STR(KW_VERSION),
                          .schema_ids = {(kw_str *)schema_ids, KW_COUNT(schema_ids)},
                          .profiles = {(kw_str *)profiles, KW_COUNT(profiles)},
                          .cadence = config->cadence,
                          .overlap_epochs = config->overlap_epochs,
                          .stream_key = KW_SPAN(kw_emtp_stream_key(emtp)->bytes)};
    return KW_OK;
}

KW_HANDLER(get_code, kw_emtp_code_manifest, kw_emtp_code_path)
static kw_status get_code(kw_request *request, kw_emtp_code_manifest *out,
                          const kw_emtp_code_path *in, kw_error *err)
{
    const kw_emtp *emtp = request->context;
    kw_emtp_code code = {0};
    KW_TRY(kw_emtp_code_find(&code, in->language, in->version, err));
    *out = (kw_emtp_code_manifest){.language = kw_str_of(code.language),
                                   .version = kw_str_of(code.version),
                                   .source_hash = kw_str_of(code.source_hash),
                                   .build = kw_str_of(code.build)};
    KW_TRY_AT(err,
              kw_arena_format(request->arena, &out->source_url, "%.*s/v1/emtp/code/%s/%s/source",
                              KW_STR_ARG(kw_emtp_public_url(emtp)), code.language, code.version),
              "naming the source");
    return KW_OK;
}

KW_HANDLER(get_source, kw_raw_reply, kw_emtp_code_path)
static kw_status get_source(kw_request *request, kw_raw_reply *out, const kw_emtp_code_path *in,
                            kw_error *err)
{
    KW_UNUSED(request);
    kw_emtp_code code = {0};
    KW_TRY(kw_emtp_code_find(&code, in->language, in->version, err));
    *out = (kw_raw_reply){
        .media_type = "text/plain; charset=utf-8", .bytes = code.source, .may_compress = true};
    return KW_OK;
}

/* ---- streams and notices ---- */

static kw_status open_stream(kw_request *request, kw_stream_reply *out, kw_emtp_stream *stream,
                             const kw_emtp_stream_params *in, kw_error *err)
{
    static const char *const offered[] = {"text/sequence", "application/stp+tsv"}; /* C20 */
    size_t choice = 0;
    KW_TRY(kw_request_choose(request, &choice, offered, KW_COUNT(offered), err));
    kw_emtp_stream_query query = {.since_id = in->since_id,
                                  .is_active = in->view == KW_EMTP_VIEW_ACTIVE,
                                  .hold_s = in->hold,
                                  .now = kw_emtp_now(request->context)};
    kw_emtp_stream_head head = {0};
    kw_stream_reply reply = {0};
    KW_TRY(kw_emtp_stream_open(stream, &reply, &head, &query, err));
    *out = reply; /* from here on the server closes it, whatever this returns */
    kw_str last = {0};
    KW_TRY_AT(err, kw_arena_format(request->arena, &last, "%llu", (unsigned long long)head.seq),
              "STP-Last-SeqNo");
    KW_TRY_AT(err, kw_reply_field(request, "STP-Last-SeqNo", last), "STP-Last-SeqNo");
    if (head.text[0] != '\0') {
        KW_TRY_AT(err, kw_reply_field(request, "Keyward-STP-Head", kw_str_of(head.text)),
                  "Keyward-STP-Head");
    }
    return KW_OK;
}

KW_HANDLER(get_key_stream, kw_stream_reply, kw_emtp_stream_params)
static kw_status get_key_stream(kw_request *request, kw_stream_reply *out,
                                const kw_emtp_stream_params *in, kw_error *err)
{
    return open_stream(request, out, kw_emtp_stream_of(request->context, KW_EMTP_STREAM_ID_KEYS),
                       in, err);
}

KW_HANDLER(get_code_stream, kw_stream_reply, kw_emtp_stream_params)
static kw_status get_code_stream(kw_request *request, kw_stream_reply *out,
                                 const kw_emtp_stream_params *in, kw_error *err)
{
    return open_stream(request, out, kw_emtp_stream_of(request->context, KW_EMTP_STREAM_ID_CODE),
                       in, err);
}

/* The caller's own matches. */
KW_HANDLER(get_match_stream, kw_stream_reply, kw_emtp_stream_params)
static kw_status get_match_stream(kw_request *request, kw_stream_reply *out,
                                  const kw_emtp_stream_params *in, kw_error *err)
{
    kw_emtp_registry *registry = kw_emtp_registry_of(request->context);
    KW_REQUIRE(registry != NULL, err, KW_NOT_FOUND, "this node is no registry");
    kw_emtp_stream *stream = NULL;
    KW_TRY(kw_emtp_registry_stream(registry, &stream, request->caller->id, err));
    return open_stream(request, out, stream, in, err);
}

/* Revoked client certificates, the same for all callers. */
KW_HANDLER(get_crl_stream, kw_stream_reply, kw_emtp_stream_params)
static kw_status get_crl_stream(kw_request *request, kw_stream_reply *out,
                                const kw_emtp_stream_params *in, kw_error *err)
{
    KW_REQUIRE(kw_emtp_registry_of(request->context) != NULL, err, KW_NOT_FOUND,
               "this node is no registry");
    return open_stream(request, out, kw_emtp_stream_of(request->context, KW_EMTP_STREAM_ID_CRL), in,
                       err);
}

KW_HANDLER(post_notify, kw_no_body, kw_form_body)
static kw_status post_notify(kw_request *request, kw_no_body *out, const kw_form_body *in,
                             kw_error *err)
{
    KW_UNUSED(out);
    return kw_emtp_notice_take(request->context, request->caller->id, in->text, request->arena,
                               err);
}

/* ---- the table ---- */

#define KEYS_ROW(at)                                                                        \
    {                                                                                       \
        .method = KW_GET, .path = (at), KW_HANDLED_BY(get_keys, kw_raw_reply, kw_no_body),  \
        .listener = KW_LISTENER_PUBLIC, .permission = "emtp.key.get", .rate = KW_RATE_READ, \
        .audit = "emtp.key.served", .runs = KW_RUNS_INLINE,                                 \
        .summary = "the epoch keys that are served now, current first"                      \
    }

const kw_route kw_emtp_routes[] = {
    KEYS_ROW("/keys"),
    KEYS_ROW("/v1/emtp/keys"),
    {.method = KW_GET,
     .path = "/v1/emtp/info",
     KW_HANDLED_BY(get_info, kw_emtp_info, kw_no_body),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.info.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "version, profiles and calendar of this key server"},
    {.method = KW_GET,
     .path = "/v1/emtp/manifests/{kid}",
     KW_HANDLED_BY(get_manifest, kw_raw_reply, kw_emtp_kid_path),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.key.get",
     .rate = KW_RATE_READ,
     .audit = "emtp.key.served",
     .runs = KW_RUNS_ON_POOL,
     .summary = "one epoch key"},
    {.method = KW_GET,
     .path = "/v1/emtp/code/{language}/{version}",
     KW_HANDLED_BY(get_code, kw_emtp_code_manifest, kw_emtp_code_path),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.code.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "manifest of a normaliser: where its source is and what its hash is"},
    {.method = KW_GET,
     .path = "/v1/emtp/code/{language}/{version}/source",
     KW_HANDLED_BY(get_source, kw_raw_reply, kw_emtp_code_path),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.code.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "source of a normaliser"},
    {.method = KW_POST,
     .path = "/v1/emtp/notify",
     KW_HANDLED_BY(post_notify, kw_no_body, kw_form_body),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.notify.send",
     .body_bytes_max = KW_EMTP_NOTIFY_BODY_MAX,
     .rate = KW_RATE_READ,
     .audit = "emtp.notify.in",
     .runs = KW_RUNS_ON_POOL,
     .summary = "STP notify: a table changed, or where to send notices"},
    {.method = KW_GET,
     .path = "/v1/emtp/stp/keys",
     KW_HANDLED_BY(get_key_stream, kw_stream_reply, kw_emtp_stream_params),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.stream.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "STP stream of key manifests",
     .reply_fields = {"STP-Last-SeqNo", "Keyward-STP-Head"}},
    {.method = KW_GET,
     .path = "/v1/emtp/stp/code",
     KW_HANDLED_BY(get_code_stream, kw_stream_reply, kw_emtp_stream_params),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.stream.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "STP stream of code manifests",
     .reply_fields = {"STP-Last-SeqNo", "Keyward-STP-Head"}},
    {.method = KW_GET,
     .path = "/v1/emtp/stp/match",
     KW_HANDLED_BY(get_match_stream, kw_stream_reply, kw_emtp_stream_params),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.stream.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "STP stream of the caller's matches, on a registry",
     .reply_fields = {"STP-Last-SeqNo", "Keyward-STP-Head"}},
    {.method = KW_GET,
     .path = "/v1/emtp/stp/crl",
     KW_HANDLED_BY(get_crl_stream, kw_stream_reply, kw_emtp_stream_params),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.stream.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "STP stream of revoked client certificates, on a registry",
     .reply_fields = {"STP-Last-SeqNo", "Keyward-STP-Head"}},
};
const size_t kw_emtp_routes_count = KW_COUNT(kw_emtp_routes);
