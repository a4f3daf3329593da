/* SPDX-License-Identifier: Apache-2.0
 * Tables of the EMTP domain. A row of emtp_keys is kept for ever (a kid is never used twice); its
 * sealed bytes go at revocation or expiry. */
#include "emtp/schema.h"

static const char keys_and_streams[] =
    /* Moments are Unix seconds; revoked_at 0 is "not revoked"; position is the order of
     * creation. */
    "CREATE TABLE emtp_keys ("
    " kid TEXT NOT NULL PRIMARY KEY,"
    " position BIGINT NOT NULL UNIQUE,"
    " not_before BIGINT NOT NULL,"
    " not_after BIGINT NOT NULL CHECK (not_after > not_before),"
    " expires_at BIGINT NOT NULL CHECK (expires_at >= not_after),"
    " revoked_at BIGINT NOT NULL,"
    " is_listed BIGINT NOT NULL);"
    /* `change` grows with each change of emtp_keys: other nodes notice, and ETags differ. */
    "CREATE TABLE emtp_counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);"
    "CREATE TABLE emtp_stream_rows ("
    " stream TEXT NOT NULL,"
    " seq BIGINT NOT NULL CHECK (seq > 0),"
    " line BYTEA NOT NULL,"
    " PRIMARY KEY (stream, seq));";

static const char participants_and_receivers[] =
    /* What guard does not know of a participant: hosts that its notices may point to, joined by
     * spaces, and its role on a registry. */
    "CREATE TABLE emtp_participants ("
    " id TEXT NOT NULL PRIMARY KEY,"
    " role TEXT NOT NULL,"
    " hosts TEXT NOT NULL);"
    /* Where a participant wants to be told of changes: one URL for each name. */
    "CREATE TABLE emtp_receivers ("
    " participant TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " nurl TEXT NOT NULL,"
    " PRIMARY KEY (participant, name));";

static const char registry[] =
    /* A participant's table of tokens: where it is, how far it was read; `position` names the
     * participant in the matcher. */
    "CREATE TABLE emtp_tables ("
    " participant TEXT NOT NULL PRIMARY KEY,"
    " position BIGINT NOT NULL UNIQUE,"
    " role BIGINT NOT NULL,"
    " surl TEXT NOT NULL,"
    " last_seq BIGINT NOT NULL);"
    "CREATE TABLE emtp_table_rows ("
    " participant TEXT NOT NULL REFERENCES emtp_tables (participant),"
    " nurl TEXT NOT NULL,"
    " tokens TEXT NOT NULL,"
    " PRIMARY KEY (participant, nurl));";

static const char stream_bases[] =
    /* End of what was compacted of a stream: `chain` is over all rows up to `seq`, also those that
     * are gone. */
    "CREATE TABLE emtp_stream_bases ("
    " stream TEXT NOT NULL PRIMARY KEY,"
    " seq BIGINT NOT NULL CHECK (seq > 0),"
    " chain BYTEA NOT NULL);";

const kw_migration kw_emtp_migrations[] = {
    {1, "keys_and_streams", keys_and_streams},
    {2, "participants_and_receivers", participants_and_receivers},
    {3, "registry", registry},
    {4, "stream_bases", stream_bases},
};
const size_t kw_emtp_migrations_count = KW_COUNT(kw_emtp_migrations);
