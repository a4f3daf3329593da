/* SPDX-License-Identifier: Apache-2.0
 * Rows of streams: writing, taking over, heads. */
#include "emtp/stream.h"

#include "codec/base64.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "emtp/schema.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>

#define AT ((kw_unix_s)1767225600) /* 2026-01-01T00:00:00Z */

static kw_store *fresh_store(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store *store = stores_open(&options);
    EXPECT_OK(
        kw_store_migrate(store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count, NULL));
    return store;
}

static kw_emtp_stream *new_stream(const kw_ed25519_key *key)
{
    kw_emtp_stream *stream = NULL;
    kw_emtp_stream_options options = {.name = KW_STR("keys"),
                                      .media_type = "text/sequence",
                                      .key = key,
                                      .monotonic = kw_clock_monotonic()};
    EXPECT_OK(kw_emtp_stream_new(&stream, &options, NULL));
    return stream;
}

static kw_status write_change(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_stream_write(tx, KW_STR("keys"), AT, ctx, err);
}

static kw_status write_row(kw_store *store, const char *key, const char *record)
{
    kw_emtp_change change = {
        .is_removal = record == NULL, .key = kw_str_of(key), .record = kw_str_of(record)};
    return kw_store_write(store, write_change, &change, NULL);
}

static void expect_record(kw_emtp_stream *stream, const char *key, const char *wanted)
{
    KW_AUTO(kw_buf) record = kw_buf_init(1024);
    kw_status st = kw_emtp_stream_find(stream, &record, kw_str_of(key));
    EXPECT_STATUS(st, wanted == NULL ? KW_NOT_FOUND : KW_OK);
    if (wanted != NULL) {
        EXPECT_STR(kw_buf_text(&record), wanted);
    }
}

static void stream_refresh__shows_what_was_committed(void **state)
{
    kw_store *store = fresh_store(state);
    kw_emtp_stream *stream = new_stream(NULL);
    EXPECT_OK(write_row(store, "a", "alpha"));
    EXPECT_OK(write_row(store, "b", "bravo"));
    expect_record(stream, "a", NULL); /* not before a refresh */
    EXPECT_OK(kw_emtp_stream_refresh(stream, store, NULL));
    expect_record(stream, "a", "alpha");
    EXPECT_OK(write_row(store, "a", NULL));
    EXPECT_OK(write_row(store, "b", "two"));
    EXPECT_OK(kw_emtp_stream_refresh(stream, store, NULL));
    EXPECT_OK(kw_emtp_stream_refresh(stream, store, NULL));
    expect_record(stream, "a", NULL);
    expect_record(stream, "b", "two");
    expect_record(stream, "c", NULL);
    kw_emtp_stream_free(stream);
    kw_store_free(store);
}

static kw_status read_next_seq(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_stream_next_seq(tx, ctx, KW_STR("keys"), err);
}

static void stream_replay__gives_the_live_rows(void **state)
{
    kw_store *store = fresh_store(state);
    kw_emtp_stream *stream = new_stream(NULL);
    int64_t next_seq = 0;
    EXPECT_OK(kw_store_read(store, read_next_seq, &next_seq, NULL));
    assert_int_equal(next_seq, 1);
    for (int round = 0; round < 2; round++) { /* without rows, then with */
        KW_AUTO_PTR(kw_stp_table) table = NULL;
        EXPECT_OK(kw_emtp_stream_refresh(stream, store, NULL));
        EXPECT_OK(kw_stp_table_new(&table, 0, 1 << 20));
        EXPECT_OK(kw_emtp_stream_replay(stream, table, NULL));
        assert_int_equal(kw_stp_table_count(table), round);
        assert_int_equal(kw_stp_table_last(table), 4 * round);
        if (round == 0) {
            EXPECT_OK(write_row(store, "a", "alpha"));
            EXPECT_OK(write_row(store, "b", "bravo"));
            EXPECT_OK(write_row(store, "a", NULL));
            EXPECT_OK(write_row(store, "b", "two"));
        }
    }
    EXPECT_OK(kw_store_read(store, read_next_seq, &next_seq, NULL));
    assert_int_equal(next_seq, 5);
    KW_AUTO_PTR(kw_stp_table) small = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_stp_table_new(&small, 0, 4));
    EXPECT_STATUS(kw_emtp_stream_replay(stream, small, &err), KW_LIMIT);
    assert_int_equal(err.status, KW_LIMIT);
    kw_emtp_stream_free(stream);
    kw_store_free(store);
}

