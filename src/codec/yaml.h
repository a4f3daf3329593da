/* SPDX-License-Identifier: Apache-2.0
 * YAML for configuration: one document of mappings, sequences and scalars, read into the tree that
 * the field tables decode. Plain true, false, null, ~ and decimal integers have their YAML meaning,
 * everything else is text. No anchors, aliases, tags, merge keys or duplicate keys. */
#ifndef KW_CODEC_YAML_H
#define KW_CODEC_YAML_H

#include "codec/json.h"

/* Reads a document into a struct, as kw_json_decode does. An empty document is an empty mapping.
 * BAD_INPUT, LIMIT as there; the text begins with "line 12: ". An unknown key brings a suggestion.
 * */
KW_MUST_USE kw_status kw_yaml_decode(void *out, kw_arena *arena, const kw_schema *schema,
                                     kw_span text, kw_error *err);

/* Reads a document as a tree, for who wants some of its members and knows no table of all; free the
 * root with kw_json_free. As kw_yaml_decode. NO_MEMORY. */
KW_MUST_USE kw_status kw_yaml_parse(kw_json **out, kw_span text, kw_error *err);

/* Appends the object as a YAML mapping with its KW_SECRET members redacted, `indent` spaces before
 * each line. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_yaml_encode_redacted(kw_buf *out, const kw_schema *schema,
                                              const void *object, unsigned indent);

#endif /* KW_CODEC_YAML_H */
