/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp stream serve: a row file as an STP stream on loopback, for tests of STP clients. */
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/engine/stp_table.h"
#include "net/request.h"
#include "net/server.h"
#include "os/file.h"
#include "os/signals.h"

enum {
    FILE_BYTES_MAX = 64 << 20,
    PORT_MAX = 65535,
};

#define MEDIA_TYPE "text/sequence; charset=utf-8; schema=file; version=1"

typedef struct serve_options {
    kw_str file;
    kw_str cert;
    kw_str cert_key;
    uint32_t port;
} serve_options;

static const kw_field serve_fields[] = {
    KW_FIELD(serve_options, file, KW_REMOTE_PATH_BYTES_MAX, KW_REQ | KW_OPERAND,
             .help = "rows, read anew for each request"),
    KW_FIELD(serve_options, cert, KW_REMOTE_PATH_BYTES_MAX, KW_REQ,
             .help = "PEM file with the server's certificate"),
    KW_FIELD(serve_options, cert_key, KW_REMOTE_PATH_BYTES_MAX, KW_REQ,
             .help = "PEM file with its key, mode 0600"),
    KW_FIELD(serve_options, port, PORT_MAX, 0, .help = "port on 127.0.0.1; default: any free one"),
};
KW_SCHEMA(serve_options, serve_fields);

/* ---- the one route ---- */

typedef enum stream_view {
    VIEW_ALL,
    VIEW_ACTIVE,
} stream_view;

static const kw_enum_name view_names[] = {{"all", VIEW_ALL}, {"active", VIEW_ACTIVE}};

typedef struct stream_params {
    int64_t since_id;
    stream_view view;
    int hold; /* accepted and not used: a file does not grow while it is answered */
} stream_params;

static const kw_field params_fields[] = {
    KW_FIELD(stream_params, since_id, INT64_MAX, KW_QUERY, .min = INT64_MIN + 1),
    KW_FIELD_ENUM(stream_params, view, view_names, KW_QUERY, .fallback = "all"),
    KW_FIELD(stream_params, hold, 300, KW_QUERY),
};
KW_SCHEMA(stream_params, params_fields);

static kw_status count_rows(kw_str text, uint64_t *out, kw_error *err)
{
    kw_stp_cursor cursor = kw_stp_cursor_of(text, true);
    uint64_t count = 0;
    for (;;) {
        kw_stp_row row = {0};
        kw_status st = kw_stp_next(&cursor, &row, err);
        if (st == KW_END) {
            *out = count;
            return KW_OK;
        }
        KW_TRY(st);
        count++;
    }
}

static kw_status write_all(kw_buf *out, kw_str text, int64_t since, kw_error *err)
{
    uint64_t count = 0;
    KW_TRY(count_rows(text, &count, err));
    uint64_t tail = since < 0 ? (uint64_t)-since : 0;
    uint64_t skip = since < 0 && tail < count ? count - tail : 0;
    kw_stp_cursor cursor = kw_stp_cursor_of(text, true);
    for (uint64_t at = 0; at < count; at++) {
        kw_stp_row row = {0};
        KW_TRY(kw_stp_next(&cursor, &row, err));
        bool is_wanted = since < 0 ? at >= skip : row.seq_no > (uint64_t)since;
        if (is_wanted) {
            KW_TRY(kw_stp_row_encode(out, &row, err));
        }
    }
    return KW_OK;
}

static kw_status write_active(kw_buf *out, kw_str text, kw_error *err)
{
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    KW_TRY_AT(err, kw_stp_table_new(&table, 0, FILE_BYTES_MAX), "making a table");
    kw_stp_cursor cursor = kw_stp_cursor_of(text, true);
    KW_TRY(kw_stp_table_read(table, &cursor, err));
    kw_stp_row row = {0};
    for (size_t at = 0; kw_stp_table_next(table, &at, &row);) {
        KW_TRY(kw_stp_row_encode(out, &row, err));
    }
    return KW_OK;
}

