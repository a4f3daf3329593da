/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include "support/expect.h"

#include <stdlib.h>

#define S UINT64_C(1000000000)

/* A terminal in memory. */
typedef struct terminal {
    char *text;
    size_t len;
    FILE *stream;
    kw_cli cli;
} terminal;

static void open_terminal(terminal *t, unsigned columns)
{
    *t = (terminal){0};
    t->stream = open_memstream(&t->text, &t->len);
    assert_non_null(t->stream);
    t->cli = (kw_cli){.err = t->stream, .columns = columns};
}

/* Everything shown, up to the last line without its padding. */
static void expect_shown(terminal *t, const char *wanted)
{
    assert_int_equal(fclose(t->stream), 0);
    size_t len = strlen(t->text);
    while (len > 0 && t->text[len - 1] == ' ') {
        len--;
    }
    t->text[len] = '\0';
    assert_string_equal(t->text, wanted);
    free(t->text);
}

static void progress_update__waits_two_seconds(void **state)
{
    (void)state;
    terminal t;
    open_terminal(&t, 80);
    kw_progress p = kw_progress_start(&t.cli, KW_PROGRESS_ITEMS, "records", 4000, 5 * S);
    kw_progress_update(&p, 1000, 5 * S + 1);
    kw_progress_update(&p, 2000, 7 * S - 1);
    expect_shown(&t, "");

    open_terminal(&t, 80);
    p = kw_progress_start(&t.cli, KW_PROGRESS_ITEMS, "records", 4000, 5 * S);
    kw_progress_update(&p, 1000, 7 * S);
    kw_progress_update(&p, 1500, 7 * S + 1); /* too soon after the last line */
    expect_shown(&t, "\r 25%  1.0k of 4.0k records  500/s  ETA 0:06");
}

static void progress_update__knows_bytes_and_unknown_totals(void **state)
{
    (void)state;
    terminal t;
    open_terminal(&t, 80);
    kw_progress p = kw_progress_start(&t.cli, KW_PROGRESS_BYTES, "", UINT64_C(4) << 30, 0);
    kw_progress_update(&p, UINT64_C(1) << 30, 4096 * S);
    expect_shown(&t, "\r 25%  1.0 GiB of 4.0 GiB  256 KiB/s  ETA 3:24:48");

    open_terminal(&t, 80);
    p = kw_progress_start(&t.cli, KW_PROGRESS_ITEMS, "rows", 0, 0);
    kw_progress_update(&p, 12, 3 * S);
    expect_shown(&t, "\r12 rows  4/s");

    open_terminal(&t, 80);
    p = kw_progress_start(&t.cli, KW_PROGRESS_ITEMS, "rows", 10, 0);
    kw_progress_update(&p, 12, 3 * S);
    expect_shown(&t, "\r100%  12 of 10 rows  4/s");
}

static void progress_update__fits_narrow_terminals_and_clears(void **state)
{
    (void)state;
    terminal t;
    open_terminal(&t, 10);
    kw_progress p = kw_progress_start(&t.cli, KW_PROGRESS_ITEMS, "records", 0, 0);
    kw_progress_update(&p, 123456, 2 * S);
    kw_progress_clear(&p);
    kw_progress_clear(&p);
    expect_shown(&t, "\r123k reco\r         \r");
}

static void progress__shows_nothing_without_a_terminal(void **state)
{
    (void)state;
    terminal t;
    open_terminal(&t, 0);
    kw_cli quiet = {.err = t.stream, .columns = 80, .is_quiet = true};
    kw_cli json = {.err = t.stream, .columns = 80, .is_json = true};
    const kw_cli *all[] = {&t.cli, &quiet, &json};
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        kw_progress p = kw_progress_start(all[i], KW_PROGRESS_ITEMS, "records", 10, 0);
        kw_progress_update(&p, 5, 60 * S);
        kw_progress_clear(&p);
    }
    kw_progress none = {0};
    kw_progress_update(&none, 5, 60 * S);
    kw_progress_clear(&none);
    expect_shown(&t, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_update__waits_two_seconds),
        cmocka_unit_test(progress_update__knows_bytes_and_unknown_totals),
        cmocka_unit_test(progress_update__fits_narrow_terminals_and_clears),
        cmocka_unit_test(progress__shows_nothing_without_a_terminal),
    };
    return cmocka_run_group_tests_name("cli/progress", tests, NULL, NULL);
}
