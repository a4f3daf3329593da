/* SPDX-License-Identifier: Apache-2.0
 * keyward node backup: what an operator's node needs to come back, sealed under a passphrase and
 * tried. Secret inputs: the passphrase; operator and TLS keys. */
#include "cli/commands.h"
#include "cli/node_places.h"
#include "cli/node_summary.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/randomness.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/env.h"
#include "os/file.h"
#include "os/stream.h"
#include "store/limits.h"
#include "threshold/backup.h"
#include "threshold/signing_keys.h"

enum {
    PATH_BYTES_MAX = 1024,
    KDF_PASSES = 3,
    STEPS = 3, /* reading and sealing, opening, the trial */
};

typedef struct backup_options {
    kw_str out;
    kw_str passphrase_file;
    bool with_tls;
    uint32_t kdf_memory_kib;
} backup_options;

static const kw_field backup_fields[] = {
    KW_FIELD(backup_options, out, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file to write, mode 0600, or - for standard output"),
    KW_FIELD(backup_options, passphrase_file, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "private file with the passphrase that seals the backup"),
    KW_FIELD(backup_options, with_tls, 0, 0,
             .help = "also the certificates and keys of listeners and calls to operators"),
    KW_FIELD(backup_options, kdf_memory_kib, KW_SEAL_MEMORY_KIB_MAX, 0,
             .min = KW_SEAL_MEMORY_KIB_MIN, .fallback = "262144",
             .help = "memory that Argon2id takes, KiB; a restore takes the same. Less only for a "
                     "random passphrase"),
};
KW_SCHEMA(backup_options, backup_fields);

/* What one run works with. */
typedef struct backup_run {
    const backup_options *options;
    kw_node_places places;
    kw_cluster_file cluster;
    kw_client_randomness randomness;
    kw_secret_bytes passphrase;
    kw_signing_keys keys;
    kw_slots_place slots;
    kw_buf file; /* the backup */
    kw_backup_summary summary;
    kw_progress progress;
} backup_run;

static void run_drop(backup_run *run)
{
    kw_progress_clear(&run->progress);
    kw_buf_drop(&run->file);
    kw_slots_place_drop(&run->slots);
    kw_signing_keys_drop(&run->keys);
    kw_secret_bytes_drop(&run->passphrase);
    kw_client_randomness_drop(&run->randomness);
}

static kw_status prepare(kw_cli *cli, backup_run *run, kw_error *err)
{
    const char *config = cli->config_path;
    KW_REQUIRE(config == NULL || config[0] == '/', err, KW_USAGE,
               "--config: give its whole path, at which a restore puts it");
    KW_TRY(kw_node_places_of_config(cli, &run->places, run->options->with_tls, err));
    KW_TRY(kw_node_places_cluster(cli, &run->cluster, &run->places, err));
    KW_TRY_AT(
        err,
        kw_secret_bytes_read_file(&run->passphrase, run->options->passphrase_file.ptr, true, err),
        "reading the passphrase");
    KW_TRY(kw_signing_keys_open(&run->keys, &run->places.threshold, err));
    KW_TRY(kw_slots_place_open(&run->slots, &run->places.threshold, err));
    return kw_client_randomness_open(&run->randomness, err);
}

static void show_step(backup_run *run, uint64_t done)
{
    kw_progress_update(&run->progress, done, kw_monotonic_ns());
}

/* ---- the backup ---- */
static kw_backup_about about_of(const backup_run *run)
{
    kw_clock clock = kw_clock_system();
    kw_group_g2_bytes master;
    kw_backup_about about = {.made_at = (uint64_t)(kw_clock_now_ms(&clock) / 1000),
                             .cluster_id = run->cluster.cluster_id,
                             .address = run->places.address,
                             .key = run->places.threshold.key};
    kw_group_bls12_381.g2_encode(&master, &run->cluster.master);
    memcpy(about.master_key, master.bytes, sizeof about.master_key);
    return about;
}

static kw_status make(backup_run *run, kw_error *err)
{
    kw_store_options where = {0};
    KW_AUTO_PTR(kw_store) store = NULL;
    KW_TRY(kw_store_options_of_url(&where, run->places.store_url.ptr, err));
    where.create = false;
    KW_TRY_AT(err, kw_store_open(&store, &where, err), "opening the store");
    const kw_backup_plan plan = {
        .about = about_of(run),
        .files = run->places.files,
        .files_count = run->places.files_count,
        .source = {.store = store,
                   .slots = &run->slots,
                   .operator_key = kw_operator_secret_view(run->keys.now),
                   .owner = {run->cluster.cluster_id, run->places.address}},
        .lock = {.passphrase = kw_secret_bytes_view(&run->passphrase),
                 .cost = {.memory_kib = run->options->kdf_memory_kib, .passes = KDF_PASSES},
                 .rng = kw_client_randomness_rng(&run->randomness)},
    };
    return kw_backup_make(&run->file, &plan, err);
}

/* ---- the trial ---- */
static kw_status try_in(backup_run *run, kw_backup_reader *reader, const char *folder,
                        kw_error *err)
{
    const kw_backup_trial trial = {.folder = folder,
                                   .operator_key = kw_operator_secret_view(run->keys.now),
                                   .rng = kw_client_randomness_rng(&run->randomness)};
    return kw_backup_try(&run->summary, &trial, reader, err);
}

/* In a private folder beside something, which is gone afterwards. */
static kw_status try_beside(backup_run *run, kw_backup_reader *reader, const char *beside,
                            kw_error *err)
{
    KW_AUTO(kw_buf) name = kw_buf_init(2 * PATH_BYTES_MAX);
    KW_TRY_AT(err, kw_buf_append_format(&name, "%s.trial.XXXXXX", beside), "naming a folder");
    KW_TRY_AT(err, kw_buf_append_byte(&name, '\0'), "naming a folder");
    char *folder = (char *)name.ptr;
    KW_TRY(kw_dir_make_unique(folder, err));
    kw_status st = try_in(run, reader, folder, err);
    kw_status removed = kw_dir_remove(folder, st == KW_OK ? err : NULL);
    return st == KW_OK ? removed : st;
}

/* Opens the bytes as a restore would. */
static kw_status try_bytes(backup_run *run, kw_span bytes, const char *beside, kw_error *err)
{
    kw_backup_reader reader = {0};
    KW_TRY(kw_backup_reader_open(&reader, bytes, kw_secret_bytes_view(&run->passphrase), err));
    show_step(run, 2);
    kw_status st = try_beside(run, &reader, beside, err);
    kw_backup_reader_drop(&reader);
    KW_TRY_AT(err, st, "trying the backup");
    show_step(run, STEPS);
    return KW_OK;
}

static kw_status write_out(kw_cli *cli, backup_run *run, kw_error *err)
{
    kw_str beside = {0};
    const char *folder = kw_env_get("TMPDIR");
    KW_TRY_AT(err,
              kw_arena_format(cli->arena, &beside, "%s/keyward",
                              folder == NULL || folder[0] == '\0' ? "/tmp" : folder),
              "naming a folder");
    KW_TRY(try_bytes(run, kw_buf_view(&run->file), beside.ptr, err));
    kw_progress_clear(&run->progress);
    KW_TRY(kw_cli_write(cli, kw_buf_view(&run->file), err));
    kw_cli_note(cli, "epoch %llu, %u files, %u certificates, %u applications",
                (unsigned long long)run->summary.epoch, (unsigned)run->summary.counts.files,
                (unsigned)run->summary.counts.certificates, (unsigned)run->summary.counts.apps);
    return KW_OK;
}

/* What is tried is read from the disk again; the file gets its name when it passed. */
static kw_status write_file(kw_cli *cli, backup_run *run, kw_error *err)
{
    const char *path = run->options->out.ptr;
    KW_AUTO(kw_stream) stream = {0};
    KW_AUTO(kw_buf) again = kw_buf_init(KW_BACKUP_BYTES_MAX);
    KW_TRY(kw_stream_create(&stream, path, 0600, err));
    KW_TRY_AT(err, kw_stream_write(&stream, kw_buf_view(&run->file), err), "writing %s", path);
    KW_TRY(kw_file_read(&again, stream.temporary, err));
    KW_TRY(try_bytes(run, kw_buf_view(&again), path, err));
    KW_TRY(kw_stream_commit(&stream, err));
    kw_progress_clear(&run->progress);
    const kw_node_event event = {.file = run->options->out};
    return kw_node_summary_print(cli, &run->summary, &event, err);
}

static kw_status backup_all(kw_cli *cli, backup_run *run, kw_error *err)
{
    KW_TRY(prepare(cli, run, err));
    run->progress = kw_progress_start(cli, KW_PROGRESS_ITEMS, "steps", STEPS, kw_monotonic_ns());
    KW_TRY(make(run, err));
    show_step(run, 1);
    bool is_pipe = kw_str_equal(run->options->out, KW_STR("-"));
    return is_pipe ? write_out(cli, run, err) : write_file(cli, run, err);
}

static kw_status backup(kw_cli *cli, const void *given, kw_error *err)
{
    backup_run run = {.options = given,
                      .passphrase = kw_secret_bytes_init(KW_SEAL_PASSPHRASE_BYTES_MAX + 2),
                      .file = kw_buf_init(KW_BACKUP_BYTES_MAX)};
    kw_status st = backup_all(cli, &run, err);
    run_drop(&run);
    return st;
}

const kw_command kw_command_node_backup = {
    "node backup",
    &backup_options_schema,
    backup,
    "seal what an operator's node needs to come back",
    .about =
        "Reads the daemon's configuration and writes one file, sealed under a passphrase\n"
        "(Argon2id, AES-256-GCM): the configuration, the cluster and operators files, the\n"
        "operator key sealed as it is, certificates of epochs, and the applications with their\n"
        "policies and counts. The daemon may run. Before the file gets its name it is read again,\n"
        "opened, restored into a private folder beside it and compared.\n"
        "\n"
        "No share is in it, and no slot: a lost share comes from the next reshare. Neither are\n"
        "passphrases, a raw operator key, store.seal_file, identities and the audit log; TLS\n"
        "keys only with --with-tls. What environment variables set for the daemon is not seen.\n"
        "The cluster file must pin the master key. Run it as the daemon's user.",
    .examples = {{"keyward node backup node1.kwb --config /etc/keyward/keywardd.yaml "
                  "--passphrase-file backup.passphrase",
                  "a backup of the node on this machine"},
                 {"keyward node backup - --config /etc/keyward/keywardd.yaml "
                  "--passphrase-file backup.passphrase --with-tls >node1.kwb",
                  "with TLS keys, through a pipe"}},
};
