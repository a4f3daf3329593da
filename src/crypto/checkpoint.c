/* SPDX-License-Identifier: Apache-2.0
 * Checkpoints of append-only trees as note text. Source: C2SP tlog-checkpoint. */
#include "crypto/checkpoint.h"

#include "codec/base64.h"
#include "codec/utf8.h"

#include <inttypes.h>

enum {
    ROOT_CHARS = 44
};

static bool is_origin(kw_str origin)
{
    return origin.len > 0 && kw_utf8_is_line(origin);
}

kw_status kw_checkpoint_format(kw_buf *out, const kw_checkpoint *checkpoint)
{
    if (!is_origin(checkpoint->origin)) {
        return KW_BAD_INPUT;
    }
    char root[ROOT_CHARS];
    kw_base64_encode_to(root, KW_SPAN(checkpoint->head.root.bytes), KW_BASE64_STANDARD);
    return kw_buf_append_format(out, "%.*s\n%" PRIu64 "\n%.*s\n", KW_STR_ARG(checkpoint->origin),
                                checkpoint->head.size, ROOT_CHARS, root);
}

kw_status kw_checkpoint_parse(kw_checkpoint *out, kw_str text, kw_error *err)
{
    kw_str origin = {0};
    kw_str size = {0};
    kw_str root = {0};
    kw_str rest = {0};
    kw_checkpoint read = {0};
    KW_REQUIRE(kw_str_split(text, '\n', &origin, &rest) && kw_str_split(rest, '\n', &size, &rest) &&
                   kw_str_split(rest, '\n', &root, &rest),
               err, KW_BAD_INPUT, "a checkpoint has three lines");
    KW_REQUIRE(is_origin(origin), err, KW_BAD_INPUT, "the origin is empty or not plain text");
    KW_REQUIRE(kw_str_to_u64(size, INT64_MAX, &read.head.size), err, KW_BAD_INPUT,
               "the size is not a number");
    KW_REQUIRE(kw_base64_decode_to(KW_MSPAN(read.head.root.bytes), root, KW_BASE64_STANDARD) ==
                   KW_OK,
               err, KW_BAD_INPUT, "the root is not base64 of a hash");
    KW_REQUIRE(rest.len == 0 || rest.ptr[rest.len - 1] == '\n', err, KW_BAD_INPUT,
               "the last line has no end");
    read.origin = origin;
    *out = read;
    return KW_OK;
}
