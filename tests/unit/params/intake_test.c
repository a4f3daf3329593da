/* SPDX-License-Identifier: Apache-2.0 */
#include "params/intake.h"

#include "crypto/hash.h"
#include "os/file.h"
#include "params/engine/leaf.h"
#include "support/expect.h"
#include "support/publisher_desk.h"

enum {
    BIG = 5 * 1000 * 1000 + 7, /* bytes: chunks of 1 MiB, the last one short */
};

static const kw_draft of_bn254 = {.curve = {"bn254", 5}};

/* A file whose bytes say where they stand. */
static kw_span make_file(publisher_desk *desk, kw_buf *bytes, const char *name, size_t len)
{
    *bytes = kw_buf_init(len + 1);
    EXPECT_OK(kw_buf_reserve(bytes, len + 1));
    for (size_t i = 0; i < len; i++) {
        bytes->ptr[i] = (uint8_t)(i * 2654435761U >> 24);
    }
    bytes->len = len;
    EXPECT_OK(
        kw_file_write_atomic(tempdir_join(&desk->dir, name).text, kw_buf_view(bytes), 0600, NULL));
    return kw_buf_view(bytes);
}

static void expect_range(const kw_zk_source *source, kw_span whole, uint64_t at, size_t len)
{
    KW_AUTO(kw_buf) room = kw_buf_init(len + 1);
    EXPECT_OK(kw_buf_reserve(&room, len + 1));
    EXPECT_OK(source->read(source->ctx, at, (kw_mspan){room.ptr, len}, NULL));
    EXPECT_SPAN(((kw_span){room.ptr, len}), ((kw_span){whole.ptr + at, len}));
}

static void file__is_read_at_any_place(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) bytes = {0};
    KW_AUTO(kw_intake) intake = {.blobs = NULL};
    kw_span whole = make_file(desk, &bytes, "big", BIG);
    kw_draft_file file = {.kind = KW_PARAMS_PTAU};
    kw_hash32 hash;
    EXPECT_OK(
        kw_intake_file(desk->blobs, &of_bn254, &file, tempdir_join(&desk->dir, "big").text, NULL));
    kw_sha256(&hash, whole);
    EXPECT_SPAN(KW_SPAN(file.sha256.bytes), KW_SPAN(hash.bytes));
    assert_int_equal(file.bytes, BIG);
    EXPECT_OK(kw_intake_open(&intake, desk->blobs, &file, NULL));
    assert_true(intake.index.count >= 5);
    kw_zk_source source = kw_intake_source(&intake);
    assert_int_equal(source.size, BIG);
    expect_range(&source, whole, 0, BIG);
    expect_range(&source, whole, BIG - 1, 1);
    expect_range(&source, whole, (1 << 20) - 3, 9);
    expect_range(&source, whole, 12, 5);
    expect_range(&source, whole, BIG, 0);
}

static void source__refuses_what_is_beyond_the_end(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) bytes = {0};
    KW_AUTO(kw_intake) intake = {.blobs = NULL};
    (void)make_file(desk, &bytes, "small", 1000);
    kw_draft_file file = {.kind = KW_PARAMS_VK};
    EXPECT_OK(kw_intake_file(desk->blobs, &of_bn254, &file, tempdir_join(&desk->dir, "small").text,
                             NULL));
    EXPECT_OK(kw_intake_open(&intake, desk->blobs, &file, NULL));
    kw_zk_source source = kw_intake_source(&intake);
    uint8_t room[8];
    EXPECT_STATUS(source.read(source.ctx, 993, KW_MSPAN(room), NULL), KW_CORRUPT);
    EXPECT_STATUS(source.read(source.ctx, UINT64_MAX, KW_MSPAN(room), NULL), KW_CORRUPT);
    EXPECT_OK(source.read(source.ctx, 992, KW_MSPAN(room), NULL));
}

static void file__that_is_empty_or_absent(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) bytes = {0};
    KW_AUTO(kw_intake) intake = {.blobs = NULL};
    (void)make_file(desk, &bytes, "empty", 0);
    kw_draft_file file = {.kind = KW_PARAMS_R1CS};
    EXPECT_STATUS(kw_intake_file(desk->blobs, &of_bn254, &file,
                                 tempdir_join(&desk->dir, "absent").text, NULL),
                  KW_NOT_FOUND);
    EXPECT_OK(kw_intake_file(desk->blobs, &of_bn254, &file, tempdir_join(&desk->dir, "empty").text,
                             NULL));
    assert_int_equal(file.bytes, 0);
    EXPECT_OK(kw_intake_open(&intake, desk->blobs, &file, NULL));
}

static void open__refuses_an_index_of_another_file(void **state)
{
    publisher_desk *desk = *state;
    KW_AUTO(kw_buf) bytes = {0};
    KW_AUTO(kw_intake) intake = {.blobs = NULL};
    (void)make_file(desk, &bytes, "small", 1000);
    kw_draft_file file = {.kind = KW_PARAMS_VK};
    EXPECT_OK(kw_intake_file(desk->blobs, &of_bn254, &file, tempdir_join(&desk->dir, "small").text,
                             NULL));
    file.bytes++;
    EXPECT_STATUS(kw_intake_open(&intake, desk->blobs, &file, NULL), KW_CORRUPT);
    file.bytes--;
    file.index.bytes[0] ^= 1;
    EXPECT_STATUS(kw_intake_open(&intake, desk->blobs, &file, NULL), KW_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_desk_make, publisher_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(file__is_read_at_any_place),
        TEST(source__refuses_what_is_beyond_the_end),
        TEST(file__that_is_empty_or_absent),
        TEST(open__refuses_an_index_of_another_file),
    };
    return cmocka_run_group_tests_name("unit/params/intake", tests, NULL, NULL);
}
