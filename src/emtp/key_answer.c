/* SPDX-License-Identifier: Apache-2.0
 * Rendering of GET /keys. Secret inputs: the sealed keys. Source: emtp.md sections 7 and 8. */
#include "emtp/key_answer.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "crypto/hash.h"
#include "emtp/engine/manifest.h"

#include <stdio.h>

/* The one place where stored keys are opened to be served. */
static kw_status append_manifest(kw_tx *tx, kw_secret_bytes *out, const kw_emtp_key_opener *opener,
                                 const kw_emtp_key_info *key, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(sizeof(kw_secret32));
    KW_TRY_AT(err, kw_emtp_key_rows_open(tx, opener->sealer, &bytes, key, err), "opening key %s",
              key->kid.text);
    KW_AUTO(kw_emtp_manifest) manifest = {.kid = key->kid, .window = key->window};
    KW_REQUIRE(kw_secret32_of(&manifest.key, kw_secret_bytes_view(&bytes)) == KW_OK, err,
               KW_CORRUPT, "the sealed key %s has another length", key->kid.text);
    KW_REQUIRE(opener->allow_test_key || !kw_emtp_is_test_key(&manifest.key), err, KW_REFUSED,
               "epoch key %s is the published test key, which is served with emtp.test_key only",
               key->kid.text);
    KW_TRY_AT(err, kw_emtp_manifest_encode(out, &manifest), "rendering key %s", key->kid.text);
    return KW_OK;
}

kw_status kw_emtp_manifest_render(kw_tx *tx, kw_secret_bytes *out, const kw_emtp_key_opener *opener,
                                  const kw_emtp_key_info *key, kw_error *err)
{
    *out = kw_secret_bytes_init(KW_EMTP_MANIFEST_BYTES_MAX);
    return append_manifest(tx, out, opener, key, err);
}

static void name_kids(kw_emtp_key_answer *answer, const kw_emtp_key_list *keys,
                      const size_t *served, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        kw_str kid = kw_emtp_kid_text(&keys->items[served[i]].kid);
        if (len + 1 + kid.len >= sizeof answer->kids) {
            break;
        }
        int more = snprintf(answer->kids + len, sizeof answer->kids - len, "%s%.*s",
                            i == 0 ? "" : " ", KW_STR_ARG(kid));
        KW_ASSERT(more > 0);
        len += (size_t)more;
    }
}

static void tag(kw_emtp_key_answer *answer, const kw_emtp_key_list *keys, const size_t *served,
                size_t count)
{
    kw_sha256_state state;
    kw_sha256_init(&state);
    for (size_t i = 0; i < count; i++) {
        kw_sha256_update(&state, kw_span_of_str(kw_emtp_kid_text(&keys->items[served[i]].kid)));
        kw_sha256_update(&state, kw_span_of_str(KW_STR("\n")));
    }
    kw_hash32 hash;
    kw_sha256_final(&state, &hash);
    char hex[16];
    kw_hex_encode_to(hex, (kw_span){hash.bytes, sizeof hex / 2});
    int len = snprintf(answer->etag, sizeof answer->etag, "%.*s-%lld", (int)sizeof hex, hex,
                       (long long)keys->change);
    KW_ASSERT(len > 0 && (size_t)len < sizeof answer->etag);
}

static kw_status render(kw_tx *tx, kw_emtp_key_answer *answer, const kw_emtp_answer_source *source,
                        kw_error *err)
{
    const kw_emtp_key_list *keys = source->keys;
    size_t served[KW_EMTP_KEYS_MAX];
    size_t count = kw_emtp_keys_served(served, kw_emtp_key_list_view(keys), answer->from);
    name_kids(answer, keys, served, count);
    tag(answer, keys, served, count);
    KW_TRY_AT(err, kw_secret_bytes_append_str(&answer->body, KW_STR("{\"keys\":[")), "rendering");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            KW_TRY_AT(err, kw_secret_bytes_append_str(&answer->body, KW_STR(",")), "rendering");
        }
        KW_TRY(append_manifest(tx, &answer->body, &source->opener, &keys->items[served[i]], err));
    }
    KW_TRY_AT(err, kw_secret_bytes_append_str(&answer->body, KW_STR("]}")), "rendering");
    return KW_OK;
}

kw_status kw_emtp_key_answer_new(kw_tx *tx, kw_emtp_key_answer **out,
                                 const kw_emtp_answer_source *source, kw_unix_s now, kw_error *err)
{
    kw_emtp_key_answer *answer = kw_heap_new(1, sizeof *answer);
    KW_REQUIRE(answer != NULL, err, KW_NO_MEMORY, "no memory for an answer");
    atomic_init(&answer->holders, 1);
    answer->from = now;
    answer->until = kw_emtp_keys_hold_until(source->rule, kw_emtp_key_list_view(source->keys), now);
    answer->body = kw_secret_bytes_init((size_t)KW_EMTP_MANIFEST_BYTES_MAX * KW_EMTP_KEYS_MAX);
    kw_status st = render(tx, answer, source, err);
    if (st != KW_OK) {
        kw_emtp_key_answer_release(answer);
        return st;
    }
    *out = answer;
    return KW_OK;
}

void kw_emtp_key_answer_retain(kw_emtp_key_answer *answer)
{
    (void)atomic_fetch_add_explicit(&answer->holders, 1, memory_order_relaxed);
}

void kw_emtp_key_answer_release(kw_emtp_key_answer *answer)
{
    if (answer == NULL ||
        atomic_fetch_sub_explicit(&answer->holders, 1, memory_order_acq_rel) != 1) {
        return;
    }
    kw_secret_bytes_drop(&answer->body);
    kw_heap_free(answer);
}
