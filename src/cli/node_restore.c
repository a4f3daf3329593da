/* SPDX-License-Identifier: Apache-2.0
 * keyward node restore: an operator's node out of its backup, as one that rejoined. Source:
 * threshold.md section 2. Secret inputs: the passphrase; operator and TLS keys. */
#include "cli/commands.h"
#include "cli/node_places.h"
#include "cli/node_summary.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "client/randomness.h"
#include "crypto/hash.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "store/limits.h"
#include "threshold/backup.h"
#include "threshold/engine/roster/cluster_file.h"
#include "threshold/signing_keys.h"

enum {
    PATH_BYTES_MAX = 1024,
    STEPS = 4, /* opening, checking, files, store */
};

typedef struct restore_options {
    kw_str file;
    kw_str passphrase_file;
    bool confirm;
} restore_options;

static const kw_field restore_fields[] = {
    KW_FIELD(restore_options, file, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "that `node backup` wrote"),
    KW_FIELD(restore_options, passphrase_file, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "private file with the passphrase of the backup"),
    KW_FIELD(restore_options, confirm, 0, 0,
             .help = "yes: this operator runs nowhere else, and never will from what it had; "
                     "without it only what the backup holds is shown"),
};
KW_SCHEMA(restore_options, restore_fields);

/* What one run works with. */
typedef struct restore_run {
    const restore_options *options;
    kw_client_randomness randomness;
    kw_buf file; /* the backup */
    kw_backup_reader reader;
    kw_backup_summary summary;
    kw_str configuration; /* its path, and its text */
    kw_buf yaml;
    kw_buf cluster; /* text of the cluster file */
    kw_node_places places;
    kw_store *store;
    kw_slots_place slots_place;
    kw_slots *slots;
    kw_signing_keys keys;
    kw_backup_target target;
    kw_progress progress;
} restore_run;

static void run_drop(restore_run *run)
{
    kw_progress_clear(&run->progress);
    kw_signing_keys_drop(&run->keys);
    kw_slots_free(run->slots);
    kw_slots_place_drop(&run->slots_place);
    kw_store_free(run->store);
    kw_buf_drop(&run->cluster);
    kw_buf_drop(&run->yaml);
    kw_backup_reader_drop(&run->reader);
    kw_buf_drop(&run->file);
    kw_client_randomness_drop(&run->randomness);
}

static void show_step(restore_run *run, uint64_t done)
{
    kw_progress_update(&run->progress, done, kw_monotonic_ns());
}

/* ---- the backup ---- */
static kw_status open_backup(restore_run *run, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) passphrase = kw_secret_bytes_init(KW_SEAL_PASSPHRASE_BYTES_MAX + 2);
    const restore_options *options = run->options;
    KW_TRY_AT(err, kw_file_read(&run->file, options->file.ptr, err), "reading the backup");
    KW_TRY_AT(err, kw_secret_bytes_read_file(&passphrase, options->passphrase_file.ptr, true, err),
              "reading the passphrase");
    KW_TRY(kw_backup_reader_open(&run->reader, kw_buf_view(&run->file),
                                 kw_secret_bytes_view(&passphrase), err));
    show_step(run, 1);
    return kw_backup_survey(&run->reader, &run->summary, err);
}

/* ---- what it says about where things go ---- */
typedef struct finding {
    kw_cli *cli;
    restore_run *run;
} finding;

static kw_status find_texts(void *ctx, const kw_backup_record *record, kw_error *err)
{
    const finding *f = ctx;
    restore_run *run = f->run;
    if (record->kind != KW_BACKUP_FILE || record->entry.role > KW_BACKUP_CLUSTER) {
        return KW_OK;
    }
    bool is_configuration = record->entry.role == KW_BACKUP_CONFIGURATION;
    kw_span text = kw_declassify_span(record->entry.content, "neither file is a secret");
    kw_buf *out = is_configuration ? &run->yaml : &run->cluster;
    kw_buf_clear(out);
    KW_TRY_AT(err, kw_buf_append(out, text), "keeping a file");
    return is_configuration
               ? kw_arena_copy_str(f->cli->arena, &run->configuration, record->entry.path)
               : KW_OK;
}

static kw_status check_cluster(kw_cli *cli, const restore_run *run, kw_error *err)
{
    kw_cluster_file file;
    kw_group_g2_bytes master;
    const kw_backup_about *about = &run->summary.about;
    KW_TRY_AT(err, kw_cluster_file_decode(&file, cli->arena, kw_buf_view(&run->cluster), err),
              "reading the cluster file of the backup");
    KW_REQUIRE(file.has_master && kw_hash32_equal(&file.cluster_id, &about->cluster_id), err,
               KW_CORRUPT, "the cluster file of the backup is not that of its cluster");
    kw_group_bls12_381.g2_encode(&master, &file.master);
    KW_REQUIRE(kw_span_equal_var(kw_group_g2_view(&kw_group_bls12_381, &master),
                                 KW_SPAN(about->master_key)),
               err, KW_CORRUPT, "the cluster file of the backup pins another key");
    return KW_OK;
}

static kw_status read_places(kw_cli *cli, restore_run *run, kw_error *err)
{
    finding f = {cli, run};
    KW_TRY(kw_backup_each(&run->reader, find_texts, &f, err));
    KW_REQUIRE(run->configuration.len > 0, err, KW_CORRUPT, "the backup has no configuration");
    KW_TRY(check_cluster(cli, run, err));
    const kw_node_yaml yaml = {.path = run->configuration, .text = kw_buf_view(&run->yaml)};
    KW_TRY(kw_node_places_read(cli, &run->places, &yaml, err));
    show_step(run, 2);
    return KW_OK;
}

