/* SPDX-License-Identifier: Apache-2.0
 * An operator loses its machine: out of a backup that was made while it ran it comes back as a
 * receiver, gets a share, and signs with it. What it was before, it never goes on from. */
#include "os/file.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/seeded_rng.h"
#include "threshold/operator_key_file.h"

#include <stdio.h>
#include <unistd.h>

enum {
    LOST = 3, /* which house */
    ARGS_MAX = 24,
};

#define WHO "--cluster %/cluster.json --operators %/operators.json --ca %/pki/peers.pem "

typedef struct desk {
    committee *c;
    process_result result;
    char pinned[600]; /* WHO, and the key */
} desk;

/* ---- the node before ---- */

/* Its key is one that a passphrase opens. */
static void seal_key(desk *d)
{
    house *h = d->c->houses[LOST];
    seeded_rng seeded = {.seed = 5};
    kw_operator_secret *secret = NULL;
    KW_AUTO(kw_secret32) bytes = {0};
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 10);
    tempdir_path path = house_path(h, "data/sealed.key");
    const kw_operator_key_lock lock = {.passphrase =
                                           kw_secret_span_of(kw_span_of_str(KW_STR("of the key"))),
                                       .cost = {.memory_kib = 8, .passes = 1},
                                       .rng = seeded_rng_port(&seeded)};
    EXPECT_OK(kw_secret32_of(&bytes, kw_secret_span_of(KW_SPAN(d->c->file.peers[LOST].secret))));
    EXPECT_OK(kw_operator_secret_of(&secret, d->c->file.peers[LOST].curve, &bytes));
    EXPECT_OK(kw_operator_key_file_write(path.text, secret, &lock, NULL));
    kw_operator_secret_free(secret);
    EXPECT_OK(kw_file_read(&file, path.text, NULL));
    EXPECT_OK(kw_file_remove(path.text, NULL));
    house_write(h, "data/operator.key", kw_buf_view(&file));
    house_write(h, "data/passphrase", kw_span_of_str(KW_STR("of the key")));
    house_write(h, "data/backup.passphrase", kw_span_of_str(KW_STR("of the backup")));
    house_write(h, "data/wrong.passphrase", kw_span_of_str(KW_STR("of another one")));
}

/* Replaces text in a file of the node. */
static void edit(house *h, const char *name, const char *from, const char *to)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) edited = kw_buf_init(1 << 20);
    const char *whole = NULL;
    EXPECT_OK(kw_file_read(&text, house_path(h, name).text, NULL));
    EXPECT_OK(kw_buf_c_text(&text, &whole));
    const char *found = strstr(whole, from);
    assert_non_null(found);
    EXPECT_OK(kw_buf_append_format(&edited, "%.*s%s%s", (int)(found - whole), whole, to,
                                   found + strlen(from)));
    house_write(h, name, kw_buf_view(&edited));
}

static void configure(desk *d)
{
    house *h = d->c->houses[LOST];
    char lines[600];
    seal_key(d);
    (void)snprintf(lines, sizeof lines, "key: sealed\n  passphrase_file: %s",
                   house_path(h, "data/passphrase").text);
    edit(h, "config.yaml", "key: raw", lines);
}

/* Client commands, in the folder of the first house. */
static void run_client(desk *d, const char *words, const char *options)
{
    char line[2000];
    (void)snprintf(line, sizeof line, "%s %s", words, options);
    house_run(d->c->houses[0], &d->result, 0, HOUSE_NOBODY, line);
}

/* The key of the cluster: the client pins it, and so does the node that will be lost. */
static void pin(desk *d)
{
    char member[300];
    char line[1000];
    (void)snprintf(line, sizeof line, "epoch show --json %s", WHO);
    house_run(d->c->houses[0], &d->result, 1, HOUSE_NOBODY, line);
    kw_json *root = json_tree_parse(kw_buf_text(&d->result.out));
    kw_str key = json_tree_text(root, "master_key");
    assert_int_equal(key.len, 192);
    (void)snprintf(d->pinned, sizeof d->pinned, "%s--master-key %.*s", WHO, KW_STR_ARG(key));
    (void)snprintf(member, sizeof member, "{\"master_key\":\"%.*s\",", KW_STR_ARG(key));
    edit(d->c->houses[LOST], "cluster.json", "{", member);
    kw_json_free(root);
}

static void encrypt(desk *d)
{
    for (uint32_t i = 0; i < d->c->plan.count; i++) {
        house_run(d->c->houses[i], &d->result, 0, HOUSE_SECURITY,
                  "app register payroll --access open");
    }
    house_write(d->c->houses[0], "text", kw_span_of_str(KW_STR("all salaries")));
    run_client(d, "app encrypt --app payroll --in %/text --out %/sealed --cluster %/cluster.json",
               strstr(d->pinned, "--master-key"));
}

/* ---- the commands ---- */

