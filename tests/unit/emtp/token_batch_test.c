/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/token_batch.h"

#include "base/heap.h"
#include "emtp/engine/emtk.h"

#include "support/emtp_case.h"
#include "support/expect.h"
#include "support/json_tree.h"

#define ANN       "{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-03\"}"
#define ANN_FIRST "19e24e115e316923c08a03db16f1aabf8867d8771bb6d073011841fb6e5281dd"
#define ANN_LAST  "611cacf1e2c1c4577927b2674d91e7a3a5c622939e5ab1b26fa9ac9a98abd576"

/* A batch of lines, numbered from `first`. */
static void add_lines(kw_emtp_batch *batch, const char *const *lines, size_t count, uint64_t first)
{
    EXPECT_OK(kw_emtp_batch_init(batch));
    for (size_t i = 0; i < count; i++) {
        batch->lines[batch->lines_count++] = (kw_emtp_batch_line){
            .at = (uint32_t)batch->in.len, .len = (uint32_t)strlen(lines[i]), .number = first + i};
        EXPECT_OK(kw_buf_append_str(&batch->in, kw_str_of(lines[i])));
    }
}

/* The two keys 00.. and 20.. under the kids k1 and k2. */
typedef struct test_keys {
    kw_hmac_key states[2];
    kw_emtp_token_key rows[2];
} test_keys;

static void make_keys(test_keys *keys)
{
    for (size_t i = 0; i < 2; i++) {
        emtp_case_key(&keys->states[i], (uint8_t)(i * 0x20));
        keys->rows[i].key = &keys->states[i];
    }
    keys->rows[0].kid = KW_STR("k1");
    keys->rows[1].kid = KW_STR("k2");
}

static kw_status compute(kw_emtp_batch *batch, kw_emtp_token_job job, size_t keys_count)
{
    static test_keys keys;
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
    make_keys(&keys);
    job.keys = keys.rows;
    job.keys_count = keys_count;
    return kw_emtp_batch_compute(batch, &arena, &job, NULL);
}

static void compute__writes_json_lines_and_refusals_in_order(void **state)
{
    (void)state;
    static const char *const lines[] = {ANN, "{", "{\"full_name\":\"A\",\"dob\":\"x\"}",
                                        "{\"full_name\":\"?\",\"dob\":\"1980-02-03\"}"};
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    add_lines(&batch, lines, KW_COUNT(lines), 7);
    EXPECT_OK(compute(&batch, (kw_emtp_token_job){.output = KW_EMTP_OUTPUT_JSONL}, 1));
    EXPECT_STR(kw_buf_text(&batch.out),
               "{\"line\":7,\"tokens\":{\"k1\":[\"" ANN_FIRST "\",\"" ANN_LAST "\"]}}\n"
               "{\"line\":10,\"tokens\":{\"k1\":[]}}\n");
    EXPECT_STR(kw_buf_text(&batch.refusals), "{\"line\":8,\"error\":\"json\",\"member\":null}\n"
                                             "{\"line\":9,\"error\":\"dob\",\"member\":\"dob\"}\n");
    assert_int_equal(batch.refused_count, 2);
    assert_int_equal(batch.tokens_count, 2);
    kw_emtp_batch_clear(&batch);
    assert_int_equal(batch.lines_count + batch.in.len + batch.out.len + batch.refusals.len, 0);
}

static void compute__marks_weak_records(void **state)
{
    (void)state;
    static const char *const lines[] = {"{\"full_name\":\"?\"}", ANN};
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    add_lines(&batch, lines, KW_COUNT(lines), 1);
    kw_emtp_token_job job = {.options = {.weak = true}, .output = KW_EMTP_OUTPUT_JSONL};
    EXPECT_OK(compute(&batch, job, 2));
    kw_str first = {0};
    kw_str second = {0};
    assert_true(kw_str_split(kw_buf_text(&batch.out), '\n', &first, &second));
    EXPECT_STR(first, "{\"line\":1,\"tokens\":{\"k1\":[],\"k2\":[]},\"weak\":true,"
                      "\"warnings\":[\"weak\"]}");
    assert_true(kw_str_ends_with(second, KW_STR("\"]}}\n"))); /* a full date is not marked */
}

