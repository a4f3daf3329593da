/* SPDX-License-Identifier: Apache-2.0
 * An operator that lost its slots comes back, gets a share again, and convicts nobody, itself
 * neither. */
#include "os/file.h"
#include "support/committee.h"
#include "support/expect.h"

#include <stdio.h>
#include <unistd.h>

enum {
    LOST = 3, /* which house */
};

static void run(const char *const *argv)
{
    process_result result = {0};
    process_expect(&result, 0, argv, (kw_str){0});
    process_result_drop(&result);
}

/* The slots are gone, as after a restored backup. */
static void lose_slots(committee *c)
{
    tempdir_path slots = house_path(c->houses[LOST], "data/slots");
    const char *const argv[] = {"find", slots.text, "-type", "f", "-delete", NULL};
    run(argv);
}

static void pin(committee *c)
{
    static const char name[] = "\"masterPublicKey\":\"";
    process_result result = {0};
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    const char *text = NULL;
    tempdir_path path = house_path(c->houses[LOST], "cluster.json");
    assert_int_equal(committee_get(c, 0, "/pubkey", &result), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *found = strstr(text, name);
    assert_non_null(found);
    EXPECT_OK(kw_file_read(&json, path.text, NULL));
    while (json.len > 0 && json.ptr[json.len - 1] != '}') {
        json.len--;
    }
    assert_true(json.len > 0);
    json.len--; /* the brace */
    EXPECT_OK(kw_buf_append_format(&json, ",\"master_key\":\"%.192s\"}", found + strlen(name)));
    house_write(c->houses[LOST], "cluster.json", kw_buf_view(&json));
    process_result_drop(&result);
}

/* `keyward node rejoin`, as the user to whom the data belong. */
static void rejoin(committee *c)
{
    tempdir_path config = house_path(c->houses[LOST], "config.yaml");
    const char *const argv[] = {
        "setpriv", "--reuid=nobody", "--clear-groups", "--",        KW_BIN_DIR "/keyward",
        "node",    "rejoin",         "--config",       config.text, "--confirm",
        NULL};
    run(geteuid() == 0 ? argv : argv + 4);
}

static void expect_no_fraud(committee *c, uint32_t at)
{
    char url[256];
    const char *text = NULL;
    process_result result = {0};
    (void)snprintf(url, sizeof url, "%s/health", c->houses[at]->metrics_url);
    house_request request = {.who = HOUSE_NOBODY, .method = "GET", .url = url};
    assert_int_equal(house_call(c->houses[at], &result, &request), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    assert_non_null(strstr(text, "\"frauds\":0"));
    process_result_drop(&result);
}

static void rejoin__brings_an_operator_back(void **state)
{
    (void)state;
    committee_plan plan = {.count = 4, .genesis = 4, .suite = 2, .interval_s = 8};
    committee *c = committee_make(&plan);
    for (uint32_t i = 0; i < plan.count; i++) {
        committee_start(c, i);
    }
    committee_list(c, 0xf);
    for (uint32_t i = 0; i < plan.count; i++) {
        (void)committee_wait_epoch(c, i, 1);
    }
    pin(c);
    house_stop(c->houses[LOST]);
    lose_slots(c);
    rejoin(c);
    committee_start(c, LOST);
    committee_list(c, 0xf);
    uint64_t now = committee_wait_epoch(c, 0, 1);
    (void)committee_wait_epoch(c, LOST, now + 1);
    for (uint32_t i = 0; i < plan.count; i++) {
        expect_no_fraud(c, i);
    }
    committee_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejoin__brings_an_operator_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
