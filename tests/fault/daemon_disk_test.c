/* SPDX-License-Identifier: Apache-2.0
 * The data folder on a small disk that gets full: what must be written down is refused and says
 * why, what need not be goes on, and everything comes back by itself when there is space again. */
#include "support/expect.h"
#include "support/house_wire.h"
#include "support/small_disk.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DISK_BYTES = 160 << 20 /* an audit segment is reserved at once: 64 MiB */
};

typedef struct scene {
    small_disk disk;
    house *house;
    char *tmpdir; /* of the environment; NULL: none */
} scene;

/* The house stands on the disk; `free_percent`: below it the audit log stops. */
static void open_scene(scene *s, const char *free_percent)
{
    const char *tmpdir = getenv("TMPDIR");
    s->tmpdir = tmpdir == NULL ? NULL : strdup(tmpdir);
    s->disk = small_disk_make(DISK_BYTES);
    if (!s->disk.is_mounted) {
        small_disk_remove(&s->disk);
        print_message("a disk can be mounted by root only\n");
        skip();
    }
    assert_int_equal(setenv("TMPDIR", s->disk.dir.path, 1), 0);
    s->house = house_make("");
    assert_int_equal(setenv("KEYWARD_GUARD_AUDIT_DISK_FREE_PERCENT", free_percent, 1), 0);
    house_start(s->house);
    assert_int_equal(unsetenv("KEYWARD_GUARD_AUDIT_DISK_FREE_PERCENT"), 0);
    house_register(s->house);
}

static void close_scene(scene *s)
{
    house_free(s->house);
    small_disk_remove(&s->disk);
    if (s->tmpdir == NULL) {
        assert_int_equal(unsetenv("TMPDIR"), 0);
    } else {
        assert_int_equal(setenv("TMPDIR", s->tmpdir, 1), 0);
        free(s->tmpdir);
    }
}

static void expect_answer(house *h, house_who who, const char *line, int status, const char *code)
{
    wire_peer peer;
    wire_response response = {0};
    house_dial(h, &peer, who);
    assert_true(house_ask(h, &peer, &response, who, line));
    if (status != 200) {
        house_expect_problem(&response, status, code);
        assert_true(wire_field(&response, "retry-after").len > 0);
    }
    assert_int_equal(response.status, status);
    wire_response_drop(&response);
    wire_close(&peer);
}

static void full_disk__refuses_changes_and_serves_on(void **state)
{
    (void)state;
    scene s = {0};
    open_scene(&s, "0");
    house *h = s.house;
    expect_answer(h, HOUSE_OFFICER, "POST /v1/emtp/keys/rotate", 200, NULL);
    small_disk_fill(&s.disk);
    expect_answer(h, HOUSE_OFFICER, "POST /v1/emtp/keys/rotate", 503, "no_space");
    /* The segment of the audit log is reserved, so that keys are still served, and recorded. */
    expect_answer(h, HOUSE_CLINIC, "GET /keys", 200, NULL);
    expect_answer(h, HOUSE_CLINIC, "GET /v1/emtp/info", 200, NULL);
    expect_answer(h, HOUSE_CLINIC, "GET /v1/emtp/stp/keys?hold=0", 200, NULL);
    small_disk_free(&s.disk);
    expect_answer(h, HOUSE_OFFICER, "POST /v1/emtp/keys/rotate", 200, NULL);
    house_stop(h);
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_NOBODY,
              "audit verify %/data/audit --vkey-file %/data/audit/vkey");
    process_result_drop(&result);
    close_scene(&s);
}

static void disk_below_the_floor__stops_what_is_audited_only(void **state)
{
    (void)state;
    scene s = {0};
    open_scene(&s, "5");
    house *h = s.house;
    expect_answer(h, HOUSE_CLINIC, "GET /keys", 200, NULL);
    small_disk_fill(&s.disk);
    house_wait_for_status(h, HOUSE_CLINIC, "/keys", 503);
    expect_answer(h, HOUSE_CLINIC, "GET /keys", 503, "audit_unavailable");
    expect_answer(h, HOUSE_OFFICER, "POST /v1/emtp/keys/rotate", 503, "audit_unavailable");
    expect_answer(h, HOUSE_CLINIC, "GET /v1/emtp/info", 200, NULL);
    expect_answer(h, HOUSE_CLINIC, "GET /v1/emtp/stp/keys?hold=0", 200, NULL);
    small_disk_free(&s.disk);
    house_wait_for_status(h, HOUSE_CLINIC, "/keys", 200);
    expect_answer(h, HOUSE_OFFICER, "POST /v1/emtp/keys/rotate", 200, NULL);
    house_stop(h);
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_NOBODY,
              "audit verify %/data/audit --vkey-file %/data/audit/vkey");
    process_result_drop(&result);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_disk__refuses_changes_and_serves_on),
        cmocka_unit_test(disk_below_the_floor__stops_what_is_audited_only),
    };
    return cmocka_run_group_tests_name("fault/daemon_disk", tests, NULL, NULL);
}
