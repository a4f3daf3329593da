/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_bundle_head_decode, kw_bundle_push. What is taken, in pieces of a size that the first
 * byte chooses, is written again in the same way up to the zeros at its end. */
#include "base/buf.h"
#include "params/engine/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static kw_status keep(void *ctx, kw_span bytes, kw_error *err)
{
    KW_UNUSED(err);
    return kw_buf_append(ctx, bytes);
}

static kw_status begin(void *ctx, kw_str name, uint64_t bytes, kw_error *err)
{
    KW_ASSERT(kw_bundle_name_is_safe(name));
    return kw_bundle_begin(ctx, name, bytes, err);
}

static kw_status add(void *ctx, kw_span bytes, kw_error *err)
{
    return kw_bundle_add(ctx, bytes, err);
}

static kw_status end(void *ctx, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(err);
    return KW_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    kw_bundle_head head;
    uint8_t block[KW_BUNDLE_BLOCK_BYTES];
    if (size >= sizeof block && kw_bundle_head_decode(&head, data, NULL) == KW_OK) {
        bool is_end = head.name[0] == '\0';
        KW_ASSERT(is_end || kw_bundle_head_encode(block, &head) == KW_OK);
        KW_ASSERT(is_end || kw_span_equal_var((kw_span){data, sizeof block}, KW_SPAN(block)));
    }
    kw_span bundle = {data + 1, size - 1};
    KW_AUTO(kw_buf) again = kw_buf_init(2 * size + 4096);
    kw_bundle_writer writer = kw_bundle_writer_to(&(kw_bundle_sink){keep, &again});
    kw_bundle_reader reader = kw_bundle_reader_to(&(kw_bundle_visit){begin, add, end, &writer});
    for (size_t at = 0; at < bundle.len; at += data[0] + 1U) {
        kw_span piece = {&bundle.ptr[at], KW_MIN(data[0] + 1U, bundle.len - at)};
        if (kw_bundle_push(&reader, piece, NULL) != KW_OK) {
            return 0;
        }
    }
    if (kw_bundle_end(&reader, NULL) == KW_OK) {
        KW_ASSERT(kw_bundle_finish(&writer, NULL) == KW_OK);
        KW_ASSERT(again.len <= bundle.len);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&again), (kw_span){bundle.ptr, again.len}));
    }
    return 0;
}
