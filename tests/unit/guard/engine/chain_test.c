/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/engine/chain.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "guard/limits.h"

#include "support/expect.h"

static const kw_audit_record sample = {.time_ms = 1700000000123,
                                       .method = KW_AUTH_API_KEY,
                                       .outcome = KW_FORBIDDEN,
                                       .version = 7,
                                       .node = {"n1", 2},
                                       .tenant = {"acme", 4},
                                       .actor = {"client-1", 8},
                                       .action = {"emtp.key.served", 15},
                                       .object = {"2026-01 2025-12", 15},
                                       .detail = {"rest", 4},
                                       .request_id = {"0123456789abcdef01234567", 24}};

/* Bytes of `sample` as the first record, written out by hand from the header's layout. */
static const char sample_hex[] = "01"               /* version */
                                 "0000000000000000" /* sequence */
                                 "0000018bcfe5687b" /* time */
                                 "0000000000000000000000000000000000000000000000000000000000000000"
                                 "02" /* api_key */
                                 "04" /* forbidden */
                                 "00000000000000000000000000000000"
                                 "0000000000000007"
                                 "026e31"
                                 "0461636d65"
                                 "08636c69656e742d31"
                                 "0f656d74702e6b65792e736572766564"
                                 "000f323032362d303120323032352d3132"
                                 "0472657374"
                                 "18303132333435363738396162636465663031323334353637"
                                 "00";

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void frame_append__lays_out_the_documented_bytes(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(8192);
    kw_audit_chain chain = {0};
    kw_hash32 hash;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &sample));
    size_t len = (sizeof sample_hex - 1) / 2;
    assert_int_equal(out.len, 2 + len + 8);
    assert_int_equal(out.ptr[0], len >> 8);
    assert_int_equal(out.ptr[1], len & 255);
    for (size_t i = 0; i < len; i++) {
        uint8_t wanted = (uint8_t)(nibble(sample_hex[2 * i]) << 4 | nibble(sample_hex[2 * i + 1]));
        assert_int_equal(out.ptr[2 + i], wanted);
    }
    uint8_t leaf[512] = {0};
    memcpy(leaf + 1, out.ptr + 2, len);
    kw_hash32 wanted;
    kw_sha256(&wanted, (kw_span){leaf, len + 1});
    assert_memory_equal(hash.bytes, wanted.bytes, sizeof hash.bytes);
    assert_memory_equal(out.ptr + 2 + len, wanted.bytes, 8);
    assert_int_equal(chain.size, 1);
    assert_int_equal(chain.time_ms, sample.time_ms);
    assert_memory_equal(chain.previous.bytes, hash.bytes, sizeof hash.bytes);
}

static void record_decode__gives_back_what_was_appended(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(8192);
    kw_audit_chain chain = {.size = 41, .time_ms = 99};
    chain.previous.bytes[5] = 5;
    kw_audit_chain before = chain;
    kw_hash32 hash;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &sample));
    kw_span rest = kw_buf_view(&out);
    kw_span bytes;
    kw_hash32 again;
    EXPECT_OK(kw_audit_frame_next(&bytes, &again, &rest));
    EXPECT_STATUS(kw_audit_frame_next(&bytes, &again, &rest), KW_END);
    assert_memory_equal(hash.bytes, again.bytes, sizeof hash.bytes);
    kw_audit_record record;
    EXPECT_OK(kw_audit_record_decode(&record, bytes));
    assert_int_equal(record.sequence, 41);
    assert_int_equal(record.time_ms, sample.time_ms);
    assert_int_equal(record.method, KW_AUTH_API_KEY);
    assert_int_equal(record.outcome, KW_FORBIDDEN);
    assert_int_equal(record.version, 7);
    assert_memory_equal(record.previous.bytes, before.previous.bytes, 32);
    EXPECT_STR(record.node, "n1");
    EXPECT_STR(record.tenant, "acme");
    EXPECT_STR(record.actor, "client-1");
    EXPECT_STR(record.action, "emtp.key.served");
    EXPECT_STR(record.object, "2026-01 2025-12");
    EXPECT_STR(record.detail, "rest");
    EXPECT_STR(record.request_id, "0123456789abcdef01234567");
    EXPECT_STR(record.approval_id, "");
    kw_audit_link link = kw_audit_link_of(&record);
    assert_int_equal(kw_audit_chain_follow(&before, &link, &hash), KW_AUDIT_FAULT_NONE);
    assert_int_equal(before.size, 42);
}

