/* SPDX-License-Identifier: Apache-2.0
 * keyward params check: are files of parameters what their mathematics asks for? Source:
 * distribution.md section 6. */
#include "params/engine/zk/check.h"
#include "params/engine/zk/zkey_circuit.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/randomness.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/stream.h"

#include <inttypes.h>

enum {
    FILES_MAX = 16,
    PATH_BYTES_MAX = 500,
    DETAIL_BYTES_MAX = 160,
    VALID = 0,
    INVALID = 1,
};

static const kw_enum_name levels[] = {
    {"quick", KW_ZK_QUICK}, {"points", KW_ZK_POINTS}, {"full", KW_ZK_FULL}};

typedef struct check_options {
    kw_strs files;
    kw_zk_level level;
} check_options;

static const kw_field check_fields[] = {
    KW_FIELD(check_options, files, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .items_max = FILES_MAX,
             .help = "files: .ptau, .zkey, .r1cs, verification key (JSON), trusted_setup.txt"),
    KW_FIELD_ENUM(check_options, level, levels, 0, .fallback = "full",
                  .help = "how far to look: structure; every point; how they belong together"),
};
KW_SCHEMA(check_options, check_fields);

typedef struct file_reply {
    kw_str file;
    kw_str verdict;
    kw_str kind;
    kw_str curve;
    kw_str detail;
    kw_str reason;
    kw_str cause;
    uint32_t section;
    kw_str part;
    kw_str index;
    kw_str byte;
} file_reply;

static const kw_field file_fields[] = {
    KW_FIELD(file_reply, file, PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(file_reply, verdict, 16, KW_REQ),
    KW_FIELD(file_reply, kind, 16, KW_REQ),
    KW_FIELD(file_reply, curve, 16, 0),
    KW_FIELD(file_reply, detail, DETAIL_BYTES_MAX, 0),
    KW_FIELD(file_reply, reason, KW_ERROR_TEXT_BYTES, 0),
    KW_FIELD(file_reply, cause, 32, 0),
    KW_FIELD(file_reply, section, UINT32_MAX, 0),
    KW_FIELD(file_reply, part, 32, 0),
    KW_FIELD(file_reply, index, 20, 0),
    KW_FIELD(file_reply, byte, 20, 0),
};
KW_SCHEMA(file_reply, file_fields);

typedef struct check_reply {
    kw_str verdict;
    kw_str level;
    struct {
        file_reply *items;
        size_t count;
    } files;
} check_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(check_reply, verdict, 16, KW_REQ),
    KW_FIELD(check_reply, level, 16, KW_REQ),
    KW_FIELD_LIST(check_reply, files, &file_reply_schema, FILES_MAX, KW_REQ),
};
KW_SCHEMA(check_reply, reply_fields);

/* A file that is open, and its check. */
typedef struct open_file {
    kw_stream stream;
    kw_zk_source source;
    kw_zk_job job;
    kw_zk_report report;
    kw_progress progress;
    uint64_t done; /* bytes of points */
} open_file;

static void open_file_drop(open_file *file)
{
    kw_stream_drop(&file->stream);
    kw_zk_report_drop(&file->report);
}

static kw_status read_stream(void *ctx, uint64_t at, kw_mspan room, kw_error *err)
{
    return kw_stream_read_at(ctx, at, room, err);
}

static void show_progress(void *user, uint64_t bytes)
{
    open_file *file = user;
    file->done += bytes;
    kw_progress_update(&file->progress, KW_MIN(file->done, file->source.size), kw_monotonic_ns());
}

static kw_status open_one(open_file *out, kw_cli *cli, const char *path, const kw_rng *rng,
                          kw_error *err)
{
    kw_file_info info;
    KW_TRY_AT(err, kw_file_stat(&info, path, err), "looking at %s", path);
    KW_REQUIRE(!info.is_directory, err, KW_BAD_INPUT, "%s is a folder", path);
    KW_TRY_AT(err, kw_stream_open(&out->stream, path, err), "opening %s", path);
    out->source = (kw_zk_source){read_stream, &out->stream, info.size};
    out->progress =
        kw_progress_start(cli, KW_PROGRESS_BYTES, "parameters", info.size, kw_monotonic_ns());
    out->job.source = &out->source;
    out->job.progress = show_progress;
    out->job.user = out;
    KW_TRY_AT(err, kw_rng_fill(rng, KW_MSPAN(out->job.seed.bytes)), "drawing multipliers");
    return KW_OK;
}

