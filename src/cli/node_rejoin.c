/* SPDX-License-Identifier: Apache-2.0
 * keyward node rejoin: an operator whose store is a copy takes part again. Source: threshold.md
 * section 2. */
#include "cli/commands.h"
#include "cli/print.h"
#include "client/randomness.h"
#include "os/clock.h"
#include "os/file.h"
#include "threshold/engine/roster/cluster_file.h"
#include "threshold/slots_file.h"
#include "threshold/vault_rejoin.h"

enum {
    PATH_BYTES_MAX = 1024,
};

typedef struct rejoin_options {
    kw_str cluster;
    kw_str store;
    kw_str slots_dir;
    bool confirm;
} rejoin_options;
static const kw_field rejoin_fields[] = {
    KW_FIELD(rejoin_options, cluster, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "threshold.cluster_file of the daemon, with master_key"),
    KW_FIELD(rejoin_options, store, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "store.url of the daemon"),
    KW_FIELD(rejoin_options, slots_dir, PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "threshold.slots_dir of the daemon"),
    KW_FIELD(rejoin_options, confirm, 0, 0,
             .help = "yes: shares and records of sessions that are here are destroyed"),
};
KW_SCHEMA(rejoin_options, rejoin_fields);

typedef struct rejoin_reply {
    kw_hash32 cluster_id;
    int64_t rejoined_at;
} rejoin_reply;
static const kw_field reply_fields[] = {
    KW_FIELD(rejoin_reply, cluster_id, 0, KW_REQ),
    KW_FIELD(rejoin_reply, rejoined_at, INT64_MAX, KW_REQ | KW_TIME,
             .help = "it takes part after a certificate of a later boundary"),
};
KW_SCHEMA(rejoin_reply, reply_fields);

/* Certificates are believed by the pin alone: nothing else is left to check them with. */
static kw_status check_cluster(kw_cli *cli, kw_hash32 *out_id, kw_str path, kw_error *err)
{
    kw_cluster_file file;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path.ptr, err), "reading the cluster file");
    KW_TRY_AT(err, kw_cluster_file_decode(&file, cli->arena, kw_buf_view(&json), err), "reading %s",
              path.ptr);
    KW_REQUIRE(file.has_master, err, KW_REFUSED,
               "%s pins no key: add the cluster's as master_key first", path.ptr);
    *out_id = file.cluster_id;
    return KW_OK;
}

static kw_status forget(const rejoin_options *options, uint64_t at, kw_error *err)
{
    kw_store_options where = {0};
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO_PTR(kw_store) store = NULL;
    KW_AUTO_PTR(kw_slots) slots = NULL;
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    kw_status st = kw_slots_open(&slots, options->slots_dir.ptr, &rng, err);
    KW_REQUIRE(st != KW_BUSY, err, st, "keywardd has the slots open: stop the daemon first");
    KW_TRY(st);
    KW_TRY(kw_store_options_of_url(&where, options->store.ptr, err));
    where.create = false;
    KW_TRY_AT(err, kw_store_open(&store, &where, err), "opening the store");
    return kw_vault_rejoin(store, slots, at, err);
}

static kw_status rejoin(kw_cli *cli, const void *given, kw_error *err)
{
    const rejoin_options *options = given;
    kw_clock clock = kw_clock_system();
    rejoin_reply reply = {.rejoined_at = kw_clock_now_ms(&clock) / 1000};
    KW_REQUIRE(options->confirm, err, KW_USAGE,
               "this destroys the share that is here, if there is one: add --confirm");
    KW_TRY(check_cluster(cli, &reply.cluster_id, options->cluster, err));
    KW_TRY(forget(options, (uint64_t)reply.rejoined_at, err));
    return kw_cli_print(cli, &rejoin_reply_schema, &reply, err);
}

const kw_command kw_command_node_rejoin = {
    "node rejoin",
    &rejoin_options_schema,
    rejoin,
    "let an operator take part again whose store is a copy",
    .about =
        "For a store that came from a backup or a snapshot, or whose slots are lost: the daemon\n"
        "refuses it, because the operator would sign a second time what it signed after the\n"
        "copy was made, which proves fraud. This empties the operator's part of the store and\n"
        "its slots, and writes the moment down. The daemon then stays silent until a certificate\n"
        "of a later boundary comes, and gets a new share at the boundary after it. Run it as the\n"
        "daemon's user, while the daemon is stopped and the clock is right. The cluster file\n"
        "must pin the master key.",
    .examples = {{"keyward node rejoin --cluster cluster.json --store "
                  "sqlite:/var/lib/keyward/keyward.db --slots-dir /var/lib/keyward/slots "
                  "--confirm",
                  "after the store was restored"}},
};
