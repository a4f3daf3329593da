/* SPDX-License-Identifier: Apache-2.0
 * keyward cluster dev: operators on this machine, until somebody stops them. */
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/dev_cluster.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/randomness.h"
#include "client/threshold_survey.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/signals.h"

enum {
    LINE_BYTES_MAX = 512,
    LOOK_MS = 500,
    INTERVAL_S_MAX = 24 * 3600,
    PATH_BYTES_MAX = 4096,
    CALL_MS = 5000,
};

typedef struct dev_options {
    kw_str folder;
    uint32_t nodes;
    uint32_t spares;
    uint32_t interval_s;
    uint32_t suite;
    kw_str keywardd;
    kw_str user;
} dev_options;

static const kw_field dev_fields[] = {
    KW_FIELD(dev_options, folder, KW_DEV_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "folder for everything that is made; it must not be there yet"),
    KW_FIELD(dev_options, nodes, KW_DEV_NODES_MAX, 0, .min = 1, .fallback = "7",
             .help = "operators"),
    KW_FIELD(dev_options, spares, KW_DEV_NODES_MAX - 1, 0, .fallback = "0",
             .help = "further ones that run, and join when operators.json lists them"),
    KW_FIELD(dev_options, interval_s, INTERVAL_S_MAX, 0, .min = 2, .fallback = "20",
             .help = "seconds from one epoch to the next"),
    KW_FIELD(dev_options, suite, 2, 0, .min = 1, .fallback = "2",
             .help = "of the key generation: 2, or 1, which has one round less"),
    KW_FIELD(dev_options, keywardd, KW_CLUSTER_PATH_BYTES_MAX, 0,
             .help = "the daemon; default: the one beside this program"),
    KW_FIELD(dev_options, user, 64, 0, .fallback = "nobody", .made_of = "._-",
             .help = "whom the daemons run as when root starts them"),
};
KW_SCHEMA(dev_options, dev_fields);

/* ---- what is shown ---- */
typedef struct dev_node {
    uint32_t node;
    int64_t pid;
    kw_str public_url;
    kw_str admin_url;
    kw_str metrics_url;
} dev_node;
static const kw_field node_fields[] = {
    KW_FIELD(dev_node, node, KW_DEV_NODES_MAX, KW_REQ),
    KW_FIELD(dev_node, pid, INT64_MAX, KW_REQ),
    KW_FIELD(dev_node, public_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ),
    KW_FIELD(dev_node, admin_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ),
    KW_FIELD(dev_node, metrics_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ),
};
KW_SCHEMA(dev_node, node_fields);

typedef struct dev_nodes {
    dev_node *items;
    size_t count;
} dev_nodes;

