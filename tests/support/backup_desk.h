/* SPDX-License-Identifier: Apache-2.0
 * Backups for tests: sealed from records, under one passphrase and at no cost; and an operator's
 * node of a vault_desk with certificates, applications and files. */
#ifndef KW_TESTS_SUPPORT_BACKUP_DESK_H
#define KW_TESTS_SUPPORT_BACKUP_DESK_H

#include "support/epoch_desk.h"
#include "support/vault_desk.h"
#include "threshold/backup.h"

#define BACKUP_DESK_PASSPHRASE "correct horse"

enum {
    BACKUP_DESK_FILES = 3,
    BACKUP_DESK_EPOCHS = 2,
};

/* A lock with that passphrase. The context of `rng` outlives it. */
kw_operator_key_lock backup_desk_lock(kw_rng rng);

/* Seals records, the last one as such. */
void backup_desk_seal(kw_buf *out, const kw_backup_record *records, size_t count);

/* Opens what was sealed; the caller drops the reader. */
kw_backup_reader backup_desk_open(kw_span file);

/* As backup_desk_seal and backup_desk_open in one; `file` is empty before, and holds the bytes. */
kw_backup_reader backup_desk_reader(kw_buf *file, const kw_backup_record *records, size_t count);

/* Records with content that says where they stand. */
kw_backup_record backup_desk_about(void);
kw_backup_record backup_desk_file(kw_backup_role role, const char *path, const char *content);
kw_backup_record backup_desk_app(const char *id, const char *policy, uint64_t uses);
kw_backup_record backup_desk_end(uint32_t files, uint32_t certificates, uint32_t apps);

/* A node with two certified epochs, a share of the second, a session, applications "a" and "b", and
 * three files. Stays where it is. */
typedef struct backup_desk {
    vault_desk vault;
    epoch_desk epochs;
    desk_epoch *made; /* owned, BACKUP_DESK_EPOCHS */
    kw_group_g2_bytes master;
    tempdir_path texts[BACKUP_DESK_FILES];
    kw_backup_path files[BACKUP_DESK_FILES]; /* configuration, operator key, TLS key */
    kw_slots_place slots;
} backup_desk;

void backup_desk_make(backup_desk *desk, stores *all);
void backup_desk_drop(backup_desk *desk);

/* What a backup of it is made by; borrows. */
kw_backup_source backup_desk_source(backup_desk *desk);
kw_backup_plan backup_desk_plan(backup_desk *desk);

#endif /* KW_TESTS_SUPPORT_BACKUP_DESK_H */
