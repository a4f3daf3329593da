/* SPDX-License-Identifier: Apache-2.0
 * Every bound of threshold/ by name; those of the protocol are in engine/group/limits.h. */
#ifndef KW_THRESHOLD_LIMITS_H
#define KW_THRESHOLD_LIMITS_H

#include "threshold/engine/group/limits.h"

enum {
    KW_SLOTS_PATH_BYTES_MAX = 3000,      /* of the folder of slots, without its NUL */
    KW_VAULT_RECORD_BYTES_MAX = 8 << 20, /* of one record of an operator */
    KW_VAULT_SCOPES_MAX = 4096,          /* erasable scopes of one vault at once */
    KW_VAULT_STEPS_MAX = 65536,          /* staged before one commit */
    KW_VAULT_VERSIONS_MAX = 100000,      /* certificates that are listed at once */
};

/* Backups */
enum {
    KW_BACKUP_BYTES_MAX = 512 << 20,               /* of one file */
    KW_BACKUP_RECORD_BYTES_MAX = (8 << 20) + 4096, /* a record of the vault and its place */
    KW_BACKUP_PATH_BYTES_MAX = 1024,
    KW_BACKUP_FILES_MAX = 32,           /* that one backup holds */
    KW_BACKUP_FILE_BYTES_MAX = 1 << 20, /* each of them */
};

/* Calls to other operators */
enum {
    KW_COURIER_MEMBERS_MAX = 2 * KW_THRESHOLD_MEMBERS_MAX, /* of two rosters */
    KW_COURIER_URL_BYTES_MAX = 256,                        /* of a member, without a path */
    KW_COURIER_PATH_BYTES_MAX = 127,
    KW_COURIER_BODY_BYTES_MAX = 4 << 20,   /* of one POST */
    KW_COURIER_ANSWER_BYTES_MAX = 1 << 20, /* a certificate, or a message as JSON */
    KW_COURIER_QUEUE_BYTES_MAX = 8 << 20,  /* bodies that wait for one member */
    KW_COURIER_QUEUE_MAX = 4096,           /* calls that wait for one member */
    KW_COURIER_CALLS_MAX = 4,              /* of them on their way */
    KW_COURIER_ATTEMPT_MS = 5000,          /* one try */
    KW_COURIER_RETRY_MS_MIN = 100,         /* ceiling of the first wait between tries */
    KW_COURIER_RETRY_MS_MAX = 2000,        /* and of all */
    KW_COURIER_HOLD_MS_MAX = 60000,        /* a member that asks for a longer pause gets this */
    KW_COURIER_SLOW_MS = 1000,             /* an answer later than this is slow */
    KW_COURIER_WARM_MS = 20000,            /* so long after an answer the connection is there */
    KW_BREAKER_FAILURES = 4,               /* in a row: it opens */
    KW_BREAKER_PAUSE_MS_MIN = 500,
    KW_BREAKER_PAUSE_MS_MAX = 5000,
};

/* A running operator */
enum {
    KW_HOLDER_BODY_ARENA_MAX = 8 << 20,  /* messages of one POST, decoded */
    KW_HOLDER_KEYS_ARENA_MAX = 1 << 20,  /* public polynomials of the epochs that serve */
    KW_HOLDER_CERTIFICATE_AGE_S = 86400, /* caches may keep a certificate */
    KW_RESHARES_AHEAD_MAX = 16,          /* boundaries that one may ask for in advance */
    KW_RESHARE_REQUEST_BYTES_MAX = 256,  /* body that asks for one */
};
#define KW_HOLDER_HEAD_FIELD "keyward-head" /* answer to a HELLO: the newest certificate */

/* Applications */
enum {
    KW_APPS_MAX = 10000,
    KW_APPS_PAGE_MAX = 100,
    KW_APP_CALLERS_MAX = 64,     /* that one policy names */
    KW_APP_RATE_MAX = 100000000, /* in 1000 s */
    KW_APP_BURST_MAX = 65535,
    KW_APP_REQUEST_BYTES_MAX = 16384, /* body of one request to sign */
    KW_APP_CLAIMS_MAX = 16,           /* that one policy names */
    KW_APP_SUBJECT_BYTES_MAX = 128,   /* of a token, in an audit record */
    KW_APP_CLOCK_SKEW_S = 60,         /* of clients that name a time */
    KW_APP_POLICY_BYTES_MAX = 32768,  /* body that sets one policy */
};

/* Tokens */
enum {
    KW_TOKEN_BYTES_MAX = 8192,
    KW_TOKEN_TEXT_BYTES_MAX = 512, /* issuer, audience, claim and value in a policy */
    KW_JWKS_BYTES_MAX = 1 << 18,
    KW_JWKS_KEYS_MAX = 64,
    KW_TOKEN_KEYS_LOOK_MS = 1000, /* the file of keys is looked at so often */
};

#endif /* KW_THRESHOLD_LIMITS_H */
