/* SPDX-License-Identifier: Apache-2.0
 * keyward node rejoin: an operator whose store is a copy takes part again. Source: threshold.md
 * section 2. */
#include "cli/commands.h"
#include "cli/node_places.h"
#include "cli/print.h"
#include "client/randomness.h"
#include "os/clock.h"
#include "threshold/vault_rejoin.h"

typedef struct rejoin_options {
    bool confirm;
} rejoin_options;
static const kw_field rejoin_fields[] = {
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

static kw_status empty(const kw_node_places *places, kw_slots *slots, uint64_t at, kw_error *err)
{
    kw_store_options where = {0};
    KW_AUTO_PTR(kw_store) store = NULL;
    KW_TRY(kw_store_options_of_url(&where, places->store_url.ptr, err));
    where.create = false;
    KW_TRY_AT(err, kw_store_open(&store, &where, err), "opening the store");
    return kw_vault_rejoin(store, slots, at, err);
}

static kw_status forget(const kw_node_places *places, const kw_hash32 *cluster_id, uint64_t at,
                        kw_error *err)
{
    const kw_slots_owner owner = {*cluster_id, places->address};
    KW_AUTO(kw_client_randomness) randomness = {0};
    KW_AUTO(kw_slots_place) place = {0};
    KW_AUTO_PTR(kw_slots) slots = NULL;
    KW_TRY(kw_client_randomness_open(&randomness, err));
    kw_rng rng = kw_client_randomness_rng(&randomness);
    KW_TRY(kw_slots_place_open(&place, &places->threshold, err));
    KW_TRY(kw_node_slots_take(&slots, &place, &owner, &rng, err));
    return empty(places, slots, at, err);
}

static kw_status rejoin(kw_cli *cli, const void *given, kw_error *err)
{
    const rejoin_options *options = given;
    kw_clock clock = kw_clock_system();
    kw_node_places places = {0};
    kw_cluster_file cluster;
    KW_REQUIRE(options->confirm, err, KW_USAGE,
               "this destroys the share that is here, if there is one: add --confirm");
    KW_TRY(kw_node_places_of_config(cli, &places, false, err));
    KW_TRY(kw_node_places_cluster(cli, &cluster, &places, err));
    const rejoin_reply reply = {.cluster_id = cluster.cluster_id,
                                .rejoined_at = kw_clock_now_ms(&clock) / 1000};
    KW_TRY(forget(&places, &cluster.cluster_id, (uint64_t)reply.rejoined_at, err));
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
        "copy was made, which proves fraud. This reads the daemon's configuration, empties the\n"
        "operator's part of the store and its slots, and writes the moment down. The daemon then\n"
        "stays silent until a certificate of a later boundary comes, and gets a new share at the\n"
        "boundary after it. Run it as the daemon's user, while the daemon is stopped and the\n"
        "clock is right. The cluster file must pin the master key.",
    .examples = {{"keyward node rejoin --config /etc/keyward/keywardd.yaml --confirm",
                  "after the store was restored"}},
};
