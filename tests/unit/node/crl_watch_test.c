/* SPDX-License-Identifier: Apache-2.0
 * Revocation lists over a real server, a real registry and real files. */
#include "node/crl_watch.h"

#include "os/clock.h"
#include "support/emtp_desk.h"
#include "support/expect.h"
#include "support/net_server.h"

#include <fcntl.h>
#include <sys/stat.h>

enum {
    DAY_S = 86400,
    REVOKED_AT = 1700000000
};

typedef struct bench {
    net_server server;
    emtp_desk desk;
    tempdir_path crl;
    kw_buf lines; /* of the log */
    kw_log *log;
    kw_metrics *metrics;
    kw_crl_watch watch;
} bench;

static kw_status keep(void *ctx, kw_span line)
{
    return kw_buf_append(ctx, line);
}

static kw_unix_ms no_time(void *ctx)
{
    KW_UNUSED(ctx);
    return 0;
}

static void be_registry(kw_emtp_config *config)
{
    config->registry = true;
}

static void write_bytes(bench *b, kw_span bytes)
{
    EXPECT_OK(kw_file_write_atomic(b->crl.text, bytes, 0644, NULL));
}

/* A list with so many entries, that ends in so many days. */
static void write_list(bench *b, const kw_x509_ca *ca, size_t count, int days_left)
{
    kw_clock clock = kw_clock_system();
    kw_unix_s now = kw_clock_now_ms(&clock) / 1000;
    static const kw_x509_revoked items[] = {{.serial = {"1"}, .at = REVOKED_AT},
                                            {.serial = {"2"}, .at = REVOKED_AT},
                                            {.serial = {"3"}, .at = REVOKED_AT}};
    assert_true(count <= KW_COUNT(items));
    const kw_x509_crl_request request = {
        .items = items, .count = count, .this_update = now - (10 - days_left) * DAY_S, .days = 10};
    KW_AUTO(kw_buf) list = kw_buf_init(4096);
    EXPECT_OK(kw_x509_ca_sign_crl(ca, &list, &request, NULL));
    write_bytes(b, kw_buf_view(&list));
}

static void bench_make(bench *b, void **state, void (*change)(kw_emtp_config *config))
{
    memset(b, 0, sizeof *b);
    emtp_desk_make(&b->desk, state, "2026-01-10T08:00:00Z", change);
    net_server_prepare(&b->server);
    b->crl = net_certs_path(&b->server.certs, "crl.pem");
    write_list(b, b->server.certs.ca, 1, 5);
    b->server.listeners[KW_LISTENER_PUBLIC].crl_file = kw_str_of(b->crl.text);
    b->lines = kw_buf_init(1 << 16);
    kw_log_sink sink = {.write = keep, .ctx = &b->lines, .now_ms = no_time};
    EXPECT_OK(kw_log_new(&b->log, &sink, KW_LOG_DEBUG));
    EXPECT_OK(kw_metrics_new(&b->metrics));
    b->watch = (kw_crl_watch){.emtp = b->desk.emtp, .log = b->log, .metrics = b->metrics};
    EXPECT_OK(kw_crl_watch_open(&b->watch, NULL));
    kw_crl_watch_note(&b->watch, b->server.listeners);
    net_server_start(&b->server);
    b->watch.server = b->server.server;
}

static void bench_drop(bench *b)
{
    kw_log_free(b->log);
    kw_metrics_free(b->metrics);
    kw_buf_drop(&b->lines);
    net_server_stop(&b->server);
    emtp_desk_remove(&b->desk);
}

static void look(bench *b)
{
    kw_crl_watch_look(&b->watch, b->server.listeners);
}

static int64_t rows_of(bench *b)
{
    return stores_number(b->desk.world.store,
                         "SELECT COUNT(*) FROM emtp_stream_rows WHERE stream = 'crl'");
}

/* Lines of the log that say so; everything logged until now. */
static size_t lines_with(bench *b, const char *part)
{
    size_t count = 0;
    kw_str text = kw_buf_text(&b->lines);
    kw_str line = {0};
    while (kw_str_split(text, '\n', &line, &text)) {
        count += memmem(line.ptr, line.len, part, strlen(part)) != NULL;
    }
    return count;
}

static bool shows(bench *b, const char *metric)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    EXPECT_OK(kw_metrics_print(&text, b->metrics));
    return memmem(text.ptr, text.len, metric, strlen(metric)) != NULL;
}

static void watch__publishes_and_follows_the_file(void **state)
{
    bench b;
    bench_make(&b, state, be_registry);
    EXPECT_OK(kw_crl_watch_publish(&b.watch, NULL));
    assert_int_equal(rows_of(&b), 1);
    assert_true(shows(&b, "keyward_crl_revoked_certificates{listener=\"public\"} 1\n"));
    assert_true(shows(&b, "keyward_listener_files_accepted 1\n"));
    look(&b); /* nothing changed */
    assert_int_equal(lines_with(&b, "\"crl_loaded\""), 1);
    write_list(&b, b.server.certs.ca, 3, 5);
    look(&b);
    assert_int_equal(rows_of(&b), 3);
    assert_true(shows(&b, "keyward_crl_revoked_certificates{listener=\"public\"} 3\n"));
    assert_int_equal(lines_with(&b, "\"crl_loaded\""), 2);
    write_list(&b, b.server.certs.ca, 2, 5);
    EXPECT_OK(kw_crl_watch_reload(&b.watch, b.server.listeners, NULL)); /* as SIGHUP does */
    look(&b);
    assert_int_equal(rows_of(&b), 4); /* one left */
    assert_int_equal(lines_with(&b, "\"crl_loaded\""), 3);
    bench_drop(&b);
}

