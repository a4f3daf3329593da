/* SPDX-License-Identifier: Apache-2.0
 * Text of URLs: percent-encoding (RFC 3986), name=value pairs of queries and forms (WHATWG
 * application/x-www-form-urlencoded), and the parts of an absolute URL. */
#ifndef KW_CODEC_FORM_H
#define KW_CODEC_FORM_H

#include "base/arena.h"
#include "base/buf.h"

/* Takes the next pair off `rest`: still encoded, separated by '&'; a pair without '=' has an empty
 * value; empty pairs ("a=1&&b=2") are skipped. False: there is none left. */
bool kw_form_next(kw_str *rest, kw_str *out_name, kw_str *out_value);

/* Decodes a name or a value of a pair: '+' is a space, %XX a byte (either case). The result is
 * valid UTF-8 without U+0000 and lives in the arena. BAD_INPUT, LIMIT. */
KW_MUST_USE kw_status kw_form_decode(kw_arena *arena, kw_str *out, kw_str text);

/* The same for one segment of a path, where '+' is itself and %2F is refused. */
KW_MUST_USE kw_status kw_path_decode(kw_arena *arena, kw_str *out, kw_str segment);

/* Appends the text with everything but A-Za-z0-9 - . _ ~ percent-encoded. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_url_encode(kw_buf *out, kw_str text);

/* Parts of `https://host:port/path?query`, still encoded; views of the text. */
typedef struct kw_url {
    kw_str scheme; /* lower or upper case as written; letters, digits, + - . */
    kw_str host;   /* a name, an IPv4 address, or an IPv6 address without its brackets */
    uint16_t port; /* 0: not written */
    bool is_ipv6;  /* the host stood in brackets */
    kw_str path;   /* with its '/'; empty when the URL ends behind the authority */
    kw_str query;  /* without '?'; empty: none */
} kw_url;

/* Splits an absolute URL with an authority. BAD_INPUT: no scheme or host, user information, a
 * fragment, a bad port, white space, controls, non-ASCII or '\'. */
KW_MUST_USE kw_status kw_url_parse(kw_url *out, kw_str text);

#endif /* KW_CODEC_FORM_H */