/* Whatever this operator signed, also after the backup was made, is of a boundary before now. */
static kw_status read_clock(restore_run *run, kw_error *err)
{
    kw_clock clock = kw_clock_system();
    kw_unix_ms now = kw_clock_now_ms(&clock);
    uint64_t at = now > 0 ? (uint64_t)now / 1000 : 0;
    KW_REQUIRE(at >= run->summary.about.made_at && at >= run->summary.epoch_at, err, KW_REFUSED,
               "the backup is from the future: set the clock right first");
    run->target.at = at;
    return KW_OK;
}

/* ---- the places ---- */
static kw_status make_folder_of(kw_cli *cli, const char *path, kw_error *err)
{
    const char *slash = strrchr(path, '/');
    kw_str folder = {0};
    if (slash == NULL || slash == path) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_arena_copy_str(cli->arena, &folder, (kw_str){path, (size_t)(slash - path)}),
              "naming a folder");
    return kw_dir_make(folder.ptr, 0700, err);
}

static kw_status open_store(kw_cli *cli, restore_run *run, kw_error *err)
{
    kw_store_options where = {0};
    KW_TRY(kw_client_randomness_open(&run->randomness, err));
    run->target.rng = kw_client_randomness_rng(&run->randomness);
    const kw_slots_owner owner = {run->summary.about.cluster_id, run->places.address};
    KW_TRY(kw_slots_place_open(&run->slots_place, &run->places.threshold, err));
    KW_TRY(kw_node_slots_take(&run->slots, &run->slots_place, &owner, &run->target.rng, err));
    KW_TRY(kw_store_options_of_url(&where, run->places.store_url.ptr, err));
    if (where.backend == KW_STORE_SQLITE) {
        KW_TRY(make_folder_of(cli, where.where, err));
    }
    KW_TRY_AT(err, kw_store_open(&run->store, &where, err), "opening the store");
    run->target.store = run->store;
    run->target.slots = run->slots;
    run->target.cluster_id = run->summary.about.cluster_id;
    return KW_OK;
}

static kw_status open_key(restore_run *run, kw_error *err)
{
    KW_TRY_AT(err, kw_signing_keys_open(&run->keys, &run->places.threshold, err),
              "restoring: mend that, and restore again");
    run->target.operator_key = kw_operator_secret_view(run->keys.now);
    return KW_OK;
}

/* The store first: it is silent from then on, whatever of the rest is there when a daemon starts.
 */
static kw_status put_everything(kw_cli *cli, restore_run *run, kw_error *err)
{
    KW_TRY(kw_backup_files_check(&run->reader, err));
    KW_TRY(open_store(cli, run, err));
    KW_TRY(kw_backup_store_prepare(&run->target, err));
    KW_TRY(kw_backup_files_place(&run->reader, err));
    show_step(run, 3);
    KW_TRY(open_key(run, err));
    KW_TRY(kw_backup_store_fill(&run->target, &run->reader, err));
    show_step(run, STEPS);
    return KW_OK;
}

static kw_status restore_all(kw_cli *cli, restore_run *run, kw_error *err)
{
    const restore_options *options = run->options;
    KW_TRY(open_backup(run, err));
    KW_TRY(read_places(cli, run, err));
    if (options->confirm) {
        KW_TRY(read_clock(run, err));
        KW_TRY(put_everything(cli, run, err));
    }
    kw_progress_clear(&run->progress);
    kw_node_event event = {.file = options->file};
    if (options->confirm) {
        event.restored_at = (kw_unix_s)run->target.at;
    }
    KW_TRY(kw_node_summary_print(cli, &run->summary, &event, err));
    kw_cli_note(cli, "%s",
                options->confirm
                    ? "start the daemon: it is silent until the others have certified an epoch of "
                      "a later boundary, and has a share after the next one"
                    : "nothing was changed: add --confirm to restore it on this machine");
    return KW_OK;
}

static kw_status restore(kw_cli *cli, const void *given, kw_error *err)
{
    restore_run run = {.options = given,
                       .file = kw_buf_init(KW_BACKUP_BYTES_MAX),
                       .yaml = kw_buf_init(KW_BACKUP_FILE_BYTES_MAX),
                       .cluster = kw_buf_init(KW_BACKUP_FILE_BYTES_MAX)};
    run.progress = kw_progress_start(cli, KW_PROGRESS_ITEMS, "steps", STEPS, kw_monotonic_ns());
    kw_status st = restore_all(cli, &run, err);
    run_drop(&run);
    return st;
}

const kw_command kw_command_node_restore = {
    "node restore",
    &restore_options_schema,
    restore,
    "bring an operator's node back from its backup",
    .about =
        "Opens a backup of `node backup` and shows what it holds; with --confirm it puts the\n"
        "files where the configuration in it names them, and certificates and applications into\n"
        "the node's store. Nothing is written over: a file that is there must be the same, and\n"
        "the store must be one from which no operator goes on. What was cut short can be\n"
        "repeated.\n"
        "\n"
        "The node comes back as after `node rejoin`, however young the backup is: an operator\n"
        "that went on from an old state would sign a second time, which proves fraud. It stays\n"
        "silent until a certificate of a later boundary comes, and gets a new share at the\n"
        "boundary after it; shares and slots that are still on the machine are destroyed. Run it\n"
        "as the daemon's user, with threshold.passphrase_file in its place, while the daemon is\n"
        "stopped and the clock is right. Give it the operators file of now before it starts.",
    .examples = {{"keyward node restore node1.kwb --passphrase-file backup.passphrase",
                  "what is in it"},
                 {"keyward node restore node1.kwb --passphrase-file backup.passphrase --confirm",
                  "bring the node back"}},
};
