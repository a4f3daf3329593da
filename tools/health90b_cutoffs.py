#!/usr/bin/env python3
"""Prints the cutoffs of the health tests of NIST SP 800-90B section 4.4, computed in exact
arithmetic: lines `alpha_log2 half_bits is_binary repetitions proportion`. A unit test compares
them with what src/crypto/health90b.c computes in floating point."""
import decimal
import math

decimal.getcontext().prec = 80
WINDOWS = {0: 512, 1: 1024}
ALPHAS = (20, 30, 40)
HALF_BITS = (1, 2, 3, 8, 16)


def repetitions(alpha_log2, half_bits):
    """4.4.1: C = 1 + ceil(-log2(alpha) / H)."""
    return 1 + -(-2 * alpha_log2 // half_bits)


def proportion(alpha_log2, half_bits, window):
    """4.4.2: C = 1 + critbinom(W, 2^-H, 1 - alpha): the least k with P(X > k) <= alpha."""
    two = decimal.Decimal(2)
    p = two ** (decimal.Decimal(-half_bits) / 2)
    alpha = two ** -alpha_log2
    tail = decimal.Decimal(0)
    for k in range(window, -1, -1):
        tail += math.comb(window, k) * p**k * (1 - p) ** (window - k)
        if tail > alpha:
            return 1 + k
    raise ValueError("no cutoff")


def main():
    for alpha_log2 in ALPHAS:
        for half_bits in HALF_BITS:
            for is_binary, window in WINDOWS.items():
                print(
                    alpha_log2,
                    half_bits,
                    is_binary,
                    repetitions(alpha_log2, half_bits),
                    proportion(alpha_log2, half_bits, window),
                )


if __name__ == "__main__":
    main()
