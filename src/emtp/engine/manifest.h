/* SPDX-License-Identifier: Apache-2.0
 * Key manifests as JSON, one by one and as the answer of GET /keys:
 *   {"kid","key","algorithm":"hmac-sha256","not_before","not_after"}      {"keys":[manifest,...]}
 * The key is standard base64 of 32 bytes and stays in secret types. Source: emtp.md sections 7,
 * 8. */
#ifndef KW_EMTP_ENGINE_MANIFEST_H
#define KW_EMTP_ENGINE_MANIFEST_H

#include "base/error.h"
#include "crypto/secret.h"
#include "emtp/engine/epoch.h"

enum {
    KW_EMTP_KEY_SET_MAX = 64
};

/* By value; KW_AUTO wipes the key. */
typedef struct kw_emtp_manifest {
    kw_emtp_kid kid;
    kw_emtp_window window;
    kw_secret32 key;
} kw_emtp_manifest;

void kw_emtp_manifest_drop(kw_emtp_manifest *manifest);

/* The keys of one answer, in its order. All-zero is empty. */
typedef struct kw_emtp_key_set {
    kw_emtp_manifest items[KW_EMTP_KEY_SET_MAX];
    size_t count;
} kw_emtp_key_set;

void kw_emtp_key_set_drop(kw_emtp_key_set *set);

enum {
    KW_EMTP_ALLOW_TEST_KEY = 1, /* else the published key of section 14 is refused */
};

/* Appends the manifest: compact, members in the order above. LIMIT, NO_MEMORY.
 * CT: constant time in the key. */
KW_MUST_USE kw_status kw_emtp_manifest_encode(kw_secret_bytes *out,
                                              const kw_emtp_manifest *manifest);

/* Reads one manifest: strict JSON, the five members once each in any order and no other, a kid of
 * allowed form, not_before < not_after. BAD_INPUT, the text names the member, never a value;
 * REFUSED: the test key without the flag. CT: leaks the layout of the text, not the key. */
KW_MUST_USE kw_status kw_emtp_manifest_decode(kw_emtp_manifest *out, kw_secret_span json,
                                              unsigned flags, kw_error *err);

/* Reads the answer of GET /keys, and a static export, which has the same form. Each kid once.
 * Statuses as above; LIMIT: more than KW_EMTP_KEY_SET_MAX keys. CT: as above. */
KW_MUST_USE kw_status kw_emtp_key_set_decode(kw_emtp_key_set *out, kw_secret_span json,
                                             unsigned flags, kw_error *err);

/* The kid that the published key is served by. */
#define KW_EMTP_TEST_KID KW_STR("test-2026-01")

/* The published key 000102..1f. */
void kw_emtp_test_key(kw_secret32 *out);

/* CT: constant time; the verdict is public. */
bool kw_emtp_is_test_key(const kw_secret32 *key);

#endif /* KW_EMTP_ENGINE_MANIFEST_H */
