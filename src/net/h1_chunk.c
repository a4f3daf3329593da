/* SPDX-License-Identifier: Apache-2.0
 * The chunked coding, byte by byte in its framing and in one step over data. */
#include "net/h1_chunk.h"

#include "net/limits.h"

enum {
    SIZE_MAX_BITS = 60, /* 15 digits: no sum of sizes can wrap */
    TRAILER_BYTES_MAX = 8 * 1024
};

static int digit_of(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    uint8_t lower = byte | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static kw_status read_size(kw_chunk_reader *reader, uint8_t byte)
{
    int digit = digit_of(byte);
    if (digit >= 0) {
        if (reader->left >> (SIZE_MAX_BITS - 4) != 0) {
            return KW_BAD_INPUT;
        }
        reader->left = reader->left << 4 | (unsigned)digit;
        reader->state = KW_CHUNK_SIZE;
        return KW_OK;
    }
    if (reader->state == KW_CHUNK_SIZE_FIRST) {
        return KW_BAD_INPUT;
    }
    if (byte == '\r') {
        reader->state = KW_CHUNK_SIZE_LF;
        return KW_OK;
    }
    reader->state = KW_CHUNK_EXTENSION;
    reader->overhead = 0;
    return byte == ';' ? KW_OK : KW_BAD_INPUT;
}

/* Extension and trailer text: anything but controls up to CR, within its limit. */
static kw_status skip_text(kw_chunk_reader *reader, uint8_t byte, kw_chunk_state at_cr)
{
    if (byte == '\r') {
        reader->state = at_cr;
        return KW_OK;
    }
    bool is_text = (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    reader->overhead++;
    if (reader->state == KW_CHUNK_EXTENSION) {
        bool fits = reader->overhead <= KW_NET_CHUNK_EXTENSION_BYTES_MAX;
        return is_text && fits ? KW_OK : KW_BAD_INPUT;
    }
    if (!is_text) {
        return KW_BAD_INPUT;
    }
    return reader->overhead <= TRAILER_BYTES_MAX ? KW_OK : KW_HEADERS_TOO_LARGE;
}

static kw_status expect(kw_chunk_reader *reader, uint8_t byte, uint8_t wanted, kw_chunk_state next)
{
    reader->state = next;
    return byte == wanted ? KW_OK : KW_BAD_INPUT;
}

static kw_status end_size_line(kw_chunk_reader *reader, uint8_t byte)
{
    bool is_last = reader->left == 0;
    reader->overhead = 0;
    return expect(reader, byte, '\n', is_last ? KW_CHUNK_TRAILER_FIRST : KW_CHUNK_DATA);
}

static kw_status begin_trailer(kw_chunk_reader *reader, uint8_t byte)
{
    if (byte == '\r') {
        reader->state = KW_CHUNK_END_LF;
        return KW_OK;
    }
    reader->state = KW_CHUNK_TRAILER;
    bool is_fold = byte == ' ' || byte == '\t' || byte == ':';
    return is_fold ? KW_BAD_INPUT : skip_text(reader, byte, KW_CHUNK_TRAILER_LF);
}

static kw_status read_framing(kw_chunk_reader *reader, uint8_t byte)
{
    switch (reader->state) {
    case KW_CHUNK_SIZE_FIRST:
    case KW_CHUNK_SIZE:
        return read_size(reader, byte);
    case KW_CHUNK_EXTENSION:
        return skip_text(reader, byte, KW_CHUNK_SIZE_LF);
    case KW_CHUNK_SIZE_LF:
        return end_size_line(reader, byte);
    case KW_CHUNK_DATA_CR:
        return expect(reader, byte, '\r', KW_CHUNK_DATA_LF);
    case KW_CHUNK_DATA_LF:
        return expect(reader, byte, '\n', KW_CHUNK_SIZE_FIRST);
    case KW_CHUNK_TRAILER_FIRST:
        return begin_trailer(reader, byte);
    case KW_CHUNK_TRAILER:
        return skip_text(reader, byte, KW_CHUNK_TRAILER_LF);
    case KW_CHUNK_TRAILER_LF:
        return expect(reader, byte, '\n', KW_CHUNK_TRAILER_FIRST);
    case KW_CHUNK_END_LF:
        return expect(reader, byte, '\n', KW_CHUNK_END);
    case KW_CHUNK_DATA:
    case KW_CHUNK_END:
        break;
    }
    return KW_INTERNAL;
}

kw_status kw_chunk_read(kw_chunk_reader *reader, size_t *out_used, kw_span *out_data, kw_span bytes)
{
    size_t used = 0;
    *out_data = (kw_span){0};
    while (used < bytes.len && reader->state != KW_CHUNK_DATA && reader->state != KW_CHUNK_END) {
        KW_TRY(read_framing(reader, bytes.ptr[used]));
        used++;
    }
    if (reader->state == KW_CHUNK_DATA && used < bytes.len) {
        size_t len = (size_t)KW_MIN((uint64_t)(bytes.len - used), reader->left);
        *out_data = (kw_span){bytes.ptr + used, len};
        used += len;
        reader->left -= len;
        if (reader->left == 0) {
            reader->state = KW_CHUNK_DATA_CR;
        }
    }
    *out_used = used;
    return KW_OK;
}
