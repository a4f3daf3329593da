/* SPDX-License-Identifier: Apache-2.0
 * One connection without a network: pieces of bytes go in as libcurl gives them. */
#include "client/download_link.h"

#include "crypto/merkle.h"
#include "support/expect.h"
#include "support/tempdir.h"

enum {
    BYTES = 2 * KW_LEAF_BYTES + 100,
    LEAVES = 3,
};

typedef struct table {
    tempdir dir;
    uint8_t content[BYTES];
    uint8_t leaf[KW_LEAF_BYTES];
    kw_hash32 hashes[LEAVES];
    kw_leaf_hashes all;
    kw_download_plan plan;
    kw_part_file part;
    kw_download_desk desk;
    kw_download_link link;
    kw_http_result result; /* with room for fields */
} table;

static table the_table;

static int make(void **state)
{
    table *t = &the_table;
    const kw_plan_rules rules = {
        .file_bytes = BYTES, .mirrors = 1, .slots = 1, .slow_ms = KW_SLOW_MS, .backoff = {1, 2, 5}};
    *t = (table){.dir = tempdir_make()};
    tempdir_path file = tempdir_join(&t->dir, "file");
    for (size_t i = 0; i < BYTES; i++) {
        t->content[i] = (uint8_t)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < LEAVES; i++) {
        size_t at = i * KW_LEAF_BYTES;
        kw_merkle_leaf(&t->hashes[i],
                       (kw_span){&t->content[at], KW_MIN((size_t)KW_LEAF_BYTES, BYTES - at)});
    }
    t->all = (kw_leaf_hashes){t->hashes, LEAVES};
    EXPECT_OK(kw_download_plan_make(&t->plan, &rules, NULL));
    EXPECT_OK(kw_part_file_open(&t->part, file.text, BYTES, NULL));
    t->desk = (kw_download_desk){.plan = &t->plan, .part = &t->part, .hashes = &t->all};
    assert_true(kw_download_plan_claim(&t->plan, &t->link.slot, &t->link.task, 0));
    kw_download_link_open(&t->link, &t->desk, "https://localhost/", t->leaf);
    t->result = (kw_http_result){.http = 206, .fields = kw_buf_init(1000)};
    *state = t;
    return 0;
}

static int drop(void **state)
{
    table *t = *state;
    kw_http_result_drop(&t->result);
    kw_download_plan_drop(&t->plan);
    kw_part_file_drop(&t->part);
    tempdir_remove(&t->dir);
    return 0;
}

static kw_status give(table *t, size_t from, size_t to)
{
    return t->link.call.on_bytes(t->link.call.ctx, (kw_span){&t->content[from], to - from});
}

/* The verdict and the reason for it; NULL: none. */
static void expect(table *t, kw_status st, kw_plan_outcome outcome, const char *wanted)
{
    const char *why = "nothing";
    assert_int_equal(kw_download_link_judge(&t->link, &why, st, &t->result), outcome);
    if (wanted == NULL) {
        assert_null(why);
    } else {
        assert_string_equal(why, wanted);
    }
}

static void have_fields(table *t, const char *fields)
{
    kw_buf_clear(&t->result.fields);
    EXPECT_OK(kw_buf_append_str(&t->result.fields, kw_str_of(fields)));
}

#define OUR_RANGE "content-range: bytes 0-131171/131172\n"

static void open__asks_for_the_range(void **state)
{
    table *t = *state;
    assert_int_equal(t->link.call.fields_count, 2);
    assert_string_equal(t->link.call.fields[0].name, "Range");
    assert_string_equal(t->link.call.fields[0].value, "bytes=0-131171");
    assert_string_equal(t->link.call.fields[1].value, "identity");
}

