/* SPDX-License-Identifier: Apache-2.0
 * What others may read of an operator: messages, certificates, how it is; and the shares that it
 * serves with. */
#include "threshold/holder_inner.h"

#include "os/secmem.h"
#include "threshold/limits.h"
#include "threshold/vault_epochs.h"

/* ---- messages and certificates ---- */
static kw_status find_messages(const kw_holder *h, kw_buf *out, const kw_hash32 *hash)
{
    const kw_authenticated *message = kw_operator_message(h->op, hash, NULL);
    if (message == NULL) {
        return KW_NOT_FOUND;
    }
    for (uint8_t mark = '['; message != NULL; mark = ',') {
        KW_TRY(kw_buf_append_byte(out, mark));
        KW_TRY(kw_authenticated_encode(out, message));
        message = kw_operator_message(h->op, hash, message);
    }
    return kw_buf_append_byte(out, ']');
}

static kw_status find_file(const kw_holder *h, kw_buf *out, const kw_hash32 *hash)
{
    kw_span file = kw_operator_certificate_of(h->op, hash);
    return file.len > 0 ? kw_buf_append(out, file) : kw_operator_candidate(h->op, out, hash);
}

kw_status kw_holder_find(kw_holder *holder, kw_holder_found *out, const kw_hash32 *hash,
                         kw_error *err)
{
    out->bytes = kw_buf_init(KW_COURIER_BODY_BYTES_MAX);
    KW_AUTO(kw_locked) hold = kw_lock(&holder->lock);
    KW_REQUIRE(!holder->is_pending, err, KW_UNAVAILABLE, "the store takes no records");
    kw_status st = find_messages(holder, &out->bytes, hash);
    if (st == KW_NOT_FOUND) {
        out->is_file = true;
        st = find_file(holder, &out->bytes, hash);
    }
    KW_TRY_AT(err, st, "looking for a message");
    return KW_OK;
}

kw_status kw_holder_certificate(kw_holder *holder, kw_buf *out, uint64_t epoch, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&holder->lock);
    KW_AUTO(kw_vault_epoch) kept = {0};
    kw_span file = kw_operator_certificate(holder->op, epoch);
    if (file.len == 0 && epoch != 0) { /* the engine has the newest ones at hand */
        kw_status st = kw_vault_load(holder->options.vault, &kept, epoch, err);
        KW_REQUIRE(st == KW_OK || st == KW_NOT_FOUND, err, st, "reading a certificate");
        file = kw_buf_view(&kept.certificate);
    }
    KW_REQUIRE(file.len > 0, err, KW_NOT_FOUND, "no certificate of this epoch");
    KW_TRY_AT(err, kw_buf_append(out, file), "copying a certificate");
    return KW_OK;
}

kw_status kw_holder_epoch_at(kw_holder *holder, uint64_t *out, uint64_t time_s, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&holder->lock);
    KW_AUTO(kw_vault_epoch) found = {0};
    kw_status st = kw_vault_load_at_time(holder->options.vault, &found, time_s, err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, st, "no epoch is known of that time");
    KW_TRY(st);
    *out = found.version.epoch;
    return KW_OK;
}

/* ---- shares ---- */
typedef struct published {
    kw_holder_keys keys; /* first: it is what readers get */
    kw_arena arena;      /* polynomials: public */
} published;

void kw_holder_free_keys(void *keys)
{
    published *p = keys;
    if (p == NULL) {
        return;
    }
    kw_arena_drop(&p->arena);
    for (size_t i = 0; i < p->keys.count; i++) {
        kw_group_secret_drop(&p->keys.items[i].share);
    }
    kw_secmem_free(p);
}

static kw_status copy_key(published *p, const kw_operator_key *key)
{
    const kw_certificate *certificate = key->certificate;
    const kw_sid_fields *fields = &certificate->candidate.fields;
    kw_group_g2 *polynomial = kw_arena_new(&p->arena, fields->t_new, sizeof *polynomial);
    if (polynomial == NULL) {
        return KW_NO_MEMORY;
    }
    memcpy(polynomial, certificate->candidate.polynomial, fields->t_new * sizeof *polynomial);
    p->keys.items[p->keys.count++] = (kw_holder_key){
        .epoch = fields->epoch,
        .timestamp = fields->timestamp,
        .member = key->member,
        .n = certificate->candidate.roster_new->n,
        .t = fields->t_new,
        .share = *key->share,
        .polynomial = polynomial,
        .certificate = certificate->hash,
    };
    return KW_OK;
}

static kw_status copy_keys(published *p, const kw_operator *op)
{
    const kw_certificate *newest = kw_operator_decoded(op, 0);
    uint64_t epoch = newest == NULL ? 0 : newest->candidate.fields.epoch;
    for (size_t i = 0; i < KW_OPERATOR_ERAS_MAX && epoch > 0; i++, epoch--) {
        kw_operator_key key;
        if (kw_operator_key_of(op, &key, epoch)) {
            KW_TRY(copy_key(p, &key));
        }
    }
    return KW_OK;
}

kw_status kw_holder_publish_keys(kw_holder *holder)
{
    published *p = kw_secmem_new((sizeof *p + 15) / 16 * 16);
    if (p == NULL) {
        return KW_NO_MEMORY;
    }
    *p = (published){.arena = kw_arena_init(KW_HOLDER_KEYS_ARENA_MAX)};
    kw_status st = copy_keys(p, holder->op);
    if (st != KW_OK) {
        kw_holder_free_keys(p);
        return st;
    }
    kw_snapshot_publish(&holder->keys, p);
    return KW_OK;
}

kw_snapshot_hold kw_holder_keys_enter(kw_holder *holder)
{
    return kw_snapshot_enter(&holder->keys);
}

/* ---- how it is ---- */
bool kw_holder_knows(kw_holder *holder, kw_address *out, const kw_hash32 *tls_spki)
{
    return kw_contacts_find(&holder->contacts, out, tls_spki);
}

void kw_holder_look(kw_holder *holder, kw_holder_state *out)
{
    KW_AUTO(kw_locked) hold = kw_lock(&holder->look_lock);
    *out = holder->state;
}

void kw_holder_show(kw_holder *holder)
{
    const kw_config_fields *config = &holder->options.cluster->config;
    const kw_certificate *newest = kw_operator_decoded(holder->op, 0);
    const kw_roster *roster = &holder->sets[holder->set_now].operators.roster;
    KW_AUTO(kw_snapshot_hold) shares = kw_snapshot_enter(&holder->keys);
    const kw_holder_keys *keys = shares.object;
    KW_AUTO(kw_locked) hold = kw_lock(&holder->look_lock);
    holder->state = (kw_holder_state){
        .self = holder->options.self,
        .epoch = newest == NULL ? 0 : newest->candidate.fields.epoch,
        .epoch_timestamp = newest == NULL ? 0 : newest->candidate.fields.timestamp,
        .epoch_every_s = (uint64_t)config->interval_s * config->reshare_every,
        .boundary = holder->boundary,
        .n = roster->n,
        .is_member = kw_roster_index(roster, &holder->options.self) != 0,
        .has_share = keys != NULL && keys->count > 0,
        .is_blocked = holder->is_blocked,
        .aborted = holder->aborted,
        .frauds = holder->frauds,
    };
    kw_holder_watch_state(&holder->watch, &holder->state);
}

size_t kw_holder_peers(kw_holder *holder, kw_courier_state *out, size_t room)
{
    return kw_courier_states(holder->courier, out, room);
}
