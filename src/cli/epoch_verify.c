/* SPDX-License-Identifier: Apache-2.0
 * keyward epoch verify: a certificate in a file, checked offline. Source: threshold.md,
 * section 6. */
#include "cli/cluster_options.h"
#include "cli/commands.h"
#include "cli/epoch_view.h"
#include "cli/print.h"
#include "client/randomness.h"
#include "os/file.h"

enum {
    CERTIFIED = 0,
    NOT_CERTIFIED = 1,
    MALFORMED = 2,
};

typedef struct verify_options {
    kw_str file;
    kw_cluster_options cluster;
} verify_options;

static const kw_field verify_fields[] = {
    KW_FIELD(verify_options, file, KW_CLUSTER_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "file with the certificate"),
    KW_CLUSTER_FIELDS(verify_options),
};
KW_SCHEMA(verify_options, verify_fields);

/* Without a pin only the first epoch can be checked, by its votes. */
static kw_status check(kw_client_epoch *out, const kw_client_cluster *cluster, kw_span file,
                       kw_error *err)
{
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_TRY(kw_client_epoch_read(out, cluster, file, err));
    if (out->trust == KW_CLIENT_TRUST_PIN) {
        return KW_OK;
    }
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_REQUIRE(out->certificate.candidate.fields.epoch == 1, err, KW_USAGE,
               "no key is pinned: give --master-key, or master_key in the cluster file");
    return kw_client_epoch_prove(out, cluster, &rng, err);
}

static kw_status print_refusal(kw_cli *cli, const kw_error *why, kw_error *err)
{
    bool is_malformed = why->status == KW_BAD_INPUT || why->status == KW_LIMIT;
    const kw_epoch_view view = {
        .verdict = is_malformed ? KW_STR("malformed") : KW_STR("not certified"),
        .reason = kw_str_of(why->text),
    };
    kw_cli_verdict(cli, is_malformed ? MALFORMED : NOT_CERTIFIED);
    return kw_cli_print(cli, &kw_epoch_view_schema, &view, err);
}

static kw_status verify(kw_cli *cli, const void *given, kw_error *err)
{
    const verify_options *options = given;
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO(kw_client_epoch) epoch = {.trust = KW_CLIENT_TRUST_NONE};
    KW_AUTO(kw_buf) file = kw_buf_init(2 * (size_t)KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_error why = {.status = KW_OK};
    KW_TRY(kw_cluster_remote_open(&remote, &options->cluster, err));
    KW_TRY_AT(err, kw_file_read(&file, options->file.ptr, err), "reading the certificate");
    kw_status st = check(&epoch, &remote.cluster, kw_buf_view(&file), &why);
    if (st == KW_BAD_INPUT || st == KW_LIMIT || st == KW_REFUSED || st == KW_UNAUTHENTICATED) {
        return print_refusal(cli, &why, err);
    }
    KW_REQUIRE(st == KW_OK, err, st, "%s", why.text);
    kw_epoch_view view = {.verdict = KW_STR("certified")};
    KW_TRY_AT(err, kw_epoch_view_fill(cli->arena, &view, &remote.cluster, &epoch), "printing");
    kw_cli_verdict(cli, CERTIFIED);
    return kw_cli_print(cli, &kw_epoch_view_schema, &view, err);
}

const kw_command kw_command_epoch_verify = {
    "epoch verify",
    &verify_options_schema,
    verify,
    "check the certificate of an epoch offline",
    .about =
        "Reads a certificate (KWC1), as GET /epoch gives it, and checks it without a network: "
        "that\n"
        "it is of the cluster, that its parts fit together, and that the pinned key sealed it.\n"
        "Without a pin the certificate of the first epoch can be checked, by the votes of the\n"
        "genesis operators in the cluster file; it names the key to pin.",
    .examples = {{"keyward epoch verify 3.kwc --cluster cluster.json", "is it certified?"}},
    .verdicts = {{CERTIFIED, "certified: sealed by the pinned key, or voted for at genesis"},
                 {NOT_CERTIFIED, "not certified: of another cluster or key, or a forgery"},
                 {MALFORMED, "malformed: no certificate at all"}},
};
