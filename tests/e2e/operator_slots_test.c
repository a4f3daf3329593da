/* SPDX-License-Identifier: Apache-2.0
 * One operator of four has its slots on a PKCS#11 token, which its sandbox lets it use while it
 * serves: old ones are gone from the token, and the cluster's key stays. */
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/sealed_text.h"
#include "support/softhsm.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HERE = 0, /* the house with the token */
    NAMES_MAX = 64,
    NAME_BYTES = 128, /* with a NUL: 127 are used */
};

typedef struct world {
    softhsm hsm;
    committee *c;
} world;

static world w;

/* Token and PIN are for one user: the daemon's, or while it is stopped that of this program. */
static void give_to(const char *user)
{
    const char *const argv[] = {"chown", "-R", user, w.hsm.dir.path, NULL};
    process_result result = {0};
    if (geteuid() == 0) {
        process_expect(&result, 0, argv, (kw_str){0});
    }
    process_result_drop(&result);
}

static void write_pin(const char *text)
{
    EXPECT_OK(kw_file_write_atomic(w.hsm.pin.text, kw_span_of_str(kw_str_of(text)), 0600, NULL));
    give_to("nobody");
}

/* In the configuration of the house: the place of its slots. */
static void name_token(void)
{
    static const char before[] = "  slots_dir: ";
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) edited = kw_buf_init(1 << 16);
    const char *whole = NULL;
    tempdir_path tokens = tempdir_join(&w.hsm.dir, "tokens");
    EXPECT_OK(kw_file_read(&text, house_path(w.c->houses[HERE], "config.yaml").text, NULL));
    EXPECT_OK(kw_buf_c_text(&text, &whole));
    const char *found = strstr(whole, before);
    assert_non_null(found);
    EXPECT_OK(kw_buf_append_format(&edited,
                                   "%.*s  slots: pkcs11\n  pkcs11_module: %s\n"
                                   "  pkcs11_label: slots\n  pkcs11_pin_file: %s\n"
                                   "  pkcs11_dir: %s\n%s",
                                   (int)(found - whole), whole, SOFTHSM_MODULE, w.hsm.pin.text,
                                   tokens.text, found));
    house_write(w.c->houses[HERE], "config.yaml", kw_buf_view(&edited));
}

static int set_up(void **state)
{
    (void)state;
    w.hsm = softhsm_make();
    softhsm_add(&w.hsm, "slots");
    committee_plan plan = {.count = 4, .genesis = 4, .suite = 2, .interval_s = 8};
    w.c = committee_make(&plan);
    name_token();
    give_to("nobody");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    committee_free(w.c);
    softhsm_drop(&w.hsm);
    return 0;
}

/* ---- starts that are refused ---- */
static void expect_refusal(kw_status st, const char *text)
{
    char wanted[64];
    tempdir_path config = house_path(w.c->houses[HERE], "config.yaml");
    const char *const argv[] = {KW_BIN_DIR "/keywardd", "--config", config.text, NULL};
    process_result result = {0};
    const char *said = NULL;
    (void)snprintf(wanted, sizeof wanted, "keywardd: %s: ", kw_status_name(st));
    process_run(&result, argv, (kw_str){0});
    EXPECT_OK(kw_buf_c_text(&result.err, &said));
    if (result.exit_code != kw_status_exit_code(st) || strstr(said, wanted) == NULL ||
        strstr(said, text) == NULL) {
        fail_msg("%d %s", result.exit_code, said);
    }
    process_result_drop(&result);
}

static void token__is_needed_to_start(void **state)
{
    (void)state;
    tempdir_path tokens = tempdir_join(&w.hsm.dir, "tokens");
    tempdir_path away = tempdir_join(&w.hsm.dir, "away");
    assert_int_equal(rename(tokens.text, away.text), 0);
    expect_refusal(KW_UNAVAILABLE, "opening the token of the slots");
    EXPECT_OK(kw_dir_make(tokens.text, 0700, NULL));
    give_to("nobody");
    expect_refusal(KW_NOT_FOUND, "no token \"slots\"");
    EXPECT_OK(kw_dir_remove(tokens.text, NULL));
    assert_int_equal(rename(away.text, tokens.text), 0);
    write_pin("4321-user\n");
    expect_refusal(KW_SEALED, "opening the token of the slots");
    assert_int_equal(unlink(w.hsm.pin.text), 0);
    expect_refusal(KW_SEALED, "the token's PIN");
    write_pin(SOFTHSM_PIN "\n");
}

/* ---- one that serves ---- */
typedef struct names {
    char items[NAMES_MAX][NAME_BYTES];
    size_t count;
} names;

static kw_status add_name(void *ctx, kw_str name)
{
    names *list = ctx;
    assert_true(list->count < NAMES_MAX && name.len < NAME_BYTES);
    memcpy(list->items[list->count++], name.ptr, name.len);
    return KW_OK;
}

/* Slots on the token, while the daemon is stopped. */
static names list_slots(void)
{
    names list = {.count = 0};
    kw_hsm_options options = softhsm_options(&w.hsm, "slots");
    KW_AUTO_PTR(kw_hsm) token = NULL;
    give_to("root");
    EXPECT_OK(kw_hsm_open(&token, &options, NULL));
    EXPECT_OK(kw_hsm_list(token, KW_STR("slot "), add_name, &list, NULL));
    give_to("nobody");
    return list;
}

