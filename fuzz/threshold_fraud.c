/* SPDX-License-Identifier: Apache-2.0
 * Targets: kw_fraud_file_decode, kw_fraud_file_check, kw_fraud_judge, kw_fraud_prove. What decodes
 * is written again in the same way; proving gives the verdict of judging. */
#include "base/error.h"
#include "threshold/engine/fraud/fraud.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};

static void judge(const kw_fraud_file *file, kw_span wire)
{
    kw_arena arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_verdict verdict;
    KW_ASSERT(kw_fraud_judge(&verdict, &arena, file, &form) == KW_OK);
    bool is_guilty = kw_fraud_convicts(verdict.reason);
    KW_ASSERT(verdict.reason != KW_FRAUD_UNDECIDED);
    KW_ASSERT(is_guilty == (verdict.index > 0) && is_guilty == (verdict.roster != NULL));
    KW_AUTO(kw_buf) again = kw_buf_init(wire.len);
    kw_status st = kw_fraud_prove(&again, &arena, file, &form);
    KW_ASSERT(st == (is_guilty ? KW_OK : KW_REFUSED));
    kw_arena_drop(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span wire = {data, size};
    kw_arena arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_file file;
    kw_error err = {.status = KW_OK};
    kw_status st = kw_fraud_file_decode(&file, &arena, wire, form.schemes, &err);
    KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT);
    if (st == KW_OK) {
        KW_ASSERT(kw_fraud_file_check(&file) == KW_OK);
        KW_AUTO(kw_buf) again = kw_buf_init(size);
        kw_writer w = kw_writer_to(&again);
        kw_fraud_file_write(&w, &file);
        KW_ASSERT(kw_write_end(&w) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&again), wire));
        judge(&file, wire);
    }
    kw_arena_drop(&arena);
    return 0;
}
