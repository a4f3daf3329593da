/* SPDX-License-Identifier: Apache-2.0
 * A daemon with its surroundings. */
#include "support/house.h"

#include "base/heap.h"
#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SERVICE_USER "nobody"

tempdir_path house_path(const house *h, const char *name)
{
    return tempdir_join(&h->dir, name);
}

static void run_tool(const char *const *argv)
{
    process_result result = {0};
    process_expect(&result, 0, argv, (kw_str){0});
    process_result_drop(&result);
}

static void write_text(const house *h, const char *name, const char *text)
{
    tempdir_path path = house_path(h, name);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(text)), 0600, NULL));
}

static void make_pki(house *h)
{
    static const char *const issues[] = {
        "dev-ca init %/pki",
        "dev-ca issue %/pki server --server --host localhost --host 127.0.0.1",
        "dev-ca issue %/pki officer --uri keyward:officer",
        "dev-ca issue %/pki security --uri keyward:security",
        "dev-ca issue %/pki auditor --uri keyward:auditor",
        "dev-ca issue %/pki member --uri keyward:member",
    };
    for (size_t i = 0; i < KW_COUNT(issues); i++) {
        process_result result = {0};
        house_run(h, &result, 0, HOUSE_NOBODY, issues[i]);
        process_result_drop(&result);
    }
}

static void append_in_folder(kw_buf *yaml, const house *h, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '%') {
            EXPECT_OK(kw_buf_append_str(yaml, kw_str_of(h->dir.path)));
        } else {
            EXPECT_OK(kw_buf_append_byte(yaml, (uint8_t)*text));
        }
    }
}

static void make_config(house *h, const char *more_yaml)
{
    static const char listener[] = "listen_%s:\n  address: 127.0.0.1:0\n  client_cert: %s\n"
                                   "  certificate_file: %s/pki/server.pem\n"
                                   "  key_file: %s/pki/server.key\n"
                                   "  client_ca_file: %s/pki/ca.pem\n";
    const char *dir = h->dir.path;
    KW_AUTO(kw_buf) yaml = kw_buf_init(1 << 20);
    if (geteuid() == 0) {
        EXPECT_OK(kw_buf_append_str(&yaml, KW_STR("daemon:\n  user: " SERVICE_USER "\n")));
    }
    EXPECT_OK(kw_buf_append_format(&yaml,
                                   "store:\n  url: sqlite:%s/data/keyward.db\n"
                                   "  seal: key_file\n  seal_file: %s/data/seal.key\n",
                                   dir, dir));
    EXPECT_OK(kw_buf_append_format(&yaml, listener, "public", "optional", dir, dir, dir));
    EXPECT_OK(kw_buf_append_format(&yaml, listener, "admin", "required", dir, dir, dir));
    EXPECT_OK(kw_buf_append_format(
        &yaml,
        "listen_metrics:\n  address: 127.0.0.1:0\n"
        "guard:\n  node: test\n  audit_dir: %s/data/audit\n  audit_disk_free_percent: 0\n"
        "  admin_networks: [127.0.0.0/8]\n"
        "  preauth_rate: 10000000\n  preauth_burst: 60000\n"
        "  read_rate: 10000000\n  read_burst: 60000\n"
        "  admin_rate: 10000000\n  admin_burst: 60000\n"
        "  bootstrap:\n"
        "    - uri:keyward:officer=crypto_officer+operator\n"
        "    - uri:keyward:security=security_admin\n"
        "    - uri:keyward:auditor=auditor\n",
        dir));
    append_in_folder(&yaml, h, more_yaml);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&yaml, &text));
    write_text(h, "config.yaml", text);
}

/* The daemon gives up root: what it reads and writes is its own, the rest stays ours. */
static void give_to_service(const house *h)
{
    static const char *const names[] = {"",     "pki",          "pki/server.key", "config.yaml",
                                        "data", "data/seal.key"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tempdir_path path = house_path(h, names[i]);
        const char *const argv[] = {"chown", SERVICE_USER, path.text, NULL};
        run_tool(argv);
    }
}

