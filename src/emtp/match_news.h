/* SPDX-License-Identifier: Apache-2.0
 * What becomes of the matcher's changes: rows of participants' match streams. With it the state of
 * a registry, shared by service_match.c (tables, life) and match_news.c (streams) alone. */
#ifndef KW_EMTP_MATCH_NEWS_H
#define KW_EMTP_MATCH_NEWS_H

#include "base/arena.h"
#include "emtp/service_match.h"
#include "os/thread.h"

#include <stdatomic.h>

#define KW_EMTP_STREAM_NAME_BYTES 160 /* "match/<participant>" and a NUL */
#define KW_EMTP_NEWS_BYTES_MAX    ((size_t)1 << 30)

/* A participant of the registry. */
typedef struct kw_emtp_registrant {
    char *participant; /* owned */
    char name[KW_EMTP_STREAM_NAME_BYTES];
    kw_match_owner owner;   /* participant 0: it has no table */
    kw_emtp_stream *stream; /* owned; its matches */
    uint64_t last_seq;      /* of its table */
    bool is_affected;       /* by the change that is being made */
    kw_stp_table *told;     /* owned; while streams are corrected: live rows that are in question */
} kw_emtp_registrant;

struct kw_emtp_registry {
    kw_emtp_registry_ports ports;
    kw_mutex changing;            /* guards everything below */
    kw_match *match;              /* NULL: to be made anew from the store */
    kw_emtp_registrant **members; /* owned, KW_EMTP_TABLES_MAX places; a member never moves */
    _Atomic size_t members_count; /* grows when a member is whole: readable without the mutex */
    bool is_closing;
};

/* A row of somebody's match stream that is to be written. */
typedef struct kw_emtp_news_item {
    struct kw_emtp_news_item *next;
    kw_emtp_registrant *to;
    kw_emtp_change change; /* texts in the arena */
} kw_emtp_news_item;

/* The rows that one change of the tables causes, in order. Must not move. All functions below are
 * called with the registry's mutex held. */
typedef struct kw_emtp_news {
    kw_emtp_registry *registry;
    kw_unix_s now;
    kw_arena *arena;
    kw_buf record;          /* of the change at hand */
    kw_emtp_registrant *to; /* whose change was the last; NULL: nobody's */
    kw_emtp_news_item *first;
    kw_emtp_news_item **last;
    size_t count;
} kw_emtp_news;

/* Empty news; the texts will live in the arena. */
void kw_emtp_news_start(kw_emtp_news *out, kw_emtp_registry *registry, kw_arena *arena);
void kw_emtp_news_drop(kw_emtp_news *news);

/* Takes all that waits in the matcher. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_news_take(kw_emtp_news *news, kw_match *match, kw_error *err);

/* Writes the rows, as part of a transaction. */
KW_MUST_USE kw_status kw_emtp_news_write(kw_tx *tx, const kw_emtp_news *news, kw_error *err);

/* Shows rows that are written, and tells each participant that has one, once. */
KW_MUST_USE kw_status kw_emtp_news_publish(const kw_emtp_news *news, kw_error *err);

/* After a full join: rows in the store were joined and streamed when they were written, but perhaps
 * under other roles or another bucket. Writes to the streams where the join of now says otherwise.
 * CORRUPT, LIMIT, NO_MEMORY; else as kw_store_write. */
KW_MUST_USE kw_status kw_emtp_streams_correct(kw_emtp_registry *registry, kw_match *match,
                                              kw_error *err);

#endif /* KW_EMTP_MATCH_NEWS_H */
