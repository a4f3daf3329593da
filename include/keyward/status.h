/* SPDX-License-Identifier: Apache-2.0
 * Outcomes of libkeyward calls, and its version. Their numbers are stable; new ones may be added
 * at the end. */
#ifndef KEYWARD_STATUS_H
#define KEYWARD_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Exported from the library; everything else is hidden. */
#define KW_API             __attribute__((visibility("default")))
#define KW_CLIENT_MUST_USE __attribute__((warn_unused_result))

typedef enum kw_client_status {
    KW_CLIENT_OK = 0,
    KW_CLIENT_BAD_INPUT = 1,       /* an argument, a file or a record is malformed */
    KW_CLIENT_UNAUTHENTICATED = 3, /* the server does not accept the credentials */
    KW_CLIENT_FORBIDDEN = 4,     /* the server knows the caller, who is revoked or lacks the role */
    KW_CLIENT_BUSY = 5,          /* overloaded; try again */
    KW_CLIENT_NOT_FOUND = 6,     /* no such file, key or object */
    KW_CLIENT_TIMED_OUT = 9,     /* it took too long; try again */
    KW_CLIENT_TOO_LARGE = 12,    /* larger than this call accepts */
    KW_CLIENT_REFUSED = 14,      /* well-formed, but refused by a rule */
    KW_CLIENT_RATE_LIMITED = 15, /* too many requests; try again later */
    KW_CLIENT_INTERNAL = 17,     /* a fault of the library */
    KW_CLIENT_NO_MEMORY = 18,    /* out of memory */
    KW_CLIENT_IO = 19,           /* a file could not be read or written */
    KW_CLIENT_CORRUPT = 21,      /* a cache or an answer is damaged or was altered */
    KW_CLIENT_LIMIT = 23,        /* a limit would be exceeded */
    KW_CLIENT_UNAVAILABLE = 26,  /* no usable key now: none cached, and no server reached; of an
                                  * operator: it has no share of the key yet */
    KW_CLIENT_NETWORK = 27,      /* the server could not be reached; try again */
    KW_CLIENT_PEER_REFUSED = 28, /* the server's certificate or answer is not accepted */
    KW_CLIENT_CANCELLED = 30     /* a function of the caller stopped it */
} kw_client_status;

/* Lower-case name such as "bad_input"; never NULL; static. */
KW_API const char *kw_client_status_name(kw_client_status status);

/* What went wrong, for a person. Filled on every failure; may be NULL in every call. */
typedef struct kw_client_error {
    kw_client_status status;
    char text[160];
} kw_client_error;

/* Version of the library, such as "0.1.0"; static. */
KW_API const char *kw_client_version(void);

#ifdef __cplusplus
}
#endif

#endif /* KEYWARD_STATUS_H */
