/* SPDX-License-Identifier: Apache-2.0
 * Sealed key files. Source: RFC 9106, NIST SP 800-38D. Secret inputs: passphrase and key. */
#include "threshold/operator_key_file.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "os/file.h"
#include "store/limits.h"
#include "store/seal_header.h"

enum {
    OPEN_BYTES = KW_OPERATOR_KEY_FILE_BYTES - KW_OPERATOR_KEY_SEALED_BYTES,
    LABEL_BYTES = 22,
};

static const char magic[] = "KWK1";

void kw_operator_key_file_encode(uint8_t out[KW_OPERATOR_KEY_FILE_BYTES],
                                 const kw_operator_key_file *file)
{
    kw_writer w = kw_writer_of((kw_mspan){out, KW_OPERATOR_KEY_FILE_BYTES});
    kw_write_str(&w, kw_str_of(magic));
    kw_write_u8(&w, file->curve);
    kw_write_u32be(&w, file->cost.memory_kib);
    kw_write_u32be(&w, file->cost.passes);
    kw_write_span(&w, KW_SPAN(file->salt.bytes));
    kw_write_span(&w, KW_SPAN(file->sealed));
    KW_ASSERT(kw_write_end(&w) == KW_OK);
}

kw_status kw_operator_key_file_decode(kw_operator_key_file *out, kw_span wire)
{
    kw_reader r = kw_reader_of(wire);
    kw_operator_key_file file = {0};
    kw_span front = kw_read_span(&r, sizeof magic - 1);
    file.curve = kw_read_u8(&r);
    file.cost.memory_kib = kw_read_u32be(&r);
    file.cost.passes = kw_read_u32be(&r);
    kw_read_into(&r, KW_MSPAN(file.salt.bytes));
    kw_read_into(&r, KW_MSPAN(file.sealed));
    KW_TRY(kw_read_end(&r));
    bool is_ours = kw_str_equal(kw_str_of_span(front), kw_str_of(magic)) &&
                   (file.curve == KW_PEER_BN254 || file.curve == KW_PEER_ECDSA) &&
                   kw_seal_cost_is_sane(KW_SEAL_PASSPHRASE_FILE, file.cost);
    if (!is_ours) {
        return KW_BAD_INPUT;
    }
    *out = file;
    return KW_OK;
}

/* ---- the seal ---- */
typedef struct file_aad {
    uint8_t bytes[LABEL_BYTES + OPEN_BYTES];
} file_aad;

static file_aad aad_of(const kw_operator_key_file *file)
{
    file_aad aad;
    uint8_t wire[KW_OPERATOR_KEY_FILE_BYTES];
    kw_operator_key_file_encode(wire, file);
    kw_writer w = kw_writer_of(KW_MSPAN(aad.bytes));
    kw_write_str(&w, KW_STR("keyward operator key 1"));
    kw_write_span(&w, (kw_span){wire, OPEN_BYTES});
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    return aad;
}

/* CT: as Argon2id. */
static kw_status seal(kw_operator_key_file *file, const kw_secret32 *plain,
                      const kw_operator_key_lock *lock)
{
    KW_AUTO_PTR(kw_aead) aead = NULL;
    KW_AUTO(kw_secret32) key = {0};
    KW_AUTO(kw_buf) sealed = kw_buf_init(sizeof file->sealed);
    KW_TRY(kw_aead_new(&aead, lock->rng));
    KW_TRY(kw_rng_fill(&lock->rng, KW_MSPAN(file->salt.bytes)));
    KW_TRY(kw_argon2id(&key, lock->passphrase, &file->salt, file->cost));
    file_aad aad = aad_of(file);
    KW_TRY(kw_aead_seal(aead, &sealed, &key, kw_secret32_view(plain), KW_SPAN(aad.bytes)));
    KW_ASSERT(sealed.len == sizeof file->sealed);
    memcpy(file->sealed, sealed.ptr, sealed.len);
    return KW_OK;
}

