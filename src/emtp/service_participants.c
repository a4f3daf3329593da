/* SPDX-License-Identifier: Apache-2.0
 * Use cases of participants and their notices. Secret outputs: a new API key.
 * Source: emtp.md sections 7 (C18) and 9.4. */
#include "emtp/service_participants.h"

#include "emtp/limits.h"
#include "emtp/participant_rows.h"
#include "guard/limits.h"

static const kw_identity_kind kinds[] = {[KW_EMTP_PROOF_API_KEY] = KW_IDENTITY_API_KEY,
                                         [KW_EMTP_PROOF_URI] = KW_IDENTITY_URI,
                                         [KW_EMTP_PROOF_DNS] = KW_IDENTITY_DNS,
                                         [KW_EMTP_PROOF_SPKI] = KW_IDENTITY_SPKI};

static const char *const role_names[] = {[KW_EMTP_ROLE_NONE] = "",
                                         [KW_EMTP_ROLE_PAYER] = "payer",
                                         [KW_EMTP_ROLE_PROVIDER] = "provider",
                                         [KW_EMTP_ROLE_HUB] = "hub"};

/* ---- adding ---- */

/* Hosts as one text with spaces between. */
static kw_status join_hosts(kw_buf *out, const kw_strs *hosts, kw_error *err)
{
    for (size_t i = 0; i < hosts->count; i++) {
        KW_REQUIRE(hosts->items[i].len > 0, err, KW_BAD_INPUT, "hosts: an empty one");
        if (i > 0) {
            KW_TRY_AT(err, kw_buf_append_byte(out, ' '), "hosts");
        }
        KW_TRY_AT(err, kw_buf_append_str(out, hosts->items[i]), "hosts");
    }
    return KW_OK;
}

typedef struct put_call {
    kw_emtp_participant_row row;
} put_call;

static kw_status put_row(kw_tx *tx, void *ctx, kw_error *err)
{
    put_call *call = ctx;
    return kw_emtp_participant_put(tx, &call->row, err);
}

static kw_status put_participant(kw_emtp *emtp, const kw_emtp_participant_new *wanted,
                                 kw_error *err)
{
    KW_AUTO(kw_buf) hosts = kw_buf_init(KW_EMTP_HOSTS_MAX * (KW_EMTP_HOST_BYTES_MAX + 1));
    KW_TRY(join_hosts(&hosts, &wanted->hosts, err));
    put_call call = {.row = {.id = wanted->id,
                             .role = kw_str_of(role_names[wanted->role]),
                             .hosts = kw_buf_text(&hosts)}};
    return kw_store_write(kw_emtp_ports_of(emtp)->store, put_row, &call, err);
}

static kw_status add_identity(kw_emtp *emtp, const kw_emtp_participant_new *wanted,
                              kw_unix_ms expires_ms, const kw_guard_actor *actor, kw_error *err)
{
    kw_network networks[KW_IDENTITY_NETWORKS_MAX];
    for (size_t i = 0; i < wanted->networks.count; i++) {
        KW_TRY_AT(err, kw_network_parse(&networks[i], wanted->networks.items[i]),
                  "reading network %zu", i + 1);
    }
    kw_role_binding binding = {.role = KW_ROLE_CLIENT, .expires_ms = expires_ms};
    kw_identity_spec spec = {.id = wanted->id,
                             .tenant = wanted->tenant,
                             .kind = kinds[wanted->proof],
                             .name = wanted->name,
                             .allowed = {networks, wanted->networks.count},
                             .bindings = {&binding, 1}};
    return kw_guard_identity_add(kw_emtp_ports_of(emtp)->guard, &spec, actor, err);
}

kw_status kw_emtp_participant_add(kw_emtp *emtp, kw_api_key_text *out_key,
                                  const kw_emtp_participant_new *wanted,
                                  const kw_guard_actor *actor, kw_error *err)
{
    KW_REQUIRE(wanted->networks.count <= KW_IDENTITY_NETWORKS_MAX, err, KW_BAD_INPUT,
               "networks: too many");
    kw_unix_ms expires_ms = (kw_emtp_now(emtp) + (kw_unix_s)wanted->days * 86400) * 1000;
    KW_TRY(add_identity(emtp, wanted, expires_ms, actor, err));
    KW_TRY(put_participant(emtp, wanted, err));
    if (wanted->proof != KW_EMTP_PROOF_API_KEY) {
        return KW_OK;
    }
    return kw_guard_api_key_issue(kw_emtp_ports_of(emtp)->guard, out_key, wanted->id, expires_ms,
                                  actor, err);
}

