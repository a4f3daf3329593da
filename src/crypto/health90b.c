/* SPDX-License-Identifier: Apache-2.0
 * Health tests and their cutoffs. Source: NIST SP 800-90B section 4.4. */
#include "crypto/health90b.h"

#include "base/error.h"

enum {
    WINDOW_BINARY = 1024,
    WINDOW_BYTES = 512,
    SUSPECT_LOG2 = 20,
    FAILED_LOG2 = 40
};

/* 2^exponent; 0 when it is too small for a double. */
static double power_of_two(int exponent)
{
    double power = 1;
    for (; exponent > 0; exponent--) {
        power *= 2;
    }
    for (; exponent < 0 && power > 0; exponent++) {
        power /= 2;
    }
    return power;
}

/* 2^(-half_bits / 2), the probability of the likeliest sample. */
static double likeliest(uint8_t half_bits)
{
    static const double root_half = 0.70710678118654752440;
    return power_of_two(-(half_bits / 2)) * (half_bits % 2 == 1 ? root_half : 1);
}

/* critbinom(n, p, 1 - 2^-alpha): the least k with P(X > k) <= 2^-alpha, X binomial(n, p).
 *
 * The tail is summed from its end, P(X = n) = p^n = 2^(-n half_bits / 2), where it is smallest:
 * `term` and `tail` are P(X = k) and P(X >= k) in units of 2^unit, a unit that grows with them, so
 * that neither p^n underflows nor the sum loses digits. n is even, so the first unit is whole. */
static uint32_t critical_count(uint32_t n, uint8_t half_bits, unsigned alpha_log2)
{
    static const int growth = 512;
    double p = likeliest(half_bits);
    int unit = -(int)(n / 2 * half_bits);
    double term = 1;
    double tail = 1;
    uint32_t k = n;
    while (k > 0 && tail * power_of_two(unit) <= power_of_two(-(int)alpha_log2)) {
        /* P(X = k - 1) = P(X = k) k (1 - p) / ((n - k + 1) p) */
        term *= (double)k / (double)(n - k + 1) * (1 - p) / p;
        tail += term;
        k--;
        if (tail > power_of_two(growth)) {
            term /= power_of_two(growth);
            tail /= power_of_two(growth);
            unit += growth;
        }
    }
    return k; /* P(X >= k) is the first above the bound, so P(X > k) was the last below */
}

kw_health_cutoffs kw_health_cutoffs_of(kw_health_source source, unsigned alpha_log2)
{
    KW_ASSERT(source.half_bits >= 1 && source.half_bits <= 16);
    KW_ASSERT(alpha_log2 >= 1 && alpha_log2 <= 60);
    uint32_t window = source.is_binary ? WINDOW_BINARY : WINDOW_BYTES;
    return (kw_health_cutoffs){
        .repetitions = 1 + (2 * alpha_log2 + source.half_bits - 1) / source.half_bits,
        .proportion = 1 + critical_count(window, source.half_bits, alpha_log2),
        .window = window,
    };
}

void kw_health_init(kw_health *health, kw_health_source source)
{
    *health = (kw_health){
        .suspect = kw_health_cutoffs_of(source, SUSPECT_LOG2),
        .failed = kw_health_cutoffs_of(source, FAILED_LOG2),
    };
}

/* Section 4.4.1: how often the latest sample has come in a row. */
static uint32_t count_run(kw_health *health, uint8_t sample)
{
    bool is_repeated = health->has_sample && sample == health->last;
    health->run = is_repeated ? health->run + 1 : 1;
    health->last = sample;
    return health->run;
}

/* Section 4.4.2: how often the first sample of the window has come in it. */
static uint32_t count_copies(kw_health *health, uint8_t sample)
{
    if (!health->has_sample || health->seen == health->suspect.window) {
        health->window_first = sample;
        health->seen = 0;
        health->copies = 0;
    }
    health->seen++;
    health->copies += sample == health->window_first ? 1 : 0;
    return health->copies;
}

kw_health_verdict kw_health_feed(kw_health *health, uint8_t sample)
{
    uint32_t run = count_run(health, sample);
    uint32_t copies = count_copies(health, sample);
    health->has_sample = true;
    if (run >= health->failed.repetitions || copies >= health->failed.proportion) {
        return KW_HEALTH_FAILED;
    }
    if (run >= health->suspect.repetitions || copies >= health->suspect.proportion) {
        return KW_HEALTH_SUSPECT;
    }
    return KW_HEALTH_GOOD;
}
