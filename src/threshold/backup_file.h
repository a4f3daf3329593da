/* SPDX-License-Identifier: Apache-2.0
 * The file of a backup: records in their order, each sealed under a passphrase. Big-endian:
 *
 *   "KWB1" | u32 Argon2id memory in KiB | u32 passes | 16 salt | frames
 *   frame: u32 length | AES-256-GCM of one record: ciphertext | 16 tag
 *
 * Frame i, from 0, is under Argon2id(passphrase, salt) with nonce 3 zero bytes | u64 i | u8 last (1
 * on the last frame, else 0) and AAD "keyward node backup 1" and the 28 bytes before the frames: a
 * file that was cut, put together anew or changed in one bit does not open. */
#ifndef KW_THRESHOLD_BACKUP_FILE_H
#define KW_THRESHOLD_BACKUP_FILE_H

#include "crypto/aead.h"
#include "threshold/operator_key_file.h"

enum {
    KW_BACKUP_FRONT_BYTES = 28,
    KW_BACKUP_FRAME_OVERHEAD_BYTES = 4 + KW_AEAD_TAG_BYTES,
};

/* What a file says before it is opened. Borrows. */
typedef struct kw_backup_file {
    kw_argon2id_cost cost;
    kw_argon2id_salt salt;
    kw_span frames;
    uint64_t frames_count; /* at least 1 */
} kw_backup_file;

/* BAD_INPUT: no file of this form, a cost that nobody should pay, or frames that do not end with
 * it. `out` is written only on success. */
KW_MUST_USE kw_status kw_backup_file_decode(kw_backup_file *out, kw_span wire);

/* A file while it is written. All-zero is none. */
typedef struct kw_backup_writer {
    kw_buf *out; /* borrowed */
    kw_aead *aead;
    kw_secret_key *key;
    uint8_t front[KW_BACKUP_FRONT_BYTES];
    uint64_t frames_count;
} kw_backup_writer;

/* Begins a file at the end of `file`, which is empty. BAD_INPUT: the length of the passphrase, or
 * the cost. LIMIT, NO_MEMORY, ENTROPY_FAILURE. CT: as Argon2id; leaks the passphrase's length. */
KW_MUST_USE kw_status kw_backup_writer_open(kw_backup_writer *out, kw_buf *file,
                                            const kw_operator_key_lock *lock, kw_error *err);
void kw_backup_writer_drop(kw_backup_writer *writer); /* wipes; may run twice */

/* Seals one record of at most KW_BACKUP_RECORD_BYTES_MAX; nothing comes after the last. LIMIT,
 * NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_backup_writer_add(kw_backup_writer *writer, kw_secret_span record,
                                           bool is_last);

/* A file while it is read. All-zero is none. */
typedef struct kw_backup_reader {
    kw_backup_file file;
    kw_aead *aead;
    kw_secret_key *key;
    uint8_t front[KW_BACKUP_FRONT_BYTES];
    kw_span left; /* frames that were not read yet */
    uint64_t frames_read;
} kw_backup_reader;

/* Borrows `file`. CORRUPT: it is no whole file of this form. SEALED: the passphrase is wrong, or
 * the first record was changed. NO_MEMORY. CT: as Argon2id; leaks the passphrase's length and
 * whether it was right. */
KW_MUST_USE kw_status kw_backup_reader_open(kw_backup_reader *out, kw_span file,
                                            kw_secret_span passphrase, kw_error *err);
void kw_backup_reader_drop(kw_backup_reader *reader); /* wipes; may run twice */

/* The next record, in the place of what `out` holds; `out` has its maximum. END: there was the last
 * one. CORRUPT: it was changed, or what came after it is missing. LIMIT, NO_MEMORY.
 * CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_backup_reader_next(kw_backup_reader *reader, kw_secret_bytes *out,
                                            kw_error *err);

/* Back to the first record. */
void kw_backup_reader_rewind(kw_backup_reader *reader);

#endif /* KW_THRESHOLD_BACKUP_FILE_H */
