/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/table_rows.h"

#include "emtp/schema.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>

typedef struct call {
    kw_store *store;
    kw_emtp_table table;
    kw_str participant;
    uint8_t role;
    kw_str surl;
    kw_str nurl;
    kw_str tokens;
    char seen[256];
} call;

static call call_of(void **state)
{
    kw_store_options options = stores_fresh(*state);
    call c = {.store = stores_open(&options)};
    EXPECT_OK(kw_store_migrate(c.store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count,
                               NULL));
    return c;
}

static kw_status put(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_table_put(tx, &c->table, c->participant, c->role, c->surl, err);
}

static kw_status put_table(call *c, const char *participant, uint8_t role, const char *surl)
{
    c->participant = kw_str_of(participant);
    c->role = role;
    c->surl = kw_str_of(surl);
    return kw_store_write(c->store, put, c, NULL);
}

static kw_status advance(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_table_advance(tx, c->participant, 9, err);
}

static kw_status see_table(void *ctx, const kw_emtp_table *table, kw_error *err)
{
    KW_UNUSED(err);
    call *c = ctx;
    size_t len = strlen(c->seen);
    (void)snprintf(c->seen + len, sizeof c->seen - len, "%.*s:%u:%llu ",
                   KW_STR_ARG(table->participant), table->owner.participant,
                   (unsigned long long)table->last_seq);
    return KW_OK;
}

static kw_status each_table(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    c->seen[0] = '\0';
    return kw_emtp_table_each(tx, see_table, c, err);
}

static void table_put__numbers_participants_and_starts_anew_with_a_url(void **state)
{
    call c = call_of(state);
    EXPECT_OK(put_table(&c, "hub", KW_MATCH_HUB, "https://h/"));
    assert_int_equal(c.table.owner.participant, 1);
    EXPECT_OK(put_table(&c, "payer", KW_MATCH_PAYER, "https://p/"));
    assert_int_equal(c.table.owner.participant, 2);
    assert_int_equal(c.table.owner.role, KW_MATCH_PAYER);
    EXPECT_OK(kw_store_write(c.store, advance, &c, NULL));
    EXPECT_OK(put_table(&c, "payer", KW_MATCH_PAYER, "https://p/"));
    assert_int_equal(c.table.last_seq, 9);
    EXPECT_OK(kw_store_read(c.store, each_table, &c, NULL));
    assert_string_equal(c.seen, "hub:1:0 payer:2:9 ");
    EXPECT_OK(put_table(&c, "payer", KW_MATCH_PAYER, "https://q/"));
    assert_int_equal(c.table.last_seq, 0);
    EXPECT_STATUS(put_table(&c, "payer", KW_MATCH_HUB, "https://q/"), KW_CONFLICT);
    kw_store_free(c.store);
}

static void table_each__refuses_altered_rows(void **state)
{
    call c = call_of(state);
    EXPECT_OK(put_table(&c, "hub", KW_MATCH_HUB, "https://h/"));
    stores_write(c.store, "UPDATE emtp_tables SET role = 99");
    EXPECT_STATUS(kw_store_read(c.store, each_table, &c, NULL), KW_CORRUPT);
    kw_store_free(c.store);
}

static kw_status put_row(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_table_row_put(tx, c->participant, c->nurl, c->tokens, err);
}

static kw_status remove_row(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_table_row_remove(tx, c->participant, c->nurl, err);
}

static kw_status see_row(void *ctx, kw_str nurl, kw_str tokens, kw_error *err)
{
    KW_UNUSED(err);
    call *c = ctx;
    size_t len = strlen(c->seen);
    (void)snprintf(c->seen + len, sizeof c->seen - len, "%.*s=%.*s ", KW_STR_ARG(nurl),
                   KW_STR_ARG(tokens));
    return KW_OK;
}

static kw_status each_row(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    c->seen[0] = '\0';
    return kw_emtp_table_row_each(tx, c->participant, see_row, c, err);
}

static void write_row(call *c, const char *nurl, const char *tokens)
{
    c->nurl = kw_str_of(nurl);
    c->tokens = kw_str_of(tokens);
    EXPECT_OK(kw_store_write(c->store, put_row, c, NULL));
}

static void table_row__is_replaced_and_removed(void **state)
{
    call c = call_of(state);
    EXPECT_OK(put_table(&c, "hub", KW_MATCH_HUB, "https://h/"));
    write_row(&c, "https://h/2", "t1");
    write_row(&c, "https://h/1", "t2");
    write_row(&c, "https://h/2", "t3");
    EXPECT_OK(kw_store_read(c.store, each_row, &c, NULL));
    assert_string_equal(c.seen, "https://h/1=t2 https://h/2=t3 ");
    EXPECT_OK(kw_store_write(c.store, remove_row, &c, NULL));
    EXPECT_OK(kw_store_write(c.store, remove_row, &c, NULL));
    EXPECT_OK(kw_store_read(c.store, each_row, &c, NULL));
    assert_string_equal(c.seen, "https://h/1=t2 ");
    c.participant = KW_STR("stranger"); /* a row needs its table */
    EXPECT_STATUS(kw_store_write(c.store, put_row, &c, NULL), KW_CONFLICT);
    kw_store_free(c.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_put__numbers_participants_and_starts_anew_with_a_url),
        cmocka_unit_test(table_each__refuses_altered_rows),
        cmocka_unit_test(table_row__is_replaced_and_removed),
    };
    return STORES_RUN_ON_BOTH(tests);
}
