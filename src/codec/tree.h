/* SPDX-License-Identifier: Apache-2.0
 * Private to codec/: a parsed document into a struct, for JSON and YAML alike. */
#ifndef KW_CODEC_TREE_H
#define KW_CODEC_TREE_H

#include "codec/dom.h"
#include "codec/member.h"

/* One decoding. */
typedef struct kw_tree_decoder {
    kw_arena *arena;
    bool is_null_absent; /* YAML: a key without a value counts as not given */
    bool suggests;       /* YAML: an unknown key brings the name it was meant to be */
    bool passes_unknown; /* members that no row names are left alone */
    const kw_json *spot; /* of a failure: the node that was refused, or that lacks a member */
} kw_tree_decoder;

/* Fills the members that are of the body (neither KW_PATH nor KW_QUERY); `out` is written only on
 * success. Statuses of kw_json_decode. */
KW_MUST_USE kw_status kw_tree_decode(void *out, kw_tree_decoder *decoder, const kw_schema *schema,
                                     const kw_json *tree, kw_error *err);

/* True for the members that a body has. */
static inline bool kw_field_is_of_body(const kw_field *field)
{
    return (field->flags & (KW_PATH | KW_QUERY)) == 0;
}

#endif /* KW_CODEC_TREE_H */