/* ---- revoking ---- */

typedef struct remove_call {
    kw_str id;
    kw_arena *arena;
} remove_call;

static kw_status find_participant(kw_tx *tx, void *ctx, kw_error *err)
{
    const remove_call *call = ctx;
    kw_emtp_participant_row row = {0};
    return kw_emtp_participant_get(tx, &row, call->id, call->arena, err);
}

static kw_status remove_receivers(kw_tx *tx, void *ctx, kw_error *err)
{
    const remove_call *call = ctx;
    return kw_emtp_receiver_remove(tx, call->id, err);
}

kw_status kw_emtp_participant_revoke(kw_emtp *emtp, kw_str id, const kw_guard_actor *actor,
                                     kw_error *err)
{
    const kw_emtp_ports *ports = kw_emtp_ports_of(emtp);
    KW_AUTO(kw_arena) arena = kw_arena_init(16384);
    remove_call call = {.id = id, .arena = &arena};
    KW_TRY_AT(err, kw_store_read(ports->store, find_participant, &call, err),
              "looking for the participant");
    KW_TRY(kw_guard_identity_enable(ports->guard, id, false, actor, err));
    kw_emtp_notifier_forget(kw_emtp_notices(emtp), id);
    KW_TRY(kw_store_write(ports->store, remove_receivers, &call, err));
    kw_emtp_registry *registry = kw_emtp_registry_of(emtp);
    return registry != NULL ? kw_emtp_registry_withdraw(registry, id, err) : KW_OK;
}

/* ---- listing ---- */

typedef struct list_call {
    kw_emtp_participants *out;
    kw_str after;
    kw_arena *arena;
} list_call;

static kw_emtp_role role_of(kw_str name)
{
    for (size_t i = 0; i < KW_COUNT(role_names); i++) {
        if (kw_str_equal(name, kw_str_of(role_names[i]))) {
            return (kw_emtp_role)i;
        }
    }
    return KW_EMTP_ROLE_NONE;
}

static kw_status split_hosts(kw_arena *arena, kw_strs *out, kw_str hosts)
{
    kw_strs list = {.items = kw_arena_new(arena, KW_EMTP_HOSTS_MAX, sizeof *list.items)};
    if (list.items == NULL) {
        return KW_LIMIT;
    }
    kw_str copy = {0};
    KW_TRY(kw_arena_copy_str(arena, &copy, hosts));
    while (copy.len > 0 && list.count < KW_EMTP_HOSTS_MAX) {
        (void)kw_str_split(copy, ' ', &list.items[list.count], &copy);
        list.count++;
    }
    *out = list;
    return KW_OK;
}

/* Takes what emtp/ knows; guard is asked afterwards, outside the transaction. */
static kw_status list_row(void *ctx, const kw_emtp_participant_row *row, kw_error *err)
{
    list_call *call = ctx;
    kw_emtp_participants *out = call->out;
    if (out->participants.count == KW_EMTP_PARTICIPANTS_PAGE_MAX) {
        out->has_more = true;
        return KW_OK;
    }
    kw_emtp_participant *item = &out->participants.items[out->participants.count];
    KW_TRY_AT(err, kw_arena_copy_str(call->arena, &item->id, row->id), "listing participants");
    KW_TRY_AT(err, split_hosts(call->arena, &item->hosts, row->hosts), "listing participants");
    item->role = role_of(row->role);
    out->participants.count++;
    return KW_OK;
}

static kw_status list_rows(kw_tx *tx, void *ctx, kw_error *err)
{
    list_call *call = ctx;
    return kw_emtp_participant_each(tx, call->after, KW_EMTP_PARTICIPANTS_PAGE_MAX + 1, list_row,
                                    call, err);
}

static kw_status add_what_guard_knows(kw_emtp *emtp, kw_emtp_participant *item, kw_arena *arena,
                                      kw_error *err)
{
    kw_identity_info info = {0};
    KW_TRY(kw_guard_identity_get(kw_emtp_ports_of(emtp)->guard, &info, item->id, arena, err));
    item->tenant = info.tenant;
    item->name = info.name;
    item->is_enabled = info.is_enabled;
    for (size_t proof = KW_EMTP_PROOF_API_KEY; proof < KW_COUNT(kinds); proof++) {
        if (kinds[proof] == info.kind) {
            item->proof = (kw_emtp_proof)proof;
        }
    }
    return KW_OK;
}

