/* SPDX-License-Identifier: Apache-2.0
 * Who is behind a certificate, and where: the operators of now, and those of before, who still have
 * to hand over. Read by many threads while one replaces it. Rows of the store keep it, for no list
 * of now says where those of before are. */
#ifndef KW_THRESHOLD_CONTACTS_H
#define KW_THRESHOLD_CONTACTS_H

#include "os/snapshot.h"
#include "store/store.h"
#include "threshold/courier.h"
#include "threshold/engine/roster/operators.h"

typedef struct kw_contacts {
    kw_snapshot pages;
    bool is_kept; /* the store has them */
} kw_contacts;

/* Nobody is known. */
void kw_contacts_init(kw_contacts *contacts);

/* Nobody may read it. */
void kw_contacts_drop(kw_contacts *contacts);

/* Whom to know from now on. */
typedef struct kw_contacts_change {
    const kw_operators *now; /* who is listed */
    /* Of those who are known and not listed: who still is needed, at the place that is known. */
    bool (*is_needed)(const void *ctx, const kw_address *member);
    const void *ctx;
    const kw_operators *genesis; /* for those of whom nothing newer is known; or nobody */
} kw_contacts_change;

/* Texts are copied; the first KW_COURIER_MEMBERS_MAX are kept. One thread at a time, here and
 * below. NO_MEMORY: nothing changed. */
KW_MUST_USE kw_status kw_contacts_write(kw_contacts *contacts, const kw_contacts_change *change);

/* Writes them to the store if it does not have them. As kw_store_write. */
KW_MUST_USE kw_status kw_contacts_keep(kw_contacts *contacts, kw_store *store, kw_error *err);

/* Knows whom the store has, and nobody else. Its tables are up to date. As kw_store_read; CORRUPT:
 * a row that is none of ours. NO_MEMORY. */
KW_MUST_USE kw_status kw_contacts_load(kw_contacts *contacts, kw_store *store, kw_error *err);

/* Who has that certificate; false: nobody. Never blocks. */
bool kw_contacts_find(kw_contacts *contacts, kw_address *out, const kw_hash32 *tls_spki);

/* Tells a courier who they are. As kw_courier_members. */
KW_MUST_USE kw_status kw_contacts_tell(kw_contacts *contacts, kw_courier *courier, kw_error *err);

#endif /* KW_THRESHOLD_CONTACTS_H */