KW_HANDLER(get_stream, kw_raw_reply, stream_params)
static kw_status get_stream(kw_request *request, kw_raw_reply *out, const stream_params *in,
                            kw_error *err)
{
    const serve_options *options = request->context;
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&file, options->file.ptr, err), "reading the rows");
    KW_AUTO(kw_buf) rows = kw_buf_init(FILE_BYTES_MAX + KW_STP_LINE_BYTES_MAX);
    KW_TRY(in->view == VIEW_ACTIVE ? write_active(&rows, kw_buf_text(&file), err)
                                   : write_all(&rows, kw_buf_text(&file), in->since_id, err));
    out->media_type = MEDIA_TYPE;
    KW_TRY_AT(err, kw_arena_copy_span(request->arena, &out->bytes, kw_buf_view(&rows)),
              "answering");
    return KW_OK;
}

static const kw_route routes[] = {
    {.method = KW_GET,
     .path = "/stream",
     KW_HANDLED_BY(get_stream, kw_raw_reply, stream_params),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.stream.read",
     .rate = KW_RATE_FREE,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "rows of the file"},
};

/* ---- a gate for a program that only this machine reaches and that shows one file ---- */

static kw_status greet(void *ctx, const kw_peer *peer)
{
    KW_UNUSED(ctx);
    return kw_endpoint_is_loopback(&peer->address) ? KW_OK : KW_FORBIDDEN;
}

static kw_status admit(void *ctx, kw_admission *out, const kw_approach *approach, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(approach);
    KW_UNUSED(err);
    out->caller = (kw_caller){.id = KW_STR("local"), .display = KW_STR("local")};
    return KW_OK;
}

static void settle(void *ctx, const kw_outcome *outcome, kw_held *held)
{
    KW_UNUSED(ctx);
    KW_UNUSED(outcome);
    kw_held_release(held, KW_OK);
}

/* ---- the command ---- */

typedef struct serve_reply {
    kw_str url;
} serve_reply;

static const kw_field reply_fields[] = {KW_FIELD(serve_reply, url, 256, KW_REQ)};
KW_SCHEMA(serve_reply, reply_fields);

static kw_status announce(kw_cli *cli, const kw_server *server, kw_error *err)
{
    serve_reply reply = {0};
    KW_TRY_AT(err,
              kw_arena_format(cli->arena, &reply.url, "https://127.0.0.1:%u/stream",
                              (unsigned)kw_server_port(server, KW_LISTENER_PUBLIC)),
              "naming the stream");
    KW_TRY(kw_cli_print(cli, &serve_reply_schema, &reply, err));
    return kw_cli_flush(cli, err);
}

static kw_status wait_for_stop(kw_signals *signals, kw_error *err)
{
    for (kw_signal told = KW_SIGNAL_NONE; told != KW_SIGNAL_STOP;) {
        KW_TRY(kw_signals_wait(signals, &told, -1, err));
    }
    return KW_OK;
}

static kw_status serve(kw_cli *cli, const void *given, kw_error *err)
{
    const serve_options *options = given;
    KW_AUTO(kw_signals) signals = {0};
    KW_TRY(kw_signals_open(&signals, err));
    kw_str address = {0};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &address, "127.0.0.1:%u", (unsigned)options->port),
              "naming the address");
    const kw_gate gate = {.greet = greet, .admit = admit, .settle = settle};
    const kw_mount mount = {routes, KW_COUNT(routes), (void *)(uintptr_t)options};
    kw_net_config net = kw_net_config_default();
    kw_clock clock = kw_clock_system();
    kw_server_parts parts = {.net = &net,
                             .mounts = &mount,
                             .mounts_count = 1,
                             .gate = &gate,
                             .clock = &clock,
                             .id_seed = kw_monotonic_ns()};
    parts.listeners[KW_LISTENER_PUBLIC] = (kw_listener_config){
        .address = address, .certificate_file = options->cert, .key_file = options->cert_key};
    KW_AUTO_PTR(kw_server) server = NULL;
    KW_TRY(kw_server_new(&server, &parts, err));
    KW_TRY(kw_server_start(server, err));
    KW_TRY(announce(cli, server, err));
    KW_TRY(wait_for_stop(&signals, err));
    return kw_server_stop(server);
}

const kw_command kw_command_emtp_stream_serve = {
    "emtp stream serve",
    &serve_options_schema,
    serve,
    "serve a row file on loopback, for tests",
    .about =
        "Answers GET /stream with the rows of the file, with since_id and view as a key server\n"
        "does, until SIGTERM or Ctrl-C. Everyone on this machine may read it; it listens\n"
        "nowhere else.",
    .examples =
        {{"keyward emtp stream serve rows.tsv --cert pki/server.pem --cert-key pki/server.key",
          "prints the URL to read"}},
};
