/* SPDX-License-Identifier: Apache-2.0
 * The prepared statements of one connection by their text and argument kinds, private to store/.
 * The one not used for the longest time makes room. */
#ifndef KW_STORE_STATEMENTS_H
#define KW_STORE_STATEMENTS_H

#include "base/error.h"
#include "store/limits.h"
#include "store/sql.h"

typedef struct kw_statement {
    uint64_t hash;
    uint64_t used_at; /* tick of the last use; 0: the slot is free */
    char *sql;        /* owned copy */
    char kinds[KW_STORE_ARGS_MAX];
    size_t kinds_count;
    void *prepared; /* the driver's; may be NULL when the slot's number says enough */
} kw_statement;

/* All-zero is an empty cache. One thread at a time. */
typedef struct kw_statements {
    kw_statement slots[KW_STORE_STATEMENTS_MAX];
    uint64_t tick;
} kw_statements;

/* The slot of this statement, or NULL. */
kw_statement *kw_statements_find(kw_statements *cache, const char *sql, kw_sql_args args);

/* The slot that the next statement takes: a free one, else the least recently used, still filled:
 * the driver lets go of `prepared` and calls kw_statement_drop first. */
kw_statement *kw_statements_victim(kw_statements *cache);

/* Fills a free slot. NO_MEMORY: it stays free. */
KW_MUST_USE kw_status kw_statements_fill(kw_statements *cache, kw_statement *slot, const char *sql,
                                         kw_sql_args args, void *prepared);

/* Empties a slot; `prepared` is the driver's to free before. */
void kw_statement_drop(kw_statement *slot);

#endif /* KW_STORE_STATEMENTS_H */