kw_status kw_emtp_participants_list(kw_emtp *emtp, kw_emtp_participants *out, kw_str after,
                                    kw_arena *arena, kw_error *err)
{
    kw_emtp_participants list = {0};
    list.participants.items =
        kw_arena_new(arena, KW_EMTP_PARTICIPANTS_PAGE_MAX, sizeof *list.participants.items);
    KW_REQUIRE(list.participants.items != NULL, err, KW_LIMIT, "no room for participants");
    list_call call = {.out = &list, .after = after, .arena = arena};
    KW_TRY(kw_store_read(kw_emtp_ports_of(emtp)->store, list_rows, &call, err));
    for (size_t i = 0; i < list.participants.count; i++) {
        KW_TRY(add_what_guard_knows(emtp, &list.participants.items[i], arena, err));
    }
    *out = list;
    return KW_OK;
}

/* ---- notices ---- */

typedef struct notice_call {
    kw_str participant;
    const kw_emtp_notice *notice;
    kw_arena *arena;
    kw_str hosts;      /* out */
    kw_emtp_role role; /* out */
} notice_call;

static kw_status read_hosts(kw_tx *tx, void *ctx, kw_error *err)
{
    notice_call *call = ctx;
    kw_emtp_participant_row row = {0};
    kw_status st = kw_emtp_participant_get(tx, &row, call->participant, call->arena, err);
    if (st == KW_NOT_FOUND) { /* an identity that was not registered here names no host */
        return KW_OK;
    }
    KW_TRY(st);
    call->hosts = row.hosts;
    call->role = role_of(row.role);
    return KW_OK;
}

static kw_status check_hosts(const notice_call *call, kw_error *err)
{
    const kw_emtp_notice *notice = call->notice;
    bool is_allowed = notice->surl.len == 0 || kw_emtp_host_is_listed(call->hosts, notice->surl);
    for (size_t i = 0; i < notice->nurls_count; i++) {
        is_allowed = is_allowed && kw_emtp_host_is_listed(call->hosts, notice->nurls[i].url);
    }
    KW_REQUIRE(is_allowed, err, KW_FORBIDDEN, "a URL of the notice names an unregistered host");
    return KW_OK;
}

static kw_status put_receivers(kw_tx *tx, void *ctx, kw_error *err)
{
    const notice_call *call = ctx;
    for (size_t i = 0; i < call->notice->nurls_count; i++) {
        KW_TRY(kw_emtp_receiver_put(tx, call->participant, &call->notice->nurls[i], err));
    }
    return KW_OK;
}

/* A table that changed: on a registry it is read soon, elsewhere nobody reads it. */
static kw_status take_table(kw_emtp *emtp, const notice_call *call, kw_error *err)
{
    static const kw_match_role roles[] = {[KW_EMTP_ROLE_PAYER] = KW_MATCH_PAYER,
                                          [KW_EMTP_ROLE_PROVIDER] = KW_MATCH_PROVIDER,
                                          [KW_EMTP_ROLE_HUB] = KW_MATCH_HUB};
    kw_emtp_registry *registry = kw_emtp_registry_of(emtp);
    if (registry == NULL || call->notice->surl.len == 0) {
        return KW_OK;
    }
    KW_REQUIRE(call->role != KW_EMTP_ROLE_NONE, err, KW_FORBIDDEN,
               "the participant has no role on this registry");
    KW_TRY(kw_emtp_registry_announce(registry, call->participant, roles[call->role],
                                     call->notice->surl, err));
    KW_TRY_AT(err, kw_emtp_read_table(emtp, call->participant, call->notice->surl),
              "asking for the table");
    return KW_OK;
}

kw_status kw_emtp_notice_take(kw_emtp *emtp, kw_str participant, kw_str form, kw_arena *arena,
                              kw_error *err)
{
    kw_store *store = kw_emtp_ports_of(emtp)->store;
    kw_emtp_notice notice = {0};
    KW_TRY(kw_emtp_notice_parse(&notice, arena, form, err));
    notice_call call = {.participant = participant, .notice = &notice, .arena = arena};
    KW_TRY(kw_store_read(store, read_hosts, &call, err));
    KW_TRY(check_hosts(&call, err));
    KW_TRY(take_table(emtp, &call, err));
    if (notice.nurls_count == 0) {
        return KW_OK;
    }
    /* Memory first: it has the limits, and what the store has must fit at the next start. */
    for (size_t i = 0; i < notice.nurls_count; i++) {
        KW_TRY(kw_emtp_notifier_add(kw_emtp_notices(emtp), participant, notice.nurls[i].name,
                                    notice.nurls[i].url, err));
    }
    return kw_store_write(store, put_receivers, &call, err);
}
