/* SPDX-License-Identifier: Apache-2.0
 * Candidates as bytes; the body is also that of certificates, see certificate_test.c. */
#include "threshold/engine/epoch/candidate_file.h"

#include "crypto/hash.h"
#include "support/epoch_desk.h"
#include "support/expect.h"

static epoch_desk desk;
static desk_epoch epoch_1;
static desk_epoch epoch_2;

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk, &epoch_1, NULL, (desk_plan){1, 4, 3});
    epoch_desk_make(&desk, &epoch_2, &epoch_1, (desk_plan){7, 7, 0});
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    epoch_desk_close(&desk);
    return 0;
}

static void candidate_decode__gives_what_was_written(void **state)
{
    (void)state;
    const kw_candidate_form form = epoch_desk_form(&desk);
    const desk_epoch *epochs[] = {&epoch_1, &epoch_2};
    for (size_t i = 0; i < KW_COUNT(epochs); i++) {
        const kw_candidate *wanted = &epochs[i]->certificate.candidate;
        kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
        KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        KW_AUTO(kw_buf) again = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        kw_candidate got;
        EXPECT_OK(kw_candidate_encode(&wire, wanted, desk.group));
        EXPECT_OK(kw_candidate_decode(&got, &arena, kw_buf_view(&wire), &form));
        assert_true(kw_hash32_equal(&got.digest, &wanted->digest));
        assert_true(kw_hash32_equal(&got.sid, &wanted->sid));
        assert_int_equal(got.commits.count, wanted->commits.count);
        assert_true(kw_hash32_equal(&got.commits.items[1].hash, &wanted->commits.items[1].hash));
        EXPECT_OK(kw_candidate_encode(&again, &got, desk.group));
        EXPECT_SPAN(kw_buf_view(&again), kw_buf_view(&wire));
        kw_arena_drop(&arena);
    }
}

static void candidate_decode__refuses_every_shorter_and_one_longer_file(void **state)
{
    (void)state;
    const kw_candidate_form form = epoch_desk_form(&desk);
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_candidate_encode(&wire, &epoch_2.certificate.candidate, desk.group));
    EXPECT_OK(kw_buf_append_byte(&wire, 0));
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    for (size_t len = 0; len <= wire.len; len++) {
        kw_candidate candidate;
        EXPECT_STATUS(kw_candidate_decode(&candidate, &arena, (kw_span){wire.ptr, len}, &form),
                      len == wire.len - 1 ? KW_OK : KW_BAD_INPUT);
        kw_arena_reset(&arena);
    }
    kw_arena_drop(&arena);
}

enum { /* offsets */
    AT_KIND = 4,
    AT_T_NEW = 4 + 2 + 32 + 8 + 8 + 4 + 2,
    AT_ROSTERS = AT_T_NEW + 2 + 32,
    MEMBER_BYTES = 20 + 1 + 2 + 32,
    AT_DEALINGS = AT_ROSTERS + 2 + 4 * MEMBER_BYTES + 2 + 7 * MEMBER_BYTES + 32,
    AT_POLYNOMIAL = AT_DEALINGS + 2 + 3 * 34,
};

static void candidate_decode__refuses_what_no_field_may_be(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
        kw_status wanted;
    } rows[] = {
        {0, 'X', KW_BAD_INPUT},
        {AT_KIND, KW_SESSION_TOKEN_KEY, KW_REFUSED},
        {AT_KIND, 0, KW_REFUSED},
        {AT_KIND, KW_SESSION_GENESIS, KW_REFUSED},              /* with an old roster */
        {AT_T_NEW, 1, KW_REFUSED},                              /* 261 of 7 */
        {AT_ROSTERS, 2, KW_LENGTH},                             /* 516 members */
        {AT_ROSTERS + 2 + 4 * MEMBER_BYTES + 1, 0, KW_REFUSED}, /* nobody is new */
        {AT_ROSTERS + 2, 0xff, KW_ENCODING},                    /* not by address */
        {AT_DEALINGS, 1, KW_LENGTH},                            /* 259 dealings of 4 dealers */
        {AT_DEALINGS + 1, 5, KW_LENGTH},
        {AT_POLYNOMIAL, 1, KW_ENCODING},
    };
    const kw_candidate_form form = epoch_desk_form(&desk);
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        EXPECT_OK(kw_candidate_encode(&wire, &epoch_2.certificate.candidate, desk.group));
        kw_candidate candidate = {.dealings_count = 4242};
        assert_int_not_equal(wire.ptr[rows[i].at], rows[i].byte);
        wire.ptr[rows[i].at] = rows[i].byte;
        EXPECT_STATUS(kw_candidate_decode(&candidate, &arena, kw_buf_view(&wire), &form),
                      rows[i].wanted);
        assert_int_equal(candidate.dealings_count, 4242);
        kw_arena_reset(&arena);
    }
    kw_arena_drop(&arena);
}

static void candidate_decode__accepts_only_the_schemes_of_the_reader(void **state)
{
    (void)state;
    const kw_candidate_form form = {desk.group, &kw_peer_schemes_all};
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_candidate_encode(&wire, &epoch_2.certificate.candidate, desk.group));
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_candidate candidate;
    EXPECT_STATUS(kw_candidate_decode(&candidate, &arena, kw_buf_view(&wire), &form), KW_REFUSED);
    kw_arena_drop(&arena);
}

static void candidate_decode__stays_within_its_arena(void **state)
{
    (void)state;
    const kw_candidate_form form = epoch_desk_form(&desk);
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_candidate_encode(&wire, &epoch_1.certificate.candidate, desk.group));
    kw_status st = KW_LIMIT;
    for (size_t max = 0; st == KW_LIMIT && max < 64 * 1024; max += 64) {
        kw_arena arena = kw_arena_init(max);
        kw_candidate candidate;
        st = kw_candidate_decode(&candidate, &arena, kw_buf_view(&wire), &form);
        kw_arena_drop(&arena);
    }
    EXPECT_OK(st);
}

static void candidate_encode__stops_at_the_maximum(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) wire = kw_buf_init(100);
    EXPECT_STATUS(kw_candidate_encode(&wire, &epoch_1.certificate.candidate, desk.group), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidate_decode__gives_what_was_written),
        cmocka_unit_test(candidate_decode__refuses_every_shorter_and_one_longer_file),
        cmocka_unit_test(candidate_decode__refuses_what_no_field_may_be),
        cmocka_unit_test(candidate_decode__accepts_only_the_schemes_of_the_reader),
        cmocka_unit_test(candidate_decode__stays_within_its_arena),
        cmocka_unit_test(candidate_encode__stops_at_the_maximum),
    };
    return cmocka_run_group_tests_name("threshold/engine/candidate_file", tests, open_desk,
                                       close_desk);
}
