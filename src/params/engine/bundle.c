/* SPDX-License-Identifier: Apache-2.0
 * Bundles as streams. */
#include "params/engine/bundle.h"

enum {
    END_BLOCKS = 2,
    END_BLOCKS_MAX = 20, /* tar fills up its records of 20 blocks */
};

static const uint8_t zeros[END_BLOCKS * KW_BUNDLE_BLOCK_BYTES];

static bool stands_behind(kw_str name, const kw_bundle_head *last)
{
    return kw_str_compare(kw_str_of(last->name), name) < 0;
}

/* ---- writing ---- */

kw_status kw_bundle_begin(kw_bundle_writer *writer, kw_str name, uint64_t bytes, kw_error *err)
{
    kw_bundle_head head = {.bytes = bytes};
    uint8_t block[KW_BUNDLE_BLOCK_BYTES];
    KW_REQUIRE(writer->left == 0, err, KW_BAD_STATE, "%s is shorter than it was said to be",
               writer->member.name);
    KW_REQUIRE(writer->members < KW_BUNDLE_MEMBERS_MAX, err, KW_LIMIT, "too many files");
    KW_REQUIRE(name.len <= KW_BUNDLE_NAME_BYTES_MAX, err, KW_BAD_INPUT,
               "a name of %zu bytes in a bundle", name.len);
    memcpy(head.name, name.ptr, name.len);
    KW_REQUIRE(kw_bundle_head_encode(block, &head) == KW_OK, err, KW_BAD_INPUT,
               "%.*s cannot stand in a bundle", KW_STR_ARG(name));
    KW_REQUIRE(stands_behind(name, &writer->member), err, KW_CONFLICT,
               "%s does not stand behind %s", head.name, writer->member.name);
    KW_TRY(writer->sink.take(writer->sink.ctx, KW_SPAN(block), err));
    writer->member = head;
    writer->left = bytes;
    writer->members++;
    return KW_OK;
}

kw_status kw_bundle_add(kw_bundle_writer *writer, kw_span bytes, kw_error *err)
{
    KW_REQUIRE(bytes.len <= writer->left, err, KW_BAD_STATE, "%s is longer than it was said to be",
               writer->member.name);
    if (bytes.len == 0) {
        return KW_OK;
    }
    KW_TRY(writer->sink.take(writer->sink.ctx, bytes, err));
    writer->left -= bytes.len;
    size_t padding = writer->left == 0 ? kw_bundle_padding(writer->member.bytes) : 0;
    return padding == 0 ? KW_OK
                        : writer->sink.take(writer->sink.ctx, (kw_span){zeros, padding}, err);
}

kw_status kw_bundle_finish(kw_bundle_writer *writer, kw_error *err)
{
    KW_REQUIRE(writer->left == 0, err, KW_BAD_STATE, "%s is shorter than it was said to be",
               writer->member.name);
    return writer->sink.take(writer->sink.ctx, KW_SPAN(zeros), err);
}

/* ---- reading ---- */

static kw_status end_member(kw_bundle_reader *reader, kw_error *err)
{
    reader->padding = kw_bundle_padding(reader->member.bytes);
    return reader->visit.end(reader->visit.ctx, err);
}

static kw_status take_head(kw_bundle_reader *reader, kw_error *err)
{
    kw_bundle_head head;
    KW_TRY(kw_bundle_head_decode(&head, reader->block, err));
    kw_str name = kw_str_of(head.name);
    if (name.len == 0) {
        reader->end_blocks++;
        KW_REQUIRE(reader->end_blocks <= END_BLOCKS_MAX, err, KW_BAD_INPUT,
                   "the bundle goes on behind its end");
        return KW_OK;
    }
    KW_REQUIRE(reader->end_blocks == 0, err, KW_BAD_INPUT, "%s stands behind the end", head.name);
    KW_REQUIRE(reader->members < KW_BUNDLE_MEMBERS_MAX, err, KW_LIMIT, "too many files");
    KW_REQUIRE(stands_behind(name, &reader->member), err, KW_BAD_INPUT,
               "%s stands behind %s in the bundle", head.name, reader->member.name);
    reader->member = head;
    reader->left = head.bytes;
    reader->members++;
    KW_TRY(reader->visit.begin(reader->visit.ctx, name, head.bytes, err));
    return head.bytes == 0 ? end_member(reader, err) : KW_OK;
}

/* Takes some of the bytes, at least one, and says how many. */
static kw_status take_some(kw_bundle_reader *reader, size_t *out_len, kw_span bytes, kw_error *err)
{
    size_t len = 0;
    if (reader->left > 0) {
        len = (size_t)KW_MIN(reader->left, (uint64_t)bytes.len);
        reader->left -= len;
        KW_TRY(reader->visit.add(reader->visit.ctx, (kw_span){bytes.ptr, len}, err));
        if (reader->left == 0) {
            KW_TRY(end_member(reader, err));
        }
    } else if (reader->padding > 0) {
        len = KW_MIN(reader->padding, bytes.len);
        reader->padding -= len;
        KW_REQUIRE(kw_span_equal_var((kw_span){bytes.ptr, len}, (kw_span){zeros, len}), err,
                   KW_BAD_INPUT, "bytes behind %s in the bundle", reader->member.name);
    } else {
        len = KW_MIN(sizeof reader->block - reader->block_len, bytes.len);
        memcpy(&reader->block[reader->block_len], bytes.ptr, len);
        reader->block_len += len;
        if (reader->block_len == sizeof reader->block) {
            reader->block_len = 0;
            KW_TRY(take_head(reader, err));
        }
    }
    *out_len = len;
    return KW_OK;
}

kw_status kw_bundle_push(kw_bundle_reader *reader, kw_span bytes, kw_error *err)
{
    while (bytes.len > 0) {
        size_t len = 0;
        KW_TRY(take_some(reader, &len, bytes, err));
        bytes = (kw_span){bytes.ptr + len, bytes.len - len};
    }
    return KW_OK;
}

kw_status kw_bundle_end(const kw_bundle_reader *reader, kw_error *err)
{
    KW_REQUIRE(reader->end_blocks >= END_BLOCKS && reader->block_len == 0, err, KW_BAD_INPUT,
               "the bundle is cut off");
    return KW_OK;
}
