/* SPDX-License-Identifier: Apache-2.0
 * Files of backups. Source: RFC 9106, NIST SP 800-38D. Secret inputs: passphrase and records. */
#include "threshold/backup_file.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "store/limits.h"
#include "store/seal_header.h"
#include "threshold/limits.h"

enum {
    LABEL_BYTES = 21,
};

static const char magic[] = "KWB1";
static const char label[] = "keyward node backup 1";

/* ---- the form ---- */
static void write_front(uint8_t out[KW_BACKUP_FRONT_BYTES], kw_argon2id_cost cost,
                        const kw_argon2id_salt *salt)
{
    kw_writer w = kw_writer_of((kw_mspan){out, KW_BACKUP_FRONT_BYTES});
    kw_write_str(&w, kw_str_of(magic));
    kw_write_u32be(&w, cost.memory_kib);
    kw_write_u32be(&w, cost.passes);
    kw_write_span(&w, KW_SPAN(salt->bytes));
    KW_ASSERT(kw_write_end(&w) == KW_OK);
}

static kw_span read_frame(kw_reader *r)
{
    return kw_read_span_u32be(r, KW_BACKUP_RECORD_BYTES_MAX + KW_AEAD_TAG_BYTES);
}

/* How many frames there are; 0: they do not end with the bytes. */
static uint64_t count_frames(kw_span frames)
{
    kw_reader r = kw_reader_of(frames);
    uint64_t count = 0;
    while (kw_read_left(&r) > 0) {
        (void)read_frame(&r);
        count++;
    }
    return kw_read_end(&r) == KW_OK ? count : 0;
}

kw_status kw_backup_file_decode(kw_backup_file *out, kw_span wire)
{
    kw_reader r = kw_reader_of(wire);
    kw_backup_file file = {0};
    kw_span front = kw_read_span(&r, sizeof magic - 1);
    file.cost.memory_kib = kw_read_u32be(&r);
    file.cost.passes = kw_read_u32be(&r);
    kw_read_into(&r, KW_MSPAN(file.salt.bytes));
    file.frames = kw_read_rest(&r);
    KW_TRY(kw_read_end(&r));
    file.frames_count = count_frames(file.frames);
    bool is_ours = kw_str_equal(kw_str_of_span(front), kw_str_of(magic)) &&
                   kw_seal_cost_is_sane(KW_SEAL_PASSPHRASE_FILE, file.cost) &&
                   file.frames_count > 0;
    if (!is_ours) {
        return KW_BAD_INPUT;
    }
    *out = file;
    return KW_OK;
}

/* ---- the seal ---- */
typedef struct frame_aad {
    uint8_t bytes[LABEL_BYTES + KW_BACKUP_FRONT_BYTES];
} frame_aad;

static frame_aad aad_of(const uint8_t front[KW_BACKUP_FRONT_BYTES])
{
    frame_aad aad;
    kw_writer w = kw_writer_of(KW_MSPAN(aad.bytes));
    kw_write_str(&w, kw_str_of(label));
    kw_write_span(&w, (kw_span){front, KW_BACKUP_FRONT_BYTES});
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    return aad;
}

static kw_aead_once once_of(const kw_secret_key *key, uint64_t frame, bool is_last)
{
    kw_aead_once once = {.key = kw_secret_key_view(key)};
    kw_writer w = kw_writer_of(KW_MSPAN(once.nonce));
    kw_write_span(&w, KW_SPAN(((const uint8_t[3]){0})));
    kw_write_u64be(&w, frame);
    kw_write_u8(&w, is_last ? 1 : 0);
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    return once;
}

/* CT: as Argon2id. */
static kw_status derive(kw_secret_key **out, kw_secret_span passphrase,
                        const kw_argon2id_salt *salt, kw_argon2id_cost cost)
{
    KW_AUTO(kw_secret32) key = {0};
    KW_TRY(kw_argon2id(&key, passphrase, salt, cost));
    return kw_secret_key_new(out, &key);
}

/* ---- writing ---- */
void kw_backup_writer_drop(kw_backup_writer *writer)
{
    kw_secret_key_free(writer->key);
    kw_aead_free(writer->aead);
    *writer = (kw_backup_writer){0};
}

static kw_status begin(kw_backup_writer *w, const kw_operator_key_lock *lock, kw_argon2id_cost cost)
{
    kw_argon2id_salt salt;
    KW_TRY(kw_aead_new(&w->aead, lock->rng));
    KW_TRY(kw_rng_fill(&lock->rng, KW_MSPAN(salt.bytes)));
    KW_TRY(derive(&w->key, lock->passphrase, &salt, cost));
    write_front(w->front, cost, &salt);
    return kw_buf_append(w->out, KW_SPAN(w->front));
}

