/* SPDX-License-Identifier: Apache-2.0
 * Tables of the params domain. */
#include "params/schema.h"

#include "store/migrate.h"

static const char drafts[] =
    /* `version` is without build metadata; `change` grows with each change of the row, so that a
     * change of what was read is made on what was read. `record` is the JSON of
     * params/engine/draft.h. */
    "CREATE TABLE params_drafts ("
    " family TEXT NOT NULL,"
    " version TEXT NOT NULL,"
    " change BIGINT NOT NULL CHECK (change > 0),"
    " record BYTEA NOT NULL,"
    " PRIMARY KEY (family, version));";

static const kw_migration migrations[] = {
    {1, "drafts", drafts},
};

kw_status kw_params_migrate(kw_store *store, kw_error *err)
{
    return kw_store_migrate(store, "params", migrations, KW_COUNT(migrations), err);
}
