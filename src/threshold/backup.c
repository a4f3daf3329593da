/* SPDX-License-Identifier: Apache-2.0
 * Making backups and trying them. Secret inputs: passphrase, operator key, the content of files. */
#include "threshold/backup.h"

#include "os/dir.h"
#include "os/file.h"
#include "threshold/limits.h"
#include "threshold/slots_file.h"

#include <stdio.h>

/* ---- making one ---- */
typedef struct making {
    kw_backup_writer writer;
    kw_backup_order order;
    kw_secret_bytes wire; /* of the record at hand */
} making;

static kw_status add(void *ctx, const kw_backup_record *record, kw_error *err)
{
    making *m = ctx;
    kw_secret_bytes_clear(&m->wire);
    kw_status st = kw_backup_order_take(&m->order, record);
    if (st == KW_OK) {
        st = kw_backup_record_encode(&m->wire, record);
    }
    if (st == KW_OK) {
        st = kw_backup_writer_add(&m->writer, kw_secret_bytes_view(&m->wire),
                                  record->kind == KW_BACKUP_END);
    }
    KW_REQUIRE(st != KW_LIMIT, err, st,
               "the backup would be larger than %zu bytes: keep certificates for fewer days, "
               "threshold.retention_days",
               m->writer.out->max);
    KW_REQUIRE(st == KW_OK, err, st, "adding a record to the backup");
    return KW_OK;
}

static kw_status add_all(making *m, const kw_backup_plan *plan, kw_error *err)
{
    const kw_backup_record about = {.kind = KW_BACKUP_ABOUT, .about = plan->about};
    KW_TRY(add(m, &about, err));
    KW_TRY(kw_backup_files_read(plan->files, plan->files_count, add, m, err));
    KW_TRY(kw_backup_store_read(&plan->source, add, m, err));
    const kw_backup_record end = {.kind = KW_BACKUP_END, .counts = m->order.counts};
    return add(m, &end, err);
}

kw_status kw_backup_make(kw_buf *out, const kw_backup_plan *plan, kw_error *err)
{
    making m = {.wire = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX)};
    KW_TRY(kw_backup_writer_open(&m.writer, out, &plan->lock, err));
    kw_status st = add_all(&m, plan, err);
    kw_backup_writer_drop(&m.writer);
    kw_backup_order_drop(&m.order);
    kw_secret_bytes_drop(&m.wire);
    return st;
}

/* ---- trying one ---- */

/* "<folder>/<name>" */
typedef struct trial_path {
    char text[4096];
} trial_path;

static kw_status path_in(trial_path *out, const char *folder, const char *name, kw_error *err)
{
    int len = snprintf(out->text, sizeof out->text, "%s/%s", folder, name);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof out->text, err, KW_LIMIT,
               "the folder of the trial has too long a name");
    return KW_OK;
}

/* The records of the database's part, as a store shows them and as the backup has them. */
typedef struct comparing {
    kw_backup_reader *reader;
    kw_secret_bytes wire;  /* of the backup's record */
    kw_secret_bytes shown; /* of the store's */
} comparing;

static kw_status compare_next(void *ctx, const kw_backup_record *record, kw_error *err)
{
    comparing *c = ctx;
    kw_secret_bytes_clear(&c->shown);
    KW_TRY_AT(err, kw_backup_record_encode(&c->shown, record), "comparing a record");
    KW_TRY(kw_backup_reader_next(c->reader, &c->wire, err));
    kw_span here = kw_declassify_span(kw_secret_bytes_view(&c->shown),
                                      "certificates and applications are not secret");
    kw_span there = kw_declassify_span(kw_secret_bytes_view(&c->wire), "compared alone");
    KW_REQUIRE(kw_ct_span_equal(here, there), err, KW_CORRUPT,
               "what the trial restored is not what the backup holds");
    return KW_OK;
}

