/* SPDX-License-Identifier: Apache-2.0
 * The hashes of all leaves of a file, as a mirror has them in the tiles of its leaf tree
 * (<mirror>/leaf/<aa>/<sha256>/tile/0/...). They are what was signed when their root is. */
#ifndef KW_CLIENT_LEAF_HASHES_H
#define KW_CLIENT_LEAF_HASHES_H

#include "crypto/hash.h"
#include "net/http_client.h"

/* Signed metadata names it. */
typedef struct kw_leaf_file {
    kw_hash32 sha256;
    uint64_t bytes; /* >= 1 */
    kw_hash32 root; /* of its leaf tree */
} kw_leaf_file;

/* All-zero is empty. */
typedef struct kw_leaf_hashes {
    kw_hash32 *items; /* owned */
    uint64_t count;
} kw_leaf_hashes;

void kw_leaf_hashes_drop(kw_leaf_hashes *hashes);

/* Asks one mirror; a file of one leaf needs no request. HASH: it has tiles of another file.
 * PEER_REFUSED: tiles of another length. NO_MEMORY. Statuses of kw_http_client_run. */
KW_MUST_USE kw_status kw_leaf_hashes_fetch(kw_leaf_hashes *out, const kw_leaf_file *file,
                                           const char *mirror, kw_http_client *http, kw_error *err);

#endif /* KW_CLIENT_LEAF_HASHES_H */
