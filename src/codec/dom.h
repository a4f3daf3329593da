/* SPDX-License-Identifier: Apache-2.0
 * Private to codec/: what json.h hides. A kw_json is a jansson value under another name. */
#ifndef KW_CODEC_DOM_H
#define KW_CODEC_DOM_H

#include "codec/json.h"

#include <jansson.h>

static inline json_t *kw_dom_of(const kw_json *value)
{
    return (json_t *)value;
}

/* Writes the value of one member, whatever its flags say about hiding. */
void kw_dom_write_member(kw_json_writer *w, const void *object, const kw_field *field,
                         kw_json_flags flags);

#endif /* KW_CODEC_DOM_H */