/* CT: as Argon2id; leaks whether the passphrase was right. */
static kw_status unseal(kw_secret32 *out, const kw_operator_key_file *file,
                        const kw_secret_bytes *passphrase)
{
    KW_AUTO_PTR(kw_aead) aead = NULL;
    KW_AUTO(kw_secret32) key = {0};
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(sizeof *out);
    KW_TRY(kw_aead_new_opener(&aead));
    KW_TRY(kw_argon2id(&key, kw_secret_bytes_view(passphrase), &file->salt, file->cost));
    file_aad aad = aad_of(file);
    KW_TRY(kw_aead_open(aead, &plain, &key, KW_SPAN(file->sealed), KW_SPAN(aad.bytes)));
    return kw_secret32_of(out, kw_secret_bytes_view(&plain));
}

/* ---- files ---- */
kw_status kw_operator_key_file_write(const char *path, const kw_operator_secret *secret,
                                     const kw_operator_key_lock *lock, kw_error *err)
{
    kw_file_info info;
    kw_operator_key_file file = {.curve = kw_operator_secret_curve(secret), .cost = lock->cost};
    uint8_t wire[KW_OPERATOR_KEY_FILE_BYTES];
    kw_status st = kw_file_stat(&info, path, NULL);
    KW_REQUIRE(st != KW_OK, err, KW_CONFLICT, "%s is there: a key is never written over", path);
    KW_REQUIRE(st == KW_NOT_FOUND, err, st, "looking at %s", path);
    KW_REQUIRE(lock->passphrase.len >= KW_SEAL_PASSPHRASE_BYTES_MIN &&
                   lock->passphrase.len <= KW_SEAL_PASSPHRASE_BYTES_MAX,
               err, KW_BAD_INPUT, "a passphrase has %d to %d bytes", KW_SEAL_PASSPHRASE_BYTES_MIN,
               KW_SEAL_PASSPHRASE_BYTES_MAX);
    if (file.cost.memory_kib == 0 && file.cost.passes == 0) {
        file.cost = KW_ARGON2ID_DEFAULT;
    }
    KW_REQUIRE(kw_seal_cost_is_sane(KW_SEAL_PASSPHRASE_FILE, file.cost), err, KW_BAD_INPUT,
               "the cost of the passphrase is out of range");
    st = seal(&file, kw_operator_secret_view(secret), lock);
    KW_REQUIRE(st == KW_OK, err, st, "sealing the operator key");
    kw_operator_key_file_encode(wire, &file);
    return kw_file_write_atomic(path, KW_SPAN(wire), 0600, err);
}

/* Private files alone: what is sealed is no secret, but nobody else has a use for it. */
static kw_status read_private(kw_secret_bytes *out, const char *path, bool is_text, kw_error *err)
{
    KW_REQUIRE(path != NULL, err, KW_SEALED, "no file of the operator key's passphrase");
    kw_status st = kw_secret_bytes_read_file(out, path, is_text, err);
    if (st == KW_NO_MEMORY) {
        return st;
    }
    KW_REQUIRE(st == KW_OK, err, KW_SEALED, "%s cannot be used (%s)", path, kw_status_name(st));
    return KW_OK;
}

static kw_status load(kw_operator_key_file *out, const char *path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(2 * KW_OPERATOR_KEY_FILE_BYTES);
    KW_TRY(read_private(&bytes, path, false, err));
    kw_span wire = kw_declassify_span(kw_secret_bytes_view(&bytes), "what is sealed is no secret");
    KW_REQUIRE(kw_operator_key_file_decode(out, wire) == KW_OK, err, KW_CORRUPT,
               "%s is no file of an operator key", path);
    return KW_OK;
}

kw_status kw_operator_key_file_read(kw_secret32 *out, uint8_t *out_curve, const char *path,
                                    const char *passphrase_path, kw_error *err)
{
    kw_operator_key_file file = {0};
    KW_AUTO(kw_secret_bytes) passphrase = kw_secret_bytes_init(KW_SEAL_PASSPHRASE_BYTES_MAX + 2);
    KW_TRY(load(&file, path, err));
    KW_TRY(read_private(&passphrase, passphrase_path, true, err));
    kw_status st = unseal(out, &file, &passphrase);
    KW_REQUIRE(st != KW_CORRUPT, err, KW_SEALED, "the passphrase of the operator key is wrong");
    KW_REQUIRE(st == KW_OK, err, st, "opening the operator key");
    *out_curve = file.curve;
    return KW_OK;
}
