/* SPDX-License-Identifier: Apache-2.0
 * Signed metadata for the file of a download desk. */
#include "support/params_desk.h"

#include "base/heap.h"
#include "client/refresh.h"
#include "codec/hex.h"
#include "support/expect.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void hex_of(char out[65], const kw_hash32 *hash)
{
    kw_hex_encode_to(out, KW_SPAN(hash->bytes));
    out[64] = '\0';
}

void params_desk_publish(params_desk *d, const char *path, const char *semver,
                         const char *not_after)
{
    char sha256[65];
    char root[65];
    kw_buf *targets = &tuf_repo_role(&d->repo, "targets")->targets;
    const kw_download *of = &d->download->download;
    hex_of(sha256, &of->content.sha256);
    hex_of(root, &of->tree_root);
    EXPECT_OK(kw_buf_append_format(
        targets,
        "%s\"%s\":{\"length\":%llu,\"hashes\":{\"sha256\":\"%s\"},\"custom\":{\"kw\":1,"
        "\"family\":\"semaphore\",\"semver\":\"%s\",\"kind\":\"zkey\",\"proof_system\":\"groth16\","
        "\"curve\":\"bn254\",\"circuit_ids\":[\"" ZEROS "\"],\"ceremony\":{\"id\":\"final\","
        "\"transcript_sha256\":\"" ZEROS "\",\"contributors\":2,\"beacon\":\"a block\"},"
        "\"created\":\"2026-11-22T00:00:00Z\",\"not_after\":%s,\"usage\":\"tests\","
        "\"requires\":{\"client\":\"*\",\"prover\":\"*\"},"
        "\"tree\":{\"alg\":\"rfc6962-sha256\",\"leaf\":65536,\"root\":\"%s\"},"
        "\"chunks\":{\"index\":\"index/semaphore/1.0.0/a.zkey.kci\",\"sha256\":\"" ZEROS "\"}}}",
        targets->len == 0 ? "" : ",", path, (unsigned long long)of->content.length, sha256, semver,
        not_after, root));
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
}

int params_desk_make(void **state)
{
    params_desk *d = kw_heap_new(1, sizeof *d);
    void *download = NULL;
    assert_non_null(d);
    assert_int_equal(download_desk_make(&download), 0);
    d->download = download;
    d->metadata_dir = tempdir_join(&d->download->dir, "trusted");
    tuf_repo_init_until(&d->repo, TUF_EVER);
    EXPECT_OK(kw_client_refresh_init(d->metadata_dir.text,
                                     kw_buf_view(tuf_repo_peek(&d->repo, "1.root.json")),
                                     KW_TUF_KEYIDS_STRICT, NULL));
    params_desk_publish(d, PARAMS_PATH, "1.0.0", "null");
    tuf_server_start(&d->server, &d->repo);
    *state = d;
    return 0;
}

int params_desk_drop(void **state)
{
    params_desk *d = *state;
    void *download = d->download;
    tuf_server_stop(&d->server);
    tuf_repo_drop(&d->repo);
    assert_int_equal(download_desk_drop(&download), 0);
    kw_heap_free(d);
    return 0;
}
