/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_operator_key_file_decode. What it takes, it writes again in the same way. */
#include "threshold/operator_key_file.h"

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_operator_key_file file;
    if (kw_operator_key_file_decode(&file, (kw_span){data, size}) == KW_OK) {
        uint8_t wire[KW_OPERATOR_KEY_FILE_BYTES];
        kw_operator_key_file_encode(wire, &file);
        KW_ASSERT(kw_span_equal_var(KW_SPAN(wire), (kw_span){data, size}));
    }
    return 0;
}
