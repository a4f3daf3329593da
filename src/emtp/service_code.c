/* SPDX-License-Identifier: Apache-2.0
 * The normalisers that this build brings, and their rows in the code stream.
 * Source: emtp.md sections 8, 9.3, decision C30. */
#include "emtp/service_code.h"

#include "emtp/code_sources.inc.h"
#include "emtp/engine/stp_row.h"

#define BUILD_C  "C17 with the folders base, codec and crypto of the same release"
#define BUILD_JS "ECMAScript modules without dependencies, for Node 18 or a browser"

static const kw_emtp_code codes[] = {
    {"c", KW_VERSION, HASH_C, BUILD_C, {source_c, sizeof source_c}},
    {"js", KW_VERSION, HASH_JS, BUILD_JS, {source_js, sizeof source_js}},
};

/* Primary keys of the stream and the languages they lead to. */
static const struct {
    const char *key;
    const char *language;
} rows[] = {{"c", "c"}, {"js", "js"}, {"javascript", "js"}};

kw_status kw_emtp_code_find(kw_emtp_code *out, kw_str language, kw_str version, kw_error *err)
{
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if (kw_str_equal(kw_str_of(rows[i].key), language)) {
            language = kw_str_of(rows[i].language);
            break;
        }
    }
    for (size_t i = 0; i < KW_COUNT(codes); i++) {
        if (kw_str_equal(kw_str_of(codes[i].language), language) &&
            kw_str_equal(kw_str_of(codes[i].version), version)) {
            *out = codes[i];
            return KW_OK;
        }
    }
    return kw_fail(err, KW_NOT_FOUND, "no code in this language and version");
}

typedef struct publish_call {
    kw_emtp_stream *stream;
    kw_str public_url;
    kw_unix_s now;
} publish_call;

static kw_status publish_row(kw_tx *tx, const publish_call *call, size_t index, kw_error *err)
{
    KW_AUTO(kw_buf) surl = kw_buf_init(KW_EMTP_SURL_BYTES_MAX);
    KW_AUTO(kw_buf) listed = kw_buf_init(KW_STP_LINE_BYTES_MAX);
    KW_TRY_AT(err,
              kw_buf_append_format(&surl, "%.*s/v1/emtp/code/%s/%s", KW_STR_ARG(call->public_url),
                                   rows[index].language, KW_VERSION),
              "naming code");
    kw_emtp_change change = {.key = kw_str_of(rows[index].key), .record = kw_buf_text(&surl)};
    kw_status st = kw_emtp_stream_find(call->stream, &listed, change.key);
    if (st == KW_OK && kw_str_equal(kw_buf_text(&listed), change.record)) {
        return KW_OK;
    }
    if (st != KW_OK && st != KW_NOT_FOUND) {
        return kw_fail(err, st, "reading the code stream");
    }
    return kw_emtp_stream_write(tx, KW_EMTP_STREAM_CODE, call->now, &change, err);
}

static kw_status publish_rows(kw_tx *tx, void *ctx, kw_error *err)
{
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_TRY(publish_row(tx, ctx, i, err));
    }
    return KW_OK;
}

kw_status kw_emtp_code_publish(kw_store *store, kw_emtp_stream *stream, kw_str public_url,
                               kw_unix_s now, kw_error *err)
{
    publish_call call = {.stream = stream, .public_url = public_url, .now = now};
    KW_TRY(kw_emtp_stream_refresh(stream, store, err));
    KW_TRY_AT(err, kw_store_write(store, publish_rows, &call, err), "publishing the code stream");
    return kw_emtp_stream_refresh(stream, store, err);
}
