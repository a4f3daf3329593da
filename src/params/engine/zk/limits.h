/* SPDX-License-Identifier: Apache-2.0
 * Every bound of the checks of parameter files. */
#ifndef KW_PARAMS_ENGINE_ZK_LIMITS_H
#define KW_PARAMS_ENGINE_ZK_LIMITS_H

enum {
    KW_ZK_SECTIONS_MAX = 32,                 /* of a binary file */
    KW_ZK_POWER_MAX = 28,                    /* of two: the 2-adicity of BN254 */
    KW_ZK_CONTRIBUTIONS_MAX = 4096,          /* of a ceremony */
    KW_ZK_CONTRIBUTION_PARAMS_MAX = 3 * 257, /* bytes: three parameters */
    KW_ZK_BEACON_EXP_MAX = 24,               /* 2^24 hashes are seconds; ceremonies take 2^10 */
    KW_ZK_BLANK_POWER_MAX = 22,      /* a first challenge that a short file may ask for: 2 GB */
    KW_ZK_BLOCK_POINTS = 4096,       /* in memory at once */
    KW_ZK_PUBLIC_MAX = 1 << 16,      /* public signals of a verification key */
    KW_ZK_VKEY_BYTES_MAX = 24 << 20, /* with so many */
    KW_ZK_SETUP_BYTES_MAX = 4 << 20, /* trusted_setup.txt of 8257 points has 0.8 MB */
    KW_ZK_SETUP_G1_MAX = 1 << 15,
    KW_ZK_SETUP_G2_MAX = 1 << 10,
};

#endif /* KW_PARAMS_ENGINE_ZK_LIMITS_H */
