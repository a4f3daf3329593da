/* SPDX-License-Identifier: Apache-2.0
 * The registry over a real store: tables in, match streams out, the same after a restart. */
#include "emtp/service_match.h"

#include "emtp/schema.h"
#include "emtp/stream.h"
#include "support/emtp_world.h"
#include "support/expect.h"

#include <stdio.h>

typedef struct bench {
    emtp_world world;
    kw_emtp_notifier *notifier;
    kw_emtp_registry *registry;
} bench;

static void open_registry(bench *b)
{
    EXPECT_OK(kw_store_migrate(b->world.store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    kw_emtp_notifier_options notices = {.threads = 1, .audit = kw_guard_audit(b->world.guard)};
    EXPECT_OK(kw_emtp_notifier_new(&b->notifier, &notices, NULL));
    kw_emtp_registry_ports ports = {.store = b->world.store,
                                    .notifier = b->notifier,
                                    .clock = &b->world.clock,
                                    .match_surl = KW_STR("https://r.example/v1/emtp/stp/match"),
                                    .bucket_max = 4,
                                    .seed = 7};
    EXPECT_OK(kw_emtp_registry_open(&b->registry, &ports, NULL));
}

static void close_registry(bench *b)
{
    kw_emtp_registry_free(b->registry);
    kw_emtp_notifier_free(b->notifier);
}

static void bench_make(bench *b, void **state)
{
    emtp_world_make(&b->world, state, "2026-01-10T08:00:00Z");
    open_registry(b);
    static const struct {
        const char *id;
        kw_match_role role;
    } members[] = {{"payer", KW_MATCH_PAYER}, {"hub", KW_MATCH_HUB}, {"clinic", KW_MATCH_PROVIDER}};
    for (size_t i = 0; i < KW_COUNT(members); i++) {
        EXPECT_OK(kw_emtp_registry_announce(b->registry, kw_str_of(members[i].id), members[i].role,
                                            KW_STR("https://p.example/table"), NULL));
    }
}

static void bench_drop(bench *b)
{
    close_registry(b);
    emtp_world_remove(&b->world);
}

/* Appends a row whose record is tokens of the digits' own, such as "13" for two tokens. */
static void add_row(kw_buf *rows, unsigned seq, const char *nurl, const char *digits)
{
    EXPECT_OK(kw_buf_append_format(rows, "%u\t2026-01-10T08:00:00Z\t%c\t%s\t", seq,
                                   digits == NULL ? '-' : '+', nurl));
    for (const char *at = digits; at != NULL && *at != '\0'; at++) {
        EXPECT_OK(kw_buf_append_str(rows, at == digits ? KW_STR("") : KW_STR(" ")));
        for (int i = 0; i < 64; i++) {
            EXPECT_OK(kw_buf_append_byte(rows, (uint8_t)*at));
        }
    }
    EXPECT_OK(kw_buf_append_byte(rows, '\n'));
}

static kw_emtp_applied apply_row(bench *b, const char *of, unsigned seq, const char *nurl,
                                 const char *digits)
{
    KW_AUTO(kw_buf) rows = kw_buf_init(65536);
    kw_emtp_applied applied = {0};
    add_row(&rows, seq, nurl, digits);
    EXPECT_OK(
        kw_emtp_registry_apply(b->registry, &applied, kw_str_of(of), kw_buf_text(&rows), NULL));
    return applied;
}

static void expect_match(bench *b, const char *of, const char *nurl, const char *wanted)
{
    KW_AUTO(kw_buf) record = kw_buf_init(65536);
    kw_emtp_stream *stream = NULL;
    EXPECT_OK(kw_emtp_registry_stream(b->registry, &stream, kw_str_of(of), NULL));
    kw_status st = kw_emtp_stream_find(stream, &record, kw_str_of(nurl));
    EXPECT_STATUS(st, wanted == NULL ? KW_NOT_FOUND : KW_OK);
    if (wanted != NULL) {
        EXPECT_STR(kw_buf_text(&record), wanted);
    }
}

static void registry_apply__matches_by_role(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 1, "https://p/1", "12");
    expect_match(&b, "payer", "https://p/1", NULL);
    kw_emtp_applied applied = apply_row(&b, "hub", 1, "https://h/1", "23");
    assert_int_equal(applied.rows_changed, 2);
    assert_int_equal(applied.last_seq, 1);
    expect_match(&b, "payer", "https://p/1", "https://h/1");
    expect_match(&b, "hub", "https://h/1", "https://p/1");
    apply_row(&b, "clinic", 1, "https://c/1", "2");
    expect_match(&b, "clinic", "https://c/1", "https://p/1"); /* providers see payers only */
    expect_match(&b, "hub", "https://h/1", "https://p/1");
    apply_row(&b, "hub", 2, "https://h/0", "1");
    expect_match(&b, "payer", "https://p/1", "https://h/0 https://h/1"); /* sorted */
    applied = apply_row(&b, "hub", 3, "https://h/1", "234"); /* the set is the same: no row */
    assert_int_equal(applied.rows_changed, 0);
    apply_row(&b, "payer", 2, "https://p/1", NULL);
    expect_match(&b, "hub", "https://h/1", NULL);
    expect_match(&b, "clinic", "https://c/1", NULL);
    bench_drop(&b);
}

static void registry_apply__reads_a_row_once(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 5, "https://p/1", "1");
    kw_emtp_applied applied = apply_row(&b, "payer", 5, "https://p/1", "2");
    assert_int_equal(applied.last_seq, 5);
    apply_row(&b, "payer", 4, "https://p/1", "2"); /* and never an older one */
    apply_row(&b, "hub", 1, "https://h/1", "2");
    expect_match(&b, "hub", "https://h/1", NULL);
    apply_row(&b, "hub", 2, "https://h/1", "1");
    expect_match(&b, "hub", "https://h/1", "https://p/1");
    bench_drop(&b);
}