typedef struct dev_reply {
    kw_str folder;
    uint64_t epoch;
    kw_span master_key;
    dev_nodes nodes;
} dev_reply;
static const kw_field reply_fields[] = {
    KW_FIELD(dev_reply, folder, KW_DEV_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(dev_reply, epoch, UINT64_MAX, KW_REQ, .help = "that serves"),
    KW_FIELD(dev_reply, master_key, 96, KW_REQ | KW_HEX, .help = "as cluster.json pins it"),
    KW_FIELD_LIST(dev_reply, nodes, &dev_node_schema, KW_DEV_NODES_MAX, KW_REQ),
};
KW_SCHEMA(dev_reply, reply_fields);

/* ---- what runs ---- */
typedef struct dev_run {
    kw_cli *cli;
    kw_dev_cluster files;
    kw_child children[KW_DEV_NODES_MAX];
    dev_node nodes[KW_DEV_NODES_MAX];
    uint32_t count; /* of the children that were started */
    kw_signals signals;
    bool is_told;   /* to stop */
    bool has_key;   /* they run and serve */
    uint64_t epoch; /* that all of them have */
    kw_group_g2_bytes master;
} dev_run;

/* Tells all before it waits for one. */
static void dev_run_drop(dev_run *run)
{
    for (uint32_t i = 0; i < run->count; i++) {
        kw_child_stop(&run->children[i]);
    }
    for (uint32_t i = 0; i < run->count; i++) {
        kw_child_drop(&run->children[i]);
    }
    kw_dev_cluster_drop(&run->files);
    kw_signals_drop(&run->signals);
}

static kw_status fail_for(const dev_run *run, uint32_t at, int exit_code, kw_error *err)
{
    return kw_fail(err, KW_UNAVAILABLE, "node%u ended with %d: see %s/node%u/keywardd.log",
                   (unsigned)at + 1, exit_code, run->files.plan.folder.ptr, (unsigned)at + 1);
}

/* "listening public 127.0.0.1:8443" */
static kw_status take_line(dev_run *run, uint32_t at, kw_str line, kw_error *err)
{
    kw_operator_row *row = &run->files.rows.genesis.items[at];
    const struct {
        kw_str prefix;
        const char *scheme;
        kw_str *out;
    } places[] = {
        {KW_STR("listening public "), "https", &row->public_url},
        {KW_STR("listening peer "), "https", &row->peer_url},
        {KW_STR("listening admin "), "https", &run->nodes[at].admin_url},
        {KW_STR("listening metrics "), "http", &run->nodes[at].metrics_url},
    };
    for (size_t i = 0; i < KW_COUNT(places); i++) {
        kw_str prefix = places[i].prefix;
        if (kw_str_starts_with(line, prefix)) {
            kw_str address = {line.ptr + prefix.len, line.len - prefix.len};
            KW_TRY_AT(err,
                      kw_arena_format(run->cli->arena, places[i].out, "%s://%.*s", places[i].scheme,
                                      KW_STR_ARG(address)),
                      "naming a place");
        }
    }
    return KW_OK;
}

/* Reads what the daemon says at its start, up to "ready". */
static kw_status wait_until_ready(dev_run *run, uint32_t at, kw_error *err)
{
    kw_child *child = &run->children[at];
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES_MAX);
    for (;;) {
        uint8_t byte = 0;
        size_t len = 0;
        KW_TRY(kw_stream_read(&child->out, &len, (kw_mspan){&byte, 1}, err));
        if (len == 0) {
            return fail_for(run, at, kw_child_wait(child), err);
        }
        if (byte != '\n') {
            KW_TRY_AT(err, kw_buf_append_byte(&line, byte), "reading what a daemon says");
            continue;
        }
        if (kw_str_equal(kw_buf_text(&line), KW_STR("ready"))) {
            return KW_OK;
        }
        KW_TRY(take_line(run, at, kw_buf_text(&line), err));
        kw_buf_clear(&line);
    }
}

static kw_status start_node(dev_run *run, uint32_t at, const char *program, kw_error *err)
{
    kw_cli *cli = run->cli;
    kw_str config = {0};
    kw_str log = {0};
    KW_TRY_AT(err, kw_dev_cluster_path(cli, &config, &run->files, at, "keywardd.yaml"), "a path");
    KW_TRY_AT(err, kw_dev_cluster_path(cli, &log, &run->files, at, "keywardd.log"), "a path");
    const char *const argv[] = {program, "--config", config.ptr, NULL};
    KW_TRY(kw_child_start(&run->children[at], argv, log.ptr, err));
    run->count = at + 1;
    run->nodes[at] = (dev_node){.node = at + 1, .pid = run->children[at].pid};
    return KW_OK;
}

static kw_status find_daemon(kw_cli *cli, kw_str *out, const dev_options *options, kw_error *err)
{
    if (options->keywardd.len > 0) {
        *out = options->keywardd;
        return KW_OK;
    }
    KW_AUTO(kw_buf) path = kw_buf_init(PATH_BYTES_MAX);
    KW_TRY(kw_process_path(&path, err));
    kw_str own = kw_buf_text(&path);
    while (own.len > 0 && own.ptr[own.len - 1] != '/') {
        own.len--;
    }
    KW_TRY_AT(err, kw_arena_format(cli->arena, out, "%.*skeywardd", KW_STR_ARG(own)),
              "naming the daemon");
    return KW_OK;
}

static kw_status start_all(dev_run *run, const dev_options *options, kw_error *err)
{
    kw_str program = {0};
    KW_TRY(find_daemon(run->cli, &program, options, err));
    uint32_t all = kw_dev_plan_all(&run->files.plan);
    for (uint32_t at = 0; at < all; at++) {
        KW_TRY(start_node(run, at, program.ptr, err));
    }
    for (uint32_t at = 0; at < all; at++) {
        KW_TRY(wait_until_ready(run, at, err));
        run->nodes[at].public_url = run->files.rows.genesis.items[at].public_url;
    }
    return kw_dev_cluster_publish(run->cli, &run->files, err);
}

/* Waits a little; a signal to stop is kept. A daemon that ended is a failure while they make the
 * key; later somebody may have wanted to see the others go on. */
