/* SPDX-License-Identifier: Apache-2.0
 * The transcript of a coin, byte for byte, and every way to spoil it. */
#include "threshold/coin_file.h"

#include "codec/json.h"
#include "support/coin_desk.h"
#include "support/expect.h"

enum {
    OPERATORS = 2,
    STEP = 5, /* bytes between two that are altered: all take a while */
};

static coin_desk desk;
static kw_buf file;

static int set_up(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip flip;
    coin_desk_open(&desk, OPERATORS);
    file = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX + 1);
    EXPECT_OK(kw_coin_flip_of_parts(&flip, &desk.arena, coin_desk_reveals(&desk), NULL));
    EXPECT_OK(kw_coin_transcript_encode(&file, &flip, NULL));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_buf_drop(&file);
    coin_desk_close(&desk);
    return 0;
}

static kw_status decode(kw_span json)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_error err = {0};
    kw_coin_transcript transcript = {.coin = {{1}}};
    kw_status st = kw_coin_transcript_decode(&transcript, &arena, json, &err);
    assert_int_equal(err.status, st);
    assert_true(st == KW_OK || transcript.coin.bytes[0] == 1);
    return st;
}

/* Decodes the file with the first `old` replaced by `with`, of the same length or not. */
static kw_status decode_changed(const char *old, const char *with)
{
    KW_AUTO(kw_buf) changed = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    EXPECT_OK(kw_buf_append_byte(&file, 0));
    file.len--;
    const char *text = (const char *)file.ptr;
    const char *at = strstr(text, old);
    assert_non_null(at);
    EXPECT_OK(kw_buf_append(&changed, (kw_span){file.ptr, (size_t)(at - text)}));
    EXPECT_OK(kw_buf_append_str(&changed, kw_str_of(with)));
    EXPECT_OK(kw_buf_append_str(&changed, kw_str_of(at + strlen(old))));
    return decode(kw_buf_view(&changed));
}

static void transcript__reads_what_was_written(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_coin_transcript read = {0};
    kw_coin_flip flip;
    kw_hash32 coin;
    EXPECT_OK(kw_coin_transcript_decode(&read, &arena, kw_buf_view(&file), NULL));
    EXPECT_OK(kw_coin_flip_of_parts(&flip, &desk.arena, coin_desk_reveals(&desk), NULL));
    EXPECT_OK(kw_coin_flip_end(&flip, &coin, NULL));
    EXPECT_SPAN(KW_SPAN(read.coin.bytes), KW_SPAN(coin.bytes));
    EXPECT_SPAN(KW_SPAN(read.flip.roster.hash.bytes), KW_SPAN(desk.operators.roster.hash.bytes));
    assert_true(kw_str_starts_with(kw_buf_text(&file), KW_STR("{\"version\":1,\"coin\":\"")));
}

static void transcript__is_none_without_a_reveal(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip flip;
    kw_error err = {0};
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    kw_coin_part parts[] = {desk.reveals[0], desk.commitments[1]};
    EXPECT_OK(kw_coin_flip_of_parts(&flip, &desk.arena, (kw_coin_parts){parts, 2}, NULL));
    EXPECT_STATUS(kw_coin_transcript_encode(&json, &flip, &err), KW_UNAVAILABLE);
    assert_int_equal(json.len, 0);
}

static void transcript__has_one_form(void **state)
{
    KW_UNUSED(state);
    EXPECT_OK(decode_changed("{\"version\":1", "{\"version\":1"));
    EXPECT_STATUS(decode_changed("{\"version\":1", "{ \"version\":1"), KW_ENCODING);
    EXPECT_STATUS(decode_changed("{\"version\":1", "{\"version\":2"), KW_BAD_INPUT);
    EXPECT_STATUS(decode_changed("{\"version\":1", "{\"extra\":1,\"version\":1"), KW_BAD_INPUT);
    EXPECT_STATUS(decode_changed("{\"version\":1,", "{"), KW_BAD_INPUT);
    EXPECT_STATUS(decode_changed("\"reveal\"", "\"shown\""), KW_BAD_INPUT);
    EXPECT_OK(kw_buf_append_byte(&file, '\n'));
    EXPECT_STATUS(decode(kw_buf_view(&file)), KW_ENCODING);
    file.len--;
}

