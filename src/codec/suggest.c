/* SPDX-License-Identifier: Apache-2.0
 * Optimal string alignment distance: Levenshtein plus swaps of neighbours, three rows at a time. */
#include "codec/suggest.h"

typedef struct rows {
    unsigned cells[3][KW_SUGGEST_NAME_MAX + 1]; /* two rows back, one row back, this row */
} rows;

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    return KW_MIN(KW_MIN(a, b), c);
}

/* Fills the row of letter `i` of `a` from the two rows before it. */
static void fill_row(rows *r, kw_str a, kw_str b, size_t i)
{
    unsigned *this = r->cells[i % 3];
    const unsigned *back1 = r->cells[(i + 2) % 3];
    const unsigned *back2 = r->cells[(i + 1) % 3];
    this[0] = (unsigned)i;
    for (size_t j = 1; j <= b.len; j++) {
        unsigned differs = a.ptr[i - 1] != b.ptr[j - 1];
        this[j] = least(back1[j] + 1, this[j - 1] + 1, back1[j - 1] + differs);
        bool is_swap =
            i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
        if (is_swap) {
            this[j] = KW_MIN(this[j], back2[j - 2] + 1);
        }
    }
}

static unsigned distance(kw_str a, kw_str b)
{
    rows r = {0};
    for (size_t j = 0; j <= b.len; j++) {
        r.cells[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        fill_row(&r, a, b, i);
    }
    return r.cells[a.len % 3][b.len];
}

kw_suggestion kw_suggest(kw_str typed)
{
    return (kw_suggestion){.typed = typed, .distance = (unsigned)(typed.len + 2) / 3 + 1};
}

void kw_suggest_offer(kw_suggestion *s, kw_str name)
{
    if (s->typed.len > KW_SUGGEST_NAME_MAX || name.len > KW_SUGGEST_NAME_MAX) {
        return;
    }
    unsigned d = distance(s->typed, name);
    if (d < s->distance) {
        s->distance = d;
        s->best = name;
    }
}
