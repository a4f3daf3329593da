/* SPDX-License-Identifier: Apache-2.0
 * What a back-end of blobs.h fulfils, private to store/: bytes under keys such as "cas/0a/0a..".
 * Keys are lower-case letters, digits, "/", "-" and ".", at most KW_BLOB_KEY_BYTES with a NUL. */
#ifndef KW_STORE_BLOBS_DRIVER_H
#define KW_STORE_BLOBS_DRIVER_H

#include "store/blobs.h"
#include "store/limits.h"

#define KW_BLOB_KEY_BYTES 160

/* Called for each key, by rising bytes. */
typedef struct kw_blob_key_visit {
    kw_status (*see)(void *ctx, kw_str key, const kw_blob_info *info, kw_error *err);
    void *ctx;
} kw_blob_key_visit;

typedef struct kw_blobs_driver {
    /* Creates or replaces, durable at KW_OK. */
    kw_status (*write)(kw_blobs *blobs, const char *key, kw_span bytes, kw_error *err);

    /* Makes what is there as if it were written now, durable at KW_OK. NOT_FOUND: nothing of that
     * length is there, or it must be written again to be new. */
    kw_status (*renew)(kw_blobs *blobs, const char *key, uint64_t bytes, kw_error *err);

    /* Appends to `out`. NOT_FOUND; LIMIT: past out->max. */
    kw_status (*read)(kw_blobs *blobs, kw_buf *out, const char *key, kw_error *err);

    /* NOT_FOUND. */
    kw_status (*look)(kw_blobs *blobs, kw_blob_info *out, const char *key, kw_error *err);
    kw_status (*remove)(kw_blobs *blobs, const char *key, kw_error *err);

    /* All keys that begin with `prefix`, which ends in "/" and has one or two folders; none: KW_OK.
     * A visit may remove the key it sees. */
    kw_status (*list)(kw_blobs *blobs, const char *prefix, const kw_blob_key_visit *visit,
                      kw_error *err);

    /* Removes what writers that were killed before that time left behind. */
    kw_status (*tidy)(kw_blobs *blobs, kw_unix_s before_s, kw_error *err);

    /* Keeps others from renewing and removing; BUSY. */
    kw_status (*lock)(kw_blobs *blobs, kw_error *err);
    void (*unlock)(kw_blobs *blobs);

    void (*close)(kw_blobs *blobs);
} kw_blobs_driver;

/* The first member of each back-end's own. */
struct kw_blobs {
    const kw_blobs_driver *driver;
};

#endif /* KW_STORE_BLOBS_DRIVER_H */
