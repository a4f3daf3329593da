/* SPDX-License-Identifier: Apache-2.0
 * The little XML that S3 answers in, as a stream of elements and texts: no document types, no
 * CDATA; attributes, comments and declarations are passed over. */
#ifndef KW_STORE_S3_XML_H
#define KW_STORE_S3_XML_H

#include "base/arena.h"
#include "base/span.h"

typedef enum kw_xml_kind {
    KW_XML_END,   /* of the text, or of what can be read: kw_xml_is_whole */
    KW_XML_OPEN,  /* <name>: *out is the name */
    KW_XML_TEXT,  /* between elements, without its white space at both ends; never empty */
    KW_XML_CLOSE, /* </name> */
} kw_xml_kind;

/* Views the text. */
typedef struct kw_xml {
    kw_str rest;
    unsigned depth;  /* elements that are open: 1 inside the root */
    bool is_empty;   /* the element that was opened last has its end already: <name/> */
    bool is_closing; /* the end that was given last is still counted in `depth` */
    bool has_failed;
} kw_xml;

static inline kw_xml kw_xml_of(kw_str text)
{
    return (kw_xml){.rest = text};
}

/* The next thing; `depth` counts an element from its OPEN up to its CLOSE, both included. */
kw_xml_kind kw_xml_next(kw_xml *xml, kw_str *out);

/* After KW_XML_END: every element was closed and nothing was refused. Names of the ends are not
 * compared with those of the beginnings. */
static inline bool kw_xml_is_whole(const kw_xml *xml)
{
    return !xml->has_failed && xml->depth == 0;
}

/* Resolves &amp; &lt; &gt; &quot; &apos; and numbers of ASCII; the copy lives in the arena.
 * BAD_INPUT: another entity. LIMIT. */
KW_MUST_USE kw_status kw_xml_decode(kw_arena *arena, kw_str *out, kw_str text);

#endif /* KW_STORE_S3_XML_H */
