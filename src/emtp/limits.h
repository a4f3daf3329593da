/* SPDX-License-Identifier: Apache-2.0
 * Every bound of emtp/ outside its engine. */
#ifndef KW_EMTP_LIMITS_H
#define KW_EMTP_LIMITS_H

/* Keys */
#define KW_EMTP_KEYS_MAX           512  /* not yet expired, revoked ones counted */
#define KW_EMTP_LIVE_KEYS_MAX      48   /* and not revoked: one more renewal is refused */
#define KW_EMTP_MANIFEST_BYTES_MAX 512  /* JSON of one key */
#define KW_EMTP_TICK_MS_MAX        1000 /* the store is looked at this often, for other nodes */

/* Streams (emtp.md section 9) */
#define KW_EMTP_STREAM_BYTES_MAX   (64 << 20) /* rows of one stream in memory */
#define KW_EMTP_STREAM_QUIET_MS    25000      /* a held answer ends after this long without a row */
#define KW_EMTP_STREAM_HOLD_S_MAX  300
#define KW_EMTP_STREAM_BACKLOG_MAX (1 << 20) /* a reader that is this far behind is closed */
#define KW_EMTP_FOLLOWERS_MAX      20000
#define KW_EMTP_COMPACT_ROWS_MAX   4096 /* rows of one stream that go in one transaction */
#define KW_EMTP_TIDY_EVERY_S       3600 /* streams are looked at this often, or each retention */
#define KW_EMTP_TIDY_STREAMS_MAX   32   /* of them in one go */
#define KW_EMTP_SURL_BYTES_MAX     1024

/* Notify (emtp.md section 9.4) */
#define KW_EMTP_NOTIFY_BODY_MAX   (16 << 10)
#define KW_EMTP_NOTIFY_ANSWER_MAX (16 << 20)
#define KW_EMTP_NOTIFY_TIMEOUT_MS 10000
#define KW_EMTP_NOTIFY_CALLS_MAX  1024 /* under way; that many may hang and delay no other */
#define KW_EMTP_NOTIFY_HOST_MAX   64   /* of them to one host */
#define KW_EMTP_COURIERS_MAX      4    /* threads that send */
#define KW_EMTP_RECEIVERS_MAX     4096 /* NURLs in all */
#define KW_EMTP_HOSTS_MAX         8    /* registered hosts of one participant */
#define KW_EMTP_HOST_BYTES_MAX    253

/* Calls to others */
#define KW_ERRAND_THREADS_MAX 32
#define KW_ERRANDS_MAX        8192 /* pending or running */

/* Registry (emtp.md section 11) */
#define KW_EMTP_TABLES_MAX           4096 /* participants with a table */
#define KW_EMTP_TABLE_ROWS_MAX       4000000
#define KW_EMTP_TABLE_PAIRS_MAX      16000000
#define KW_EMTP_TABLE_BATCH_BYTES    (1 << 20)   /* rows that are applied in one transaction */
#define KW_EMTP_TABLE_PULL_BYTES_MAX (256 << 20) /* of one visit; the next goes on behind it */
#define KW_EMTP_TABLE_THREADS        8
#define KW_EMTP_TABLE_IDLE_MS        5000        /* a held answer without rows is over */
#define KW_EMTP_MATCH_RECORD_MAX     (480 << 10) /* NURLs of one row of the match stream */

/* Participants */
#define KW_EMTP_PARTICIPANTS_PAGE_MAX 1000

#endif /* KW_EMTP_LIMITS_H */
