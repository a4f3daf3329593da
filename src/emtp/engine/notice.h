/* SPDX-License-Identifier: Apache-2.0
 * Bodies of STP notify: application/x-www-form-urlencoded, values raw or percent-encoded.
 * Source: emtp.md section 9.4, decisions C21, C22, C28. */
#ifndef KW_EMTP_ENGINE_NOTICE_H
#define KW_EMTP_ENGINE_NOTICE_H

#include "base/arena.h"
#include "base/buf.h"

enum {
    KW_EMTP_NURLS_MAX = 8,
    KW_EMTP_NURL_NAME_BYTES_MAX = 64,
    KW_EMTP_URL_BYTES_MAX = 1024,
};

/* Where the sender wants to be notified, and of what. */
typedef struct kw_emtp_nurl {
    kw_str name; /* "match", "keys", or it ends with _notify or _nurl */
    kw_str url;  /* https */
} kw_emtp_nurl;

typedef struct kw_emtp_notice {
    kw_str surl; /* https URL of a table that changed; empty: a handshake */
    kw_emtp_nurl nurls[KW_EMTP_NURLS_MAX];
    size_t nurls_count;
} kw_emtp_notice;

/* Reads a body; the texts live in the arena. Unknown names are ignored. BAD_INPUT: `surl` (or its
 * alias `table`) or a NURL twice, a value that is no https URL, a bad escape, a name that belongs
 * to personal data. LIMIT: too many NURLs, a longer URL, or the arena is full. */
KW_MUST_USE kw_status kw_emtp_notice_parse(kw_emtp_notice *out, kw_arena *arena, kw_str form,
                                           kw_error *err);

/* Appends the body that tells of a change at `surl`. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_notice_write(kw_buf *out, kw_str surl);

/* True when the host of an https URL stands in a list of hosts with spaces between; case of ASCII
 * letters does not matter, ports are not compared. */
bool kw_emtp_host_is_listed(kw_str hosts, kw_str url);

#endif /* KW_EMTP_ENGINE_NOTICE_H */
