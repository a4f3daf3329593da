/* kw_session_take, kw_session_next, kw_session_save, kw_session_resume: a session of four, of whom
 * the input leads one, moves the post and time, and spoils records.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "codec/reader.h"
#include "stage/session_stage.h"
#include "threshold/engine/dealing/share.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FAULTY = STAGE_FAULTY,
    STEPS_MAX = 256,
    ANYBODY = 8, /* a message is for the place below, or, if there is none, for all */
};

typedef enum step_kind {
    STEP_POST,    /* all that was said reaches a member */
    STEP_LOSE,    /* the next message to a member is lost */
    STEP_WAIT,    /* time */
    STEP_TELL,    /* a message again, by whomever */
    STEP_GARBLE,  /* a message with other bytes, by the faulty one */
    STEP_RAW,     /* any body, by the faulty one */
    STEP_BAD,     /* its dealing, with another share */
    STEP_MUTE,    /* its engine's messages are posted no longer, or again */
    STEP_RESTART, /* from the last record */
    STEP_SPOIL,   /* goes on from a record with other bytes, aside */
    STEP_KINDS,
} step_kind;

/* ---- what the input does ---- */
static const stage_utterance *pick(const stage *w, kw_reader *r)
{
    return &w->said[w->said_count - 1 - kw_read_u8(r) % w->said_count];
}

/* Signs it as the faulty one; shows it to all, or to one. */
static void utter(stage *w, kw_buf *payload, uint8_t whom)
{
    if (w->said_count >= STAGE_SAID_MAX / 2 || payload->len < KW_MESSAGE_HEADER_BYTES) {
        return; /* the rest is for the honest */
    }
    memcpy(&payload->ptr[92], w->actors[FAULTY].address.bytes, sizeof(kw_address));
    stage_utterance *made = stage_say(w, kw_buf_view(payload), FAULTY);
    made->is_posted = whom >= w->actors_count;
    if (!made->is_posted && whom != FAULTY) {
        stage_hear(w, whom, &made->message, FAULTY);
    }
}

static void garble(stage *w, kw_reader *r)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    KW_ASSERT(kw_buf_append(&wire, pick(w, r)->message.payload) == KW_OK);
    uint8_t whom = kw_read_u8(r) % ANYBODY;
    size_t at = kw_read_u16be(r) % wire.len;
    kw_span mask = kw_read_span_u8(r, 8);
    for (size_t i = 0; i < mask.len && at + i < wire.len; i++) {
        wire.ptr[at + i] ^= mask.ptr[i];
    }
    utter(w, &wire, whom);
}

static void utter_raw(stage *w, kw_reader *r)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_span header = {w->said[0].message.payload.ptr, KW_MESSAGE_HEADER_BYTES};
    KW_ASSERT(kw_buf_append(&wire, header) == KW_OK);
    wire.ptr[4] = kw_read_u8(r) % (KW_MESSAGE_SEAL + 1);
    uint8_t whom = kw_read_u8(r) % ANYBODY;
    KW_ASSERT(kw_buf_append(&wire, kw_read_span_u8(r, UINT8_MAX)) == KW_OK);
    utter(w, &wire, whom);
}

static const stage_utterance *last_of(const stage *w, kw_message_type type)
{
    const stage_utterance *found = NULL;
    for (size_t i = 0; i < w->said_count; i++) {
        bool is_it = w->said[i].from == FAULTY && w->said[i].message.payload.ptr[4] == type;
        found = is_it ? &w->said[i] : found;
    }
    return found;
}

/* Both messages again, with a flipped bit in one share; all proofs in the DEAL still hold. */
static void spoil_dealing(stage *w, kw_reader *r)
{
    const stage_utterance *dealt = last_of(w, KW_MESSAGE_DEAL);
    const stage_utterance *shared = last_of(w, KW_MESSAGE_SHARES);
    uint8_t whom = kw_read_u8(r) % ANYBODY;
    uint8_t at = kw_read_u8(r);
    if (dealt == NULL || shared == NULL) {
        return;
    }
    KW_AUTO(kw_buf) deal = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    KW_AUTO(kw_buf) shares = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    KW_ASSERT(kw_buf_append(&deal, dealt->message.payload) == KW_OK);
    KW_ASSERT(kw_buf_append(&shares, shared->message.payload) == KW_OK);
    size_t start = KW_MESSAGE_HEADER_BYTES + sizeof(uint16_t);
    if (shares.len <= start) {
        return;
    }
    const kw_shares body = {STAGE_ROSTER, {&shares.ptr[start], shares.len - start}};
    shares.ptr[start + at % body.encrypted.len] ^= 1;
    bool has_proof = w->setup.fields.suite == KW_SUITE_FELDMAN && w->roster_old.n == 0;
    size_t behind = sizeof(kw_hash32) + (has_proof ? 2 * KW_GROUP_SCALAR_BYTES : 0);
    kw_hash32 root;
    kw_shares_root(&root, &body);
    if (body.encrypted.len % STAGE_ROSTER == 0 && deal.len > KW_MESSAGE_HEADER_BYTES + behind) {
        memcpy(&deal.ptr[deal.len - behind], root.bytes, sizeof root.bytes);
        utter(w, &deal, whom);
        utter(w, &shares, whom);
    }
}

