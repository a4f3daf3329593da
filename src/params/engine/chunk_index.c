/* SPDX-License-Identifier: Apache-2.0
 * Reading and writing index files. */
#include "params/engine/chunk_index.h"

#include "codec/reader.h"
#include "codec/writer.h"

enum {
    VERSION = 1,
    HASH_SHA256 = 1,
};

static const char magic[4] = {'K', 'W', 'C', 'I'};

static bool is_point_of(kw_cut_rule rule, uint32_t point_bytes)
{
    return rule == KW_CUT_CONTENT ? point_bytes == 0
                                  : point_bytes >= 1 && point_bytes <= KW_CUT_BYTES;
}

/* Lengths within bounds, and their sum; where they are fixed, each but the last is the same. */
static bool is_whole(const kw_chunk_index *index)
{
    uint32_t fixed = 0;
    if (index->rule == KW_CUT_FIXED) {
        fixed = KW_CUT_BYTES / index->point_bytes * index->point_bytes;
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < index->count; i++) {
        uint32_t length = kw_chunk_index_at(index, i).length;
        bool is_last = i + 1 == index->count;
        if (length == 0 || length > KW_CHUNK_BYTES_MAX ||
            (fixed != 0 && (is_last ? length > fixed : length != fixed))) {
            return false;
        }
        sum += length; /* at most 2^24 * 2^22 */
    }
    return sum == index->file_bytes;
}

kw_status kw_chunk_index_decode(kw_chunk_index *out, kw_span wire)
{
    kw_reader r = kw_reader_of(wire);
    kw_span mark = kw_read_span(&r, sizeof magic);
    uint8_t version = kw_read_u8(&r);
    uint8_t hash = kw_read_u8(&r);
    uint8_t rule = kw_read_u8(&r);
    uint8_t zero = kw_read_u8(&r);
    kw_chunk_index index = {.rule = (kw_cut_rule)rule};
    index.file_bytes = kw_read_u64be(&r);
    index.count = kw_read_u32be(&r);
    index.point_bytes = kw_read_u32be(&r);
    if (!kw_read_is_good(&r) || !kw_span_equal_var(mark, KW_SPAN(magic)) || version != VERSION ||
        hash != HASH_SHA256 || rule > KW_CUT_CONTENT || zero != 0 || index.count > KW_CHUNKS_MAX ||
        !is_point_of(index.rule, index.point_bytes)) {
        return KW_BAD_INPUT;
    }
    index.entries = kw_read_span(&r, (size_t)index.count * KW_CHUNK_INDEX_ENTRY_BYTES);
    KW_TRY(kw_read_end(&r));
    if (!is_whole(&index)) {
        return KW_BAD_INPUT;
    }
    *out = index;
    return KW_OK;
}

kw_chunk kw_chunk_index_at(const kw_chunk_index *index, uint32_t place)
{
    KW_ASSERT(place < index->count);
    kw_reader r = kw_reader_of(index->entries);
    (void)kw_read_span(&r, (size_t)place * KW_CHUNK_INDEX_ENTRY_BYTES);
    kw_chunk chunk = {.length = kw_read_u32be(&r)};
    kw_read_into(&r, KW_MSPAN(chunk.id.bytes));
    return chunk;
}

kw_status kw_chunk_index_add(kw_buf *entries, const kw_chunk *chunk)
{
    kw_writer w = kw_writer_to(entries);
    kw_write_u32be(&w, chunk->length);
    kw_write_span(&w, KW_SPAN(chunk->id.bytes));
    return kw_write_end(&w);
}

kw_status kw_chunk_index_encode(kw_buf *out, const kw_chunk_index *index)
{
    kw_writer w = kw_writer_to(out);
    kw_write_span(&w, KW_SPAN(magic));
    kw_write_u8(&w, VERSION);
    kw_write_u8(&w, HASH_SHA256);
    kw_write_u8(&w, (uint8_t)index->rule);
    kw_write_u8(&w, 0);
    kw_write_u64be(&w, index->file_bytes);
    kw_write_u32be(&w, index->count);
    kw_write_u32be(&w, index->point_bytes);
    kw_write_span(&w, index->entries);
    return kw_write_end(&w);
}
