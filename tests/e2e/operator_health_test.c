/* SPDX-License-Identifier: Apache-2.0
 * What a running operator shows those who watch it. */
#include "support/committee.h"
#include "support/expect.h"

#include <stdio.h>

/* GET of the metrics listener: the body holds the text. */
static void expect_shown(committee *c, const char *path, const char *wanted)
{
    char url[256];
    process_result result = {0};
    const char *text = NULL;
    (void)snprintf(url, sizeof url, "%s%s", c->houses[0]->metrics_url, path);
    house_request request = {.who = HOUSE_NOBODY, .method = "GET", .url = url};
    assert_int_equal(house_call(c->houses[0], &result, &request), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    if (strstr(text, wanted) == NULL) {
        fail_msg("no %s in %s", wanted, text);
    }
    process_result_drop(&result);
}

static void operator__shows_its_epoch(void **state)
{
    (void)state;
    committee_plan plan = {.count = 1, .genesis = 1, .suite = 2, .interval_s = 2};
    committee *c = committee_make(&plan);
    committee_start(c, 0);
    expect_shown(c, "/health", "\"condition\":\"outside\"");
    expect_shown(c, "/metrics", "\nkeyward_threshold_has_share 0\n");
    committee_list(c, 1);
    (void)committee_wait_epoch(c, 0, 2);
    expect_shown(c, "/health", "\"condition\":\"serving\"");
    expect_shown(c, "/health", "\"peers\":[]");
    expect_shown(c, "/ready", "\"ok\"");
    expect_shown(c, "/metrics", "\nkeyward_threshold_has_share 1\n");
    expect_shown(c, "/metrics", "\nkeyward_threshold_epoch_every_seconds 2\n");
    expect_shown(c, "/metrics", "\nkeyward_threshold_boundaries_total{code=\"ok\"} ");
    expect_shown(c, "/metrics", "\nkeyward_threshold_sessions_total{outcome=\"certified\"} ");
    expect_shown(c, "/metrics", "\nkeyward_threshold_phase_seconds_count{said=\"commit\"} ");
    expect_shown(c, "/metrics", "\nkeyward_listener_files_accepted 1\n");
    committee_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operator__shows_its_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
