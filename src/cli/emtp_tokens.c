/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp tokens: records in, match tokens out (emtp.md section 12).
 * Secret inputs: the epoch keys. */
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/remote.h"
#include "client/keyset.h"
#include "emtp/service_tokens.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "os/stream.h"
#include "os/thread.h"

enum {
    NURL_BYTES_MAX = 1024,
    MIB = 1 << 20,
    REFUSED_EXIT = 3
};

typedef struct tokens_options {
    kw_remote_options remote;
    kw_str in;
    kw_str out;
    kw_str keys;
    kw_str kid;
    kw_emtp_profile profile;
    kw_emtp_output format;
    kw_str nurl;
    kw_str country;
    uint32_t threads;
    uint32_t sort_memory;
    bool csv;
    bool wide;
    bool weak;
    bool explain;
    bool allow_test_key;
    int64_t now;
} tokens_options;

static const kw_enum_name profile_names[] = {{"v1", KW_EMTP_V1}, {"v1-ref", KW_EMTP_V1_REF}};

static const kw_enum_name format_names[] = {{"jsonl", KW_EMTP_OUTPUT_JSONL},
                                            {"emtk", KW_EMTP_OUTPUT_EMTK},
                                            {"table", KW_EMTP_OUTPUT_TABLE}};

static const kw_field tokens_fields[] = {
    KW_FIELD(tokens_options, in, KW_REMOTE_PATH_BYTES_MAX, 0,
             .help = "file with records; default: standard input"),
    KW_FIELD(tokens_options, out, KW_REMOTE_PATH_BYTES_MAX, 0,
             .help = "file for the result, mode 0600; default: standard output"),
    KW_FIELD(tokens_options, csv, 0, 0, .help = "the input is CSV with a header row"),
    KW_FIELD(tokens_options, keys, KW_REMOTE_PATH_BYTES_MAX, 0,
             .help = "file with keys, {\"keys\":[...]} as `emtp keys get` writes it"),
    KW_FIELD(tokens_options, kid, KW_EMTP_KID_BYTES_MAX, 0, .made_of = "._-",
             .help = "use this key alone; default: all usable ones, for emtk the current one"),
    KW_FIELD_ENUM(tokens_options, profile, profile_names, 0, .fallback = "v1",
                  .help = "v1-ref: byte-exact with the reference program"),
    KW_FIELD_ENUM(tokens_options, format, format_names, 0, .fallback = "jsonl",
                  .help = "jsonl, a binary token file, or rows of a registry table"),
    KW_FIELD(tokens_options, nurl, NURL_BYTES_MAX, 0,
             .help = "in front of the line number in the keys of table rows"),
    KW_FIELD(tokens_options, country, 2, 0, .min = 2, .fallback = "US",
             .help = "where phone numbers without a country code are from"),
    KW_FIELD(tokens_options, threads, KW_EMTP_TOKEN_THREADS_MAX, 0,
             .help = "threads that compute; default: one for each processor"),
    KW_FIELD(tokens_options, sort_memory, 1 << 20, 0, .min = 1, .fallback = "256",
             .help = "MiB that emtk sorts in before it uses a nameless file in $TMPDIR"),
    KW_FIELD(tokens_options, wide, 0, 0, .help = "more name and address forms"),
    KW_FIELD(tokens_options, weak, 0, 0,
             .help = "accept records without a date of birth or with a month only"),
    KW_FIELD(tokens_options, explain, 0, 0, .help = "show everything that was made of a record"),
    KW_FIELD(tokens_options, allow_test_key, 0, 0,
             .help = "accept the published test key, at any time and from a file that others may "
                     "read; never for real data"),
    KW_FIELD(tokens_options, now, KW_EMTP_MOMENT_MAX, KW_TIME,
             .help = "take the keys of this moment, 2026-01-31T12:00:00Z; default: the clock's"),
    KW_REMOTE_FIELDS(tokens_options),
};
KW_SCHEMA(tokens_options, tokens_fields);

/* The keys of a run. */
typedef struct token_keys {
    kw_client_keyset set;
    kw_hmac_key states[KW_EMTP_TOKEN_KEYS_MAX];
    kw_emtp_token_key rows[KW_EMTP_TOKEN_KEYS_MAX];
    size_t count;
} token_keys;

static void token_keys_drop(token_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        kw_hmac_key_drop(&keys->states[i]);
    }
    kw_client_keyset_drop(&keys->set);
    keys->count = 0;
}

