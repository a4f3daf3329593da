/* SPDX-License-Identifier: Apache-2.0
 * A parameter file that is signed, on the mirrors of a download desk, and a client that trusts the
 * root of its repository. */
#ifndef KW_TESTS_SUPPORT_PARAMS_DESK_H
#define KW_TESTS_SUPPORT_PARAMS_DESK_H

#include "support/download_desk.h"
#include "support/tuf_server.h"

#define PARAMS_PATH "params/semaphore/1.0.0/a.zkey"

typedef struct params_desk {
    download_desk *download; /* owned */
    tuf_repo repo;
    tuf_server server;
    tempdir_path metadata_dir;
} params_desk;

/* For setup and teardown of a test: the file is published as it is on the mirrors. */
int params_desk_make(void **state);
int params_desk_drop(void **state);

/* Signs a next version of the metadata, which says of the file at that path what it is, with those
 * texts in its `custom`. */
void params_desk_publish(params_desk *desk, const char *path, const char *semver,
                         const char *not_after);

#endif /* KW_TESTS_SUPPORT_PARAMS_DESK_H */
