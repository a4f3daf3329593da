/* SPDX-License-Identifier: Apache-2.0
 * A development certificate authority as a folder: ca.pem, ca.key, and a pair for each name. */
#ifndef KW_CLI_PKI_FOLDER_H
#define KW_CLI_PKI_FOLDER_H

#include "cli/command.h"
#include "crypto/x509.h"

#define KW_PKI_PATH_BYTES_MAX 1024

/* Writes <folder>/<name>.pem and <folder>/<name>.key (mode 0600) and prints both paths.
 * CONFLICT: the key is there already; nothing is replaced. IO, NO_SPACE, LIMIT. */
KW_MUST_USE kw_status kw_pki_folder_write(kw_cli *cli, kw_str folder, kw_str name,
                                          const kw_x509_pair *pair, kw_error *err);

/* Opens the authority of the folder. NOT_FOUND, FORBIDDEN (the key is not private), BAD_INPUT. */
KW_MUST_USE kw_status kw_pki_folder_open(kw_cli *cli, kw_x509_ca **out, kw_str folder,
                                         kw_error *err);

/* When certificates that are made now begin. */
kw_unix_s kw_pki_not_before(void);

#endif /* KW_CLI_PKI_FOLDER_H */
