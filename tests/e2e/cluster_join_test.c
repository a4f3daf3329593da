/* SPDX-License-Identifier: Apache-2.0
 * By the commands of docs/ops/cluster.md four operators begin a cluster, with a coin that they
 * flipped, and a fifth one joins four. */
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SCRIPT_BYTES_MAX = 4096,
    PORT_FIRST = 20000, /* below those that calls to others take */
    PORTS = 12000,
    WAIT_LIMIT_MS = 3 * PROCESS_LIMIT_MS, /* sessions abort while the machine is busy */
};

/* The cluster in cluster/, and what joins it in own/, which belongs to the daemon's user. */
static tempdir dir;
static tempdir_path programs;

#define KEYGEN                                                                              \
    "keyward node keygen operator.key --passphrase-file passphrase"                         \
    " --address 0x00112233445566778899aabbccddeeff00112233 --peer-url https://127.0.0.1:%u" \
    " --public-url https://127.0.0.1:%u --peer-cert ../cluster/node5.pem >node5.json"
#define JOIN_AS(certificate, key)                                                         \
    "keyward cluster join keywardd.yaml --cluster ../cluster/cluster.json"                \
    " --operators ../cluster/operators.json --entry node5.json --key-file operator.key"   \
    " --passphrase-file passphrase --ca ../cluster/ca.pem --cert ../cluster/" certificate \
    " --cert-key ../cluster/" key " --peer-network 127.0.0.0/8 --data-dir data"
#define JOIN JOIN_AS("node5.pem", "node5.key")
#define STATUS                                                                  \
    "keyward cluster status --cluster cluster/cluster.json --ca cluster/ca.pem" \
    " --operators cluster/operators.json"

/* Four operators in one folder, each for itself. P: before the first of their ports. */
#define FOUR                                                                  \
    "sh -ec 'P=%u; SELF=\"--passphrase-file passphrase\";"                    \
    "ALL=\"--operator node1.json --operator node2.json --operator node3.json" \
    "     --operator node4.json\";"
static const char *const begin[] = {
    FOUR "keyward dev-ca init ca;"
         "for n in 1 2 3 4; do"
         "  keyward dev-ca issue ca node$n --peer --host localhost --host 127.0.0.1;"
         "  keyward node keygen $n.key $SELF"
         "    --address 0x000000000000000000000000000000000000000$n"
         "    --peer-url https://127.0.0.1:$((P + n)) --public-url https://127.0.0.1:$((P + 4 + n))"
         "    --peer-cert ca/node$n.pem >node$n.json;"
         "done'",
    FOUR "for n in 1 2 3 4; do"
         "  keyward cluster coin-flip commit $n.value --entry node$n.json --key-file $n.key $SELF"
         "    $ALL >commit$n.json;"
         "done;"
         "for n in 1 2 3 4; do"
         "  keyward cluster coin-flip reveal $n.value commit1.json commit2.json commit3.json"
         "    commit4.json --entry node$n.json --key-file $n.key $SELF >reveal$n.json;"
         "done;"
         "keyward cluster coin-flip finish coin.json reveal1.json reveal2.json reveal3.json"
         "  reveal4.json;"
         "keyward cluster init cluster.json --name payments --interval-s 12 --coin-flip coin.json"
         "  $ALL;"
         "keyward cluster coin-flip verify coin.json --cluster cluster.json'",
    FOUR "for n in 1 2 3 4; do"
         "  keyward cluster join $n.yaml --cluster cluster.json --list operators.json --entry"
         "    node$n.json --key-file $n.key $SELF --ca ca/ca.pem --cert ca/node$n.pem --cert-key"
         "    ca/node$n.key --peer-network 127.0.0.0/8 --data-dir data$n"
         "    --metrics-listen 127.0.0.1:0;"
         "done'",
};

static bool is_free(unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    bool is_bound = bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    assert_int_equal(close(fd), 0);
    return is_bound;
}

/* URLs stand in entries before anything runs, so ports are chosen here: the first of so many. */
static unsigned find_ports(unsigned count)
{
    unsigned from = (unsigned)getpid() * 7;
    unsigned found = 0;
    for (unsigned i = 0; i < PORTS; i++) {
        unsigned port = PORT_FIRST + (from + i) % PORTS;
        found = !is_free(port) ? 0 : port == PORT_FIRST ? 1 : found + 1;
        if (found == count) {
            return port - count + 1;
        }
    }
    fail_msg("no ports are free");
    return 0;
}