static void compute__writes_table_rows(void **state)
{
    (void)state;
    static const char *const lines[] = {ANN, "{\"full_name\":\"?\",\"dob\":\"1980-02-03\"}"};
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    add_lines(&batch, lines, KW_COUNT(lines), 41);
    kw_emtp_token_job job = {
        .output = KW_EMTP_OUTPUT_TABLE, .nurl = KW_STR("https://n/"), .now = 0};
    EXPECT_OK(compute(&batch, job, 1));
    EXPECT_STR(kw_buf_text(&batch.out),
               "41\t1970-01-01T00:00:00Z\t+\thttps://n/41\t" ANN_FIRST " " ANN_LAST "\n"
               "42\t1970-01-01T00:00:00Z\t+\thttps://n/42\t\n");
}

static void compute__sorts_the_tokens_of_all_keys_together(void **state)
{
    (void)state;
    static const char *const lines[] = {ANN};
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    add_lines(&batch, lines, 1, 1);
    EXPECT_OK(compute(&batch, (kw_emtp_token_job){.output = KW_EMTP_OUTPUT_EXPLAIN}, 2));
    KW_AUTO_PTR(kw_json) shown = json_tree_parse(kw_buf_text(&batch.out));
    const kw_json *tokens = json_tree_at(shown, "tokens");
    assert_int_equal(json_tree_integer(shown, "token_count"), 4);
    for (size_t i = 1; i < kw_json_count(tokens); i++) {
        assert_true(kw_str_compare(kw_json_text(kw_json_item(tokens, i - 1)),
                                   kw_json_text(kw_json_item(tokens, i))) < 0);
    }
    assert_int_equal(kw_json_count(json_tree_at(shown, "kids")), 2);
}

static void compute__writes_records_of_token_files(void **state)
{
    (void)state;
    static const char *const lines[] = {ANN};
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    add_lines(&batch, lines, 1, UINT32_MAX);
    kw_emtp_token_job job = {.output = KW_EMTP_OUTPUT_EMTK};
    EXPECT_OK(compute(&batch, job, 1));
    assert_int_equal(batch.out.len, 2 * KW_EMTK_RECORD_BYTES);
    const kw_emtk_record *records = (const kw_emtk_record *)batch.out.ptr;
    assert_true(kw_emtk_row(&records[0]) == UINT32_MAX);
    assert_int_equal(kw_emtk_tier(&records[1]), 1);
    kw_buf_clear(&batch.out);
    batch.lines[0].number = (uint64_t)UINT32_MAX + 1;
    EXPECT_STATUS(compute(&batch, job, 1), KW_LIMIT);
}

static void compute__refuses_a_table_key_that_is_no_key(void **state)
{
    (void)state;
    static const char *const lines[] = {ANN};
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    add_lines(&batch, lines, 1, 1);
    kw_emtp_token_job job = {.output = KW_EMTP_OUTPUT_TABLE, .nurl = KW_STR("a\tb")};
    EXPECT_STATUS(compute(&batch, job, 1), KW_BAD_INPUT);
}

static void compute__survives_every_failing_allocation(void **state)
{
    (void)state;
    static const char *const lines[] = {ANN, "{"};
    for (int output = KW_EMTP_OUTPUT_JSONL; output <= KW_EMTP_OUTPUT_EXPLAIN; output++) {
        bool is_done = false;
        for (uint64_t nth = 1; !is_done; nth++) {
            KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
            add_lines(&batch, lines, KW_COUNT(lines), 1);
            kw_heap_fail_at(nth);
            kw_status st =
                compute(&batch, (kw_emtp_token_job){.output = (kw_emtp_output)output}, 1);
            kw_heap_fail_at(0);
            is_done = st == KW_OK;
            assert_true(is_done || st == KW_NO_MEMORY || st == KW_LIMIT);
            assert_in_range(nth, 1, 100);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compute__writes_json_lines_and_refusals_in_order),
        cmocka_unit_test(compute__marks_weak_records),
        cmocka_unit_test(compute__writes_table_rows),
        cmocka_unit_test(compute__sorts_the_tokens_of_all_keys_together),
        cmocka_unit_test(compute__writes_records_of_token_files),
        cmocka_unit_test(compute__refuses_a_table_key_that_is_no_key),
        cmocka_unit_test(compute__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