static kw_status look(dev_run *run, kw_error *err)
{
    kw_signal signal = KW_SIGNAL_NONE;
    KW_TRY(kw_signals_wait(&run->signals, &signal, LOOK_MS, err));
    run->is_told = signal == KW_SIGNAL_STOP;
    for (uint32_t at = 0; at < run->count && !run->is_told; at++) {
        int exit_code = 0;
        if (kw_child_has_ended(&run->children[at], &exit_code)) {
            KW_TRY(run->has_key ? KW_OK : fail_for(run, at, exit_code, err));
            kw_cli_note(run->cli, "node%u ended with %d", (unsigned)at + 1, exit_code);
        }
    }
    return KW_OK;
}

/* ---- the key ---- */
static uint32_t count_good(const kw_client_survey *survey, uint32_t nodes)
{
    uint32_t good = 0;
    for (uint32_t i = 0; i < nodes; i++) {
        good += survey->members[i].standing == KW_CLIENT_GOOD;
    }
    return good;
}

/* One round of asking. `out_good`: operators with an epoch. */
static kw_status survey_once(dev_run *run, kw_client_cluster *cluster, kw_client_calls *calls,
                             uint32_t *out_good, kw_error *err)
{
    const kw_group *group = &kw_group_bls12_381;
    KW_AUTO(kw_client_survey) survey = {.is_split = false};
    KW_TRY(kw_client_survey_run(&survey, cluster, calls, 0, err));
    KW_REQUIRE(!survey.is_split, err, KW_INTERNAL, "operators name different keys");
    *out_good = count_good(&survey, run->files.plan.nodes);
    if (*out_good == run->files.plan.nodes) {
        run->epoch = survey.newest.certificate.candidate.fields.epoch;
        group->g2_encode(&run->master, &survey.newest.certificate.candidate.polynomial[0]);
    }
    return KW_OK;
}

static kw_status wait_for_key(dev_run *run, kw_client_cluster *cluster, kw_client_calls *calls,
                              kw_error *err)
{
    uint32_t good = 0;
    kw_progress progress = kw_progress_start(run->cli, KW_PROGRESS_ITEMS, "operators with the key",
                                             run->files.plan.nodes, kw_monotonic_ns());
    kw_status st = KW_OK;
    while (st == KW_OK && good < run->files.plan.nodes && !run->is_told) {
        st = look(run, err);
        if (st == KW_OK && !run->is_told) {
            st = survey_once(run, cluster, calls, &good, err);
        }
        kw_progress_update(&progress, good, kw_monotonic_ns());
    }
    kw_progress_clear(&progress);
    return st;
}

