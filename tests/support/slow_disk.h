/* SPDX-License-Identifier: Apache-2.0
 * A disk that takes its time: programs that start from now on wait in each fsync and fdatasync. */
#ifndef KW_TESTS_SUPPORT_SLOW_DISK_H
#define KW_TESTS_SUPPORT_SLOW_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* False: a sanitizer must be the first library of a program. */
bool slow_disk_is_possible(void);

/* Milliseconds; 0: as the disk is. */
void slow_disk_set(uint32_t delay_ms);

#endif /* KW_TESTS_SUPPORT_SLOW_DISK_H */