static void stream_write__refuses_what_is_no_row(void **state)
{
    kw_store *store = fresh_store(state);
    static const struct {
        const char *key;
        const char *record;
    } cases[] = {{"", "x"},    {"a\tb", "x"}, {"a\nb", "x"}, {"a", "x\ny"},
                 {"a", "x\r"}, {"a\r", "x"},  {"\xff", "x"}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(write_row(store, cases[i].key, cases[i].record), KW_BAD_INPUT);
    }
    kw_emtp_change removal = {.is_removal = true, .key = KW_STR("a"), .record = KW_STR("x")};
    EXPECT_STATUS(kw_store_write(store, write_change, &removal, NULL), KW_BAD_INPUT);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM emtp_stream_rows"), 0);
    kw_store_free(store);
}

static void stream_refresh__refuses_altered_rows(void **state)
{
    kw_store *store = fresh_store(state);
    kw_emtp_stream *stream = new_stream(NULL);
    EXPECT_OK(write_row(store, "a", "alpha"));
    stores_write(store, "UPDATE emtp_stream_rows SET seq = 7 WHERE seq = 1");
    EXPECT_STATUS(kw_emtp_stream_refresh(stream, store, NULL), KW_CORRUPT);
    expect_record(stream, "a", NULL);
    kw_emtp_stream_free(stream);
    kw_store_free(store);
}

/* The head of a stream with two rows, computed again from their text. */
static void stream_head__chains_and_signs_the_rows(void **state)
{
    kw_store *store = fresh_store(state);
    kw_ed25519_key key;
    kw_secret32 seed = {0};
    kw_ed25519_key_of_seed(&key, &seed);
    kw_emtp_stream *stream = new_stream(&key);
    EXPECT_OK(write_row(store, "a", "alpha"));
    EXPECT_OK(write_row(store, "a", NULL));
    EXPECT_OK(kw_emtp_stream_refresh(stream, store, NULL));
    kw_emtp_stream_head head = {0};
    kw_emtp_stream_head_of(stream, &head);
    assert_int_equal(head.seq, 2);

    kw_hash32 chain = {{0}};
    static const char *const lines[] = {"1\t2026-01-01T00:00:00Z\t+\ta\talpha\n",
                                        "2\t2026-01-01T00:00:00Z\t-\ta\t\n"};
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        kw_sha256_state sha;
        kw_sha256_init(&sha);
        kw_sha256_update(&sha, KW_SPAN(chain.bytes));
        kw_sha256_update(&sha, kw_span_of_str(kw_str_of(lines[i])));
        kw_sha256_final(&sha, &chain);
    }
    char message[256];
    int len = snprintf(message, sizeof message, "keyward stp head 1\nkeys\n2\n");
    for (size_t i = 0; i < sizeof chain.bytes; i++) {
        len += snprintf(message + len, sizeof message - (size_t)len, "%02x", chain.bytes[i]);
    }
    kw_str text = kw_str_of(head.text);
    kw_str seq = {0};
    kw_str hex = {0};
    assert_true(kw_str_split(text, ',', &seq, &text));
    EXPECT_STR(seq, "2");
    assert_true(kw_str_split(text, ',', &hex, &text));
    assert_memory_equal(hex.ptr, message + len - 64, 64);
    kw_ed25519_signature signature;
    EXPECT_OK(kw_base64_decode_to(KW_MSPAN(signature.bytes), text, KW_BASE64_STANDARD));
    len += snprintf(message + len, sizeof message - (size_t)len, "\n");
    kw_span signed_text = {(const uint8_t *)message, (size_t)len};
    assert_true(kw_ed25519_verify(&key.public_half, &signature, signed_text));
    message[0] = 'K';
    assert_false(kw_ed25519_verify(&key.public_half, &signature, signed_text));
    kw_emtp_stream_free(stream);
    kw_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_refresh__shows_what_was_committed),
        cmocka_unit_test(stream_replay__gives_the_live_rows),
        cmocka_unit_test(stream_write__refuses_what_is_no_row),
        cmocka_unit_test(stream_refresh__refuses_altered_rows),
        cmocka_unit_test(stream_head__chains_and_signs_the_rows),
    };
    return STORES_RUN_ON_BOTH(tests);
}
