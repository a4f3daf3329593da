/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_backup_record_decode. What it takes, it writes again in the same way. */
#include "threshold/backup_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span wire = {data, size};
    kw_backup_record record;
    if (kw_backup_record_decode(&record, kw_secret_span_of(wire)) == KW_OK) {
        KW_AUTO(kw_secret_bytes) again = kw_secret_bytes_init(size);
        kw_backup_order order = {0};
        KW_ASSERT(kw_backup_record_encode(&again, &record) == KW_OK);
        kw_span bytes = kw_declassify_span(kw_secret_bytes_view(&again), "nothing here is secret");
        KW_ASSERT(kw_span_equal_var(bytes, wire));
        KW_ASSERT((kw_backup_order_take(&order, &record) == KW_OK) ==
                  (record.kind == KW_BACKUP_ABOUT));
        kw_backup_order_drop(&order);
    }
    return 0;
}
