/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print.h"

#include "base/heap.h"
#include "os/signals.h"
#include "support/expect.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct key {
    kw_str kid;
    uint64_t epoch;
    kw_str secret;
    bool revoked;
} key;

static const kw_field key_fields[] = {
    KW_FIELD(key, kid, 32, KW_REQ),
    KW_FIELD(key, epoch, UINT64_MAX, KW_REQ),
    KW_FIELD(key, secret, 32, KW_SECRET),
    KW_FIELD(key, revoked, 0, 0),
};
KW_SCHEMA(key, key_fields);

typedef struct keys {
    key *items;
    size_t count;
} keys;

typedef struct reply {
    kw_str title;
    kw_strs tags;
    key current;
    keys all;
    keys old;
    kw_str note;
} reply;

static const kw_field reply_fields[] = {
    KW_FIELD(reply, title, 64, KW_REQ),
    KW_FIELD(reply, tags, 64, 0),
    KW_FIELD_OBJECT(reply, current, &key_schema, KW_REQ),
    KW_FIELD_LIST(reply, all, &key_schema, 8, KW_REQ),
    KW_FIELD_LIST(reply, old, &key_schema, 8, KW_REQ),
    KW_FIELD(reply, note, 64, 0),
};
KW_SCHEMA(reply, reply_fields);

/* What is printed, owned by the caller. */
static char *printed(bool is_json)
{
    kw_str tags[] = {KW_STR("a"), KW_STR("b")};
    key items[] = {{KW_STR("\xc3\xbc"), 7, KW_STR("hush"), true},
                   {KW_STR("longer"), 12345, {0}, false}};
    reply r = {.title = KW_STR("red\x1b[31m \xc2\x9b \xff"),
               .tags = {tags, 2},
               .current = items[0],
               .all = {items, 2}};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    kw_cli cli = {.out = out, .is_json = is_json};
    EXPECT_OK(kw_cli_print(&cli, &reply_schema, &r, NULL));
    assert_int_equal(fclose(out), 0);
    return text;
}

static void cli_print__is_text_without_controls_of_a_peer(void **state)
{
    (void)state;
    char *text = printed(false);
    assert_string_equal(text, "title: red\xef\xbf\xbd[31m \xef\xbf\xbd \xef\xbf\xbd\n"
                              "tags: a,b\n"
                              "current:\n"
                              "  kid: \xc3\xbc\n"
                              "  epoch: 7\n"
                              "  secret: [redacted]\n"
                              "  revoked: true\n"
                              "all:\n"
                              "  kid     epoch  secret      revoked\n"
                              "  \xc3\xbc       7      [redacted]  true\n"
                              "  longer  12345              false\n"
                              "old: none\n");
    free(text);
}

static void cli_print__is_one_line_of_json(void **state)
{
    (void)state;
    char *text = printed(true);
    assert_string_equal(
        text, "{\"title\":\"red\\u001b[31m \\u009b \xef\xbf\xbd\",\"tags\":[\"a\",\"b\"],"
              "\"current\":{\"kid\":\"\xc3\xbc\",\"epoch\":7,\"secret\":\"[redacted]\","
              "\"revoked\":true},\"all\":[{\"kid\":\"\xc3\xbc\",\"epoch\":7,"
              "\"secret\":\"[redacted]\",\"revoked\":true},{\"kid\":\"longer\",\"epoch\":12345}],"
              "\"old\":[]}\n");
    free(text);
}

static void cli_write__fails_when_the_device_is_full(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_int_equal(setvbuf(full, NULL, _IONBF, 0), 0);
    kw_cli cli = {.out = full};
    kw_error err = {0};
    EXPECT_STATUS(kw_cli_write(&cli, kw_span_of_str(KW_STR("x")), &err), KW_NO_SPACE);
    assert_int_equal(err.status, KW_NO_SPACE);
    assert_false(cli.is_unread);
    EXPECT_OK(kw_cli_write(&cli, (kw_span){0}, &err));
    (void)fclose(full);
}

static void cli_write__is_cancelled_when_the_reader_is_gone(void **state)
{
    (void)state;
    kw_signals_ignore_pipe();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    FILE *out = fdopen(ends[1], "w");
    assert_non_null(out);
    kw_cli cli = {.out = out};
    kw_error err = {0};
    EXPECT_OK(kw_cli_write(&cli, kw_span_of_str(KW_STR("kept by stdio")), &err));
    assert_false(cli.is_unread);
    EXPECT_STATUS(kw_cli_flush(&cli, &err), KW_CANCELLED);
    assert_int_equal(err.status, KW_CANCELLED);
    assert_true(cli.is_unread);
    (void)fclose(out);
}

static void cli_print__survives_every_failed_allocation(void **state)
{
    (void)state;
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    key k = {.kid = KW_STR("abc")};
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        kw_cli cli = {.out = out};
        kw_error err = {0};
        kw_heap_fail_at(nth);
        st = kw_cli_print(&cli, &key_schema, &k, &err);
        kw_heap_fail_at(0);
        assert_int_equal(err.status, st);
        assert_true(nth > 1 || st == KW_NO_MEMORY);
    }
    assert_int_equal(fclose(out), 0);
}

static void cli_note__is_silent_with_quiet_or_json(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    kw_cli loud = {.err = stream};
    kw_cli quiet = {.err = stream, .is_quiet = true};
    kw_cli json = {.err = stream, .is_json = true};
    kw_cli_note(&quiet, "one %d", 1);
    kw_cli_note(&json, "two %d", 2);
    kw_cli_note(&loud, "three %d", 3);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, "three 3\n");
    free(text);
}

typedef struct life {
    kw_str kid;
    int64_t revoked_at;
} life;

static const kw_field life_fields[] = {
    KW_FIELD(life, kid, 32, KW_REQ),
    KW_FIELD(life, revoked_at, INT64_MAX, KW_TIME | KW_NULL),
};
KW_SCHEMA(life, life_fields);

typedef struct lives {
    struct {
        life *items;
        size_t count;
    } keys;
} lives;

static const kw_field lives_fields[] = {
    KW_FIELD_LIST(lives, keys, &life_schema, 8, KW_REQ),
};
KW_SCHEMA(lives, lives_fields);

static void cli_print__shows_null_as_a_dash(void **state)
{
    (void)state;
    life items[] = {{KW_STR("a"), 0}, {KW_STR("b"), 1}};
    lives list = {.keys = {items, 2}};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    kw_cli cli = {.out = out};
    EXPECT_OK(kw_cli_print(&cli, &lives_schema, &list, NULL));
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, "keys:\n"
                              "  kid  revoked_at\n"
                              "  a    -\n"
                              "  b    1970-01-01T00:00:01Z\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_print__shows_null_as_a_dash),
        cmocka_unit_test(cli_print__is_text_without_controls_of_a_peer),
        cmocka_unit_test(cli_print__is_one_line_of_json),
        cmocka_unit_test(cli_write__fails_when_the_device_is_full),
        cmocka_unit_test(cli_write__is_cancelled_when_the_reader_is_gone),
        cmocka_unit_test(cli_print__survives_every_failed_allocation),
        cmocka_unit_test(cli_note__is_silent_with_quiet_or_json),
    };
    return cmocka_run_group_tests_name("cli/print", tests, NULL, NULL);
}
