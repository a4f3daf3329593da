/* SPDX-License-Identifier: Apache-2.0
 * A client and operators that fail it: one that lies, hangs, is stopped or gives what it gave in an
 * earlier epoch, and operators that come and go. What was encrypted is decrypted all the same. */
#include "os/clock.h"
#include "os/file.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/silent_port.h"
#include "support/tls_peer.h"
#include "support/token_mint.h"

#include <inttypes.h>
#include <stdio.h>

/* As the client knows the cluster: whom it asks is in asked.json, which tests rewrite. */
#define ASK     "--cluster %/pinned.json --operators %/asked.json --ca %/asked.pem"
#define DECRYPT "app decrypt --in %/sealed --out %/again " ASK

enum {
    COUNT = 5, /* houses; the last is none of the first operators */
    FOUR = 0xf,
    ANSWER_BYTES_MAX = 1024,
    LIAR = 3, /* whose place somebody else takes */
};

typedef struct desk {
    committee *c;
    house *h; /* whose folder the client works in */
    process_result result;
    token_mint mint;
    tempdir dir; /* of who poses as an operator */
    tls_peer *pose;
    char said[ANSWER_BYTES_MAX]; /* by it */
    kw_buf shown;                /* certificate of the newest epoch */
} desk;

static void run(desk *d, int exit_code, const char *words)
{
    house_run(d->h, &d->result, exit_code, HOUSE_NOBODY, words);
}

static bool says(const kw_buf *output, const char *text)
{
    return memmem(output->ptr, output->len, text, strlen(text)) != NULL;
}

/* ---- whom the client asks ---- */

/* Houses of the bits; house LIAR at `url`, NULL: at its own. */
static void list_asked(desk *d, uint32_t members, const char *url)
{
    kw_operator_row rows[COUNT];
    kw_operator_rows list = {rows, 0};
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    for (uint32_t i = 0; i < COUNT; i++) {
        if ((members >> i & 1) != 0) {
            rows[list.count] = d->c->file.items[i];
            if (i == LIAR && url != NULL) {
                rows[list.count].public_url = kw_str_of(url);
            }
            list.count++;
        }
    }
    EXPECT_OK(kw_operators_encode(&json, list));
    house_write(d->h, "asked.json", kw_buf_view(&json));
}

static void append_file(kw_buf *out, const char *path)
{
    KW_AUTO(kw_buf) one = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&one, path, NULL));
    EXPECT_OK(kw_buf_append(out, kw_buf_view(&one)));
}

/* Somebody in the place of house LIAR, who says `body` to each POST, and shows the certificate that
 * is the newest now. */
static void pose(desk *d, kw_span body)
{
    KW_AUTO(kw_buf) authorities = kw_buf_init(1 << 20);
    if (d->pose != NULL) {
        tls_peer_stop(d->pose);
    }
    int len = snprintf(d->said, sizeof d->said, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%.*s",
                       (int)body.len, (const char *)body.ptr);
    assert_in_range(len, 1, sizeof d->said - 1);
    d->pose = tls_peer_start(&d->dir, &(tls_peer_script){{d->said}, 1});
    assert_int_equal(committee_get(d->c, 1, "/epoch", &d->result), 200);
    kw_buf_clear(&d->shown);
    EXPECT_OK(kw_buf_append(&d->shown, kw_buf_view(&d->result.out)));
    tls_peer_on_get(d->pose, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                    kw_buf_view(&d->shown));
    append_file(&authorities, house_path(d->h, "pki/peers.pem").text);
    append_file(&authorities, tempdir_join(&d->dir, "ca.pem").text);
    house_write(d->h, "asked.pem", kw_buf_view(&authorities));
}

/* What a house really says to POST /app/sign; returns the epoch. */
static uint64_t part_of(desk *d, uint32_t at, kw_buf *out)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s/app/sign", d->c->houses[at]->public_url);
    house_request request = {
        .who = HOUSE_NOBODY, .method = "POST", .url = url, .body = "{\"appID\":\"payroll\"}"};
    assert_int_equal(house_call(d->c->houses[at], &d->result, &request), 200);
    EXPECT_OK(kw_buf_append(out, kw_buf_view(&d->result.out)));
    kw_json *root = json_tree_parse(kw_buf_text(out));
    int64_t epoch = 0;
    assert_true(kw_json_integer(kw_json_get(root, "version"), &epoch));
    kw_json_free(root);
    return (uint64_t)epoch;
}

