/* SPDX-License-Identifier: Apache-2.0
 * Epochs and operators as rows. */
#include "cli/epoch_view.h"

#include "cli/print.h"
#include "codec/hex.h"
#include "crypto/address_text.h"

static const kw_field operator_fields[] = {
    KW_FIELD(kw_operator_view, address, KW_ADDRESS_TEXT_BYTES, KW_REQ),
    KW_FIELD(kw_operator_view, standing, 16, KW_REQ),
    KW_FIELD(kw_operator_view, epoch, UINT64_MAX, KW_REQ | KW_NULL),
    KW_FIELD(kw_operator_view, took_ms, UINT32_MAX, KW_REQ),
    KW_FIELD(kw_operator_view, problem, 32, KW_NULL),
};
KW_SCHEMA_EXTERN(kw_operator_view, operator_fields);

static const kw_field epoch_fields[] = {
    KW_FIELD(kw_epoch_view, verdict, 16, 0),
    KW_FIELD(kw_epoch_view, reason, KW_ERROR_TEXT_BYTES, 0),
    KW_FIELD(kw_epoch_view, cluster, KW_CLUSTER_NAME_BYTES_MAX, 0),
    KW_FIELD(kw_epoch_view, cluster_id, 0, 0),
    KW_FIELD(kw_epoch_view, master_key, 192, 0),
    KW_FIELD(kw_epoch_view, trust, 96, 0),
    KW_FIELD(kw_epoch_view, epoch, UINT64_MAX, 0),
    KW_FIELD(kw_epoch_view, timestamp, UINT64_MAX, 0),
    KW_FIELD(kw_epoch_view, threshold, KW_THRESHOLD_MEMBERS_MAX, 0),
    KW_FIELD(kw_epoch_view, members, KW_THRESHOLD_MEMBERS_MAX, 0),
    KW_FIELD(kw_epoch_view, roster, 0, 0),
    KW_FIELD(kw_epoch_view, certificate, 0, 0),
    KW_FIELD(kw_epoch_view, previous, 0, 0),
    KW_FIELD_LIST(kw_epoch_view, operators, &kw_operator_view_schema, KW_THRESHOLD_MEMBERS_MAX, 0),
};
KW_SCHEMA_EXTERN(kw_epoch_view, epoch_fields);

static const char *standing_text(kw_client_standing standing)
{
    switch (standing) {
    case KW_CLIENT_SLOW:
        return "slow";
    case KW_CLIENT_GOOD:
        return "good";
    case KW_CLIENT_DOWN:
        return "down";
    case KW_CLIENT_REFUSING:
        return "refusing";
    case KW_CLIENT_LYING:
        return "lying";
    case KW_CLIENT_BEHIND:
        return "behind";
    }
    return "";
}

static const char *trust_text(kw_client_trust trust)
{
    switch (trust) {
    case KW_CLIENT_TRUST_NONE:
        return "none: the operators say so, and no key is pinned";
    case KW_CLIENT_TRUST_GENESIS:
        return "the genesis operators voted for it; no key is pinned";
    case KW_CLIENT_TRUST_PIN:
        return "sealed by the pinned key";
    }
    return "";
}

static kw_status fill_operator(kw_arena *arena, kw_operator_view *out, const kw_address *address,
                               const kw_client_member *member)
{
    char text[KW_ADDRESS_TEXT_BYTES];
    kw_address_write(text, address);
    KW_TRY(kw_arena_copy_str(arena, &out->address, kw_str_of(text)));
    out->standing = kw_str_of(standing_text(member->standing));
    out->epoch = member->epoch;
    out->took_ms = member->took_ms;
    if (member->st != KW_OK) {
        out->problem = kw_str_of(kw_status_name(member->st));
    }
    return KW_OK;
}

kw_status kw_operator_views_fill(kw_arena *arena, kw_operator_views *out,
                                 const kw_operators *operators, const kw_client_member *members)
{
    uint16_t n = operators->roster.n;
    out->items = kw_arena_new(arena, n, sizeof *out->items);
    if (out->items == NULL) {
        return KW_LIMIT;
    }
    for (uint16_t i = 0; i < n; i++) {
        KW_TRY(fill_operator(arena, &out->items[i], &operators->roster.members[i].address,
                             &members[i]));
    }
    out->count = n;
    return KW_OK;
}

void kw_operator_views_advise(kw_cli *cli, const kw_client_member *members, uint16_t n)
{
    unsigned refused = 0;
    for (uint16_t i = 0; i < n; i++) {
        refused += members[i].st == KW_PEER_REFUSED;
    }
    if (refused > 0) {
        kw_cli_note(cli,
                    "%u of %u operators (peer_refused) show a certificate of no authority in --ca, "
                    "or are none",
                    refused, (unsigned)n);
    }
}

kw_status kw_epoch_view_fill(kw_arena *arena, kw_epoch_view *out, const kw_client_cluster *cluster,
                             const kw_client_epoch *epoch)
{
    const kw_group *group = &kw_group_bls12_381;
    const kw_candidate *c = &epoch->certificate.candidate;
    kw_group_g2_bytes wire;
    char digits[2 * sizeof wire.bytes];
    group->g2_encode(&wire, &c->polynomial[0]);
    kw_hex_encode_to(digits, kw_group_g2_view(group, &wire));
    KW_TRY(kw_arena_copy_str(arena, &out->master_key, (kw_str){digits, sizeof digits}));
    out->cluster = cluster->file.name;
    out->cluster_id = cluster->file.cluster_id;
    out->trust = kw_str_of(trust_text(epoch->trust));
    out->epoch = c->fields.epoch;
    out->timestamp = c->fields.timestamp;
    out->threshold = c->fields.t_new;
    out->members = c->roster_new->n;
    out->roster = c->roster_new->hash;
    out->certificate = epoch->certificate.hash;
    out->previous = c->fields.previous;
    return KW_OK;
}