/* What a valid file has. */
static kw_status describe(kw_cli *cli, kw_str *out, const open_file *file)
{
    const kw_zk_report *r = &file->report;
    switch (r->kind) {
    case KW_ZK_UNKNOWN:
        return KW_OK;
    case KW_ZK_PTAU:
        return kw_arena_format(cli->arena, out, "power %u of %u, %" PRIu32 " contributions%s",
                               r->ptau.power, r->ptau.ceremony_power, r->ptau.contributions,
                               r->ptau.is_prepared ? ", prepared" : "");
    case KW_ZK_ZKEY:
        return kw_arena_format(cli->arena, out,
                               "groth16, %" PRIu32 " signals, %" PRIu32 " public, domain %" PRIu32
                               ", %" PRIu32 " contributions",
                               r->zkey.vars, r->zkey.public_count, r->zkey.domain,
                               r->zkey.contributions);
    case KW_ZK_R1CS:
        return kw_arena_format(cli->arena, out,
                               "%" PRIu32 " constraints, %" PRIu32 " wires, %" PRIu32 " public",
                               r->r1cs.constraints, r->r1cs.wires, r->r1cs.public_count);
    case KW_ZK_VKEY:
        return kw_arena_format(cli->arena, out, "groth16, %" PRIu32 " public",
                               r->vkey.public_count);
    case KW_ZK_KZG:
        return kw_arena_format(cli->arena, out, "%zu points of G1, %zu of G2%s", r->kzg.g1_count,
                               r->kzg.g2_count,
                               r->kzg.is_bit_reversed ? ", Lagrange form bit-reversed" : "");
    }
    return KW_OK;
}

static kw_status add_fault(kw_cli *cli, file_reply *out, const kw_zk_fault *fault,
                           const kw_error *why)
{
    const kw_zk_place *place = &fault->place;
    out->verdict = KW_STR("invalid");
    out->cause = kw_str_of(kw_status_name(fault->cause));
    out->section = place->section;
    out->part = kw_str_of(place->part);
    if (place->index != KW_ZK_NO_INDEX) {
        KW_TRY(kw_arena_format(cli->arena, &out->index, "%" PRIu64, place->index));
    }
    if (place->offset != KW_ZK_NO_OFFSET) {
        KW_TRY(kw_arena_format(cli->arena, &out->byte, "%" PRIu64, place->offset));
    }
    return kw_arena_copy_str(cli->arena, &out->reason, kw_str_of(why->text));
}

static kw_status fill(kw_cli *cli, file_reply *out, const open_file *file, kw_status st,
                      const kw_error *why)
{
    const kw_zk_curve *curve = kw_zk_report_curve(&file->report);
    out->verdict = KW_STR("valid");
    out->kind = kw_str_of(kw_zk_kind_name(file->report.kind));
    out->curve = kw_str_of(curve == NULL ? NULL : curve->name);
    return st == KW_OK ? describe(cli, &out->detail, file)
                       : add_fault(cli, out, &file->report.fault, why);
}

/* Checks one file; a refusal is an answer, all else is an error. */
static kw_status check_one(kw_cli *cli, file_reply *out, open_file *file, kw_error *err)
{
    kw_error why = {.status = KW_OK};
    kw_status st = kw_zk_check(&file->report, &file->job, &why);
    kw_progress_clear(&file->progress);
    KW_REQUIRE(st == KW_OK || st == KW_ZK_INVALID, err, st, "%s: while checking %.*s", why.text,
               KW_STR_ARG(out->file));
    KW_TRY_AT(err, fill(cli, out, file, st, &why), "printing the report");
    return KW_OK;
}

static bool is_valid(const check_reply *reply, size_t index)
{
    return kw_str_equal(reply->files.items[index].verdict, KW_STR("valid"));
}

/* The first valid file of a kind from `from` on; the number of files: there is none. */
static size_t find(const check_reply *reply, const open_file *files, kw_zk_kind kind, size_t from)
{
    size_t i = from;
    while (i < reply->files.count && (files[i].report.kind != kind || !is_valid(reply, i))) {
        i++;
    }
    return i;
}

/* What two files say of each other is said of the proving key. */
static kw_status note_refusal(kw_cli *cli, file_reply *out, open_file *key, kw_status st,
                              const kw_error *why, kw_error *err)
{
    KW_REQUIRE(st == KW_OK || st == KW_ZK_INVALID, err, st, "%s", why->text);
    if (st == KW_ZK_INVALID) {
        KW_TRY_AT(err, add_fault(cli, out, &key->report.fault, why), "printing the report");
    }
    return KW_OK;
}

/* A proving key belongs to every verification key, and to the circuit and the ceremony, beside
 * it. */
