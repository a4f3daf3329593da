/* SPDX-License-Identifier: Apache-2.0
 * The epoch keys of one participant: fetched, cached, refreshed when due. The schedule and the
 * cache are those of emtp.md section 10. */
#ifndef KW_CLIENT_KEYS_H
#define KW_CLIENT_KEYS_H

#include "client/keyset.h"
#include "os/clock.h"

/* Texts are NUL-terminated, read during kw_client_keys_open, and may be NULL but for server_url. */
typedef struct kw_client_keys_options {
    const char *server_url; /* "https://host:port", without path */
    const char *ca_file;
    const char *pinned_spki;
    const char *api_key_file;
    const char *client_cert_file;
    const char *client_key_file;
    const char *cache_file; /* NULL: memory only */
    bool is_offline;        /* never use the network */
    uint32_t timeout_ms;    /* of one request, and of the patience below; 0: 10,000 */
    kw_client_keyset_rule rule;
    kw_clock clock;
} kw_client_keys_options;

/* Belongs to one thread at a time. */
typedef struct kw_client_keys kw_client_keys;

/* Loads the credential and the cache; does not use the network. A cache that does not open or holds
 * no key is as good as none. BAD_INPUT, NOT_FOUND, FORBIDDEN, IO: as the files and options say.
 * ENTROPY_FAILURE, NO_MEMORY. */
KW_MUST_USE kw_status kw_client_keys_open(kw_client_keys **out,
                                          const kw_client_keys_options *options, kw_error *err);

/* Wipes all keys. Takes NULL. */
void kw_client_keys_free(kw_client_keys *keys);
KW_AUTO_PTR_DEFINE(kw_client_keys);

/* Fetches now. Under the lock of the cache another process may have been faster: its answer is then
 * taken in place of a request. A server that puts us off (429 or 503 with Retry-After) is asked
 * again within timeout_ms. A failure keeps the keys that are there and puts the next try off.
 * UNAVAILABLE: offline. Statuses of kw_client_fetch; PEER_REFUSED: the answer is malformed. */
KW_MUST_USE kw_status kw_client_keys_refresh(kw_client_keys *keys, kw_error *err);

/* The keys, after a refresh when that was due (without patience when one is usable already), and
 * the moment `out_now` at which to ask kw_client_key_is_usable. `out` lives until the next call.
 * UNAVAILABLE: none is usable and none was due to be fetched; else why the refresh failed. */
KW_MUST_USE kw_status kw_client_keys_use(kw_client_keys *keys, const kw_client_keyset **out,
                                         kw_unix_s *out_now, kw_error *err);

/* When the next refresh is due. */
kw_unix_ms kw_client_keys_next_ms(const kw_client_keys *keys);

/* The server's time minus ours at its last answer, seconds; 0 when it is not known. */
int64_t kw_client_keys_skew_s(const kw_client_keys *keys);

#endif /* KW_CLIENT_KEYS_H */