/* ---- the cluster ---- */
static void wait_epoch(desk *d, uint32_t members, uint64_t epoch)
{
    for (uint32_t i = 0; i < COUNT; i++) {
        if ((members >> i & 1) != 0) {
            (void)committee_wait_epoch(d->c, i, epoch);
        }
    }
}

/* An epoch has just begun, and will last for nearly an interval. */
static void wait_next_epoch(desk *d)
{
    wait_epoch(d, FOUR, committee_newest(d->c, 1) + 1);
}

/* pinned.json: what the genesis operators prove. */
static void pin(desk *d)
{
    KW_AUTO(kw_buf) json = kw_buf_init(1 << 20);
    run(d, 1,
        "epoch show --json --cluster %/cluster.json --operators %/asked.json --ca %/asked.pem");
    kw_json *root = json_tree_parse(kw_buf_text(&d->result.out));
    kw_str key = json_tree_text(root, "master_key");
    assert_int_equal(key.len, 192);
    EXPECT_OK(kw_buf_append_format(&json, "{\"master_key\":\"%.*s\",", KW_STR_ARG(key)));
    kw_json_free(root);
    size_t start = json.len;
    append_file(&json, house_path(d->h, "cluster.json").text);
    assert_int_equal(json.ptr[start], '{');
    json.ptr[start] = ' ';
    house_write(d->h, "pinned.json", kw_buf_view(&json));
}

static void make_tokens(desk *d)
{
    KW_AUTO(kw_buf) keys = kw_buf_init(4096);
    d->mint = token_mint_make("k1", 1);
    token_mint_jwks(&d->mint, &keys);
    for (uint32_t i = 0; i < COUNT; i++) {
        house_write(d->c->houses[i], "jwks.json", kw_buf_view(&keys));
    }
}

static int set_up(void **state)
{
    static desk d;
    static const committee_plan plan = {.count = COUNT,
                                        .genesis = 4,
                                        .suite = 2,
                                        .interval_s = 8,
                                        .more = "  token_issuer: https://id.example\n"
                                                "  token_keys_file: %/jwks.json\n"};
    d = (desk){.c = committee_make(&plan), .dir = tempdir_make(), .shown = kw_buf_init(1 << 20)};
    d.h = d.c->houses[0];
    make_tokens(&d);
    for (uint32_t i = 0; i < COUNT; i++) {
        committee_start(d.c, i);
        house_run(d.c->houses[i], &d.result, 0, HOUSE_SECURITY,
                  "app register payroll --access open");
        house_run(d.c->houses[i], &d.result, 0, HOUSE_SECURITY,
                  "app register vault --access oidc --audience vault");
    }
    committee_list(d.c, FOUR);
    wait_epoch(&d, FOUR, 1);
    house_write(d.h, "text", kw_span_of_str(KW_STR("all salaries")));
    pose(&d, (kw_span){0});
    list_asked(&d, FOUR, NULL);
    pin(&d);
    run(&d, 0, "app encrypt --app payroll --in %/text --out %/sealed --cluster %/pinned.json");
    *state = &d;
    return 0;
}

static int tear_down(void **state)
{
    desk *d = *state;
    tls_peer_stop(d->pose);
    tempdir_remove(&d->dir);
    kw_buf_drop(&d->shown);
    process_result_drop(&d->result);
    committee_free(d->c);
    return 0;
}

static void expect_decrypted(desk *d, const char *options)
{
    char words[256];
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    tempdir_path again = house_path(d->h, "again");
    (void)snprintf(words, sizeof words, "%s%s", DECRYPT, options);
    run(d, 0, words);
    EXPECT_OK(kw_file_read(&file, again.text, NULL));
    EXPECT_STR(kw_buf_text(&file), "all salaries");
    EXPECT_OK(kw_file_remove(again.text, NULL));
}

/* Who is needed and fails is named, and no file is left. */
static void expect_refusal(desk *d, int exit_code, const char *options, const char *name)
{
    char words[256];
    kw_file_info info;
    (void)snprintf(words, sizeof words, "%s%s", DECRYPT, options);
    run(d, exit_code, words);
    assert_true(says(&d->result.err, name));
    EXPECT_STATUS(kw_file_stat(&info, house_path(d->h, "again").text, NULL), KW_NOT_FOUND);
}

