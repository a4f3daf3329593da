/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp stream serve: a file of STP rows over HTTPS on loopback, for tests of registries and
 * readers. Everyone on this machine may read it. Source: emtp.md sections 9.2 and 12. */
#include "cli/print.h"
#include "base/heap.h"
#include "emtp/api_types.h"
#include "emtp/engine/stp_table.h"
#include "net/request.h"
#include "net/server.h"
#include "os/file.h"
#include "os/signals.h"

enum {
    FILE_BYTES_MAX = 256 << 20,
    PATH_BYTES_MAX = 4095
};

typedef struct serve_options {
    kw_str file;
    kw_str listen;
    kw_str certificate;
    kw_str key;
    kw_str client_ca;
} serve_options;

static const kw_field serve_fields[] = {
    KW_FIELD(serve_options, file, PATH_BYTES_MAX, KW_REQ | KW_ARG, .help = "file of rows"),
    KW_FIELD(serve_options, listen, 64, 0, .fallback = "127.0.0.1:0",
             .help = "loopback address and port; 0: any free one"),
    KW_FIELD(serve_options, certificate, PATH_BYTES_MAX, KW_REQ, .help = "PEM of the server"),
    KW_FIELD(serve_options, key, PATH_BYTES_MAX, KW_REQ, .help = "PEM of its private key"),
    KW_FIELD(serve_options, client_ca, PATH_BYTES_MAX, 0,
             .help = "PEM of the CAs that clients need a certificate of; default: none needed"),
};
KW_SCHEMA(serve_options, serve_fields);

/* ---- rows ---- */

/* Of the whole rows; those behind a malformed one are not shown. */
static void count_rows(kw_str text, uint64_t *out_last, size_t *out_count)
{
    kw_stp_cursor cursor = kw_stp_cursor_of(text, true);
    kw_stp_row row;
    while (kw_stp_next(&cursor, &row, NULL) == KW_OK) {
        *out_last = row.seq_no;
        *out_count += 1;
    }
}

/* Rows above `above`, without the first `skip` of all. */
static kw_status append_rows(kw_buf *out, kw_str text, uint64_t above, size_t skip)
{
    kw_stp_cursor cursor = kw_stp_cursor_of(text, true);
    kw_stp_row row;
    for (size_t i = 0; kw_stp_next(&cursor, &row, NULL) == KW_OK; i++) {
        if (row.seq_no > above && i >= skip) {
            KW_TRY(kw_stp_row_encode(out, &row, NULL));
        }
    }
    return KW_OK;
}

static kw_status append_active(kw_buf *out, kw_str text, uint64_t above)
{
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    KW_TRY(kw_stp_table_new(&table, 0, FILE_BYTES_MAX));
    kw_stp_cursor cursor = kw_stp_cursor_of(text, true);
    kw_status read = kw_stp_table_read(table, &cursor, NULL);
    if (read == KW_NO_MEMORY || read == KW_LIMIT) {
        return read;
    }
    size_t at = 0;
    kw_stp_row row;
    while (kw_stp_table_next(table, &at, &row)) {
        if (row.seq_no > above) {
            KW_TRY(kw_stp_row_encode(out, &row, NULL));
        }
    }
    return KW_OK;
}

static kw_status select_rows(kw_buf *out, kw_str text, const kw_emtp_stream_params *in,
                             uint64_t *out_last)
{
    size_t count = 0;
    count_rows(text, out_last, &count);
    uint64_t above = in->since_id > 0 ? (uint64_t)in->since_id : 0;
    uint64_t tail = in->since_id < 0 ? 0 - (uint64_t)in->since_id : UINT64_MAX;
    if (in->view == KW_EMTP_VIEW_ACTIVE) {
        return append_active(out, text, above);
    }
    return append_rows(out, text, above, tail < count ? count - (size_t)tail : 0);
}

static void release_rows(void *owner)
{
    kw_buf *rows = owner;
    kw_buf_drop(rows);
    kw_heap_free(rows);
}

KW_HANDLER(get_table, kw_raw_reply, kw_emtp_stream_params)
static kw_status get_table(kw_request *request, kw_raw_reply *out, const kw_emtp_stream_params *in,
                           kw_error *err)
{
    const serve_options *options = request->context;
    KW_AUTO(kw_buf) text = kw_buf_init(FILE_BYTES_MAX);
    uint64_t last = 0;
    /* Anew for each request, so that a test may append rows. */
    KW_TRY(kw_file_read(&text, options->file.ptr, err));
    kw_buf *rows = kw_heap_new(1, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_NO_MEMORY, "no memory for rows");
    *rows = kw_buf_init(FILE_BYTES_MAX);
    *out =
        (kw_raw_reply){.media_type = "text/sequence; charset=utf-8; schema=emtp_table; version=1",
                       .release = release_rows,
                       .owner = rows};
    KW_TRY_AT(err, select_rows(rows, kw_buf_text(&text), in, &last), "reading the rows");
    out->bytes = kw_buf_view(rows);
    kw_str seq = {0};
    KW_TRY_AT(err, kw_arena_format(request->arena, &seq, "%llu", (unsigned long long)last),
              "SeqNo");
    KW_TRY_AT(err, kw_reply_field(request, "STP-Last-SeqNo", seq), "SeqNo");
    return KW_OK;
}

