/* SPDX-License-Identifier: Apache-2.0
 * What the kernel would write into a core of a running program, for tests of root: nobody else may
 * look. Source: core(5), proc(5). */
#ifndef KW_TESTS_SUPPORT_CORE_IMAGE_H
#define KW_TESTS_SUPPORT_CORE_IMAGE_H

#include "support/process.h"

typedef enum core_image_part {
    CORE_IMAGE_DUMPED, /* the memory of which a core consists */
    CORE_IMAGE_ALL,    /* and that which is marked as not to be dumped (MADV_DONTDUMP) */
} core_image_part;

/* Stops the program; from then on it stands still. */
void core_image_stop(const process *running);

/* Appends the memory of a program that was stopped: all pages but those of zeros, by address. */
void core_image_read(kw_buf *out, const process *stopped, core_image_part part);

#endif /* KW_TESTS_SUPPORT_CORE_IMAGE_H */