static kw_status bind_key(kw_cli *cli, check_reply *reply, open_file *files, size_t key,
                          kw_error *err)
{
    open_file *zkey = &files[key];
    const size_t count = reply->files.count;
    kw_error why = {.status = KW_OK};
    for (size_t i = find(reply, files, KW_ZK_VKEY, 0); i < count;
         i = find(reply, files, KW_ZK_VKEY, i + 1)) {
        kw_status st =
            kw_zk_vkey_match(&zkey->report.fault, &files[i].report.vkey, &zkey->job, &why);
        KW_TRY(note_refusal(cli, &reply->files.items[key], zkey, st, &why, err));
    }
    size_t ptau = find(reply, files, KW_ZK_PTAU, 0);
    size_t r1cs = find(reply, files, KW_ZK_R1CS, 0);
    if (zkey->job.level < KW_ZK_FULL || ptau == count || r1cs == count || !is_valid(reply, key)) {
        return KW_OK;
    }
    const kw_zk_circuit_job job = {&zkey->job, &files[ptau].job, &files[r1cs].source};
    kw_status st = kw_zk_zkey_circuit_check(&zkey->report.fault, &job, &why);
    return note_refusal(cli, &reply->files.items[key], zkey, st, &why, err);
}

static kw_status bind_keys(kw_cli *cli, check_reply *reply, open_file *files, kw_error *err)
{
    const size_t count = reply->files.count;
    for (size_t i = find(reply, files, KW_ZK_ZKEY, 0); i < count;
         i = find(reply, files, KW_ZK_ZKEY, i + 1)) {
        KW_TRY(bind_key(cli, reply, files, i, err));
    }
    return KW_OK;
}

typedef struct open_files {
    open_file *items; /* in the arena of the command; what they hold is owned */
    size_t count;
} open_files;

static void open_files_drop(open_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        open_file_drop(&files->items[i]);
    }
}

static kw_status check_files(kw_cli *cli, check_reply *reply, open_files *files,
                             const check_options *options, kw_error *err)
{
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_TRY(kw_client_randomness_open(&randomness, err));
    const kw_rng rng = kw_client_randomness_rng(&randomness);
    for (size_t i = 0; i < options->files.count; i++) {
        open_file *file = &files->items[i];
        const kw_str path = options->files.items[i];
        files->count = i + 1;
        reply->files.count = i + 1;
        reply->files.items[i] = (file_reply){.file = path};
        file->job.level = options->level;
        KW_TRY(open_one(file, cli, path.ptr, &rng, err));
        KW_TRY(check_one(cli, &reply->files.items[i], file, err));
    }
    return bind_keys(cli, reply, files->items, err);
}

static kw_status check(kw_cli *cli, const void *given, kw_error *err)
{
    const check_options *options = given;
    const size_t count = options->files.count;
    check_reply reply = {.level = kw_str_of(levels[options->level].name)};
    KW_AUTO(open_files) files = {.items = kw_arena_new(cli->arena, count, sizeof *files.items)};
    reply.files.items = kw_arena_new(cli->arena, count, sizeof *reply.files.items);
    KW_REQUIRE(files.items != NULL && reply.files.items != NULL, err, KW_NO_MEMORY,
               "no memory for the report");
    KW_TRY(check_files(cli, &reply, &files, options, err));
    bool are_valid = true;
    for (size_t i = 0; i < reply.files.count; i++) {
        are_valid = are_valid && is_valid(&reply, i);
    }
    reply.verdict = are_valid ? KW_STR("valid") : KW_STR("invalid");
    kw_cli_verdict(cli, are_valid ? VALID : INVALID);
    return kw_cli_print(cli, &check_reply_schema, &reply, err);
}

const kw_command kw_command_params_check = {
    "params check",
    &check_options_schema,
    check,
    "check files of a ceremony down to each point",
    .about =
        "Reads powers of tau and proving keys of snarkjs (BN254, BLS12-381), verification keys "
        "and\n"
        "Ethereum's KZG setup, and says whether they are what their mathematics asks for. Nothing\n"
        "is fetched, and a file of gigabytes takes a few megabytes of memory.\n"
        "--level quick reads structure and the points of headers; points looks at every point by\n"
        "itself: canonical, on the curve, in its group; full also at how they belong together:\n"
        "powers, Lagrange bases, the chain of contributions with its proofs and beacons. A\n"
        "verification key beside a proving key must be its own; at full, with the circuit (.r1cs)\n"
        "and the prepared ceremony (.ptau) beside it, so must every point of the proving key.\n"
        "A refusal names section, point and byte. Names of contributors, and hashes that only the\n"
        "files between two contributions would prove, are bound by nothing in the file.",
    .examples = {{"keyward params check pot_final.ptau", "a ceremony, all of it"},
                 {"keyward params check circuit.zkey vk.json", "both keys of a circuit"},
                 {"keyward params check circuit.zkey circuit.r1cs pot_final.ptau",
                  "a key, from the circuit and the ceremony it was made of"},
                 {"keyward params check trusted_setup.txt --level points --json",
                  "Ethereum's setup, point by point, as JSON"}},
    .verdicts = {{VALID, "valid: all files are what they should be"},
                 {INVALID, "invalid: a file is refused; the report says which, why and where"}},
};