static const kw_route routes[] = {
    {.method = KW_GET,
     .path = "/table",
     KW_HANDLED_BY(get_table, kw_raw_reply, kw_emtp_stream_params),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "emtp.stream.read",
     .rate = KW_RATE_FREE,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "rows of a file",
     .reply_fields = {"STP-Last-SeqNo"}},
};

/* ---- a gate that is open, on loopback only ---- */

static kw_status greet(void *ctx, const kw_peer *peer)
{
    KW_UNUSED(ctx);
    return kw_address_is_loopback(&peer->address) ? KW_OK : KW_FORBIDDEN;
}

static kw_status admit(void *ctx, kw_admission *out, const kw_approach *approach, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(approach);
    KW_UNUSED(err);
    *out = (kw_admission){.caller = {.id = KW_STR("local")}, .rate_remaining = -1};
    return KW_OK;
}

static void settle(void *ctx, const kw_outcome *outcome, kw_held *held)
{
    KW_UNUSED(ctx);
    KW_UNUSED(outcome);
    kw_held_release(held, KW_OK);
}

/* ---- the command ---- */

static kw_status wait_for_stop(kw_signals *signals, kw_error *err)
{
    kw_signal signal = KW_SIGNAL_NONE;
    while (signal != KW_SIGNAL_STOP) {
        KW_TRY(kw_signals_wait(signals, &signal, -1, err));
    }
    return KW_OK;
}

static kw_status serve(kw_cli *cli, const void *given, kw_error *err)
{
    const serve_options *options = given;
    kw_address address;
    KW_TRY_AT(err, kw_address_parse(&address, options->listen), "--listen");
    KW_REQUIRE(kw_address_is_loopback(&address), err, KW_USAGE, "--listen: loopback only");
    KW_AUTO(kw_signals) signals = {0};
    KW_TRY(kw_signals_open(&signals, err));
    kw_net_config net = kw_net_config_default();
    net.loops = 1;
    kw_clock clock = kw_clock_system();
    kw_gate gate = {.greet = greet, .admit = admit, .settle = settle};
    kw_mount mount = {.routes = routes, .routes_count = KW_COUNT(routes), .context = (void *)given};
    kw_server_parts parts = {.net = &net,
                             .mounts = &mount,
                             .mounts_count = 1,
                             .gate = &gate,
                             .clock = &clock,
                             .id_seed = kw_monotonic_ns()};
    parts.listeners[KW_LISTENER_PUBLIC] = (kw_listener_config){
        .address = options->listen,
        .client_cert = options->client_ca.len > 0 ? KW_CLIENT_CERT_REQUIRED : KW_CLIENT_CERT_NONE,
        .certificate_file = options->certificate,
        .key_file = options->key,
        .client_ca_file = options->client_ca};
    KW_AUTO_PTR(kw_server) server = NULL;
    KW_TRY(kw_server_new(&server, &parts, err));
    KW_TRY(kw_server_start(server, err));
    char host[KW_ADDRESS_TEXT_BYTES];
    address.port = kw_server_port(server, KW_LISTENER_PUBLIC);
    kw_address_format(host, &address);
    kw_str line = {0};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &line, "https://%s/table\n", host), "the URL");
    KW_TRY(kw_cli_write(cli, kw_span_of_str(line), err));
    /* Whoever started us reads the address before we end. */
    KW_REQUIRE(fflush(cli->out) == 0, err, KW_IO, "standard output is closed");
    return wait_for_stop(&signals, err);
}

const kw_command kw_command_emtp_stream_serve = {
    "emtp stream serve",
    &serve_options_schema,
    serve,
    "serve a file of STP rows on loopback, for tests",
    .about =
        "Prints the URL of the table and serves until it is told to stop. The file is read at\n"
        "each request. Answers are not held open. Everyone on this machine may read it, unless\n"
        "--client-ca asks for certificates.",
    .examples = {{"keyward emtp stream serve rows.tsv --certificate pki/server.pem "
                  "--key pki/server.key",
                  "serve rows.tsv at a free port"}},
};
