/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/record.h"

#include "base/heap.h"

#include "support/emtp_case.h"
#include "support/expect.h"

static const kw_emtp_options plain = {0};

/* `fault` "": the record is good. */
static void expect_fault(const char *line, const kw_emtp_options *options, const char *fault,
                         const char *member)
{
    KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(line), options);
    EXPECT_STATUS(c.status, fault[0] == '\0' ? KW_OK : KW_BAD_INPUT);
    assert_string_equal(kw_emtp_fault_name(c.reject.fault), fault);
    const char *got = kw_emtp_member_name(c.reject.member);
    assert_string_equal(got == NULL ? "" : got, member);
}

static void record_read__reports_the_first_fault_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *fault;
        const char *member;
    } cases[] = {
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\"}", "", ""},
        {"", "json", ""},
        {"[]", "json", ""},
        {"{", "json", ""},
        {"{\"full_name\":\"A\",\"full_name\":\"A\",\"dob\":\"1980-02-03\"}", "json", ""},
        {"{\"full_name\":\"A\\u0000\",\"zip\":1}", "json", ""},
        {"{\"full_name\":\"A\\ud800\"}", "json", ""},
        {"\xef\xbb\xbf{\"full_name\":\"A\",\"dob\":\"1980-02-03\"}", "json", ""},
        {"{\"full_name\":\"A\xff\",\"dob\":\"1980-02-03\"}", "json", ""},
        {"{\"full_name\":1,\"zip\":1}", "unknown", ""},
        {"{\"dob\":1}", "missing", "full_name"},
        {"{\"full_name\":1}", "type", "full_name"},
        {"{\"full_name\":null}", "type", "full_name"},
        {"{\"full_name\":\"\"}", "empty", "full_name"},
        {"{\"full_name\":\"A\"}", "missing", "dob"},
        {"{\"full_name\":\"A\",\"dob\":19800203}", "type", "dob"},
        {"{\"full_name\":\"A\",\"dob\":\"\",\"phones\":1}", "dob", "dob"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02\"}", "dob", "dob"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"addresses\":\"x\",\"phones\":1}", "type",
         "addresses"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"addresses\":[\"\"]}", "empty", "addresses"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"addresses\":[1]}", "type", "addresses"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"addresses\":[{}]}", "missing", "addresses"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"addresses\":[{\"line1\":\"\",\"line2\":2}]"
         "}",
         "type", "addresses"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"addresses\":[{\"line1\":\"\",\"city\":\"\","
         "\"state\":\"\",\"postal_code\":\"\"}]}",
         "", ""},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"idnos\":1,\"phones\":{}}", "type",
         "phones"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"phones\":[\"\"]}", "empty", "phones"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"idnos\":[null]}", "type", "idnos"},
        {"{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"idnos\":[\"\"]}", "empty", "idnos"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        expect_fault(cases[i].line, &plain, cases[i].fault, cases[i].member);
    }
}

/* A good record with one more member: a list of `count` texts of `len` bytes, or that text. */
static void make_record(kw_buf *out, const char *member, size_t count, size_t len)
{
    kw_buf_clear(out);
    EXPECT_OK(
        kw_buf_append_format(out, "{\"full_name\":\"A\",\"dob\":\"1980-02-03\",\"%s\":[", member));
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(kw_buf_append_str(out, i == 0 ? KW_STR("\"") : KW_STR(",\"")));
        for (size_t k = 0; k < len; k++) {
            EXPECT_OK(kw_buf_append_byte(out, '1'));
        }
        EXPECT_OK(kw_buf_append_byte(out, '"'));
    }
    EXPECT_OK(kw_buf_append_str(out, KW_STR("]}")));
}

static void expect_list(const char *member, size_t count, size_t len, const char *fault)
{
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 20);
    make_record(&line, member, count, len);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&line, &text));
    expect_fault(text, &plain, fault, fault[0] == '\0' ? "" : member);
}

static void record_read__holds_the_limits_of_lists_and_strings(void **state)
{
    (void)state;
    expect_list("phones", 16, 4, "");
    expect_list("phones", 17, 4, "limit");
    expect_list("addresses", 16, 4, "");
    expect_list("addresses", 17, 4, "limit");
    expect_list("idnos", 32, 4, "");
    expect_list("idnos", 33, 4, "limit");
    expect_list("idnos", 1, 1024, "");
    expect_list("idnos", 1, 1025, "limit");
    expect_list("addresses", 1, 1025, "limit");
}

