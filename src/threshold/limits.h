/* SPDX-License-Identifier: Apache-2.0
 * Every bound of threshold/ by name; those of the protocol are in engine/group/limits.h. */
#ifndef KW_THRESHOLD_LIMITS_H
#define KW_THRESHOLD_LIMITS_H

enum {
    KW_SLOTS_PATH_BYTES_MAX = 3000, /* of the folder of slots, without its NUL */
};

#endif /* KW_THRESHOLD_LIMITS_H */
