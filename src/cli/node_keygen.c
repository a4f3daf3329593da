/* SPDX-License-Identifier: Apache-2.0
 * keyward node keygen: the signing key of an operator, and the entry under which a cluster lists
 * it. Source: threshold.md section 1. Secret inputs: the passphrase; the key that is made. */
#include "cli/commands.h"
#include "cli/pkcs11_options.h"
#include "cli/print.h"
#include "client/randomness.h"
#include "codec/json.h"
#include "crypto/address_text.h"
#include "crypto/x509.h"
#include "os/file.h"
#include "store/limits.h"
#include "threshold/engine/roster/operators.h"
#include "threshold/operator_key_file.h"

enum {
    PATH_BYTES_MAX = 1024,
    PEM_BYTES_MAX = 64 * 1024,
    ENTRY_BYTES_MAX = 4096,
    ADDRESS_CHARS = 42,
};

typedef struct keygen_options {
    kw_str out;
    kw_str passphrase_file;
    kw_pkcs11_options token;
    int curve; /* KW_PEER_BN254, KW_PEER_ECDSA */
    kw_str address;
    kw_str peer_url;
    kw_str public_url;
    kw_str peer_cert;
} keygen_options;

static const kw_enum_name curve_names[] = {{"bn254", KW_PEER_BN254}, {"secp256k1", KW_PEER_ECDSA}};

static const kw_field keygen_fields[] = {
    KW_FIELD(keygen_options, out, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file for the sealed key, mode 0600, or its name on a token; it must not be "
                     "there yet"),
    KW_FIELD(keygen_options, passphrase_file, PATH_BYTES_MAX, 0,
             .help = "private file with the passphrase that seals the key"),
    KW_PKCS11_FIELDS(keygen_options, token),
    KW_FIELD_ENUM(keygen_options, curve, curve_names, 0, .fallback = "bn254",
                  .help = "bn254, as EigenLayer registers operators, or secp256k1"),
    KW_FIELD(keygen_options, address, ADDRESS_CHARS, 0, .min = ADDRESS_CHARS,
             .help = "the operator's address, 0x and 40 digits in lower case; default for "
                     "secp256k1: that of the key"),
    KW_FIELD(keygen_options, peer_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ, .min = 1,
             .help = "https://host:port of its listener for operators"),
    KW_FIELD(keygen_options, public_url, KW_OPERATOR_URL_BYTES_MAX, KW_REQ, .min = 1,
             .help = "https://host:port of its listener for clients"),
    KW_FIELD(keygen_options, peer_cert, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "PEM file with the certificate that it shows to operators"),
};
KW_SCHEMA(keygen_options, keygen_fields);

/* An entry and what its members point to. */
typedef struct entry {
    kw_operator_row row;
    kw_address address;
    kw_peer_signature proof;
} entry;

/* A key of secp256k1 has an address of its own; one of BN254 has none. */
static kw_status choose_address(kw_cli *cli, entry *out, const keygen_options *options,
                                const kw_operator_secret *secret, kw_error *err)
{
    if (options->address.len > 0) {
        KW_REQUIRE(kw_address_parse(&out->address, options->address) == KW_OK, err, KW_BAD_INPUT,
                   "--address: 0x and 40 digits of 0 to 9 and a to f, in lower case");
        out->row.address = options->address;
        return KW_OK;
    }
    KW_REQUIRE(options->curve == KW_PEER_ECDSA, err, KW_USAGE,
               "--address is missing: a key of bn254 has none of its own");
    kw_span own = kw_operator_secret_public(secret);
    char text[KW_ADDRESS_TEXT_BYTES];
    memcpy(out->address.bytes, own.ptr, sizeof out->address.bytes);
    kw_address_write(text, &out->address);
    KW_TRY_AT(err, kw_arena_copy_str(cli->arena, &out->row.address, kw_str_of(text)),
              "naming the operator");
    return KW_OK;
}

static kw_status read_certificate(kw_hash32 *out, kw_str path, kw_error *err)
{
    KW_AUTO(kw_buf) pem = kw_buf_init(PEM_BYTES_MAX);
    kw_x509_identity identity;
    KW_TRY_AT(err, kw_file_read(&pem, path.ptr, err), "reading --peer-cert");
    KW_TRY_AT(err, kw_x509_identity_parse(&identity, kw_buf_view(&pem), err),
              "reading --peer-cert");
    *out = identity.spki;
    return KW_OK;
}