/* All of these operators are ours: what they all say is the key. */
static kw_status learn_key(dev_run *run, kw_error *err)
{
    kw_str path = {0};
    kw_str ca = {0};
    KW_AUTO(kw_client_cluster) cluster = {0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    kw_arena *arena = run->cli->arena;
    const char *folder = run->files.plan.folder.ptr;
    KW_TRY_AT(err, kw_arena_format(arena, &path, "%s/cluster.json", folder), "a path");
    KW_TRY_AT(err, kw_arena_format(arena, &ca, "%s/ca.pem", folder), "a path");
    const kw_client_cluster_options files = {.cluster_file = path.ptr};
    KW_TRY(kw_client_cluster_load(&cluster, &files, err));
    const kw_client_credential nobody = {0};
    const kw_client_calls_options options = {
        .cluster = &cluster, .credential = &nobody, .ca_file = ca.ptr, .timeout_ms = CALL_MS};
    KW_TRY(kw_client_calls_open(&calls, &options, err));
    KW_TRY(wait_for_key(run, &cluster, calls, err));
    if (!run->is_told) {
        run->files.rows.master_key = kw_group_g2_view(&kw_group_bls12_381, &run->master);
        KW_TRY(kw_dev_cluster_publish(run->cli, &run->files, err));
    }
    return KW_OK;
}

/* ---- the command ---- */

/* An application, as a shell takes it: each operator decides for itself, so all are told. */
static void note_application(const dev_run *run)
{
    const char *folder = run->files.plan.folder.ptr;
    kw_cli_note(run->cli, "  for server in \\");
    for (uint32_t i = 0; i < run->count; i++) {
        kw_cli_note(run->cli, "      %s%s", run->nodes[i].admin_url.ptr,
                    i + 1 < run->count ? " \\" : "; do");
    }
    kw_cli_note(run->cli,
                "    keyward app register demo --access open --server $server \\\n"
                "      --ca %s/ca.pem --cert %s/admin.pem --cert-key %s/admin.key\n"
                "  done\n"
                "  date | keyward app encrypt --cluster %s/cluster.json --app demo >demo.kw\n"
                "  keyward app decrypt --cluster %s/cluster.json --operators %s/operators.json \\\n"
                "      --ca %s/ca.pem --in demo.kw\n",
                folder, folder, folder, folder, folder, folder, folder);
}

static void note_use(const dev_run *run)
{
    const char *folder = run->files.plan.folder.ptr;
    kw_cli_note(run->cli,
                "\nThe cluster runs until Ctrl-C. In another terminal:\n\n"
                "  keyward cluster status --cluster %s/cluster.json --ca %s/ca.pem\n"
                "  curl %s/health",
                folder, folder, run->nodes[0].metrics_url.ptr);
    note_application(run);
    kw_cli_note(run->cli,
                "Logs are in %s/node1/keywardd.log and so on; %s/admin.pem and admin.key\n"
                "are an administrator of all operators.",
                folder, folder);
}

static kw_status show(dev_run *run, kw_error *err)
{
    dev_reply reply = {
        .folder = run->files.plan.folder,
        .epoch = run->epoch,
        .master_key = run->files.rows.master_key,
        .nodes = {run->nodes, run->count},
    };
    KW_TRY(kw_cli_print(run->cli, &dev_reply_schema, &reply, err));
    KW_TRY(kw_cli_flush(run->cli, err));
    run->has_key = true;
    note_use(run);
    return KW_OK;
}

static kw_status serve(dev_run *run, const dev_options *options, kw_error *err)
{
    KW_AUTO(kw_client_randomness) randomness = {0};
    const kw_dev_plan plan = {
        .folder = options->folder,
        .user = kw_process_is_root() ? options->user : (kw_str){0},
        .nodes = options->nodes,
        .spares = options->spares,
        .interval_s = options->interval_s,
        .suite = options->suite,
    };
    KW_REQUIRE(kw_dev_plan_all(&plan) <= KW_DEV_NODES_MAX, err, KW_BAD_INPUT,
               "operators and spares: at most %d on one machine", KW_DEV_NODES_MAX);
    KW_TRY(kw_signals_open(&run->signals, err));
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY(kw_dev_cluster_make(run->cli, &run->files, &plan, &rng, err));
    KW_TRY(start_all(run, options, err));
    kw_cli_note(
        run->cli,
        "%u operators run, %u of them spare; the key is made at the next boundary, every %u s",
        (unsigned)run->count, (unsigned)options->spares, (unsigned)options->interval_s);
    KW_TRY(learn_key(run, err));
    if (!run->is_told) {
        KW_TRY(show(run, err));
    }
    while (!run->is_told) {
        KW_TRY(look(run, err));
    }
    kw_cli_note(run->cli, "stopping %u operators", (unsigned)run->count);
    return KW_OK;
}

static kw_status dev(kw_cli *cli, const void *given, kw_error *err)
{
    dev_run *run = kw_arena_new(cli->arena, 1, sizeof *run);
    KW_REQUIRE(run != NULL, err, KW_NO_MEMORY, "no memory for a cluster");
    run->cli = cli;
    kw_status st = serve(run, given, err);
    dev_run_drop(run);
    return st;
}

const kw_command kw_command_cluster_dev = {
    "cluster dev",
    &dev_options_schema,
    dev,
    "run a whole cluster on this machine, for development",
    .about =
        "Makes an authority, keys and a configuration for each operator in a new folder, starts\n"
        "one keywardd for each on ports that are free, waits until they have made a key, pins\n"
        "it in cluster.json, and says how to use it. The daemons end when this command does,\n"
        "by Ctrl-C or by a kill; the folder stays. Started by root, they run as another user,\n"
        "who must reach the folder. The keys lie on the disk in clear: it is for development\n"
        "only.",
    .examples = {{"keyward cluster dev ./cluster --nodes 7", "seven operators, of whom five sign"},
                 {"keyward cluster dev ./cluster --nodes 7 --spares 1",
                  "and an eighth that can join"},
                 {"keyward cluster dev ./cluster --nodes 4 --interval-s 5",
                  "four, and an epoch every five seconds"}},
};
