/* SPDX-License-Identifier: Apache-2.0
 * Options of an operator. */
#include "threshold/config.h"

#include "config/option.h"
#include "threshold/limits.h"

enum {
    PATH_MAX_BYTES = 1024,
    ADDRESS_CHARS = 42,
    RETENTION_DAYS_MAX = 36500,
};

static const kw_enum_name key_names[] = {{"sealed", KW_OPERATOR_KEY_SEALED},
                                         {"raw", KW_OPERATOR_KEY_RAW},
                                         {"pkcs11", KW_OPERATOR_KEY_TOKEN}};
static const kw_enum_name curve_names[] = {{"bn254", KW_PEER_BN254}, {"secp256k1", KW_PEER_ECDSA}};

static const kw_option options[] = {
    KW_OPTION(kw_threshold_config, cluster_file, PATH_MAX_BYTES, .fallback = "",
              .help = "JSON that describes the cluster; empty: this node is no operator"),
    KW_OPTION(kw_threshold_config, operators_file, PATH_MAX_BYTES, .fallback = "",
              .help = "JSON with the operators of now, read at each boundary; empty: those of "
                      "cluster_file"),
    KW_OPTION(kw_threshold_config, address, ADDRESS_CHARS, .fallback = "",
              .help = "this operator's address, 0x and 40 digits"),
    KW_OPTION_ENUM(kw_threshold_config, key, key_names, .fallback = "sealed",
                   .help = "what key_file is: a file with a key under a passphrase, a file of 32 "
                           "raw bytes, such as a systemd credential, or the name of such an "
                           "object on a PKCS#11 token"),
    KW_OPTION_ENUM(kw_threshold_config, curve, curve_names, .fallback = "bn254",
                   .help = "curve of the operator's signing key"),
    KW_OPTION(kw_threshold_config, key_file, PATH_MAX_BYTES, .fallback = "",
              .help = "private file with the operator's signing key"),
    KW_OPTION(kw_threshold_config, passphrase_file, PATH_MAX_BYTES, .fallback = "",
              .help = "private file with the passphrase of a sealed key_file"),
    KW_OPTION(kw_threshold_config, previous_key_file, PATH_MAX_BYTES, .fallback = "",
              .help = "the key before that one, until an epoch is certified with the new; records "
                      "that it sealed are sealed anew at the start"),
    KW_OPTION(kw_threshold_config, previous_passphrase_file, PATH_MAX_BYTES, .fallback = "",
              .help = "its passphrase; empty: passphrase_file"),
    KW_OPTION(kw_threshold_config, pkcs11_module, PATH_MAX_BYTES, .fallback = "",
              .help = "library of the PKCS#11 token; used at the start only, before the sandbox"),
    KW_OPTION(kw_threshold_config, pkcs11_label, KW_HSM_LABEL_BYTES_MAX, .fallback = "",
              .help = "label of the token"),
    KW_OPTION(kw_threshold_config, pkcs11_pin_file, PATH_MAX_BYTES, .fallback = "",
              .help = "private file with the PIN of its user"),
    KW_OPTION(kw_threshold_config, slots_dir, PATH_MAX_BYTES, .fallback = "",
              .help = "folder of the keys that seal shares, apart from the database; never back "
                      "it up"),
    KW_OPTION(kw_threshold_config, evidence_dir, PATH_MAX_BYTES, .fallback = "",
              .help = "folder for proofs of fraud; empty: they are counted only"),
    KW_OPTION(kw_threshold_config, retention_days, RETENTION_DAYS_MAX, .min = 30, .fallback = "30",
              .help = "days that certificates of epochs are kept after there is a later one"),
    KW_OPTION(kw_threshold_config, token_issuer, KW_TOKEN_TEXT_BYTES_MAX, .fallback = "",
              .help = "claim iss of the tokens (OpenID Connect) that open applications with "
                      "access oidc; empty: none are taken"),
    KW_OPTION(kw_threshold_config, token_keys_file, PATH_MAX_BYTES, .fallback = "",
              .help = "JWKS with the issuer's keys; read again when it changes"),
    KW_OPTION(kw_threshold_config, eigenx_v1, 1, .fallback = "false",
              .help = "also sign for ciphertexts of the form eigenx-v1, of applications whose "
                      "policy names it"),
    KW_OPTION(kw_threshold_config, ca_file, PATH_MAX_BYTES, .fallback = "",
              .help = "PEM of the CAs of other operators"),
    KW_OPTION(kw_threshold_config, certificate_file, PATH_MAX_BYTES, .fallback = "",
              .help = "PEM of our certificate as a client of other operators"),
    KW_OPTION(kw_threshold_config, tls_key_file, PATH_MAX_BYTES, .fallback = "",
              .help = "PEM of its private key"),
};
KW_SCHEMA_EXTERN(kw_threshold_config, options);

kw_status kw_threshold_config_check(const kw_threshold_config *config, kw_error *err)
{
    const struct {
        const char *name;
        kw_str value;
    } needed[] = {
        {"address", config->address},
        {"key_file", config->key_file},
        {"slots_dir", config->slots_dir},
        {"ca_file", config->ca_file},
        {"certificate_file", config->certificate_file},
        {"tls_key_file", config->tls_key_file},
    };
    bool needs_passphrase = config->key == KW_OPERATOR_KEY_SEALED;
    KW_REQUIRE(!kw_threshold_config_is_on(config) || !needs_passphrase ||
                   config->passphrase_file.len > 0,
               err, KW_CONFIG, "threshold.passphrase_file is needed for a sealed key");
    KW_REQUIRE(config->key != KW_OPERATOR_KEY_TOKEN ||
                   (config->pkcs11_module.len > 0 && config->pkcs11_label.len > 0 &&
                    config->pkcs11_pin_file.len > 0),
               err, KW_CONFIG,
               "threshold.pkcs11_module, pkcs11_label and pkcs11_pin_file are needed for a key on "
               "a token");
    KW_REQUIRE((config->token_issuer.len > 0) == (config->token_keys_file.len > 0), err, KW_CONFIG,
               "threshold.token_issuer and threshold.token_keys_file need each other");
    for (size_t i = 0; kw_threshold_config_is_on(config) && i < KW_COUNT(needed); i++) {
        KW_REQUIRE(needed[i].value.len > 0, err, KW_CONFIG,
                   "threshold.%s is needed with threshold.cluster_file", needed[i].name);
    }
    return KW_OK;
}
