/* SPDX-License-Identifier: Apache-2.0
 * One page of ListObjectsV2 (Amazon S3 API Reference), and the code of an error. */
#ifndef KW_STORE_S3_LISTING_H
#define KW_STORE_S3_LISTING_H

#include "base/arena.h"
#include "base/utc.h"

#define KW_S3_PAGE_MAX 1000 /* objects of a page */

typedef struct kw_s3_object {
    kw_str key;
    uint64_t bytes;
    kw_unix_s changed_s;
} kw_s3_object;

/* Texts live in the arena. */
typedef struct kw_s3_listing {
    kw_s3_object *objects;
    size_t count;
    kw_str next; /* token of the page behind this one; empty: there is none */
} kw_s3_listing;

/* BAD_INPUT: not such a page, an object without key, or one that is cut off and names no next.
 * LIMIT: more than KW_S3_PAGE_MAX objects, or the arena is full. */
KW_MUST_USE kw_status kw_s3_listing_parse(kw_s3_listing *out, kw_arena *arena, kw_str text);

/* The code of an error's body, such as "NoSuchBucket"; a view of `text`, empty when there is
 * none. */
kw_str kw_s3_error_code(kw_str text);

#endif /* KW_STORE_S3_LISTING_H */
