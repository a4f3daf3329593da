/* SPDX-License-Identifier: Apache-2.0
 * The last accepted answer of the key server on disk, sealed, shared by the processes of one
 * participant.
 *
 * File, integers big endian: "KWCACHE1" | u64 fetched_ms | sealed form of crypto/aead.h.
 * AAD: the two members before, then the server's URL: a cache of another server does not open. */
#ifndef KW_CLIENT_CACHE_H
#define KW_CLIENT_CACHE_H

#include "client/keyset.h"
#include "crypto/aead.h"

/* Where the cache is and what opens it; everything is borrowed. */
typedef struct kw_client_cache {
    const char *path; /* mode 0600; "<path>.lock" beside it is the lock between processes */
    const char *server_url;
    const kw_aead *aead;
    const kw_secret_key *key;
} kw_client_cache;

/* Reads the cached answer into `out_body` (empty before, maximum KW_CLIENT_ANSWER_BYTES_MAX) and
 * the time when it was fetched. NOT_FOUND: no file. CORRUPT: it does not open under this key for
 * this server, or is no cache. IO, LIMIT, NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_client_cache_load(const kw_client_cache *cache, kw_secret_bytes *out_body,
                                           kw_unix_ms *out_fetched_ms, kw_error *err);

/* Replaces the cache in one step; the caller holds the lock. IO, NO_SPACE, NO_MEMORY: the old file
 * is as it was. CT: leaks lengths. */
KW_MUST_USE kw_status kw_client_cache_store(const kw_client_cache *cache, kw_secret_span body,
                                            kw_unix_ms fetched_ms, kw_error *err);

#endif /* KW_CLIENT_CACHE_H */
