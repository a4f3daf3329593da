/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp participants add. Secret output: the new API key, into a private file. */
#include "cli/api_key_file.h"
#include "cli/print.h"
#include "cli/remote.h"
#include "emtp/api_types.h"

static const kw_enum_name role_names[] = {
    {"none", KW_EMTP_ROLE_NONE},
    {"payer", KW_EMTP_ROLE_PAYER},
    {"provider", KW_EMTP_ROLE_PROVIDER},
    {"hub", KW_EMTP_ROLE_HUB},
};

typedef struct add_options {
    kw_str id;
    kw_str api_key_out;
    kw_str uri;
    kw_str dns;
    kw_str spki;
    kw_str tenant;
    kw_strs network;
    kw_strs notice_host;
    kw_emtp_role role;
    uint32_t days;
    kw_remote_options remote;
} add_options;

static const kw_field add_fields[] = {
    KW_FIELD(add_options, id, 128, KW_REQ | KW_OPERAND, .min = 1, .made_of = "._:@-",
             .help = "stable name of the participant, never used twice"),
    KW_FIELD(add_options, api_key_out, KW_REMOTE_PATH_BYTES_MAX, 0,
             .help = "file for its new API key, mode 0600; must not exist"),
    KW_FIELD(add_options, uri, 255, 0, .help = "URI name of its client certificate instead"),
    KW_FIELD(add_options, dns, 253, 0, .help = "DNS name of its client certificate instead"),
    KW_FIELD(add_options, spki, 64, 0,
             .help = "hex SHA-256 of its certificate's public key instead"),
    KW_FIELD(add_options, tenant, 64, 0, .fallback = "root", .help = "namespace it belongs to"),
    KW_FIELD(add_options, network, 64, 0, .help = "CIDR it may come from, may be repeated"),
    KW_FIELD(add_options, notice_host, 253, 0,
             .help = "host that its notices may name, may be repeated"),
    KW_FIELD_ENUM(add_options, role, role_names, 0, .fallback = "none",
                  .help = "what it is on a registry"),
    KW_FIELD(add_options, days, 366, 0, .min = 1, .fallback = "365",
             .help = "life of its role and API key"),
    KW_REMOTE_FIELDS(add_options),
};
KW_SCHEMA(add_options, add_fields);

typedef struct add_reply {
    kw_str id;
    kw_str api_key_file;
} add_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(add_reply, id, 128, KW_REQ),
    KW_FIELD(add_reply, api_key_file, KW_REMOTE_PATH_BYTES_MAX, 0,
             .help = "hand it to the participant; the server keeps only a hash"),
};
KW_SCHEMA(add_reply, reply_fields);

/* Exactly one way to prove itself. */
static kw_status choose_proof(kw_emtp_participant_new *out, const add_options *options,
                              kw_error *err)
{
    const struct {
        kw_emtp_proof proof;
        kw_str name;
    } ways[] = {{KW_EMTP_PROOF_API_KEY, options->api_key_out},
                {KW_EMTP_PROOF_URI, options->uri},
                {KW_EMTP_PROOF_DNS, options->dns},
                {KW_EMTP_PROOF_SPKI, options->spki}};
    size_t chosen_count = 0;
    for (size_t i = 0; i < KW_COUNT(ways); i++) {
        if (ways[i].name.len > 0) {
            out->proof = ways[i].proof;
            out->name = ways[i].proof == KW_EMTP_PROOF_API_KEY ? (kw_str){0} : ways[i].name;
            chosen_count++;
        }
    }
    KW_REQUIRE(chosen_count == 1, err, KW_USAGE,
               "give one of --api-key-out FILE, --uri, --dns and --spki");
    return KW_OK;
}

static kw_status add(kw_cli *cli, const void *given, kw_error *err)
{
    const add_options *options = given;
    kw_emtp_participant_new participant = {
        .id = options->id,
        .tenant = options->tenant,
        .networks = options->network,
        .hosts = options->notice_host,
        .role = options->role,
        .days = options->days,
    };
    KW_TRY(choose_proof(&participant, options, err));
    if (options->api_key_out.len > 0) {
        KW_TRY(kw_api_key_file_check(options->api_key_out, err));
    }
    KW_AUTO_PTR(kw_remote) remote = NULL;
    KW_TRY(kw_remote_open(&remote, &options->remote, err));
    kw_emtp_participant_added added = {0};
    kw_remote_request request = {.method = KW_POST,
                                 .path = KW_STR("/v1/emtp/participants"),
                                 .in = &kw_emtp_participant_new_schema,
                                 .in_object = &participant,
                                 .out = &kw_emtp_participant_added_schema,
                                 .out_object = &added,
                                 .arena = cli->arena};
    KW_TRY(kw_remote_call(remote, &request, err));
    if (options->api_key_out.len > 0) {
        KW_TRY(kw_api_key_file_write(options->api_key_out, added.api_key, err));
    }
    add_reply reply = {.id = options->id, .api_key_file = options->api_key_out};
    return kw_cli_print(cli, &add_reply_schema, &reply, err);
}

const kw_command kw_command_emtp_participants_add = {
    "emtp participants add",
    &add_options_schema,
    add,
    "register a participant",
    .about = "A participant may fetch epoch keys. It proves itself by an API key, which is made "
             "now and\n"
             "written to a file once, or by a client certificate that names it.",
    .examples = {{"keyward emtp participants add clinic-a --api-key-out clinic-a.key "
                  "--server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "by API key"},
                 {"keyward emtp participants add payer-b --uri keyward:payer-b "
                  "--server https://localhost:8444 --ca pki/ca.pem "
                  "--cert pki/admin.pem --cert-key pki/admin.key",
                  "by client certificate"}},
};
