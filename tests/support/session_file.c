/* SPDX-License-Identifier: Apache-2.0
 * Sessions of the threshold protocol's vectors. */
#include "support/session_file.h"

#include "curve/bn_wire.h"

enum {
    MEMBERS_MAX = 8,
};

static kw_roster roster_of(threshold_file *file, const kw_json *members)
{
    kw_roster_entry entries[MEMBERS_MAX];
    kw_roster roster;
    kw_error err;
    size_t count = kw_json_count(members);
    assert_in_range(count, 1, MEMBERS_MAX);
    for (size_t i = 0; i < count; i++) {
        const kw_json *member = kw_json_item(members, i);
        entries[i] = (kw_roster_entry){.address = threshold_address(member, "address"),
                                       .curve = (uint8_t)json_tree_integer(member, "curve"),
                                       .key = threshold_bytes(file, member, "key")};
    }
    const kw_roster_source source = {entries, count, &kw_peer_schemes_all, false};
    EXPECT_OK(kw_roster_make(&roster, &file->arena, &source, &err));
    return roster;
}

static kw_sid_fields fields_of(const kw_json *session)
{
    return (kw_sid_fields){.kind = (uint8_t)json_tree_integer(session, "kind"),
                           .epoch = (uint64_t)json_tree_integer(session, "epoch"),
                           .timestamp = (uint64_t)json_tree_integer(session, "timestamp"),
                           .attempt = (uint32_t)json_tree_integer(session, "attempt"),
                           .roster_old = threshold_hash(session, "roster_old_hash"),
                           .roster_new = threshold_hash(session, "roster_new_hash"),
                           .t_old = (uint16_t)json_tree_integer(session, "t_old"),
                           .t_new = (uint16_t)json_tree_integer(session, "t_new"),
                           .previous = threshold_hash(session, "previous"),
                           .suite = (uint8_t)json_tree_integer(session, "suite")};
}

void session_file_read(session_file *out, threshold_file *file)
{
    const kw_json *root = file->root;
    *out = (session_file){.file = file,
                          .is_reshare = kw_json_get(root, "roster_old") != NULL,
                          .is_opening = kw_json_get(root, "RECONSTRUCT") != NULL,
                          .fields = fields_of(json_tree_at(root, "session"))};
    if (out->is_reshare) {
        out->roster_old = roster_of(file, json_tree_at(root, "roster_old"));
    }
    out->roster_new =
        roster_of(file, json_tree_at(root, out->is_reshare ? "roster_new" : "roster"));
}

const kw_roster *session_file_dealers(const session_file *from)
{
    return from->is_reshare ? &from->roster_old : &from->roster_new;
}

kw_peer_signer session_file_signer(session_file_keys *out, threshold_file *file,
                                   const kw_json *member)
{
    kw_span bytes = threshold_bytes(file, member, "secret_key");
    if (json_tree_integer(member, "curve") == KW_PEER_BN254) {
        EXPECT_OK(kw_bn_secret_decode(&out->bn254, bytes));
        return kw_peer_bn254_signer(&out->bn254);
    }
    kw_secret32 secret;
    EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(bytes)));
    EXPECT_OK(kw_secp256k1_key_of(&out->ecdsa, &secret));
    return kw_peer_ecdsa_signer(&out->ecdsa);
}

const kw_json *session_file_at(const session_file *from, const char *name)
{
    return json_tree_at(from->file->root, name);
}

const kw_json *session_file_of_address(const kw_json *items, const char *name,
                                       const kw_address *address)
{
    for (size_t i = 0; i < kw_json_count(items); i++) {
        kw_address at = threshold_address(kw_json_item(items, i), name);
        if (kw_address_equal(&at, address)) {
            return kw_json_item(items, i);
        }
    }
    return NULL;
}

