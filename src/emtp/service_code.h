/* SPDX-License-Identifier: Apache-2.0
 * Code distribution: which normaliser makes canonical strings, where its source is and what its
 * hash is. The sources are those that this daemon was built from. Source: emtp.md sections 8,
 * 9.3. */
#ifndef KW_EMTP_SERVICE_CODE_H
#define KW_EMTP_SERVICE_CODE_H

#include "emtp/stream.h"

#define KW_EMTP_STREAM_CODE KW_STR("code")

/* One normaliser. All texts are static. */
typedef struct kw_emtp_code {
    const char *language;
    const char *version;
    const char *source_hash; /* "sha256:<64 hex>" of `source` */
    const char *build;       /* how the files are used */
    kw_span source;          /* its files, each behind "// file: <path>" */
} kw_emtp_code;

/* `language` may be the alias "javascript" (C30). NOT_FOUND: no such language or version. */
KW_MUST_USE kw_status kw_emtp_code_find(kw_emtp_code *out, kw_str language, kw_str version,
                                        kw_error *err);

/* Brings the code stream up to date: one row for each language and alias, record = URL of the code
 * manifest. Statuses of kw_emtp_stream_write. */
KW_MUST_USE kw_status kw_emtp_code_publish(kw_store *store, kw_emtp_stream *stream,
                                           kw_str public_url, kw_unix_s now, kw_error *err);

#endif /* KW_EMTP_SERVICE_CODE_H */
