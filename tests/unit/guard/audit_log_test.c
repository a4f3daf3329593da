/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/audit_log.h"

#include "os/fault.h"

#include "support/audit.h"
#include "support/expect.h"

/* A batch of one record that continues the log. */
typedef struct one_record {
    kw_audit_batch batch;
    kw_hash32 hash;
} one_record;

static void fill(one_record *one, const kw_audit_log *log)
{
    *one = (one_record){.batch = {.frames = kw_buf_init(8192), .count = 1, .after = log->chain}};
    kw_audit_record record = {
        .time_ms = 1700000000000, .node = KW_STR("n1"), .action = KW_STR("test.record.made")};
    EXPECT_OK(kw_audit_frame_append(&one->batch.after, &one->batch.frames, &one->hash, &record));
    one->batch.hashes = &one->hash;
}

static kw_status commit(kw_audit_log *log, kw_error *err)
{
    one_record one;
    fill(&one, log);
    kw_status st = kw_audit_log_commit(log, &one.batch, err);
    kw_buf_drop(&one.batch.frames);
    return st;
}

static void audit_log_commit__moves_chain_and_tree_together(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    KW_AUTO(kw_audit_log) log = {0};
    kw_error err = {0};
    EXPECT_OK(kw_audit_log_open(&log, &place.config, &err));
    for (uint64_t i = 1; i <= 5; i++) {
        EXPECT_OK(commit(&log, &err));
        assert_int_equal(log.chain.size, i);
        assert_int_equal(log.tree.size, i);
    }
    KW_AUTO(kw_buf) note = kw_buf_init(4096);
    EXPECT_OK(kw_audit_log_checkpoint(&log, &note, true, &err));
    assert_true(kw_str_starts_with(kw_buf_text(&note), KW_STR("n1/audit\n5\n")));
    assert_int_equal(log.noted_size, 5);
    kw_audit_log_drop(&log);
    kw_audit_log_drop(&log);
    assert_int_equal(audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT).records, 5);
    EXPECT_OK(kw_audit_log_open(&log, &place.config, &err));
    assert_int_equal(log.chain.size, 5);
    assert_int_equal(log.noted_size, 5);
    audit_place_remove(&place);
}

static void audit_log_commit__leaves_nothing_of_a_failed_batch(void **state)
{
    (void)state;
    static const kw_os_call calls[] = {KW_OS_WRITE, KW_OS_SYNC};
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        audit_place place;
        audit_place_make(&place);
        static kw_os_faults faults;
        memset(&faults, 0, sizeof faults);
        KW_AUTO(kw_audit_log) log = {0};
        kw_error err = {0};
        EXPECT_OK(kw_audit_log_open(&log, &place.config, &err));
        EXPECT_OK(commit(&log, &err));
        kw_os_faults_use(&faults);
        kw_os_fail_at(&faults, calls[i], 1);
        EXPECT_STATUS(commit(&log, &err), KW_IO);
        kw_os_faults_use(NULL);
        assert_int_equal(log.chain.size, 1);
        assert_int_equal(log.tree.size, 1);
        EXPECT_OK(commit(&log, &err));
        assert_int_equal(log.chain.size, 2);
        kw_audit_log_drop(&log);
        kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
        assert_int_equal(report.records, 2);
        audit_place_remove(&place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_log_commit__moves_chain_and_tree_together),
        cmocka_unit_test(audit_log_commit__leaves_nothing_of_a_failed_batch),
    };
    return cmocka_run_group_tests_name("guard/audit_log", tests, NULL, NULL);
}
