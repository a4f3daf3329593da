/* SPDX-License-Identifier: Apache-2.0
 * The registry: token tables that participants announce are read, joined, and each participant's
 * matches become its own stream. Source: emtp.md section 11. */
#ifndef KW_EMTP_SERVICE_MATCH_H
#define KW_EMTP_SERVICE_MATCH_H

#include "emtp/engine/match.h"
#include "emtp/notifier.h"
#include "emtp/stream.h"

/* Safe for any number of threads. */
typedef struct kw_emtp_registry kw_emtp_registry;

/* Everything is borrowed and outlives the registry. */
typedef struct kw_emtp_registry_ports {
    kw_store *store;
    kw_emtp_notifier *notifier;
    const kw_ed25519_key *stream_key;
    const kw_clock *clock; /* civil time */
    kw_str match_surl;     /* of the match stream, for notices */
    kw_match_roles roles;  /* who sees whose rows */
    size_t bucket_max;
    uint64_t seed; /* random, secret from participants */
} kw_emtp_registry_ports;

/* Loads all tables, joins them, brings the streams up to date: they hold the matches under these
 * roles and this bucket, whatever they held before. CORRUPT: rows in the store that are none.
 * LIMIT, NO_MEMORY; else as kw_store_write. */
KW_MUST_USE kw_status kw_emtp_registry_open(kw_emtp_registry **out,
                                            const kw_emtp_registry_ports *ports, kw_error *err);

/* Nobody follows its streams any more. Takes NULL. */
void kw_emtp_registry_free(kw_emtp_registry *registry);
KW_AUTO_PTR_DEFINE(kw_emtp_registry);

/* Registers the table of a participant; another URL is read from its beginning. CONFLICT: another
 * role. LIMIT: too many tables. Else as kw_store_write. */
KW_MUST_USE kw_status kw_emtp_registry_announce(kw_emtp_registry *registry, kw_str participant,
                                                kw_match_role role, kw_str surl, kw_error *err);

/* SeqNo of the last row of a participant's table that was applied. NOT_FOUND: it announced none. */
KW_MUST_USE kw_status kw_emtp_registry_last_seq(kw_emtp_registry *registry, uint64_t *out,
                                                kw_str participant);

/* What a piece of a table did. */
typedef struct kw_emtp_applied {
    uint64_t last_seq;   /* of the last row that was read */
    size_t rows_refused; /* whose record is no list of tokens; their old version stays */
    size_t bytes;        /* of whole rows that were read */
    size_t rows_changed; /* in match streams */
} kw_emtp_applied;

/* Applies the whole rows of a piece of a participant's table, in one transaction, and tells those
 * whose matches changed. NOT_FOUND: it announced none. BAD_INPUT: a row that is none; the rows
 * before it were applied. Else as kw_store_write; after a failure nothing changed. */
KW_MUST_USE kw_status kw_emtp_registry_apply(kw_emtp_registry *registry, kw_emtp_applied *out,
                                             kw_str participant, kw_str rows, kw_error *err);

/* Withdraws all rows of a participant. Nothing happens when it has none. As apply. */
KW_MUST_USE kw_status kw_emtp_registry_withdraw(kw_emtp_registry *registry, kw_str participant,
                                                kw_error *err);

/* A participant's own match stream; lives as long as the registry. LIMIT: too many. NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_registry_stream(kw_emtp_registry *registry, kw_emtp_stream **out,
                                              kw_str participant, kw_error *err);

/* The match streams one by one, in the order in which they came; NULL behind the last. Never waits
 * for a change that is being made. */
kw_emtp_stream *kw_emtp_registry_stream_at(kw_emtp_registry *registry, size_t index);

/* Ends open answers of all its streams. */
void kw_emtp_registry_close(kw_emtp_registry *registry);

#endif /* KW_EMTP_SERVICE_MATCH_H */