house *house_make(const char *more_yaml)
{
    house *h = kw_heap_new(1, sizeof *h);
    assert_non_null(h);
    h->dir = tempdir_make();
    tempdir_path data = house_path(h, "data");
    const char *const mkdir_argv[] = {"mkdir", data.text, NULL};
    run_tool(mkdir_argv);
    make_pki(h);
    write_text(h, "data/seal.key", "0123456789abcdef0123456789abcdef");
    make_config(h, more_yaml);
    if (geteuid() == 0) {
        give_to_service(h);
    }
    return h;
}

void house_write(const house *h, const char *name, kw_span bytes)
{
    tempdir_path path = house_path(h, name);
    EXPECT_OK(kw_file_write_atomic(path.text, bytes, 0600, NULL));
    if (geteuid() == 0) {
        const char *const argv[] = {"chown", SERVICE_USER, path.text, NULL};
        run_tool(argv);
    }
}

static void print_log(const house *h)
{
    KW_AUTO(kw_buf) log = kw_buf_init(1 << 20);
    tempdir_path path = house_path(h, "keywardd.log");
    if (kw_file_read(&log, path.text, NULL) == KW_OK) {
        print_error("keywardd said:\n%.*s\n", KW_STR_ARG(kw_buf_text(&log)));
    }
}

/* "listening public 127.0.0.1:1234" into the URL of that listener. */
static void take_line(house *h, kw_str line)
{
    const struct {
        const char *prefix;
        const char *scheme;
        char *url;
    } kinds[] = {{"listening public ", "https", h->public_url},
                 {"listening admin ", "https", h->admin_url},
                 {"listening metrics ", "http", h->metrics_url},
                 {"listening peer ", "https", h->peer_url}};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        kw_str prefix = kw_str_of(kinds[i].prefix);
        if (kw_str_starts_with(line, prefix)) {
            (void)snprintf(kinds[i].url, sizeof h->public_url, "%s://%.*s", kinds[i].scheme,
                           (int)(line.len - prefix.len), line.ptr + prefix.len);
        }
    }
}

void house_start(house *h)
{
    tempdir_path config = house_path(h, "config.yaml");
    tempdir_path log = house_path(h, "keywardd.log");
    tempdir_path clock = house_path(h, "test-clock");
    kw_file_info info = {0};
    bool has_clock = kw_file_stat(&info, clock.text, NULL) == KW_OK;
    const char *const argv[] = {KW_BIN_DIR "/keywardd",
                                "--config",
                                config.text,
                                has_clock ? "--test-clock" : NULL,
                                clock.text,
                                NULL};
    h->daemon = process_start(argv, log.text);
    KW_AUTO(kw_buf) line = kw_buf_init(4096);
    for (;;) {
        if (!process_read_line(&h->daemon, &line)) {
            print_log(h);
            fail_msg("keywardd ended with %d before it was ready", process_wait(&h->daemon));
        }
        if (kw_str_equal(kw_buf_text(&line), KW_STR("ready"))) {
            return;
        }
        take_line(h, kw_buf_text(&line));
    }
}

void house_stop(house *h)
{
    int exit_code = process_stop(&h->daemon);
    if (exit_code != 0) {
        print_log(h);
    }
    assert_int_equal(exit_code, 0);
}

void house_kill(house *h)
{
    process_signal(&h->daemon, SIGKILL);
    assert_int_equal(process_wait(&h->daemon), 128 + SIGKILL);
}

void house_free(house *h)
{
    if (h->daemon.pid > 0) {
        house_stop(h);
    }
    tempdir_remove(&h->dir);
    kw_heap_free(h);
}

