/* SPDX-License-Identifier: Apache-2.0
 * What a back-end fulfils, private to store/: one connection, one transaction and one running
 * statement at a time. The layers above see to the order of calls; a driver may rely on it. */
#ifndef KW_STORE_DRIVER_H
#define KW_STORE_DRIVER_H

#include "store/store.h"

typedef enum kw_sql_role {
    KW_SQL_READER = 0,   /* read-only transactions on one snapshot */
    KW_SQL_WRITER = 1,   /* the writer thread's */
    KW_SQL_MIGRATOR = 2, /* writes that see what others commit meanwhile */
} kw_sql_role;

typedef enum kw_sql_verb {
    KW_SQL_BEGIN = 0, /* connects again when the connection was lost and the back-off is over; the
                       * writer's transaction begins with a savepoint */
    KW_SQL_COMMIT,    /* durable when it returns KW_OK */
    KW_SQL_ROLLBACK,
    KW_SQL_KEEP, /* moves the savepoint here: what was done before stays */
    KW_SQL_UNDO, /* undoes what was done since the savepoint, which stays where it is */
} kw_sql_verb;

typedef struct kw_sql_driver kw_sql_driver;

/* The first member of each driver's connection. */
typedef struct kw_sql_conn {
    const kw_sql_driver *driver;
    /* Set by the driver when the whole transaction is lost, not only a statement: KW_SQL_ROLLBACK
     * is then the only way on. KW_OK again after a KW_SQL_BEGIN that succeeds. */
    kw_status lost;
} kw_sql_conn;

struct kw_sql_driver {
    /* Makes `path` ready when a store is opened; creates it if asked. Errors of kw_store_open. */
    kw_status (*prepare)(const kw_store_options *options, kw_error *err);

    /* Connects. `where` is borrowed as long as the connection lives. */
    kw_status (*open)(kw_sql_conn **out, const char *where, kw_sql_role role, kw_error *err);
    void (*close)(kw_sql_conn *conn);

    kw_status (*control)(kw_sql_conn *conn, kw_sql_verb verb, kw_error *err);

    /* Runs statements that are separated by semicolons, without arguments or rows. */
    kw_status (*script)(kw_sql_conn *conn, const char *sql, kw_error *err);

    /* Starts a statement; `args` are checked for count, length and text before. */
    kw_status (*start)(kw_sql_conn *conn, const char *sql, kw_sql_args args, kw_error *err);

    /* KW_OK: on a row. KW_END: no more rows; `changed` is known. After anything but KW_OK the
     * statement is over. */
    kw_status (*step)(kw_sql_conn *conn, kw_error *err);

    /* Ends a statement that was started, wherever it stands. May be called twice. */
    void (*finish)(kw_sql_conn *conn);

    /* Rows inserted, updated or deleted by the statement that was stepped to its end. */
    uint64_t (*changed)(const kw_sql_conn *conn);

    /* A column of the present row. INTERNAL: no such column, or a type outside the contract. */
    kw_status (*column)(kw_sql_conn *conn, kw_sql_value *out, size_t column, kw_error *err);

    /* Looks for damage, as kw_store_check says, inside a transaction. */
    kw_status (*check)(kw_sql_conn *conn, kw_error *err);

    /* First statement of a migration's transaction: keeps other nodes out until its end. */
    const char *migration_lock;
};

/* The drivers; NULL for a value outside the enum. */
const kw_sql_driver *kw_sql_driver_of(kw_store_backend backend);

struct kw_tx {
    kw_sql_conn *conn;
    kw_status failed; /* of the first statement that failed; KW_OK: none */
    bool has_cursor;  /* a statement is started and not finished */
};

/* Runs `fn` in the transaction that `conn` is in: what it returns, or the failure of a statement
 * that it passed over. Closes a cursor that it left open. */
KW_MUST_USE kw_status kw_tx_run(kw_sql_conn *conn, kw_store_fn fn, void *ctx, kw_error *err);

#endif /* KW_STORE_DRIVER_H */
