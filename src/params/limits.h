/* SPDX-License-Identifier: Apache-2.0
 * Every bound of params/ by name. */
#ifndef KW_PARAMS_LIMITS_H
#define KW_PARAMS_LIMITS_H

#define KW_CHUNK_BYTES_MAX  (4 << 20) /* of one chunk */
#define KW_CHUNKS_MAX       (1 << 24) /* of one file */
#define KW_CUT_BYTES        (1 << 20) /* a chunk of whole points is as long as fits here */
#define KW_CUT_SECTIONS_MAX 64        /* of a file that is cut by its sections */
#define KW_CUT_CONTENT_MIN  (16 << 10)
#define KW_CUT_CONTENT_MID  (64 << 10) /* the usual length where content decides */
#define KW_CUT_CONTENT_MAX  (256 << 10)

#define KW_BUNDLE_NAME_BYTES_MAX 199 /* of a member's name, as of every name of the tree */
#define KW_BUNDLE_MEMBERS_MAX    (1 << 20)

#endif /* KW_PARAMS_LIMITS_H */
