/* SPDX-License-Identifier: Apache-2.0
 * The operator's part of the health page. */
#include "threshold/health.h"

#include "crypto/address_text.h"

enum {
    ADDRESS_CHARS = KW_ADDRESS_TEXT_BYTES - 1,
    MS_PER_S = 1000,
};

static const kw_enum_name condition_names[] = {{"outside", KW_OPERATOR_OUTSIDE},
                                               {"joining", KW_OPERATOR_JOINING},
                                               {"serving", KW_OPERATOR_SERVING},
                                               {"blocked", KW_OPERATOR_BLOCKED}};
static const kw_enum_name health_names[] = {{"unknown", KW_COURIER_UNKNOWN},
                                            {"up", KW_COURIER_UP},
                                            {"slow", KW_COURIER_SLOW},
                                            {"down", KW_COURIER_DOWN}};

static const kw_field peer_fields[] = {
    KW_FIELD(kw_peer_health, address, ADDRESS_CHARS, KW_REQ),
    KW_FIELD_ENUM(kw_peer_health, health, health_names, KW_REQ),
    KW_FIELD(kw_peer_health, seen_ago_s, UINT64_MAX, KW_NULL,
             .help = "seconds since it answered or called, rounded up; null: never"),
    KW_FIELD(kw_peer_health, waiting, UINT64_MAX, KW_REQ, .help = "calls that wait for it"),
};
KW_SCHEMA(kw_peer_health, peer_fields);

static const kw_field health_fields[] = {
    KW_FIELD(kw_threshold_health, address, ADDRESS_CHARS, KW_REQ),
    KW_FIELD(kw_threshold_health, cluster_id, 0, KW_REQ),
    KW_FIELD_ENUM(kw_threshold_health, condition, condition_names, KW_REQ),
    KW_FIELD(kw_threshold_health, epoch, UINT64_MAX, KW_REQ, .help = "0: none"),
    KW_FIELD(kw_threshold_health, epoch_time, INT64_MAX, KW_TIME,
             .help = "boundary that it was made at"),
    KW_FIELD(kw_threshold_health, boundary, INT64_MAX, KW_TIME, .help = "the last one"),
    KW_FIELD(kw_threshold_health, operators, KW_THRESHOLD_MEMBERS_MAX, KW_REQ,
             .help = "at the last boundary"),
    KW_FIELD(kw_threshold_health, is_member, 1, KW_REQ),
    KW_FIELD(kw_threshold_health, erasure, 16, KW_REQ, .help = "hardware, best-effort"),
    KW_FIELD(kw_threshold_health, aborted, UINT64_MAX, KW_REQ, .help = "sessions since the start"),
    KW_FIELD(kw_threshold_health, frauds, UINT64_MAX, KW_REQ, .help = "proofs since the start"),
    KW_FIELD_LIST(kw_threshold_health, peers, &kw_peer_health_schema, KW_COURIER_MEMBERS_MAX,
                  KW_REQ),
};
KW_SCHEMA_EXTERN(kw_threshold_health, health_fields);

static kw_status write_address(kw_arena *arena, kw_str *out, const kw_address *address)
{
    char *text = kw_arena_new(arena, KW_ADDRESS_TEXT_BYTES, 1);
    if (text == NULL) {
        return KW_LIMIT;
    }
    kw_address_write(text, address);
    *out = (kw_str){text, ADDRESS_CHARS};
    return KW_OK;
}

/* Rounded up, so that 0 is left for those that were never seen. */
static uint64_t seconds_of(uint64_t ago_ms)
{
    return ago_ms == UINT64_MAX ? 0 : ago_ms / MS_PER_S + 1;
}

static kw_status write_peers(kw_threshold *threshold, kw_arena *arena, kw_peer_healths *out)
{
    kw_holder *holder = kw_threshold_holder(threshold);
    size_t room = kw_holder_peers(holder, NULL, 0);
    kw_courier_state *states = kw_arena_new(arena, room, sizeof *states);
    kw_peer_health *items = kw_arena_new(arena, room, sizeof *items);
    if (room > 0 && (states == NULL || items == NULL)) {
        return KW_LIMIT;
    }
    size_t known = kw_holder_peers(holder, states, room);
    *out = (kw_peer_healths){items, 0};
    for (size_t i = 0; i < KW_MIN(known, room); i++) {
        const kw_courier_state *state = &states[i];
        if (kw_address_equal(&state->address, kw_threshold_self(threshold))) {
            continue;
        }
        kw_peer_health *peer = &items[out->count++];
        *peer = (kw_peer_health){.health = state->health,
                                 .seen_ago_s = seconds_of(state->seen_ago_ms),
                                 .waiting = state->waiting};
        KW_TRY(write_address(arena, &peer->address, &state->address));
    }
    return KW_OK;
}

static kw_operator_condition condition_of(const kw_holder_state *state)
{
    if (state->is_blocked) {
        return KW_OPERATOR_BLOCKED;
    }
    if (state->has_share) {
        return KW_OPERATOR_SERVING;
    }
    return state->is_member ? KW_OPERATOR_JOINING : KW_OPERATOR_OUTSIDE;
}

kw_status kw_threshold_health_read(kw_threshold *threshold, kw_arena *arena,
                                   kw_threshold_health *out, kw_error *err)
{
    kw_holder_state state;
    kw_holder_look(kw_threshold_holder(threshold), &state);
    kw_threshold_health read = {
        .cluster_id = kw_threshold_cluster(threshold)->cluster_id,
        .condition = condition_of(&state),
        .epoch = state.epoch,
        .epoch_time = (int64_t)state.epoch_timestamp,
        .boundary = (int64_t)state.boundary,
        .operators = state.n,
        .is_member = state.is_member,
        .erasure = kw_str_of(kw_threshold_erasure(threshold)),
        .aborted = state.aborted,
        .frauds = state.frauds,
    };
    KW_TRY_AT(err, write_address(arena, &read.address, &state.self), "the operator's address");
    KW_TRY_AT(err, write_peers(threshold, arena, &read.peers), "listing other operators");
    *out = read;
    return KW_OK;
}
