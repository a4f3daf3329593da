/* SPDX-License-Identifier: Apache-2.0
 * EMTP client: obtains epoch keys from a Keyward key server, keeps them, and computes match tokens.
 *
 *   kw_emtp_client_options options = KW_EMTP_CLIENT_OPTIONS_INIT;
 *   options.server_url = "https://keys.example:8443";
 *   options.ca_file = "ca.pem";
 *   options.api_key_file = "participant.key";
 *   kw_emtp_client *client = NULL;
 *   if (kw_emtp_client_open(&client, &options, &error) != KW_CLIENT_OK) { ... error.text ... }
 *   kw_emtp_client_tokens(client, record, record_len, on_token, user, &error);
 *   kw_emtp_client_close(client);
 *
 * A client may be used by several threads; each call takes the client's own lock. All texts are
 * NUL-terminated UTF-8. Nothing here writes a key to a log, an error or a file in the clear. */
#ifndef KEYWARD_EMTP_H
#define KEYWARD_EMTP_H

#include <stddef.h>
#include <stdint.h>

#include "keyward/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opaque; owned by whoever opened it. */
typedef struct kw_emtp_client kw_emtp_client;

/* All pointers are read during kw_emtp_client_open only. NULL or 0 means the default. */
typedef struct kw_emtp_client_options {
    size_t struct_bytes;           /* sizeof this struct: set by KW_EMTP_CLIENT_OPTIONS_INIT */
    const char *server_url;        /* https only, such as "https://keys.example:8443"; required */
    const char *ca_file;           /* PEM; NULL: the system's certificate authorities */
    const char *pinned_spki;       /* "sha256//" + base64 of the server key's SPKI hash; optional */
    const char *api_key_file;      /* file with one API key, mode 0600; or the two below */
    const char *client_cert_file;  /* PEM */
    const char *client_key_file;   /* PEM, mode 0600 */
    const char *cache_file;        /* sealed cache shared by processes; NULL: memory only */
    int is_offline;                /* 1: never use the network, only the cache */
    int overlap_epochs;            /* epochs in which an ended key still counts, 1..6; default 1 */
    uint32_t timeout_ms;           /* of one request, and see kw_emtp_client_refresh; def. 10000 */
    const char *phone_country;     /* ISO alpha-2 for phones without a prefix; default "US" */
    int64_t (*now_ms)(void *user); /* clock, ms since 1970 in UTC; NULL: the system's */
    void *now_user;                /* handed to now_ms */
} kw_emtp_client_options;

#define KW_EMTP_CLIENT_OPTIONS_INIT                                           \
    {                                                                         \
        sizeof(kw_emtp_client_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/* Opens a client: reads the credential, loads and re-verifies the cache. Does not use the network.
 * `*out` is set on success only; free with kw_emtp_client_close.
 * BAD_INPUT: an option is malformed or no credential is given. IO, NOT_FOUND: a file cannot be
 * read. REFUSED: a credential file is readable by others. A cache that does not open under this
 * credential is ignored, and replaced by the next refresh. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_emtp_client_open(
    kw_emtp_client **out, const kw_emtp_client_options *options, kw_client_error *error);

/* Wipes all keys and frees. Takes NULL. */
KW_API void kw_emtp_client_close(kw_emtp_client *client);

/* Fetches the keys now, whatever the schedule says, and stores them in the cache.
 * UNAUTHENTICATED, FORBIDDEN, NETWORK, TIMED_OUT, RATE_LIMITED, BUSY, PEER_REFUSED; UNAVAILABLE
 * when offline. A server that asks for patience (429 or 503 with Retry-After) is asked again, if it
 * names a time within timeout_ms of the first request. A failure keeps the keys that are there and
 * puts the next try off. A key that a successful answer does not list any more is dropped at
 * once. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_emtp_client_refresh(kw_emtp_client *client,
                                                                  kw_client_error *error);

/* When the next refresh is due, ms since 1970: a random moment in the last tenth of the epoch, at
 * the latest one hour after the last success, later after failures (1 s to 5 min, with jitter).
 * Calls that need keys refresh by themselves when it is due; a program that wants to be ahead can
 * call kw_emtp_client_refresh at this time. */
KW_API int64_t kw_emtp_client_next_refresh_ms(kw_emtp_client *client);

/* The server's time minus ours at its last answer, seconds; 0 when unknown. Beyond +-60 the local
 * clock should be looked at: keys begin and end by it. */
KW_API int64_t kw_emtp_client_skew_s(kw_emtp_client *client);

/* One key, without its bytes. */
typedef struct kw_emtp_client_key {
    char kid[65];         /* such as "2026-01" */
    int64_t not_before;   /* seconds since 1970 */
    int64_t not_after;    /* seconds since 1970, exclusive */
    int64_t usable_until; /* end of the overlap, seconds since 1970, exclusive */
} kw_emtp_client_key;

/* Writes up to `max` usable keys, newest first, and their number to `*out_count` (it may be larger
 * than `max`). Refreshes first when that is due, without such patience while a key is usable; a
 * failed refresh is an error only when no usable key is left (UNAVAILABLE, or what
 * kw_emtp_client_refresh says). */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_emtp_client_keys(kw_emtp_client *client,
                                                               kw_emtp_client_key *out, size_t max,
                                                               size_t *out_count,
                                                               kw_client_error *error);

/* One token of a record under one key. `token` is 64 lower-case hex characters, `tier` 1..3; both
 * texts live during the call only. Return 0 to go on, anything else to stop. */
typedef int (*kw_emtp_client_on_token)(void *user, const char *kid, const char *token, int tier);

/* Computes all tokens of one JSON record (docs/protocol/emtp.md, profile v1) under every usable
 * key, keys newest first, tuples in byte order. The record is wiped from the library's memory
 * afterwards and never leaves the process.
 * BAD_INPUT: the record is refused; `error` names the member, never a value. UNAVAILABLE: no key.
 * A callback that stops ends the call with KW_CLIENT_OK. */
KW_API KW_CLIENT_MUST_USE kw_client_status
kw_emtp_client_tokens(kw_emtp_client *client, const char *record, size_t record_bytes,
                      kw_emtp_client_on_token on_token, void *user, kw_client_error *error);

#ifdef __cplusplus
}
#endif

#endif /* KEYWARD_EMTP_H */
