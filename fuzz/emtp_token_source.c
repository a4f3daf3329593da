/* SPDX-License-Identifier: Apache-2.0
 * kw_emtp_source_fill, kw_emtp_csv_header, kw_emtp_csv_row: first byte JSON lines or CSV and size
 * of the pieces, the rest the input. */
#include "emtp/token_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct pieces {
    const uint8_t *at;
    size_t left;
    size_t largest;
} pieces;

static kw_status read_piece(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    KW_UNUSED(err);
    pieces *p = ctx;
    *out_len = KW_MIN(KW_MIN(room.len, p->left), p->largest);
    if (*out_len > 0) {
        memcpy(room.ptr, p->at, *out_len);
    }
    p->at += *out_len;
    p->left -= *out_len;
    return KW_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    pieces p = {.at = data + 1, .left = size - 1, .largest = 1 + (data[0] >> 1)};
    KW_AUTO_PTR(kw_emtp_source) source = NULL;
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    KW_ASSERT(kw_emtp_batch_init(&batch) == KW_OK);
    kw_emtp_input input = {.read = read_piece, .ctx = &p};
    KW_ASSERT(kw_emtp_source_new(&source, input, (data[0] & 1) != 0) == KW_OK);
    uint64_t last = 0;
    while (kw_emtp_source_fill(source, &batch, NULL) == KW_OK) {
        KW_ASSERT(batch.lines_count > 0 && batch.lines_count <= KW_EMTP_BATCH_LINES_MAX);
        for (size_t i = 0; i < batch.lines_count; i++) {
            kw_emtp_batch_line line = batch.lines[i];
            KW_ASSERT(line.number > last && line.len <= batch.in.len &&
                      line.at <= batch.in.len - line.len);
            last = line.number;
        }
        kw_emtp_batch_clear(&batch);
    }
    return 0;
}
