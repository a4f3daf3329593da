/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/token.h"

#include "codec/hex.h"

#include "support/emtp_case.h"
#include "support/expect.h"

static void expect_token(const char *tuple, const char *wanted)
{
    KW_AUTO(kw_hmac_key) key = {.backend = KW_HMAC_OPENSSL};
    emtp_case_key(&key, 0);
    KW_AUTO(kw_buf) message = kw_buf_init(4096);
    EXPECT_OK(kw_buf_append_str(&message, KW_STR(KW_EMTP_MESSAGE_PREFIX)));
    EXPECT_OK(kw_buf_append_str(&message, kw_str_of(tuple)));
    kw_emtp_tuple item = {.message = kw_buf_view(&message)};
    kw_emtp_tuples tuples = {.items = &item, .count = 1};
    kw_hash32 token = {{0}};
    kw_emtp_tokens_make(&token, &tuples, &key);
    char text[KW_EMTP_TOKEN_CHARS];
    kw_hex_encode_to(text, KW_SPAN(token.bytes));
    EXPECT_STR(((kw_str){text, sizeof text}), wanted);
}

static void tokens_make__gives_the_published_tokens(void **state)
{
    (void)state;
    expect_token("NAME=JRR TOLKIEN|DOB=1892-01-03",
                 "a586bc1307ccf85e55b27ddd5379d2535fc547c09e6d892daec27a57174c798f");
    expect_token("NAME=JRR TOLKIEN|DOB=1892-01-03|PHONE=+12125550100",
                 "ffa155b148921d89acb112a26c552dd0d3e4a0afb3e055ae7ac8151cb7fccb2c");
    expect_token("NAME=J R R TOLKIEN|DOB=1892-01-03",
                 "93501fc19af973af51b1e9ad1e3adb3f7776ab0e3dcfaacb83099ff103f125be");
}

/* A sequence that looks uniform: splitmix64. */
static uint64_t next_word(uint64_t *at)
{
    uint64_t z = *at += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static void expect_sorted(kw_hash32 *tokens, size_t count)
{
    kw_emtp_tokens_sort(tokens, count);
    for (size_t i = 1; i < count; i++) {
        assert_true(memcmp(&tokens[i - 1], &tokens[i], sizeof *tokens) <= 0);
    }
}

static void tokens_sort__orders_by_bytes(void **state)
{
    (void)state;
    static kw_hash32 tokens[1000];
    static const size_t counts[] = {0, 1, 2, 255, 256, 257, 1000};
    uint64_t at = 1;
    for (size_t c = 0; c < KW_COUNT(counts); c++) {
        for (size_t i = 0; i < counts[c]; i++) {
            uint64_t word = next_word(&at);
            memset(&tokens[i], (int)(i % 3), sizeof tokens[i]);
            memcpy(tokens[i].bytes + 24 * (i % 2), &word, sizeof word);
        }
        expect_sorted(tokens, counts[c]);
    }
}

static void token_compare__looks_at_every_byte(void **state)
{
    (void)state;
    kw_hash32 a = {{0}};
    assert_int_equal(kw_emtp_token_compare(&a, &a), 0);
    for (size_t i = 0; i < sizeof a.bytes; i++) {
        kw_hash32 b = a;
        b.bytes[i] = 0x80;
        assert_true(kw_emtp_token_compare(&a, &b) < 0);
        assert_true(kw_emtp_token_compare(&b, &a) > 0);
    }
}

#define TOKEN_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define TOKEN_2 "2222222222222222222222222222222222222222222222222222222222222222"

static void tokens_parse__sorts_and_keeps_each_once(void **state)
{
    (void)state;
    kw_hash32 tokens[3];
    size_t count = 9;
    EXPECT_OK(kw_emtp_tokens_parse(tokens, &count, KW_STR(TOKEN_2 " " TOKEN_1 " " TOKEN_2)));
    assert_int_equal(count, 2);
    assert_int_equal(tokens[0].bytes[0], 0x11);
    assert_int_equal(tokens[1].bytes[31], 0x22);
    EXPECT_OK(kw_emtp_tokens_parse(tokens, &count, KW_STR("")));
    assert_int_equal(count, 0);
}

static void tokens_parse__refuses_other_text(void **state)
{
    (void)state;
    static const char *const cases[] = {
        " ",
        TOKEN_1 " ",
        " " TOKEN_1,
        TOKEN_1 "  " TOKEN_2,
        TOKEN_1 "\t" TOKEN_2,
        TOKEN_1 "2",
        "A111111111111111111111111111111111111111111111111111111111111111",
        "g111111111111111111111111111111111111111111111111111111111111111",
        "111111111111111111111111111111111111111111111111111111111111111"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_hash32 tokens[3];
        size_t count = 7;
        EXPECT_STATUS(kw_emtp_tokens_parse(tokens, &count, kw_str_of(cases[i])), KW_BAD_INPUT);
        assert_int_equal(count, 7);
    }
}

static void tokens_parse__holds_its_limit(void **state)
{
    (void)state;
    static kw_hash32 tokens[KW_EMTP_ROW_TOKENS_MAX];
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    size_t count = 0;
    for (int i = 0; i < KW_EMTP_ROW_TOKENS_MAX; i++) {
        EXPECT_OK(kw_buf_append_format(&text, "%s%064x", i == 0 ? "" : " ", (unsigned)i));
    }
    EXPECT_OK(kw_emtp_tokens_parse(tokens, &count, kw_buf_text(&text)));
    assert_int_equal(count, KW_EMTP_ROW_TOKENS_MAX);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR(" " TOKEN_1)));
    EXPECT_STATUS(kw_emtp_tokens_parse(tokens, &count, kw_buf_text(&text)), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_make__gives_the_published_tokens),
        cmocka_unit_test(tokens_sort__orders_by_bytes),
        cmocka_unit_test(token_compare__looks_at_every_byte),
        cmocka_unit_test(tokens_parse__sorts_and_keeps_each_once),
        cmocka_unit_test(tokens_parse__refuses_other_text),
        cmocka_unit_test(tokens_parse__holds_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
