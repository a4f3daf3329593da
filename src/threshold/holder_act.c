/* SPDX-License-Identifier: Apache-2.0
 * Carries out what the operator says: durable first, then sent. Source: threshold.md sections 2,
 * 6. */
#include "threshold/holder_inner.h"

#include "codec/hex.h"
#include "crypto/keccak.h"
#include "os/file.h"
#include "threshold/limits.h"
#include "threshold/paths.h"

enum {
    EVIDENCE_MODE = 0600,
    EVIDENCE_PATH_BYTES_MAX = 4096,
};

typedef struct ev_epoch {
    uint64_t epoch;
    kw_str what;
} ev_epoch;
static const kw_field epoch_fields[] = {KW_FIELD(ev_epoch, epoch, UINT64_MAX, KW_REQ),
                                        KW_FIELD(ev_epoch, what, 16, KW_REQ)};
KW_LOG_EVENT(ev_epoch, "epoch", KW_LOG_INFO, epoch_fields);

typedef struct ev_session_aborted {
    kw_hash32 sid;
} ev_session_aborted;
static const kw_field aborted_fields[] = {KW_FIELD(ev_session_aborted, sid, 0, KW_REQ)};
KW_LOG_EVENT(ev_session_aborted, "session_aborted", KW_LOG_WARN, aborted_fields);

typedef struct ev_fraud {
    kw_str proof; /* name of its file */
    kw_str code;  /* how writing it went */
} ev_fraud;
static const kw_field fraud_fields[] = {KW_FIELD(ev_fraud, proof, 64, KW_REQ),
                                        KW_FIELD(ev_fraud, code, 32, KW_REQ)};
KW_LOG_EVENT(ev_fraud, "fraud", KW_LOG_ERROR, fraud_fields);

typedef struct ev_store_refuses {
    kw_str code;
    kw_str text;
} ev_store_refuses;
static const kw_field store_refuses_fields[] = {KW_FIELD(ev_store_refuses, code, 32, KW_REQ),
                                                KW_FIELD(ev_store_refuses, text, 160, KW_REQ)};
KW_LOG_EVENT(ev_store_refuses, "operator_blocked", KW_LOG_ERROR, store_refuses_fields);

/* ---- sending ---- */

/* A body that is being filled: messages for one path. */
typedef struct letterbox {
    kw_buf json;
    const char *path;
} letterbox;

/* What cannot be queued is lost, as on a bad network: the courier counts it, and the engine sends
 * again what matters. */
static void note_lost(kw_status st)
{
    KW_UNUSED(st);
}

static void empty(kw_holder *h, letterbox *box, const kw_courier_trip *trip)
{
    if (box->json.len > 0 && kw_buf_append_byte(&box->json, ']') == KW_OK) {
        note_lost(kw_courier_send(h->courier, &box->json, box->path, trip));
    }
    kw_buf_drop(&box->json);
    *box = (letterbox){.json = kw_buf_init(KW_COURIER_BODY_BYTES_MAX)};
}

/* A message that finds no memory leaves nothing behind. */
static void put(letterbox *box, kw_span message, const char *path)
{
    size_t before = box->json.len;
    box->path = path;
    if (kw_buf_append_byte(&box->json, before == 0 ? '[' : ',') != KW_OK ||
        kw_buf_append(&box->json, message) != KW_OK) {
        box->json.len = before;
    }
}

static bool has_room(const letterbox *box, kw_span message)
{
    return box->json.len + message.len + 2 <= KW_COURIER_BODY_BYTES_MAX;
}

static void watch_own(kw_holder *h, const kw_authenticated *message)
{
    kw_message_header header;
    if (kw_message_header_decode(&header, message->payload) == KW_OK &&
        kw_address_equal(&header.sender, &h->options.self)) {
        kw_holder_watch_said(&h->watch, &header, h->now_ms);
    }
}

static void send(kw_holder *h, const kw_operator_action *action)
{
    kw_courier_trip trip = {action->to, action->to_count, action->until_ms};
    letterbox box = {.json = kw_buf_init(KW_COURIER_BODY_BYTES_MAX)};
    for (size_t i = 0; i < action->messages.count; i++) {
        const kw_authenticated *message = &action->messages.items[i];
        const char *path = kw_peer_path_of(message);
        watch_own(h, message);
        KW_AUTO(kw_buf) json = kw_buf_init(KW_THRESHOLD_MESSAGE_TEXT_MAX);
        if (kw_authenticated_encode(&json, message) != KW_OK) {
            continue;
        }
        if (path != box.path || !has_room(&box, kw_buf_view(&json))) {
            empty(h, &box, &trip);
        }
        put(&box, kw_buf_view(&json), path);
    }
    empty(h, &box, &trip);
    kw_buf_drop(&box.json);
}

static void pull(kw_holder *h, const kw_operator_action *action)
{
    uint64_t delta_ms = h->options.cluster->config.delta_ms;
    kw_courier_trip trip = {action->to, action->to_count, h->now_ms + delta_ms};
    for (size_t i = 0; i < action->ids_count; i++) {
        note_lost(kw_courier_pull(h->courier, &action->ids[i], &trip));
    }
}

