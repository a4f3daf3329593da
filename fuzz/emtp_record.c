/* SPDX-License-Identifier: Apache-2.0
 * kw_emtp_record_read, kw_emtp_dob_parse, kw_emtp_tuples_make, kw_emtp_explain: first byte options,
 * the rest one input line. */
#include "emtp/engine/dob.h"
#include "emtp/engine/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    kw_emtp_options options = {.profile = (data[0] & 1) != 0 ? KW_EMTP_V1_REF : KW_EMTP_V1,
                               .wide = (data[0] & 2) != 0,
                               .weak = (data[0] & 4) != 0,
                               .phones_not_from_us = (data[0] & 8) != 0};
    kw_str line = {(const char *)data + 1, size - 1};
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
    kw_emtp_person person = {0};
    kw_emtp_reject reject = {0};
    kw_str dob = {0};
    if (kw_emtp_dob_parse(&dob, line, KW_EMTP_DOB_OR_MONTH) == KW_OK) {
        KW_ASSERT(dob.len == 10 || kw_emtp_dob_is_month(dob));
    }
    kw_status st = kw_emtp_record_read(&arena, &person, &reject, line, &options);
    KW_ASSERT(st == KW_OK || (st == KW_BAD_INPUT && reject.fault != KW_EMTP_FAULT_NONE));
    if (st != KW_OK) {
        return 0;
    }
    kw_emtp_tuples tuples = {0};
    KW_ASSERT(kw_emtp_tuples_make(&arena, &tuples, &person, &options) == KW_OK);
    for (size_t i = 1; i < tuples.count; i++) {
        KW_ASSERT(kw_str_compare(kw_emtp_tuple_text(&tuples.items[i - 1]),
                                 kw_emtp_tuple_text(&tuples.items[i])) < 0);
    }
    KW_AUTO(kw_buf) text = kw_buf_init(16 << 20);
    kw_emtp_explanation facts = {
        .line = 1, .options = &options, .person = &person, .tuples = &tuples};
    KW_ASSERT(kw_emtp_explain(&text, &arena, &facts) == KW_OK);
    return 0;
}
