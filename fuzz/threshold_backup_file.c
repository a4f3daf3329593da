/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_backup_file_decode. What it takes is as many whole frames as it says. */
#include "threshold/backup_file.h"

#include "codec/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_backup_file file;
    if (kw_backup_file_decode(&file, (kw_span){data, size}) == KW_OK) {
        kw_reader r = kw_reader_of(file.frames);
        for (uint64_t i = 0; i < file.frames_count; i++) {
            (void)kw_read_span_u32be(&r, size);
        }
        KW_ASSERT(kw_read_end(&r) == KW_OK);
        KW_ASSERT(file.frames.ptr + file.frames.len == data + size);
    }
    return 0;
}
