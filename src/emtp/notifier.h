/* SPDX-License-Identifier: Apache-2.0
 * Tells receivers that a stream changed: one pending notice each, retries after 1, 5 and 30
 * seconds, then dropped; the receiver finds the change at its next visit anyway.
 * Source: emtp.md section 9.4. */
#ifndef KW_EMTP_NOTIFIER_H
#define KW_EMTP_NOTIFIER_H

#include "base/error.h"
#include "base/span.h"
#include "guard/audit.h"

/* Safe for any number of threads. */
typedef struct kw_emtp_notifier kw_emtp_notifier;

/* Texts are NUL-terminated, copied; NULL or empty: none. */
typedef struct kw_emtp_notifier_options {
    const char *ca_file; /* PEM; none: the system's */
    const char *certificate_file;
    const char *key_file;
    bool allow_private; /* receivers on loopback and private addresses; for tests */
    size_t threads;     /* 1..KW_EMTP_COURIERS_MAX */
    kw_audit *audit;    /* borrowed; one record `emtp.notify.out` for each notice that ended */
} kw_emtp_notifier_options;

/* Starts the threads. BAD_INPUT: a file without its pair; NO_MEMORY, LIMIT. */
KW_MUST_USE kw_status kw_emtp_notifier_new(kw_emtp_notifier **out,
                                           const kw_emtp_notifier_options *options, kw_error *err);

/* Drops what is pending, waits for what is on its way. Takes NULL. */
void kw_emtp_notifier_free(kw_emtp_notifier *notifier);
KW_AUTO_PTR_DEFINE(kw_emtp_notifier);

/* What a receiver wants to hear of. */
typedef enum kw_emtp_topic {
    KW_EMTP_TOPIC_KEYS,  /* the key stream */
    KW_EMTP_TOPIC_MATCH, /* its own match stream */
} kw_emtp_topic;

/* The topic that a notify URL's name asks for. */
kw_emtp_topic kw_emtp_topic_of(kw_str name);

/* Adds or replaces the URL of (participant, name). LIMIT: KW_EMTP_RECEIVERS_MAX in all,
 * KW_EMTP_NURLS_MAX of one participant. NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_notifier_add(kw_emtp_notifier *notifier, kw_str participant,
                                           kw_str name, kw_str nurl, kw_error *err);

/* Forgets the receivers of a participant. */
void kw_emtp_notifier_forget(kw_emtp_notifier *notifier, kw_str participant);

/* Makes a notice about `surl` pending for the receivers of a topic: those of one participant, or
 * with an empty text all. A receiver that has one pending keeps it. Never blocks. */
void kw_emtp_notifier_tell(kw_emtp_notifier *notifier, kw_emtp_topic topic, kw_str participant,
                           kw_str surl);

/* Notices that are pending or on their way. */
size_t kw_emtp_notifier_pending(kw_emtp_notifier *notifier);

#endif /* KW_EMTP_NOTIFIER_H */
