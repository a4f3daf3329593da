/* SPDX-License-Identifier: Apache-2.0
 * Every allocation under a handover fails once: what fails says so, nothing is sent twice with
 * other bytes, and after a restart from the last record the handover ends as it would have. */
#include "base/heap.h"
#include "crypto/hash.h"
#include "support/expect.h"
#include "support/handover_desk.h"

enum {
    TRIES_MAX = 400,
    RECORD_BYTES_MAX = 1 << 20,
};

static handover_desk desk;
static kw_buf record;
static kw_hash32 sent[3]; /* PREVOTE, PRECOMMIT, SEAL */
static bool has_sent[3];

/* What leaves is durable before, and always the same. */
static kw_status on_send(const kw_letter *letter)
{
    size_t at = letter->place.type == KW_MESSAGE_PREVOTE     ? 0
                : letter->place.type == KW_MESSAGE_PRECOMMIT ? 1
                                                             : 2;
    kw_buf fresh = kw_buf_init(RECORD_BYTES_MAX);
    kw_status st = kw_handover_save(desk.h, &fresh);
    if (st != KW_OK) {
        kw_buf_drop(&fresh);
        return st;
    }
    kw_buf_drop(&record);
    record = fresh;
    if (has_sent[at]) {
        assert_true(kw_hash32_equal(&sent[at], &letter->message.hash));
    }
    has_sent[at] = true;
    sent[at] = letter->message.hash;
    return KW_OK;
}

static kw_status drain(bool *is_certified)
{
    do {
        KW_TRY(kw_handover_next(desk.h, &desk.action, desk.now));
        if (desk.action.act == KW_HANDOVER_SEND) {
            KW_TRY(on_send(desk.action.letters[0]));
        }
        *is_certified = *is_certified || desk.action.act == KW_HANDOVER_CERTIFIED;
    } while (desk.action.act != KW_HANDOVER_IDLE);
    return KW_OK;
}

static kw_authenticated script[10];
static uint16_t script_count;

/* Everything that the others say, in one go. */
static kw_status hear(void)
{
    kw_status st = kw_handover_offer(desk.h, &desk.next[0].certificate.candidate, desk.now);
    if (st != KW_OK && st != KW_END) {
        return st;
    }
    for (uint16_t i = 0; i < script_count; i++) {
        st = kw_handover_take(desk.h, &script[i], 0, desk.now);
        if (st != KW_OK && st != KW_END) {
            return st;
        }
    }
    return KW_OK;
}

static void write_script(uint16_t self)
{
    script_count = 0;
    script[script_count++] =
        epoch_desk_propose(&desk.epochs, &desk.next[0], handover_desk_proposer(&desk, 0), 0);
    for (uint16_t voter = 1; voter <= 4; voter++) {
        if (voter != self) {
            const desk_epoch *next = &desk.next[0];
            script[script_count++] =
                epoch_desk_vote(&desk.epochs, next, KW_MESSAGE_PREVOTE, voter, 0);
            script[script_count++] =
                epoch_desk_vote(&desk.epochs, next, KW_MESSAGE_PRECOMMIT, voter, 0);
            script[script_count++] = epoch_desk_seal(&desk.epochs, next, voter);
        }
    }
}

static kw_status come_back(void)
{
    if (record.len > 0) {
        return handover_desk_restart(&desk, kw_buf_view(&record));
    }
    kw_arena_drop(&desk.lasting);
    kw_arena_drop(&desk.scratch);
    return kw_handover_begin(&desk.h, &desk.setup);
}

static bool is_want_of_memory(kw_status st)
{
    return st == KW_LIMIT || st == KW_NO_MEMORY;
}

static void allocations__fail_and_the_record_goes_on(void **state)
{
    (void)state;
    handover_desk_open(&desk, 1);
    uint16_t self = handover_desk_proposer(&desk, 0) % 4 + 1;
    handover_desk_close(&desk);
    handover_desk_open(&desk, self);
    write_script(self);
    bool has_failed = true;
    size_t tries = 0;
    for (; has_failed && tries < TRIES_MAX; tries++) {
        bool is_certified = false;
        kw_buf_drop(&record);
        record = kw_buf_init(RECORD_BYTES_MAX);
        memset(has_sent, 0, sizeof has_sent);
        EXPECT_OK(come_back());
        kw_heap_fail_at(tries + 1);
        kw_status st = hear();
        st = st == KW_OK ? drain(&is_certified) : st;
        kw_heap_fail_at(0);
        has_failed = st != KW_OK;
        if (has_failed) {
            assert_true(is_want_of_memory(st));
            EXPECT_OK(come_back());
            EXPECT_OK(hear());
            EXPECT_OK(drain(&is_certified));
        }
        assert_true(is_certified);
    }
    assert_true(tries > 3 && !has_failed);
    kw_buf_drop(&record);
    handover_desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations__fail_and_the_record_goes_on),
    };
    return cmocka_run_group_tests_name("threshold/handover", tests, NULL, NULL);
}
