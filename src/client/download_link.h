/* SPDX-License-Identifier: Apache-2.0
 * One connection of a download: a request for some leaves, and the eye on what comes. A leaf is
 * hashed in memory before it is written; no other byte reaches the file. */
#ifndef KW_CLIENT_DOWNLOAD_LINK_H
#define KW_CLIENT_DOWNLOAD_LINK_H

#include "client/download_plan.h"
#include "client/leaf_hashes.h"
#include "os/part_file.h"

/* What the connections of a download share. Borrows everything. */
typedef struct kw_download_desk {
    kw_download_plan *plan;
    kw_part_file *part;
    const kw_leaf_hashes *hashes;
    uint64_t received; /* bytes of files that came */
    kw_status failure; /* of our disk: ends the download; KW_OK: none */
    kw_error *err;     /* says why */
} kw_download_desk;

/* All-zero is closed. Stays where it is while open: libcurl and the call point to it. */
typedef struct kw_download_link {
    kw_download_desk *desk;
    unsigned slot;
    kw_plan_task task;
    uint64_t at;             /* place in the file of the next byte that comes */
    uint8_t *leaf;           /* KW_LEAF_BYTES, borrowed: the leaf that is begun */
    size_t leaf_len;         /* its bytes so far */
    const char *refusal;     /* why the mirror is not believed, static; NULL: it is */
    _Atomic bool is_cut;     /* too slow */
    char range[64];          /* "bytes=0-4194303" */
    kw_http_field fields[2]; /* of the request */
    kw_http_call call;
} kw_download_link;

/* Fills the call; `url` and `leaf` are borrowed until it has ended. */
void kw_download_link_open(kw_download_link *link, kw_download_desk *desk, const char *url,
                           uint8_t *leaf);

/* What came of it: `st` and `result` are those of the call. `out_why`: static text, NULL for
 * KW_PLAN_DONE. */
kw_plan_outcome kw_download_link_judge(const kw_download_link *link, const char **out_why,
                                       kw_status st, const kw_http_result *result);

#endif /* KW_CLIENT_DOWNLOAD_LINK_H */
