/* SPDX-License-Identifier: Apache-2.0
 * A mirror of one file over HTTPS on loopback: ranges of the file and the tiles of its leaf tree.
 * It is honest, or has one of the bad habits that were seen in the field. */
#ifndef KW_TESTS_SUPPORT_MIRROR_H
#define KW_TESTS_SUPPORT_MIRROR_H

#include "crypto/hash.h"
#include "support/net_certs.h"

typedef enum mirror_habit {
    MIRROR_IS_HONEST,
    MIRROR_LIES,           /* one bit of each answer is another */
    MIRROR_STALLS,         /* the head of an answer, and no byte more */
    MIRROR_SHOWS_A_PAGE,   /* 200 and HTML */
    MIRROR_HAS_NOTHING,    /* 404 */
    MIRROR_IS_BUSY,        /* 503 */
    MIRROR_ENCODES,        /* says that the bytes are gzip */
    MIRROR_IGNORES_RANGES, /* 200 and the whole file */
    MIRROR_SHIFTS_RANGES,  /* Content-Range of another place */
    MIRROR_CUTS_SHORT,     /* the last byte of the answer is not there, and was not announced */
    MIRROR_ADDS,           /* one byte more */
    MIRROR_BREAKS_OFF,     /* the connection ends after `break_bytes` */
    MIRROR_HAS_OTHER_TILES,
} mirror_habit;

typedef struct mirror mirror;

/* `content`, borrowed, is served under any path below /tuf/targets/ that ends in `name`. */
mirror *mirror_start(const net_certs *certs, const char *name, kw_span content);
void mirror_stop(mirror *mirror);

/* "https://localhost:<port>" */
const char *mirror_url(const mirror *mirror);

/* While no request is under way. */
void mirror_behave(mirror *mirror, mirror_habit habit, size_t break_bytes);

/* Bytes of the file that were sent, and requests that were read, so far. */
uint64_t mirror_sent(mirror *mirror);
unsigned mirror_requests(mirror *mirror);

/* Root of the leaf tree of the content. */
kw_hash32 mirror_root(const mirror *mirror);

#endif /* KW_TESTS_SUPPORT_MIRROR_H */
