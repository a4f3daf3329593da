/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/draft.h"

#include "support/expect.h"
#include "support/tuf_folder.h"

static void add(kw_tuf_draft *draft, const char *name, const char *content)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(64);
    EXPECT_OK(kw_buf_append_str(&bytes, kw_str_of(content)));
    EXPECT_OK(kw_tuf_draft_add(draft, name, &bytes, NULL));
    assert_int_equal(bytes.len, 0);
}

static void read__prefers_the_draft(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    KW_AUTO(kw_tuf_draft) draft = {.folder = f->folder};
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    add(&draft, "timestamp.json", "new");
    EXPECT_OK(kw_tuf_draft_read(&draft, &out, "timestamp.json", NULL));
    EXPECT_STR(kw_buf_text(&out), "new");
    kw_buf_clear(&out);
    EXPECT_OK(kw_tuf_draft_read_old(&draft, &out, "timestamp.json", NULL));
    assert_true(out.len > 100);
    kw_buf_clear(&out);
    EXPECT_OK(kw_tuf_draft_read(&draft, &out, "1.root.json", NULL));
    EXPECT_STATUS(kw_tuf_draft_read(&draft, &out, "2.root.json", NULL), KW_NOT_FOUND);
}

static void write__puts_a_file_there_once(void **state)
{
    tuf_folder *f = *state;
    EXPECT_OK(tuf_folder_publish(f));
    KW_AUTO(kw_tuf_draft) draft = {.folder = f->folder};
    KW_AUTO(kw_buf) out = kw_buf_init(64);
    add(&draft, "9.a.json", "new");
    EXPECT_OK(kw_tuf_draft_write(&draft, &draft.files[0], NULL));
    EXPECT_OK(kw_tuf_draft_write(&draft, &draft.files[0], NULL));
    EXPECT_OK(kw_tuf_draft_read_old(&draft, &out, "9.a.json", NULL));
    EXPECT_STR(kw_buf_text(&out), "new");
    draft.folder = "/dev/null";
    EXPECT_STATUS(kw_tuf_draft_write(&draft, &draft.files[0], NULL), KW_NOT_FOUND);
}

static void name__is_quoted_and_bounded(void **state)
{
    KW_UNUSED(state);
    char name[KW_TUF_DRAFT_NAME_BYTES];
    char longest[KW_TUF_FILE_NAME_BYTES_MAX + 1];
    memset(longest, 'a', sizeof longest);
    EXPECT_OK(kw_tuf_draft_name(name, KW_STR("a/b"), 7, NULL));
    assert_string_equal(name, "7.a%2Fb.json");
    EXPECT_OK(kw_tuf_draft_name(name, KW_STR("timestamp"), 0, NULL));
    assert_string_equal(name, "timestamp.json");
    EXPECT_OK(kw_tuf_draft_name(name, (kw_str){longest, sizeof longest - 1}, UINT64_MAX, NULL));
    assert_int_equal(strlen(name), KW_TUF_DRAFT_NAME_BYTES - 1);
    EXPECT_STATUS(kw_tuf_draft_name(name, (kw_str){longest, sizeof longest}, 1, NULL), KW_LIMIT);
    EXPECT_STATUS(kw_tuf_draft_name(name, KW_STR(""), 1, NULL), KW_BAD_INPUT);
}

static void rehearse__is_a_client_that_was_there_before(void **state)
{
    tuf_folder *f = *state;
    KW_AUTO(kw_tuf_draft) draft = {.folder = f->folder};
    EXPECT_STATUS(kw_tuf_draft_rehearse(&draft, TUF_NOW, NULL), KW_NOT_FOUND);
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(kw_tuf_draft_rehearse(&draft, TUF_NOW, NULL));
    EXPECT_STATUS(kw_tuf_draft_rehearse(&draft, TUF_NOW + 8 * 86400, NULL), KW_EXPIRED);
    add(&draft, "timestamp.json", "{}");
    EXPECT_STATUS(kw_tuf_draft_rehearse(&draft, TUF_NOW, NULL), KW_BAD_INPUT);
}

/* A draft of an older version than the live one. */
static void rehearse__refuses_a_step_back(void **state)
{
    tuf_folder *f = *state;
    KW_AUTO(kw_buf) first = kw_buf_init(1 << 20);
    KW_AUTO(kw_tuf_draft) draft = {.folder = f->folder};
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(kw_tuf_draft_read_old(&draft, &first, "timestamp.json", NULL));
    EXPECT_OK(tuf_folder_publish(f));
    EXPECT_OK(kw_tuf_draft_add(&draft, "timestamp.json", &first, NULL));
    EXPECT_STATUS(kw_tuf_draft_rehearse(&draft, TUF_NOW, NULL), KW_ROLLBACK);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, tuf_folder_make, tuf_folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(read__prefers_the_draft),       CASE(write__puts_a_file_there_once),
        CASE(name__is_quoted_and_bounded),   CASE(rehearse__is_a_client_that_was_there_before),
        CASE(rehearse__refuses_a_step_back),
    };
    return cmocka_run_group_tests_name("tuf/draft", tests, NULL, NULL);
}
