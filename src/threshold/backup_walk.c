/* SPDX-License-Identifier: Apache-2.0
 * A backup from its first record to its last. Secret inputs: the content of files. */
#include "threshold/backup_walk.h"

#include "crypto/hash.h"
#include "threshold/engine/epoch/certificate.h"
#include "threshold/limits.h"

static kw_status show_one(kw_backup_order *order, kw_secret_span wire, kw_backup_visit visit,
                          void *ctx, kw_error *err)
{
    kw_backup_record record;
    KW_REQUIRE(kw_backup_record_decode(&record, wire) == KW_OK, err, KW_CORRUPT,
               "the backup holds a record that is none");
    kw_status st = kw_backup_order_take(order, &record);
    KW_REQUIRE(st == KW_OK, err, st, "a record of the backup is not in its place");
    return visit(ctx, &record, err);
}

static kw_status show_all(kw_backup_reader *reader, kw_backup_order *order, kw_backup_visit visit,
                          void *ctx, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) wire = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX);
    kw_backup_reader_rewind(reader);
    for (uint64_t i = 0; i < reader->file.frames_count; i++) {
        KW_TRY(kw_backup_reader_next(reader, &wire, err));
        KW_TRY(show_one(order, kw_secret_bytes_view(&wire), visit, ctx, err));
    }
    KW_REQUIRE(kw_backup_order_is_done(order), err, KW_CORRUPT, "the backup does not end");
    return KW_OK;
}

kw_status kw_backup_each(kw_backup_reader *reader, kw_backup_visit visit, void *ctx, kw_error *err)
{
    kw_backup_order order = {0};
    kw_status st = show_all(reader, &order, visit, ctx, err);
    kw_backup_order_drop(&order);
    return st;
}

/* ---- the summary ---- */
typedef struct surveying {
    kw_backup_summary summary;
    kw_buf newest; /* certificate so far; owned */
    kw_hash32 hash;
} surveying;

static kw_status survey_one(void *ctx, const kw_backup_record *record, kw_error *err)
{
    surveying *s = ctx;
    switch (record->kind) {
    case KW_BACKUP_ABOUT:
        s->summary.about = record->about;
        return KW_OK;
    case KW_BACKUP_CERTIFICATE:
        s->hash = record->certificate.hash;
        kw_buf_clear(&s->newest);
        KW_TRY_AT(err, kw_buf_append(&s->newest, record->certificate.file), "a certificate");
        return KW_OK;
    case KW_BACKUP_END:
        s->summary.counts = record->counts;
        return KW_OK;
    case KW_BACKUP_FILE:
    case KW_BACKUP_APP:
        return KW_OK;
    }
    return KW_OK;
}

static kw_status check_newest(surveying *s, kw_arena *arena, kw_error *err)
{
    static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    const kw_backup_about *about = &s->summary.about;
    kw_certificate certificate;
    kw_group_g2 master;
    kw_status st = kw_group_bls12_381.g2_decode(&master, KW_SPAN(about->master_key));
    KW_REQUIRE(st == KW_OK, err, KW_CORRUPT, "the backup names no master key");
    if (s->newest.len == 0) {
        return KW_OK;
    }
    st = kw_certificate_decode(&certificate, arena, kw_buf_view(&s->newest), &form);
    KW_REQUIRE(st == KW_OK && kw_hash32_equal(&certificate.hash, &s->hash), err, KW_CORRUPT,
               "the newest certificate of the backup is none");
    st = kw_certificate_check_pinned(&certificate, form.group, &about->cluster_id, &master);
    KW_REQUIRE(st == KW_OK, err, KW_CORRUPT,
               "the newest certificate is not one of the pinned master key");
    s->summary.epoch = certificate.candidate.fields.epoch;
    s->summary.epoch_at = certificate.candidate.fields.timestamp;
    return KW_OK;
}

kw_status kw_backup_survey(kw_backup_reader *reader, kw_backup_summary *out, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    surveying s = {.newest = kw_buf_init(KW_VAULT_RECORD_BYTES_MAX)};
    kw_status st = kw_backup_each(reader, survey_one, &s, err);
    if (st == KW_OK) {
        st = check_newest(&s, &arena, err);
    }
    kw_buf_drop(&s.newest);
    KW_TRY(st);
    *out = s.summary;
    return KW_OK;
}
