/* SPDX-License-Identifier: Apache-2.0
 * Ends of identifier numbers: runs of digits and chains of runs (emtp.md 4.3, C1). */
#include "emtp/engine/idno.h"

#include <stdlib.h>

enum {
    END_DIGITS_MIN = 4,
    END_DIGITS_MAX = 6
};

typedef struct ends {
    kw_str *items;
    size_t count;
    size_t capacity;
} ends;

/* Adds the last 4, 5 and 6 digits, as far as there are so many. */
static void add_ends(ends *list, kw_str digits)
{
    for (size_t len = END_DIGITS_MIN; len <= END_DIGITS_MAX && len <= digits.len; len++) {
        KW_ASSERT(list->count < list->capacity);
        list->items[list->count++] = (kw_str){digits.ptr + digits.len - len, len};
    }
}

static size_t run_end(kw_str text, size_t at)
{
    while (at < text.len && kw_emtp_is_digit(text.ptr[at])) {
        at++;
    }
    return at;
}

/* True when exactly one separator stands at `at` and a digit follows it. */
static bool joins_next_run(kw_str text, size_t at)
{
    return at + 1 < text.len && memchr("- .", text.ptr[at], 3) != NULL &&
           kw_emtp_is_digit(text.ptr[at + 1]);
}

/* Reads one number. Its digits are copied behind those in `chain`, which has room for them; the
 * ends are views of that copy. */
static void read_idno(ends *list, kw_emtp_line *chain, kw_str text, kw_emtp_profile profile)
{
    size_t chain_start = chain->len;
    size_t runs_in_chain = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = run_end(text, at);
        if (end == at) {
            at++;
            continue;
        }
        kw_emtp_line_add(chain, (kw_str){text.ptr + at, end - at});
        add_ends(list, (kw_str){chain->at + chain->len - (end - at), end - at});
        runs_in_chain++;
        bool is_joined = joins_next_run(text, end);
        if (!is_joined) {
            if (runs_in_chain > 1 && profile == KW_EMTP_V1) {
                add_ends(list, (kw_str){chain->at + chain_start, chain->len - chain_start});
            }
            chain_start = chain->len;
            runs_in_chain = 0;
        }
        at = end + is_joined;
    }
}

static int compare_texts(const void *a, const void *b)
{
    return kw_str_compare(*(const kw_str *)a, *(const kw_str *)b);
}

kw_status kw_emtp_idnos_read(kw_arena *arena, kw_strs *out, kw_strs idnos, kw_emtp_profile profile)
{
    size_t bytes = 0;
    for (size_t i = 0; i < idnos.count; i++) {
        bytes += idnos.items[i].len;
    }
    /* A run of 4 digits gives one end, of 6 or more three; a chain needs two runs: never more ends
     * than bytes. */
    ends list = {.items = kw_arena_new(arena, bytes, sizeof(kw_str)), .capacity = bytes};
    kw_emtp_line chain = {0};
    if (list.items == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(kw_emtp_line_new(arena, &chain, bytes));
    for (size_t i = 0; i < idnos.count; i++) {
        read_idno(&list, &chain, idnos.items[i], profile);
    }
    if (list.count > 1) {
        qsort(list.items, list.count, sizeof list.items[0], compare_texts);
    }
    size_t kept = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (kept == 0 || !kw_str_equal(list.items[i], list.items[kept - 1])) {
            list.items[kept++] = list.items[i];
        }
    }
    *out = (kw_strs){list.items, kept};
    return KW_OK;
}