static void registry_apply__rejects_a_record_that_is_no_tokens(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 1, "https://p/1", "1");
    apply_row(&b, "hub", 1, "https://h/1", "1");
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    EXPECT_OK(kw_buf_append_str(&rows, KW_STR("2\t\t+\thttps://h/1\tNAME=JOHN SMITH\n"
                                              "3\t\t+\thttps://h/2\tabc\n")));
    kw_emtp_applied applied = {0};
    EXPECT_OK(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), kw_buf_text(&rows), NULL));
    assert_int_equal(applied.rows_refused, 2);
    assert_int_equal(applied.rows_changed, 0);
    assert_int_equal(applied.last_seq, 3);
    expect_match(&b, "payer", "https://p/1", "https://h/1"); /* its old version stays */
    bench_drop(&b);
}

static void registry_apply__stops_at_what_is_no_row(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 1, "https://p/1", "1");
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    add_row(&rows, 1, "https://h/1", "1");
    size_t good = rows.len;
    EXPECT_OK(kw_buf_append_str(&rows, KW_STR("02\t\t+\thttps://h/2\t\n")));
    add_row(&rows, 3, "https://h/3", "1");
    kw_emtp_applied applied = {0};
    kw_error err = {0};
    EXPECT_STATUS(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), kw_buf_text(&rows), &err),
        KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_int_equal(applied.bytes, good);
    expect_match(&b, "payer", "https://p/1", "https://h/1");
    bench_drop(&b);
}

static void registry_apply__leaves_an_unfinished_row(void **state)
{
    bench b;
    bench_make(&b, state);
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    add_row(&rows, 1, "https://h/1", "1");
    kw_emtp_applied applied = {0};
    kw_str cut = {(const char *)rows.ptr, rows.len - 1};
    EXPECT_OK(kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), cut, NULL));
    assert_int_equal(applied.bytes, 0);
    assert_int_equal(applied.last_seq, 0);
    EXPECT_OK(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), kw_buf_text(&rows), NULL));
    assert_int_equal(applied.last_seq, 1);
    bench_drop(&b);
}

static void registry_apply__needs_an_announcement(void **state)
{
    bench b;
    bench_make(&b, state);
    kw_emtp_applied applied = {0};
    EXPECT_STATUS(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("stranger"), KW_STR(""), NULL),
        KW_NOT_FOUND);
    uint64_t last_seq = 0;
    EXPECT_STATUS(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("stranger")),
                  KW_NOT_FOUND);
    EXPECT_STATUS(kw_emtp_registry_announce(b.registry, KW_STR("hub"), KW_MATCH_PAYER,
                                            KW_STR("https://p.example/table"), NULL),
                  KW_CONFLICT);
    bench_drop(&b);
}

