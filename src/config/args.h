/* SPDX-License-Identifier: Apache-2.0
 * Command-line words into structs by field tables: `--name value`, `--name=value`, `--flag`,
 * `--no-flag`, repeated `--item a --item b`, words by position (KW_OPERAND), `--` before words that
 * begin with '-'. A member `issued_after` is the option `--issued-after`. */
#ifndef KW_CONFIG_ARGS_H
#define KW_CONFIG_ARGS_H

#include "codec/field.h"

/* A struct that takes options. The caller prepares `object` with kw_object_init. */
typedef struct kw_args_target {
    const kw_schema *schema;
    void *object;
} kw_args_target;

/* Reads all words; the first target that knows a name takes it; positions go to the KW_OPERAND rows
 * in table order, the last of which may be a kw_strs that takes the rest. `-h` is `--help`.
 * USAGE: an unknown option (with a suggestion), a missing or refused value, an option given twice
 * that is no list, a word too many, a KW_SECRET member (secrets never stand on a command line);
 * the text never shows a value. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_args_read(const kw_args_target *targets, size_t targets_count,
                                   kw_arena *arena, kw_strs words, kw_error *err);

/* USAGE: a KW_REQ member of the target is empty. Apart from reading, so --help needs nothing. */
KW_MUST_USE kw_status kw_args_check_required(const kw_args_target *target, kw_error *err);

/* Appends the option's spelling, "--issued-after", or "KEY-ID" of an operand. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_args_spell(kw_buf *out, const kw_field *field);

#endif /* KW_CONFIG_ARGS_H */
