/* SPDX-License-Identifier: Apache-2.0
 * Every bound of store/ by name. */
#ifndef KW_STORE_LIMITS_H
#define KW_STORE_LIMITS_H

#define KW_STORE_QUEUE_MAX        4096 /* writes that wait; one more is answered BUSY */
#define KW_STORE_BATCH_OPS_MAX    512  /* writes in one commit */
#define KW_STORE_BATCH_MS_MAX     2    /* a batch takes no new write after this long */
#define KW_STORE_READERS_MAX      64   /* read connections of one store */
#define KW_STORE_READERS_DEFAULT  4
#define KW_STORE_READ_WAIT_MS     5000  /* for a free read connection, then BUSY */
#define KW_STORE_BUSY_MS          5000  /* for SQLite's write lock (other processes), then BUSY */
#define KW_STORE_CONNECT_S        "5"   /* for a PostgreSQL connection */
#define KW_STORE_STATEMENT_MS     30000 /* for one PostgreSQL statement, then TIMED_OUT */
#define KW_STORE_BACKOFF_MS_MIN   50    /* between connection attempts: doubles ... */
#define KW_STORE_BACKOFF_MS_MAX   2000  /* ... up to here */
#define KW_STORE_STATEMENTS_MAX   64    /* prepared statements kept per connection */
#define KW_STORE_ARGS_MAX         32    /* $1 .. $32 */
#define KW_STORE_VALUE_BYTES_MAX  (16 << 20) /* one text or blob */
#define KW_STORE_WHERE_BYTES_MAX  1024       /* path or connection string */
#define KW_STORE_MIGRATIONS_MAX   1000       /* rows of one area */
#define KW_STORE_SCRIPT_BYTES_MAX (64 << 10) /* SQL text of one migration */

#define KW_SEAL_TENANT_BYTES_MAX     255
#define KW_SEAL_TABLE_BYTES_MAX      63
#define KW_SEAL_OBJECT_BYTES_MAX     255
#define KW_SEAL_PASSPHRASE_BYTES_MIN 8
#define KW_SEAL_PASSPHRASE_BYTES_MAX 1024
#define KW_SEAL_MEMORY_KIB_MIN       8         /* Argon2id takes no less */
#define KW_SEAL_MEMORY_KIB_MAX       (1 << 20) /* of Argon2id in a header: 1 GiB */
#define KW_SEAL_PASSES_MAX           16
#define KW_SEAL_SECRET_BYTES_MAX     (64 << 10) /* plaintext of one sealed record */

#define KW_BLOB_BYTES_MAX      (16 << 20) /* of one blob */
#define KW_BLOB_HOLD_BYTES_MAX 64         /* of the name of a legal hold */
#define KW_BLOBS_LOCK_MS       10000      /* for another process that puts or removes, then BUSY */

#endif /* KW_STORE_LIMITS_H */
