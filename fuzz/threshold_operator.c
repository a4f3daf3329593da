/* kw_operator_take, kw_operator_take_file, kw_operator_take_head, kw_operator_next,
 * kw_operator_resume: a cluster of four, of whom the input leads one and spoils disks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/heap.h"
#include "codec/reader.h"
#include "stage/operator_stage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FAULTY = CLUSTER_FAULTY,
    STEPS_MAX = 192,
    BOUNDARIES_MAX = 4,
    ANYBODY = 8, /* a message is for the place below, or, if there is none, for all */
    FILE_BYTES_MAX = KW_THRESHOLD_CERTIFICATE_BYTES_MAX,
};

typedef enum step_kind {
    STEP_POST,     /* all that was said reaches an operator */
    STEP_LOSE,     /* the next message to an operator is lost */
    STEP_WAIT,     /* time */
    STEP_BOUNDARY, /* the next one comes */
    STEP_TELL,     /* a message again, by whomever */
    STEP_GARBLE,   /* a message with other bytes, by the faulty one */
    STEP_FILE,     /* a certificate or a candidate with other bytes */
    STEP_HEAD,     /* the hash of a certificate that there may be */
    STEP_MUTE,     /* its engine's messages are posted no longer, or again */
    STEP_RESTART,  /* from its disk */
    STEP_SPOIL,    /* goes on from a record with other bytes, aside */
    STEP_KINDS,
} step_kind;

static const cluster_utterance *pick(const cluster *c, kw_reader *r)
{
    return &c->said[c->said_count - 1 - kw_read_u8(r) % c->said_count];
}

static void flip(kw_buf *bytes, kw_reader *r)
{
    size_t at = kw_read_u16be(r);
    kw_span mask = kw_read_span_u8(r, 8);
    for (size_t i = 0; i < mask.len && bytes->len > 0; i++) {
        bytes->ptr[(at + i) % bytes->len] ^= mask.ptr[i];
    }
}

static void garble(cluster *c, kw_reader *r)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    if (c->said_count == 0 || c->said_count >= CLUSTER_SAID_MAX / 2) {
        return; /* the rest is for the honest */
    }
    KW_ASSERT(kw_buf_append(&wire, pick(c, r)->message.payload) == KW_OK);
    uint8_t whom = kw_read_u8(r) % ANYBODY;
    flip(&wire, r);
    memcpy(&wire.ptr[92], c->actors[FAULTY].address.bytes, sizeof(kw_address));
    cluster_utterance *made = cluster_say(c, kw_buf_view(&wire), FAULTY);
    made->is_posted = whom >= CLUSTER_PLACES;
    if (!made->is_posted && whom != FAULTY) {
        cluster_hear(c, whom, &made->message, FAULTY);
    }
}

/* Somebody's newest certificate, or a candidate that the newest one was. */
static void show_file(cluster *c, kw_reader *r, uint8_t to)
{
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    uint8_t of = kw_read_u8(r);
    const kw_operator *engine = c->actors[of % CLUSTER_PLACES].engine;
    const kw_certificate *certificate = kw_operator_decoded(engine, of / 64);
    if (certificate != NULL && of % 2 == 0) {
        KW_ASSERT(kw_candidate_encode(&file, &certificate->candidate, engine->setup.group) ==
                  KW_OK);
    } else {
        KW_ASSERT(kw_buf_append(&file, kw_operator_certificate(engine, of / 64)) == KW_OK);
    }
    flip(&file, r);
    cluster_show(c, to, kw_buf_view(&file), FAULTY);
}

static void show_head(cluster *c, kw_reader *r, uint8_t to)
{
    const kw_hash32 head = {{kw_read_u8(r)}};
    kw_operator_take_head(c->actors[to].engine, &c->actors[FAULTY].address, &head);
}

/* The next message to an operator; in calm weather only one of the faulty one. */
static void lose(cluster *c, uint8_t at)
{
    cluster_actor *a = &c->actors[at];
    bool is_any = a->heard < c->said_count;
    bool is_calm = (c->mode & CLUSTER_IS_CALM) != 0;
    a->heard += is_any && (!is_calm || c->said[a->heard].from == FAULTY);
}

static bool may_fall(const cluster *c, uint8_t at)
{
    return at != FAULTY && (c->mode & CLUSTER_IS_CALM) == 0;
}

/* Nobody knows what such an operator says; it only has to live, and then goes on from good ones. */
static void spoil_disk(cluster *c, kw_reader *r, uint8_t at)
{
    sim_disk *disk = &c->actors[at].disk;
    uint8_t which = kw_read_u8(r);
    KW_AUTO(kw_buf) bytes = kw_buf_init(KW_HANDOVER_RECORD_BYTES_MAX);
    if (!may_fall(c, at) || disk->kept.count == 0) {
        return;
    }
    kw_operator_record *records = sim_disk_read(disk);
    kw_operator_record *spoilt = &records[which % disk->kept.count];
    kw_span good = kw_declassify_span(spoilt->bytes, "a fuzz target");
    KW_ASSERT(kw_buf_append(&bytes, good) == KW_OK);
    flip(&bytes, r);
    spoilt->bytes = kw_secret_span_of(kw_buf_view(&bytes));
    if (cluster_restart(c, at, records, disk->kept.count) == KW_OK) {
        kw_operator_action action = {.act = KW_OPERATOR_SEND};
        for (size_t i = 0; action.act != KW_OPERATOR_IDLE; i++) {
            KW_ASSERT(i < CLUSTER_ACTIONS_MAX);
            kw_operator_next(c->actors[at].engine, &action, c->now);
        }
    }
    kw_heap_free(records);
    cluster_restart_well(c, at);
}

static void step(cluster *c, kw_reader *r)
{
    uint8_t op = kw_read_u8(r);
    uint8_t number = kw_read_u8(r);
    uint8_t at = number % CLUSTER_PLACES;
    const cluster_utterance *said = NULL;
    switch ((step_kind)(op % STEP_KINDS)) {
    case STEP_POST:
        cluster_post(c, at);
        break;
    case STEP_LOSE:
        lose(c, at);
        break;
    case STEP_WAIT: /* the next boundary is never late */
        cluster_wait(c, KW_MIN(c->now + number * UINT64_C(8), cluster_next_ms(c)));
        break;
    case STEP_BOUNDARY:
        if (c->boundaries < BOUNDARIES_MAX) {
            cluster_begin(c);
        }
        break;
    case STEP_TELL:
        if (c->said_count > 0) {
            said = pick(c, r);
            cluster_hear(c, at, &said->message, number % 2 == 0 ? said->from : FAULTY);
        }
        break;
    case STEP_GARBLE:
        garble(c, r);
        break;
    case STEP_FILE:
        show_file(c, r, at);
        break;
    case STEP_HEAD:
        show_head(c, r, at);
        break;
    case STEP_MUTE:
        c->is_mute = !c->is_mute;
        break;
    case STEP_RESTART:
        if (may_fall(c, at)) {
            cluster_restart_well(c, at);
        }
        break;
    case STEP_SPOIL:
        spoil_disk(c, r, at);
        break;
    case STEP_KINDS:
        break;
    }
    if (op < 128) { /* else more comes in before anything is done about it */
        cluster_drain(c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cluster c;
    kw_reader r = kw_reader_of((kw_span){data, size});
    cluster_open(&c, kw_read_u8(&r));
    for (size_t i = 0; i < STEPS_MAX && kw_read_left(&r) > 0; i++) {
        step(&c, &r);
    }
    cluster_finish(&c);
    cluster_close(&c);
    return 0;
}
