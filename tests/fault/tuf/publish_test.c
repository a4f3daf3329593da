/* SPDX-License-Identifier: Apache-2.0
 * A publication that ends anywhere: whichever call to the disk fails, what is left is a repository
 * that every client accepts, in the version before or in the new one; and the same publication
 * then goes through. */
#include "os/fault.h"
#include "support/expect.h"
#include "support/tuf_folder.h"

/* Published once, with a client that was there; the next release is staged. */
static void prepare(tuf_folder *f, tuf_client *before)
{
    EXPECT_OK(tuf_folder_publish(f));
    tuf_client_init(before, &f->repo);
    before->folder = f->folder;
    EXPECT_OK(tuf_client_refresh(before));
    tuf_repo_add_key(&f->repo, "targets"); /* a new root, too */
    tuf_folder_stage(f, "root");
    (void)tuf_repo_delegate(&f->repo, "targets", "params-a", "\"params/a/*/*\"");
    tuf_folder_upload(f, "params-a", "params/a/1.0.0/vk.json", "a verification key");
    tuf_folder_upload(f, "targets", "top.txt", "a file at the top");
    tuf_folder_stage(f, "params-a");
    tuf_folder_stage(f, "targets");
}

/* What a client sees is whole: with the new targets come the new files, else neither. */
static void expect_whole(tuf_folder *f, tuf_client *before)
{
    EXPECT_OK(tuf_folder_visit(f));
    EXPECT_OK(tuf_client_refresh(before));
    bool is_new = tuf_client_version(before, "targets.json", KW_TUF_TARGETS) == 2;
    EXPECT_STATUS(tuf_client_seek(before, "params/a/1.0.0/vk.json"), is_new ? KW_OK : KW_NOT_FOUND);
    EXPECT_STATUS(tuf_client_seek(before, "top.txt"), is_new ? KW_OK : KW_NOT_FOUND);
    if (is_new) {
        char hash[KW_TUF_HASH_TEXT_BYTES];
        KW_AUTO(kw_buf) name = kw_buf_init(256);
        const char *text = NULL;
        kw_tuf_content_prefix(&before->found, hash);
        EXPECT_OK(kw_buf_append_format(&name, "targets/%s.top.txt", hash));
        EXPECT_OK(kw_buf_c_text(&name, &text));
        assert_true(tuf_folder_has(f, text));
    }
}

/* True when the call with that number was made. */
static bool fail_once(kw_os_call call, uint64_t nth)
{
    void *state = NULL;
    tuf_client before;
    kw_os_faults faults = {0};
    (void)tuf_folder_make(&state);
    tuf_folder *f = state;
    prepare(f, &before);
    kw_os_faults_use(&faults);
    kw_os_fail_from(&faults, call, nth, KW_IO); /* as if the machine stopped here */
    kw_status st = tuf_folder_publish(f);
    bool has_failed = atomic_load(&faults.calls[call].failed) > 0;
    kw_os_fail_at(&faults, call, 0);
    kw_os_faults_use(NULL);
    assert_true(st == KW_OK || has_failed);
    expect_whole(f, &before);
    if (st != KW_OK) {
        f->release.timestamp_expires += 60; /* it is later, when it is tried again */
        f->release.snapshot_expires += 60;
        EXPECT_OK(tuf_folder_publish(f));
        expect_whole(f, &before);
    }
    assert_int_equal(tuf_client_version(&before, "targets.json", KW_TUF_TARGETS), 2);
    tuf_client_drop(&before);
    (void)tuf_folder_drop(&state);
    return has_failed;
}

static void publish__leaves_a_good_repository_wherever_it_ends(void **state)
{
    static const kw_os_call calls[] = {KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};
    KW_UNUSED(state);
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        uint64_t nth = 1;
        while (fail_once(calls[i], nth)) {
            nth++;
        }
        print_message("%llu calls of kind %d\n", (unsigned long long)nth - 1, (int)calls[i]);
        assert_true(nth > 7); /* two uploads, two roles, snapshot, root, timestamp */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(publish__leaves_a_good_repository_wherever_it_ends),
    };
    return cmocka_run_group_tests_name("tuf/publish", tests, NULL, NULL);
}