/* ---- commands, as one types them ---- */

/* Where the daemon's user may run them: the build may lie in a folder that is root's alone. */
static void copy_programs(void)
{
    static const char *const names[] = {"keyward", "keywardd"};
    programs = tempdir_join(&dir, "bin");
    assert_int_equal(mkdir(programs.text, 0755), 0);
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        char from[512];
        char to[sizeof programs.text + 16];
        KW_AUTO(kw_buf) program = kw_buf_init(256 << 20);
        (void)snprintf(from, sizeof from, "%s/%s", KW_BIN_DIR, names[i]);
        (void)snprintf(to, sizeof to, "%s/%s", programs.text, names[i]);
        EXPECT_OK(kw_file_read(&program, from, NULL));
        EXPECT_OK(kw_file_write_atomic(to, kw_buf_view(&program), 0755, NULL));
    }
}

typedef struct shell {
    char script[SCRIPT_BYTES_MAX];
    const char *argv[8];
} shell;

/* In the folder `below` ours; with `is_daemons` as the user of the daemon. */
static void shell_fill(shell *out, const char *below, bool is_daemons, const char *command)
{
    size_t at = 0;
    int len = snprintf(out->script, sizeof out->script, "cd %s/%s && PATH=%s:$PATH && exec %s",
                       dir.path, below, programs.text, command);
    assert_in_range(len, 1, sizeof out->script - 1);
    if (is_daemons && kw_process_is_root()) {
        out->argv[at++] = "setpriv";
        out->argv[at++] = "--reuid=nobody";
        out->argv[at++] = "--clear-groups";
    }
    out->argv[at++] = "sh";
    out->argv[at++] = "-c";
    out->argv[at++] = out->script;
    out->argv[at] = NULL;
}

/* What somebody types who runs the cluster. */
static void run(int exit_code, const char *command)
{
    shell sh;
    process_result result = {0};
    shell_fill(&sh, ".", false, command);
    process_expect(&result, exit_code, sh.argv, (kw_str){0});
    process_result_drop(&result);
}

/* What the operator types that joins; `text` is somewhere in what it says. */
static void run_own(int exit_code, const char *command, const char *text)
{
    shell sh;
    const char *out = NULL;
    const char *err = NULL;
    process_result result = {0};
    shell_fill(&sh, "own", true, command);
    process_expect(&result, exit_code, sh.argv, (kw_str){0});
    EXPECT_OK(kw_buf_c_text(&result.out, &out));
    EXPECT_OK(kw_buf_c_text(&result.err, &err));
    if (strstr(out, text) == NULL && strstr(err, text) == NULL) {
        fail_msg("no \"%s\" in %s%s", text, out, err);
    }
    process_result_drop(&result);
}

static process start(const char *below, bool is_daemons, const char *command, const char *prefix)
{
    shell sh;
    tempdir_path log = tempdir_join(&dir, is_daemons ? "daemon.log" : "cluster.log");
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    shell_fill(&sh, below, is_daemons, command);
    process program = process_start(sh.argv, log.text);
    do {
        if (!process_read_line(&program, &line)) {
            fail_msg("%s ended before it said %s", command, prefix);
        }
    } while (!kw_str_starts_with(kw_buf_text(&line), kw_str_of(prefix)));
    return program;
}

/* ---- the operator that joins ---- */
static void make_folder(void)
{
    tempdir_path own = tempdir_join(&dir, "own");
    assert_int_equal(mkdir(own.text, 0700), 0);
    if (kw_process_is_root()) {
        EXPECT_OK(kw_process_give(own.text, "nobody", NULL));
    }
    run_own(0, "sh -c 'umask 077; echo correct horse >passphrase'", "");
}

static void give_certificate(const char *name)
{
    char command[256];
    (void)snprintf(command, sizeof command,
                   "keyward dev-ca issue cluster %s --peer --host localhost --host 127.0.0.1",
                   name);
    run(0, command);
    (void)snprintf(command, sizeof command, "cluster/%s.key", name);
    if (kw_process_is_root()) {
        EXPECT_OK(kw_process_give(tempdir_join(&dir, command).text, "nobody", NULL));
    }
}

