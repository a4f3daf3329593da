/* SPDX-License-Identifier: Apache-2.0
 * Records between plain and sealed. Source: threshold.md section 8. Secret inputs: keys, slots,
 * plaintexts. */
#include "threshold/vault_seal.h"

#include "codec/writer.h"
#include "crypto/kdf.h"

enum {
    RECORD_VERSION = 1,
    SCHEMA = 1,
    LABEL_BYTES = 22,
    AAD_BYTES = LABEL_BYTES + 32 + 1 + 32 + 32 + 2,
};

typedef struct record_aad {
    uint8_t bytes[AAD_BYTES];
} record_aad;

static record_aad aad_of(const kw_vault_place *place)
{
    record_aad aad;
    kw_writer w = kw_writer_of(KW_MSPAN(aad.bytes));
    kw_write_str(&w, KW_STR("keyward vault record 1"));
    kw_write_span(&w, KW_SPAN(place->cluster_id.bytes));
    kw_write_u8(&w, place->kind);
    kw_write_span(&w, KW_SPAN(place->scope.bytes));
    kw_write_span(&w, KW_SPAN(place->id.bytes));
    kw_write_u16be(&w, SCHEMA);
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    return aad;
}

void kw_vault_key(kw_secret32 *out, const kw_secret32 *operator_key, const kw_secret32 *slot)
{
    kw_hkdf_sha256_secret_salt(out, kw_secret32_view(operator_key), kw_secret32_view(slot),
                               KW_STR("kms-keyshare-encryption"));
}

kw_status kw_vault_seal(const kw_aead *aead, kw_buf *out, const kw_secret32 *key,
                        const kw_vault_place *place, kw_secret_span plain)
{
    record_aad aad = aad_of(place);
    KW_TRY(kw_buf_append_byte(out, RECORD_VERSION));
    return kw_aead_seal(aead, out, key, plain, KW_SPAN(aad.bytes));
}

kw_status kw_vault_unseal(const kw_aead *aead, kw_secret_bytes *out, const kw_secret32 *key,
                          const kw_vault_place *place, kw_span record)
{
    if (record.len < 1 || record.ptr[0] != RECORD_VERSION) {
        return KW_CORRUPT;
    }
    record_aad aad = aad_of(place);
    kw_span sealed = {record.ptr + 1, record.len - 1};
    return kw_aead_open(aead, out, key, sealed, KW_SPAN(aad.bytes));
}