static void transcript__lists_each_operator_once_and_by_address(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    kw_coin_flip flip;
    kw_coin_part parts[OPERATORS];
    EXPECT_OK(kw_coin_flip_of_parts(&flip, &desk.arena, coin_desk_reveals(&desk), NULL));
    memcpy(parts, flip.parts, sizeof parts);
    flip.parts[0] = parts[1];
    flip.parts[1] = parts[0];
    EXPECT_OK(kw_coin_transcript_encode(&json, &flip, NULL));
    EXPECT_STATUS(decode(kw_buf_view(&json)), KW_REFUSED); /* the coin of another order */
    kw_buf_clear(&json);
    flip.parts[1] = flip.parts[0];
    EXPECT_OK(kw_coin_transcript_encode(&json, &flip, NULL));
    EXPECT_STATUS(decode(kw_buf_view(&json)), KW_REFUSED);
}

static void transcript__says_the_coin_of_its_values(void **state)
{
    KW_UNUSED(state);
    char old[32];
    char with[32];
    memcpy(old, file.ptr + strlen("{\"version\":1,"), 20);
    old[20] = '\0';
    memcpy(with, old, sizeof with);
    with[19] = old[19] == '0' ? '1' : '0';
    EXPECT_STATUS(decode_changed(old, with), KW_REFUSED);
}

static void transcript__refuses_altered_bytes_and_cuts(void **state)
{
    KW_UNUSED(state);
    for (size_t i = 0; i < file.len; i += STEP) {
        file.ptr[i] ^= 1;
        assert_true(decode(kw_buf_view(&file)) != KW_OK);
        file.ptr[i] ^= 1;
    }
    for (size_t len = 0; len < file.len; len++) {
        EXPECT_STATUS(decode((kw_span){file.ptr, len}), KW_BAD_INPUT);
    }
    EXPECT_OK(decode(kw_buf_view(&file)));
}

static void transcript__has_a_largest_size(void **state)
{
    KW_UNUSED(state);
    size_t len = file.len;
    while (file.len < KW_COIN_TRANSCRIPT_BYTES_MAX) {
        EXPECT_OK(kw_buf_append_byte(&file, ' '));
    }
    EXPECT_STATUS(decode(kw_buf_view(&file)), KW_ENCODING);
    EXPECT_OK(kw_buf_append_byte(&file, ' '));
    EXPECT_STATUS(decode(kw_buf_view(&file)), KW_LIMIT);
    file.len = len;
}

static void part__is_whole_or_not_revealed(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_PART_BYTES_MAX);
    kw_coin_part part = {0};
    EXPECT_OK(kw_json_encode(&json, &kw_coin_part_schema, &desk.commitments[0], KW_JSON_PLAIN));
    EXPECT_OK(kw_json_decode(&part, &desk.arena, &kw_coin_part_schema, kw_buf_view(&json), NULL));
    assert_false(kw_coin_part_is_revealed(&part));
    EXPECT_SPAN(KW_SPAN(part.commitment.bytes), KW_SPAN(desk.commitments[0].commitment.bytes));
    kw_buf_clear(&json);
    EXPECT_OK(kw_json_encode(&json, &kw_coin_part_schema, &desk.reveals[0], KW_JSON_PLAIN));
    EXPECT_OK(kw_json_decode(&part, &desk.arena, &kw_coin_part_schema, kw_buf_view(&json), NULL));
    assert_true(kw_coin_part_is_revealed(&part));
    EXPECT_SPAN(part.reveal, desk.reveals[0].reveal);
    json.len--;
    EXPECT_STATUS(
        kw_json_decode(&part, &desk.arena, &kw_coin_part_schema, kw_buf_view(&json), NULL),
        KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transcript__reads_what_was_written),
        cmocka_unit_test(transcript__is_none_without_a_reveal),
        cmocka_unit_test(transcript__has_one_form),
        cmocka_unit_test(transcript__lists_each_operator_once_and_by_address),
        cmocka_unit_test(transcript__says_the_coin_of_its_values),
        cmocka_unit_test(transcript__refuses_altered_bytes_and_cuts),
        cmocka_unit_test(transcript__has_a_largest_size),
        cmocka_unit_test(part__is_whole_or_not_revealed),
    };
    return cmocka_run_group_tests_name("threshold/coin_file", tests, set_up, tear_down);
}
