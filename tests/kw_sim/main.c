/* SPDX-License-Identifier: Apache-2.0
 * kw-sim: whole clusters on virtual time, with faults drawn from a seed. The last line tells
 * sessions, violations and sessions per second; exit 0 only with no violation. */
#include "base/heap.h"
#include "config/args.h"
#include "kw_sim/faults.h"
#include "kw_sim/jobs.h"
#include "os/stream.h"
#include "support/toy_group.h"

#include <stdio.h>

enum {
    WORDS_MAX = 32,
    N_MAX = 128,
    SESSIONS_MAX = 100000000,
    ARGS_BYTES = 64 << 10,
    NS_PER_MS = 1000000,
    SHOWN_EACH_NS = 500 * NS_PER_MS,
    EXIT_VIOLATION = 1,
};

typedef enum group_name {
    GROUP_BLS12_381,
    GROUP_TOY,
} group_name;

typedef enum signer_name {
    SIGNER_MIXED,
    SIGNER_ED25519,
    SIGNER_BN254,
} signer_name;

static const kw_enum_name groups[] = {{"bls12-381", GROUP_BLS12_381}, {"toy", GROUP_TOY}};
static const kw_enum_name signers[] = {
    {"mixed", SIGNER_MIXED}, {"ed25519", SIGNER_ED25519}, {"bn254", SIGNER_BN254}};

typedef struct sim_command {
    kw_str n;
    uint64_t sessions;
    uint64_t seed;
    uint32_t jobs;
    uint16_t suite;
    signer_name signer;
    group_name group;
    kw_str fault;
    bool quiet;
    bool trace;
    bool json;
    bool help;
} sim_command;

static const kw_field sim_command_fields[] = {
    KW_FIELD(sim_command, n, 16, 0, .fallback = "4..16", .help = "members of the first roster"),
    KW_FIELD(sim_command, sessions, SESSIONS_MAX, 0, .min = 1, .fallback = "1000",
             .help = "how many at least; each run has several"),
    KW_FIELD(sim_command, seed, UINT64_MAX, 0, .fallback = "1",
             .help = "of the first run; each next one counts one further"),
    KW_FIELD(sim_command, jobs, SIM_JOBS_MAX, 0, .min = 1, .fallback = "1",
             .help = "processes that share the sessions; neighbouring seeds go to different ones"),
    KW_FIELD(sim_command, suite, 2, 0, .help = "1 Feldman, 2 Pedersen; otherwise by the seed"),
    KW_FIELD_ENUM(sim_command, signer, signers, 0, .fallback = "mixed",
                  .help = "signatures of messages"),
    KW_FIELD_ENUM(sim_command, group, groups, 0, .fallback = "bls12-381",
                  .help = "where the key lives; toy: a small one, for many sessions"),
    KW_FIELD(sim_command, fault, 64, 0, .help = "this behaviour alone, by f members"),
    KW_FIELD(sim_command, trace, 1, 0, .help = "each step of each operator, on standard error"),
    KW_FIELD(sim_command, quiet, 1, 0, .help = "calm weather, and nobody fails"),
    KW_FIELD(sim_command, json, 1, 0, .help = "the result as a JSON object"),
    KW_FIELD(sim_command, help, 1, 0, .help = "this text"),
};
KW_SCHEMA(sim_command, sim_command_fields);

/* "4..16" or "7". */
static kw_status read_range(sim_options *out, kw_str text, kw_error *err)
{
    uint64_t low = 0;
    uint64_t high = 0;
    kw_str first = text;
    kw_str last = text;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == '.' && text.ptr[i + 1] == '.') {
            first = (kw_str){text.ptr, i};
            last = (kw_str){&text.ptr[i + 2], text.len - i - 2};
            break;
        }
    }
    bool is_good = kw_str_to_u64(first, N_MAX, &low) && kw_str_to_u64(last, N_MAX, &high);
    KW_REQUIRE(is_good && low >= 1 && low <= high, err, KW_USAGE,
               "--n is a number from 1 to 128, or two of them: 4..16");
    out->n_min = (uint16_t)low;
    out->n_max = (uint16_t)high;
    return KW_OK;
}

static kw_status find_fault(sim_options *out, kw_str name, kw_error *err)
{
    for (size_t i = 0; name.len > 0 && i < sim_faults_count; i++) {
        if (kw_str_equal(name, kw_str_of(sim_faults[i].name))) {
            out->only = &sim_faults[i];
            return KW_OK;
        }
    }
    KW_REQUIRE(name.len == 0, err, KW_USAGE, "--fault: there is no such behaviour");
    return KW_OK;
}

static kw_status read_options(sim_options *out, const sim_command *command, kw_error *err)
{
    static const uint8_t curves[] = {0, PEER_ED25519, KW_PEER_BN254};
    *out = (sim_options){
        .suite = (uint8_t)command->suite,
        .curve = curves[command->signer],
        .is_quiet = command->quiet,
        .is_traced = command->trace,
        .group = command->group == GROUP_TOY ? &toy_group : &kw_group_bls12_381,
    };
    KW_TRY(read_range(out, command->n, err));
    return find_fault(out, command->fault, err);
}

