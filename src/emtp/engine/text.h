/* SPDX-License-Identifier: Apache-2.0
 * The general step of normalisation (emtp.md 4.1) and words. Results are made of [A-Z0-9 ] only,
 * so everything after it works on ASCII. */
#ifndef KW_EMTP_ENGINE_TEXT_H
#define KW_EMTP_ENGINE_TEXT_H

#include "base/arena.h"
#include "codec/field.h"

/* Text under construction: words that one space separates. `text.ptr` has room for all of them. */
typedef struct kw_emtp_line {
    char *at;
    size_t len;
} kw_emtp_line;

/* Accents dropped, upper case, everything outside A-Z0-9 one space, none at the ends. The text is
 * UTF-8; a byte that is not part of valid UTF-8 counts as a space. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_text_normalise(kw_arena *arena, kw_str *out, kw_str text);

/* The words of a normalised text; they borrow from it. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_text_words(kw_arena *arena, kw_strs *out, kw_str normalised);

/* Starts a line with room for `bytes`. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_emtp_line_new(kw_arena *arena, kw_emtp_line *out, size_t bytes);

/* Appends a word behind a space; an empty word changes nothing. The caller counted the room. */
void kw_emtp_line_add_word(kw_emtp_line *line, kw_str word);

/* Appends bytes as they are. The caller counted the room. */
void kw_emtp_line_add(kw_emtp_line *line, kw_str text);

static inline kw_str kw_emtp_line_text(const kw_emtp_line *line)
{
    return (kw_str){line->at, line->len};
}

static inline bool kw_emtp_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True when all bytes are ASCII digits; the empty text is not. */
bool kw_emtp_text_is_digits(kw_str text);

bool kw_emtp_text_has_digit(kw_str text);

#endif /* KW_EMTP_ENGINE_TEXT_H */
