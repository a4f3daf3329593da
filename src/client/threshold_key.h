/* SPDX-License-Identifier: Apache-2.0
 * The key of an application on a caller's terms: with a token, no older than what was seen before,
 * and with the epoch of a time. What commands and the library share. */
#ifndef KW_CLIENT_THRESHOLD_KEY_H
#define KW_CLIENT_THRESHOLD_KEY_H

#include "client/threshold_attest.h"
#include "client/threshold_sign.h"

/* Texts are NUL-terminated; NULL or 0: none. */
typedef struct kw_client_terms {
    const char *token_file;     /* private; read for each question, for tokens end soon */
    const char *seen_file;      /* keeps the highest epoch seen */
    uint64_t epoch_least;       /* that was seen otherwise */
    kw_unix_s attestation_time; /* whose epoch is to be found, too */
} kw_client_terms;

/* Who is asked, and how. Borrows. */
typedef struct kw_client_asker {
    const kw_client_cluster *cluster;
    kw_client_calls *calls;
    const kw_rng *rng;
    const kw_client_terms *terms;
} kw_client_asker;

/* All-zero is none. */
typedef struct kw_client_app_key {
    kw_client_application application;
    kw_client_attested attested; /* none when the terms name no time */
} kw_client_app_key;

void kw_client_app_key_drop(kw_client_app_key *key); /* wipes */

/* Asks the operators; `out`, empty before, says how each did in any case. An epoch later than the
 * highest seen is kept. As kw_client_token_load, kw_client_seen_read, kw_client_application_ask,
 * kw_client_attested_find, kw_client_seen_raise. */
KW_MUST_USE kw_status kw_client_app_key_ask(const kw_client_asker *asker, kw_client_app_key *out,
                                            const kw_ibe_id *id, kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_KEY_H */
