/* SPDX-License-Identifier: Apache-2.0
 * keyward audit verify: is an audit folder what its node wrote? */
#include "guard/audit_verify.h"

#include "cli/print.h"
#include "cli/progress.h"
#include "os/clock.h"
#include "os/file.h"

enum {
    KEY_BYTES_MAX = 1024,
    ANCHOR_BYTES_MAX = 16 << 10,
    PATH_BYTES_MAX = 500,
};

typedef struct verify_options {
    kw_str folder;
    kw_str vkey;
    kw_str vkey_file;
    kw_str anchor;
} verify_options;

static const kw_field verify_fields[] = {
    KW_FIELD(verify_options, folder, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "audit folder"),
    KW_FIELD(verify_options, vkey, KEY_BYTES_MAX, 0, .help = "verifier key of the log, as text"),
    KW_FIELD(verify_options, vkey_file, PATH_BYTES_MAX, 0, .help = "file with the verifier key"),
    KW_FIELD(verify_options, anchor, PATH_BYTES_MAX, 0,
             .help = "file with a checkpoint that was kept elsewhere"),
};
KW_SCHEMA(verify_options, verify_fields);

typedef struct verify_reply {
    kw_str verdict;
    kw_str reason;
    kw_str first_bad_sequence;
    uint64_t records;
    uint64_t checkpoints;
    uint64_t segments;
    uint64_t bytes;
    uint64_t tail_bytes;
    kw_hash32 root;
    kw_unix_s first;
    kw_unix_s last;
} verify_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(verify_reply, verdict, 16, KW_REQ),
    KW_FIELD(verify_reply, reason, 96, 0),
    KW_FIELD(verify_reply, first_bad_sequence, 20, 0),
    KW_FIELD(verify_reply, records, UINT64_MAX, KW_REQ),
    KW_FIELD(verify_reply, checkpoints, UINT64_MAX, KW_REQ),
    KW_FIELD(verify_reply, segments, UINT64_MAX, KW_REQ),
    KW_FIELD(verify_reply, bytes, UINT64_MAX, KW_REQ),
    KW_FIELD(verify_reply, tail_bytes, UINT64_MAX, 0),
    KW_FIELD(verify_reply, root, 0, KW_REQ),
    KW_FIELD(verify_reply, first, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(verify_reply, last, INT64_MAX, KW_REQ | KW_TIME),
};
KW_SCHEMA(verify_reply, reply_fields);

static const char *const verdict_names[] = {
    [KW_AUDIT_INTACT] = "intact",
    [KW_AUDIT_ALTERED] = "altered",
    [KW_AUDIT_TRUNCATED] = "truncated",
    [KW_AUDIT_UNREADABLE] = "unreadable",
};

static void show_progress(void *data, uint64_t bytes_done, uint64_t bytes_all)
{
    kw_progress *progress = data;
    progress->total = bytes_all;
    kw_progress_update(progress, bytes_done, kw_monotonic_ns());
}

/* A text of the verifier's input; a file that cannot be read is an input error, not ours. */
static kw_status read_text(kw_cli *cli, kw_str *out, kw_str path, size_t bytes_max, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(bytes_max);
    kw_status st = kw_file_read(&text, path.ptr, err);
    if (st != KW_OK) {
        kw_cli_note(cli, "%s", err->text);
        kw_cli_verdict(cli, KW_AUDIT_UNREADABLE);
        return KW_END;
    }
    KW_TRY_AT(err, kw_arena_copy_str(cli->arena, out, kw_buf_text(&text)), "reading a file");
    return KW_OK;
}

static kw_status read_inputs(kw_cli *cli, kw_audit_verify_options *out,
                             const verify_options *options, kw_error *err)
{
    KW_REQUIRE((options->vkey.len > 0) != (options->vkey_file.len > 0), err, KW_USAGE,
               "give --vkey or --vkey-file");
    out->folder = options->folder.ptr;
    out->vkey = options->vkey;
    if (options->vkey_file.len > 0) {
        KW_TRY(read_text(cli, &out->vkey, options->vkey_file, KEY_BYTES_MAX, err));
    }
    if (options->anchor.len > 0) {
        KW_TRY(read_text(cli, &out->anchor, options->anchor, ANCHOR_BYTES_MAX, err));
        if (out->anchor.len == 0) {
            out->anchor = KW_STR("\n"); /* an empty file is no checkpoint, not a missing option */
        }
    }
    return KW_OK;
}

static kw_status print_report(kw_cli *cli, const kw_audit_report *report, kw_error *err)
{
    verify_reply reply = {.verdict = kw_str_of(verdict_names[report->verdict]),
                          .records = report->records,
                          .checkpoints = report->checkpoints,
                          .segments = report->segments,
                          .bytes = report->bytes,
                          .tail_bytes = report->tail_bytes,
                          .root = report->root,
                          .first = report->first_ms / 1000,
                          .last = report->last_ms / 1000};
    if (report->reason[0] != '\0') {
        reply.reason = kw_str_of(report->reason);
    }
    if (report->bad_sequence != UINT64_MAX) {
        KW_TRY_AT(err,
                  kw_arena_format(cli->arena, &reply.first_bad_sequence, "%llu",
                                  (unsigned long long)report->bad_sequence),
                  "printing the report");
    }
    return kw_cli_print(cli, &verify_reply_schema, &reply, err);
}

static kw_status verify(kw_cli *cli, const void *given, kw_error *err)
{
    kw_progress progress =
        kw_progress_start(cli, KW_PROGRESS_BYTES, "audit log", 0, kw_monotonic_ns());
    kw_audit_verify_options options = {.progress = show_progress, .data = &progress};
    kw_status st = read_inputs(cli, &options, given, err);
    if (st == KW_END) { /* the verdict is given */
        return KW_OK;
    }
    KW_TRY(st);
    kw_audit_report report;
    st = kw_audit_verify(&report, &options, err);
    kw_progress_clear(&progress);
    KW_TRY(st);
    if (report.verdict != KW_AUDIT_INTACT) {
        kw_cli_verdict(cli, (int)report.verdict);
    }
    return print_report(cli, &report, err);
}

const kw_command kw_command_audit_verify = {
    "audit verify",
    &verify_options_schema,
    verify,
    "check an audit folder offline",
    .about =
        "Reads every record and checkpoint of the folder: that each record continues the one "
        "before\n"
        "it, and that the signed checkpoints fit. The daemon may go on writing meanwhile. Whether\n"
        "the newest records were cut away only an anchor can tell: a checkpoint of this log that\n"
        "was kept elsewhere.",
    .examples = {{"keyward audit verify data/audit --vkey-file data/audit/vkey",
                  "with the key that lies beside the log"},
                 {"keyward audit verify data/audit --vkey-file node.vkey --anchor monday.note",
                  "with a key and a checkpoint that were kept elsewhere"}},
    .verdicts = {{KW_AUDIT_ALTERED, "altered: edited, deleted, reordered, inserted or forked"},
                 {KW_AUDIT_TRUNCATED, "truncated: records that a checkpoint covers are missing"},
                 {KW_AUDIT_UNREADABLE, "input error: folder, key or anchor cannot be read"}},
};