static void bytes__are_written_leaf_by_leaf(void **state)
{
    table *t = *state;
    uint8_t room[100];
    EXPECT_OK(give(t, 0, KW_LEAF_BYTES - 1));
    assert_false(kw_download_plan_has(&t->plan, 0));
    EXPECT_OK(kw_part_file_read(&t->part, 0, KW_MSPAN(room), NULL));
    EXPECT_SPAN(KW_SPAN(room), KW_SPAN(((uint8_t[100]){0}))); /* no byte before its leaf */
    EXPECT_OK(give(t, KW_LEAF_BYTES - 1, BYTES));
    assert_true(kw_download_plan_is_complete(&t->plan));
    EXPECT_OK(kw_part_file_read(&t->part, BYTES - 100, KW_MSPAN(room), NULL));
    EXPECT_SPAN(KW_SPAN(room), ((kw_span){&t->content[BYTES - 100], 100}));
    have_fields(t, OUR_RANGE);
    expect(t, KW_OK, KW_PLAN_DONE, NULL);
}

static void bytes__of_a_wrong_leaf_are_not_written(void **state)
{
    table *t = *state;
    uint8_t room[100];
    t->content[KW_LEAF_BYTES + 5] ^= 1;
    EXPECT_STATUS(give(t, 0, BYTES), KW_HASH);
    assert_true(kw_download_plan_has(&t->plan, 0));
    assert_false(kw_download_plan_has(&t->plan, 1));
    EXPECT_OK(kw_part_file_read(&t->part, KW_LEAF_BYTES, KW_MSPAN(room), NULL));
    EXPECT_SPAN(KW_SPAN(room), KW_SPAN(((uint8_t[100]){0})));
    have_fields(t, OUR_RANGE);
    expect(t, KW_HASH, KW_PLAN_LYING, "it sends other bytes than were signed");
}

static void bytes__beyond_the_range_are_refused(void **state)
{
    table *t = *state;
    EXPECT_OK(give(t, 0, BYTES));
    EXPECT_STATUS(give(t, 0, 1), KW_PEER_REFUSED);
    have_fields(t, OUR_RANGE);
    expect(t, KW_PEER_REFUSED, KW_PLAN_LYING, "it sends more than was asked for");
}

static void judge__looks_at_the_head(void **state)
{
    table *t = *state;
    have_fields(t, "content-encoding: gzip\n" OUR_RANGE);
    expect(t, KW_OK, KW_PLAN_LYING, "it encodes the bytes");
    have_fields(t, "content-encoding: identity\ncontent-range: bytes 0-131170/131172\n");
    expect(t, KW_OK, KW_PLAN_LYING, "it sends another range than was asked for");
    have_fields(t, "");
    expect(t, KW_OK, KW_PLAN_LYING, "it sends another range than was asked for");
    have_fields(t, OUR_RANGE);
    expect(t, KW_OK, KW_PLAN_LYING, "it sends less than was asked for");
    t->result.http = 204;
    expect(t, KW_OK, KW_PLAN_LYING, "it does not send the range that was asked for");
    t->result.http = 200; /* of the whole file, which is what was asked for */
    have_fields(t, "");
    expect(t, KW_OK, KW_PLAN_LYING, "it sends less than was asked for");
    EXPECT_OK(give(t, 0, BYTES));
    expect(t, KW_OK, KW_PLAN_DONE, NULL);
}

static void judge__tells_what_may_be_tried_again(void **state)
{
    table *t = *state;
    have_fields(t, OUR_RANGE);
    expect(t, KW_NETWORK, KW_PLAN_BROKEN, "it breaks off");
    t->result.http = 0;
    have_fields(t, "");
    expect(t, KW_NETWORK, KW_PLAN_BROKEN, "it cannot be reached");
    expect(t, KW_PEER_REFUSED, KW_PLAN_LYING, "its certificate is not accepted");
    t->result.http = 503;
    expect(t, KW_BUSY, KW_PLAN_BROKEN, "it is busy or broken");
    t->result.http = 403;
    expect(t, KW_FORBIDDEN, KW_PLAN_LYING, "it does not have the file");
    atomic_store(&t->link.is_cut, true);
    t->result.http = 0;
    expect(t, KW_CANCELLED, KW_PLAN_BROKEN, "it is too slow");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(open__asks_for_the_range),
        CASE(bytes__are_written_leaf_by_leaf),
        CASE(bytes__of_a_wrong_leaf_are_not_written),
        CASE(bytes__beyond_the_range_are_refused),
        CASE(judge__looks_at_the_head),
        CASE(judge__tells_what_may_be_tried_again),
    };
    return cmocka_run_group_tests_name("client/download_link", tests, NULL, NULL);
}
