/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/operators.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/operator_rows.h"

enum {
    COUNT = 5,
};

typedef struct world {
    operator_rows file;
    kw_arena arena;
    kw_buf json;
    kw_operators read;
    kw_error err;
} world;

static world w;

static int make_world(void **state)
{
    (void)state;
    w = (world){.arena = kw_arena_init(KW_OPERATORS_ARENA_MAX),
                .json = kw_buf_init(KW_OPERATORS_BYTES_MAX)};
    operator_rows_make(&w.file, COUNT);
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    kw_arena_drop(&w.arena);
    kw_buf_drop(&w.json);
    return 0;
}

static kw_status of_rows(void)
{
    return kw_operators_of_rows(&w.read, &w.arena, w.file.rows, &w.err);
}

static void operators_decode__reads_what_encode_writes(void **state)
{
    (void)state;
    EXPECT_OK(kw_operators_encode(&w.json, w.file.rows));
    EXPECT_OK(kw_operators_decode(&w.read, &w.arena, kw_buf_view(&w.json), &w.err));
    assert_int_equal(w.read.roster.n, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        uint16_t index = kw_roster_index(&w.read.roster, &w.file.peers[i].address);
        assert_in_range(index, 1, COUNT);
        const kw_operator_place *place = &w.read.places[index - 1];
        assert_string_equal(place->peer_url.ptr, w.file.urls[i]);
        assert_true(kw_str_equal(place->public_url, KW_STR("https://[::1]:8443")));
        assert_true(kw_hash32_equal(&place->tls_spki, &w.file.items[i].tls_spki));
    }
}

/* Also rows that no roster would take: whose proof is another's. */
static void operators_read_rows__gives_what_stands_there(void **state)
{
    (void)state;
    kw_operator_rows rows = {0};
    w.file.items[1].proof = w.file.items[0].proof;
    EXPECT_OK(kw_operators_encode(&w.json, w.file.rows));
    EXPECT_OK(kw_operators_read_rows(&rows, &w.arena, kw_buf_view(&w.json), &w.err));
    assert_int_equal(rows.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        EXPECT_STR(rows.items[i].address, w.file.addresses[i]);
        EXPECT_SPAN(rows.items[i].key, w.file.items[i].key);
    }
    w.json.len--;
    EXPECT_STATUS(kw_operators_read_rows(&rows, &w.arena, kw_buf_view(&w.json), &w.err),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_operators_read_rows(&rows, &w.arena,
                                         (kw_span){w.json.ptr, KW_OPERATORS_BYTES_MAX + 1}, &w.err),
                  KW_LIMIT);
    assert_int_equal(rows.count, COUNT);
}

static void operators_decode__refuses_what_is_no_such_file(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"version\":1}",
        "{\"version\":1,\"operators\":[]}",
        "{\"version\":1,\"operators\":[{}]}",
        "{\"version\":2,\"operators\":[{}]}",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_span json = kw_span_of_str(kw_str_of(bad[i]));
        EXPECT_STATUS(kw_operators_decode(&w.read, &w.arena, json, &w.err), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_operators_encode(&w.json, w.file.rows));
    kw_span whole = kw_buf_view(&w.json);
    for (size_t len = 0; len < whole.len; len += 7) {
        EXPECT_STATUS(kw_operators_decode(&w.read, &w.arena, (kw_span){whole.ptr, len}, &w.err),
                      KW_BAD_INPUT);
        kw_arena_reset(&w.arena);
    }
    EXPECT_STATUS(kw_operators_decode(&w.read, &w.arena,
                                      (kw_span){whole.ptr, KW_OPERATORS_BYTES_MAX + 1}, &w.err),
                  KW_LIMIT);
    assert_int_equal(w.read.roster.n, 0);
}

static void operators_of_rows__refuses_addresses_and_urls(void **state)
{
    (void)state;
    kw_operator_row row = w.file.items[2];
    w.file.items[2].address = KW_STR("0xABCDEF0000000000000000000000000000000000");
    EXPECT_STATUS(of_rows(), KW_BAD_INPUT);
    w.file.items[2] = row;
    static const char *const urls[] = {"http://a:1",  "https://",    "https://a:1/",
                                       "https://a/b", "HTTPS://a:1", "a:1"};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        w.file.items[2].peer_url = kw_str_of(urls[i]);
        EXPECT_STATUS(of_rows(), KW_BAD_INPUT);
        w.file.items[2] = row;
        w.file.items[2].public_url = kw_str_of(urls[i]);
        EXPECT_STATUS(of_rows(), KW_BAD_INPUT);
        w.file.items[2] = row;
    }
    EXPECT_OK(of_rows());
}

static void operators_of_rows__wants_different_members_that_hold_their_keys(void **state)
{
    (void)state;
    w.file.items[3].tls_spki = w.file.items[1].tls_spki;
    EXPECT_STATUS(of_rows(), KW_CONFLICT);
    operator_rows_make(&w.file, COUNT);
    w.file.proofs[3].bytes[20] ^= 1;
    EXPECT_STATUS(of_rows(), KW_UNAUTHENTICATED);
    operator_rows_make(&w.file, COUNT);
    w.file.items[3].address = w.file.items[1].address; /* and the proof is of another address */
    EXPECT_STATUS(of_rows(), KW_UNAUTHENTICATED);
    operator_rows_make(&w.file, COUNT);
    w.file.items[3] = w.file.items[1];
    w.file.items[3].tls_spki.bytes[5] = 1;
    EXPECT_STATUS(of_rows(), KW_CONFLICT);
    w.file.rows.count = 0;
    EXPECT_STATUS(of_rows(), KW_LIMIT);
}

static void operators_of_rows__needs_room(void **state)
{
    (void)state;
    kw_arena small = kw_arena_init(512);
    EXPECT_STATUS(kw_operators_of_rows(&w.read, &small, w.file.rows, &w.err), KW_LIMIT);
    kw_arena_drop(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(operators_decode__reads_what_encode_writes, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(operators_read_rows__gives_what_stands_there, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(operators_decode__refuses_what_is_no_such_file, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(operators_of_rows__refuses_addresses_and_urls, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(
            operators_of_rows__wants_different_members_that_hold_their_keys, make_world,
            drop_world),
        cmocka_unit_test_setup_teardown(operators_of_rows__needs_room, make_world, drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