/* Everything that others will check of the entry is checked before a key is written. */
static kw_status make_entry(kw_cli *cli, entry *out, const keygen_options *options,
                            const kw_operator_secret *secret, kw_error *err)
{
    kw_operators checked;
    KW_TRY(choose_address(cli, out, options, secret, err));
    KW_TRY(read_certificate(&out->row.tls_spki, options->peer_cert, err));
    KW_TRY_AT(err, kw_operator_secret_prove(secret, &out->proof, &out->address),
              "proving possession of the key");
    out->row.curve = options->curve;
    out->row.key = kw_operator_secret_public(secret);
    out->row.proof = kw_peer_signature_view(&out->proof);
    out->row.peer_url = options->peer_url;
    out->row.public_url = options->public_url;
    return kw_operators_of_rows(&checked, cli->arena, (kw_operator_rows){&out->row, 1}, err);
}

/* A key goes to one place. */
static kw_status check_place(const keygen_options *options, kw_error *err)
{
    bool is_token = kw_pkcs11_is_given(&options->token);
    KW_REQUIRE(is_token != (options->passphrase_file.len > 0), err, KW_USAGE,
               "give --passphrase-file for a key in a file, or --pkcs11-module for one on a token");
    return KW_OK;
}

static kw_status put_key(const keygen_options *options, const kw_operator_secret *secret,
                         kw_error *err)
{
    KW_AUTO_PTR(kw_hsm) hsm = NULL;
    kw_secret_span bytes = kw_secret32_view(kw_operator_secret_view(secret));
    KW_TRY(kw_pkcs11_open(&hsm, &options->token, err));
    KW_TRY_AT(err, kw_hsm_put(hsm, options->out, bytes, err), "putting the key on the token");
    return KW_OK;
}

static kw_status write_key(const keygen_options *options, const kw_operator_secret *secret,
                           kw_rng rng, kw_error *err)
{
    if (kw_pkcs11_is_given(&options->token)) {
        return put_key(options, secret, err);
    }
    KW_AUTO(kw_secret_bytes) passphrase = kw_secret_bytes_init(KW_SEAL_PASSPHRASE_BYTES_MAX + 2);
    KW_TRY_AT(err, kw_secret_bytes_read_file(&passphrase, options->passphrase_file.ptr, true, err),
              "reading the passphrase");
    kw_operator_key_lock lock = {.passphrase = kw_secret_bytes_view(&passphrase), .rng = rng};
    KW_TRY_AT(err, kw_operator_key_file_write(options->out.ptr, secret, &lock, err),
              "writing the operator key");
    return KW_OK;
}

static kw_status print_entry(kw_cli *cli, const kw_operator_row *row, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(ENTRY_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&json, &kw_operator_row_schema, row, KW_JSON_PLAIN), "printing");
    KW_TRY_AT(err, kw_buf_append_byte(&json, '\n'), "printing");
    return kw_cli_write(cli, kw_buf_view(&json), err);
}

static kw_status keygen(kw_cli *cli, const void *given, kw_error *err)
{
    const keygen_options *options = given;
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO_PTR(kw_operator_secret) secret = NULL;
    entry made = {0};
    KW_TRY(check_place(options, err));
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY_AT(err, kw_operator_secret_make(&secret, (uint8_t)options->curve, &rng),
              "making an operator key");
    KW_TRY(make_entry(cli, &made, options, secret, err));
    KW_TRY(write_key(options, secret, rng, err));
    return print_entry(cli, &made.row, err);
}

const kw_command kw_command_node_keygen = {
    "node keygen",
    &keygen_options_schema,
    keygen,
    "make the signing key of an operator",
    .about =
        "Makes a signing key, writes it into a file that the passphrase opens (Argon2id) or onto\n"
        "a PKCS#11 token, and prints one line of JSON: the entry of the operator for\n"
        "operators.json and cluster.json, with the proof that it holds the key, and the hash of\n"
        "its certificate's key. A key is never written over: whoever loses it loses the\n"
        "operator's seat, and its shares with it.",
    .examples =
        {{"keyward node keygen operator.key --passphrase-file passphrase --address "
          "0x00112233445566778899aabbccddeeff00112233 --peer-url https://node1.example:8444 "
          "--public-url https://node1.example:8443 --peer-cert peer.pem >node1.json",
          "a key of BN254, and its entry"},
         {"keyward node keygen operator --pkcs11-module /usr/lib/softhsm/libsofthsm2.so "
          "--pkcs11-label payments --pkcs11-pin-file pin --address "
          "0x00112233445566778899aabbccddeeff00112233 --peer-url https://node1.example:8444 "
          "--public-url https://node1.example:8443 --peer-cert peer.pem >node1.json",
          "a key on a token"}},
};