kw_status kw_backup_writer_open(kw_backup_writer *out, kw_buf *file,
                                const kw_operator_key_lock *lock, kw_error *err)
{
    bool has_cost = lock->cost.memory_kib != 0 || lock->cost.passes != 0;
    kw_argon2id_cost cost = has_cost ? lock->cost : KW_ARGON2ID_DEFAULT;
    kw_backup_writer w = {.out = file};
    KW_ASSERT(file->len == 0);
    KW_REQUIRE(lock->passphrase.len >= KW_SEAL_PASSPHRASE_BYTES_MIN &&
                   lock->passphrase.len <= KW_SEAL_PASSPHRASE_BYTES_MAX,
               err, KW_BAD_INPUT, "a passphrase has %d to %d bytes", KW_SEAL_PASSPHRASE_BYTES_MIN,
               KW_SEAL_PASSPHRASE_BYTES_MAX);
    KW_REQUIRE(kw_seal_cost_is_sane(KW_SEAL_PASSPHRASE_FILE, cost), err, KW_BAD_INPUT,
               "the cost of the passphrase is out of range");
    kw_status st = begin(&w, lock, cost);
    if (st != KW_OK) {
        kw_backup_writer_drop(&w);
        return kw_fail(err, st, "beginning a backup");
    }
    *out = w;
    return KW_OK;
}

kw_status kw_backup_writer_add(kw_backup_writer *writer, kw_secret_span record, bool is_last)
{
    if (record.len > KW_BACKUP_RECORD_BYTES_MAX) {
        return KW_LIMIT;
    }
    frame_aad aad = aad_of(writer->front);
    kw_aead_once once = once_of(writer->key, writer->frames_count, is_last);
    size_t before = writer->out->len;
    kw_writer w = kw_writer_to(writer->out);
    kw_write_u32be(&w, (uint32_t)(record.len + KW_AEAD_TAG_BYTES));
    kw_status st = kw_write_end(&w);
    if (st == KW_OK) {
        st = kw_aead_seal_once(writer->aead, writer->out, &once, record, KW_SPAN(aad.bytes));
    }
    if (st != KW_OK) {
        writer->out->len = before;
        return st;
    }
    writer->frames_count++;
    return KW_OK;
}

/* ---- reading ---- */

void kw_backup_reader_drop(kw_backup_reader *reader)
{
    kw_secret_key_free(reader->key);
    kw_aead_free(reader->aead);
    *reader = (kw_backup_reader){0};
}

void kw_backup_reader_rewind(kw_backup_reader *reader)
{
    reader->left = reader->file.frames;
    reader->frames_read = 0;
}

/* The first record opens with the right key alone. CT: as Argon2id. */
static kw_status try_passphrase(kw_backup_reader *r, kw_secret_span passphrase)
{
    KW_AUTO(kw_secret_bytes) first = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX);
    KW_TRY(kw_aead_new_opener(&r->aead));
    KW_TRY(derive(&r->key, passphrase, &r->file.salt, r->file.cost));
    write_front(r->front, r->file.cost, &r->file.salt);
    kw_backup_reader_rewind(r);
    kw_status st = kw_backup_reader_next(r, &first, NULL);
    kw_backup_reader_rewind(r);
    return st == KW_CORRUPT ? KW_SEALED : st;
}

kw_status kw_backup_reader_open(kw_backup_reader *out, kw_span file, kw_secret_span passphrase,
                                kw_error *err)
{
    kw_backup_reader r = {0};
    KW_REQUIRE(kw_backup_file_decode(&r.file, file) == KW_OK, err, KW_CORRUPT,
               "this is no backup of a node, or a part of one");
    kw_status st = try_passphrase(&r, passphrase);
    if (st != KW_OK) {
        kw_backup_reader_drop(&r);
        return kw_fail(err, st, "%s",
                       st == KW_SEALED ? "the passphrase of the backup is wrong, or it was changed"
                                       : "opening the backup");
    }
    *out = r;
    return KW_OK;
}

kw_status kw_backup_reader_next(kw_backup_reader *reader, kw_secret_bytes *out, kw_error *err)
{
    if (reader->frames_read == reader->file.frames_count) {
        return kw_fail(err, KW_END, "the backup is at its end");
    }
    kw_reader r = kw_reader_of(reader->left);
    kw_span frame = read_frame(&r);
    bool is_last = reader->frames_read + 1 == reader->file.frames_count;
    frame_aad aad = aad_of(reader->front);
    kw_aead_once once = once_of(reader->key, reader->frames_read, is_last);
    kw_secret_bytes_clear(out);
    kw_status st = kw_aead_open_once(reader->aead, out, &once, frame, KW_SPAN(aad.bytes));
    KW_REQUIRE(st == KW_OK, err, st, "record %llu of the backup",
               (unsigned long long)reader->frames_read);
    reader->left = kw_read_rest(&r);
    reader->frames_read++;
    return KW_OK;
}
