/* SPDX-License-Identifier: Apache-2.0
 * All identities at one moment, indexed for the request path. Made once, never changed, replaced as
 * a whole: no request is decided by a half-changed table. */
#ifndef KW_GUARD_DIRECTORY_H
#define KW_GUARD_DIRECTORY_H

#include "guard/identity.h"

/* An API key and what is compared with it. */
typedef struct kw_directory_key {
    kw_api_key_info info;
    kw_hash32 mac;   /* HMAC-SHA-256 under the pepper */
    uint32_t holder; /* index of the identity */
} kw_directory_key;

typedef struct kw_directory {
    kw_arena arena;               /* owns everything below */
    kw_identity_info *identities; /* ascending by id */
    size_t identities_count;
    kw_directory_key *keys; /* ascending by (holder, key id) */
    size_t keys_count;
    uint32_t *by_id;          /* open addressing: index + 1, 0 = free */
    uint32_t *by_certificate; /* of identities that certificates prove */
    uint32_t *by_key_id;      /* of keys */
    size_t slots;             /* of each of the three, a power of two */
    uint64_t seed[2];         /* of the slots' hash */
} kw_directory;

/* What a directory is made from; texts and rows are copied. Any order. */
typedef struct kw_directory_source {
    const kw_identity_info *identities; /* `api_keys` is not looked at */
    size_t identities_count;
    const kw_directory_key *keys; /* `holder` indexes `identities` */
    size_t keys_count;
    uint64_t seed[2];
} kw_directory_source;

/* CONFLICT: two identities with one id or one certificate name, or two keys with one id.
 * LIMIT: more than KW_IDENTITIES_MAX. NO_MEMORY. */
KW_MUST_USE kw_status kw_directory_new(kw_directory **out, const kw_directory_source *source,
                                       kw_error *err);

/* Takes NULL; `void *` because kw_snapshot frees it. */
void kw_directory_free(void *directory);

/* NULL when there is none. Borrowed from the directory. */
const kw_identity_info *kw_directory_find(const kw_directory *directory, kw_str id);
const kw_identity_info *kw_directory_find_certificate(const kw_directory *directory,
                                                      kw_identity_kind kind, kw_str name);
const kw_directory_key *kw_directory_find_key(const kw_directory *directory, kw_str key_id);

/* The roles that an identity holds at a moment: bindings that have not expired. */
kw_role_set kw_identity_roles(const kw_identity_info *identity, kw_unix_ms now_ms);

/* Copies an identity with all that it points to. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_identity_copy(kw_arena *arena, kw_identity_info *out,
                                       const kw_identity_info *from);

#endif /* KW_GUARD_DIRECTORY_H */
