/* SPDX-License-Identifier: Apache-2.0
 * Bounds that no option moves; those an operator may move are in config.h. */
#ifndef KW_NET_LIMITS_H
#define KW_NET_LIMITS_H

enum {
    KW_NET_RECORD_BYTES = 16 * 1024,   /* plaintext of one TLS record: unit of gathering */
    KW_NET_READ_BYTES = 64 * 1024,     /* one read from a socket */
    KW_NET_OUTPUT_BYTES_MAX = 1 << 20, /* ciphertext a slow peer may let pile up; at 64 KiB the
                                          bodies stop being pulled */
    KW_NET_ARENA_BYTES_MAX = 8 << 20,  /* one request: decoded body, reply structs */
    KW_NET_REPLY_BYTES_MAX = 8 << 20,  /* one encoded reply; larger ones are streamed */
    KW_NET_PATH_BYTES_MAX = 4096,      /* path and query */
    KW_NET_SEGMENTS_MAX = 16,          /* of a path */
    KW_NET_ROUTES_MAX = 1024,
    KW_NET_REPLY_FIELDS_MAX = 24,
    KW_NET_LOOPS_MAX = 256,
    KW_NET_TLS_BUFFERS_MAX = 1024,         /* connections of a loop that keep them while busy */
    KW_NET_PIPELINE_BYTES_MAX = 64 * 1024, /* unread input kept while an answer is made */
    KW_NET_CHUNK_EXTENSION_BYTES_MAX = 256,
    KW_NET_CHAIN_DEPTH_MAX = 4,      /* client certificate = depth 0 */
    KW_NET_RESETS_MAX = 100,         /* h2 stream resets in ... */
    KW_NET_RESETS_WINDOW_MS = 10000, /* ... this time */
    KW_NET_SETTINGS_MAX = 100,       /* h2 SETTINGS and PING frames in the same time */
    KW_NET_TICKET_LIFETIME_S = 3600,
    KW_NET_URL_BYTES_MAX = 2048,        /* of a client's call */
    KW_NET_CROWD_CONNECTIONS_KEPT = 64, /* idle ones of a crowd of calls */
};

#endif /* KW_NET_LIMITS_H */