static size_t count_common(const names *a, const names *b)
{
    size_t count = 0;
    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            count += strcmp(a->items[i], b->items[k]) == 0;
        }
    }
    return count;
}

static void expect_shown(const char *path, const char *wanted)
{
    char url[256];
    process_result result = {0};
    const char *text = NULL;
    (void)snprintf(url, sizeof url, "%s%s", w.c->houses[HERE]->metrics_url, path);
    assert_int_equal(house_get(w.c->houses[HERE], &result, HOUSE_NOBODY, url), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    if (strstr(text, wanted) == NULL) {
        fail_msg("no %s in %s", wanted, text);
    }
    process_result_drop(&result);
}

/* To whoever asks the cluster: one token, three folders. */
static void expect_erasures(const sealed_text *sealed)
{
    char line[600];
    size_t hardware = 0;
    process_result result = {0};
    (void)snprintf(line, sizeof line,
                   "cluster status --json --cluster %%/cluster.json --operators %%/operators.json "
                   "--ca %%/pki/peers.pem --master-key %s",
                   sealed->master_key);
    house_wait(w.c->houses[HERE], &result, HOUSE_NOBODY, line, "\"serving\":4");
    kw_json *root = json_tree_parse(kw_buf_text(&result.out));
    const kw_json *rows = json_tree_at(root, "operators");
    for (size_t i = 0; i < 4; i++) {
        hardware +=
            kw_str_equal(json_tree_text(kw_json_item(rows, i), "erasure"), KW_STR("hardware"));
    }
    assert_int_equal(hardware, 1);
    kw_json_free(root);
    process_result_drop(&result);
}

static void wait_all(uint64_t epoch)
{
    for (uint32_t i = 0; i < w.c->plan.count; i++) {
        (void)committee_wait_epoch(w.c, i, epoch);
    }
}

static void start_here(void)
{
    committee_start(w.c, HERE);
    committee_list(w.c, 0xf);
}

static void slots__of_old_epochs_are_gone_from_the_token(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < w.c->plan.count; i++) {
        committee_start(w.c, i);
    }
    committee_list(w.c, 0xf);
    wait_all(1);
    sealed_text sealed = sealed_text_make(w.c);
    expect_shown("/health", "\"erasure\":\"hardware\"");
    expect_erasures(&sealed);
    uint64_t epoch = committee_newest(w.c, HERE);
    house_stop(w.c->houses[HERE]);
    names first = list_slots();
    assert_true(first.count >= 2); /* the lasting one and that of a share */
    start_here();
    wait_all(epoch +
             4); /* it reshapes at least twice, and erases what is older than the last two */
    house_stop(w.c->houses[HERE]);
    names later = list_slots();
    assert_true(later.count >= 2);
    assert_int_equal(count_common(&first, &later), 1); /* the lasting one */
    start_here();
    wait_all(epoch + 6);
    /* With one of the others down the share of this one is needed. */
    house_stop(w.c->houses[3]);
    sealed_text_expect_opens(w.c, &sealed);
    committee_expect_sound(w.c);
    committee_start(w.c, 3);
    committee_list(w.c, 0xf);
}

/* ---- a token that refuses ---- */
static void wait_until_shown(const char *wanted)
{
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    char url[256];
    (void)snprintf(url, sizeof url, "%s/health", w.c->houses[HERE]->metrics_url);
    for (const char *text = ""; strstr(text, wanted) == NULL;) {
        process_result result = {0};
        assert_true(kw_monotonic_ns() < end_ns);
        assert_int_equal(house_get(w.c->houses[HERE], &result, HOUSE_NOBODY, url), 200);
        EXPECT_OK(kw_buf_c_text(&result.out, &text));
        text = strstr(text, wanted) == NULL ? "" : wanted;
        process_result_drop(&result);
    }
}

static void operator__is_blocked_while_the_token_takes_nothing(void **state)
{
    (void)state;
    char folder[1024] = "";
    KW_AUTO(kw_dir_names) list = {0};
    tempdir_path tokens = tempdir_join(&w.hsm.dir, "tokens");
    EXPECT_OK(kw_dir_list(&list, tokens.text, NULL));
    assert_int_equal(list.count, 1);
    (void)snprintf(folder, sizeof folder, "%s/%s", tokens.text, list.names[0]);
    wait_until_shown("\"condition\":\"serving\"");
    assert_int_equal(chmod(folder, 0500), 0);
    wait_until_shown("\"condition\":\"blocked\"");
    assert_int_equal(chmod(folder, 0700), 0);
    wait_until_shown("\"condition\":\"serving\"");
    uint64_t epoch = committee_newest(w.c, HERE);
    wait_all(epoch + 2);
    committee_expect_sound(w.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token__is_needed_to_start),
        cmocka_unit_test(slots__of_old_epochs_are_gone_from_the_token),
        cmocka_unit_test(operator__is_blocked_while_the_token_takes_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
