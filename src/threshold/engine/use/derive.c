/* SPDX-License-Identifier: Apache-2.0
 * HKDF over an application key. Secret input: that key. */
#include "threshold/engine/use/derive.h"

#include "codec/writer.h"
#include "crypto/kdf.h"

kw_status kw_derive_key(kw_secret32 *out, const kw_bls_secret_g1 *application_key,
                        const kw_derive_name *name)
{
    if (name->label.len > KW_DERIVE_LABEL_BYTES_MAX) {
        return KW_BAD_INPUT;
    }
    uint8_t info[4 + KW_DERIVE_LABEL_BYTES_MAX + 4];
    size_t len = 4 + name->label.len + 4;
    kw_writer w = kw_writer_of((kw_mspan){info, len});
    kw_write_span_u32be(&w, name->label);
    kw_write_u32be(&w, name->version);
    KW_TRY(kw_write_end(&w));
    KW_AUTO(kw_bls_secret_g1_bytes) key = {{0}};
    kw_bls_secret_g1_encode(&key, application_key);
    kw_hkdf_sha256(out, kw_bls_secret_g1_bytes_view(&key),
                   kw_span_of_str(KW_STR("KEYWARD-V1-DERIVE")),
                   kw_str_of_span((kw_span){info, len}));
    return KW_OK;
}
