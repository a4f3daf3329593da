/* SPDX-License-Identifier: Apache-2.0
 * Cases of the contract of blobs. */
#include "support/blobs_contract.h"

#include "crypto/hash.h"
#include "store/limits.h"
#include "support/expect.h"

#include <stdlib.h>

enum {
    BLOBS_MAX = 64
};

static kw_hash32 put(kw_blobs *blobs, kw_str text)
{
    kw_hash32 id;
    kw_hash32 wanted;
    EXPECT_OK(kw_blobs_put(blobs, &id, kw_span_of_str(text), NULL));
    kw_sha256(&wanted, kw_span_of_str(text));
    EXPECT_SPAN(KW_SPAN(id.bytes), KW_SPAN(wanted.bytes));
    return id;
}

static void expect_blob(kw_blobs *blobs, const kw_hash32 *id, kw_str wanted)
{
    KW_AUTO(kw_buf) got = kw_buf_init(1 << 20);
    kw_blob_info info;
    EXPECT_OK(kw_blobs_get(blobs, &got, id, NULL));
    EXPECT_SPAN(kw_buf_view(&got), kw_span_of_str(wanted));
    EXPECT_OK(kw_blobs_look(blobs, &info, id, NULL));
    assert_int_equal(info.bytes, wanted.len);
    assert_in_range(info.put_s, 1700000000, BLOBS_LATER_S);
}

/* What a walk saw. */
typedef struct seen {
    kw_hash32 ids[BLOBS_MAX];
    size_t count;
    kw_status st; /* what to answer */
} seen;

static kw_status see(void *ctx, const kw_hash32 *id, const kw_blob_info *info, kw_error *err)
{
    seen *s = ctx;
    assert_true(s->count < BLOBS_MAX && info->put_s > 0);
    s->ids[s->count++] = *id;
    return s->st == KW_OK ? KW_OK : kw_fail(err, s->st, "the walk ends");
}

static size_t count_of(kw_blobs *blobs)
{
    seen s = {0};
    EXPECT_OK(kw_blobs_each(blobs, &(kw_blobs_visit){see, &s}, NULL));
    return s.count;
}

/* Needs the one blob that `ctx` names, if any. */
static kw_status is_the_one(void *ctx, bool *out, const kw_hash32 *id, kw_error *err)
{
    (void)err;
    *out = ctx != NULL && kw_hash32_equal(ctx, id);
    return KW_OK;
}

void blobs_contract_empty(kw_blobs *blobs)
{
    kw_blobs_swept swept;
    EXPECT_OK(
        kw_blobs_sweep(blobs, &swept, BLOBS_LATER_S, &(kw_blobs_needs){is_the_one, NULL}, NULL));
    assert_int_equal(count_of(blobs), 0);
}

void blobs_contract_puts_once_and_gets(kw_blobs *blobs)
{
    kw_hash32 hello = put(blobs, KW_STR("hello"));
    kw_hash32 nothing = put(blobs, KW_STR(""));
    (void)put(blobs, KW_STR("hello"));
    assert_int_equal(count_of(blobs), 2);
    expect_blob(blobs, &hello, KW_STR("hello"));
    expect_blob(blobs, &nothing, KW_STR(""));
    EXPECT_OK(kw_blobs_mend(blobs, kw_span_of_str(KW_STR("hello")), NULL));
    expect_blob(blobs, &hello, KW_STR("hello"));
    assert_int_equal(count_of(blobs), 2);
    blobs_contract_empty(blobs);
}

