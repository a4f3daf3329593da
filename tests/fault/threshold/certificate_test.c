/* SPDX-License-Identifier: Apache-2.0
 * Every allocation under a certificate fails once: nothing is accepted or refused for it, and the
 * outputs stay as they were. */
#include "base/heap.h"
#include "support/epoch_desk.h"
#include "support/expect.h"

enum {
    TRIES_MAX = 100,
};

static epoch_desk desk;
static desk_epoch epoch_1;
static desk_epoch epoch_2;
static kw_buf file;

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk, &epoch_1, NULL, (desk_plan){1, 4, 0});
    epoch_desk_make(&desk, &epoch_2, &epoch_1, (desk_plan){2, 7, 0});
    file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&file, &epoch_2.certificate, desk.group));
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    kw_buf_drop(&file);
    epoch_desk_close(&desk);
    return 0;
}

static kw_status decode(kw_arena *arena)
{
    const kw_candidate_form form = epoch_desk_form(&desk);
    kw_certificate certificate = {.precommits.count = 4242};
    kw_status st = kw_certificate_decode(&certificate, arena, kw_buf_view(&file), &form);
    assert_int_equal(certificate.precommits.count, st == KW_OK ? 3 : 4242);
    return st;
}

static kw_status encode(kw_arena *arena)
{
    (void)arena;
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    return kw_certificate_encode(&wire, &epoch_2.certificate, desk.group);
}

static kw_status check(kw_arena *arena)
{
    kw_head head = epoch_desk_head(&desk, &epoch_2);
    kw_candidate_judge judge = epoch_desk_judge(&desk, arena);
    kw_error err = {0};
    kw_status st = kw_head_check_certificate(&head, &epoch_2.certificate, &judge, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status copy(kw_arena *arena)
{
    kw_candidate out = {.dealings_count = 4242};
    kw_status st = kw_candidate_copy(&out, arena, &epoch_2.certificate.candidate);
    assert_int_equal(out.dealings_count, st == KW_OK ? 3 : 4242);
    return st;
}

static void allocations__fail_cleanly(void **state)
{
    (void)state;
    kw_status (*const uses[])(kw_arena *) = {decode, encode, check, copy};
    for (size_t i = 0; i < KW_COUNT(uses); i++) {
        kw_status st = KW_LIMIT;
        size_t tries = 0;
        for (; st != KW_OK && tries < TRIES_MAX; tries++) {
            kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
            kw_heap_fail_at(tries + 1);
            st = uses[i](&arena);
            kw_heap_fail_at(0);
            kw_arena_drop(&arena);
            if (st != KW_OK && st != KW_LIMIT && st != KW_NO_MEMORY) {
                fail_msg("use %zu, allocation %zu: %s", i, tries + 1, kw_status_name(st));
            }
        }
        EXPECT_OK(st);
        assert_true(tries > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations__fail_cleanly),
    };
    return cmocka_run_group_tests_name("threshold/certificate", tests, open_desk, close_desk);
}
