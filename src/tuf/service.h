/* SPDX-License-Identifier: Apache-2.0
 * Publishing in a TUF repository: a folder with metadata/ and targets/ that any file server can
 * serve. All is signed and tried out first, then written in an order in which a crash at any point
 * leaves what was published before: target files, delegated roles, targets, snapshot, root, and at
 * last timestamp.json, the only file that changes. Names have versions and hashes, always. */
#ifndef KW_TUF_SERVICE_H
#define KW_TUF_SERVICE_H

#include "base/utc.h"
#include "tuf/engine/write.h"

/* A file that was signed elsewhere: root, targets, or a delegated role. */
typedef struct kw_tuf_staged {
    kw_str role;
    kw_span bytes;
} kw_tuf_staged;

/* A target file to publish. */
typedef struct kw_tuf_upload {
    kw_str path;      /* in the repository */
    const char *file; /* where its content is */
} kw_tuf_upload;

/* Everything is borrowed. */
typedef struct kw_tuf_release {
    const kw_tuf_staged *staged;
    size_t staged_count;
    const kw_tuf_upload *uploads;
    size_t uploads_count;
    const kw_tuf_signer *snapshot; /* NULL: the snapshot stays, and nothing is staged */
    const kw_tuf_signer *timestamp;
    kw_unix_s snapshot_expires;
    kw_unix_s timestamp_expires;
    kw_unix_s now;
} kw_tuf_release;

/* Publishes all of it, or says why not and leaves what is live as it is; the same release may be
 * tried again. One process at a time. A root that takes the timestamp's key away is live before the
 * timestamp is: between the two clients refuse the old one.
 * Of staged files: statuses of kw_tuf_file_parse and kw_tuf_verify_threshold; ROLLBACK: no newer
 * version than the live one, unless it is that very file; CONFLICT: that root is there already, and
 * differs; NOT_FOUND: no role delegates to it. Of target files: NOT_FOUND: one is listed that is
 * neither there nor uploaded, or uploaded and not listed; HASH: it is not what is listed.
 * BAD_STATE: a new timestamp alone, where nothing is published. What the signers say; statuses of
 * kw_tuf_updater_give, for a client refuses the whole; and those of the file system. */
KW_MUST_USE kw_status kw_tuf_publish(const char *folder, const kw_tuf_release *release,
                                     kw_error *err);

#endif /* KW_TUF_SERVICE_H */