static kw_status compare_store(comparing *c, const kw_backup_source *source,
                               const kw_backup_counts *counts, kw_error *err)
{
    kw_backup_reader_rewind(c->reader);
    for (uint64_t i = 0; i < (uint64_t)counts->files + 1; i++) {
        KW_TRY(kw_backup_reader_next(c->reader, &c->wire, err));
    }
    KW_TRY(kw_backup_store_read(source, compare_next, c, err));
    const kw_backup_record end = {.kind = KW_BACKUP_END, .counts = *counts};
    return compare_next(c, &end, err);
}

static kw_status restore_and_compare(const kw_backup_trial *trial, const kw_backup_target *target,
                                     kw_backup_reader *reader, const kw_backup_summary *summary,
                                     kw_error *err)
{
    trial_path slots_dir;
    KW_TRY(path_in(&slots_dir, trial->folder, "slots", err));
    KW_TRY(kw_backup_store_prepare(target, err));
    KW_TRY(kw_backup_store_fill(target, reader, err));
    const kw_slots_place slots = {.dir = slots_dir.text};
    const kw_backup_source source = {
        .store = target->store,
        .slots = &slots,
        .operator_key = trial->operator_key,
        .owner = {summary->about.cluster_id, summary->about.address},
    };
    comparing c = {.reader = reader,
                   .wire = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX),
                   .shown = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX)};
    kw_status st = compare_store(&c, &source, &summary->counts, err);
    kw_secret_bytes_drop(&c.wire);
    kw_secret_bytes_drop(&c.shown);
    return st;
}

static kw_status try_store(const kw_backup_trial *trial, kw_backup_reader *reader,
                           const kw_backup_summary *summary, kw_error *err)
{
    trial_path database;
    trial_path slots_dir;
    KW_AUTO_PTR(kw_store) store = NULL;
    KW_AUTO_PTR(kw_slots) slots = NULL;
    KW_TRY(path_in(&database, trial->folder, "keyward.db", err));
    KW_TRY(path_in(&slots_dir, trial->folder, "slots", err));
    const kw_store_options options = {
        .backend = KW_STORE_SQLITE, .where = database.text, .create = true};
    KW_TRY(kw_store_open(&store, &options, err));
    KW_TRY(kw_slots_open(&slots, slots_dir.text, &trial->rng, err));
    const kw_backup_target target = {.store = store,
                                     .slots = slots,
                                     .operator_key = trial->operator_key,
                                     .cluster_id = summary->about.cluster_id,
                                     .rng = trial->rng,
                                     .at = summary->about.made_at};
    return restore_and_compare(trial, &target, reader, summary, err);
}

/* Files of one folder; nothing in them is secret but slots of the trial, which open no share. */
static kw_status empty_folder(const char *folder, kw_error *err)
{
    KW_AUTO(kw_dir_names) names = {0};
    KW_TRY(kw_dir_list(&names, folder, err));
    for (size_t i = 0; i < names.count; i++) {
        trial_path path;
        KW_TRY(path_in(&path, folder, names.names[i], err));
        KW_TRY(kw_file_remove(path.text, err));
    }
    return KW_OK;
}

static kw_status clear(const char *folder, kw_error *err)
{
    trial_path slots_dir;
    kw_file_info info;
    KW_TRY(path_in(&slots_dir, folder, "slots", err));
    if (kw_file_stat(&info, slots_dir.text, NULL) == KW_OK) {
        KW_TRY(empty_folder(slots_dir.text, err));
        KW_TRY(kw_dir_remove(slots_dir.text, err));
    }
    return empty_folder(folder, err);
}

kw_status kw_backup_try(kw_backup_summary *out, const kw_backup_trial *trial,
                        kw_backup_reader *reader, kw_error *err)
{
    kw_backup_summary summary;
    KW_TRY(kw_backup_survey(reader, &summary, err));
    KW_TRY(kw_backup_files_compare(reader, err));
    kw_status st = try_store(trial, reader, &summary, err);
    kw_status cleared = clear(trial->folder, st == KW_OK ? err : NULL);
    KW_TRY(st);
    KW_TRY(cleared);
    *out = summary;
    return KW_OK;
}
