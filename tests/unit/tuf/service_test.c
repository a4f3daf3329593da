/* SPDX-License-Identifier: Apache-2.0
 * Publications in a folder, seen by clients that are new and by clients that were there before. */
#include "tuf/service.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tuf_folder.h"

#include <stdio.h>

static void publish__makes_a_repository(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    static const char *const files[] = {"metadata/1.root.json", "metadata/1.targets.json",
                                        "metadata/1.snapshot.json", "metadata/timestamp.json"};
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        assert_true(tuf_folder_has(f, files[i]));
    }
    EXPECT_OK(tuf_folder_visit(f));
}

static void publish__needs_root_and_targets_first(void **state)
{
    tuf_folder *f = *state;
    kw_tuf_staged root = f->staged[0];
    f->release.staged_count = 0;
    EXPECT_STATUS(tuf_folder_publish(f), KW_NOT_FOUND);
    f->staged[0] = root;
    f->release.staged_count = 1;
    EXPECT_STATUS(tuf_folder_publish(f), KW_NOT_FOUND); /* no targets */
    f->release.snapshot = NULL;
    f->release.staged_count = 0;
    EXPECT_STATUS(tuf_folder_publish(f), KW_BAD_STATE);
    assert_false(tuf_folder_has(f, "metadata"));
}

static void publish__adds_targets_and_roles(void **state)
{
    tuf_folder *f = *state;
    tuf_client client;
    EXPECT_OK(tuf_folder_publish(f));
    tuf_client_init(&client, &f->repo);
    client.folder = f->folder;
    EXPECT_OK(tuf_client_refresh(&client));
    (void)tuf_repo_delegate(&f->repo, "targets", "params-a", "\"params/a/*/*\"");
    tuf_folder_upload(f, "params-a", "params/a/1.0.0/vk.json", "a verification key");
    tuf_folder_stage(f, "params-a");
    tuf_folder_stage(f, "targets");
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(tuf_client_seek(&client, "params/a/1.0.0/vk.json"));
    char hash[KW_TUF_HASH_TEXT_BYTES];
    char name[256];
    kw_tuf_content_prefix(&client.found, hash);
    (void)snprintf(name, sizeof name, "targets/params/a/1.0.0/%s.vk.json", hash);
    assert_true(tuf_folder_has(f, name));
    tuf_folder_stage(f, "params-a"); /* a new version, whose file is there already */
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(tuf_client_seek(&client, "params/a/1.0.0/vk.json"));
    tuf_client_drop(&client);
}

static void publish__renews_the_timestamp_alone(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    f->release.snapshot = NULL;
    for (int i = 0; i < 3; i++) {
        f->release.timestamp_expires += 3600;
        EXPECT_OK(tuf_folder_publish(f));
        EXPECT_OK(tuf_folder_visit(f));
    }
    assert_false(tuf_folder_has(f, "metadata/2.snapshot.json"));
    f->release.snapshot = &f->snapshot;
    EXPECT_OK(tuf_folder_publish(f)); /* a new snapshot, of the same files */
    assert_true(tuf_folder_has(f, "metadata/2.snapshot.json"));
    EXPECT_OK(tuf_folder_visit(f));
}

static void publish__rotates_keys(void **state)
{
    tuf_folder *f = *state;
    tuf_client client;
    EXPECT_OK(tuf_folder_publish(f));
    tuf_client_init(&client, &f->repo);
    client.folder = f->folder;
    EXPECT_OK(tuf_client_refresh(&client));
    tuf_repo_rotate(&f->repo, "timestamp");
    tuf_repo_rotate(&f->repo, "snapshot");
    tuf_folder_stage(f, "root");
    EXPECT_STATUS(tuf_folder_publish(f), KW_THRESHOLD); /* with the old online keys */
    assert_false(tuf_folder_has(f, "metadata/2.root.json"));
    f->timestamp = tuf_signer(tuf_repo_keys(&f->repo, "timestamp")->ids[0]);
    f->snapshot = tuf_signer(tuf_repo_keys(&f->repo, "snapshot")->ids[0]);
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(tuf_client_refresh(&client));
    EXPECT_OK(tuf_folder_visit(f));
    assert_int_equal(tuf_client_version(&client, "root.json", KW_TUF_ROOT), 2);
    tuf_client_drop(&client);
}

/* Where it was cut short behind its last step, say. */
static void publish__takes_the_same_files_again(void **state)
{
    tuf_folder *f = *state;
    tuf_folder_upload(f, "targets", "top.txt", "a file at the top");
    tuf_folder_stage(f, "targets");
    f->staged[1] = f->staged[2]; /* version 2 is the first one that is published */
    f->release.staged_count = 2;
    EXPECT_OK(tuf_folder_publish(f));
    f->release.staged_count = 2;
    f->release.uploads_count = 1;
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(tuf_folder_visit(f));
    assert_true(tuf_folder_has(f, "metadata/2.snapshot.json"));
}

