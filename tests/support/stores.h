/* SPDX-License-Identifier: Apache-2.0
 * One test file, two databases: a group of tests runs once on SQLite and once on PostgreSQL. */
#ifndef KW_TESTS_SUPPORT_STORES_H
#define KW_TESTS_SUPPORT_STORES_H

#include "store/store.h"
#include "support/postgres.h"

/* `*state` of each test of such a group. */
typedef struct stores {
    kw_store_backend backend;
    tempdir dir;
    postgres server;  /* PostgreSQL only */
    int count;        /* stores made by stores_fresh */
    char where[1024]; /* of the newest */
} stores;

/* Options of a new, empty store; they borrow from `all` until the next call. */
kw_store_options stores_fresh(stores *all);

/* Opens a store by these options; fails the test when it cannot. The caller frees it. */
kw_store *stores_open(const kw_store_options *options);

/* Runs SQL text, a literal with no arguments, as a write; fails the test unless its status is
 * KW_OK. */
void stores_write(kw_store *store, const char *sql);

/* The one number that a query gives; fails the test when there is none. */
int64_t stores_number(kw_store *store, const char *sql);

/* Group set-ups and tear-down for cmocka. */
int stores_setup_sqlite(void **state);
int stores_setup_postgres(void **state);
int stores_teardown(void **state);

/* In main: `return STORES_RUN_ON_BOTH(tests);` */
#define STORES_RUN_ON_BOTH(tests)                                                         \
    (cmocka_run_group_tests_name("sqlite", tests, stores_setup_sqlite, stores_teardown) + \
     cmocka_run_group_tests_name("postgres", tests, stores_setup_postgres, stores_teardown))

#endif /* KW_TESTS_SUPPORT_STORES_H */
