/* SPDX-License-Identifier: Apache-2.0
 * The driver of a TUF updater in memory: local files, and a repository that answers at once. */
#ifndef KW_TESTS_SUPPORT_TUF_CLIENT_H
#define KW_TESTS_SUPPORT_TUF_CLIENT_H

#include "support/tuf_repo.h"
#include "tuf/engine/update.h"

enum {
    TUF_LOCAL_MAX = 64,
};

typedef struct tuf_client {
    tuf_repo *repo;     /* borrowed */
    const char *folder; /* borrowed: metadata comes from there in its place; NULL: from the repo */
    kw_buf remote;      /* of that folder, what was asked for last */
    kw_tuf_rules rules;
    tuf_file local[TUF_LOCAL_MAX];
    size_t local_count;
    kw_tuf_content found; /* of the last seek */
} tuf_client;

/* Both, for the setup and teardown of a test. */
typedef struct tuf_desk {
    tuf_repo repo;
    tuf_client client;
} tuf_desk;

int tuf_desk_make(void **state);
int tuf_desk_drop(void **state);

/* Has the repository's first root. */
void tuf_client_init(tuf_client *client, tuf_repo *repo);
void tuf_client_drop(tuf_client *client);

/* A whole update. Statuses of kw_tuf_updater_give. */
KW_MUST_USE kw_status tuf_client_refresh(tuf_client *client);

/* An update and a search in it, or one search after another until one fails. NOT_FOUND: no role has
 * the path. */
KW_MUST_USE kw_status tuf_client_seek(tuf_client *client, const char *path);
KW_MUST_USE kw_status tuf_client_seek_all(tuf_client *client, const char *const *paths,
                                          size_t count);

/* The bytes of a local file; NULL: there is none. */
const kw_buf *tuf_client_file(const tuf_client *client, const char *name);

/* Replaces a local file. */
void tuf_client_put(tuf_client *client, const char *name, kw_span bytes);

/* Version in a local file; 0: there is no such file. */
uint64_t tuf_client_version(const tuf_client *client, const char *name, kw_tuf_kind kind);

#endif /* KW_TESTS_SUPPORT_TUF_CLIENT_H */