/* Options that do not go together. */
static kw_status check_options(const tokens_options *options, kw_error *err)
{
    bool is_jsonl = options->format == KW_EMTP_OUTPUT_JSONL;
    KW_REQUIRE(!options->weak || is_jsonl, err, KW_USAGE,
               "--weak tokens are for --format jsonl only, never for a registry");
    KW_REQUIRE(!options->explain || is_jsonl, err, KW_USAGE,
               "--explain is JSON: no other --format");
    KW_REQUIRE(options->profile == KW_EMTP_V1 || (!options->weak && !options->wide), err, KW_USAGE,
               "--wide and --weak are of --profile v1");
    KW_REQUIRE(options->nurl.len == 0 || options->format == KW_EMTP_OUTPUT_TABLE, err, KW_USAGE,
               "--nurl is for --format table");
    KW_REQUIRE((options->keys.len > 0) != (options->remote.server.len > 0), err, KW_USAGE,
               "give --keys FILE or --server URL");
    return KW_OK;
}

/* The text of the keys, from a file or a server. */
static kw_status read_keys(kw_secret_bytes *out, const tokens_options *options, kw_error *err)
{
    if (options->keys.len > 0 && options->allow_test_key) {
        KW_AUTO(kw_buf) text = kw_buf_init(KW_CLIENT_ANSWER_BYTES_MAX);
        KW_TRY_AT(err, kw_file_read(&text, options->keys.ptr, err), "reading the keys");
        KW_TRY_AT(err, kw_secret_bytes_append(out, kw_secret_span_of(kw_buf_view(&text))),
                  "reading the keys");
        return KW_OK;
    }
    if (options->keys.len > 0) {
        KW_TRY_AT(err, kw_secret_bytes_read_file(out, options->keys.ptr, true, err),
                  "reading the keys");
        return KW_OK;
    }
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    KW_TRY_AT(err, kw_remote_get_secret(remote, out, "/keys", err), "asking for the keys");
    return KW_OK;
}

/* The published key is for vectors, whose dates are past: it is usable at any time. */
static bool is_usable(const kw_client_key *key, kw_unix_s now)
{
    return kw_client_key_is_usable(key, now) || kw_emtp_is_test_key(kw_secret_key_view(key->key));
}

static void take_key(token_keys *keys, const kw_client_key *key)
{
    size_t at = keys->count++;
    kw_hmac_key_init(&keys->states[at], kw_secret_key_view(key->key));
    keys->rows[at] =
        (kw_emtp_token_key){.kid = kw_emtp_kid_text(&key->kid), .key = &keys->states[at]};
}

/* Takes the keys that the options ask for, newest first, of those that are usable now. */
static kw_status take_keys(token_keys *keys, const tokens_options *options, kw_unix_s now,
                           kw_error *err)
{
    for (size_t i = 0; i < keys->set.count; i++) {
        const kw_client_key *key = &keys->set.keys[i];
        bool is_wanted =
            options->kid.len == 0 || kw_str_equal(kw_emtp_kid_text(&key->kid), options->kid);
        bool is_one_enough = options->format == KW_EMTP_OUTPUT_EMTK && keys->count == 1;
        if (is_wanted && !is_one_enough && is_usable(key, now)) {
            take_key(keys, key);
        }
    }
    KW_REQUIRE(keys->count > 0, err, KW_UNAVAILABLE, "no key%s%.*s is within its time",
               options->kid.len > 0 ? " with the kid " : "", KW_STR_ARG(options->kid));
    return KW_OK;
}

static kw_status load_keys(token_keys *out, const tokens_options *options, kw_unix_s now,
                           kw_error *err)
{
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    KW_TRY(read_keys(&text, options, err));
    kw_client_keyset_rule rule = {.overlap = 1, .accepts_test_key = options->allow_test_key};
    KW_TRY_AT(err, kw_client_keyset_decode(&out->set, kw_secret_bytes_view(&text), &rule, err),
              "reading the keys");
    return take_keys(out, options, now, err);
}

/* Where a run reads and writes. */
typedef struct plumbing {
    kw_cli *cli;
    kw_stream in;
    kw_stream out; /* closed: standard output */
    kw_progress progress;
} plumbing;

static void plumbing_drop(plumbing *p)
{
    kw_progress_clear(&p->progress);
    kw_stream_drop(&p->in);
    kw_stream_drop(&p->out);
}

static kw_status read_input(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    plumbing *p = ctx;
    return kw_stream_read(&p->in, out_len, room, err);
}

static kw_status write_result(void *ctx, kw_span bytes, kw_error *err)
{
    plumbing *p = ctx;
    if (p->out.is_open) {
        return kw_stream_write(&p->out, bytes, err);
    }
    KW_TRY(kw_cli_write(p->cli, bytes, err));
    return kw_cli_flush(p->cli, err);
}

