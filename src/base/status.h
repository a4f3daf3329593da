/* SPDX-License-Identifier: Apache-2.0
 * Every outcome the house knows. Names, HTTP codes, exit codes, SDK enums and docs/reference come
 * from this one table; a status exists nowhere else. */
#ifndef KW_BASE_STATUS_H
#define KW_BASE_STATUS_H

#include "base/macros.h"

#include <stdbool.h>

/* name, its lower-case spelling, stable number, HTTP status, exit code (sysexits.h), may be
 * retried, public text */
#define KW_STATUS_TABLE(X)                                                                       \
    X(OK, "ok", 0, 200, 0, false, "ok")                                                          \
    X(BAD_INPUT, "bad_input", 1, 400, 65, false, "the request is malformed")                     \
    X(USAGE, "usage", 2, 400, 64, false, "the command line is wrong")                            \
    X(UNAUTHENTICATED, "unauthenticated", 3, 401, 77, false,                                     \
      "credentials are missing or not accepted")                                                 \
    X(FORBIDDEN, "forbidden", 4, 403, 77, false, "the caller may not do this")                   \
    X(BUSY, "busy", 5, 503, 75, true, "overloaded, try again")                                   \
    X(NOT_FOUND, "not_found", 6, 404, 66, false, "there is no such object")                      \
    X(METHOD_NOT_ALLOWED, "method_not_allowed", 7, 405, 65, false,                               \
      "this path does not take this method")                                                     \
    X(NOT_ACCEPTABLE, "not_acceptable", 8, 406, 65, false,                                       \
      "no offered media type is available here")                                                 \
    X(TIMED_OUT, "timed_out", 9, 408, 75, true, "it took too long")                              \
    X(CONFLICT, "conflict", 10, 409, 65, false, "the object is not in a state that allows this") \
    X(GONE, "gone", 11, 410, 66, false, "the object is no longer available")                     \
    X(TOO_LARGE, "too_large", 12, 413, 65, false, "the body is larger than this path accepts")   \
    X(MEDIA_TYPE, "media_type", 13, 415, 65, false, "this path does not take this media type")   \
    X(REFUSED, "refused", 14, 422, 65, false, "well-formed, but refused by a rule")              \
    X(RATE_LIMITED, "rate_limited", 15, 429, 75, true, "too many requests")                      \
    X(HEADERS_TOO_LARGE, "headers_too_large", 16, 431, 65, false,                                \
      "the header fields are too large")                                                         \
    X(INTERNAL, "internal", 17, 500, 70, false, "an internal error")                             \
    X(NO_MEMORY, "no_memory", 18, 503, 71, true, "out of memory")                                \
    X(IO, "io", 19, 503, 74, true, "an input or output operation failed")                        \
    X(NO_SPACE, "no_space", 20, 503, 74, true, "no space is left on the device")                 \
    X(CORRUPT, "corrupt", 21, 500, 65, false, "stored data is damaged or was altered")           \
    X(BAD_STATE, "bad_state", 22, 409, 70, false, "this is not possible in the present state")   \
    X(LIMIT, "limit", 23, 422, 65, false, "a limit would be exceeded")                           \
    X(AUDIT_UNAVAILABLE, "audit_unavailable", 24, 503, 75, true,                                 \
      "the audit log cannot be written")                                                         \
    X(ENTROPY_FAILURE, "entropy_failure", 25, 503, 75, true,                                     \
      "the random generator failed its health test")                                             \
    X(UNAVAILABLE, "unavailable", 26, 503, 75, true, "the service is not available now")         \
    X(NETWORK, "network", 27, 502, 75, true, "the peer could not be reached")                    \
    X(PEER_REFUSED, "peer_refused", 28, 502, 76, false,                                          \
      "the peer gave an answer that is not accepted")                                            \
    X(CONFIG, "config", 29, 500, 78, false, "the configuration is not valid")                    \
    X(CANCELLED, "cancelled", 30, 503, 75, true, "the operation was cancelled")                  \
    X(SEALED, "sealed", 31, 503, 75, false, "the store is sealed: its key is missing or wrong")  \
    X(PARTIAL, "partial", 32, 200, 3, false, "done, but some records were refused")              \
    X(END, "end", 33, 200, 0, false, "there is no more")                                         \
    X(LENGTH, "length", 34, 400, 65, false, "an encoding has the wrong length")                  \
    X(ENCODING, "encoding", 35, 400, 65, false, "an encoding is not the canonical one")          \
    X(RANGE, "range", 36, 400, 65, false, "a number is outside its field or group")              \
    X(NOT_ON_CURVE, "not_on_curve", 37, 400, 65, false, "a point is not on the curve")           \
    X(NOT_IN_SUBGROUP, "not_in_subgroup", 38, 400, 65, false,                                    \
      "a point is not in the group of prime order")                                              \
    X(INFINITY, "infinity", 39, 400, 65, false, "the point at infinity is not accepted here")    \
    X(ARG, "arg", 40, 400, 65, false, "an argument is not allowed")                              \
    X(EXPIRED, "expired", 41, 422, 65, false, "signed metadata is past its expiry")              \
    X(ROLLBACK, "rollback", 42, 422, 65, false, "older than what was seen before")               \
    X(THRESHOLD, "threshold", 43, 422, 65, false, "too few keys have signed")                    \
    X(HASH, "hash", 44, 422, 65, false, "bytes differ from what signed metadata says of them")   \
    X(ZK_INVALID, "zk_invalid", 45, 422, 65, false,                                              \
      "a parameter file is not what its mathematics asks for")                                   \
    X(INCOMPATIBLE, "incompatible", 46, 422, 65, false,                                          \
      "no version fits this client, prover or circuit")                                          \
    X(REVOKED, "revoked", 47, 410, 65, false, "it was revoked and must not be used")

typedef enum kw_status {
#define X(name, lower, number, http, exit_code, retryable, text) KW_##name = (number),
    KW_STATUS_TABLE(X)
#undef X
} kw_status;

/* Lower-case name, such as "bad_input": the `code` member of every error that leaves the house. */
const char *kw_status_name(kw_status st);

/* One English sentence without details; safe to show to anyone. */
const char *kw_status_text(kw_status st);

/* HTTP status code, 200..599. */
int kw_status_http(kw_status st);

/* Exit code of a program that ends with this status, 0..78. */
int kw_status_exit_code(kw_status st);

/* True when the same call may succeed later without any change by the caller. */
bool kw_status_is_retryable(kw_status st);

/* The status with that lower-case name; false when there is none (`out` is then untouched). */
bool kw_status_of_name(kw_status *out, const char *name);

#endif /* KW_BASE_STATUS_H */
