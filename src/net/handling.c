/* SPDX-License-Identifier: Apache-2.0
 * Decoding and encoding around a handler, by the schemas of its row. */
#include "net/handling.h"

#include "codec/json.h"

/* "application/json; charset=utf-8" without what follows the type. */
static kw_str media_type_of(const kw_exchange *x)
{
    kw_str type = {0};
    kw_str params = {0};
    (void)kw_str_split(x->head.value[KW_HTTP_HEAD_CONTENT_TYPE], ';', &type, &params);
    return kw_str_trim(type);
}

static bool has_right_type(const kw_exchange *x)
{
    const kw_schema *in = x->request.route->in;
    if (in == &kw_raw_body_schema || in == &kw_pull_body_schema) {
        return true;
    }
    kw_str wanted = in == &kw_form_body_schema ? KW_STR("application/x-www-form-urlencoded")
                                               : KW_STR("application/json");
    return kw_str_equal_nocase(media_type_of(x), wanted);
}

kw_status kw_handling_check_body(const kw_exchange *x)
{
    const kw_http_head *head = &x->head;
    size_t max = x->request.route->body_bytes_max;
    if (!head->has_body) {
        return KW_OK;
    }
    if (max == 0 || (head->has_content_length && head->content_length > max)) {
        return KW_TOO_LARGE;
    }
    return head->has[KW_HTTP_HEAD_CONTENT_ENCODING] || !has_right_type(x) ? KW_MEDIA_TYPE : KW_OK;
}

static kw_status decode(kw_exchange *x)
{
    const kw_schema *in = x->request.route->in;
    x->in = kw_arena_new(&x->arena, 1, in->size);
    if (x->in == NULL) {
        return kw_fail(&x->err, KW_LIMIT, "no room for the input");
    }
    KW_TRY(kw_routed_decode(&x->routed, x->in, &x->arena, x->query, &x->err));
    if (in == &kw_form_body_schema) {
        ((kw_form_body *)x->in)->text = kw_buf_text(&x->body);
    } else if (in == &kw_raw_body_schema) {
        *(kw_raw_body *)x->in =
            (kw_raw_body){.media_type = media_type_of(x), .bytes = kw_buf_view(&x->body)};
    } else if (in == &kw_pull_body_schema) {
        ((kw_pull_body *)x->in)->media_type = media_type_of(x);
    } else if (kw_schema_has_body(in)) {
        return kw_json_decode(x->in, &x->arena, in, kw_buf_view(&x->body), &x->err);
    }
    return KW_OK;
}

/* The caller's coding, for bodies whose handler allows one. */
static kw_encoding wanted_encoding(const kw_exchange *x)
{
    return kw_squeeze_choose(x->head.value[KW_HTTP_HEAD_ACCEPT_ENCODING]);
}

/* Compresses a raw body into x->encoded; it is sent as it is when that fails or does not pay. */
static void squeeze_raw(kw_exchange *x)
{
    kw_encoding encoding = wanted_encoding(x);
    if (!x->raw.may_compress || x->raw.bytes.len < KW_SQUEEZE_BYTES_MIN ||
        encoding == KW_ENCODING_IDENTITY) {
        return;
    }
    kw_status st = kw_compress(&x->encoded, encoding, x->raw.bytes);
    if (st == KW_OK && x->encoded.len < x->raw.bytes.len) {
        x->raw_encoding = encoding;
    }
}

/* What must be given back in any case is taken over first. */
static kw_status encode(kw_exchange *x, kw_status st)
{
    const kw_schema *out = x->request.route->out;
    if (out == &kw_raw_reply_schema) {
        x->raw = *(kw_raw_reply *)x->out;
        if (st == KW_OK) {
            squeeze_raw(x);
        }
    } else if (out == &kw_stream_reply_schema) {
        x->stream = *(kw_stream_reply *)x->out;
    } else if (out != &kw_no_body_schema && st == KW_OK && !x->request.reply.is_not_modified) {
        return kw_json_encode(&x->encoded, out, x->out, KW_JSON_PLAIN);
    }
    return st;
}

kw_status kw_handling_run(kw_exchange *x)
{
    KW_TRY(decode(x));
    const kw_route *route = x->request.route;
    x->out = kw_arena_new(&x->arena, 1, route->out->size);
    if (x->out == NULL) {
        return kw_fail(&x->err, KW_LIMIT, "no room for the output");
    }
    return encode(x, route->thunk(&x->request, x->out, x->in, &x->err));
}

static void put_encoding(kw_reply *reply, bool may_vary, kw_encoding encoding)
{
    if (may_vary) {
        kw_reply_add(reply, KW_STR("vary"), KW_STR("accept-encoding"));
    }
    if (encoding != KW_ENCODING_IDENTITY) {
        kw_reply_add(reply, KW_STR("content-encoding"), kw_str_of(kw_encoding_name(encoding)));
    }
}

static void put_stream(kw_exchange *x)
{
    kw_reply *reply = &x->reply;
    kw_encoding encoding = x->stream.may_compress ? wanted_encoding(x) : KW_ENCODING_IDENTITY;
    if (encoding != KW_ENCODING_IDENTITY && kw_squeeze_init(&x->squeeze, encoding) != KW_OK) {
        encoding = KW_ENCODING_IDENTITY; /* no memory for an encoder: as it is */
    }
    reply->is_streamed = true;
    kw_reply_add(reply, KW_STR("content-type"), kw_str_of(x->stream.media_type));
    put_encoding(reply, x->stream.may_compress, encoding);
    if (x->stream.opened != NULL) {
        x->stream.opened(x->stream.source, &x->waker);
    }
}

void kw_handling_put_body(kw_exchange *x)
{
    kw_reply *reply = &x->reply;
    const kw_schema *out = x->request.route->out;
    reply->has_body = true;
    if (out == &kw_stream_reply_schema) {
        put_stream(x);
        return;
    }
    bool is_raw = out == &kw_raw_reply_schema;
    bool is_squeezed = x->raw_encoding != KW_ENCODING_IDENTITY;
    reply->bytes = is_raw && !is_squeezed ? x->raw.bytes : kw_buf_view(&x->encoded);
    reply->has_length = true;
    reply->length = reply->bytes.len;
    kw_reply_add(reply, KW_STR("content-type"),
                 is_raw ? kw_str_of(x->raw.media_type) : KW_STR("application/json"));
    put_encoding(reply, is_raw && x->raw.may_compress, x->raw_encoding);
}
