/* SPDX-License-Identifier: Apache-2.0
 * Target files of publications. */
#include "tuf/uploads.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tuf_folder.h"

#include <stdio.h>

#define CONTENT "what the file holds"

/* The name of the copy of that content. */
static void name_of(char out[256], const char *folder, const char *name, const char *content)
{
    char hash[KW_TUF_HASH_TEXT_BYTES];
    kw_tuf_content of = {.has_sha256 = true};
    kw_sha256(&of.sha256, kw_span_of_str(kw_str_of(content)));
    kw_tuf_content_prefix(&of, hash);
    (void)snprintf(out, 256, "targets/%s%s.%s", folder, hash, name);
}

static void publish_first(tuf_folder *f)
{
    EXPECT_OK(tuf_folder_publish(f));
}

static void uploads__are_copied_under_their_hashes(void **state)
{
    tuf_folder *f = *state;
    char name[256];
    publish_first(f);
    tuf_folder_upload(f, "targets", "top.txt", CONTENT);
    tuf_folder_upload(f, "targets", "a/b/c.txt", CONTENT);
    tuf_folder_stage(f, "targets");
    EXPECT_OK(tuf_folder_publish(f));
    name_of(name, "", "top.txt", CONTENT);
    assert_true(tuf_folder_has(f, name));
    name_of(name, "a/b/", "c.txt", CONTENT);
    assert_true(tuf_folder_has(f, name));
    EXPECT_OK(tuf_folder_visit(f));
}

static void uploads__must_be_what_is_listed(void **state)
{
    static const char *const wrong[] = {"", "what the file hold", "what the file holdS",
                                        "what the file holds, and more"};
    tuf_folder *f = *state;
    publish_first(f);
    tuf_folder_upload(f, "targets", "top.txt", CONTENT);
    tuf_folder_stage(f, "targets");
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        EXPECT_OK(kw_file_write_atomic(f->upload_files[0], kw_span_of_str(kw_str_of(wrong[i])),
                                       0600, NULL));
        EXPECT_STATUS(tuf_folder_publish(f), KW_HASH);
    }
    EXPECT_OK(kw_file_remove(f->upload_files[0], NULL));
    EXPECT_STATUS(tuf_folder_publish(f), KW_NOT_FOUND);
    assert_false(tuf_folder_has(f, "targets"));
    EXPECT_OK(tuf_folder_visit(f));
}

static void uploads__must_be_listed_and_listed_files_be_there(void **state)
{
    tuf_folder *f = *state;
    publish_first(f);
    tuf_folder_upload(f, "targets", "top.txt", CONTENT);
    tuf_folder_stage(f, "targets");
    f->uploads[0].path = KW_STR("other.txt");
    EXPECT_STATUS(tuf_folder_publish(f), KW_NOT_FOUND); /* top.txt is nowhere */
    f->release.uploads_count = 0;
    EXPECT_STATUS(tuf_folder_publish(f), KW_NOT_FOUND);
    f->release.uploads_count = 2;
    f->uploads[1] = f->uploads[0];
    f->uploads[0].path = KW_STR("top.txt");
    EXPECT_STATUS(tuf_folder_publish(f), KW_NOT_FOUND); /* nobody lists other.txt */
    f->release.uploads_count = 1;
    EXPECT_OK(tuf_folder_publish(f));
}

static void uploads__that_were_published_must_still_be_whole(void **state)
{
    tuf_folder *f = *state;
    char name[256];
    char path[1024];
    publish_first(f);
    tuf_folder_upload(f, "targets", "top.txt", CONTENT);
    tuf_folder_stage(f, "targets");
    EXPECT_OK(tuf_folder_publish(f));
    name_of(name, "", "top.txt", CONTENT);
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    EXPECT_OK(kw_file_write_atomic(path, kw_span_of_str(KW_STR("cut")), 0644, NULL));
    tuf_folder_stage(f, "targets");
    EXPECT_STATUS(tuf_folder_publish(f), KW_HASH);
    f->uploads[0].path = KW_STR("top.txt"); /* uploaded once more, it is mended */
    f->release.uploads_count = 1;
    EXPECT_OK(tuf_folder_publish(f));
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, path, NULL));
    assert_int_equal(info.size, strlen(CONTENT));
}

static void uploads__stay_below_the_folder(void **state)
{
    static const char *const bad[] = {"../a", "a/../b", "/a",    "a//b", "a/", ".a",
                                      "a/.b", "a b",    "a%2Fb", "a*",   "[a]"};
    (void)state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        void *fresh = NULL;
        (void)tuf_folder_make(&fresh);
        tuf_folder *f = fresh;
        publish_first(f);
        tuf_folder_upload(f, "targets", bad[i], CONTENT);
        tuf_folder_stage(f, "targets");
        EXPECT_STATUS(tuf_folder_publish(f), KW_BAD_INPUT);
        (void)tuf_folder_drop(&fresh);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, tuf_folder_make, tuf_folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(uploads__are_copied_under_their_hashes),
        CASE(uploads__must_be_what_is_listed),
        CASE(uploads__must_be_listed_and_listed_files_be_there),
        CASE(uploads__that_were_published_must_still_be_whole),
        cmocka_unit_test(uploads__stay_below_the_folder),
    };
    return cmocka_run_group_tests_name("tuf/uploads", tests, NULL, NULL);
}
