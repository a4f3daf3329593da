/* SPDX-License-Identifier: Apache-2.0
 * Scalars as digits. A scalar is first split in parts, signed numbers of PART_WORDS words in two's
 * complement, least first: k p = sum parts[i] E^i(p) for the endomorphism E of the group. */

enum {
    PART_WORDS = 3,
    WINDOW = 5,                         /* bits of a digit */
    WINDOW_LARGEST = 1 << (WINDOW - 1), /* digits lie in -16..15; of the wNAF, -15..15 and odd */
};

/* Bits at..at+width-1 of a part; `width` is 1..32. CT in the part. */
KW_TEMPLATE_HOT uint32_t part_bits(const uint64_t *part, int at, int width)
{
    uint64_t bits = part[at / 64] >> (at % 64);
    if (at % 64 + width > 64 && at / 64 + 1 < PART_WORDS) {
        bits |= part[at / 64 + 1] << (64 - at % 64);
    }
    return (uint32_t)(bits & (((uint64_t)1 << width) - 1));
}

/* part + sum 2^(width - 1) 2^(width i) for i < count: the digits of the sum, less 2^(width - 1)
 * each, are signed digits of the part, and no carry runs between them. The part must lie in
 * [-8/15, 7/15) 2^(width count) for width 4, with 16/31 and 15/31 for 5, and so on. CT. */
KW_TEMPLATE void part_bias(uint64_t *biased, const uint64_t *part, int width, int count)
{
    uint64_t bias[PART_WORDS] = {0};
    for (int i = 0; i < count; i++) {
        int at = width * i + width - 1;
        bias[at / 64] |= (uint64_t)1 << (at % 64);
    }
    uint64_t carry = 0;
    for (int i = 0; i < PART_WORDS; i++) {
        kw_u128 sum = (kw_u128)part[i] + bias[i] + carry;
        biased[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
}

/* Digit `i` of what part_bias made, in -2^(width - 1) .. 2^(width - 1) - 1. CT. */
KW_TEMPLATE_HOT int32_t biased_digit(const uint64_t *biased, int width, int i)
{
    return (int32_t)part_bits(biased, width * i, width) - ((int32_t)1 << (width - 1));
}

/* o = -a when mask is all ones, else a. CT. */
KW_TEMPLATE void part_neg_if(kw_mask mask, uint64_t *o, const uint64_t *a)
{
    kw_mask m = kw_ct_barrier(mask);
    uint64_t carry = m & 1;
    for (int i = 0; i < PART_WORDS; i++) {
        kw_u128 sum = (kw_u128)(a[i] ^ m) + carry;
        o[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
}

/* The wNAF of a public part: part = sum naf[i] 2^i, of five neighbours at most one is not 0.
 * Returns 1 + the index of the last that is not 0. |part| < 2^(count - 1). */
KW_TEMPLATE int part_wnaf_var(int8_t *naf, const uint64_t *part, int count)
{
    uint64_t magnitude[PART_WORDS];
    kw_mask is_negative = (uint64_t)0 - (part[PART_WORDS - 1] >> 63);
    part_neg_if(is_negative, magnitude, part);
    memset(naf, 0, (size_t)count);
    uint32_t carry = 0;
    int length = 0;
    for (int at = 0; at < count;) {
        if (part_bits(magnitude, at, 1) == carry) {
            at++;
            continue;
        }
        int32_t digit = (int32_t)(part_bits(magnitude, at, WINDOW) + carry);
        carry = digit > WINDOW_LARGEST ? 1 : 0;
        digit -= (int32_t)carry << WINDOW;
        naf[at] = (int8_t)(is_negative != 0 ? -digit : digit);
        length = at + 1;
        at += WINDOW;
    }
    return length;
}

/* The layout of combs (comb.inc.c). */
enum {
    COMBS = 11,
    COMB_TEETH = 6,
    COMB_SPACING = 4,
    COMB_BITS = COMBS * COMB_TEETH * COMB_SPACING,
    COMB_ENTRIES = 1 << (COMB_TEETH - 1),
    COMB_ENTRY_MOST = 24, /* words */
};

typedef struct comb_bits {
    uint64_t words[(COMB_BITS + 63) / 64];
} comb_bits;

/* k = sum (2 b[i] - 1) 2^i = 2 b - (2^COMB_BITS - 1), so b = (k + 2^COMB_BITS - 1) / 2 modulo r.
 * CT. */
KW_TEMPLATE void comb_recode(comb_bits *out, const secret *k)
{
    fr b = secret_open(k);
    fr_add(&b, &b, &fr_comb_offset);
    fr_half(&b, &b);
    out->words[KW_COUNT(out->words) - 1] = 0;
    fr_to_words(out->words, &b);
    kw_wipe(&b, sizeof b);
}

/* The bits of comb c in column s, tooth 0 lowest. CT. */
KW_TEMPLATE_HOT uint32_t comb_digit(const comb_bits *bits, int c, int s)
{
    uint32_t digit = 0;
    for (int t = 0; t < COMB_TEETH; t++) {
        int at = (COMB_TEETH * c + t) * COMB_SPACING + s;
        digit |= (uint32_t)(bits->words[at / 64] >> (at % 64) & 1) << t;
    }
    return digit;
}

/* o = entry `index` of COMB_ENTRIES. All are read; `words`, the length of one, is a constant at
 * every call, so that the sums of masked words stay in registers. CT in the index. */
KW_TEMPLATE_HOT void comb_pick(uint64_t *o, const uint64_t *entries, size_t words, uint64_t index)
{
    typedef uint64_t two_words __attribute__((vector_size(16)));
    two_words found[COMB_ENTRY_MOST / 2] = {{0}};
    for (uint64_t j = 0; j < COMB_ENTRIES; j++) {
        kw_mask is_it = kw_ct_eq(j, index);
        two_words mask = {is_it, is_it};
#pragma GCC unroll 12
        for (size_t i = 0; i < words / 2; i++) {
            two_words part;
            memcpy(&part, entries + words * j + 2 * i, sizeof part);
            found[i] |= part & mask;
        }
    }
    memcpy(o, found, words * sizeof *o);
}