/* `keyward <words>` as the user to whom the data of the lost house belong; "%" is its folder. */
static void run_node(desk *d, int exit_code, const char *words, const char *says)
{
    static const char *const as_service[] = {"setpriv", "--reuid=nobody", "--clear-groups", "--"};
    const char *argv[ARGS_MAX] = {0};
    char texts[ARGS_MAX][600];
    size_t count = 0;
    for (; geteuid() == 0 && count < KW_COUNT(as_service); count++) {
        argv[count] = as_service[count];
    }
    argv[count++] = KW_BIN_DIR "/keyward";
    kw_str rest = kw_str_of(words);
    while (rest.len > 0) {
        kw_str word = {0};
        assert_true(count + 1 < ARGS_MAX);
        (void)kw_str_split(rest, ' ', &word, &rest);
        bool is_path = word.len > 0 && word.ptr[0] == '%';
        (void)snprintf(texts[count], sizeof texts[count], "%s%.*s",
                       is_path ? d->c->houses[LOST]->dir.path : "",
                       (int)(word.len - (is_path ? 1 : 0)), word.ptr + (is_path ? 1 : 0));
        argv[count] = texts[count];
        count++;
    }
    process_expect(&d->result, exit_code, argv, (kw_str){0});
    bool is_said = memmem(d->result.out.ptr, d->result.out.len, says, strlen(says)) != NULL ||
                   memmem(d->result.err.ptr, d->result.err.len, says, strlen(says)) != NULL;
    if (!is_said) {
        fail_msg("%s: no %s in %.*s%.*s", words, says, (int)d->result.out.len,
                 (const char *)d->result.out.ptr, (int)d->result.err.len,
                 (const char *)d->result.err.ptr);
    }
}

#define BACKUP                                                         \
    "node backup %/node.kwb --config %/config.yaml --passphrase-file " \
    "%/data/backup.passphrase --with-tls --kdf-memory-kib 64"
#define RESTORE "node restore %/node.kwb --passphrase-file %/data/backup.passphrase"

/* Everything but the passphrases, the key of other sealed rows, and the backup. */
static void lose_machine(desk *d)
{
    static const char *const names[] = {"config.yaml",  "cluster.json", "operators.json",
                                        "pki/peer.key", "pki/peer.pem", "pki/server.key"};
    tempdir_path data = house_path(d->c->houses[LOST], "data");
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        EXPECT_OK(kw_file_remove(house_path(d->c->houses[LOST], names[i]).text, NULL));
    }
    const char *const argv[] = {"find",        data.text, "-type", "f",        "-not",    "-name",
                                "*passphrase", "-not",    "-name", "seal.key", "-delete", NULL};
    process_expect(&d->result, 0, argv, (kw_str){0});
}

/* ---- the case ---- */
static void expect_no_fraud(desk *d, uint32_t at)
{
    char url[256];
    const char *text = NULL;
    (void)snprintf(url, sizeof url, "%s/health", d->c->houses[at]->metrics_url);
    house_request request = {.who = HOUSE_NOBODY, .method = "GET", .url = url};
    assert_int_equal(house_call(d->c->houses[at], &d->result, &request), 200);
    EXPECT_OK(kw_buf_c_text(&d->result.out, &text));
    assert_non_null(strstr(text, "\"frauds\":0"));
}

static void begin(desk *d)
{
    configure(d);
    for (uint32_t i = 0; i < d->c->plan.count; i++) {
        committee_start(d->c, i);
    }
    committee_list(d->c, 0xf);
    for (uint32_t i = 0; i < d->c->plan.count; i++) {
        (void)committee_wait_epoch(d->c, i, 1);
    }
    pin(d);
    encrypt(d);
}

/* All have a share of one epoch: with one of them gone the others can go on. */
static void settle(desk *d)
{
    uint64_t epoch = committee_wait_epoch(d->c, 0, 1);
    for (uint32_t i = 1; i < d->c->plan.count; i++) {
        (void)committee_wait_epoch(d->c, i, epoch);
    }
}

/* While the node lives, and while its store does, nothing goes over it. */
static void refuse(desk *d)
{
    run_node(d, kw_status_exit_code(KW_BUSY), RESTORE " --confirm", "stop the daemon first");
    settle(d);
    house_kill(d->c->houses[LOST]);
    run_node(d, kw_status_exit_code(KW_REFUSED), RESTORE " --confirm",
             "an operator goes on from this store");
    run_node(d, kw_status_exit_code(KW_SEALED),
             "node restore %/node.kwb --passphrase-file %/data/wrong.passphrase --confirm",
             "passphrase of the backup is wrong");
}

/* With another operator down its part is one of the three that a signature needs. */
static void expect_signature(desk *d)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 10);
    house_kill(d->c->houses[1]);
    run_client(d, "app decrypt --in %/sealed --out %/again", d->pinned);
    EXPECT_OK(kw_file_read(&text, house_path(d->c->houses[0], "again").text, NULL));
    EXPECT_SPAN(kw_buf_view(&text), kw_span_of_str(KW_STR("all salaries")));
}

static void node__comes_back_from_its_backup_as_a_receiver(void **state)
{
    (void)state;
    const committee_plan plan = {.count = 4, .genesis = 4, .suite = 2, .interval_s = 8};
    desk d = {.c = committee_make(&plan)};
    begin(&d);
    run_node(&d, 0, BACKUP, "operator_key: in it");
    refuse(&d);
    lose_machine(&d);
    uint64_t then = committee_wait_epoch(d.c, 0, 1);
    (void)committee_wait_epoch(d.c, 0, then + 1); /* the backup is old now */
    run_node(&d, 0, RESTORE, "add --confirm");
    run_node(&d, 0, RESTORE " --confirm", "restored_at: 20");
    committee_start(d.c, LOST);
    committee_list(d.c, 0xf);
    uint64_t now = committee_wait_epoch(d.c, 0, 1);
    (void)committee_wait_epoch(d.c, LOST, now + 1);
    for (uint32_t i = 0; i < plan.count; i++) {
        expect_no_fraud(&d, i);
    }
    committee_expect_sound(d.c);
    expect_signature(&d);
    process_result_drop(&d.result);
    committee_free(d.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node__comes_back_from_its_backup_as_a_receiver),
    };
    return cmocka_run_group_tests_name("e2e/node_backup", tests, NULL, NULL);
}
