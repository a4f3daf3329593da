/* kw_agreement_take, kw_agreement_next, kw_agreement_save, kw_agreement_resume: the state machine.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "codec/reader.h"
#include "threshold/engine/agreement/agreement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ARENA_BYTES = 1 << 22,
    RECORD_BYTES = 1 << 16,
    ACTIONS_MAX = 16, /* of one moment: a view has three messages, and few views follow at once */
};

/* Answers come from the input. */
static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    const uint8_t *mood = ctx;
    KW_ASSERT(proposal->kind == KW_AGREEMENT_PROPOSE);
    return (kw_agreement_verdict)(*mood % 3);
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    const uint8_t *mood = ctx;
    KW_UNUSED(proposal);
    return (*mood & 4) != 0;
}

static bool offer(void *ctx, kw_hash32 *value)
{
    const uint8_t *mood = ctx;
    *value = (kw_hash32){{0x0f, *mood}};
    return (*mood & 8) != 0;
}

/* Kind and sender in one byte, views and value in one each. */
static kw_agreement_message message_of(kw_reader *r)
{
    uint8_t head = kw_read_u8(r);
    kw_agreement_message message = {
        .kind = (kw_agreement_kind)(KW_AGREEMENT_PROPOSE + head % 3),
        .sender = (uint16_t)(head / 3 % 6),
        .view = kw_read_u8(r),
        .value = {{kw_read_u8(r)}},
    };
    message.valid_view = head < 128 ? KW_AGREEMENT_NO_VIEW : kw_read_u8(r);
    message.id.bytes[0] = (uint8_t)message.kind;
    message.id.bytes[1] = (uint8_t)message.sender;
    message.id.bytes[2] = (uint8_t)message.view;
    message.id.bytes[3] = message.value.bytes[0];
    message.id.bytes[4] = (uint8_t)message.valid_view;
    return message;
}

static void take(kw_agreement *engine, const kw_agreement_message *message)
{
    kw_ballot_receipt receipt;
    kw_status st = kw_agreement_take(engine, &receipt, message, message->sender);
    KW_ASSERT(st == KW_OK || st == KW_END || st == KW_CONFLICT || st == KW_LIMIT ||
              st == KW_REFUSED || st == KW_BAD_INPUT);
}

/* Never signs twice; a restart right after goes on. */
static void act(kw_agreement *engine, const kw_agreement_action *action, uint64_t *signed_to)
{
    kw_agreement_message own = action->send;
    uint64_t place = (uint64_t)own.view * 4 + (uint64_t)(own.kind - KW_AGREEMENT_PROPOSE) + 1;
    KW_ASSERT(place > *signed_to);
    *signed_to = place;
    own.id = (kw_hash32){{0xff, (uint8_t)own.kind, (uint8_t)own.view, own.value.bytes[0]}};
    take(engine, &own);
}

static void check_record(const kw_agreement *engine)
{
    kw_agreement again;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES);
    KW_AUTO(kw_buf) same = kw_buf_init(RECORD_BYTES);
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_agreement_setup setup = engine->setup;
    setup.arena = &arena;
    KW_ASSERT(kw_agreement_save(engine, &record) == KW_OK);
    KW_ASSERT(kw_agreement_resume(&again, &setup, kw_buf_view(&record)) == KW_OK);
    KW_ASSERT(kw_agreement_save(&again, &same) == KW_OK);
    KW_ASSERT(kw_span_equal_var(kw_buf_view(&record), kw_buf_view(&same)));
}

static void run(kw_agreement *engine, uint64_t now, uint64_t *signed_to)
{
    kw_agreement_action action;
    for (int i = 0; i < ACTIONS_MAX; i++) {
        kw_agreement_next(engine, &action, now);
        if (action.act == KW_AGREEMENT_IDLE) {
            return;
        }
        if (action.act == KW_AGREEMENT_SEND) {
            act(engine, &action, signed_to);
        }
    }
    KW_ASSERT(false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t mood = 0;
    uint64_t now = 1000;
    uint64_t signed_to = 0;
    kw_agreement engine;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_agreement_setup setup = {
        .iid = {{1}},
        .quorum = {.n = 4, .f = 1, .t = 3, .q = 3, .b = 3},
        .self = 2,
        .delta_ms = 10,
        .arena = &arena,
        .port = {.ctx = &mood, .judge = judge, .is_fresh = is_fresh, .offer = offer},
    };
    kw_status st = kw_agreement_resume(&engine, &setup, (kw_span){data, size});
    KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT);
    kw_arena_reset(&arena);
    KW_ASSERT(kw_agreement_init(&engine, &setup) == KW_OK);
    kw_agreement_enter(&engine, now);
    kw_reader r = kw_reader_of((kw_span){data, size});
    while (kw_read_left(&r) > 0) {
        mood = kw_read_u8(&r);
        kw_agreement_message message = message_of(&r);
        if (message.sender != setup.self) { /* nobody else signs for us */
            take(&engine, &message);
        }
        now += mood >> 4;
        run(&engine, now, &signed_to);
        check_record(&engine);
    }
    return 0;
}
