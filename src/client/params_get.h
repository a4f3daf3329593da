/* SPDX-License-Identifier: Apache-2.0
 * A parameter file from its name alone: what signed metadata says of it, then its bytes. */
#ifndef KW_CLIENT_PARAMS_GET_H
#define KW_CLIENT_PARAMS_GET_H

#include "client/download.h"
#include "tuf/engine/keys.h"

/* Everything is borrowed. */
typedef struct kw_params_get {
    const char *metadata_dir; /* with a root that is trusted: client/refresh.h */
    const char *metadata_url; /* NULL: "<mirror>/tuf/metadata", of each mirror in turn */
    bool is_offline;          /* no request: metadata and file must be there */
    kw_tuf_keyids keyids;
    kw_unix_s now;
    kw_download download; /* all but content and tree_root, which metadata says */
} kw_params_get;

/* Refreshes and downloads; offline, only looks whether the file is right: NOT_FOUND, HASH.
 * BAD_INPUT: the path is none of parameters, or what is said of it is malformed. EXPIRED: of
 * metadata, or the file may not be used any more. INCOMPATIBLE: a newer client is needed. Statuses
 * of kw_client_refresh_open, kw_client_refresh_seek, kw_download_run. */
KW_MUST_USE kw_status kw_params_get_run(kw_download_report *out, const kw_params_get *get,
                                        kw_error *err);

#endif /* KW_CLIENT_PARAMS_GET_H */
