/* SPDX-License-Identifier: Apache-2.0
 * keyward tuf: a client of TUF repositories, with the command line of the public conformance suite.
 * It ends with 0 or 1 whatever went wrong. */
#include "cli/commands.h"
#include "cli/print.h"
#include "client/refresh.h"
#include "client/target.h"
#include "os/clock.h"
#include "os/file.h"

enum {
    REFUSED = 1,
    PATH_BYTES_MAX = 2000,
    ANSWER_BYTES_MAX = 1 << 20, /* of the page that says that there is no such file */
};

typedef enum tuf_action {
    ACTION_INIT = 1, /* 0: not given */
    ACTION_REFRESH,
    ACTION_DOWNLOAD,
} tuf_action;

typedef struct tuf_options {
    kw_str metadata_dir;
    kw_str metadata_url;
    kw_strs target_name;
    kw_str target_dir;
    kw_str target_base_url;
    kw_str ca;
    tuf_action action;
    kw_str root;
} tuf_options;

static const kw_enum_name action_names[] = {
    {"init", ACTION_INIT}, {"refresh", ACTION_REFRESH}, {"download", ACTION_DOWNLOAD}};

static const kw_field tuf_fields[] = {
    KW_FIELD(tuf_options, metadata_dir, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "folder of the trusted metadata"),
    KW_FIELD(tuf_options, metadata_url, PATH_BYTES_MAX, 0,
             .help = "where the repository has its metadata; https, or http on this machine"),
    KW_FIELD(tuf_options, target_name, KW_TUF_PATH_BYTES_MAX, 0,
             .help = "path of a target file in the repository; may be given several times"),
    KW_FIELD(tuf_options, target_dir, PATH_BYTES_MAX, 0, .help = "folder for target files"),
    KW_FIELD(tuf_options, target_base_url, PATH_BYTES_MAX, 0,
             .help = "where the repository has its target files"),
    KW_FIELD(tuf_options, ca, PATH_BYTES_MAX, 0,
             .help = "PEM file with the authorities of the server; default: the system's"),
    KW_FIELD_ENUM(tuf_options, action, action_names, KW_OPERAND | KW_REQ,
                  .help = "init, refresh or download"),
    KW_FIELD(tuf_options, root, PATH_BYTES_MAX, KW_OPERAND, .help = "for init: root.json to trust"),
};
KW_SCHEMA(tuf_options, tuf_fields);

static kw_status check_usage(const tuf_options *options, kw_error *err)
{
    bool is_init = options->action == ACTION_INIT;
    KW_REQUIRE(is_init == (options->root.len > 0), err, KW_USAGE,
               is_init ? "init needs the file of a root" : "only init takes the file of a root");
    KW_REQUIRE(is_init || options->metadata_url.len > 0, err, KW_USAGE, "give --metadata-url");
    KW_REQUIRE(options->action != ACTION_DOWNLOAD ||
                   (options->target_name.count > 0 && options->target_dir.len > 0 &&
                    options->target_base_url.len > 0),
               err, KW_USAGE, "give --target-name, --target-dir and --target-base-url");
    return KW_OK;
}

static kw_status init(const tuf_options *options, kw_error *err)
{
    KW_AUTO(kw_buf) root = kw_buf_init(KW_TUF_ROOT_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&root, options->root.ptr, err), "reading the root");
    return kw_client_refresh_init(options->metadata_dir.ptr, kw_buf_view(&root),
                                  KW_TUF_KEYIDS_OPAQUE, err);
}

static kw_status download(const tuf_options *options, kw_client_refresh *refresh,
                          kw_http_client *http, kw_error *err)
{
    for (size_t i = 0; i < options->target_name.count; i++) {
        kw_client_target target = {.path = options->target_name.items[i],
                                   .has_prefix = kw_client_refresh_has_prefixes(refresh),
                                   .folder = options->target_dir.ptr,
                                   .base_url = options->target_base_url.ptr,
                                   .http = http};
        KW_TRY_AT(err, kw_client_refresh_seek(refresh, &target.content, target.path, err),
                  "looking for target %zu", i + 1);
        KW_TRY_AT(err, kw_client_target_get(&target, err), "downloading target %zu", i + 1);
    }
    return KW_OK;
}

static kw_status visit(const tuf_options *options, kw_error *err)
{
    KW_AUTO_PTR(kw_http_client) http = NULL;
    KW_AUTO_PTR(kw_client_refresh) refresh = NULL;
    const kw_http_client_options http_options = {
        .ca_file = options->ca.ptr, .body_bytes_max = ANSWER_BYTES_MAX, .plain_loopback = true};
    kw_clock clock = kw_clock_system();
    KW_TRY_AT(err, kw_http_client_setup(err), "starting the HTTP client");
    KW_TRY(kw_http_client_new(&http, &http_options, err));
    const kw_client_refresh_options refresh_options = {.folder = options->metadata_dir.ptr,
                                                       .metadata_url = options->metadata_url.ptr,
                                                       .http = http,
                                                       .now = kw_clock_now_ms(&clock) / 1000,
                                                       .keyids = KW_TUF_KEYIDS_OPAQUE};
    KW_TRY(kw_client_refresh_open(&refresh, &refresh_options, err));
    return download(options, refresh, http, err);
}

typedef struct tuf_reply {
    kw_str status;
    kw_str reason;
} tuf_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(tuf_reply, status, 32, KW_REQ),
    KW_FIELD(tuf_reply, reason, KW_ERROR_TEXT_BYTES, 0),
};
KW_SCHEMA(tuf_reply, reply_fields);

static kw_status tuf(kw_cli *cli, const void *given, kw_error *err)
{
    const tuf_options *options = given;
    KW_TRY(check_usage(options, err));
    kw_error why = {0};
    kw_status st = options->action == ACTION_INIT ? init(options, &why) : visit(options, &why);
    kw_cli_verdict(cli, st == KW_OK ? 0 : REFUSED);
    tuf_reply reply = {.status = kw_str_of(kw_status_name(st))};
    if (st != KW_OK) {
        reply.reason = kw_str_of(why.text);
    }
    return kw_cli_print(cli, &tuf_reply_schema, &reply, err);
}

const kw_command kw_command_tuf = {
    "tuf",
    &tuf_options_schema,
    tuf,
    "follow a repository of The Update Framework",
    .about =
        "init trusts a root.json, without a request. refresh brings the metadata in the folder up\n"
        "to date: it believes what enough keys have signed, what has not expired and what is no\n"
        "older than before. download refreshes and gets target files, which appear under their\n"
        "quoted paths when all of their bytes are right; one that is there already is not asked\n"
        "for. Options and exit codes are those of the conformance suite of TUF clients.",
    .examples = {{"keyward tuf --metadata-dir trusted init root.json", "trust a first root"},
                 {"keyward tuf --metadata-dir trusted --metadata-url https://example.org/metadata "
                  "--target-name a/b --target-dir files --target-base-url "
                  "https://example.org/targets download",
                  "refresh and get a file"}},
    .verdicts = {{0, "done"},
                 {REFUSED,
                  "not done: not verified, expired, rolled back, not there or no network"}},
};
