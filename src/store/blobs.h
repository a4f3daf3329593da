/* SPDX-License-Identifier: Apache-2.0
 * Blobs under the SHA-256 of their bytes: the same bytes are stored once, and every read checks
 * them. On a file system (fs/) or in a bucket (s3/):
 *
 *     cas/<aa>/<sha256>.chunk   a blob; aa = the first two digits; any web server may serve it
 *     hold/<sha256>/<name>      a legal hold: while there is one the blob stays
 *
 * Removal is safe beside others that put: what was put again lately is not removed. */
#ifndef KW_STORE_BLOBS_H
#define KW_STORE_BLOBS_H

#include "base/buf.h"
#include "base/utc.h"

/* Belongs to one thread at a time; open one for each. */
typedef struct kw_blobs kw_blobs;

typedef struct kw_blob_info {
    uint64_t bytes;
    kw_unix_s put_s; /* when it was put last, by the clock of the disk or the bucket */
} kw_blob_info;

/* Closes. Takes NULL. */
void kw_blobs_free(kw_blobs *blobs);
KW_AUTO_PTR_DEFINE(kw_blobs);

/* All of these: what the back-end says, such as IO, NO_SPACE, FORBIDDEN, NETWORK, NO_MEMORY. */

/* Stores the bytes, durable at KW_OK; when they are there already, only renews their time.
 * LIMIT: more than KW_BLOB_BYTES_MAX. BUSY: another process kept its lock. */
KW_MUST_USE kw_status kw_blobs_put(kw_blobs *blobs, kw_hash32 *out_id, kw_span bytes,
                                   kw_error *err);

/* The same, and writes the bytes also where they seem to be there: mends what a scrub found. */
KW_MUST_USE kw_status kw_blobs_mend(kw_blobs *blobs, kw_span bytes, kw_error *err);

/* The bytes, checked. `out`, empty before, owns them. NOT_FOUND. CORRUPT: the stored bytes are not
 * those of that name. LIMIT: longer than out->max. */
KW_MUST_USE kw_status kw_blobs_get(kw_blobs *blobs, kw_buf *out, const kw_hash32 *id,
                                   kw_error *err);

/* What is known without reading the bytes. NOT_FOUND. */
KW_MUST_USE kw_status kw_blobs_look(kw_blobs *blobs, kw_blob_info *out, const kw_hash32 *id,
                                    kw_error *err);

/* Called for each blob, by rising name; not KW_OK ends the walk with that status. */
typedef struct kw_blobs_visit {
    kw_status (*see)(void *ctx, const kw_hash32 *id, const kw_blob_info *info, kw_error *err);
    void *ctx;
} kw_blobs_visit;

KW_MUST_USE kw_status kw_blobs_each(kw_blobs *blobs, const kw_blobs_visit *visit, kw_error *err);

/* Begins and ends a legal hold. `name`: lower-case letters, digits and "-", so that several cases
 * may hold one blob. Hold: NOT_FOUND: no such blob. Release: NOT_FOUND: no such hold. BAD_INPUT:
 * the name. BUSY as above. */
KW_MUST_USE kw_status kw_blobs_hold(kw_blobs *blobs, const kw_hash32 *id, kw_str name,
                                    kw_error *err);
KW_MUST_USE kw_status kw_blobs_release(kw_blobs *blobs, const kw_hash32 *id, kw_str name,
                                       kw_error *err);

/* Removes a blob that was put last before `put_before_s`. REFUSED: a hold is on it. CONFLICT: it
 * was put at or after that time. NOT_FOUND. BUSY as above. */
KW_MUST_USE kw_status kw_blobs_remove(kw_blobs *blobs, const kw_hash32 *id, kw_unix_s put_before_s,
                                      kw_error *err);

/* Says whether anything live names a blob. Not KW_OK ends a sweep: what cannot be answered is not
 * removed. */
typedef struct kw_blobs_needs {
    kw_status (*is_needed)(void *ctx, bool *out, const kw_hash32 *id, kw_error *err);
    void *ctx;
} kw_blobs_needs;

typedef struct kw_blobs_swept {
    uint64_t needed;
    uint64_t held;
    uint64_t young; /* put at or after the time */
    uint64_t removed;
    uint64_t removed_bytes;
} kw_blobs_swept;

/* Removes, as kw_blobs_remove, every blob that nothing needs, and what writers that were killed
 * left behind. `out` is filled on failure, too. */
KW_MUST_USE kw_status kw_blobs_sweep(kw_blobs *blobs, kw_blobs_swept *out, kw_unix_s put_before_s,
                                     const kw_blobs_needs *needs, kw_error *err);

typedef struct kw_blobs_scrubbed {
    uint64_t whole;
    uint64_t damaged;
    uint64_t bytes; /* read */
} kw_blobs_scrubbed;

/* Reads every blob. `damaged` is told of each that is not whole, and may mend it. `out` is filled
 * on failure, too. */
KW_MUST_USE kw_status kw_blobs_scrub(kw_blobs *blobs, kw_blobs_scrubbed *out,
                                     const kw_blobs_visit *damaged, kw_error *err);

#endif /* KW_STORE_BLOBS_H */
