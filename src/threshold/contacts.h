/* SPDX-License-Identifier: Apache-2.0
 * Who is behind a certificate, and where: the operators of now, and those of before, who still have
 * to hand over. Read by many threads while one replaces it. */
#ifndef KW_THRESHOLD_CONTACTS_H
#define KW_THRESHOLD_CONTACTS_H

#include "os/snapshot.h"
#include "threshold/courier.h"
#include "threshold/engine/roster/operators.h"

typedef struct kw_contacts {
    kw_snapshot pages;
} kw_contacts;

/* Nobody is known. */
void kw_contacts_init(kw_contacts *contacts);

/* Nobody may read it. */
void kw_contacts_drop(kw_contacts *contacts);

/* Replaces the entries by those of the sets; of a member of several, the first set has its entry.
 * Texts are copied. NO_MEMORY: nothing changed. */
KW_MUST_USE kw_status kw_contacts_write(kw_contacts *contacts, const kw_operators *const *sets,
                                        size_t count);

/* Who has that certificate; false: nobody. Never blocks. */
bool kw_contacts_find(kw_contacts *contacts, kw_address *out, const kw_hash32 *tls_spki);

/* Tells a courier who they are. As kw_courier_members. */
KW_MUST_USE kw_status kw_contacts_tell(kw_contacts *contacts, kw_courier *courier, kw_error *err);

#endif /* KW_THRESHOLD_CONTACTS_H */
