/* SPDX-License-Identifier: Apache-2.0
 * A registry over a real store with a payer, a hub and a provider ("payer", "hub", "clinic"), and
 * somebody who hands it rows. */
#ifndef KW_TESTS_SUPPORT_REGISTRY_DESK_H
#define KW_TESTS_SUPPORT_REGISTRY_DESK_H

#include "emtp/service_match.h"
#include "support/emtp_world.h"

typedef struct registry_desk {
    emtp_world world;
    kw_match_roles roles; /* of the next opening */
    size_t bucket_max;
    kw_emtp_notifier *notifier;
    kw_emtp_registry *registry;
} registry_desk;

/* A new store and an open registry with the protocol's roles and buckets of 4. It must not move. */
void registry_desk_make(registry_desk *desk, void **state);
void registry_desk_drop(registry_desk *desk);

/* Closes the registry and opens it again over what it left, with `roles` and `bucket_max`. */
void registry_desk_reopen(registry_desk *desk);

/* Appends a row whose record is tokens of the digits' own, such as "13" for two tokens; NULL: a
 * `-` row. */
void registry_desk_add_row(kw_buf *rows, unsigned seq, const char *nurl, const char *digits);

/* Applies one such row of a participant's table. */
kw_emtp_applied registry_desk_apply(registry_desk *desk, const char *of, unsigned seq,
                                    const char *nurl, const char *digits);

/* The live row of a participant's match stream says so; NULL: there is none. */
void registry_desk_expect(registry_desk *desk, const char *of, const char *nurl,
                          const char *wanted);

/* Rows of all streams, live or not. */
int64_t registry_desk_stream_rows(registry_desk *desk);

#endif /* KW_TESTS_SUPPORT_REGISTRY_DESK_H */
