/* SPDX-License-Identifier: Apache-2.0
 * A download from mirrors of this machine: content that follows from a number, some mirrors of it,
 * and a folder to put it into. */
#ifndef KW_TESTS_SUPPORT_DOWNLOAD_DESK_H
#define KW_TESTS_SUPPORT_DOWNLOAD_DESK_H

#include "client/download.h"
#include "support/mirror.h"
#include "support/seeded_rng.h"

enum {
    DOWNLOAD_MIRRORS = 3
};

#define DOWNLOAD_BYTES ((size_t)20 * 1024 * 1024 + 12345) /* tiles: one full, one not */

typedef struct download_desk {
    tempdir dir;
    net_certs certs;
    tempdir_path ca;
    tempdir_path file;
    uint8_t *content; /* owned: DOWNLOAD_BYTES */
    mirror *mirrors[DOWNLOAD_MIRRORS];
    const char *urls[DOWNLOAD_MIRRORS];
    kw_http_client_options http;
    seeded_rng seed;
    kw_rng rng;
    kw_download download; /* of all of it, from all mirrors */
    kw_download_report report;
} download_desk;

/* For setup and teardown of a test. All mirrors are honest. */
int download_desk_make(void **state);
int download_desk_drop(void **state);

/* Runs the download; the status and the text of the error agree. */
KW_MUST_USE kw_status download_desk_run(download_desk *desk);

/* The file is there, whole and right, and no part of it. */
void download_desk_expect_file(const download_desk *desk);

/* There is no such file. */
void download_desk_expect_none(const download_desk *desk, const char *name);

/* What the report says of a mirror; its fault may be NULL. */
void download_desk_expect_mirror(const download_desk *desk, size_t at, bool is_left,
                                 const char *fault);

/* Bytes of the file that all mirrors have sent. */
uint64_t download_desk_sent(const download_desk *desk);

#endif /* KW_TESTS_SUPPORT_DOWNLOAD_DESK_H */