static void make_key(void)
{
    char command[SCRIPT_BYTES_MAX];
    unsigned port = find_ports(2);
    (void)snprintf(command, sizeof command, KEYGEN, port, port + 1);
    run_own(0, command, "");
}

/* Asks until it ends with 0: while an epoch is made not all serve with a share of the newest. */
static void ask_until(const char *below, const char *command, const char *wanted)
{
    shell sh;
    const char *text = NULL;
    process_result result = {0};
    uint64_t until_ns = kw_monotonic_ns() + WAIT_LIMIT_MS * UINT64_C(1000000);
    shell_fill(&sh, below, true, command);
    do {
        process_run(&result, sh.argv, (kw_str){0});
        EXPECT_OK(kw_buf_c_text(&result.out, &text));
    } while (result.exit_code != 0 && kw_monotonic_ns() < until_ns);
    if (result.exit_code != 0 || strstr(text, wanted) == NULL) {
        fail_msg("%d: %s", result.exit_code, text);
    }
    process_result_drop(&result);
}

static void join__brings_a_fifth_operator_in(void **state)
{
    (void)state;
    dir = tempdir_make();
    copy_programs();
    assert_int_equal(chmod(dir.path, 0711), 0); /* root's daemons run as somebody else */
    process cluster =
        start(".", false, "keyward cluster dev cluster --nodes 4 --interval-s 12", "node");
    make_folder();
    give_certificate("node5");
    give_certificate("node6");
    make_key();
    run_own(65, JOIN_AS("node6.pem", "node6.key"), "is not the certificate of the entry");
    run_own(65, JOIN_AS("node5.pem", "node6.key"), "is not that of the certificate");
    run_own(0, JOIN " --list operators.new.json", "to the other operators");
    run_own(65, JOIN " --metrics-listen 127.0.0.1:1", "nothing is replaced");
    run_own(0, "keywardd --check-config --config keywardd.yaml", "");
    run_own(75, JOIN " --wait 1", "does it run?");
    process daemon =
        start("own", true,
              "keywardd --config keywardd.yaml --set listen_metrics.address=127.0.0.1:0", "ready");
    run(0, "cp own/operators.new.json cluster/operators.next");
    run(0, "mv cluster/operators.next cluster/operators.json");
    ask_until("own", JOIN " --wait 50", "serving: true\n");
    ask_until(".", STATUS, "serving: 5\n");
    assert_int_equal(process_stop(&daemon), 0);
    process_signal(&cluster, SIGINT);
    assert_int_equal(process_wait(&cluster), 0);
    tempdir_remove(&dir);
}

static void join__begins_a_cluster_with_a_flipped_coin(void **state)
{
    (void)state;
    char command[SCRIPT_BYTES_MAX];
    process daemons[4];
    dir = tempdir_make();
    copy_programs();
    assert_int_equal(chmod(dir.path, 0711), 0);
    make_folder();
    unsigned before = find_ports(8) - 1;
    for (size_t i = 0; i < KW_COUNT(begin); i++) {
        int len = snprintf(command, sizeof command, begin[i], before);
        assert_in_range(len, 1, sizeof command - 1);
        run_own(0, command, i + 1 < KW_COUNT(begin) ? "" : "if none was made yet, all is well");
    }
    for (unsigned n = 1; n <= 4; n++) {
        (void)snprintf(command, sizeof command, "keywardd --config %u.yaml", n);
        daemons[n - 1] = start("own", true, command, "ready");
    }
    ask_until("own",
              "keyward cluster status --cluster cluster.json --operators operators.json"
              " --ca ca/ca.pem",
              "serving: 4\n");
    run_own(1, "keyward epoch show --cluster cluster.json --ca ca/ca.pem", "master_key: ");
    for (unsigned n = 1; n <= 4; n++) {
        assert_int_equal(process_stop(&daemons[n - 1]), 0);
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join__begins_a_cluster_with_a_flipped_coin),
        cmocka_unit_test(join__brings_a_fifth_operator_in),
    };
    return cmocka_run_group_tests_name("cluster_join", tests, NULL, NULL);
}
