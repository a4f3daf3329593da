/* SPDX-License-Identifier: Apache-2.0
 * STP over HTTP, the reading side. */
#include "cli/stp_client.h"

#include "base/heap.h"
#include "cli/print.h"
#include "codec/form.h"
#include "codec/json.h"

enum {
    IDLE_MS = 60000, /* without a byte: longer than a server may hold an answer without a row */
};

struct kw_stp_client {
    kw_cli *cli;
    kw_remote *remote;
    kw_str path;   /* of the stream, behind the authority */
    int64_t since; /* of the next request */
    bool is_active;
    kw_buf pending;    /* the unfinished line */
    uint64_t last_seq; /* of the last row */
    uint64_t rows_count;
};

typedef struct shown_row {
    uint64_t seq;
    kw_str timestamp;
    kw_str action;
    kw_str key;
    kw_str record;
} shown_row;

static const kw_field shown_fields[] = {
    KW_FIELD(shown_row, seq, UINT64_MAX, KW_REQ),
    KW_FIELD(shown_row, timestamp, 64, KW_REQ),
    KW_FIELD(shown_row, action, 1, KW_REQ),
    KW_FIELD(shown_row, key, KW_STP_LINE_BYTES_MAX, KW_REQ),
    KW_FIELD(shown_row, record, KW_STP_LINE_BYTES_MAX, KW_REQ | KW_CONTROLS),
};
KW_SCHEMA(shown_row, shown_fields);

static kw_status split_url(kw_stp_client *client, kw_remote_options *remote, kw_str url,
                           kw_error *err)
{
    kw_url parts = {0};
    KW_REQUIRE(kw_url_parse(&parts, url) == KW_OK && parts.path.len > 1 && parts.query.len == 0,
               err, KW_USAGE, "the URL is not https://host:port/path");
    client->path = parts.path;
    remote->server = (kw_str){url.ptr, url.len - parts.path.len};
    return KW_OK;
}

kw_status kw_stp_client_open(kw_cli *cli, kw_stp_client **out, const kw_stp_options *options,
                             kw_error *err)
{
    KW_AUTO_PTR(kw_stp_client) client = kw_heap_new(1, sizeof *client);
    KW_REQUIRE(client != NULL, err, KW_NO_MEMORY, "no memory for a stream");
    client->cli = cli;
    client->since = options->since;
    client->is_active = options->active;
    client->pending = kw_buf_init(2 * KW_STP_LINE_BYTES_MAX);
    kw_remote_options remote = options->remote;
    KW_TRY(split_url(client, &remote, options->url, err));
    KW_TRY(kw_remote_open(&client->remote, &remote, err));
    *out = client;
    client = NULL;
    return KW_OK;
}

void kw_stp_client_free(kw_stp_client *client)
{
    if (client != NULL) {
        kw_remote_free(client->remote);
        kw_buf_drop(&client->pending);
        kw_heap_free(client);
    }
}

static kw_status show(kw_stp_client *client, const kw_stp_row *row, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(2 * KW_STP_LINE_BYTES_MAX);
    if (!client->cli->is_json) {
        KW_TRY(kw_stp_row_encode(&text, row, err));
        return kw_cli_write(client->cli, kw_buf_view(&text), err);
    }
    shown_row shown = {.seq = row->seq_no,
                       .timestamp = row->timestamp,
                       .action = row->action == KW_STP_ADD ? KW_STR("+") : KW_STR("-"),
                       .key = row->key,
                       .record = row->record};
    KW_TRY_AT(err, kw_json_encode(&text, &shown_row_schema, &shown, KW_JSON_PLAIN),
              "showing a row");
    KW_TRY_AT(err, kw_buf_append_byte(&text, '\n'), "showing a row");
    return kw_cli_write(client->cli, kw_buf_view(&text), err);
}

/* Shows the whole rows that `pending` holds and keeps the rest. */
static kw_status take_rows(kw_stp_client *client, kw_error *err)
{
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&client->pending), false);
    for (;;) {
        kw_stp_row row = {0};
        kw_status st = kw_stp_next(&cursor, &row, err);
        if (st == KW_END) {
            break;
        }
        KW_TRY(st);
        if (row.seq_no > client->last_seq) { /* a duplicate counts once */
            KW_TRY(show(client, &row, err));
            client->last_seq = row.seq_no;
            client->rows_count++;
        }
    }
    kw_buf_consume(&client->pending, client->pending.len - cursor.rest.len);
    /* Whoever reads us through a pipe waits for rows, too. */
    return kw_cli_flush(client->cli, err);
}

/* Where the pieces of an answer go, and the words of the first failure. */
typedef struct sink {
    kw_stp_client *client;
    kw_error *err;
} sink;

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    sink *to = ctx;
    KW_TRY_AT(to->err, kw_buf_append(&to->client->pending, bytes), "reading a row");
    return take_rows(to->client, to->err);
}

static kw_status build_url(kw_stp_client *client, kw_str *out, int hold_s, kw_error *err)
{
    kw_arena *arena = client->cli->arena;
    int64_t since = client->rows_count > 0 ? (int64_t)client->last_seq : client->since;
    kw_str path = {0};
    KW_TRY_AT(err,
              kw_arena_format(arena, &path, "%.*s?since_id=%lld%s", KW_STR_ARG(client->path),
                              (long long)since, client->is_active ? "&view=active" : ""),
              "building a URL");
    if (hold_s >= 0) {
        KW_TRY_AT(err, kw_arena_format(arena, &path, "%.*s&hold=%d", KW_STR_ARG(path), hold_s),
                  "building a URL");
    }
    return kw_remote_url(client->remote, arena, out, path, err);
}

kw_status kw_stp_client_read(kw_stp_client *client, int hold_s, kw_error *err)
{
    kw_str url = {0};
    KW_TRY(build_url(client, &url, hold_s, err));
    sink to = {client, err};
    static const kw_http_field fields[] = {{"Accept", "text/sequence, application/stp+tsv"}};
    kw_http_call call = {
        .method = KW_GET,
        .url = url.ptr,
        .fields = fields,
        .fields_count = KW_COUNT(fields),
        .bearer = kw_remote_bearer(client->remote),
        .on_bytes = take_bytes,
        .ctx = &to,
        .idle_ms = IDLE_MS,
    };
    kw_http_result result = {0};
    kw_status st = kw_http_client_run(kw_remote_http(client->remote), &result, &call, err);
    kw_http_result_drop(&result);
    kw_buf_clear(&client->pending); /* a last line without LF never counts */
    return st;
}

uint64_t kw_stp_client_rows(const kw_stp_client *client)
{
    return client->rows_count;
}
