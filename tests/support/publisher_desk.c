/* SPDX-License-Identifier: Apache-2.0
 * A publisher, and those who approve. */
#include "support/publisher_desk.h"

#include "params/schema.h"
#include "store/fs/fs.h"
#include "support/expect.h"

#include <stdio.h>

#define MANIFEST                                                                                 \
    "{\"family\":\"wallet\",\"semver\":\"%s\",\"proof_system\":\"groth16\",\"curve\":\"bn254\"," \
    "\"ceremony\":{\"id\":\"small\",\"transcript_sha256\":"                                      \
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"contributors\":3},"  \
    "\"files\":[{\"name\":\"wallet.ptau\",\"kind\":\"ptau\",\"from\":\"bn254.ptau\"},"           \
    "{\"name\":\"wallet.zkey\",\"kind\":\"zkey\",\"from\":\"bn254.zkey\"},"                      \
    "{\"name\":\"wallet.vk.json\",\"kind\":\"vk\",\"from\":\"bn254.vk.json\"},"                  \
    "{\"name\":\"wallet.r1cs\",\"kind\":\"r1cs\",\"from\":\"bn254.r1cs\"}]}"

int publisher_desk_make(void **state)
{
    static const char *const names[PUBLISHER_APPROVERS] = {"ada", "bea", "cem"};
    publisher_desk *desk = test_calloc(1, sizeof *desk);
    desk->dir = tempdir_make();
    desk->arena = kw_arena_init(1 << 20);
    desk->seeded.seed = 6;
    desk->rng = seeded_rng_port(&desk->seeded);
    tempdir_path database = tempdir_join(&desk->dir, "store.db");
    const kw_store_options options = {
        .backend = KW_STORE_SQLITE, .where = database.text, .create = true};
    EXPECT_OK(kw_store_open(&desk->store, &options, NULL));
    EXPECT_OK(kw_params_migrate(desk->store, NULL));
    EXPECT_OK(kw_blobs_open_fs(&desk->blobs, tempdir_join(&desk->dir, "blobs").text, NULL));
    desk->publisher = (kw_publisher){desk->store, desk->blobs, &desk->rng, INT64_C(1795305600)};
    for (unsigned i = 0; i < PUBLISHER_APPROVERS; i++) {
        EXPECT_OK(kw_ed25519_key_generate(&desk->keys[i], &desk->rng));
        desk->approvers[i] = (kw_approver){kw_str_of(names[i]), desk->keys[i].public_half};
    }
    desk->policy = (kw_approval_policy){desk->approvers, PUBLISHER_APPROVERS, 2};
    *state = desk;
    return 0;
}

int publisher_desk_drop(void **state)
{
    publisher_desk *desk = *state;
    kw_store_free(desk->store);
    kw_blobs_free(desk->blobs);
    kw_arena_drop(&desk->arena);
    tempdir_remove(&desk->dir);
    test_free(desk);
    return 0;
}

kw_draft publisher_desk_manifest(publisher_desk *desk, const char *semver)
{
    kw_draft draft;
    kw_str text;
    EXPECT_OK(kw_arena_format(&desk->arena, &text, MANIFEST, semver));
    EXPECT_OK(kw_draft_parse(&draft, &desk->arena, kw_span_of_str(text), NULL));
    return draft;
}

kw_draft_row publisher_desk_draft(publisher_desk *desk, const char *semver)
{
    kw_draft_row row;
    kw_draft draft = publisher_desk_manifest(desk, semver);
    EXPECT_OK(kw_publisher_draft(&desk->publisher, &draft, &desk->arena,
                                 KW_SOURCE_DIR "/tests/vectors/params", NULL));
    EXPECT_OK(kw_draft_row_read(desk->store, &row, &desk->arena, draft.family,
                                kw_draft_version(&draft), NULL));
    return row;
}

kw_approval publisher_desk_sign(const publisher_desk *desk, const kw_draft *draft, unsigned who)
{
    kw_approval approval = {.approver = desk->approvers[who].id};
    kw_approval_sign(&approval.signature, &desk->keys[who], kw_span_of_str(draft->request));
    return approval;
}
