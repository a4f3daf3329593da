/* SPDX-License-Identifier: Apache-2.0
 * How a command acts for an operator: its entry, and the key that signs for it. Rows for an options
 * struct that has a member `kw_operator_options self`. */
#ifndef KW_CLI_OPERATOR_OPTIONS_H
#define KW_CLI_OPERATOR_OPTIONS_H

#include "cli/pkcs11_options.h"
#include "threshold/engine/roster/operators.h"
#include "threshold/operator_key.h"

enum {
    KW_OPERATOR_PATH_BYTES_MAX = 1024,
};

typedef struct kw_operator_options {
    kw_str entry;               /* file with the line that `node keygen` printed */
    kw_operator_key_source key; /* what key_file is */
    kw_str key_file;            /* of a key on a token: its name there */
    kw_str passphrase_file;     /* of a sealed key */
    kw_pkcs11_options token;
} kw_operator_options;

static const kw_enum_name kw_operator_key_names[] = {{"sealed", KW_OPERATOR_KEY_SEALED},
                                                     {"raw", KW_OPERATOR_KEY_RAW},
                                                     {"pkcs11", KW_OPERATOR_KEY_TOKEN}};

#define KW_OPERATOR_FIELD(type, member, ...)                                         \
    {                                                                                \
        .name = #member, .offset = offsetof(type, self.member), .kind = KW_KIND_STR, \
        .max = KW_OPERATOR_PATH_BYTES_MAX, __VA_ARGS__                               \
    }

#define KW_OPERATOR_FIELDS(type)                                                              \
    KW_OPERATOR_FIELD(type, entry, .flags = KW_REQ, .min = 1,                                 \
                      .help = "file with the own entry, which `node keygen` printed"),        \
        KW_OPERATOR_FIELD(                                                                    \
            type, key_file, .flags = KW_REQ, .min = 1,                                        \
            .help = "private file with the operator's signing key, or its name on a token"),  \
        KW_OPERATOR_FIELD(type, passphrase_file,                                              \
                          .help = "private file with the passphrase of a sealed key"),        \
        KW_PKCS11_FIELDS(type, self.token),                                                   \
    {                                                                                         \
        .name = "key", .offset = offsetof(type, self.key), .kind = KW_KIND_ENUM,              \
        .names = kw_operator_key_names, .names_count = KW_COUNT(kw_operator_key_names),       \
        .fallback = "sealed",                                                                 \
        .help = "what --key-file is: a file with a key under a passphrase, a file of 32 raw " \
                "bytes, or the name of such an object on a PKCS#11 token"                     \
    }

/* Reads a file with one entry. BAD_INPUT: it is none; else as kw_file_read. */
KW_MUST_USE kw_status kw_operator_entry_read(kw_cli *cli, kw_operator_row *out, kw_str path,
                                             kw_error *err);

/* The same for several, in their order. */
KW_MUST_USE kw_status kw_operator_entries_read(kw_cli *cli, kw_operator_rows *out, kw_strs paths,
                                               kw_error *err);

/* An operator that this command acts for. All-zero is none. */
typedef struct kw_operator_self {
    kw_operator_row row; /* in the command's arena */
    kw_operator_secret *key;
} kw_operator_self;

void kw_operator_self_drop(kw_operator_self *self); /* wipes */

/* Reads entry and key. REFUSED: the key is not that of the entry. USAGE: a sealed key without a
 * passphrase, or a token for a key that is on none. Else as kw_operator_entry_read, kw_pkcs11_open
 * and kw_operator_secret_open. */
KW_MUST_USE kw_status kw_operator_self_open(kw_cli *cli, kw_operator_self *out,
                                            const kw_operator_options *options, kw_error *err);

#endif /* KW_CLI_OPERATOR_OPTIONS_H */
