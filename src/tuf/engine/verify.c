/* SPDX-License-Identifier: Apache-2.0
 * Counting signatures. Source: TUF 1.0.34 sections 4.2.1 and 5. All inputs are public. */
#include "tuf/engine/verify.h"

#include "crypto/hash.h"

/* Public keys that have signed, each once. */
typedef struct signers {
    size_t count;
    kw_hash32 ids[KW_TUF_SIGNATURES_MAX];
} signers;

static void add_signer(signers *all, const kw_hash32 *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (kw_hash32_equal(&all->ids[i], id)) {
            return;
        }
    }
    all->ids[all->count++] = *id;
}

kw_status kw_tuf_verify_threshold(const kw_tuf_file *file, const kw_tuf_role *role, kw_error *err)
{
    signers all = {0};
    kw_str unnamed = {0};
    const kw_json *item = NULL;
    for (const void *at = NULL; kw_json_next(file->signatures, &at, &unnamed, &item);) {
        kw_hash32 id;
        const kw_tuf_key *key = kw_tuf_role_key(role, kw_json_text(kw_json_get(item, "keyid")));
        if (key != NULL && kw_tuf_key_verify(key, &id, kw_buf_view(&file->signed_form),
                                             kw_json_text(kw_json_get(item, "sig")))) {
            add_signer(&all, &id);
        }
    }
    KW_REQUIRE(all.count >= role->threshold, err, KW_THRESHOLD, "%zu keys have signed, %llu must",
               all.count, (unsigned long long)role->threshold);
    return KW_OK;
}
