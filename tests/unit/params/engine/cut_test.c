/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/cut.h"

#include "codec/writer.h"
#include "support/expect.h"
#include "support/random_source.h"

enum {
    FILE_BYTES = 6 << 20,
    CUTS_MAX = 1024,
};

static uint8_t file[FILE_BYTES];

/* Where chunks end, the last at the end of the file. */
typedef struct cuts {
    size_t count;
    size_t at[CUTS_MAX];
} cuts;

static void cut_file(cuts *out, kw_cut_rule rule, uint32_t point_bytes, kw_span bytes, size_t piece)
{
    kw_cutter cutter;
    EXPECT_OK(kw_cutter_init(&cutter, rule, point_bytes));
    out->count = 0;
    size_t begun = 0;
    for (size_t at = 0; at < bytes.len;) {
        bool ends = false;
        size_t most = KW_MIN(piece, bytes.len - at);
        size_t len = kw_cutter_take(&cutter, &ends, (kw_span){&bytes.ptr[at], most});
        assert_in_range(len, 1, most);
        at += len;
        if (ends || at == bytes.len) {
            assert_true(at - begun <= KW_CUT_BYTES);
            assert_true(out->count < CUTS_MAX);
            out->at[out->count++] = begun = at;
        }
    }
}

static void expect_cuts(const cuts *got, const size_t *wanted, size_t count)
{
    assert_int_equal(got->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(got->at[i], wanted[i]);
    }
}

static void fill(random_source *random, kw_mspan out)
{
    for (size_t i = 0; i < out.len; i++) {
        out.ptr[i] = (uint8_t)random_u64(random);
    }
}

/* The same cuts, however the bytes come in. */
static void expect_same_in_pieces(kw_cut_rule rule, uint32_t point_bytes, kw_span bytes)
{
    static const size_t pieces[] = {1, 4093, 65536};
    static cuts whole;
    static cuts pieced;
    cut_file(&whole, rule, point_bytes, bytes, SIZE_MAX);
    for (size_t i = 0; i < KW_COUNT(pieces); i++) {
        cut_file(&pieced, rule, point_bytes, bytes, pieces[i]);
        expect_cuts(&pieced, whole.at, whole.count);
    }
}

static void fixed__cuts_behind_whole_points(void **state)
{
    (void)state;
    static cuts got;
    const size_t length = KW_CUT_BYTES / 96 * 96;
    cut_file(&got, KW_CUT_FIXED, 96, (kw_span){file, 2 * length + 5}, 10000);
    expect_cuts(&got, (const size_t[]){length, 2 * length, 2 * length + 5}, 3);
    cut_file(&got, KW_CUT_FIXED, 64, (kw_span){file, 2 << 20}, SIZE_MAX);
    expect_cuts(&got, (const size_t[]){1 << 20, 2 << 20}, 2);
    cut_file(&got, KW_CUT_FIXED, KW_CUT_BYTES, (kw_span){file, 100}, SIZE_MAX);
    expect_cuts(&got, (const size_t[]){100}, 1);
}

/* A binfile whose sections have these sizes, in `file`. */
static kw_span binfile(const uint64_t *sizes, uint32_t count, size_t tail)
{
    size_t len = 12 + 12 * (size_t)count + tail;
    for (uint32_t i = 0; i < count; i++) {
        len += sizes[i];
    }
    memset(file, 0xa5, len);
    kw_writer w = kw_writer_of((kw_mspan){file, len});
    kw_write_str(&w, KW_STR("zkey"));
    kw_write_u32le(&w, 1);
    kw_write_u32le(&w, count);
    for (uint32_t i = 0; i < count; i++) {
        kw_write_u32le(&w, i + 1);
        kw_write_u64le(&w, sizes[i]);
        w.at += sizes[i];
    }
    return (kw_span){file, len};
}

static void sectioned__cuts_anew_at_every_section(void **state)
{
    (void)state;
    static cuts got;
    static const uint64_t sizes[] = {4, (1 << 20) + 64, 0, 640};
    kw_span bytes = binfile(sizes, 4, 0);
    cut_file(&got, KW_CUT_SECTIONED, 64, bytes, SIZE_MAX);
    const size_t second = 24 + 4 + 12;           /* where its bytes begin */
    const size_t third = second + sizes[1] + 12; /* and end, without any */
    expect_cuts(&got,
                (const size_t[]){24, 28, second, second + (1 << 20), second + sizes[1], third,
                                 third + 12, third + 12 + 640},
                8);
    expect_same_in_pieces(KW_CUT_SECTIONED, 64, bytes);
}

