/* SPDX-License-Identifier: Apache-2.0
 * A parameter file from several mirrors at once: what each sends is hashed leaf by leaf before it
 * is written, and what a killed download has left is used by the next. Source: distribution.md
 * section 7. */
#ifndef KW_CLIENT_DOWNLOAD_H
#define KW_CLIENT_DOWNLOAD_H

#include "client/download_plan.h"
#include "crypto/rng.h"
#include "net/http_client.h"
#include "tuf/engine/content.h"

typedef struct kw_download_progress {
    uint64_t done_bytes;    /* of the file, that are there and right */
    uint64_t resumed_bytes; /* of them, that were there before */
    uint64_t received_bytes;
    bool is_waiting; /* for another process, which has the file under way; all else is 0 */
} kw_download_progress;

/* Everything is borrowed. */
typedef struct kw_download {
    kw_str path;                /* in the repository: "params/<family>/<version>/<file>" */
    kw_tuf_content content;     /* length and sha256 among it; decides whether the file is right */
    kw_hash32 tree_root;        /* of its leaf tree */
    const char *file;           /* where it goes; "<file>.part" and "<file>.lock" lie beside it */
    const char *const *mirrors; /* base URLs of trees, without "/" at the end */
    size_t mirrors_count;
    const kw_http_client_options *http;
    const kw_rng *rng;
    uint64_t bytes_per_s_max; /* over all connections; 0: as fast as they come */
    uint32_t slow_ms;         /* 0: KW_SLOW_MS */
    kw_backoff backoff;       /* all-zero: 0.5 s doubling to 30 s, 5 times */
    void (*on_progress)(void *ctx, const kw_download_progress *now); /* NULL: nobody looks */
    void *ctx;
    const _Atomic bool *cancel; /* true: CANCELLED, what came stays. NULL: never */
} kw_download;

/* How a mirror fared. */
typedef struct kw_download_mirror {
    const char *url;   /* borrowed from the download */
    const char *fault; /* the last, static; NULL: none */
    bool is_left;      /* it was not asked any more */
    uint64_t bytes;    /* that it sent */
} kw_download_mirror;

/* What was done; filled on failure, too. */
typedef struct kw_download_report {
    bool was_there; /* whole and right: nothing was asked for */
    uint64_t resumed_bytes;
    uint64_t received_bytes;
    kw_download_mirror mirrors[KW_MIRRORS_MAX];
    size_t mirrors_count;
} kw_download_report;

/* Whether the file at `path` is right. HASH: it is not. NOT_FOUND, IO. */
KW_MUST_USE kw_status kw_download_check(const kw_tuf_content *content, const char *path,
                                        kw_error *err);

/* Sees to it that the file is there, whole and right. UNAVAILABLE: none was left that could be
 * believed; the text names the last fault. HASH: all leaves are right and the file is not: what was
 * signed contradicts itself. BAD_INPUT: the content has no length or no SHA-256. LIMIT: more bytes
 * or mirrors than KW_DOWNLOAD_BYTES_MAX, KW_MIRRORS_MAX. CANCELLED. Statuses of the file system. A
 * file that was there stays until the new one is whole. */
KW_MUST_USE kw_status kw_download_run(kw_download_report *out, const kw_download *download,
                                      kw_error *err);

#endif /* KW_CLIENT_DOWNLOAD_H */
