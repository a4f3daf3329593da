/* SPDX-License-Identifier: Apache-2.0
 * Clusters of commands. */
#include "cli/cluster_options.h"

static const char *text_or_null(kw_str text)
{
    return text.len == 0 ? NULL : text.ptr;
}

void kw_cluster_remote_drop(kw_cluster_remote *remote)
{
    kw_client_cluster_drop(&remote->cluster);
    kw_client_credential_drop(&remote->credential);
}

kw_status kw_cluster_remote_open(kw_cluster_remote *out, const kw_cluster_options *options,
                                 kw_error *err)
{
    const kw_client_cluster_options files = {
        .cluster_file = options->cluster.ptr,
        .operators_file = text_or_null(options->operators),
        .master_key = text_or_null(options->master_key),
    };
    KW_REQUIRE((options->cert.len > 0) == (options->cert_key.len > 0), err, KW_USAGE,
               "--cert and --cert-key go together");
    KW_TRY(kw_client_cluster_load(&out->cluster, &files, err));
    if (options->api_key_file.len > 0 || options->cert_key.len > 0) {
        KW_TRY(kw_client_credential_load_each(&out->credential, text_or_null(options->api_key_file),
                                              text_or_null(options->cert_key), err));
    }
    return KW_OK;
}

kw_status kw_cluster_remote_calls(const kw_cluster_remote *remote, kw_client_calls **out,
                                  const kw_cluster_options *options, kw_error *err)
{
    const kw_client_calls_options calls = {
        .cluster = &remote->cluster,
        .credential = &remote->credential,
        .ca_file = text_or_null(options->ca),
        .cert_file = text_or_null(options->cert),
        .key_file = text_or_null(options->cert_key),
        .timeout_ms = options->timeout,
    };
    return kw_client_calls_open(out, &calls, err);
}
