/* SPDX-License-Identifier: Apache-2.0
 * Backups for tests. */
#include "support/backup_desk.h"

#include "base/heap.h"
#include "codec/writer.h"
#include "os/file.h"
#include "support/expect.h"

kw_operator_key_lock backup_desk_lock(kw_rng rng)
{
    return (kw_operator_key_lock){
        .passphrase = kw_secret_span_of(kw_span_of_str(KW_STR(BACKUP_DESK_PASSPHRASE))),
        .cost = {.memory_kib = 8, .passes = 1},
        .rng = rng};
}

/* ---- records ---- */
void backup_desk_seal(kw_buf *out, const kw_backup_record *records, size_t count)
{
    seeded_rng seeded = {.seed = 11};
    kw_backup_writer w = {0};
    kw_operator_key_lock lock = backup_desk_lock(seeded_rng_port(&seeded));
    EXPECT_OK(kw_backup_writer_open(&w, out, &lock, NULL));
    for (size_t i = 0; i < count; i++) {
        kw_secret_bytes wire = kw_secret_bytes_init(1 << 20);
        EXPECT_OK(kw_backup_record_encode(&wire, &records[i]));
        EXPECT_OK(kw_backup_writer_add(&w, kw_secret_bytes_view(&wire), i + 1 == count));
        kw_secret_bytes_drop(&wire);
    }
    kw_backup_writer_drop(&w);
}

kw_backup_reader backup_desk_open(kw_span file)
{
    kw_backup_reader reader = {0};
    kw_secret_span passphrase = kw_secret_span_of(kw_span_of_str(KW_STR(BACKUP_DESK_PASSPHRASE)));
    EXPECT_OK(kw_backup_reader_open(&reader, file, passphrase, NULL));
    return reader;
}

kw_backup_reader backup_desk_reader(kw_buf *file, const kw_backup_record *records, size_t count)
{
    *file = kw_buf_init(1 << 20);
    backup_desk_seal(file, records, count);
    return backup_desk_open(kw_buf_view(file));
}

kw_backup_record backup_desk_about(void)
{
    kw_backup_record record = {.kind = KW_BACKUP_ABOUT,
                               .about = {.made_at = 1800000000, .key = KW_OPERATOR_KEY_SEALED}};
    const kw_group_g2 generator = kw_group_bls12_381.g2_generator();
    kw_group_g2_bytes wire;
    kw_group_bls12_381.g2_encode(&wire, &generator);
    memcpy(record.about.master_key, wire.bytes, sizeof record.about.master_key);
    record.about.cluster_id = vault_desk_hash(99);
    return record;
}

kw_backup_record backup_desk_file(kw_backup_role role, const char *path, const char *content)
{
    return (kw_backup_record){
        .kind = KW_BACKUP_FILE,
        .entry = {.role = role,
                  .mode = 0600,
                  .path = kw_str_of(path),
                  .content = kw_secret_span_of(kw_span_of_str(kw_str_of(content)))}};
}

kw_backup_record backup_desk_app(const char *id, const char *policy, uint64_t uses)
{
    return (kw_backup_record){.kind = KW_BACKUP_APP,
                              .app = {.uses = uses,
                                      .registered_at = 1700000000,
                                      .id = kw_str_of(id),
                                      .policy = kw_str_of(policy)}};
}

kw_backup_record backup_desk_end(uint32_t files, uint32_t certificates, uint32_t apps)
{
    return (kw_backup_record){.kind = KW_BACKUP_END, .counts = {files, certificates, apps}};
}

/* ---- a node ---- */
static void stage_certificate(backup_desk *desk, const kw_certificate *certificate)
{
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    EXPECT_OK(kw_certificate_encode(&file, certificate, &kw_group_bls12_381));
    kw_operator_action action = {.act = KW_OPERATOR_PERSIST,
                                 .record = {.kind = KW_RECORD_CERTIFICATE,
                                            .scope = certificate->hash,
                                            .bytes = kw_secret_span_of(kw_buf_view(&file))}};
    kw_writer id = kw_writer_of((kw_mspan){&action.record.id.bytes[24], sizeof(uint64_t)});
    kw_write_u64be(&id, certificate->candidate.fields.epoch);
    EXPECT_OK(kw_write_end(&id));
    EXPECT_OK(kw_vault_stage(desk->vault.vault, &action, NULL));
}