void blobs_contract_knows_what_is_not_there(kw_blobs *blobs)
{
    const kw_hash32 none = {{1}};
    kw_error err = {0};
    kw_blob_info info;
    KW_AUTO(kw_buf) got = kw_buf_init(1 << 20);
    EXPECT_STATUS(kw_blobs_get(blobs, &got, &none, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    EXPECT_STATUS(kw_blobs_look(blobs, &info, &none, &err), KW_NOT_FOUND);
    EXPECT_STATUS(kw_blobs_remove(blobs, &none, BLOBS_LATER_S, &err), KW_NOT_FOUND);
    EXPECT_STATUS(kw_blobs_hold(blobs, &none, KW_STR("case-1"), &err), KW_NOT_FOUND);
    EXPECT_STATUS(kw_blobs_release(blobs, &none, KW_STR("case-1"), &err), KW_NOT_FOUND);
    kw_hash32 hello = put(blobs, KW_STR("hello"));
    KW_AUTO(kw_buf) small = kw_buf_init(4);
    EXPECT_STATUS(kw_blobs_get(blobs, &small, &hello, &err), KW_LIMIT);
    uint8_t *large = calloc(1, KW_BLOB_BYTES_MAX + 1);
    assert_non_null(large);
    kw_hash32 id = {{7}};
    EXPECT_STATUS(kw_blobs_put(blobs, &id, (kw_span){large, KW_BLOB_BYTES_MAX + 1}, &err),
                  KW_LIMIT);
    EXPECT_STATUS(kw_blobs_mend(blobs, (kw_span){large, KW_BLOB_BYTES_MAX + 1}, &err), KW_LIMIT);
    assert_int_equal(id.bytes[0], 7);
    free(large);
    blobs_contract_empty(blobs);
}

void blobs_contract_walks_by_rising_name(kw_blobs *blobs)
{
    for (char c = 'a'; c < 'u'; c++) {
        (void)put(blobs, (kw_str){&c, 1});
    }
    seen s = {0};
    EXPECT_OK(kw_blobs_each(blobs, &(kw_blobs_visit){see, &s}, NULL));
    assert_int_equal(s.count, 20);
    for (size_t i = 1; i < s.count; i++) {
        assert_true(memcmp(s.ids[i - 1].bytes, s.ids[i].bytes, 32) < 0);
    }
    seen first = {.st = KW_CANCELLED};
    kw_error err = {0};
    EXPECT_STATUS(kw_blobs_each(blobs, &(kw_blobs_visit){see, &first}, &err), KW_CANCELLED);
    assert_int_equal(first.count, 1);
    assert_int_equal(err.status, KW_CANCELLED);
    blobs_contract_empty(blobs);
}

void blobs_contract_holds(kw_blobs *blobs)
{
    char too_long[KW_BLOB_HOLD_BYTES_MAX + 2] = {0};
    memset(too_long, 'a', sizeof too_long - 1);
    const char *const refused[] = {"", "A", "a/b", "..", "a b", too_long};
    kw_hash32 hello = put(blobs, KW_STR("hello"));
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        kw_str name = kw_str_of(refused[i]);
        EXPECT_STATUS(kw_blobs_hold(blobs, &hello, name, NULL), KW_BAD_INPUT);
        EXPECT_STATUS(kw_blobs_release(blobs, &hello, name, NULL), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_blobs_hold(blobs, &hello, KW_STR("case-1"), NULL));
    EXPECT_OK(kw_blobs_hold(blobs, &hello, KW_STR("case-1"), NULL)); /* once more is the same */
    EXPECT_OK(kw_blobs_hold(blobs, &hello, KW_STR("case-2"), NULL));
    EXPECT_OK(kw_blobs_release(blobs, &hello, KW_STR("case-1"), NULL));
    EXPECT_STATUS(kw_blobs_release(blobs, &hello, KW_STR("case-1"), NULL), KW_NOT_FOUND);
    kw_error err = {0};
    EXPECT_STATUS(kw_blobs_remove(blobs, &hello, BLOBS_LATER_S, &err), KW_REFUSED);
    assert_int_equal(err.status, KW_REFUSED);
    kw_blobs_swept swept;
    EXPECT_OK(
        kw_blobs_sweep(blobs, &swept, BLOBS_LATER_S, &(kw_blobs_needs){is_the_one, NULL}, NULL));
    assert_int_equal(swept.held, 1);
    assert_int_equal(swept.removed, 0);
    expect_blob(blobs, &hello, KW_STR("hello"));
    EXPECT_OK(kw_blobs_release(blobs, &hello, KW_STR("case-2"), NULL));
    EXPECT_OK(kw_blobs_remove(blobs, &hello, BLOBS_LATER_S, NULL));
    assert_int_equal(count_of(blobs), 0);
}

static kw_status cannot_say(void *ctx, bool *out, const kw_hash32 *id, kw_error *err)
{
    (void)ctx;
    (void)id;
    *out = false;
    return kw_fail(err, KW_UNAVAILABLE, "the store of snapshots is away");
}

void blobs_contract_sweeps(kw_blobs *blobs)
{
    kw_hash32 kept = put(blobs, KW_STR("kept"));
    (void)put(blobs, KW_STR("idle"));
    (void)put(blobs, KW_STR("as well"));
    kw_blobs_needs needs = {is_the_one, &kept};
    kw_blobs_swept swept;
    /* All of these are young. */
    EXPECT_OK(kw_blobs_sweep(blobs, &swept, 1700000000, &needs, NULL));
    assert_int_equal(swept.needed, 1);
    assert_int_equal(swept.young, 2);
    assert_int_equal(swept.removed, 0);
    assert_int_equal(count_of(blobs), 3);
    EXPECT_STATUS(kw_blobs_remove(blobs, &kept, 1700000000, NULL), KW_CONFLICT);
    kw_error err = {0};
    EXPECT_STATUS(
        kw_blobs_sweep(blobs, &swept, BLOBS_LATER_S, &(kw_blobs_needs){cannot_say, NULL}, &err),
        KW_UNAVAILABLE);
    assert_int_equal(err.status, KW_UNAVAILABLE);
    assert_int_equal(count_of(blobs), 3);
    EXPECT_OK(kw_blobs_sweep(blobs, &swept, BLOBS_LATER_S, &needs, NULL));
    assert_int_equal(swept.needed, 1);
    assert_int_equal(swept.removed, 2);
    assert_int_equal(swept.removed_bytes, 4 + 7);
    expect_blob(blobs, &kept, KW_STR("kept"));
    blobs_contract_empty(blobs);
}

void blobs_contract_scrubs(kw_blobs *blobs)
{
    (void)put(blobs, KW_STR("one"));
    (void)put(blobs, KW_STR("three"));
    seen damaged = {0};
    kw_blobs_scrubbed scrubbed;
    EXPECT_OK(kw_blobs_scrub(blobs, &scrubbed, &(kw_blobs_visit){see, &damaged}, NULL));
    assert_int_equal(scrubbed.whole, 2);
    assert_int_equal(scrubbed.damaged, 0);
    assert_int_equal(scrubbed.bytes, 8);
    assert_int_equal(damaged.count, 0);
    blobs_contract_empty(blobs);
}
