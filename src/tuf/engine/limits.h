/* SPDX-License-Identifier: Apache-2.0
 * The bounds of what a TUF client reads: at or below what tuf-js 4.1.0 accepts, so that whatever
 * passes here passes there. */
#ifndef KW_TUF_ENGINE_LIMITS_H
#define KW_TUF_ENGINE_LIMITS_H

enum {
    KW_TUF_ROOT_BYTES_MAX = 512000,
    KW_TUF_TIMESTAMP_BYTES_MAX = 16384,
    KW_TUF_SNAPSHOT_BYTES_MAX = 2000000,
    KW_TUF_TARGETS_BYTES_MAX = 5000000, /* delegated ones, too */

    KW_TUF_DEPTH_MAX = 64,      /* of nested objects and lists */
    KW_TUF_KEYS_MAX = 64,       /* of a role */
    KW_TUF_SIGNATURES_MAX = 64, /* of a file */
    KW_TUF_PATH_BYTES_MAX = 512,
    KW_TUF_FILE_NAME_BYTES_MAX = 240, /* of a role's name, quoted, without version and ".json" */

    KW_TUF_ROTATIONS_MAX = 256, /* new roots that one refresh takes */
    KW_TUF_ROLES_MAX = 32,      /* that one search visits */
    KW_TUF_SEARCH_BYTES_MAX = 16 << 20,
};

#endif /* KW_TUF_ENGINE_LIMITS_H */