static void record_decode__refuses_short_and_trailing(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(8192);
    kw_audit_chain chain = {0};
    kw_hash32 hash;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &sample));
    size_t whole = out.len - 2 - 8;
    for (size_t len = 0; len <= whole + 1; len++) {
        kw_audit_record record = {.sequence = 77};
        EXPECT_STATUS(kw_audit_record_decode(&record, (kw_span){out.ptr + 2, len}),
                      len == whole ? KW_OK : KW_BAD_INPUT);
        assert_int_equal(record.sequence, len == whole ? 0 : 77);
    }
}

static void frame_next__finds_every_flipped_bit(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(8192);
    kw_audit_chain chain = {0};
    kw_hash32 hash;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &sample));
    for (size_t bit = 0; bit < out.len * 8; bit++) {
        out.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
        kw_span rest = kw_buf_view(&out);
        kw_span bytes;
        EXPECT_STATUS(kw_audit_frame_next(&bytes, &hash, &rest), KW_BAD_INPUT);
        assert_int_equal(rest.len, out.len);
        out.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 1; len < out.len; len++) {
        kw_span rest = {out.ptr, len};
        size_t length = 0;
        EXPECT_STATUS(kw_audit_frame_length(&length, rest), KW_BAD_INPUT);
    }
}

static void record_check__refuses_what_a_log_may_not_hold(void **state)
{
    (void)state;
    static char longer[KW_AUDIT_OBJECT_BYTES_MAX + 1];
    memset(longer, 'a', sizeof longer);
    kw_audit_record cases[14];
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        cases[i] = sample;
    }
    cases[0].action = (kw_str){0};
    cases[1].action = (kw_str){longer, KW_AUDIT_ACTION_BYTES_MAX + 1};
    cases[2].object = (kw_str){longer, KW_AUDIT_OBJECT_BYTES_MAX + 1};
    cases[3].actor = (kw_str){longer, 256};
    cases[4].node = (kw_str){longer, KW_AUDIT_NODE_BYTES_MAX + 1};
    cases[5].request_id = (kw_str){longer, KW_AUDIT_REQUEST_BYTES_MAX + 1};
    cases[6].object = KW_STR("line\nbreak");
    cases[7].object = KW_STR("bad \xff utf8");
    cases[8].detail = (kw_str){"nul\0", 4};
    cases[9].method = (kw_auth_method)4;
    cases[10].outcome = (kw_status)200;
    cases[11].time_ms = -1;
    cases[12].version = (uint64_t)INT64_MAX + 1;
    cases[13].tenant = (kw_str){longer, 256};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) out = kw_buf_init(8192);
        kw_audit_chain chain = {.size = 3};
        kw_hash32 hash;
        EXPECT_STATUS(kw_audit_record_check(&cases[i]), KW_BAD_INPUT);
        EXPECT_STATUS(kw_audit_frame_append(&chain, &out, &hash, &cases[i]), KW_BAD_INPUT);
        assert_int_equal(chain.size, 3);
        assert_int_equal(out.len, 0);
    }
    EXPECT_OK(kw_audit_record_check(&sample));
}