static void show_progress(const sim_command *command, const sim_tally *t, bool is_last)
{
    (void)fprintf(stderr, "\r%llu of %llu sessions, %llu violations%s",
                  (unsigned long long)t->sessions, (unsigned long long)command->sessions,
                  (unsigned long long)t->violations, is_last ? "\n" : " ");
}

static void show_violation(const sim_command *command, const sim_outcome *outcome, uint64_t seed)
{
    (void)fprintf(stderr,
                  "\nseed %llu: %s\nreplay: kw-sim --n %.*s --suite %u --signer %s --group %s "
                  "--sessions 1 --seed %llu%s",
                  (unsigned long long)seed, outcome->violation, KW_STR_ARG(command->n),
                  command->suite, signers[command->signer].name, groups[command->group].name,
                  (unsigned long long)seed, command->quiet ? " --quiet" : "");
    if (command->fault.len > 0) {
        (void)fprintf(stderr, " --fault \"%.*s\"", KW_STR_ARG(command->fault));
    }
    (void)fprintf(stderr, "\n");
}

typedef struct sim_task {
    const sim_command *command;
    const sim_options *options;
} sim_task;

/* Its part of the sessions, with every so manieth seed. */
static void work(sim_tally *t, uint32_t number, void *ctx)
{
    const sim_task *task = ctx;
    const sim_command *command = task->command;
    kw_stream standard_error = kw_stream_stderr();
    bool is_shown = command->jobs == 1 && kw_stream_is_terminal(&standard_error);
    uint64_t wanted = (command->sessions + command->jobs - 1) / command->jobs;
    uint64_t shown = 0;
    sim_pool pool = {0};
    for (uint64_t seed = command->seed + number; t->sessions < wanted; seed += command->jobs) {
        sim_outcome outcome = sim_tally_run(t, &pool, task->options, seed);
        if (outcome.violation[0] != '\0') {
            show_violation(command, &outcome, seed);
        }
        if (is_shown && t->ns >= shown + SHOWN_EACH_NS) {
            shown = t->ns;
            show_progress(command, t, false);
        }
    }
    if (is_shown) {
        show_progress(command, t, true);
    }
    sim_pool_drop(&pool);
}

static void print_result(const sim_command *command, const sim_tally *t)
{
    const char *format = command->json ? "{\"sessions\":%llu,\"epochs\":%llu,\"proofs\":%llu,"
                                         "\"violations\":%llu,\"sessions_per_second\":%.1f}\n"
                                       : "%llu sessions, %llu epochs, %llu proofs of fraud, "
                                         "%llu violations, %.1f sessions per second\n";
    (void)printf(format, (unsigned long long)t->sessions, (unsigned long long)t->epochs,
                 (unsigned long long)t->proofs, (unsigned long long)t->violations,
                 sim_tally_rate(t));
}

static void print_help(void)
{
    (void)printf("kw-sim: whole clusters on virtual time\n");
    for (size_t i = 0; i < KW_COUNT(sim_command_fields); i++) {
        (void)printf("  --%-9s %s\n", sim_command_fields[i].name, sim_command_fields[i].help);
    }
    (void)printf("behaviours:\n");
    for (size_t i = 0; i < sim_faults_count; i++) {
        (void)printf("  %s\n", sim_faults[i].name);
    }
}

static kw_status run(int *exit_code, kw_arena *arena, kw_strs line, kw_error *err)
{
    sim_command command;
    sim_options options;
    sim_tally t = {0};
    KW_TRY(kw_object_init(&command, arena, &sim_command_schema));
    kw_args_target target = {&sim_command_schema, &command};
    KW_TRY(kw_args_read(&target, 1, arena, line, err));
    if (command.help) {
        print_help();
        return KW_OK;
    }
    KW_TRY(read_options(&options, &command, err));
    sim_task task = {&command, &options};
    bool is_whole = sim_jobs_run(&t, &(sim_jobs){command.jobs, work, &task});
    print_result(&command, &t);
    KW_REQUIRE(is_whole, err, KW_UNAVAILABLE, "not all sessions were run");
    *exit_code = t.violations == 0 ? 0 : EXIT_VIOLATION;
    return KW_OK;
}

int main(int argc, char **argv)
{
    kw_str words[WORDS_MAX];
    kw_strs line = {.items = words};
    for (int i = 1; i < argc && line.count < WORDS_MAX; i++) {
        words[line.count++] = kw_str_of(argv[i]);
    }
    KW_AUTO(kw_arena) arena = kw_arena_init(ARGS_BYTES);
    kw_error err = {0};
    int exit_code = 0;
    kw_status st = run(&exit_code, &arena, line, &err);
    if (st != KW_OK) {
        (void)fprintf(stderr, "kw-sim: %s\n", err.text);
        return kw_status_exit_code(st);
    }
    return exit_code;
}
