/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/group/transcript.h"

#include "support/expect.h"

static void transcript__is_keccak_of_its_fields(void **state)
{
    (void)state;
    static const uint8_t wanted_input[] = {'L', 0x12, 0x01, 0x02, 0x01, 0x02, 0x03, 0x04, 0,
                                           0,   0,    0,    0,    0,    0x05, 0x06, 0xaa, 0xbb};
    kw_hash32 wanted;
    kw_keccak256(&wanted, KW_SPAN(wanted_input));
    const uint8_t tail[] = {0xaa, 0xbb};
    kw_transcript t = kw_transcript_of(KW_STR("L"));
    kw_transcript_u8(&t, 0x12);
    kw_transcript_u16(&t, 0x0102);
    kw_transcript_u32(&t, 0x01020304);
    kw_transcript_u64(&t, 0x0506);
    kw_transcript_span(&t, KW_SPAN(tail));
    kw_hash32 got;
    kw_transcript_end(&t, &got);
    assert_memory_equal(got.bytes, wanted.bytes, sizeof wanted.bytes);
}

static void transcript__differs_by_label_and_field(void **state)
{
    (void)state;
    kw_hash32 seen[3];
    kw_hash32 field = {{1}};
    static const char *const labels[] = {"A", "B", "B"};
    for (size_t i = 0; i < 3; i++) {
        kw_transcript t = kw_transcript_of(kw_str_of(labels[i]));
        field.bytes[31] = i == 2 ? 1 : 0;
        kw_transcript_hash(&t, &field);
        kw_transcript_end(&t, &seen[i]);
    }
    assert_memory_not_equal(seen[0].bytes, seen[1].bytes, 32);
    assert_memory_not_equal(seen[1].bytes, seen[2].bytes, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transcript__is_keccak_of_its_fields),
        cmocka_unit_test(transcript__differs_by_label_and_field),
    };
    return cmocka_run_group_tests_name("threshold/engine/transcript", tests, NULL, NULL);
}
