/* SPDX-License-Identifier: Apache-2.0
 * Epochs that are so far apart that none is due while a test runs, whenever it runs. */
#ifndef KW_TESTS_SUPPORT_RARELY_H
#define KW_TESTS_SUPPORT_RARELY_H

#include <stdint.h>

/* A value of reshare_every: neither the boundary that has come nor one of the next thousand is a
 * multiple of it. */
uint32_t rarely(uint32_t interval_s);

#endif /* KW_TESTS_SUPPORT_RARELY_H */
