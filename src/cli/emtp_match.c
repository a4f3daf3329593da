/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp match: which rows of two token files share tokens (emtp.md section 12). */
#include "cli/print.h"
#include "codec/json.h"
#include "emtp/service_join.h"
#include "os/thread.h"

#include <inttypes.h>

enum {
    PATH_BYTES_MAX = 4096,
    OUT_BYTES_MAX = 64 * 1024
};

typedef enum match_format {
    FORMAT_TEXT,
    FORMAT_JSONL
} match_format;

typedef struct match_options {
    kw_str a;
    kw_str b;
    bool tiers;
    match_format format;
    uint32_t threads;
    uint32_t max_bucket;
    uint64_t max_pairs;
} match_options;

static const kw_enum_name format_names[] = {{"text", FORMAT_TEXT}, {"jsonl", FORMAT_JSONL}};

static const kw_field match_fields[] = {
    KW_FIELD(match_options, a, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "a token file"),
    KW_FIELD(match_options, b, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "another one, of the same key"),
    KW_FIELD(match_options, tiers, 0, 0, .help = "also the best tier of the shared tokens"),
    KW_FIELD_ENUM(match_options, format, format_names, 0, .fallback = "text",
                  .help = "columns, or one JSON object a line (also with --json)"),
    KW_FIELD(match_options, threads, KW_EMTP_JOIN_THREADS_MAX, 0,
             .help = "threads that join; default: one for each processor"),
    KW_FIELD(match_options, max_bucket, 1 << 20, 0, .min = 2, .fallback = "64",
             .help = "a token in more rows than this is a placeholder and is skipped"),
    KW_FIELD(match_options, max_pairs, UINT64_C(1) << 40, 0, .min = 1, .fallback = "50000000",
             .help = "most shared tokens and pairs; 32 bytes of memory each"),
};
KW_SCHEMA(match_options, match_fields);

static kw_status append_json(kw_buf *out, const kw_emtp_pair *pair, kw_str kid, bool has_tier)
{
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("a"));
    kw_json_write_u64(&w, pair->a);
    kw_json_write_key(&w, KW_STR("b"));
    kw_json_write_u64(&w, pair->b);
    kw_json_write_key(&w, KW_STR("shared"));
    kw_json_write_u64(&w, pair->shared);
    if (has_tier) {
        kw_json_write_key(&w, KW_STR("tier"));
        kw_json_write_u64(&w, pair->tier);
    }
    kw_json_write_key(&w, KW_STR("kid"));
    kw_json_write_str(&w, kid);
    kw_json_close_object(&w);
    KW_TRY(kw_json_write_end(&w));
    return kw_buf_append_byte(out, '\n');
}

static kw_status append_text(kw_buf *out, const kw_emtp_pair *pair, kw_str kid, bool has_tier)
{
    KW_TRY(kw_buf_append_format(out, "%10" PRIu32 "  %10" PRIu32 "  %6" PRIu32, pair->a, pair->b,
                                pair->shared));
    if (has_tier) {
        KW_TRY(kw_buf_append_format(out, "  %4" PRIu32, pair->tier));
    }
    return kw_buf_append_format(out, "  %.*s\n", KW_STR_ARG(kid));
}

static kw_status print_pairs(kw_cli *cli, const kw_emtp_joined *joined,
                             const match_options *options, kw_error *err)
{
    bool is_json = cli->is_json || options->format == FORMAT_JSONL;
    kw_str kid = kw_str_of(joined->kid);
    KW_AUTO(kw_buf) out = kw_buf_init(OUT_BYTES_MAX);
    if (!is_json) {
        KW_TRY_AT(err,
                  kw_buf_append_format(&out, "%10s  %10s  %6s%s  %s\n", "a", "b", "shared",
                                       options->tiers ? "  tier" : "", "kid"),
                  "printing pairs");
    }
    for (size_t i = 0; i < joined->join.pairs.count; i++) {
        const kw_emtp_pair *pair = &joined->join.pairs.items[i];
        KW_TRY_AT(err,
                  is_json ? append_json(&out, pair, kid, options->tiers)
                          : append_text(&out, pair, kid, options->tiers),
                  "printing pairs");
        if (out.len > OUT_BYTES_MAX / 2) {
            KW_TRY(kw_cli_write(cli, kw_buf_view(&out), err));
            kw_buf_clear(&out);
        }
    }
    return kw_cli_write(cli, kw_buf_view(&out), err);
}

static kw_status match(kw_cli *cli, const void *given, kw_error *err)
{
    const match_options *options = given;
    unsigned cpus = KW_MIN(kw_thread_cpu_count(), (unsigned)KW_EMTP_JOIN_THREADS_MAX);
    kw_emtp_join_options join = {.path_a = options->a.ptr,
                                 .path_b = options->b.ptr,
                                 .threads = options->threads > 0 ? options->threads : cpus,
                                 .bucket_max = options->max_bucket,
                                 .pairs_max = options->max_pairs};
    KW_AUTO(kw_emtp_joined) joined = {.kid = ""};
    KW_TRY(kw_emtp_join_files(&joined, &join, err));
    KW_TRY(print_pairs(cli, &joined, options, err));
    kw_cli_note(cli, "%zu pairs share %" PRIu64 " tokens; %" PRIu64 " more are in too many rows",
                joined.join.pairs.count, joined.join.tokens_shared - joined.join.tokens_skipped,
                joined.join.tokens_skipped);
    return KW_OK;
}

const kw_command kw_command_emtp_match = {
    "emtp match",
    &match_options_schema,
    match,
    "find the rows of two token files that share tokens",
    .about =
        "Joins two token files of the same key. For every pair of rows: row of A, row of B (lines\n"
        "of the input they were made of), number of shared tokens, with --tiers the best of their\n"
        "tiers (1 is best; 0: profile v1-ref), and the kid. A match is a candidate: twins and\n"
        "common names collide, so confirm it before it is used.",
    .examples = {{"keyward emtp match a.emtk b.emtk --tiers", "who is in both files"}},
};
