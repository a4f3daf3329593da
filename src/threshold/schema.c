/* SPDX-License-Identifier: Apache-2.0
 * Tables of the threshold domain: the vault, applications, rejoins, resharings,
 * contacts. */
#include "threshold/schema.h"

static const char vault[] =
    /* `slot` is the lasting one; `witness`, sealed with it, shows whether the operator key is that
     * of this vault. */
    "CREATE TABLE threshold_vault ("
    " id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),"
    " cluster BYTEA NOT NULL,"
    " slot BYTEA NOT NULL,"
    " witness BYTEA NOT NULL);"
    /* Kind, scope and id are those of the operator's engine; records of one kind and scope share a
     * slot. */
    "CREATE TABLE threshold_records ("
    " kind BIGINT NOT NULL,"
    " scope BYTEA NOT NULL,"
    " id BYTEA NOT NULL,"
    " slot BYTEA NOT NULL,"
    " record BYTEA NOT NULL,"
    " PRIMARY KEY (kind, scope, id));"
    /* Which certificates are among the records; session_at: Unix seconds of the boundary. */
    "CREATE TABLE threshold_certificates ("
    " hash BYTEA NOT NULL PRIMARY KEY,"
    " epoch BIGINT NOT NULL UNIQUE,"
    " session_at BIGINT NOT NULL);"
    "CREATE INDEX threshold_certificates_at ON threshold_certificates (session_at);";

static const char applications[] =
    /* `policy` is JSON; `uses` counts while the policy has a maximum. Unix seconds. */
    "CREATE TABLE threshold_apps ("
    " id TEXT NOT NULL PRIMARY KEY,"
    " policy TEXT NOT NULL,"
    " uses BIGINT NOT NULL CHECK (uses >= 0),"
    " registered_at BIGINT NOT NULL);";

static const char rejoins[] =
    /* When the vault was emptied, Unix seconds. */
    "CREATE TABLE threshold_rejoins ("
    " id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),"
    " rejoined_at BIGINT NOT NULL);";

static const char reshares[] =
    /* That were asked for. Unix seconds. */
    "CREATE TABLE threshold_reshares ("
    " boundary BIGINT NOT NULL PRIMARY KEY);";

static const char contacts[] =
    /* Where operators are, those too that no list of now has. */
    "CREATE TABLE threshold_contacts ("
    " address BYTEA NOT NULL PRIMARY KEY,"
    " peer_url TEXT NOT NULL,"
    " tls_spki BYTEA NOT NULL);";

const kw_migration kw_threshold_migrations[] = {
    {1, "vault", vault},       {2, "applications", applications}, {3, "rejoins", rejoins},
    {4, "reshares", reshares}, {5, "contacts", contacts},
};
const size_t kw_threshold_migrations_count = KW_COUNT(kw_threshold_migrations);