/* ---- refusals: nothing that is live changes ---- */

static void expect_refused(tuf_folder *f, kw_status wanted)
{
    EXPECT_STATUS(tuf_folder_publish(f), wanted);
    assert_false(tuf_folder_has(f, "metadata/2.snapshot.json"));
    assert_false(tuf_folder_has(f, "metadata/2.targets.json"));
    EXPECT_OK(tuf_folder_visit(f));
    f->release.staged_count = 0;
    f->release.uploads_count = 0;
}

static void publish__refuses_what_too_few_have_signed(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    tuf_repo_role(&f->repo, "targets")->signers_count = 0;
    tuf_folder_stage(f, "targets");
    expect_refused(f, KW_THRESHOLD);
    tuf_repo_role(&f->repo, "root")->signers_count = 0;
    tuf_folder_stage(f, "root");
    expect_refused(f, KW_THRESHOLD);
}

static void publish__refuses_delegated_roles_that_are_not_right(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    (void)tuf_repo_add_role(&f->repo, "stranger");
    tuf_repo_role(&f->repo, "stranger")->signers[0] = 7;
    tuf_repo_role(&f->repo, "stranger")->signers_count = 1;
    tuf_folder_stage(f, "stranger");
    expect_refused(f, KW_NOT_FOUND); /* nobody delegates to it */
    (void)tuf_repo_delegate(&f->repo, "targets", "a", "\"a/*\"");
    tuf_repo_role(&f->repo, "a")->signers_count = 0;
    tuf_folder_stage(f, "a");
    tuf_folder_stage(f, "targets");
    expect_refused(f, KW_THRESHOLD);
    tuf_repo_role(&f->repo, "a")->signers_count = 1;
    tuf_repo_role(&f->repo, "a")->expires = TUF_PAST;
    tuf_repo_role(&f->repo, "targets")->version = 1;
    tuf_folder_stage(f, "a");
    tuf_folder_stage(f, "targets");
    expect_refused(f, KW_EXPIRED);
}

static void publish__refuses_old_versions_and_other_roots(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    tuf_repo_role(&f->repo, "targets")->extra = ",\"x\":1";
    tuf_repo_role(&f->repo, "targets")->version = 0;
    tuf_folder_stage(f, "targets"); /* version 1, and another one */
    expect_refused(f, KW_ROLLBACK);
    tuf_repo_role(&f->repo, "root")->extra = ",\"x\":1";
    tuf_repo_role(&f->repo, "root")->version = 0;
    tuf_folder_stage(f, "root");
    expect_refused(f, KW_CONFLICT);
    f->timestamp = tuf_signer(7);
    expect_refused(f, KW_THRESHOLD);
}

static void publish__refuses_what_has_expired(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    f->release.timestamp_expires = TUF_NOW;
    expect_refused(f, KW_EXPIRED);
    f->release.timestamp_expires = TUF_NOW + 1;
    f->release.snapshot_expires = TUF_NOW;
    expect_refused(f, KW_EXPIRED);
    f->release.snapshot_expires = TUF_NOW + 1;
    tuf_repo_role(&f->repo, "targets")->expires = TUF_PAST;
    tuf_folder_stage(f, "targets");
    expect_refused(f, KW_EXPIRED);
}

static void publish__makes_timestamp_and_snapshot_itself(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    tuf_folder_stage(f, "snapshot");
    expect_refused(f, KW_BAD_INPUT);
    tuf_folder_stage(f, "targets");
    f->release.snapshot = NULL; /* what is staged needs one */
    expect_refused(f, KW_BAD_INPUT);
}

static void publish__says_what_a_signer_says(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    kw_tuf_signer other = tuf_signer(7);
    f->snapshot.key = other.key; /* names a key that it does not sign with */
    expect_refused(f, KW_THRESHOLD);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, tuf_folder_make, tuf_folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(publish__makes_a_repository),
        CASE(publish__needs_root_and_targets_first),
        CASE(publish__adds_targets_and_roles),
        CASE(publish__renews_the_timestamp_alone),
        CASE(publish__rotates_keys),
        CASE(publish__takes_the_same_files_again),
        CASE(publish__refuses_what_too_few_have_signed),
        CASE(publish__refuses_delegated_roles_that_are_not_right),
        CASE(publish__refuses_old_versions_and_other_roots),
        CASE(publish__refuses_what_has_expired),
        CASE(publish__makes_timestamp_and_snapshot_itself),
        CASE(publish__says_what_a_signer_says),
    };
    return cmocka_run_group_tests_name("tuf/service", tests, NULL, NULL);
}
