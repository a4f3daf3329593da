/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/service_tokens.h"

#include "base/heap.h"
#include "emtp/engine/emtk.h"

#include "support/emtp_case.h"
#include "support/expect.h"
#include "support/token_input.h"

enum {
    TEXT_BYTES_MAX = 32 << 20
};

/* Everything that a run gives. All-zero but `fail_at`. */
typedef struct sink {
    kw_buf out;
    kw_buf refusals;
    uint64_t writes;
    uint64_t fail_at; /* the n-th write fails with IO; 0: none */
    uint64_t progress;
} sink;

static void sink_drop(sink *s)
{
    kw_buf_drop(&s->out);
    kw_buf_drop(&s->refusals);
}

static kw_status write_out(void *ctx, kw_span bytes, kw_error *err)
{
    sink *s = ctx;
    s->writes++;
    KW_REQUIRE(s->writes != s->fail_at, err, KW_IO, "the pipe is gone");
    return kw_buf_append(&s->out, bytes);
}

static kw_status write_refusals(void *ctx, kw_span lines, kw_error *err)
{
    KW_UNUSED(err);
    sink *s = ctx;
    return kw_buf_append(&s->refusals, lines);
}

static void count_progress(void *ctx, const kw_emtp_token_totals *totals)
{
    sink *s = ctx;
    assert_true(totals->bytes >= s->progress);
    s->progress = totals->bytes;
}

/* `count` records, every tenth one refused. */
static void make_input(kw_buf *out, int count)
{
    for (int i = 0; i < count; i++) {
        EXPECT_OK(kw_buf_append_format(
            out, "{\"full_name\":\"Ann Lee\",\"dob\":\"%s\",\"idnos\":[\"%06d\"]}\n",
            i % 10 == 3 ? "1980-02-30" : "1980-02-03", i));
    }
}

static kw_status run_tokens(sink *s, kw_emtp_token_totals *totals, kw_str text, unsigned threads,
                            kw_emtp_output output)
{
    static kw_hmac_key state;
    emtp_case_key(&state, 0);
    kw_emtp_token_key key = {.kid = KW_STR("test-2026-01"), .key = &state};
    kw_emtp_token_run run = {.job = {.output = output, .keys = &key, .keys_count = 1},
                             .threads = threads,
                             .sort_memory_bytes = 1 << 16,
                             .sort_folder = "/tmp"};
    token_input input = {.text = text, .piece = 3000};
    kw_emtp_token_ports ports = {.input = token_input_port(&input),
                                 .write = write_out,
                                 .refuse = write_refusals,
                                 .progress = count_progress,
                                 .ctx = s};
    s->out = kw_buf_init(TEXT_BYTES_MAX);
    s->refusals = kw_buf_init(TEXT_BYTES_MAX);
    return kw_emtp_tokens_run(totals, &run, &ports, NULL);
}

static void run__gives_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    make_input(&text, 3000);
    KW_AUTO(sink) alone = {.fail_at = 0};
    kw_emtp_token_totals totals = {0};
    EXPECT_OK(run_tokens(&alone, &totals, kw_buf_text(&text), 1, KW_EMTP_OUTPUT_JSONL));
    assert_int_equal(totals.lines, 3000);
    assert_int_equal(totals.refused, 300);
    assert_int_equal(totals.tokens, 2700 * 8);
    assert_int_equal(totals.bytes, text.len);
    for (unsigned threads = 2; threads <= 5; threads++) {
        KW_AUTO(sink) many = {.fail_at = 0};
        kw_emtp_token_totals again = {0};
        EXPECT_OK(run_tokens(&many, &again, kw_buf_text(&text), threads, KW_EMTP_OUTPUT_JSONL));
        EXPECT_SPAN(kw_buf_view(&many.out), kw_buf_view(&alone.out));
        EXPECT_SPAN(kw_buf_view(&many.refusals), kw_buf_view(&alone.refusals));
        assert_memory_equal(&again, &totals, sizeof totals);
        assert_int_equal(many.progress, text.len);
    }
}

static void run__sorts_token_files(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    make_input(&text, 1000);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        KW_AUTO(sink) s = {.fail_at = 0};
        kw_emtp_token_totals totals = {0};
        EXPECT_OK(run_tokens(&s, &totals, kw_buf_text(&text), threads, KW_EMTP_OUTPUT_EMTK));
        kw_emtk file = {0};
        EXPECT_OK(kw_emtk_decode(&file, kw_buf_view(&s.out), NULL));
        EXPECT_OK(kw_emtk_check(&file, NULL, NULL));
        assert_int_equal(file.count, totals.tokens);
        EXPECT_STR(file.kid, "test-2026-01");
    }
}

static void run__of_nothing_writes_what_nothing_is(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++) {
        KW_AUTO(sink) s = {.fail_at = 0};
        KW_AUTO(sink) sorted = {.fail_at = 0};
        kw_emtp_token_totals totals = {.lines = 9};
        EXPECT_OK(run_tokens(&s, &totals, KW_STR(""), threads, KW_EMTP_OUTPUT_JSONL));
        assert_int_equal(s.out.len + totals.lines, 0);
        EXPECT_OK(run_tokens(&sorted, &totals, KW_STR("\n"), threads, KW_EMTP_OUTPUT_EMTK));
        assert_int_equal(sorted.out.len, 8 + 1 + 12 + 8);
    }
}

static void run__stops_at_the_first_failure(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    make_input(&text, 3000);
    for (unsigned threads = 1; threads <= 4; threads++) {
        for (uint64_t nth = 1; nth < 20; nth += 6) {
            KW_AUTO(sink) s = {.fail_at = nth};
            kw_emtp_token_totals totals = {0};
            EXPECT_STATUS(
                run_tokens(&s, &totals, kw_buf_text(&text), threads, KW_EMTP_OUTPUT_JSONL), KW_IO);
            assert_int_equal(s.writes, nth);
        }
    }
}

static void run__survives_failing_allocations_of_the_caller(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    make_input(&text, 20);
    for (unsigned threads = 1; threads <= 2; threads++) {
        bool is_done = false;
        for (uint64_t nth = 1; !is_done; nth++) {
            KW_AUTO(sink) s = {.fail_at = 0};
            kw_emtp_token_totals totals = {0};
            kw_heap_fail_at(nth);
            kw_status st =
                run_tokens(&s, &totals, kw_buf_text(&text), threads, KW_EMTP_OUTPUT_EMTK);
            kw_heap_fail_at(0);
            is_done = st == KW_OK;
            assert_true(is_done || st == KW_NO_MEMORY || st == KW_LIMIT);
            assert_in_range(nth, 1, 300);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run__gives_the_same_on_any_number_of_threads),
        cmocka_unit_test(run__sorts_token_files),
        cmocka_unit_test(run__of_nothing_writes_what_nothing_is),
        cmocka_unit_test(run__stops_at_the_first_failure),
        cmocka_unit_test(run__survives_failing_allocations_of_the_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
