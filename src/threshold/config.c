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
static const kw_enum_name slots_names[] = {{"folder", KW_SLOTS_IN_FOLDER},
                                           {"pkcs11", KW_SLOTS_ON_TOKEN}};
static const kw_enum_name curve_names[] = {{"bn254", KW_PEER_BN254}, {"secp256k1", KW_PEER_ECDSA}};

/* A path, or another text, that may be absent: then it is empty. */
#define TEXT(member, largest, text) \
    KW_OPTION(kw_threshold_config, member, (largest), .fallback = "", .help = (text))
#define PATH(member, text) TEXT(member, PATH_MAX_BYTES, text)

static const kw_option options[] = {
    PATH(cluster_file, "JSON that describes the cluster; empty: this node is no operator"),
    PATH(operators_file, "JSON with the operators of now, read at each boundary; empty: those of "
                         "cluster_file"),
    TEXT(address, ADDRESS_CHARS, "this operator's address, 0x and 40 digits"),
    KW_OPTION_ENUM(kw_threshold_config, key, key_names, .fallback = "sealed",
                   .help = "what key_file is: a file with a key under a passphrase, a file of 32 "
                           "raw bytes, such as a systemd credential, or the name of such an "
                           "object on a PKCS#11 token"),
    KW_OPTION_ENUM(kw_threshold_config, curve, curve_names, .fallback = "bn254",
                   .help = "curve of the operator's signing key"),
    PATH(key_file, "private file with the operator's signing key"),
    PATH(passphrase_file, "private file with the passphrase of a sealed key_file"),
    PATH(previous_key_file, "the key before that one, until an epoch is certified with the new; "
                            "records that it sealed are sealed anew at the start"),
    PATH(previous_passphrase_file, "its passphrase; empty: passphrase_file"),
    PATH(pkcs11_module, "library of the PKCS#11 token; for a key it is used at the start only, "
                        "before the sandbox"),
    TEXT(pkcs11_label, KW_HSM_LABEL_BYTES_MAX, "label of the token"),
    PATH(pkcs11_pin_file, "private file with the PIN of its user"),
    PATH(pkcs11_dir, "folder that the module writes to while slots are on the token, such as that "
                     "of SoftHSM's tokens; empty: none"),
    KW_OPTION_ENUM(kw_threshold_config, slots, slots_names, .fallback = "folder",
                   .help = "what keeps the keys that seal shares: files in slots_dir, or objects "
                           "of the PKCS#11 token"),
    PATH(slots_dir, "folder of the keys that seal shares, apart from the database; never back it "
                    "up. With slots on a token it has only the lock that keeps two processes "
                    "apart"),
    PATH(evidence_dir, "folder for proofs of fraud; empty: they are counted only"),
    KW_OPTION(kw_threshold_config, retention_days, RETENTION_DAYS_MAX, .min = 30, .fallback = "30",
              .help = "days that certificates of epochs are kept after there is a later one"),
    TEXT(token_issuer, KW_TOKEN_TEXT_BYTES_MAX,
         "claim iss of the tokens (OpenID Connect) that open applications with access oidc; empty: "
         "none are taken"),
    PATH(token_keys_file, "JWKS with the issuer's keys; read again when it changes"),
    KW_OPTION(kw_threshold_config, eigenx_v1, 1, .fallback = "false",
              .help = "also sign for ciphertexts of the form eigenx-v1, of applications whose "
                      "policy names it"),
    PATH(ca_file, "PEM of the CAs of other operators"),
    PATH(certificate_file, "PEM of our certificate as a client of other operators"),
    PATH(tls_key_file, "PEM of its private key"),
};
KW_SCHEMA_EXTERN(kw_threshold_config, options);

#undef PATH
#undef TEXT

kw_status kw_threshold_config_check(const kw_threshold_config *config, kw_error *err)
{
    bool is_on = kw_threshold_config_is_on(config);
    bool is_sealed = is_on && config->key == KW_OPERATOR_KEY_SEALED;
    bool has_token = config->key == KW_OPERATOR_KEY_TOKEN || config->slots == KW_SLOTS_ON_TOKEN;
    const struct {
        const char *name;
        kw_str value;
        bool is_needed;
        const char *what_for;
    } rows[] = {
        {"address", config->address, is_on, "with threshold.cluster_file"},
        {"key_file", config->key_file, is_on, "with threshold.cluster_file"},
        {"slots_dir", config->slots_dir, is_on, "with threshold.cluster_file"},
        {"ca_file", config->ca_file, is_on, "with threshold.cluster_file"},
        {"certificate_file", config->certificate_file, is_on, "with threshold.cluster_file"},
        {"tls_key_file", config->tls_key_file, is_on, "with threshold.cluster_file"},
        {"passphrase_file", config->passphrase_file, is_sealed, "for a sealed key"},
        {"pkcs11_module", config->pkcs11_module, has_token, "for a key or slots on a token"},
        {"pkcs11_label", config->pkcs11_label, has_token, "for a key or slots on a token"},
        {"pkcs11_pin_file", config->pkcs11_pin_file, has_token, "for a key or slots on a token"},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_REQUIRE(!rows[i].is_needed || rows[i].value.len > 0, err, KW_CONFIG,
                   "threshold.%s is needed %s", rows[i].name, rows[i].what_for);
    }
    KW_REQUIRE((config->token_issuer.len > 0) == (config->token_keys_file.len > 0), err, KW_CONFIG,
               "threshold.token_issuer and threshold.token_keys_file need each other");
    return KW_OK;
}
