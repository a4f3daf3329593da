/* SPDX-License-Identifier: Apache-2.0
 * TUF metadata in a folder: trusted once, then refreshed from a repository. The folder holds files
 * as they were received, under the names of their roles without versions, and a lock. */
#ifndef KW_CLIENT_REFRESH_H
#define KW_CLIENT_REFRESH_H

#include "net/http_client.h"
#include "tuf/engine/update.h"

/* Makes `root` the trusted root of the folder, which is made when it is not there; other files stay
 * as they are. No request. Statuses of kw_tuf_file_parse and kw_tuf_verify_threshold; those of the
 * file system. */
KW_MUST_USE kw_status kw_client_refresh_init(const char *folder, kw_span root, kw_tuf_keyids keyids,
                                             kw_error *err);

/* Everything is borrowed while the handle lives. */
typedef struct kw_client_refresh_options {
    const char *folder;
    const char *metadata_url; /* where the repository has its metadata files; NULL: nobody is
                                 asked, and what is in the folder must do */
    kw_http_client *http;
    kw_unix_s now;
    kw_tuf_keyids keyids;
} kw_client_refresh_options;

/* Metadata that was refreshed, and the lock on its folder. One thread at a time. */
typedef struct kw_client_refresh kw_client_refresh;

/* Refreshes. BUSY: another process has the folder for long. NOT_FOUND: no trusted root; a file is
 * not there. Statuses of kw_tuf_updater_give and kw_http_client_run; those of the file system. What
 * was verified before a failure is kept. */
KW_MUST_USE kw_status kw_client_refresh_open(kw_client_refresh **out,
                                             const kw_client_refresh_options *options,
                                             kw_error *err);

/* Takes NULL. */
void kw_client_refresh_free(kw_client_refresh *refresh);
KW_AUTO_PTR_DEFINE(kw_client_refresh);

/* What signed metadata says of the target file at `path`; fetches roles on the way. NOT_FOUND: no
 * role has it; else as kw_client_refresh_open. After a failure only `free` is left. */
KW_MUST_USE kw_status kw_client_refresh_seek(kw_client_refresh *refresh, kw_tuf_content *out,
                                             kw_str path, kw_error *err);

/* `custom` of what was found last, as JSON; empty: it has none. Lives until the next seek. */
kw_span kw_client_refresh_custom(const kw_client_refresh *refresh);

/* Whether target files have a hash before their names. */
bool kw_client_refresh_has_prefixes(const kw_client_refresh *refresh);

#endif /* KW_CLIENT_REFRESH_H */
