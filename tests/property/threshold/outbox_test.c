/* SPDX-License-Identifier: Apache-2.0
 * Laws of the outbox under random puts, tries, failures, members and moments. */
#include "threshold/outbox.h"

#include "support/expect.h"
#include "support/random_source.h"

enum {
    MEMBERS = 5,
    RUNNING_MAX = 64,
    STEPS = 60000,
    BYTES_MAX = 2000,
    PARCELS_MAX = 12,
    CALLS_MAX = 3,
};

typedef struct world {
    random_source random;
    kw_outbox box;
    uint64_t now_ms;
    kw_parcel *running[RUNNING_MAX];
    size_t running_count;
    size_t calls[MEMBERS];   /* running, by member */
    size_t parcels[MEMBERS]; /* waiting or running */
    size_t bytes[MEMBERS];
    uint64_t accepted;
    uint64_t ended;
} world;

static kw_address address_of(size_t member)
{
    return (kw_address){{[19] = (uint8_t)(member + 1)}};
}

static size_t member_of(const kw_parcel *parcel)
{
    return parcel->to.bytes[19] - 1U;
}

/* Some of them, here or there; sometimes nobody. */
static void set_members(world *w, uint64_t which)
{
    kw_courier_member members[MEMBERS];
    size_t count = 0;
    for (size_t i = 0; i < MEMBERS; i++) {
        if ((which >> i & 1) != 0) {
            bool has_moved = random_below(&w->random, 4) == 0;
            members[count++] = (kw_courier_member){
                .address = address_of(i),
                .peer_url = has_moved ? KW_STR("https://there:1") : KW_STR("https://here:1")};
        }
    }
    EXPECT_OK(kw_outbox_members(&w->box, members, count, NULL));
}

static void put(world *w)
{
    size_t member = random_below(&w->random, MEMBERS);
    kw_address to = address_of(member);
    KW_AUTO_PTR(kw_cargo)
    cargo = kw_cargo_new((kw_cargo_kind)random_below(&w->random, KW_CARGO_ASK + 1));
    assert_non_null(cargo);
    static const uint8_t zeros[700];
    cargo->body = kw_buf_init(sizeof zeros);
    size_t len = cargo->kind == KW_CARGO_SEND ? random_below(&w->random, sizeof zeros + 1) : 0;
    EXPECT_OK(kw_buf_append(&cargo->body, (kw_span){zeros, len}));
    uint64_t end_ms = w->now_ms + random_below(&w->random, 20000);
    kw_status st = kw_outbox_put(&w->box, &to, cargo, end_ms, w->now_ms);
    if (st == KW_OK) {
        w->accepted++;
        w->parcels[member]++;
        w->bytes[member] += len;
        assert_in_range(w->parcels[member], 1, PARCELS_MAX);
        assert_in_range(w->bytes[member], 0, BYTES_MAX);
    } else if (st == KW_LIMIT) {
        assert_true(w->parcels[member] == PARCELS_MAX || w->bytes[member] + len > BYTES_MAX);
    } else {
        EXPECT_STATUS(st, KW_NOT_FOUND);
    }
}

static void bury(world *w, kw_parcel *parcel)
{
    size_t member = member_of(parcel);
    w->ended++;
    w->parcels[member]--;
    w->bytes[member] -= parcel->cargo->body.len;
    kw_parcel_free(parcel);
}

static void take(world *w)
{
    kw_parcel *parcel = kw_outbox_take(&w->box, w->now_ms);
    if (parcel != NULL) {
        assert_true(parcel->due_ms <= w->now_ms && w->now_ms < parcel->end_ms);
        assert_true(w->running_count < RUNNING_MAX);
        w->running[w->running_count++] = parcel;
        assert_in_range(++w->calls[member_of(parcel)], 1, CALLS_MAX);
    }
}

static void take_ended(world *w)
{
    kw_parcel *parcel = kw_outbox_take_ended(&w->box, w->now_ms);
    if (parcel != NULL) {
        assert_true(parcel->end_ms <= w->now_ms || parcel->st == KW_CANCELLED);
        bury(w, parcel);
    }
}

