/* SPDX-License-Identifier: Apache-2.0 */
#include "config/args.h"

#include "support/expect.h"

typedef struct options {
    int64_t issued_after;
    bool wide;
    bool narrow;
    kw_strs tags;
    kw_str token;
    kw_str first;
    kw_strs rest;
} options;

static const kw_field options_fields[] = {
    KW_FIELD(options, issued_after, INT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(options, wide, 0, 0),
    KW_FIELD(options, narrow, 0, 0, .fallback = "true"),
    KW_FIELD(options, tags, 9, 0, .items_max = 2, .fallback = "z"),
    KW_FIELD(options, token, 9, KW_SECRET),
    KW_FIELD(options, first, 9, KW_OPERAND | KW_REQ),
    KW_FIELD(options, rest, 9, KW_OPERAND),
};
KW_SCHEMA(options, options_fields);

typedef struct global {
    bool help;
} global;

static const kw_field global_fields[] = {KW_FIELD(global, help, 0, 0)};
KW_SCHEMA(global, global_fields);

enum {
    WORDS_MAX = 8
};

static kw_status read(options *out, global *all, kw_arena *arena, const char *const *words,
                      kw_error *err)
{
    kw_str items[WORDS_MAX];
    kw_strs list = {.items = items};
    while (list.count < WORDS_MAX && words[list.count] != NULL) {
        items[list.count] = kw_str_of(words[list.count]);
        list.count++;
    }
    EXPECT_OK(kw_object_init(out, arena, &options_schema));
    EXPECT_OK(kw_object_init(all, arena, &global_schema));
    const kw_args_target targets[] = {{&global_schema, all}, {&options_schema, out}};
    return kw_args_read(targets, KW_COUNT(targets), arena, list, err);
}

static void args_read__takes_every_form(void **state)
{
    (void)state;
    static const char *const words[] = {
        "--issued-after", "-5", "--wide", "--no-narrow", "a", "--", "--b", "-"};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 14);
    options out;
    global all;
    EXPECT_OK(read(&out, &all, &arena, words, NULL));
    assert_int_equal(out.issued_after, -5);
    assert_true(out.wide);
    assert_false(out.narrow);
    EXPECT_STR(out.first, "a");
    assert_int_equal(out.rest.count, 2);
    EXPECT_STR(out.rest.items[0], "--b");
    EXPECT_STR(out.rest.items[1], "-");
    EXPECT_STR(out.tags.items[0], "z");
    assert_false(all.help);

    static const char *const more[] = {"-h", "--issued-after=--7", "--tags=", "--tags", "x", NULL};
    kw_error err = {0};
    EXPECT_STATUS(read(&out, &all, &arena, more, &err), KW_USAGE);
    static const char *const good[] = {"-h", "--issued-after=7", "--tags=", "--tags",
                                       "x",  "--wide=false",     NULL};
    EXPECT_OK(read(&out, &all, &arena, good, &err));
    assert_true(all.help);
    assert_false(out.wide);
    assert_int_equal(out.tags.count, 2);
    assert_int_equal(out.tags.items[0].len, 0);
}

static void args_read__refuses_and_never_shows_a_value(void **state)
{
    (void)state;
    static const struct {
        const char *words[4];
        const char *text;
    } cases[] = {
        {{"--isued-after", "5"}, "unknown option --isued-after; did you mean --issued-after?"},
        {{"--zzz"}, "unknown option --zzz"},
        {{"--no-tags"}, "unknown option --no-tags; did you mean --tags?"},
        {{"--no-wide=true"}, "unknown option --no-wide; did you mean --wide?"},
        {{"--first", "x"}, "unknown option --first"},
        {{"--issued-after"}, "--issued-after: its value is missing"},
        {{"--issued-after", "--wide"}, "--issued-after: its value is missing"},
        {{"--issued-after", "hunter2"}, "--issued-after: not a whole number"},
        {{"--issued-after=1", "--issued-after=1"}, "--issued-after: given twice"},
        {{"--wide", "--no-wide"}, "--wide: given twice"},
        {{"--wide=yes"}, "--wide: not true or false"},
        {{"--token", "hunter2"}, "--token: a secret never stands on a command line"},
        {{"0123456789"}, "FIRST: longer than 9 bytes"},
        {{"-w"}, "options begin with two dashes"},
        {{"--hunter2 secret"}, "unknown option"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 14);
        options out;
        global all;
        kw_error err = {0};
        EXPECT_STATUS(read(&out, &all, &arena, cases[i].words, &err), KW_USAGE);
        assert_string_equal(err.text, cases[i].text);
        assert_int_equal(err.status, KW_USAGE);
    }
}

static void args_read__bounds_lists_and_words(void **state)
{
    (void)state;
    static const char *const three[] = {"--tags=a", "--tags=b", "--tags=c", NULL};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 14);
    options out;
    global all;
    kw_error err = {0};
    EXPECT_STATUS(read(&out, &all, &arena, three, &err), KW_LIMIT);
    const kw_args_target target = {&global_schema, &all};
    kw_str word = KW_STR("extra");
    EXPECT_STATUS(kw_args_read(&target, 1, &arena, (kw_strs){&word, 1}, &err), KW_USAGE);
    assert_string_equal(err.text, "a word too many");
}

static void args_check_required__names_what_is_missing(void **state)
{
    (void)state;
    options out = {0};
    const kw_args_target target = {&options_schema, &out};
    kw_error err = {0};
    EXPECT_STATUS(kw_args_check_required(&target, &err), KW_USAGE);
    assert_string_equal(err.text, "FIRST must be given");
    out.first = KW_STR("");
    EXPECT_OK(kw_args_check_required(&target, &err));
}

static void args_spell__follows_the_member(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    EXPECT_OK(kw_args_spell(&text, &options_fields[0]));
    EXPECT_OK(kw_args_spell(&text, &options_fields[5]));
    EXPECT_STR(kw_buf_text(&text), "--issued-afterFIRST");
    KW_AUTO(kw_buf) none = kw_buf_init(3);
    EXPECT_STATUS(kw_args_spell(&none, &options_fields[0]), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(args_read__takes_every_form),
        cmocka_unit_test(args_read__refuses_and_never_shows_a_value),
        cmocka_unit_test(args_read__bounds_lists_and_words),
        cmocka_unit_test(args_check_required__names_what_is_missing),
        cmocka_unit_test(args_spell__follows_the_member),
    };
    return cmocka_run_group_tests_name("config/args", tests, NULL, NULL);
}
