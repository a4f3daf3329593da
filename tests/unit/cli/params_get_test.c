/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "support/command_line.h"
#include "support/expect.h"
#include "support/params_desk.h"

#include <stdio.h>

static command_result get(params_desk *d, const char *more)
{
    char words[2048];
    (void)snprintf(words, sizeof words,
                   "params get " PARAMS_PATH " --mirror %s --mirror %s --metadata-dir %%/trusted "
                   "--metadata-url %s --out %%/a.zkey --ca %s%s",
                   d->download->urls[0], d->download->urls[1], d->server.metadata_url,
                   d->download->ca.text, more);
    return command_line_run_in(d->download->dir.path, words);
}

static void expect(params_desk *d, const char *more, int exit_code, const char *text)
{
    KW_AUTO(command_result) result = get(d, more);
    if (result.exit_code != exit_code ||
        (strstr(result.out, text) == NULL && strstr(result.err, text) == NULL)) {
        fail_msg("%d, not %d with \"%s\": %s%s", result.exit_code, exit_code, text, result.out,
                 result.err);
    }
}

static void params_get__gets_the_file_and_says_how(void **state)
{
    params_desk *d = *state;
    expect(d, "", 0, "was_there: false");
    download_desk_expect_file(d->download);
    expect(d, " --json", 0, "\"was_there\":true");
    expect(d, " --offline", 0, "was_there: true");
}

static void params_get__names_the_mirror_that_was_left(void **state)
{
    params_desk *d = *state;
    mirror_behave(d->download->mirrors[1], MIRROR_LIES, 0);
    expect(d, "", 0, "was left: it sends other bytes than were signed");
    download_desk_expect_file(d->download);
}

static void params_get__fails_without_a_file(void **state)
{
    params_desk *d = *state;
    mirror_behave(d->download->mirrors[0], MIRROR_SHOWS_A_PAGE, 0);
    mirror_behave(d->download->mirrors[1], MIRROR_HAS_NOTHING, 0);
    expect(d, " --json", kw_status_exit_code(KW_UNAVAILABLE), "\"code\":\"unavailable\"");
    download_desk_expect_none(d->download, "a.zkey");
}

static void params_get__needs_a_mirror(void **state)
{
    params_desk *d = *state;
    KW_AUTO(command_result)
    result = command_line_run_in(d->download->dir.path,
                                 "params get " PARAMS_PATH " --metadata-dir %/trusted --out %/a");
    assert_int_equal(result.exit_code, kw_status_exit_code(KW_USAGE));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, params_desk_make, params_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(params_get__gets_the_file_and_says_how),
        CASE(params_get__names_the_mirror_that_was_left),
        CASE(params_get__fails_without_a_file),
        CASE(params_get__needs_a_mirror),
    };
    return cmocka_run_group_tests_name("cli/params_get", tests, NULL, NULL);
}
