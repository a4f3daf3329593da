/* SPDX-License-Identifier: Apache-2.0
 * Keys of applications on terms. Secret inputs: the token; secret output: the key. */
#include "client/threshold_key.h"

void kw_client_app_key_drop(kw_client_app_key *key)
{
    kw_client_application_drop(&key->application);
    key->attested = (kw_client_attested){.epoch = 0};
}

kw_status kw_client_app_key_ask(const kw_client_asker *asker, kw_client_app_key *out,
                                const kw_ibe_id *id, kw_error *err)
{
    const kw_client_terms *terms = asker->terms;
    const kw_hash32 *cluster_id = &asker->cluster->file.cluster_id;
    KW_AUTO(kw_secret_bytes) token = {.max = 0};
    kw_client_application *application = &out->application;
    uint64_t seen = 0;
    if (terms->token_file != NULL) {
        KW_TRY(kw_client_token_load(&token, terms->token_file, err));
    }
    if (terms->seen_file != NULL) {
        KW_TRY(kw_client_seen_read(&seen, terms->seen_file, cluster_id, err));
    }
    const kw_client_request request = {
        .what = kw_client_purposed_of(id),
        .token = kw_secret_bytes_view(&token),
        .attestation_time = terms->attestation_time,
        .epoch_least = KW_MAX(seen, terms->epoch_least),
    };
    KW_TRY(kw_client_application_ask(application, asker->cluster, asker->calls, &request,
                                     asker->rng, err));
    if (terms->seen_file != NULL) {
        KW_TRY(kw_client_seen_raise(terms->seen_file, cluster_id, application->epoch, err));
    }
    if (terms->attestation_time != 0) {
        const kw_client_moment moment = {terms->attestation_time, application->epoch,
                                         application->members};
        KW_TRY(kw_client_attested_find(&out->attested, asker->cluster, asker->calls, &moment, err));
    }
    return KW_OK;
}