const kw_json *session_file_dealing(const session_file *from, uint16_t dealer)
{
    if (dealer == 0) {
        return NULL;
    }
    const kw_json *at = kw_json_item(session_file_at(from, "dealings"), dealer - 1U);
    return at == NULL || kw_json_kind_of(at) == KW_JSON_NULL ? NULL : at;
}

const kw_json *session_file_extraction(const session_file *from, uint16_t dealer)
{
    if (from->fields.suite != KW_SUITE_PEDERSEN) {
        return NULL;
    }
    const kw_json *rows = session_file_at(from, "extractions");
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        if (json_tree_integer(kw_json_item(rows, i), "i") == dealer) {
            return kw_json_item(rows, i);
        }
    }
    return NULL;
}

/* ---- messages ---- */
static const kw_json *vote_of(const session_file *from, kw_message_type type, kw_instance instance,
                              uint16_t member)
{
    bool is_of_two = from->is_opening && instance == KW_INSTANCE_SET;
    const kw_json *agreement = session_file_at(from, is_of_two ? "set_agreement" : "agreement");
    if (instance == KW_INSTANCE_OPEN && !from->is_opening) {
        return NULL;
    }
    if (type == KW_MESSAGE_PROPOSE) {
        bool proposes = json_tree_integer(agreement, "proposer_of_view_0") == member;
        return proposes ? json_tree_at(agreement, "PROPOSE") : NULL;
    }
    const char *name = type == KW_MESSAGE_PREVOTE ? "PREVOTE" : "PRECOMMIT";
    return kw_json_item(json_tree_at(agreement, name), member - 1U);
}

/* What a dealer says. */
static const kw_json *dealer_message(const session_file *from, kw_message_type type,
                                     uint16_t dealer)
{
    const kw_json *row = type == KW_MESSAGE_EXTRACT ? session_file_extraction(from, dealer)
                                                    : session_file_dealing(from, dealer);
    const char *name = type == KW_MESSAGE_EXTRACT ? "EXTRACT"
                       : type == KW_MESSAGE_DEAL  ? "DEAL"
                                                  : "SHARES";
    return row == NULL ? NULL : json_tree_at(row, name);
}

/* What a member of the new roster says besides. */
static const kw_json *member_message(const session_file *from, kw_message_type type,
                                     uint16_t member)
{
    const char *name = type == KW_MESSAGE_HAVE          ? "HAVE"
                       : type == KW_MESSAGE_ECHO        ? "ECHO"
                       : type == KW_MESSAGE_RECONSTRUCT ? "RECONSTRUCT"
                                                        : "COMMIT";
    bool is_missing = type == KW_MESSAGE_RECONSTRUCT && !from->is_opening;
    return is_missing ? NULL : kw_json_item(session_file_at(from, name), member - 1U);
}

const kw_json *session_file_message(const session_file *from, kw_message_type type,
                                    kw_instance instance, const kw_address *sender)
{
    uint16_t member = kw_roster_index(&from->roster_new, sender);
    if (type == KW_MESSAGE_HELLO) {
        return session_file_of_address(session_file_at(from, "HELLO"), "sender", sender);
    }
    if (type == KW_MESSAGE_DEAL || type == KW_MESSAGE_SHARES || type == KW_MESSAGE_EXTRACT) {
        return dealer_message(from, type, kw_roster_index(session_file_dealers(from), sender));
    }
    if (member == 0) {
        return NULL;
    }
    bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
    return is_vote ? vote_of(from, type, instance, member) : member_message(from, type, member);
}

kw_authenticated session_file_authenticated(threshold_file *file, const kw_json *message)
{
    kw_authenticated out = {.payload = threshold_bytes(file, message, "payload"),
                            .hash = threshold_hash(message, "hash")};
    kw_span signature = threshold_bytes(file, message, "signature");
    assert_in_range(signature.len, 1, sizeof out.signature.bytes);
    out.signature.len = (uint8_t)signature.len;
    memcpy(out.signature.bytes, signature.ptr, signature.len);
    return out;
}
