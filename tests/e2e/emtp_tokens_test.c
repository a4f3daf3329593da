/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp tokens and match as programs: streams in and out, the
 * same bytes on any number of threads. */
#include "os/file.h"

#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <stdio.h>

#define KEYWARD KW_BIN_DIR "/keyward"

enum {
    TEXT_BYTES_MAX = 64 << 20
};

static const char keys[] =
    "{\"keys\":[{\"kid\":\"test-2026-01\",\"key\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\","
    "\"algorithm\":\"hmac-sha256\",\"not_before\":\"2026-01-01T00:00:00Z\","
    "\"not_after\":\"2026-02-01T00:00:00Z\"}]}";

typedef struct fixture {
    tempdir dir;
    tempdir_path keys;
    tempdir_path a;
    tempdir_path b;
} fixture;

static fixture make_fixture(void)
{
    fixture f = {.dir = tempdir_make()};
    f.keys = tempdir_join(&f.dir, "keys.json");
    f.a = tempdir_join(&f.dir, "a.emtk");
    f.b = tempdir_join(&f.dir, "b.emtk");
    EXPECT_OK(kw_file_write_atomic(f.keys.text, kw_span_of_str(kw_str_of(keys)), 0600, NULL));
    return f;
}

/* `count` people from number `first` on; every hundredth is refused. */
static void make_people(kw_buf *out, int first, int count)
{
    for (int i = first; i < first + count; i++) {
        EXPECT_OK(
            kw_buf_append_format(out,
                                 "{\"full_name\":\"Person %c%c%c "
                                 "%d\",\"dob\":\"19%02d-02-%02d\",\"phones\":[\"212555%04d\"]}\n",
                                 'A' + i % 26, 'A' + i / 26 % 26, 'A' + i / 676 % 26, i, i % 100,
                                 i % 100 == 50 ? 31 : i % 28 + 1, i % 10000));
    }
}

static void tokens__are_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    fixture f = make_fixture();
    KW_AUTO(kw_buf) people = kw_buf_init(TEXT_BYTES_MAX);
    make_people(&people, 0, 5000);
    KW_AUTO(process_result) one = {.exit_code = 0};
    KW_AUTO(process_result) four = {.exit_code = 0};
    const char *argv[] = {
        KEYWARD,  "emtp",      "tokens", "--keys", f.keys.text, "--allow-test-key",
        "--json", "--threads", "1",      NULL};
    process_expect(&one, 3, argv, kw_buf_text(&people));
    argv[8] = "4";
    process_expect(&four, 3, argv, kw_buf_text(&people));
    EXPECT_SPAN(kw_buf_view(&one.out), kw_buf_view(&four.out));
    EXPECT_SPAN(kw_buf_view(&one.err), kw_buf_view(&four.err));
    size_t refused = 0;
    for (size_t i = 0; i < one.err.len; i++) {
        refused += one.err.ptr[i] == '\n';
    }
    assert_int_equal(refused, 50);
    tempdir_remove(&f.dir);
}

static void two_files__match_in_the_people_they_share(void **state)
{
    (void)state;
    fixture f = make_fixture();
    static const int firsts[] = {0, 900};
    for (size_t i = 0; i < 2; i++) {
        KW_AUTO(kw_buf) people = kw_buf_init(TEXT_BYTES_MAX);
        KW_AUTO(process_result) made = {.exit_code = 0};
        make_people(&people, firsts[i], 1000);
        const char *argv[] = {KEYWARD,    "emtp",      "tokens",
                              "--keys",   f.keys.text, "--allow-test-key",
                              "--format", "emtk",      "--sort-memory",
                              "1",        "--out",     i == 0 ? f.a.text : f.b.text,
                              NULL};
        process_expect(&made, 3, argv, kw_buf_text(&people));
    }
    KW_AUTO(process_result) joined = {.exit_code = 0};
    const char *argv[] = {KEYWARD,   "emtp",     "match", f.a.text, f.b.text,
                          "--tiers", "--format", "jsonl", NULL};
    process_expect(&joined, 0, argv, (kw_str){0});
    size_t pairs = 0;
    for (size_t i = 0; i < joined.out.len; i++) {
        pairs += joined.out.ptr[i] == '\n';
    }
    assert_int_equal(pairs, 99); /* people 900..999 without the refused 950 */
    assert_true(kw_str_starts_with(kw_buf_text(&joined.out), KW_STR("{\"a\":901,\"b\":1,")));
    tempdir_remove(&f.dir);
}

static void version__names_the_schema(void **state)
{
    (void)state;
    KW_AUTO(process_result) r = {.exit_code = 0};
    const char *argv[] = {KEYWARD, "--version", "--json", NULL};
    process_expect(&r, 0, argv, (kw_str){0});
    assert_true(kw_str_ends_with(kw_buf_text(&r.out), KW_STR("\"schema_ids\":[\"v1\"]}\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens__are_the_same_on_any_number_of_threads),
        cmocka_unit_test(two_files__match_in_the_people_they_share),
        cmocka_unit_test(version__names_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
