/* SPDX-License-Identifier: Apache-2.0
 * keyward params sign: a person approves a request, on any machine. Secret input: the key. */
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/publisher_folder.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "os/file.h"

typedef struct sign_options {
    kw_str request;
    kw_str key;
    kw_str subject;
} sign_options;

static const kw_field sign_fields[] = {
    KW_FIELD(sign_options, request, KW_PUBLISHER_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file that `params submit` wrote"),
    KW_FIELD(sign_options, key, KW_PUBLISHER_PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "private file with the key of the one who approves"),
    KW_FIELD(sign_options, subject, KW_PUBLISHER_PATH_BYTES_MAX, 0, .min = 1,
             .help = "what is approved, as `params report --subject` wrote it: the request must be "
                     "of exactly that"),
};
KW_SCHEMA(sign_options, sign_fields);

static kw_status check_subject(const kw_approval_request *request, kw_str path, kw_error *err)
{
    KW_AUTO(kw_buf) subject = kw_buf_init(KW_DRAFT_BYTES_MAX);
    kw_hash32 hash;
    if (path.len == 0) {
        return KW_OK;
    }
    KW_TRY_AT(err, kw_file_read(&subject, path.ptr, err), "reading what is approved");
    kw_sha256(&hash, kw_buf_view(&subject));
    KW_REQUIRE(kw_hash32_equal(&hash, &request->arguments), err, KW_REFUSED,
               "the request is not of what %s says", path.ptr);
    return KW_OK;
}

static kw_status sign(kw_cli *cli, const void *given, kw_error *err)
{
    const sign_options *options = given;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
    KW_AUTO(kw_note_signer) signer = {.verifier = {.id = 0}};
    kw_approval_request request;
    kw_ed25519_signature signature;
    char expires[KW_RFC3339_BYTES];
    KW_TRY_AT(err, kw_file_read(&json, options->request.ptr, err), "reading the request");
    KW_TRY(kw_approval_request_decode(&request, cli->arena, kw_buf_view(&json), err));
    KW_TRY(check_subject(&request, options->subject, err));
    KW_TRY(kw_publisher_key_read(&signer, options->key, err));
    kw_utc_format(expires, request.expires);
    kw_cli_note(cli, "%s approves %.*s, asked by %.*s, until %s", signer.verifier.name,
                KW_STR_ARG(request.action), KW_STR_ARG(request.requester), expires);
    kw_approval_sign(&signature, &signer.key, kw_buf_view(&json));
    const kw_approval_file reply = {.approver = kw_str_of(signer.verifier.name),
                                    .signature = KW_SPAN(signature.bytes)};
    KW_AUTO(kw_buf) out = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&out, &kw_approval_file_schema, &reply, KW_JSON_PLAIN),
              "writing the approval");
    KW_TRY_AT(err, kw_buf_append_byte(&out, '\n'), "writing the approval");
    return kw_cli_write(cli, kw_buf_view(&out), err);
}

const kw_command kw_command_params_sign = {
    "params sign",
    &sign_options_schema,
    sign,
    "approve a release, with your key",
    .about =
        "Needs no network and no access to the folder of releases: the request comes as a file,\n"
        "and the approval, one line of JSON on standard output, goes back as one. What is signed\n"
        "is the SHA-256 of the request's bytes. With --subject the request is compared with the\n"
        "report and the files that it should be of.",
    .examples = {{"keyward params sign request.json --key ada.key >ada.json", "ada approves"}},
};
