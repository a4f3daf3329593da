/* SPDX-License-Identifier: Apache-2.0
 * The way back for an operator whose store is a copy: all that it may have signed by is forgotten,
 * and it is written down when, so that it takes part again only with what nobody can have signed
 * before. Source: threshold.md section 2. */
#ifndef KW_THRESHOLD_VAULT_REJOIN_H
#define KW_THRESHOLD_VAULT_REJOIN_H

#include "store/store.h"
#include "threshold/slots.h"

/* Empties the vault of a store, writes the moment down in the same transaction, and destroys all
 * slots. `at`: Unix seconds, later than anything that this operator signed; an earlier one than was
 * written before is not taken: the later stays. After a failure the same call goes on. As
 * kw_store_migrate, kw_store_write and kw_slots_destroy. */
KW_MUST_USE kw_status kw_vault_rejoin(kw_store *store, kw_slots *slots, uint64_t at, kw_error *err);

/* When the operator of this store rejoined, Unix seconds; 0: never. Its tables are up to date. As
 * kw_store_read. */
KW_MUST_USE kw_status kw_vault_rejoined_at(kw_store *store, uint64_t *out, kw_error *err);

#endif /* KW_THRESHOLD_VAULT_REJOIN_H */
