/* SPDX-License-Identifier: Apache-2.0
 * keyward dev-ca init: a certificate authority for development and tests. */
#include "cli/pki_folder.h"
#include "os/dir.h"

enum {
    CA_DAYS = 365
};

typedef struct init_options {
    kw_str folder;
} init_options;

static const kw_field init_fields[] = {
    KW_FIELD(init_options, folder, KW_PKI_PATH_BYTES_MAX, KW_REQ | KW_OPERAND,
             .help = "folder of the authority, made when absent"),
};
KW_SCHEMA(init_options, init_fields);

static kw_status init(kw_cli *cli, const void *given, kw_error *err)
{
    const init_options *options = given;
    KW_TRY_AT(err, kw_dir_make(options->folder.ptr, 0700, err), "making the folder");
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    KW_TRY(kw_x509_ca_new(&ca, "Keyward development CA", kw_pki_not_before(), CA_DAYS, err));
    KW_AUTO(kw_x509_pair) pair = {0};
    KW_TRY(kw_x509_ca_export(ca, &pair, err));
    return kw_pki_folder_write(cli, options->folder, KW_STR("ca"), &pair, err);
}

const kw_command kw_command_dev_ca_init = {
    "dev-ca init",
    &init_options_schema,
    init,
    "make a certificate authority for development",
    .about =
        "Writes FOLDER/ca.pem and FOLDER/ca.key. The authority lives 365 days and may sign only\n"
        "end certificates. It is for development and tests: its key lies unencrypted on the disk.",
    .examples = {{"keyward dev-ca init ./pki", "a new authority in ./pki"}},
};
