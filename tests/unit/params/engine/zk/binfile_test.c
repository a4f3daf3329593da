/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/binfile.h"

#include "codec/writer.h"
#include "support/expect.h"

/* A file of two sections: 1 with 3 bytes, 2 with none. */
typedef struct sample {
    uint8_t bytes[12 + 12 + 3 + 12];
    kw_zk_fault fault;
} sample;

static sample make_sample(void)
{
    sample made;
    kw_writer w = kw_writer_of(KW_MSPAN(made.bytes));
    kw_write_str(&w, KW_STR("ptau"));
    kw_write_u32le(&w, 1);
    kw_write_u32le(&w, 2);
    kw_write_u32le(&w, 1);
    kw_write_u64le(&w, 3);
    kw_write_str(&w, KW_STR("abc"));
    kw_write_u32le(&w, 2);
    kw_write_u64le(&w, 0);
    EXPECT_OK(kw_write_end(&w));
    return made;
}

static kw_status read_file(kw_zk_binfile *out, sample *s, size_t len)
{
    const kw_span bytes = {s->bytes, len};
    const kw_zk_source source = kw_zk_source_of_span(&bytes);
    s->fault = (kw_zk_fault){.cause = KW_OK};
    return kw_zk_binfile_read(out, &s->fault, &source, "ptau", NULL);
}

static void read__lists_the_sections(void **state)
{
    (void)state;
    sample s = make_sample();
    kw_zk_binfile file;
    EXPECT_OK(read_file(&file, &s, sizeof s.bytes));
    assert_int_equal(file.count, 2);
    const kw_zk_section *first = kw_zk_binfile_find(&file, 1);
    assert_int_equal(first->at, 24);
    assert_int_equal(first->size, 3);
    assert_int_equal(kw_zk_binfile_find(&file, 2)->size, 0);
    assert_null(kw_zk_binfile_find(&file, 3));
    assert_string_equal(file.magic, "ptau");
}

static void read__refuses_every_other_length(void **state)
{
    (void)state;
    sample s = make_sample();
    kw_zk_binfile file = {.count = 77};
    for (size_t len = 0; len < sizeof s.bytes; len++) {
        EXPECT_STATUS(read_file(&file, &s, len), KW_ZK_INVALID);
        assert_in_range(s.fault.place.offset, 0, sizeof s.bytes);
    }
    assert_int_equal(file.count, 77);
}

/* Magic, version, count, identifier and size of a section: each wrong value is refused where it
 * stands. */
static void read__refuses_headers_that_lie(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
        uint64_t offset;
    } cases[] = {
        {0, 'q', 0},    {4, 2, 4},      {8, 0, 8},      {8, 33, 8},  {11, 1, 8},
        {8, 3, 39},     {8, 1, 27},     {27, 1, 27},    {16, 4, 28}, {16, 2, 38},
        {23, 0xff, 12}, {23, 0x7f, 12}, {38, 0x80, 27},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        sample s = make_sample();
        kw_zk_binfile file;
        s.bytes[cases[i].at] = cases[i].byte;
        EXPECT_STATUS(read_file(&file, &s, sizeof s.bytes), KW_ZK_INVALID);
        EXPECT_STATUS(s.fault.cause, KW_BAD_INPUT);
        if (cases[i].at != 16) { /* what follows a wrong size is read at a wrong place */
            assert_int_equal(s.fault.place.offset, cases[i].offset);
        }
    }
}

static void need__wants_section_and_size(void **state)
{
    (void)state;
    sample s = make_sample();
    kw_zk_binfile file;
    const kw_zk_section *found = NULL;
    EXPECT_OK(read_file(&file, &s, sizeof s.bytes));
    const kw_zk_section there = {.id = 1, .size = 3};
    const kw_zk_section longer = {.id = 1, .size = 4};
    const kw_zk_section absent = {.id = 9, .size = 0};
    EXPECT_OK(kw_zk_binfile_need(&found, &s.fault, &file, &there, NULL));
    assert_int_equal(found->at, 24);
    EXPECT_STATUS(kw_zk_binfile_need(&found, &s.fault, &file, &longer, NULL), KW_ZK_INVALID);
    assert_int_equal(s.fault.place.section, 1);
    EXPECT_STATUS(kw_zk_binfile_need(&found, &s.fault, &file, &absent, NULL), KW_ZK_INVALID);
    assert_int_equal(s.fault.place.section, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__lists_the_sections),
        cmocka_unit_test(read__refuses_every_other_length),
        cmocka_unit_test(read__refuses_headers_that_lie),
        cmocka_unit_test(need__wants_section_and_size),
    };
    return cmocka_run_group_tests_name("params/engine/zk/binfile", tests, NULL, NULL);
}
