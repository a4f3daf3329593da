/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/kzg_file.h"

#include "support/expect.h"
#include "support/zk_setup.h"

static const zk_setup_form plain = {.g1_count = 2, .g2_count = 2, .tau = 5};

static kw_status decode(kw_span bytes, kw_zk_fault *fault)
{
    KW_AUTO(kw_zk_kzg_file) file = {.g1_count = 0};
    kw_error err = {0};
    *fault = (kw_zk_fault){.cause = KW_OK};
    kw_status st = kw_zk_kzg_file_decode(&file, fault, bytes, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void decode__gives_the_same_points_for_both_forms(void **state)
{
    (void)state;
    kw_buf texts[2] = {kw_buf_init(1 << 16), kw_buf_init(1 << 16)};
    kw_zk_kzg_file files[2] = {{.g1_count = 0}, {.g1_count = 0}};
    for (size_t i = 0; i < 2; i++) {
        zk_setup_form form = plain;
        kw_zk_fault fault;
        form.is_json = i == 1;
        zk_setup_write(&texts[i], &form);
        EXPECT_OK(kw_zk_kzg_file_decode(&files[i], &fault, kw_buf_view(&texts[i]), NULL));
        assert_int_equal(kw_zk_kzg_file_list(&files[i], KW_ZK_KZG_G2).len, 192);
    }
    EXPECT_SPAN(kw_buf_view(&files[0].points), kw_buf_view(&files[1].points));
    assert_int_equal(kw_zk_kzg_file_place(&files[0], KW_ZK_KZG_LAGRANGE, 1).offset, 4 + 97);
    assert_int_equal(kw_zk_kzg_file_place(&files[0], KW_ZK_KZG_MONOMIAL, 1).offset,
                     4 + 3 * 97 + 2 * 193);
    assert_int_equal(kw_zk_kzg_file_place(&files[1], KW_ZK_KZG_MONOMIAL, 1).offset,
                     KW_ZK_NO_OFFSET);
    for (size_t i = 0; i < 2; i++) {
        kw_zk_kzg_file_drop(&files[i]);
        kw_buf_drop(&texts[i]);
    }
}

static void decode__refuses_every_shorter_and_longer_text(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    kw_zk_fault fault;
    zk_setup_write(&text, &plain);
    EXPECT_OK(decode(kw_buf_view(&text), &fault));
    EXPECT_OK(decode((kw_span){text.ptr, text.len - 1}, &fault)); /* the last line needs no end */
    for (size_t len = 0; len < text.len - 1; len++) {
        EXPECT_STATUS(decode((kw_span){text.ptr, len}, &fault), KW_ZK_INVALID);
    }
    EXPECT_OK(kw_buf_append_byte(&text, '\n'));
    EXPECT_STATUS(decode(kw_buf_view(&text), &fault), KW_ZK_INVALID);
}

static void decode__refuses_counts_and_digits_that_cannot_be(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "\n",
        "4096",
        "4096\n",
        "4096\n65\n",
        "3\n2\n",
        "0\n2\n",
        "1\n2\n",
        "2\n1\n",
        "65536\n65\n",
        "4096\n1025\n",
        "04\n2\n",
        "-4\n2\n",
        "99999999999999999999\n2\n",
        "{}",
        "{\"g1_lagrange\":[]}",
        "{\"g1_lagrange\":[],\"g2_monomial\":[],\"g1_monomial\":[]}",
        "{\"g1_lagrange\":[1,2],\"g2_monomial\":[1,2],\"g1_monomial\":[1,2]}",
        "[",
        "{",
    };
    kw_zk_fault fault;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(decode(kw_span_of_str(kw_str_of(cases[i])), &fault), KW_ZK_INVALID);
        assert_int_not_equal(fault.cause, KW_OK);
    }
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    zk_setup_write(&text, &plain);
    text.ptr[4 + 97 + 3] = 'A'; /* upper case is another text for the same point */
    EXPECT_STATUS(decode(kw_buf_view(&text), &fault), KW_ZK_INVALID);
    assert_int_equal(fault.place.index, 1);
    EXPECT_STATUS(fault.cause, KW_ENCODING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode__gives_the_same_points_for_both_forms),
        cmocka_unit_test(decode__refuses_every_shorter_and_longer_text),
        cmocka_unit_test(decode__refuses_counts_and_digits_that_cannot_be),
    };
    return cmocka_run_group_tests_name("params/engine/zk/kzg_file", tests, NULL, NULL);
}