/* The next message to a member; in calm weather only one of the faulty one. */
static void lose(stage *w, uint8_t at)
{
    stage_actor *a = &w->actors[at];
    bool is_any = a->heard < w->said_count;
    bool is_calm = (w->mode & STAGE_IS_CALM) != 0;
    a->heard += is_any && (!is_calm || w->said[a->heard].from == FAULTY);
}

static void restart(stage *w, uint8_t at)
{
    if (at != FAULTY && (w->mode & STAGE_IS_CALM) == 0) {
        KW_ASSERT(stage_resume(w, at, kw_secret_bytes_view(&w->actors[at].record)) == KW_OK);
    }
}

/* Nobody knows what such a member says; it only has to live, and then goes on from the good one. */
static void spoil_record(stage *w, kw_reader *r)
{
    uint8_t at = kw_read_u8(r) % STAGE_ROSTER;
    size_t from = kw_read_u16be(r);
    kw_span mask = kw_read_span_u8(r, 8);
    stage_actor *a = &w->actors[at];
    if (a->record.len == 0 || at == FAULTY || (w->mode & STAGE_IS_CALM) != 0) {
        return;
    }
    KW_AUTO(kw_buf) bytes = kw_buf_init(STAGE_RECORD_BYTES);
    kw_span good = kw_declassify_span(kw_secret_bytes_view(&a->record), "a fuzz target");
    KW_ASSERT(kw_buf_append(&bytes, good) == KW_OK);
    for (size_t i = 0; i < mask.len; i++) {
        bytes.ptr[(from + i) % bytes.len] ^= mask.ptr[i];
    }
    kw_status st = stage_resume(w, at, kw_secret_span_of(kw_buf_view(&bytes)));
    KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT || st == KW_LIMIT);
    kw_session_action action = {.act = KW_SESSION_SEND};
    for (size_t i = 0; st == KW_OK && action.act != KW_SESSION_IDLE; i++) {
        KW_ASSERT(i < STAGE_ACTIONS_MAX);
        kw_session_next(a->session, &action, w->now);
    }
    KW_ASSERT(stage_resume(w, at, kw_secret_bytes_view(&a->record)) == KW_OK);
}

static void step(stage *w, kw_reader *r)
{
    step_kind kind = (step_kind)(kw_read_u8(r) % STEP_KINDS);
    uint8_t number = kw_read_u8(r);
    uint8_t at = (uint8_t)(number % w->actors_count);
    const stage_utterance *said = NULL;
    switch (kind) {
    case STEP_POST:
        stage_post(w, at);
        break;
    case STEP_LOSE:
        lose(w, at);
        break;
    case STEP_WAIT:
        stage_wait(w, w->now + number);
        break;
    case STEP_TELL:
        said = pick(w, r);
        stage_hear(w, at, &said->message, number % 2 == 0 ? said->from : FAULTY);
        break;
    case STEP_GARBLE:
        garble(w, r);
        break;
    case STEP_RAW:
        utter_raw(w, r);
        break;
    case STEP_BAD:
        spoil_dealing(w, r);
        break;
    case STEP_MUTE:
        w->is_mute = !w->is_mute;
        break;
    case STEP_RESTART:
        restart(w, at);
        break;
    case STEP_SPOIL:
        spoil_record(w, r);
        break;
    case STEP_KINDS:
        break;
    }
    stage_drain(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static stage w;
    kw_reader r = kw_reader_of((kw_span){data, size});
    stage_open(&w, kw_read_u8(&r));
    stage_drain(&w);
    for (size_t i = 0; i < STEPS_MAX && kw_read_left(&r) > 0; i++) {
        step(&w, &r);
    }
    stage_finish(&w);
    stage_close(&w);
    return 0;
}
