/* SPDX-License-Identifier: Apache-2.0
 * Vectors from JSON. */
#include "support/vector_file.h"

#include "codec/hex.h"
#include "support/expect.h"
#include "support/tree.h"

enum {
    BYTES_MAX = 1 << 20,
};

kw_json *vector_file(const char *relative)
{
    KW_AUTO(kw_buf) file = {0};
    tree_read(&file, relative);
    return json_tree_parse(kw_buf_text(&file));
}

kw_json *vector_file_shared(const char *relative)
{
    kw_json *root = NULL;
    if (!vector_file_find(&root, relative)) {
        skip();
    }
    return root;
}

bool vector_file_find(kw_json **out, const char *relative)
{
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, relative)) {
        return false;
    }
    *out = json_tree_parse(kw_buf_text(&file));
    return true;
}

void vector_append(kw_buf *out, const kw_json *text)
{
    assert_int_equal(kw_json_kind_of(text), KW_JSON_STRING);
    EXPECT_OK(kw_hex_decode(out, kw_json_text(text)));
}

void vector_fill(kw_mspan out, const kw_json *text)
{
    assert_int_equal(kw_json_kind_of(text), KW_JSON_STRING);
    EXPECT_OK(kw_hex_decode_to(out, kw_json_text(text)));
}

void expect_vector(kw_span got, const kw_json *object, const char *name)
{
    KW_AUTO(kw_buf) wanted = kw_buf_init(BYTES_MAX);
    vector_append(&wanted, json_tree_at(object, name));
    EXPECT_SPAN(got, kw_buf_view(&wanted));
}
