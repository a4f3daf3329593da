/* SPDX-License-Identifier: Apache-2.0
 * A TUF repository over HTTP: /metadata/ and /targets/. */
#ifndef KW_TESTS_SUPPORT_TUF_SERVER_H
#define KW_TESTS_SUPPORT_TUF_SERVER_H

#include "support/plain_server.h"
#include "support/tuf_repo.h"

typedef struct tuf_server {
    plain_server *http;
    tuf_repo *repo; /* borrowed; touched while held, or before start */
    char metadata_url[96];
    char targets_url[96];
    const char *spoiled; /* a path, "/metadata/timestamp.json", that gets the answer below */
    const char *answer;
    const char *missing; /* the status line of what is not there; NULL: of 404 */
    char targets[TUF_REQUESTS_MAX][2 * TUF_NAME_BYTES]; /* that were asked for, below /targets/ */
    size_t targets_count;
} tuf_server;

void tuf_server_start(tuf_server *server, tuf_repo *repo);
void tuf_server_stop(tuf_server *server);

#endif /* KW_TESTS_SUPPORT_TUF_SERVER_H */
