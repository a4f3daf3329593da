/* SPDX-License-Identifier: Apache-2.0
 * A whole file as read-only memory, for large inputs. The file must not shrink meanwhile. */
#ifndef KW_OS_MAP_H
#define KW_OS_MAP_H

#include "base/error.h"
#include "base/span.h"

/* All-zero is the empty map. */
typedef struct kw_map {
    kw_span bytes; /* lives until drop */
} kw_map;

/* Maps for reading in order; an empty file gives the empty span. BAD_INPUT: not a regular file. */
KW_MUST_USE kw_status kw_map_open(kw_map *out, const char *path, kw_error *err);

void kw_map_drop(kw_map *map);

#endif /* KW_OS_MAP_H */
