/* SPDX-License-Identifier: Apache-2.0
 * keyward params get: a parameter file that was signed, from several mirrors. Source:
 * distribution.md section 7. */
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/params_get.h"
#include "client/randomness.h"
#include "os/clock.h"
#include "params/engine/custom.h"

enum {
    PATH_BYTES_MAX = 2000,
    URL_BYTES_MAX = 1000,
    MS_PER_S = 1000,
};

typedef struct get_options {
    kw_str path;
    kw_strs mirror;
    kw_str metadata_dir;
    kw_str metadata_url;
    kw_str out;
    kw_str ca;
    uint64_t limit_rate;
    bool offline;
} get_options;

static const kw_field get_fields[] = {
    KW_FIELD(get_options, path, KW_TARGET_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "the file in the repository: params/FAMILY/VERSION/FILE"),
    KW_FIELD(get_options, mirror, URL_BYTES_MAX, 0, .min = 1, .items_max = KW_MIRRORS_MAX,
             .help = "where a tree is, https://host/folder; may be given several times"),
    KW_FIELD(get_options, metadata_dir, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "folder of the trusted metadata, which keyward tuf init makes"),
    KW_FIELD(get_options, metadata_url, PATH_BYTES_MAX, 0,
             .help = "where the metadata is; default: tuf/metadata of each mirror in turn"),
    KW_FIELD(get_options, out, PATH_BYTES_MAX, KW_REQ, .min = 1, .help = "the file to write"),
    KW_FIELD(get_options, ca, PATH_BYTES_MAX, 0,
             .help = "PEM file with the authorities of the mirrors; default: the system's"),
    KW_FIELD(get_options, limit_rate, UINT32_MAX, 0,
             .help = "bytes a second over all connections; default: as fast as they come"),
    KW_FIELD(get_options, offline, 1, 0,
             .help = "ask nobody: is FILE what the metadata that is there says?"),
};
KW_SCHEMA(get_options, get_fields);

typedef struct mirror_reply {
    kw_str url;
    kw_str bytes;
    bool left;
    kw_str fault;
} mirror_reply;

static const kw_field mirror_fields[] = {
    KW_FIELD(mirror_reply, url, URL_BYTES_MAX, KW_REQ),
    KW_FIELD(mirror_reply, bytes, 20, KW_REQ),
    KW_FIELD(mirror_reply, left, 1, KW_REQ),
    KW_FIELD(mirror_reply, fault, 64, 0),
};
KW_SCHEMA(mirror_reply, mirror_fields);

typedef struct get_reply {
    kw_str file;
    bool was_there;
    kw_str resumed;
    kw_str received;
    struct {
        mirror_reply *items;
        size_t count;
    } mirrors;
} get_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(get_reply, file, PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(get_reply, was_there, 1, KW_REQ),
    KW_FIELD(get_reply, resumed, 20, KW_REQ),
    KW_FIELD(get_reply, received, 20, KW_REQ),
    KW_FIELD_LIST(get_reply, mirrors, &mirror_reply_schema, KW_MIRRORS_MAX, 0),
};
KW_SCHEMA(get_reply, reply_fields);

static void show_progress(void *ctx, const kw_download_progress *now)
{
    kw_progress *progress = ctx;
    kw_progress_update(progress, now->done_bytes, kw_monotonic_ns());
}

/* Numbers beyond 2^53 travel as text. */
static kw_status number(kw_cli *cli, kw_str *out, uint64_t value)
{
    return kw_arena_format(cli->arena, out, "%llu", (unsigned long long)value);
}

static kw_status fill(kw_cli *cli, get_reply *reply, const kw_download_report *report)
{
    mirror_reply *mirrors = kw_arena_new(cli->arena, report->mirrors_count, sizeof *mirrors);
    if (mirrors == NULL && report->mirrors_count > 0) {
        return KW_NO_MEMORY;
    }
    for (size_t i = 0; i < report->mirrors_count; i++) {
        const kw_download_mirror *from = &report->mirrors[i];
        mirrors[i] = (mirror_reply){
            .url = kw_str_of(from->url), .left = from->is_left, .fault = kw_str_of(from->fault)};
        KW_TRY(number(cli, &mirrors[i].bytes, from->bytes));
    }
    reply->was_there = report->was_there;
    reply->mirrors.items = mirrors;
    reply->mirrors.count = report->mirrors_count;
    KW_TRY(number(cli, &reply->resumed, report->resumed_bytes));
    return number(cli, &reply->received, report->received_bytes);
}

static kw_status params_get(kw_cli *cli, const void *given, kw_error *err)
{
    const get_options *options = given;
    KW_AUTO(kw_client_randomness) randomness = {0};
    kw_download_report report;
    kw_clock clock = kw_clock_system();
    const char *mirrors[KW_MIRRORS_MAX];
    for (size_t i = 0; i < options->mirror.count; i++) {
        mirrors[i] = options->mirror.items[i].ptr;
    }
    KW_REQUIRE(options->offline || options->mirror.count > 0, err, KW_USAGE,
               "give --mirror, or --offline");
    KW_TRY(kw_client_randomness_open(&randomness, err));
    KW_TRY_AT(err, kw_http_client_setup(err), "starting the HTTP client");
    kw_rng rng = kw_client_randomness_rng(&randomness);
    kw_progress progress =
        kw_progress_start(cli, KW_PROGRESS_BYTES, "parameters", 0, kw_monotonic_ns());
    const kw_http_client_options http = {.ca_file = options->ca.ptr, .plain_loopback = true};
    const kw_params_get get = {.metadata_dir = options->metadata_dir.ptr,
                               .metadata_url = options->metadata_url.ptr,
                               .is_offline = options->offline,
                               .keyids = KW_TUF_KEYIDS_STRICT,
                               .now = kw_clock_now_ms(&clock) / MS_PER_S,
                               .download = {.path = options->path,
                                            .file = options->out.ptr,
                                            .mirrors = mirrors,
                                            .mirrors_count = options->mirror.count,
                                            .http = &http,
                                            .rng = &rng,
                                            .bytes_per_s_max = options->limit_rate,
                                            .on_progress = show_progress,
                                            .ctx = &progress}};
    kw_status st = kw_params_get_run(&report, &get, err);
    kw_progress_clear(&progress);
    for (size_t i = 0; i < report.mirrors_count; i++) {
        if (report.mirrors[i].is_left) {
            kw_cli_note(cli, "%s was left: %s", report.mirrors[i].url, report.mirrors[i].fault);
        }
    }
    KW_TRY(st);
    get_reply reply = {.file = options->out};
    KW_TRY_AT(err, fill(cli, &reply, &report), "printing the report");
    return kw_cli_print(cli, &get_reply_schema, &reply, err);
}

const kw_command kw_command_params_get = {
    "params get",
    &get_options_schema,
    params_get,
    "get a parameter file that was signed, from several mirrors",
    .about =
        "Refreshes the metadata, which says what the file must be, and gets the file from all\n"
        "mirrors at once. Each 64 KiB are verified before they are written: a mirror that sends\n"
        "anything else is left and named, a slow one is overtaken. What a download that was\n"
        "stopped has left in FILE.part is used by the next. FILE appears when it is whole; one\n"
        "that is there and right is not asked for. With --offline nobody is asked: metadata and\n"
        "file must be there, be right and not have expired. First trust a root with keyward tuf "
        "init.",
    .examples = {{"keyward params get params/semaphore/1.0.0/semaphore.zkey --mirror "
                  "https://a.example.org --mirror https://b.example.org --metadata-dir trusted "
                  "--out semaphore.zkey",
                  "get a proving key from two mirrors"}},
};