static void sectioned__takes_what_claims_too_much(void **state)
{
    (void)state;
    static cuts got;
    static const uint64_t sizes[] = {100};
    /* A section that claims more than there is, and bytes behind the last one. */
    kw_span bytes = binfile(sizes, 1, 1000);
    cut_file(&got, KW_CUT_SECTIONED, 1, bytes, SIZE_MAX);
    expect_cuts(&got, (const size_t[]){24, 124, 1124}, 3);
    memset(&file[16], 0xff, 8);
    cut_file(&got, KW_CUT_SECTIONED, 1, bytes, SIZE_MAX);
    expect_cuts(&got, (const size_t[]){24, 1124}, 2);
    /* More sections than a file of ours has, or none: one section behind the head. */
    static const uint8_t counts[] = {KW_CUT_SECTIONS_MAX + 1, 0};
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        file[8] = counts[i];
        cut_file(&got, KW_CUT_SECTIONED, 1, bytes, SIZE_MAX);
        expect_cuts(&got, (const size_t[]){12, 1124}, 2);
    }
    /* A head that is cut off. */
    cut_file(&got, KW_CUT_SECTIONED, 1, (kw_span){file, 11}, SIZE_MAX);
    expect_cuts(&got, (const size_t[]){11}, 1);
}

static void content__keeps_its_bounds(void **state)
{
    (void)state;
    static cuts got;
    random_source random = random_fixed("bounds");
    fill(&random, KW_MSPAN(file));
    cut_file(&got, KW_CUT_CONTENT, 0, KW_SPAN(file), SIZE_MAX);
    for (size_t i = 0, begun = 0; i < got.count; begun = got.at[i++]) {
        size_t length = got.at[i] - begun;
        assert_true(length <= KW_CUT_CONTENT_MAX);
        assert_true(length > KW_CUT_CONTENT_MIN || i + 1 == got.count);
    }
    /* 6 MiB of 64 KiB are 96; by far no fewer and no more. */
    assert_in_range(got.count, 60, 150);
    expect_same_in_pieces(KW_CUT_CONTENT, 0, (kw_span){file, 1 << 20});
    /* Without any content every chunk is as long as it may be. */
    memset(file, 0, sizeof file);
    cut_file(&got, KW_CUT_CONTENT, 0, (kw_span){file, 1 << 20}, SIZE_MAX);
    assert_int_equal(got.at[0], KW_CUT_CONTENT_MAX);
    assert_int_equal(got.count, 4);
}

/* What begins at a cut and ends at one, by its end as counted from the end of the file. */
static void content__finds_its_cuts_again_behind_an_insertion(void **state)
{
    (void)state;
    static cuts before;
    static cuts after;
    random_source random = random_fixed("insertion");
    const size_t half = FILE_BYTES / 2;
    fill(&random, KW_MSPAN(file));
    cut_file(&before, KW_CUT_CONTENT, 0, (kw_span){file, FILE_BYTES - 3}, SIZE_MAX);
    memmove(&file[half + 3], &file[half], FILE_BYTES - half - 3);
    memcpy(&file[half], "new", 3);
    cut_file(&after, KW_CUT_CONTENT, 0, KW_SPAN(file), SIZE_MAX);
    size_t same = 0;
    for (size_t i = 0; i < before.count; i++) {
        for (size_t k = 0; k < after.count; k++) {
            size_t moved = before.at[i] < half ? 0 : 3;
            same += after.at[k] == before.at[i] + moved;
        }
    }
    assert_true(same + 4 >= before.count);
}

/* The gear is made of published words, so that others cut in the same way. */
static void init__fills_the_gear_as_the_header_says(void **state)
{
    (void)state;
    kw_cutter cutter;
    EXPECT_OK(kw_cutter_init(&cutter, KW_CUT_CONTENT, 0));
    assert_true(cutter.gear[0] == UINT64_C(0xad20bdc3828a58fb));
    assert_true(cutter.gear[255] == UINT64_C(0x91123307871e6d1f));
}

static void init__refuses_points_out_of_range(void **state)
{
    (void)state;
    kw_cutter cutter;
    EXPECT_STATUS(kw_cutter_init(&cutter, KW_CUT_FIXED, 0), KW_BAD_INPUT);
    EXPECT_STATUS(kw_cutter_init(&cutter, KW_CUT_FIXED, KW_CUT_BYTES + 1), KW_BAD_INPUT);
    EXPECT_STATUS(kw_cutter_init(&cutter, KW_CUT_SECTIONED, 0), KW_BAD_INPUT);
    EXPECT_STATUS(kw_cutter_init(&cutter, KW_CUT_CONTENT, 1), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed__cuts_behind_whole_points),
        cmocka_unit_test(sectioned__cuts_anew_at_every_section),
        cmocka_unit_test(sectioned__takes_what_claims_too_much),
        cmocka_unit_test(content__keeps_its_bounds),
        cmocka_unit_test(content__finds_its_cuts_again_behind_an_insertion),
        cmocka_unit_test(init__fills_the_gear_as_the_header_says),
        cmocka_unit_test(init__refuses_points_out_of_range),
    };
    return cmocka_run_group_tests_name("params/engine/cut", tests, NULL, NULL);
}
