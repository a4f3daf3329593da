/* SPDX-License-Identifier: Apache-2.0
 * Private to codec/: the tree that json.h hides. A tree is one block of memory: its nodes in the
 * order of the text, each container directly before its first child, then the texts of all
 * strings. */
#ifndef KW_CODEC_DOM_H
#define KW_CODEC_DOM_H

#include "codec/json.h"

struct kw_json {
    const char *key; /* of a member, in the block; NULL: no member */
    union {
        const char *text; /* of a string, in the block */
        int64_t integer;
    };
    uint32_t key_len; /* bytes */
    uint32_t len;     /* of a string: bytes; of a container: children */
    uint32_t next;    /* nodes from here to the next sibling; 0: the last one */
    uint8_t kind;     /* kw_json_kind */
};

/* Position of a node in the order of the text; the root is 0. */
static inline size_t kw_dom_index(const kw_json *root, const kw_json *node)
{
    return (size_t)(node - root);
}

/* First child, NULL when there is none or the node is no container. */
const kw_json *kw_dom_first(const kw_json *container);

/* Next sibling, NULL behind the last. */
static inline const kw_json *kw_dom_next(const kw_json *node)
{
    return node->next == 0 ? NULL : node + node->next;
}

/* Why a text is no tree, for notations that say it in their own words. */
typedef struct kw_dom_failure {
    const char *what; /* one phrase */
    size_t at;        /* byte of the text */
    size_t node;      /* index of the node that was being read */
} kw_dom_failure;

/* As kw_json_parse. */
KW_MUST_USE kw_status kw_dom_parse(kw_json **out, kw_span text, unsigned depth_max,
                                   kw_dom_failure *failure);

/* Writes the value of one member, whatever its flags say about hiding. */
void kw_dom_write_member(kw_json_writer *w, const void *object, const kw_field *field,
                         kw_json_flags flags);

#endif /* KW_CODEC_DOM_H */
