/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/audit_hasher.h"

#include "base/heap.h"
#include "crypto/merkle.h"

#include "support/expect.h"

enum {
    RECORDS = 30000, /* some MiB: with threads */
};

/* Frames that continue a chain; their hashes go to `hashes`. */
static void make_frames(kw_buf *out, kw_audit_chain *chain, kw_hash32 *hashes, unsigned count)
{
    kw_audit_record record = {
        .node = KW_STR("n1"),
        .action = KW_STR("test.record.made"),
        .object = KW_STR("an object that makes the record as long as they are in practice")};
    for (unsigned i = 0; i < count; i++) {
        record.time_ms = i;
        EXPECT_OK(kw_audit_frame_append(chain, out, &hashes[i], &record));
    }
}

static void expect_all(const kw_span *segments, size_t count, const kw_hash32 *hashes)
{
    KW_AUTO_PTR(kw_audit_hasher) hasher = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_audit_hasher_new(&hasher, segments, count, &err));
    const kw_audit_slab *slab = NULL;
    size_t met = 0;
    size_t ended = 0;
    while ((slab = kw_audit_hasher_next(hasher)) != NULL) {
        assert_int_equal(slab->segment, ended);
        for (size_t i = 0; i < slab->count; i++) {
            kw_audit_record record;
            assert_true(slab->is_good[i]);
            assert_memory_equal(&slab->hashes[i], &hashes[met], sizeof hashes[met]);
            EXPECT_OK(kw_audit_record_decode_unchecked(&record, slab->records[i]));
            assert_int_equal(slab->links[i].sequence, met);
            assert_int_equal(record.sequence, met);
            met++;
        }
        assert_int_equal(slab->bytes_left, 0);
        ended += slab->is_last ? 1 : 0;
    }
    assert_int_equal(ended, count);
    assert_null(kw_audit_hasher_next(hasher));
}

static void audit_hasher__gives_all_in_order(void **state)
{
    (void)state;
    static kw_hash32 hashes[RECORDS];
    KW_AUTO(kw_buf) frames = kw_buf_init(64 << 20);
    kw_audit_chain chain = {0};
    make_frames(&frames, &chain, hashes, RECORDS / 2);
    size_t border = frames.len;
    make_frames(&frames, &chain, hashes + RECORDS / 2, RECORDS / 2);
    assert_true(frames.len > 2 << 20);
    kw_span segments[3] = {{frames.ptr, border}, {0}, {frames.ptr + border, frames.len - border}};
    expect_all(segments, 3, hashes);
    kw_span small = {frames.ptr, 0};
    expect_all(&small, 1, hashes);
    expect_all(NULL, 0, hashes);
}

static void audit_hasher__tells_bad_records_and_leftovers(void **state)
{
    (void)state;
    kw_hash32 hashes[3];
    KW_AUTO(kw_buf) frames = kw_buf_init(4096);
    kw_audit_chain chain = {0};
    make_frames(&frames, &chain, hashes, 3);
    size_t len = 0;
    EXPECT_OK(kw_audit_frame_length(&len, kw_buf_view(&frames)));
    frames.ptr[len + 20] ^= 1;
    kw_span segment = {frames.ptr, frames.len - 1};
    KW_AUTO_PTR(kw_audit_hasher) hasher = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_audit_hasher_new(&hasher, &segment, 1, &err));
    const kw_audit_slab *slab = kw_audit_hasher_next(hasher);
    assert_non_null(slab);
    assert_int_equal(slab->count, 2);
    assert_true(slab->is_good[0]);
    assert_false(slab->is_good[1]);
    assert_true(slab->is_last);
    assert_int_equal(slab->bytes_left, frames.len - 1 - slab->frame_bytes);
    assert_null(kw_audit_hasher_next(hasher));
}

static void audit_hasher__may_be_left_early(void **state)
{
    (void)state;
    static kw_hash32 hashes[RECORDS];
    KW_AUTO(kw_buf) frames = kw_buf_init(64 << 20);
    kw_audit_chain chain = {0};
    make_frames(&frames, &chain, hashes, RECORDS);
    kw_span segment = kw_buf_view(&frames);
    kw_audit_hasher *hasher = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_audit_hasher_new(&hasher, &segment, 1, &err));
    assert_non_null(kw_audit_hasher_next(hasher));
    kw_audit_hasher_free(hasher); /* while threads still hash */
    kw_audit_hasher_free(NULL);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_audit_hasher_new(&hasher, &segment, 1, &err), KW_NO_MEMORY);
    kw_heap_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_hasher__gives_all_in_order),
        cmocka_unit_test(audit_hasher__tells_bad_records_and_leftovers),
        cmocka_unit_test(audit_hasher__may_be_left_early),
    };
    return cmocka_run_group_tests_name("guard/audit_hasher", tests, NULL, NULL);
}