static void record_read__holds_the_limit_of_a_line(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 20);
    make_record(&line, "idnos", 1, 4);
    while (line.len < KW_EMTP_LINE_BYTES_MAX) {
        EXPECT_OK(kw_buf_append_byte(&line, ' '));
    }
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&line, &text));
    expect_fault(text, &plain, "", "");
    EXPECT_OK(kw_buf_append_byte(&line, ' '));
    EXPECT_OK(kw_buf_c_text(&line, &text));
    expect_fault(text, &plain, "limit", "");
}

static void record_read__takes_weak_dates_in_weak_mode_of_v1_only(void **state)
{
    (void)state;
    static const char no_dob[] = "{\"full_name\":\"A\"}";
    static const char month[] = "{\"full_name\":\"A\",\"dob\":\"1980-02\"}";
    kw_emtp_options weak = {.weak = true};
    KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(no_dob), &weak);
    EXPECT_STATUS(c.status, KW_OK);
    assert_true(kw_emtp_person_is_weak(&c.person));
    EXPECT_STR(c.person.dob, "");
    KW_AUTO(emtp_case) d = emtp_case_run(kw_str_of(month), &weak);
    EXPECT_STATUS(d.status, KW_OK);
    assert_true(kw_emtp_person_is_weak(&d.person));
    EXPECT_STR(d.person.dob, "1980-02");
    weak.profile = KW_EMTP_V1_REF;
    expect_fault(no_dob, &weak, "missing", "dob");
    expect_fault(month, &weak, "dob", "dob");
}

static void record_read__warns(void **state)
{
    (void)state;
    KW_AUTO(emtp_case)
    c = emtp_case_run(
        KW_STR("{\"full_name\":\"...\",\"dob\":\"1980-02-03\",\"addresses\":[{\"line1\":\"1 A\","
               "\"city\":\"B\",\"state\":\"C\",\"postal_code\":\"1\",\"county\":[{}]}]}"),
        &plain);
    EXPECT_STATUS(c.status, KW_OK);
    assert_int_equal(c.person.warnings, KW_EMTP_WARN_ADDRESS_MEMBER | KW_EMTP_WARN_EMPTY_NAME);
    KW_AUTO(emtp_case)
    d = emtp_case_run(KW_STR("{\"full_name\":\"A\",\"dob\":\"1980-02-03\"}"), &plain);
    assert_int_equal(d.person.warnings, 0);
}

static const char full[] = "{\"full_name\":\"Mr JRR Tolkien\",\"dob\":\"1892-01-03\","
                           "\"phones\":[\"2125550100\"],\"addresses\":[\"1 Court, B, NV 1\","
                           "{\"line1\":\"1 A\",\"city\":\"B\",\"state\":\"C\",\"postal_code\":"
                           "\"1\"}],\"idnos\":[\"1-2345\"]}";

static void record_read__survives_every_failing_allocation(void **state)
{
    (void)state;
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
        kw_emtp_person person = {0};
        kw_emtp_reject reject = {0};
        kw_heap_fail_at(nth);
        kw_status st = kw_emtp_record_read(&arena, &person, &reject, kw_str_of(full), &plain);
        is_done = st == KW_OK;
        kw_heap_fail_at(0);
        if (!is_done) {
            assert_true(st == KW_NO_MEMORY || st == KW_LIMIT);
            assert_int_equal(reject.fault, KW_EMTP_FAULT_NONE);
        }
        assert_in_range(nth, 1, 1000);
    }
}

static void record_read__reports_every_full_arena(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t bytes = 0; bytes < 16384; bytes += 16, refused++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(bytes);
        kw_emtp_person person = {0};
        kw_emtp_tuples tuples = {0};
        kw_emtp_reject reject = {0};
        kw_status st = kw_emtp_record_read(&arena, &person, &reject, kw_str_of(full), &plain);
        if (st == KW_OK) {
            st = kw_emtp_tuples_make(&arena, &tuples, &person, &plain);
        }
        if (st == KW_OK) {
            assert_in_range(refused, 50, 1000);
            return;
        }
        EXPECT_STATUS(st, KW_LIMIT);
    }
    fail_msg("16 KiB are not enough for a record");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_read__reports_the_first_fault_in_order),
        cmocka_unit_test(record_read__holds_the_limits_of_lists_and_strings),
        cmocka_unit_test(record_read__holds_the_limit_of_a_line),
        cmocka_unit_test(record_read__takes_weak_dates_in_weak_mode_of_v1_only),
        cmocka_unit_test(record_read__warns),
        cmocka_unit_test(record_read__survives_every_failing_allocation),
        cmocka_unit_test(record_read__reports_every_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
