/* SPDX-License-Identifier: Apache-2.0
 * Operators as processes, and a client with the real commands: it finds the key to pin, encrypts
 * offline, decrypts with one operator down, and in a later epoch. */
#include "os/file.h"

#include "support/committee.h"
#include "support/expect.h"
#include "support/json_tree.h"

#include <stdio.h>
#include <stdlib.h>

#define WHO "--cluster %/cluster.json --operators %/operators.json --ca %/pki/peers.pem "

typedef struct desk {
    committee *c;
    house *h; /* whose folder the client works in */
    process_result result;
    char pinned[600]; /* WHO, and the key */
} desk;

/* Runs `keyward <words> <options>` as a client without a name. */
static void run(desk *d, int exit_code, const char *words, const char *options)
{
    char line[2000];
    (void)snprintf(line, sizeof line, "%s %s", words, options);
    house_run(d->h, &d->result, exit_code, HOUSE_NOBODY, line);
}

static void expect_file(desk *d, const char *name, kw_str text)
{
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&file, house_path(d->h, name).text, NULL));
    EXPECT_SPAN(kw_buf_view(&file), kw_span_of_str(text));
    EXPECT_OK(kw_file_remove(house_path(d->h, name).text, NULL));
}

static bool says(const desk *d, const char *text)
{
    return memmem(d->result.out.ptr, d->result.out.len, text, strlen(text)) != NULL;
}

static int set_up(void **state)
{
    static desk d;
    committee_plan plan = {.count = 4, .genesis = 4, .suite = 2, .interval_s = 8};
    d = (desk){.c = committee_make(&plan)};
    d.h = d.c->houses[0];
    for (uint32_t i = 0; i < plan.count; i++) {
        committee_start(d.c, i);
    }
    committee_list(d.c, 0xf);
    for (uint32_t i = 0; i < plan.count; i++) {
        (void)committee_wait_epoch(d.c, i, 1);
    }
    house_write(d.h, "text", kw_span_of_str(KW_STR("all salaries")));
    *state = &d;
    return 0;
}

static int tear_down(void **state)
{
    desk *d = *state;
    process_result_drop(&d->result);
    committee_free(d->c);
    return 0;
}

/* What is shown without a pin is proven by the genesis operators, and is the key to pin. */
static void find_pin(desk *d)
{
    run(d, 1, "epoch show --json", WHO);
    kw_json *root = json_tree_parse(kw_buf_text(&d->result.out));
    EXPECT_STR(json_tree_text(root, "trust"),
               "the genesis operators voted for it; no key is pinned");
    kw_str key = json_tree_text(root, "master_key");
    assert_int_equal(key.len, 192);
    (void)snprintf(d->pinned, sizeof d->pinned, "%s--master-key %.*s", WHO, KW_STR_ARG(key));
    kw_json_free(root);
    run(d, 0, "epoch show --seen %/seen.json --out %/epoch.kwc", d->pinned);
    assert_true(says(d, "trust: sealed by the pinned key\n"));
}

static void verify_offline(desk *d)
{
    char words[600];
    const char *key = strstr(d->pinned, "--master-key");
    (void)snprintf(words, sizeof words, "epoch verify %%/epoch.kwc --cluster %%/cluster.json %s",
                   key);
    run(d, 0, words, "");
    assert_true(says(d, "verdict: certified\n"));
    (void)snprintf(words, sizeof words,
                   "app encrypt --app payroll --in %%/text --out %%/sealed --cluster "
                   "%%/cluster.json %s",
                   key);
    run(d, 0, words, "");
}

static void decrypt(desk *d, const char *options)
{
    char words[200];
    (void)snprintf(words, sizeof words, "app decrypt --in %%/sealed --out %%/again %s", options);
    run(d, 0, words, d->pinned);
    expect_file(d, "again", KW_STR("all salaries"));
}

static void derive(desk *d, kw_buf *out)
{
    run(d, 0, "app derive %/derived --app payroll --label disk-1", d->pinned);
    EXPECT_OK(kw_file_read(out, house_path(d->h, "derived").text, NULL));
    EXPECT_OK(kw_file_remove(house_path(d->h, "derived").text, NULL));
    assert_int_equal(out->len, 32);
}

static void client__reads_through_failures_and_epochs(void **state)
{
    desk *d = *state;
    KW_AUTO(kw_buf) key = kw_buf_init(64);
    KW_AUTO(kw_buf) later = kw_buf_init(64);
    find_pin(d);
    verify_offline(d);
    run(d, 66, "app decrypt --in %/sealed --out %/again", d->pinned); /* nobody knows it yet */
    for (uint32_t i = 0; i < d->c->plan.count; i++) {
        house_run(d->c->houses[i], &d->result, 0, HOUSE_SECURITY,
                  "app register payroll --access open");
    }
    decrypt(d, "");
    derive(d, &key);
    house_kill(d->c->houses[3]);
    decrypt(d, "--json");
    uint64_t epoch = committee_wait_epoch(d->c, 0, 1);
    (void)committee_wait_epoch(d->c, 0, epoch + 1);
    decrypt(d, "");
    derive(d, &later);
    EXPECT_SPAN(kw_buf_view(&later), kw_buf_view(&key));
    run(d, 0, "epoch show --seen %/seen.json", d->pinned);
    assert_true(says(d, " down "));
    house_kill(d->c->houses[2]);
    run(d, 75, "app decrypt --in %/sealed --out %/again", d->pinned); /* two of four */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(client__reads_through_failures_and_epochs, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("e2e/app_crypt", tests, NULL, NULL);
}