static void registry_announce__of_another_url_reads_from_the_beginning(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "hub", 9, "https://h/1", "1");
    uint64_t last_seq = 0;
    EXPECT_OK(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("hub")));
    assert_int_equal(last_seq, 9);
    EXPECT_OK(kw_emtp_registry_announce(b.registry, KW_STR("hub"), KW_MATCH_HUB,
                                        KW_STR("https://p.example/other"), NULL));
    EXPECT_OK(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("hub")));
    assert_int_equal(last_seq, 0);
    bench_drop(&b);
}

static void registry_open__finds_what_it_left(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 1, "https://p/1", "12");
    apply_row(&b, "hub", 1, "https://h/1", "2");
    close_registry(&b);
    emtp_world_restart(&b.world);
    int64_t rows = stores_number(b.world.store, "SELECT COUNT(*) FROM emtp_stream_rows");
    open_registry(&b);
    assert_int_equal(stores_number(b.world.store, "SELECT COUNT(*) FROM emtp_stream_rows"), rows);
    expect_match(&b, "payer", "https://p/1", "https://h/1");
    uint64_t last_seq = 0;
    EXPECT_OK(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("hub")));
    assert_int_equal(last_seq, 1);
    apply_row(&b, "hub", 2, "https://h/2", "1");
    expect_match(&b, "payer", "https://p/1", "https://h/1 https://h/2");
    bench_drop(&b);
}

static void registry_withdraw__takes_all_rows_out(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 1, "https://p/1", "1");
    apply_row(&b, "hub", 7, "https://h/1", "1");
    apply_row(&b, "hub", 8, "https://h/2", "1");
    EXPECT_OK(kw_emtp_registry_withdraw(b.registry, KW_STR("hub"), NULL));
    expect_match(&b, "payer", "https://p/1", NULL);
    assert_int_equal(stores_number(b.world.store, "SELECT COUNT(*) FROM emtp_table_rows"), 1);
    EXPECT_OK(kw_emtp_registry_withdraw(b.registry, KW_STR("hub"), NULL));
    EXPECT_OK(kw_emtp_registry_withdraw(b.registry, KW_STR("stranger"), NULL));
    bench_drop(&b);
}

/* More rows than a bucket holds share a token: it is a placeholder and counts for nobody. */
static void registry_apply__skips_tokens_of_too_many_rows(void **state)
{
    bench b;
    bench_make(&b, state);
    apply_row(&b, "payer", 1, "https://p/1", "1");
    char nurl[32];
    for (unsigned i = 1; i <= 3; i++) {
        (void)snprintf(nurl, sizeof nurl, "https://h/%u", i);
        apply_row(&b, "hub", i, nurl, "1");
    }
    expect_match(&b, "payer", "https://p/1", "https://h/1 https://h/2 https://h/3");
    apply_row(&b, "hub", 4, "https://h/4", "1");
    expect_match(&b, "payer", "https://p/1", NULL);
    apply_row(&b, "hub", 5, "https://h/4", NULL);
    expect_match(&b, "payer", "https://p/1", "https://h/1 https://h/2 https://h/3");
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_apply__matches_by_role),
        cmocka_unit_test(registry_apply__reads_a_row_once),
        cmocka_unit_test(registry_apply__rejects_a_record_that_is_no_tokens),
        cmocka_unit_test(registry_apply__stops_at_what_is_no_row),
        cmocka_unit_test(registry_apply__leaves_an_unfinished_row),
        cmocka_unit_test(registry_apply__needs_an_announcement),
        cmocka_unit_test(registry_announce__of_another_url_reads_from_the_beginning),
        cmocka_unit_test(registry_open__finds_what_it_left),
        cmocka_unit_test(registry_withdraw__takes_all_rows_out),
        cmocka_unit_test(registry_apply__skips_tokens_of_too_many_rows),
    };
    return STORES_RUN_ON_BOTH(tests);
}
