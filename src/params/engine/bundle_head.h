/* SPDX-License-Identifier: Apache-2.0
 * Bundles are tar files (POSIX.1-1988 ustar) of one spelling only: plain files with names of
 * [a-z0-9._/-] in rising order, mode 0644, owner 0, time 0. Each member is a head of 512 bytes, its
 * bytes, and zeros up to a multiple of 512; two blocks of zeros are the end.
 *
 * name, 100 | mode "0000644" 0 | uid, gid "0000000" 0 | size, 11 octal digits 0 | time, the same
 * | sum of the head's bytes, 6 octal digits 0 SP | "0" | link, 100 zeros | "ustar" 0 "00"
 * | user, group, 64 zeros | device "0000000" 0, twice | prefix, 155 | 12 zeros
 * A longer name is split at its last "/" that leaves at most 155 bytes before it. A size of 8 GiB
 * and more is 80 and its 11 bytes, big endian, as GNU and BSD tar write and read it.
 * GNU tar gives the same bytes: tar --format=ustar -b1 --sort=name --mtime=@0 --owner=0 --group=0
 * --numeric-owner --mode=644 --no-recursion. */
#ifndef KW_PARAMS_ENGINE_BUNDLE_HEAD_H
#define KW_PARAMS_ENGINE_BUNDLE_HEAD_H

#include "base/error.h"
#include "base/span.h"
#include "params/limits.h"

enum {
    KW_BUNDLE_BLOCK_BYTES = 512
};

typedef struct kw_bundle_head {
    char name[KW_BUNDLE_NAME_BYTES_MAX + 1]; /* NUL-terminated; empty: the end of the bundle */
    uint64_t bytes;                          /* of the file, at most 2^63 - 1 */
} kw_bundle_head;

/* True for a name that stays inside the folder it is unpacked into, on every system: relative, of
 * the characters above, without empty parts, "." and "..". */
bool kw_bundle_name_is_safe(kw_str name);

/* BAD_INPUT: the name is not safe or cannot be split, or the size is out of range. */
KW_MUST_USE kw_status kw_bundle_head_encode(uint8_t out[KW_BUNDLE_BLOCK_BYTES],
                                            const kw_bundle_head *head);

/* Takes exactly what kw_bundle_head_encode writes, and a block of zeros. BAD_INPUT: anything else,
 * such as links, devices, folders, other owners, modes or times; the text says which. */
KW_MUST_USE kw_status kw_bundle_head_decode(kw_bundle_head *out,
                                            const uint8_t block[KW_BUNDLE_BLOCK_BYTES],
                                            kw_error *err);

/* Zeros behind the bytes of a file: 0..511. */
static inline size_t kw_bundle_padding(uint64_t bytes)
{
    return (size_t)(-bytes % KW_BUNDLE_BLOCK_BYTES);
}

#endif /* KW_PARAMS_ENGINE_BUNDLE_HEAD_H */