static void settle(world *w)
{
    static const kw_parcel_try ends[] = {
        {.st = KW_OK, .http = 200},
        {.st = KW_OK, .http = 204, .took_ms = 3000},
        {.st = KW_NETWORK},
        {.st = KW_TIMED_OUT, .took_ms = 5000},
        {.st = KW_NETWORK, .http = 200},
        {.st = KW_BUSY, .http = 503, .retry_after_ms = 3000},
        {.st = KW_NOT_FOUND, .http = 404},
        {.st = KW_CONFLICT, .http = 409},
    };
    if (w->running_count == 0) {
        return;
    }
    size_t i = random_below(&w->random, w->running_count);
    kw_parcel *parcel = w->running[i];
    /* One member answers never, so that its breaker opens. */
    size_t how = member_of(parcel) == 0 ? 2 : random_below(&w->random, KW_COUNT(ends));
    w->running[i] = w->running[--w->running_count];
    w->calls[member_of(parcel)]--;
    kw_outbox_now now = {w->now_ms, random_u64(&w->random)};
    if (kw_outbox_settle(&w->box, parcel, &ends[how], now)) {
        bury(w, parcel);
    }
}

/* The moment that it names is the first at which there is something to do. */
static void expect_due(world *w)
{
    uint64_t due_ms = kw_outbox_due_ms(&w->box, w->now_ms);
    uint64_t ended = w->ended;
    size_t running_count = w->running_count;
    take_ended(w);
    take(w);
    bool has_done = w->ended > ended || w->running_count > running_count;
    assert_int_equal(has_done, due_ms <= w->now_ms);
}

static void expect_states(world *w)
{
    kw_courier_state states[MEMBERS];
    size_t count = kw_outbox_states(&w->box, states, MEMBERS, w->now_ms);
    kw_courier_census census = kw_outbox_census(&w->box, w->now_ms);
    size_t total = 0;
    assert_in_range(count, 0, MEMBERS);
    for (size_t i = 0; i < count; i++) {
        size_t member = states[i].address.bytes[19] - 1U;
        assert_int_equal(states[i].waiting, w->parcels[member]);
        assert_int_equal(states[i].bytes, w->bytes[member]);
        assert_int_equal(kw_outbox_health(&w->box, &states[i].address, w->now_ms),
                         states[i].health);
    }
    for (size_t i = 0; i < KW_COURIER_HEALTHS; i++) {
        total += census.counts[i];
    }
    assert_int_equal(total, count);
}

static void step(world *w)
{
    uint64_t dice = random_below(&w->random, 36);
    if (dice == 0) {
        set_members(w, random_u64(&w->random) | random_u64(&w->random));
    } else if (dice == 1) {
        kw_address caller = address_of(random_below(&w->random, MEMBERS));
        (void)kw_outbox_heard(&w->box, &caller, w->now_ms);
    } else if (dice == 2) {
        expect_states(w);
    } else if (dice < 5) {
        w->now_ms += random_below(&w->random, 1000);
    } else if (dice < 11) {
        settle(w);
    } else if (dice < 19) {
        put(w);
    } else {
        expect_due(w);
    }
}

static void outbox__keeps_its_laws(void **state)
{
    (void)state;
    static world w;
    w = (world){.random = random_fixed("outbox"), .now_ms = 1000};
    w.box.budget = (kw_outbox_budget){BYTES_MAX, PARCELS_MAX, CALLS_MAX};
    set_members(&w, UINT64_MAX);
    for (int i = 0; i < STEPS; i++) {
        step(&w);
    }
    assert_true(w.accepted > STEPS / 50); /* it was not idle */
    set_members(&w, 0);
    for (uint64_t left = 2 * (w.accepted - w.ended); left > 0; left--) {
        settle(&w);
        take_ended(&w);
    }
    assert_int_equal(w.ended, w.accepted); /* each has ended, and once */
    assert_int_equal(w.running_count, 0);
    assert_null(w.box.peers);
    kw_outbox_drop(&w.box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outbox__keeps_its_laws),
    };
    return cmocka_run_group_tests_name("property/threshold/outbox", tests, NULL, NULL);
}