/* ---- faults ---- */

/* The part of house 2 in its name. */
static void one_that_lies(desk *d)
{
    KW_AUTO(kw_buf) body = kw_buf_init(ANSWER_BYTES_MAX);
    wait_next_epoch(d);
    (void)part_of(d, 2, &body);
    char *address = memmem(body.ptr, body.len, d->c->file.addresses[2], 42);
    assert_non_null(address);
    memcpy(address, d->c->file.addresses[LIAR], 42);
    pose(d, kw_buf_view(&body));
    list_asked(d, FOUR, tls_peer_url(d->pose));
    expect_decrypted(d, "");
    list_asked(d, 0xb, tls_peer_url(d->pose)); /* without house 2 it is needed */
    expect_refusal(d, 75, "", " is lying (unauthenticated)\n");
}

static void one_that_hangs(desk *d)
{
    silent_port silent = silent_port_open();
    list_asked(d, FOUR, silent.url);
    expect_decrypted(d, "");
    assert_true(says(&d->result.out, " slow "));
    list_asked(d, 0xb, silent.url);
    expect_refusal(d, 75, " --timeout 2000", " is down (timed_out)\n");
    silent_port_close(&silent);
}

/* What it said before the others went on, as it was, and as if it were of now. */
static void one_that_stays_in_an_earlier_epoch(desk *d)
{
    KW_AUTO(kw_buf) old = kw_buf_init(ANSWER_BYTES_MAX);
    KW_AUTO(kw_buf) forged = kw_buf_init(ANSWER_BYTES_MAX);
    KW_AUTO(kw_buf) fresh = kw_buf_init(ANSWER_BYTES_MAX);
    uint64_t epoch = part_of(d, LIAR, &old);
    wait_epoch(d, FOUR, epoch + 1);
    pose(d, kw_buf_view(&old));
    list_asked(d, FOUR, tls_peer_url(d->pose));
    expect_decrypted(d, " --seen %/seen.json");
    list_asked(d, 0xb, tls_peer_url(d->pose));
    expect_refusal(d, 65, " --seen %/seen.json", " is behind (refused)\n");
    wait_next_epoch(d);
    uint64_t now = part_of(d, 2, &fresh);
    kw_str text = kw_buf_text(&old);
    const char *version = memmem(text.ptr, text.len, "\"version\":", 10);
    assert_non_null(version);
    EXPECT_OK(kw_buf_append_format(&forged, "%.*s\"version\":%" PRIu64 "}",
                                   (int)(version - text.ptr), text.ptr, now));
    pose(d, kw_buf_view(&forged));
    list_asked(d, 0xb, tls_peer_url(d->pose));
    expect_refusal(d, 75, "", " is lying (unauthenticated)\n");
    list_asked(d, FOUR, tls_peer_url(d->pose));
    expect_decrypted(d, " --seen %/seen.json");
}

static void f_that_are_stopped(desk *d)
{
    list_asked(d, FOUR, NULL);
    house_kill(d->c->houses[LIAR]);
    expect_decrypted(d, "");
    committee_start(d->c, LIAR);
    committee_list(d->c, FOUR);
}

/* House 0 leaves, the last one joins. A client that still asks those of before gets its text, too:
 * who left has nothing to give, and does no harm. Who joined has nothing to give before, and gives
 * its part later also to who asks about a time before. */
static void a_leaver_and_a_joiner(desk *d)
{
    const uint32_t then = FOUR & ~1U, joiner = 1U << (COUNT - 1), all = then | joiner;
    char about[64];
    kw_clock clock = kw_clock_system();
    uint64_t epoch = committee_wait_epoch(d->c, 1, 1);
    (void)snprintf(about, sizeof about, " --attestation-time %" PRId64,
                   kw_clock_now_ms(&clock) / 1000);
    list_asked(d, 6 | joiner, NULL);
    expect_refusal(d, 75, "", " is refusing (unavailable)\n");
    expect_refusal(d, 75, "", "they have no share yet: wait for the next epoch");
    committee_list(d->c, all);
    epoch = committee_wait_epoch(d->c, COUNT - 1, epoch + 1);
    wait_epoch(d, all, epoch);
    list_asked(d, all, NULL);
    expect_decrypted(d, " --seen %/seen.json");
    list_asked(d, 6 | joiner, NULL); /* it is needed */
    expect_decrypted(d, about);
    assert_true(says(&d->result.out, "\nattested_epoch: "));
    list_asked(d, FOUR, NULL);
    expect_decrypted(d, " --seen %/seen.json");
}

