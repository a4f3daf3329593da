/* SPDX-License-Identifier: Apache-2.0
 * A TUF repository in memory, whose every file a test may spoil: what is published stays, and every
 * request is written down. Keys are Ed25519 keys that follow from their numbers. */
#ifndef KW_TESTS_SUPPORT_TUF_REPO_H
#define KW_TESTS_SUPPORT_TUF_REPO_H

#include "base/buf.h"
#include "base/utc.h"
#include "tuf/engine/write.h"

enum {
    TUF_KEYS_MAX = 80,
    TUF_ROLES_MAX = 48,
    TUF_DELEGATIONS_MAX = 48,
    TUF_FILES_MAX = 640,
    TUF_REQUESTS_MAX = 640,
    TUF_NAME_BYTES = 96,
};

#define TUF_NOW   INT64_C(1800000000) /* 2027-01-15T08:00:00Z */
#define TUF_LATER "2027-02-14T08:00:00Z"
#define TUF_PAST  "2027-01-14T08:00:00Z"
#define TUF_EVER  "9999-12-31T23:59:59Z" /* for programs, which have a clock of their own */

/* Who may sign, and how many must. */
typedef struct tuf_keys {
    unsigned ids[TUF_KEYS_MAX];
    size_t count;
    unsigned threshold;
} tuf_keys;

typedef struct tuf_role {
    char name[TUF_NAME_BYTES];
    unsigned signers[TUF_KEYS_MAX];
    size_t signers_count;
    unsigned version; /* of its newest file; 0: none yet */
    unsigned listed;  /* the version that snapshot or timestamp says; 0: none */
    const char *expires;
    const char *type;  /* `_type` */
    const char *extra; /* more members of the body, each behind a comma */
    kw_buf targets;    /* members of `targets` */
} tuf_role;

typedef struct tuf_delegation {
    char delegator[TUF_NAME_BYTES];
    char role[TUF_NAME_BYTES];
    tuf_keys keys;
    const char *paths; /* texts of JSON: "\"*.doc\", \"*.md\"" */
    bool is_terminating;
} tuf_delegation;

typedef struct tuf_file {
    char name[TUF_NAME_BYTES]; /* "1.root.json"; a target file: "target:<path>" */
    kw_buf bytes;
} tuf_file;

typedef struct tuf_repo {
    tuf_role roles[TUF_ROLES_MAX];
    size_t roles_count;
    tuf_keys top[4]; /* keys of root, timestamp, snapshot, targets, in this order */
    tuf_delegation delegations[TUF_DELEGATIONS_MAX];
    size_t delegations_count;
    const char *bins;  /* of targets: members of succinct_roles; NULL: there are none */
    bool is_plain;     /* consistent_snapshot is false: names have no versions */
    bool lists_hashes; /* length and hashes of files in snapshot and timestamp */
    tuf_file files[TUF_FILES_MAX];
    size_t files_count;
    char requests[TUF_REQUESTS_MAX][TUF_NAME_BYTES];
    size_t requests_count;
    unsigned next_key;
    const char *expires; /* of new roles */
} tuf_repo;

/* Root, timestamp, snapshot and targets in version 1, with one key each; whatever comes expires at
 * TUF_LATER, or when it is said. */
void tuf_repo_init(tuf_repo *repo);
void tuf_repo_init_until(tuf_repo *repo, const char *expires);
void tuf_repo_drop(tuf_repo *repo);

/* By name; fails the test when there is none. */
tuf_role *tuf_repo_role(tuf_repo *repo, const char *name);

/* The keys of a top-level role. */
tuf_keys *tuf_repo_keys(tuf_repo *repo, const char *name);

/* Adds a new key to a top-level role, and lets it sign. */
void tuf_repo_add_key(tuf_repo *repo, const char *name);

/* Replaces all keys of a top-level role. */
void tuf_repo_rotate(tuf_repo *repo, const char *name);

/* Signs the next version of a role's file; `again` signs the present one. */
void tuf_repo_publish(tuf_repo *repo, const char *name);
void tuf_repo_publish_again(tuf_repo *repo, const char *name);

/* Takes all versions into the snapshot and that into the timestamp, and publishes both. */
void tuf_repo_update_timestamp(tuf_repo *repo);
void tuf_repo_update_snapshot(tuf_repo *repo);

/* A target with sha256 alone, of a role that is published later. */
void tuf_repo_add_target(tuf_repo *repo, const char *role, const char *path, const char *content);

/* The bytes that the repository serves for a target change, what is signed does not. */
void tuf_repo_replace_target(tuf_repo *repo, const char *path, const char *content);

/* A delegation with one new key; the role comes to be when it is not there. */
tuf_delegation *tuf_repo_delegate(tuf_repo *repo, const char *delegator, const char *role,
                                  const char *paths);

/* A role that nobody delegates to by name. */
tuf_role *tuf_repo_add_role(tuf_repo *repo, const char *name);

/* Answers a request for a metadata file, and writes it down; NULL: 404. */
const kw_buf *tuf_repo_fetch(tuf_repo *repo, const char *name);

/* The file without writing anything down. */
const kw_buf *tuf_repo_peek(const tuf_repo *repo, const char *name);

/* Fails the test unless the requests from number `from` on are those, one blank between them. */
void tuf_repo_expect_requests(const tuf_repo *repo, size_t from, const char *wanted);

/* Appends {"signatures","signed"} of a body, signed with keys of these numbers. */
void tuf_sign(kw_buf *out, kw_str body, const unsigned *signers, size_t count);

/* Signs with the key of that number. */
kw_tuf_signer tuf_signer(unsigned number);

/* Appends `"<keyid>":{...}` of the key with that number. */
void tuf_write_key(kw_buf *out, unsigned number);

/* 64 hex digits and a NUL. */
typedef struct tuf_hex {
    char text[65];
} tuf_hex;

tuf_hex tuf_keyid(unsigned number);

#endif /* KW_TESTS_SUPPORT_TUF_REPO_H */