/* Appends words to argv, split at spaces, with "%" replaced; the texts live in `room`. */
static size_t add_words(const house *h, const char **argv, size_t count, kw_buf *room,
                        const char *words)
{
    size_t starts[HOUSE_ARGS_MAX];
    size_t starts_count = 0;
    bool is_new = true;
    for (const char *at = words; *at != '\0'; at++) {
        if (*at == ' ') {
            EXPECT_OK(kw_buf_append_byte(room, '\0'));
            is_new = true;
            continue;
        }
        if (is_new) {
            assert_true(starts_count < HOUSE_ARGS_MAX);
            starts[starts_count++] = room->len;
            is_new = false;
        }
        if (*at == '%') {
            EXPECT_OK(kw_buf_append_str(room, kw_str_of(h->dir.path)));
        } else {
            EXPECT_OK(kw_buf_append_byte(room, (uint8_t)*at));
        }
    }
    EXPECT_OK(kw_buf_append_byte(room, '\0'));
    for (size_t i = 0; i < starts_count; i++) {
        assert_true(count < HOUSE_ARGS_MAX - 1);
        argv[count++] = (const char *)room->ptr + starts[i];
    }
    return count;
}

/* Options that say where to and as whom. */
static void connection_words(const house *h, char *out, size_t size, house_who who)
{
    static const char *const names[] = {[HOUSE_OFFICER] = "officer",
                                        [HOUSE_SECURITY] = "security",
                                        [HOUSE_AUDITOR] = "auditor",
                                        [HOUSE_MEMBER] = "member"};
    out[0] = '\0';
    switch (who) {
    case HOUSE_NOBODY:
        return;
    case HOUSE_CLINIC:
        (void)snprintf(out, size, " --server %s --ca %%/pki/ca.pem --api-key-file %%/clinic.key",
                       h->public_url);
        return;
    case HOUSE_OFFICER:
    case HOUSE_SECURITY:
    case HOUSE_AUDITOR:
    case HOUSE_MEMBER:
        (void)snprintf(out, size,
                       " --server %s --ca %%/pki/ca.pem --cert %%/pki/%s.pem"
                       " --cert-key %%/pki/%s.key",
                       who == HOUSE_MEMBER ? h->public_url : h->admin_url, names[who], names[who]);
        return;
    }
}

enum {
    ANY_EXIT_CODE = -1
};

static void run_words(house *h, process_result *result, int exit_code, const char *words,
                      kw_str input)
{
    KW_AUTO(kw_buf) room = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_reserve(&room, 1 << 15)); /* the texts do not move */
    const char *argv[HOUSE_ARGS_MAX] = {KW_BIN_DIR "/keyward"};
    (void)add_words(h, argv, 1, &room, words);
    if (exit_code == ANY_EXIT_CODE) {
        process_run(result, argv, input);
    } else {
        process_expect(result, exit_code, argv, input);
    }
}

/* Words, and the options that say where to and as whom. */
typedef struct word_line {
    char text[4096];
} word_line;

static word_line line_of(const house *h, house_who who, const char *words)
{
    char connection[512];
    connection_words(h, connection, sizeof connection, who);
    word_line line;
    int len = snprintf(line.text, sizeof line.text, "%s%s", words, connection);
    assert_true(len > 0 && (size_t)len < sizeof line.text);
    return line;
}

void house_run(house *h, process_result *result, int exit_code, house_who who, const char *words)
{
    word_line line = line_of(h, who, words);
    run_words(h, result, exit_code, line.text, (kw_str){0});
}

void house_pipe(house *h, process_result *result, house_who who, const char *words, kw_str input)
{
    word_line line = line_of(h, who, words);
    run_words(h, result, 0, line.text, input);
}

void house_register(house *h)
{
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_SECURITY,
              "emtp participants add clinic --api-key-out %/clinic.key");
    house_run(h, &result, 0, HOUSE_SECURITY, "emtp participants add member --uri keyward:member");
    process_result_drop(&result);
}

void house_set_clock(house *h, const char *moment)
{
    house_write(h, "test-clock", kw_span_of_str(kw_str_of(moment)));
}