static kw_status write_refusals(void *ctx, kw_span lines, kw_error *err)
{
    plumbing *p = ctx;
    kw_progress_clear(&p->progress);
    KW_REQUIRE(fwrite(lines.ptr, 1, lines.len, p->cli->err) == lines.len &&
                   fflush(p->cli->err) == 0,
               err, KW_IO, "writing to standard error failed");
    return KW_OK;
}

static void show_progress(void *ctx, const kw_emtp_token_totals *totals)
{
    plumbing *p = ctx;
    kw_progress_update(&p->progress, totals->bytes, kw_monotonic_ns());
}

static kw_status open_plumbing(plumbing *p, const tokens_options *options, kw_error *err)
{
    kw_file_info info = {0};
    if (options->in.len == 0) {
        p->in = kw_stream_stdin();
    } else {
        KW_TRY(kw_stream_open(&p->in, options->in.ptr, err));
        KW_TRY(kw_file_stat(&info, options->in.ptr, err));
    }
    if (options->out.len > 0) {
        KW_TRY(kw_stream_create(&p->out, options->out.ptr, 0600, err));
    }
    p->progress = kw_progress_start(p->cli, KW_PROGRESS_BYTES, NULL, info.size, kw_monotonic_ns());
    return KW_OK;
}

static kw_emtp_token_run make_run(const tokens_options *options, const token_keys *keys,
                                  kw_unix_s now)
{
    const char *folder = kw_env_get("TMPDIR");
    return (kw_emtp_token_run){
        .job = {.options = {.profile = options->profile,
                            .wide = options->wide,
                            .weak = options->weak,
                            .phones_not_from_us =
                                !kw_str_equal_nocase(options->country, KW_STR("US"))},
                .output = options->explain ? KW_EMTP_OUTPUT_EXPLAIN : options->format,
                .keys = keys->rows,
                .keys_count = keys->count,
                .nurl = options->nurl,
                .now = now,
                .version = KW_STR(KW_VERSION)},
        .is_csv = options->csv,
        .threads = options->threads > 0
                       ? options->threads
                       : KW_MIN(kw_thread_cpu_count(), (unsigned)KW_EMTP_TOKEN_THREADS_MAX),
        .sort_memory_bytes = (size_t)options->sort_memory * MIB,
        .sort_folder = folder != NULL && folder[0] != '\0' ? folder : "/tmp"};
}

static kw_status tokens(kw_cli *cli, const void *given, kw_error *err)
{
    const tokens_options *options = given;
    kw_clock clock = kw_clock_system();
    kw_unix_s now = options->now != 0 ? options->now : kw_clock_now_ms(&clock) / 1000;
    KW_TRY(check_options(options, err));
    KW_AUTO(token_keys) keys = {.count = 0};
    KW_TRY(load_keys(&keys, options, now, err));
    KW_AUTO(plumbing) p = {.cli = cli};
    KW_TRY(open_plumbing(&p, options, err));
    kw_emtp_token_run run = make_run(options, &keys, now);
    kw_emtp_token_ports ports = {.input = {.read = read_input, .ctx = &p},
                                 .write = write_result,
                                 .refuse = write_refusals,
                                 .progress = show_progress,
                                 .ctx = &p};
    kw_emtp_token_totals totals = {0};
    KW_TRY(kw_emtp_tokens_run(&totals, &run, &ports, err));
    if (p.out.is_open) {
        KW_TRY_AT(err, kw_stream_commit(&p.out, err), "writing the result");
    }
    if (totals.refused > 0) {
        kw_cli_verdict(cli, REFUSED_EXIT);
    }
    return KW_OK;
}

const kw_command kw_command_emtp_tokens = {
    "emtp tokens",
    &tokens_options_schema,
    tokens,
    "compute match tokens of records",
    .about =
        "Reads JSON lines, one record each: {\"full_name\",\"dob\",\"phones\",\"addresses\",\n"
        "\"idnos\"}, or with --csv rows below a header of full_name, dob, phone, address, idno\n"
        "(these three also numbered: phone1, phone2) and the parts of one address line1, line2,\n"
        "city, state, postal_code, country. Writes tokens in the order of the input, in constant\n"
        "memory. A refused record goes to standard error as {\"line\",\"error\",\"member\"}, "
        "never\n"
        "with a value. Tokens are as sensitive as the records: whoever has them and a key can try\n"
        "names and dates until they fit.",
    .examples = {{"keyward emtp tokens --keys keys.json --in patients.jsonl --format emtk "
                  "--out a.emtk",
                  "a token file for `emtp match`"},
                 {"keyward emtp tokens --keys keys.json --csv --in patients.csv --explain",
                  "what was made of each record"}},
    .verdicts = {{REFUSED_EXIT, "done, but some records were refused"}},
};
