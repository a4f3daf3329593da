/* SPDX-License-Identifier: Apache-2.0
 * Keeping key sets. Secret inputs: the text, where it holds key bytes. */
#include "client/keyset.h"

void kw_client_keyset_drop(kw_client_keyset *set)
{
    for (size_t i = 0; i < set->count; i++) {
        kw_secret_key_free(set->keys[i].key);
    }
    *set = (kw_client_keyset){0};
}

static kw_status keep(kw_client_key *out, const kw_emtp_manifest *manifest, int overlap)
{
    *out = (kw_client_key){.kid = manifest->kid, .window = manifest->window};
    out->usable_until =
        kw_emtp_expires_at(kw_emtp_kid_text(&manifest->kid), manifest->window, overlap);
    return kw_secret_key_new(&out->key, &manifest->key);
}

kw_status kw_client_keyset_decode(kw_client_keyset *out, kw_secret_span text,
                                  const kw_client_keyset_rule *rule, kw_error *err)
{
    KW_ASSERT(out->count == 0 && rule->overlap >= 1 && rule->overlap <= KW_EMTP_OVERLAP_MAX);
    KW_REQUIRE(text.len <= KW_CLIENT_ANSWER_BYTES_MAX, err, KW_LIMIT, "the key set is too long");
    KW_AUTO(kw_emtp_key_set) read = {0};
    unsigned flags = rule->accepts_test_key ? KW_EMTP_ALLOW_TEST_KEY : 0;
    KW_TRY_AT(err, kw_emtp_key_set_decode(&read, text, flags, err), "reading the key set");
    for (size_t i = 0; i < read.count; i++) {
        kw_status st = keep(&out->keys[i], &read.items[i], rule->overlap);
        if (st != KW_OK) {
            kw_client_keyset_drop(out);
            return kw_fail(err, st, "no memory for keys");
        }
        out->count++;
    }
    return KW_OK;
}
