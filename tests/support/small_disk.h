/* SPDX-License-Identifier: Apache-2.0
 * A disk that can be full: a small tmpfs in a mount namespace of this process alone; where the
 * kernel does not allow that (not root, or a container), a limit on the size of files. */
#ifndef KW_TESTS_SUPPORT_SMALL_DISK_H
#define KW_TESTS_SUPPORT_SMALL_DISK_H

#include "support/tempdir.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct small_disk {
    tempdir dir;
    bool is_mounted; /* false: only this process's own writes are limited, not its children's */
} small_disk;

/* Of `bytes`. Before any thread runs: what the process starts afterwards sees the disk, too. */
small_disk small_disk_make(size_t bytes);

/* From now on each write that makes a file longer fails; until small_disk_free. */
void small_disk_fill(const small_disk *disk);
void small_disk_free(const small_disk *disk);

/* Unmounts, removes the folder. */
void small_disk_remove(small_disk *disk);

#endif /* KW_TESTS_SUPPORT_SMALL_DISK_H */