static void fill_store(backup_desk *desk)
{
    const desk_plan plan = {.first = 0, .n = 4};
    epoch_desk_open(&desk->epochs, &kw_group_bls12_381, KW_PEER_ECDSA);
    desk->epochs.cluster_id = desk->vault.cluster_id;
    desk->made = kw_heap_new(BACKUP_DESK_EPOCHS, sizeof *desk->made);
    assert_non_null(desk->made);
    for (size_t i = 0; i < BACKUP_DESK_EPOCHS; i++) {
        epoch_desk_make(&desk->epochs, &desk->made[i], i == 0 ? NULL : &desk->made[i - 1], plan);
        stage_certificate(desk, &desk->made[i].certificate);
    }
    kw_group_bls12_381.g2_encode(&desk->master, &desk->made[0].polynomial[0]);
    EXPECT_OK(vault_desk_persist(&desk->vault, KW_RECORD_SHARE, 2, 0, "the share of epoch 2"));
    EXPECT_OK(vault_desk_persist(&desk->vault, KW_RECORD_SESSION, 3, 0, "a polynomial"));
    EXPECT_OK(kw_vault_commit(desk->vault.vault, NULL));
    stores_write(desk->vault.store,
                 "INSERT INTO threshold_apps (id, policy, uses, registered_at) VALUES"
                 " ('b', '{\"access\":\"open\"}', 0, 1700000001),"
                 " ('a', '{\"access\":\"open\",\"uses_max\":\"9\"}', 7, 1700000000)");
}

static void write_files(backup_desk *desk)
{
    static const struct {
        kw_backup_role role;
        const char *name;
    } rows[BACKUP_DESK_FILES] = {{KW_BACKUP_TLS_KEY, "peer.key"},
                                 {KW_BACKUP_CONFIGURATION, "keywardd.yaml"},
                                 {KW_BACKUP_OPERATOR_KEY, "operator.key"}};
    for (size_t i = 0; i < BACKUP_DESK_FILES; i++) {
        desk->texts[i] = tempdir_join(&desk->vault.dir, rows[i].name);
        desk->files[i] =
            (kw_backup_path){.role = rows[i].role, .path = kw_str_of(desk->texts[i].text)};
        EXPECT_OK(kw_file_write_atomic(desk->texts[i].text, kw_span_of_str(kw_str_of(rows[i].name)),
                                       0600, NULL));
    }
}

void backup_desk_make(backup_desk *desk, stores *all)
{
    *desk = (backup_desk){0};
    vault_desk_make(&desk->vault, all);
    desk->slots.dir = desk->vault.folder.text;
    fill_store(desk);
    write_files(desk);
}

void backup_desk_drop(backup_desk *desk)
{
    epoch_desk_close(&desk->epochs);
    kw_heap_free(desk->made);
    vault_desk_drop(&desk->vault);
}

kw_backup_source backup_desk_source(backup_desk *desk)
{
    return (kw_backup_source){.store = desk->vault.store,
                              .slots = &desk->slots,
                              .operator_key = &desk->vault.key,
                              .owner = {.cluster_id = desk->vault.cluster_id}};
}

kw_backup_plan backup_desk_plan(backup_desk *desk)
{
    kw_backup_plan plan = {.about = backup_desk_about().about,
                           .files = desk->files,
                           .files_count = BACKUP_DESK_FILES,
                           .source = backup_desk_source(desk),
                           .lock = backup_desk_lock(desk->vault.port)};
    memcpy(plan.about.master_key, desk->master.bytes, sizeof plan.about.master_key);
    return plan;
}