void house_wait(house *h, process_result *result, house_who who, const char *words,
                const char *needle)
{
    uint64_t deadline_ns = kw_monotonic_ns() + (uint64_t)PROCESS_LIMIT_MS * 1000000;
    do {
        house_run(h, result, ANY_EXIT_CODE, who, words);
        if (memmem(result->out.ptr, result->out.len, needle, strlen(needle)) != NULL) {
            return;
        }
    } while (kw_monotonic_ns() < deadline_ns);
    print_error("`%s` never said %s but\n%.*s\n", words, needle,
                KW_STR_ARG(kw_buf_text(&result->out)));
    fail();
}

/* A curl configuration: it keeps the API key out of argv. */
static void write_call(house *h, kw_buf *out, const house_request *request)
{
    static const char *const names[] = {[HOUSE_OFFICER] = "officer",
                                        [HOUSE_SECURITY] = "security",
                                        [HOUSE_AUDITOR] = "auditor",
                                        [HOUSE_MEMBER] = "member"};
    EXPECT_OK(kw_buf_append_format(out,
                                   "silent\nmax-time = 20\nrequest = %s\ncacert = %s/pki/ca.pem\n"
                                   "write-out = \"\\n%%{http_code}\"\n",
                                   request->method, h->dir.path));
    if (request->body != NULL) {
        EXPECT_OK(kw_buf_append_str(out, KW_STR("header = \"Content-Type: application/json\"\n")));
        EXPECT_OK(kw_buf_append_format(out, "data = @%s/body.json\n", h->dir.path));
        write_text(h, "body.json", request->body);
    }
    if (request->who == HOUSE_CLINIC) {
        KW_AUTO(kw_buf) key = kw_buf_init(256);
        EXPECT_OK(kw_file_read(&key, house_path(h, "clinic.key").text, NULL));
        EXPECT_OK(kw_buf_append_format(out, "header = \"Authorization: Bearer %.*s\"\n",
                                       KW_STR_ARG(kw_buf_text(&key))));
    } else if (request->who != HOUSE_NOBODY) {
        EXPECT_OK(kw_buf_append_format(out, "cert = %s/pki/%s.pem\nkey = %s/pki/%s.key\n",
                                       h->dir.path, names[request->who], h->dir.path,
                                       names[request->who]));
    }
}

int house_call(house *h, process_result *result, const house_request *request)
{
    KW_AUTO(kw_buf) config = kw_buf_init(1 << 16);
    write_call(h, &config, request);
    const char *const argv[] = {"curl", "--config", "-", request->url, NULL};
    process_run(result, argv, kw_buf_text(&config));
    kw_str all = kw_buf_text(&result->out);
    assert_true(all.len >= 4);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result->out, &text));
    int http = (int)strtol(text + all.len - 3, NULL, 10);
    result->out.len -= 4;
    return http;
}

int house_get(house *h, process_result *result, house_who who, const char *url)
{
    return house_call(h, result, &(house_request){.who = who, .method = "GET", .url = url});
}

/* What house_expect_nowhere looks for; nftw has no argument of its own for it. */
static _Thread_local struct {
    kw_span needle;
    const char *const *except;
    size_t root_len;
} search;

static int search_file(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)place;
    if (kind != FTW_F) {
        return 0;
    }
    for (const char *const *name = search.except; *name != NULL; name++) {
        if (strcmp(path + search.root_len + 1, *name) == 0) {
            return 0;
        }
    }
    KW_AUTO(kw_buf) bytes = kw_buf_init((size_t)1 << 30);
    EXPECT_OK(kw_file_read(&bytes, path, NULL));
    if (bytes.len > 0 &&
        memmem(bytes.ptr, bytes.len, search.needle.ptr, search.needle.len) != NULL) {
        print_error("%s holds what must be nowhere\n", path);
        return 1;
    }
    return 0;
}

void house_expect_nowhere(const house *h, kw_span needle, const char *const *except)
{
    search.needle = needle;
    search.except = except;
    search.root_len = strlen(h->dir.path);
    assert_int_equal(nftw(h->dir.path, search_file, 32, FTW_PHYS), 0);
}
