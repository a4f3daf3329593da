/* SPDX-License-Identifier: Apache-2.0
 * Keys that a configuration names. Secret: what they hold, in guarded memory. */
#include "threshold/signing_keys.h"

void kw_signing_keys_drop(kw_signing_keys *keys)
{
    kw_operator_secret_free(keys->now);
    kw_operator_secret_free(keys->previous);
    *keys = (kw_signing_keys){0};
}

static kw_status open_token(kw_hsm **out, const kw_threshold_config *config, kw_error *err)
{
    const kw_hsm_options options = kw_threshold_config_token(config);
    if (config->key != KW_OPERATOR_KEY_TOKEN) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_hsm_open(out, &options, err), "opening the token of the operator key");
    return KW_OK;
}

static kw_status open_previous(kw_signing_keys *keys, const kw_threshold_config *config,
                               kw_operator_key_options key, kw_error *err)
{
    if (config->previous_key_file.len == 0) {
        return KW_OK;
    }
    key.path = config->previous_key_file.ptr;
    if (config->previous_passphrase_file.len > 0) {
        key.passphrase_path = config->previous_passphrase_file.ptr;
    }
    KW_TRY_AT(err, kw_operator_secret_open(&keys->previous, &key, err),
              "opening threshold.previous_key_file");
    return KW_OK;
}

kw_status kw_signing_keys_open(kw_signing_keys *out, const kw_threshold_config *config,
                               kw_error *err)
{
    KW_AUTO_PTR(kw_hsm) token = NULL;
    kw_signing_keys keys = {0};
    if (!kw_threshold_config_is_on(config)) {
        return KW_OK;
    }
    KW_TRY(open_token(&token, config, err));
    const kw_operator_key_options key = {
        .source = config->key,
        .path = config->key_file.ptr,
        .passphrase_path = config->passphrase_file.ptr,
        .curve = (uint8_t)config->curve,
        .token = token,
    };
    KW_TRY_AT(err, kw_operator_secret_open(&keys.now, &key, err), "opening threshold.key_file");
    kw_status st = open_previous(&keys, config, key, err);
    if (st != KW_OK) {
        kw_signing_keys_drop(&keys);
        return st;
    }
    *out = keys;
    return KW_OK;
}

static kw_own_key own_key_of(const kw_operator_secret *secret)
{
    if (secret == NULL) {
        return (kw_own_key){0};
    }
    return (kw_own_key){.curve = kw_operator_secret_curve(secret),
                        .key = kw_operator_secret_public(secret),
                        .signer = kw_operator_secret_signer(secret)};
}

kw_own_keys kw_signing_keys_own(const kw_signing_keys *keys)
{
    return (kw_own_keys){{own_key_of(keys->now), own_key_of(keys->previous)}};
}
