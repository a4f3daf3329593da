/* SPDX-License-Identifier: Apache-2.0
 * Tables come from ordered migrations. Each area (a domain, guard, the store itself) has its own
 * list and its own rows in schema_migrations (area, id, name, sha256 of the text). */
#ifndef KW_STORE_MIGRATE_H
#define KW_STORE_MIGRATE_H

#include "store/store.h"

typedef struct kw_migration {
    uint32_t id;      /* 1, 2, 3, ... without gaps */
    const char *name; /* short, lower case */
    const char *sql;  /* one or more statements in the language of sql.h, without arguments */
} kw_migration;

/* Brings one area up to the last row, each row in a transaction of its own; what was applied
 * before is only checked. Safe when several nodes start at once on one PostgreSQL.
 * BAD_STATE: the store has a newer migration of this area than `rows`: it was written by a later
 * release and is left alone. CORRUPT: an applied text differs from ours. BAD_INPUT: ids not
 * 1..count, area or name not made of a-z 0-9 _ -. Else as kw_store_write. */
KW_MUST_USE kw_status kw_store_migrate(kw_store *store, const char *area, const kw_migration *rows,
                                       size_t count, kw_error *err);

#endif /* KW_STORE_MIGRATE_H */
