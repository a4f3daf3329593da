/* SPDX-License-Identifier: Apache-2.0
 * A real PostgreSQL server for a test: Debian's binaries, a cluster of its own in a temporary
 * folder, a Unix socket and no TCP port, fsync on. */
#ifndef KW_TESTS_SUPPORT_POSTGRES_H
#define KW_TESTS_SUPPORT_POSTGRES_H

#include "support/process.h"
#include "support/tempdir.h"

/* All-zero: none. */
typedef struct postgres {
    tempdir dir;
    process server;
    int schemas_count; /* made by postgres_new_schema */
} postgres;

/* A libpq connection string. */
typedef struct postgres_where {
    char text[512];
} postgres_where;

/* Makes the cluster and starts the server; returns when it takes connections. As root it runs as
 * user postgres, since PostgreSQL refuses root. Fails the test when the binaries are not installed:
 * tools/deps.sh installs them. The server also dies with the test. */
void postgres_start(postgres *out);

/* Stops the server and removes the folder. Takes an all-zero one. */
void postgres_stop(postgres *pg);

/* Stops the server as a power cut would (SIGQUIT, all connections break), or starts it again. */
void postgres_crash(postgres *pg);
void postgres_resume(postgres *pg);

/* A fresh, empty schema, which is the whole world of its connections: much cheaper to make than a
 * database. */
postgres_where postgres_new_schema(postgres *pg);

/* Runs SQL as the superuser in the schema of `where`, through psql; fails the test when it
 * fails. */
void postgres_psql(const postgres_where *where, const char *sql);

#endif /* KW_TESTS_SUPPORT_POSTGRES_H */