static void frame_append__fits_the_largest_record_and_fails_whole(void **state)
{
    (void)state;
    static char longer[KW_AUDIT_OBJECT_BYTES_MAX];
    memset(longer, 'a', sizeof longer);
    kw_str text = {longer, 255};
    kw_audit_record record = {.node = {longer, KW_AUDIT_NODE_BYTES_MAX},
                              .tenant = text,
                              .actor = text,
                              .action = {longer, KW_AUDIT_ACTION_BYTES_MAX},
                              .object = {longer, KW_AUDIT_OBJECT_BYTES_MAX},
                              .detail = text,
                              .request_id = {longer, KW_AUDIT_REQUEST_BYTES_MAX},
                              .approval_id = {longer, KW_AUDIT_REQUEST_BYTES_MAX}};
    KW_AUTO(kw_buf) out = kw_buf_init(KW_AUDIT_RECORD_BYTES_MAX + 10);
    kw_audit_chain chain = {0};
    kw_hash32 hash;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &record));
    size_t len = out.len;
    assert_true(len <= KW_AUDIT_RECORD_BYTES_MAX + 10);
    for (size_t room = 0; room < len; room += 97) {
        KW_AUTO(kw_buf) small = kw_buf_init(room);
        kw_audit_chain fresh = {0};
        EXPECT_STATUS(kw_audit_frame_append(&fresh, &small, &hash, &record), KW_LIMIT);
        assert_int_equal(small.len, 0);
        assert_int_equal(fresh.size, 0);
    }
    KW_AUTO(kw_buf) none = kw_buf_init(8192);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_audit_frame_append(&chain, &none, &hash, &record), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_int_equal(chain.size, 1);
}

static void frame_append__never_lets_the_time_run_back(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(8192);
    kw_audit_chain chain = {0};
    kw_hash32 hash;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &sample));
    kw_audit_record earlier = sample;
    earlier.time_ms -= 60000;
    EXPECT_OK(kw_audit_frame_append(&chain, &out, &hash, &earlier));
    assert_int_equal(chain.time_ms, sample.time_ms);
}

static void chain_follow__names_the_fault(void **state)
{
    (void)state;
    kw_audit_chain chain = {.size = 10, .time_ms = 100000};
    chain.previous.bytes[0] = 1;
    kw_hash32 hash = {{9}};
    kw_audit_link next = {.sequence = 10, .time_ms = 100000, .previous = chain.previous};
    kw_audit_link wrong = next;
    wrong.sequence = 11;
    assert_int_equal(kw_audit_chain_follow(&chain, &wrong, &hash), KW_AUDIT_FAULT_SEQUENCE);
    wrong.sequence = 9;
    assert_int_equal(kw_audit_chain_follow(&chain, &wrong, &hash), KW_AUDIT_FAULT_SEQUENCE);
    wrong = next;
    wrong.previous.bytes[31] ^= 1;
    assert_int_equal(kw_audit_chain_follow(&chain, &wrong, &hash), KW_AUDIT_FAULT_PREVIOUS);
    wrong = next;
    wrong.time_ms = 100000 - KW_AUDIT_TIME_BACK_MS_MAX - 1;
    assert_int_equal(kw_audit_chain_follow(&chain, &wrong, &hash), KW_AUDIT_FAULT_TIME);
    assert_int_equal(chain.size, 10);
    next.time_ms = 100000 - KW_AUDIT_TIME_BACK_MS_MAX;
    assert_int_equal(kw_audit_chain_follow(&chain, &next, &hash), KW_AUDIT_FAULT_NONE);
    assert_int_equal(chain.size, 11);
    assert_int_equal(chain.time_ms, next.time_ms);
    assert_memory_equal(chain.previous.bytes, hash.bytes, 32);
}

static void auth_method_name__spells_all(void **state)
{
    (void)state;
    assert_string_equal(kw_auth_method_name(KW_AUTH_NONE), "none");
    assert_string_equal(kw_auth_method_name(KW_AUTH_SYSTEM), "system");
    assert_string_equal(kw_auth_method_name(KW_AUTH_API_KEY), "api_key");
    assert_string_equal(kw_auth_method_name(KW_AUTH_CERTIFICATE), "certificate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_append__lays_out_the_documented_bytes),
        cmocka_unit_test(record_decode__gives_back_what_was_appended),
        cmocka_unit_test(record_decode__refuses_short_and_trailing),
        cmocka_unit_test(frame_next__finds_every_flipped_bit),
        cmocka_unit_test(record_check__refuses_what_a_log_may_not_hold),
        cmocka_unit_test(frame_append__fits_the_largest_record_and_fails_whole),
        cmocka_unit_test(frame_append__never_lets_the_time_run_back),
        cmocka_unit_test(chain_follow__names_the_fault),
        cmocka_unit_test(auth_method_name__spells_all),
    };
    return cmocka_run_group_tests_name("guard/engine/chain", tests, NULL, NULL);
}
