/* SPDX-License-Identifier: Apache-2.0
 * Which PKCS#11 token a command uses: options that such commands share. Rows for an options struct
 * that has a member of this type, whose name the rows are given. */
#ifndef KW_CLI_PKCS11_OPTIONS_H
#define KW_CLI_PKCS11_OPTIONS_H

#include "cli/command.h"
#include "hsm/hsm.h"

enum {
    KW_PKCS11_PATH_BYTES_MAX = 1024,
};

typedef struct kw_pkcs11_options {
    kw_str pkcs11_module;   /* library */
    kw_str pkcs11_label;    /* of the token */
    kw_str pkcs11_pin_file; /* private file */
} kw_pkcs11_options;

#define KW_PKCS11_FIELD(type, token, member, most, ...)                               \
    {                                                                                 \
        .name = #member, .offset = offsetof(type, token.member), .kind = KW_KIND_STR, \
        .max = (most), __VA_ARGS__                                                    \
    }

#define KW_PKCS11_FIELDS(type, token)                                                      \
    KW_PKCS11_FIELD(type, token, pkcs11_module, KW_PKCS11_PATH_BYTES_MAX,                  \
                    .help = "library of the PKCS#11 token that has the key, in the place " \
                            "of a file"),                                                  \
        KW_PKCS11_FIELD(type, token, pkcs11_label, KW_HSM_LABEL_BYTES_MAX,                 \
                        .help = "label of the token"),                                     \
        KW_PKCS11_FIELD(type, token, pkcs11_pin_file, KW_PKCS11_PATH_BYTES_MAX,            \
                        .help = "private file with the PIN of its user")

/* Whether any of them was given. */
bool kw_pkcs11_is_given(const kw_pkcs11_options *options);

/* Opens the token. USAGE: one of them is missing. Else as kw_hsm_open. */
KW_MUST_USE kw_status kw_pkcs11_open(kw_hsm **out, const kw_pkcs11_options *options, kw_error *err);

#endif /* KW_CLI_PKCS11_OPTIONS_H */
