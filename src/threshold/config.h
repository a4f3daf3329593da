/* SPDX-License-Identifier: Apache-2.0
 * Section "threshold" of the daemon's configuration. */
#ifndef KW_THRESHOLD_CONFIG_H
#define KW_THRESHOLD_CONFIG_H

#include "codec/field.h"
#include "threshold/operator_key.h"

/* What keeps the keys that seal shares. */
typedef enum kw_slots_keeper {
    KW_SLOTS_IN_FOLDER,
    KW_SLOTS_ON_TOKEN,
} kw_slots_keeper;

typedef struct kw_threshold_config {
    kw_str cluster_file;        /* empty: this node is no operator */
    kw_str operators_file;      /* empty: the genesis operators of the cluster file, for ever */
    kw_str address;             /* of this operator */
    kw_operator_key_source key; /* what key_file is */
    int curve;                  /* of the key: KW_PEER_BN254, KW_PEER_ECDSA */
    kw_str key_file;            /* its signing key; of a token: the name of the object */
    kw_str passphrase_file;
    kw_str previous_key_file; /* its key before, of the same kind and curve; empty: none */
    kw_str previous_passphrase_file;
    kw_str pkcs11_module; /* library of the token that keys or slots are on */
    kw_str pkcs11_label;  /* of the token */
    kw_str pkcs11_pin_file;
    kw_str pkcs11_dir; /* that the module writes to while slots are on its token; empty: none */
    kw_slots_keeper slots;
    kw_str slots_dir; /* of slots on a token: the lock alone */
    kw_str evidence_dir;
    uint32_t retention_days; /* of certificates */
    kw_str token_issuer;     /* of tokens for applications; empty: none are taken */
    kw_str token_keys_file;
    bool eigenx_v1; /* partial signatures for ciphertexts of the reference system too */
    kw_str ca_file; /* how it knows others, and shows itself to them */
    kw_str certificate_file;
    kw_str tls_key_file;
} kw_threshold_config;

extern const kw_schema kw_threshold_config_schema;

/* What one row cannot say. CONFIG. */
KW_MUST_USE kw_status kw_threshold_config_check(const kw_threshold_config *config, kw_error *err);

/* True: this node is an operator. */
static inline bool kw_threshold_config_is_on(const kw_threshold_config *config)
{
    return config->cluster_file.len > 0;
}

/* The token that it names; borrows. */
static inline kw_hsm_options kw_threshold_config_token(const kw_threshold_config *config)
{
    return (kw_hsm_options){.module = config->pkcs11_module.ptr,
                            .label = config->pkcs11_label.ptr,
                            .pin_path = config->pkcs11_pin_file.ptr};
}

#endif /* KW_THRESHOLD_CONFIG_H */
