/* SPDX-License-Identifier: Apache-2.0
 * keyward dev-ca issue: certificates of the development authority. */
#include "cli/pki_folder.h"

enum {
    LEAF_DAYS = 90
};

typedef struct issue_options {
    kw_str folder;
    kw_str name;
    bool server;
    bool peer;
    kw_strs host;
    kw_strs uri;
} issue_options;

static const kw_field issue_fields[] = {
    KW_FIELD(issue_options, folder, KW_PKI_PATH_BYTES_MAX, KW_REQ | KW_OPERAND,
             .help = "folder of the authority"),
    KW_FIELD(issue_options, name, 64, KW_REQ | KW_OPERAND, .min = 1, .made_of = "-_.",
             .help = "name of the files, and the common name"),
    KW_FIELD(issue_options, server, 0, 0, .help = "for a server; else for a client of one"),
    KW_FIELD(issue_options, peer, 0, 0,
             .help = "for an operator, who is server and client of others with one key"),
    KW_FIELD(issue_options, host, 253, 0, .made_of = ".:-_",
             .help = "DNS name or IP address, may be repeated"),
    KW_FIELD(issue_options, uri, 200, 0, .min = 0,
             .help = "URI name that identifies a client, may be repeated"),
};
KW_SCHEMA(issue_options, issue_fields);

/* IPv6 has colons, IPv4 nothing but digits and dots. */
static bool is_ip_address(kw_str host)
{
    bool has_letter = false;
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] == ':') {
            return true;
        }
        has_letter =
            has_letter || !((host.ptr[i] >= '0' && host.ptr[i] <= '9') || host.ptr[i] == '.');
    }
    return !has_letter;
}

static kw_status add_name(kw_cli *cli, kw_x509_request *request, const char *kind, kw_str name,
                          kw_error *err)
{
    KW_REQUIRE(request->names_count < KW_X509_NAMES_MAX, err, KW_LIMIT, "more than %d names",
               KW_X509_NAMES_MAX);
    kw_str text = {0};
    KW_TRY_AT(err, kw_arena_format(cli->arena, &text, "%s:%.*s", kind, KW_STR_ARG(name)),
              "collecting names");
    request->names[request->names_count] = text.ptr;
    request->names_count++;
    return KW_OK;
}

static kw_status collect_names(kw_cli *cli, kw_x509_request *request, const issue_options *options,
                               kw_error *err)
{
    for (size_t i = 0; i < options->host.count; i++) {
        kw_str host = options->host.items[i];
        KW_TRY(add_name(cli, request, is_ip_address(host) ? "IP" : "DNS", host, err));
    }
    for (size_t i = 0; i < options->uri.count; i++) {
        KW_TRY(add_name(cli, request, "URI", options->uri.items[i], err));
    }
    KW_REQUIRE(request->names_count > 0, err, KW_USAGE, "give at least one --host or --uri");
    return KW_OK;
}

static kw_x509_use use_of(const issue_options *options)
{
    if (options->peer) {
        return KW_X509_PEER;
    }
    return options->server ? KW_X509_SERVER : KW_X509_CLIENT;
}

static kw_status issue(kw_cli *cli, const void *given, kw_error *err)
{
    const issue_options *options = given;
    kw_x509_request request = {
        .common_name = options->name.ptr,
        .use = use_of(options),
        .not_before = kw_pki_not_before(),
        .days = LEAF_DAYS,
    };
    KW_REQUIRE(!options->server || !options->peer, err, KW_USAGE, "--server or --peer, not both");
    KW_TRY(collect_names(cli, &request, options, err));
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    KW_TRY_AT(err, kw_pki_folder_open(cli, &ca, options->folder, err), "opening the authority");
    KW_AUTO(kw_x509_pair) pair = {0};
    KW_TRY(kw_x509_ca_issue(ca, &pair, &request, err));
    return kw_pki_folder_write(cli, options->folder, options->name, &pair, err);
}

const kw_command kw_command_dev_ca_issue = {
    "dev-ca issue",
    &issue_options_schema,
    issue,
    "issue a certificate for development",
    .about = "Writes FOLDER/NAME.pem and FOLDER/NAME.key: a P-256 key and a certificate of 90 days "
             "with\n"
             "the given names, for a client, or with --server for a server.",
    .examples = {{"keyward dev-ca issue ./pki server --server --host localhost --host 127.0.0.1",
                  "a certificate for a daemon on this machine"},
                 {"keyward dev-ca issue ./pki clinic-a --uri keyward:clinic-a",
                  "a certificate that identifies a participant"}},
};