static void decrypt__works_after_each_fault(void **state)
{
    desk *d = *state;
    expect_decrypted(d, "");
    one_that_lies(d);
    one_that_hangs(d);
    one_that_stays_in_an_earlier_epoch(d);
    f_that_are_stopped(d);
    a_leaver_and_a_joiner(d);
    committee_expect_sound(d->c);
}

/* ---- tokens and times ---- */

/* token: of the client's own, that lasts so long. */
static void write_token(desk *d, int64_t lasts_s)
{
    KW_AUTO(kw_buf) token = kw_buf_init(4096);
    kw_clock clock = kw_clock_system();
    char claims[256];
    (void)snprintf(claims, sizeof claims,
                   "{\"iss\":\"https://id.example\",\"aud\":\"vault\",\"sub\":\"ann\","
                   "\"exp\":%" PRId64 "}",
                   kw_clock_now_ms(&clock) / 1000 + lasts_s);
    token_mint_sign(&d->mint, &token, NULL, claims);
    EXPECT_OK(
        kw_file_write_atomic(house_path(d->h, "token").text, kw_buf_view(&token), 0600, NULL));
}

static void derive__shows_a_token_and_tells_the_epoch_of_a_time(void **state)
{
    desk *d = *state;
    static const char words[] = "app derive %/key --app vault --label disk-1 " ASK;
    char line[256];
    kw_clock clock = kw_clock_system();
    run(d, 77, words);
    write_token(d, -600);
    (void)snprintf(line, sizeof line, "%s --token-file %%/token", words);
    run(d, 77, line);
    write_token(d, 600);
    (void)snprintf(line, sizeof line, "%s --token-file %%/token --attestation-time %" PRId64, words,
                   kw_clock_now_ms(&clock) / 1000);
    run(d, 0, line);
    assert_true(says(&d->result.out, "\nattested_epoch: "));
    EXPECT_OK(kw_file_remove(house_path(d->h, "key").text, NULL));
    (void)snprintf(line, sizeof line, "%s --token-file %%/token --attestation-time 1", words);
    run(d, 66, line); /* there was no epoch then */
}

/* ---- the library ---- */

/* Runs the program of examples/ from and to pipes; returns what it printed. */
static kw_span run_example(desk *d, const char *what, kw_str input)
{
    tempdir_path cluster = house_path(d->h, "pinned.json");
    tempdir_path operators = house_path(d->h, "asked.json");
    tempdir_path ca = house_path(d->h, "asked.pem");
    const char *const argv[] = {KW_BIN_DIR "/example-threshold_pipe",
                                what,
                                "payroll",
                                cluster.text,
                                operators.text,
                                ca.text,
                                NULL};
    process_expect(&d->result, 0, argv, input);
    return kw_buf_view(&d->result.out);
}

static void example__encrypts_and_decrypts_in_a_pipe(void **state)
{
    desk *d = *state;
    enum {
        BYTES = 200000,
    };
    KW_AUTO(kw_buf) text = kw_buf_init(BYTES);
    KW_AUTO(kw_buf) sealed = kw_buf_init(2 * BYTES);
    while (text.len < BYTES) {
        EXPECT_OK(kw_buf_append_byte(&text, (uint8_t)(text.len * text.len >> 8)));
    }
    EXPECT_OK(kw_buf_append(&sealed, run_example(d, "encrypt", kw_buf_text(&text))));
    assert_true(sealed.len > BYTES);
    EXPECT_SPAN(run_example(d, "decrypt", kw_buf_text(&sealed)), kw_buf_view(&text));
    assert_true(says(&d->result.err, "200000 out\n"));
    assert_true(says(&d->result.err, " is good\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derive__shows_a_token_and_tells_the_epoch_of_a_time),
        cmocka_unit_test(example__encrypts_and_decrypts_in_a_pipe),
        cmocka_unit_test(decrypt__works_after_each_fault),
    };
    return cmocka_run_group_tests_name("e2e/app_faults", tests, set_up, tear_down);
}