static void ask(kw_holder *h, const kw_operator_action *action)
{
    uint64_t delta_ms = h->options.cluster->config.delta_ms;
    kw_courier_trip trip = {action->to, action->to_count, h->now_ms + delta_ms};
    note_lost(kw_courier_ask(h->courier, action->epoch, &trip));
}

/* ---- evidence ---- */
static void keep_evidence(kw_holder *h, kw_span file)
{
    kw_hash32 hash;
    char digits[2 * sizeof hash.bytes];
    kw_keccak256(&hash, file);
    kw_hex_encode_to(digits, KW_SPAN(hash.bytes));
    h->frauds++;
    kw_holder_watch_fraud(&h->watch);
    if (h->options.evidence_dir == NULL) {
        return;
    }
    KW_AUTO(kw_buf) path = kw_buf_init(EVIDENCE_PATH_BYTES_MAX);
    kw_status st = kw_buf_append_format(&path, "%s/%.*s.kwf%c", h->options.evidence_dir,
                                        (int)sizeof digits, digits, '\0');
    if (st == KW_OK) {
        st = kw_file_write_atomic(kw_buf_text(&path).ptr, file, EVIDENCE_MODE, NULL);
    }
    KW_LOG(h->options.log, ev_fraud, .proof = {digits, sizeof digits},
           .code = kw_str_of(kw_status_name(st)));
}

/* ---- actions ---- */
static void watch_certified(kw_holder *h, uint64_t epoch)
{
    const kw_certificate *certificate = kw_operator_decoded(h->op, epoch);
    uint64_t made_ms = certificate == NULL ? 0 : certificate->candidate.fields.timestamp * 1000;
    kw_holder_watch_certified(&h->watch, h->now_ms > made_ms ? h->now_ms - made_ms : 0);
}

/* What is not a record; nothing of it can fail for good. */
static void act(kw_holder *h, const kw_operator_action *action)
{
    switch (action->act) {
    case KW_OPERATOR_IDLE:
    case KW_OPERATOR_PERSIST:
    case KW_OPERATOR_ERASE:
        break;
    case KW_OPERATOR_SEND:
        send(h, action);
        break;
    case KW_OPERATOR_PULL:
        pull(h, action);
        break;
    case KW_OPERATOR_ASK:
        ask(h, action);
        break;
    case KW_OPERATOR_CERTIFIED:
        watch_certified(h, action->epoch);
        KW_LOG(h->options.log, ev_epoch, .epoch = action->epoch, .what = KW_STR("certified"));
        break;
    case KW_OPERATOR_ACTIVATE:
        KW_LOG(h->options.log, ev_epoch, .epoch = action->epoch, .what = KW_STR("active"));
        break;
    case KW_OPERATOR_EVIDENCE:
        keep_evidence(h, action->bytes);
        break;
    case KW_OPERATOR_ABORTED:
        h->aborted++;
        kw_holder_watch_aborted(&h->watch);
        KW_LOG(h->options.log, ev_session_aborted, .sid = action->scope);
        break;
    }
}

static bool is_record(const kw_operator_action *action)
{
    return action->act == KW_OPERATOR_PERSIST || action->act == KW_OPERATOR_ERASE;
}

static kw_status carry_out(kw_holder *h, kw_error *err)
{
    if (is_record(&h->pending)) {
        return kw_vault_stage(h->options.vault, &h->pending, err);
    }
    KW_TRY(kw_vault_commit(h->options.vault, err));
    act(h, &h->pending);
    return KW_OK;
}

/* Logs the first of a row of failures. */
static void note_block(kw_holder *h, kw_status st, const kw_error *err)
{
    if (st != KW_OK && !h->is_blocked) {
        KW_LOG(h->options.log, ev_store_refuses, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(err->text));
    }
    h->is_blocked = st != KW_OK;
}

static void step(kw_holder *holder)
{
    for (bool is_idle = false; !is_idle;) {
        kw_error err = {0};
        if (!holder->is_pending) {
            kw_operator_next(holder->op, &holder->pending, kw_holder_now(holder));
            holder->is_pending = true;
        }
        kw_operator_act done = holder->pending.act;
        note_block(holder, carry_out(holder, &err), &err);
        if (holder->is_blocked) {
            return;
        }
        holder->is_pending = false;
        if (done == KW_OPERATOR_ACTIVATE || done == KW_OPERATOR_ERASE) {
            holder->are_keys_stale = true;
        }
        is_idle = done == KW_OPERATOR_IDLE;
    }
    if (holder->are_keys_stale) {
        kw_error err = {0};
        kw_status st = kw_holder_publish_keys(holder);
        note_block(holder, st == KW_OK ? st : kw_fail(&err, st, "publishing the shares"), &err);
        holder->are_keys_stale = st != KW_OK;
    }
}

void kw_holder_step(kw_holder *holder)
{
    step(holder);
    kw_holder_show(holder);
    kw_cond_signal(&holder->changed);
}
