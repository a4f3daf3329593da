/* SPDX-License-Identifier: Apache-2.0
 * A repository in a folder that tuf/service.h publishes to: what is signed offline comes from a
 * repository in memory. */
#ifndef KW_TESTS_SUPPORT_TUF_FOLDER_H
#define KW_TESTS_SUPPORT_TUF_FOLDER_H

#include "support/tempdir.h"
#include "support/tuf_client.h"
#include "tuf/service.h"

enum {
    TUF_STAGED_MAX = 8
};

typedef struct tuf_folder {
    tempdir dir;
    char folder[512]; /* of the repository: "<dir>/repo" */
    tuf_repo repo;    /* signs what is staged */
    kw_tuf_signer snapshot;
    kw_tuf_signer timestamp;
    kw_tuf_staged staged[TUF_STAGED_MAX];
    kw_tuf_upload uploads[TUF_STAGED_MAX];
    char upload_files[TUF_STAGED_MAX][512];
    kw_tuf_release release; /* the next one */
} tuf_folder;

/* With a first root and targets staged, for the setup and teardown of a test. */
int tuf_folder_make(void **state);
int tuf_folder_drop(void **state);

/* Signs the role's next version and stages it. */
void tuf_folder_stage(tuf_folder *f, const char *role);

/* Adds a target to a role, which is staged later, and its content as an upload. */
void tuf_folder_upload(tuf_folder *f, const char *role, const char *path, const char *content);

/* Publishes what is staged; when that succeeds, nothing is staged any more. */
KW_MUST_USE kw_status tuf_folder_publish(tuf_folder *f);

/* A new client refreshes from the folder. */
KW_MUST_USE kw_status tuf_folder_visit(tuf_folder *f);

/* True when there is such a file below the repository. */
bool tuf_folder_has(const tuf_folder *f, const char *name);

#endif /* KW_TESTS_SUPPORT_TUF_FOLDER_H */
