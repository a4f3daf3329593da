/* SPDX-License-Identifier: Apache-2.0
 * One target file of a TUF repository, whole in one request, checked while it arrives. */
#ifndef KW_CLIENT_TARGET_H
#define KW_CLIENT_TARGET_H

#include "net/http_client.h"
#include "tuf/engine/content.h"

/* Everything is borrowed. */
typedef struct kw_client_target {
    kw_str path;            /* in the repository */
    kw_tuf_content content; /* what signed metadata says of it: its length and hashes */
    bool has_prefix;        /* its name has a hash before it */
    const char *folder;     /* where the file goes; made when it is not there */
    const char *base_url;   /* where the repository has its target files */
    kw_http_client *http;
} kw_client_target;

/* Puts the file into the folder under its path, quoted, so that it names no folder; one that is
 * there and right is left as it is, without a request. BAD_INPUT: the path has segments that are
 * empty, "." or "..". LIMIT: its name is too long for a file. HASH: the repository has other bytes;
 * a file that was there stays. Statuses of kw_http_client_run; those of the file system. */
KW_MUST_USE kw_status kw_client_target_get(const kw_client_target *target, kw_error *err);

#endif /* KW_CLIENT_TARGET_H */