/* The file's time alone tells of a change. */
static void watch__goes_by_time_and_size_of_the_file(void **state)
{
    bench b;
    bench_make(&b, state, be_registry);
    struct stat before;
    assert_int_equal(stat(b.crl.text, &before), 0);
    KW_AUTO(kw_buf) list = kw_buf_init(4096);
    EXPECT_OK(kw_file_read(&list, b.crl.text, NULL));
    write_bytes(&b, kw_buf_view(&list));
    struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, b.crl.text, times, 0), 0);
    look(&b);
    assert_int_equal(lines_with(&b, "\"crl_loaded\""), 0);
    times[1].tv_sec++;
    assert_int_equal(utimensat(AT_FDCWD, b.crl.text, times, 0), 0);
    look(&b);
    assert_int_equal(lines_with(&b, "\"crl_loaded\""), 1);
    bench_drop(&b);
}

static void watch__keeps_what_it_has_when_a_list_is_none(void **state)
{
    bench b;
    bench_make(&b, state, be_registry);
    EXPECT_OK(kw_crl_watch_publish(&b.watch, NULL));
    net_certs other = net_certs_make();
    kw_error err = {0};
    write_list(&b, other.ca, 3, 5); /* the same name, another key */
    look(&b);
    EXPECT_STATUS(kw_crl_watch_reload(&b.watch, b.server.listeners, &err), KW_CONFIG);
    assert_int_equal(err.status, KW_CONFIG);
    look(&b);
    assert_int_equal(lines_with(&b, "\"listener_files_refused\""), 1); /* and not each second */
    assert_int_equal(lines_with(&b, "signature"), 1);
    assert_true(shows(&b, "keyward_listener_files_accepted 0\n"));
    write_bytes(&b, kw_span_of_str(KW_STR("no list")));
    look(&b);
    assert_int_equal(lines_with(&b, "\"listener_files_refused\""), 2);
    EXPECT_OK(kw_file_remove(b.crl.text, NULL));
    look(&b);
    assert_int_equal(lines_with(&b, "\"listener_files_refused\""), 3);
    assert_int_equal(rows_of(&b), 1);
    assert_int_equal(kw_server_crls(b.server.server, KW_LISTENER_PUBLIC)->count, 1);
    write_list(&b, b.server.certs.ca, 2, 5);
    look(&b);
    assert_int_equal(rows_of(&b), 2);
    assert_true(shows(&b, "keyward_listener_files_accepted 1\n"));
    net_certs_drop(&other);
    bench_drop(&b);
}

/* What it revokes is published all the same. */
static void watch__reports_a_list_that_is_too_old_once(void **state)
{
    bench b;
    bench_make(&b, state, be_registry);
    EXPECT_OK(kw_crl_watch_publish(&b.watch, NULL));
    assert_int_equal(lines_with(&b, "\"crl_too_old\""), 0);
    write_list(&b, b.server.certs.ca, 2, -1);
    look(&b);
    look(&b);
    assert_int_equal(lines_with(&b, "\"crl_too_old\""), 1);
    assert_int_equal(rows_of(&b), 2);
    write_list(&b, b.server.certs.ca, 3, 5);
    look(&b);
    write_list(&b, b.server.certs.ca, 2, -1);
    look(&b);
    assert_int_equal(lines_with(&b, "\"crl_too_old\""), 2);
    bench_drop(&b);
}

static void watch__publishes_later_when_the_store_fails(void **state)
{
    bench b;
    kw_error err = {0};
    bench_make(&b, state, be_registry);
    stores_write(b.desk.world.store, "ALTER TABLE emtp_stream_rows RENAME TO away");
    assert_int_not_equal(kw_crl_watch_publish(&b.watch, &err), KW_OK);
    assert_int_not_equal(err.status, KW_OK);
    EXPECT_OK(kw_crl_watch_reload(&b.watch, b.server.listeners, NULL)); /* handshakes come first */
    look(&b);
    assert_int_equal(lines_with(&b, "\"crl_unpublished\""), 1);
    stores_write(b.desk.world.store, "ALTER TABLE away RENAME TO emtp_stream_rows");
    look(&b);
    assert_int_equal(rows_of(&b), 1);
    bench_drop(&b);
}

static void watch__does_without_registry_log_and_lists(void **state)
{
    bench b;
    bench_make(&b, state, NULL);
    b.watch.log = NULL;
    b.watch.metrics = NULL;
    EXPECT_OK(kw_crl_watch_open(&b.watch, NULL));
    EXPECT_OK(kw_crl_watch_publish(&b.watch, NULL));
    assert_int_equal(rows_of(&b), 0); /* no registry */
    b.server.listeners[KW_LISTENER_PUBLIC].crl_file = (kw_str){0};
    EXPECT_OK(kw_crl_watch_reload(&b.watch, b.server.listeners, NULL));
    assert_null(kw_server_crls(b.server.server, KW_LISTENER_PUBLIC));
    look(&b);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watch__publishes_and_follows_the_file),
        cmocka_unit_test(watch__goes_by_time_and_size_of_the_file),
        cmocka_unit_test(watch__keeps_what_it_has_when_a_list_is_none),
        cmocka_unit_test(watch__reports_a_list_that_is_too_old_once),
        cmocka_unit_test(watch__publishes_later_when_the_store_fails),
        cmocka_unit_test(watch__does_without_registry_log_and_lists),
    };
    return STORES_RUN_ON_BOTH(tests);
}
