/* SPDX-License-Identifier: Apache-2.0
 * The queue alone, on moments that the test names. */
#include "threshold/outbox.h"

#include "base/heap.h"
#include "support/expect.h"

#define URL "https://node:9000"

enum {
    NOW_MS = 1000,
    END_MS = 100000,
    BODY_BYTES = 100,
};

static kw_address address_of(uint8_t number)
{
    return (kw_address){{[19] = number}};
}

static kw_courier_member member_of(uint8_t number, const char *url)
{
    return (kw_courier_member){.address = address_of(number), .peer_url = kw_str_of(url)};
}

/* Members 1..count. */
static kw_outbox box_of(size_t count)
{
    kw_outbox box = {.budget = {.bytes_max = 1000, .parcels_max = 20, .calls_max = 2}};
    kw_courier_member members[9];
    for (size_t i = 0; i < count; i++) {
        members[i] = member_of((uint8_t)(i + 1), URL);
    }
    EXPECT_OK(kw_outbox_members(&box, members, count, NULL));
    return box;
}

static kw_cargo *cargo_of(kw_cargo_kind kind)
{
    kw_cargo *cargo = kw_cargo_new(kind);
    assert_non_null(cargo);
    if (kind == KW_CARGO_SEND) {
        static const uint8_t zeros[BODY_BYTES];
        cargo->body = kw_buf_init(BODY_BYTES);
        EXPECT_OK(kw_buf_append(&cargo->body, KW_SPAN(zeros)));
    }
    return cargo;
}

static kw_status put(kw_outbox *box, uint8_t to, kw_cargo_kind kind, uint64_t end_ms)
{
    kw_address address = address_of(to);
    KW_AUTO_PTR(kw_cargo) cargo = cargo_of(kind);
    return kw_outbox_put(box, &address, cargo, end_ms, NOW_MS);
}

/* The number of the member that the next due parcel goes to; 0: none is due. */
static uint8_t take(kw_outbox *box, kw_parcel **out, uint64_t now_ms)
{
    *out = kw_outbox_take(box, now_ms);
    return *out == NULL ? 0 : (*out)->to.bytes[19];
}

/* The last random number makes each wait the longest. */
static bool settle(kw_outbox *box, kw_parcel *parcel, kw_status st, int http, uint64_t now_ms)
{
    kw_parcel_try tried = {.st = st, .http = http, .took_ms = 1};
    bool is_over = kw_outbox_settle(box, parcel, &tried, (kw_outbox_now){now_ms, UINT64_MAX});
    if (is_over) {
        kw_parcel_free(parcel);
    }
    return is_over;
}

static kw_courier_state state_of(const kw_outbox *box, uint8_t number, uint64_t now_ms)
{
    kw_courier_state states[9];
    size_t count = kw_outbox_states(box, states, KW_COUNT(states), now_ms);
    assert_in_range(count, 1, KW_COUNT(states));
    for (size_t i = 0; i < count; i++) {
        if (states[i].address.bytes[19] == number) {
            return states[i];
        }
    }
    fail_msg("no member %u", number);
    return (kw_courier_state){0};
}

/* ---- members ---- */

static void members__refuses_bad_lists_and_keeps_the_old(void **state)
{
    (void)state;
    static char longest[KW_COURIER_URL_BYTES_MAX + 2];
    memset(longest, 'a', sizeof longest - 1);
    memcpy(longest, "https://", 8);
    static const char *const urls[] = {"",           "http://node", "https://",      "https://n/",
                                       "https://n?", "https://n#",  "https://a@b/c", "https://a b",
                                       longest};
    kw_outbox box = box_of(2);
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_courier_member members[] = {member_of(7, URL), member_of(8, urls[i])};
        kw_error err = {0};
        EXPECT_STATUS(kw_outbox_members(&box, members, 2, &err), KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
    kw_courier_member twice[] = {member_of(7, URL), member_of(8, URL), member_of(7, URL)};
    kw_error err = {0};
    EXPECT_STATUS(kw_outbox_members(&box, twice, 3, &err), KW_CONFLICT);
    EXPECT_STATUS(kw_outbox_members(&box, twice, KW_COURIER_MEMBERS_MAX + 1, &err), KW_LIMIT);
    for (uint64_t nth = 1; nth <= 2; nth++) {
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_outbox_members(&box, twice, 2, &err), KW_NO_MEMORY);
    }
    kw_heap_fail_at(0);
    assert_int_equal(kw_outbox_states(&box, NULL, 0, NOW_MS), 2);
    (void)state_of(&box, 1, NOW_MS);
    (void)state_of(&box, 2, NOW_MS);
    kw_outbox_drop(&box);
    kw_outbox_drop(&box);
}

static void members__who_goes_ends_and_who_stays_waits_on(void **state)
{
    (void)state;
    kw_outbox box = box_of(3);
    kw_parcel *first = NULL;
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    EXPECT_OK(put(&box, 2, KW_CARGO_SEND, END_MS));
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    assert_int_equal(take(&box, &first, NOW_MS), 1);
    kw_courier_member left[] = {member_of(2, URL)};
    EXPECT_OK(kw_outbox_members(&box, left, 1, NULL));
    assert_int_equal(kw_outbox_states(&box, NULL, 0, NOW_MS), 1);
    EXPECT_STATUS(put(&box, 1, KW_CARGO_SEND, END_MS), KW_NOT_FOUND);
    EXPECT_STATUS(put(&box, 3, KW_CARGO_SEND, END_MS), KW_NOT_FOUND);

    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), 0);
    kw_parcel *ended = kw_outbox_take_ended(&box, NOW_MS); /* the second to member 1 */
    assert_int_equal(ended->to.bytes[19], 1);
    EXPECT_STATUS(ended->st, KW_CANCELLED);
    kw_parcel_free(ended);
    assert_null(kw_outbox_take_ended(&box, NOW_MS));

    assert_false(settle(&box, first, KW_NETWORK, 0, NOW_MS)); /* was on its way */
    ended = kw_outbox_take_ended(&box, NOW_MS);
    assert_ptr_equal(ended, first);
    EXPECT_STATUS(ended->st, KW_CANCELLED);
    kw_parcel_free(ended);
    assert_int_equal(take(&box, &first, NOW_MS), 2);
    kw_outbox_drop(&box);
}

static void members__who_comes_back_goes_on(void **state)
{
    (void)state;
    kw_outbox box = box_of(1);
    kw_parcel *parcel = NULL;
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    EXPECT_OK(kw_outbox_members(&box, NULL, 0, NULL));
    kw_courier_member again = member_of(1, URL);
    EXPECT_OK(kw_outbox_members(&box, &again, 1, NULL));
    assert_null(kw_outbox_take_ended(&box, NOW_MS));
    assert_int_equal(take(&box, &parcel, NOW_MS), 1);
    kw_outbox_drop(&box);
}

static void members__another_place_or_key_is_tried_at_once(void **state)
{
    (void)state;
    kw_courier_member moved[] = {member_of(1, URL), member_of(1, "https://other"),
                                 member_of(1, URL)};
    moved[2].tls_spki.bytes[0] = 1;
    for (size_t i = 0; i < KW_COUNT(moved); i++) {
        kw_outbox box = box_of(1);
        kw_parcel *parcel = NULL;
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
        for (int tries = 0; tries < KW_BREAKER_FAILURES; tries++) {
            assert_int_equal(take(&box, &parcel, END_MS - 1), 1);
            assert_false(settle(&box, parcel, KW_PEER_REFUSED, 0, NOW_MS));
        }
        assert_int_equal(state_of(&box, 1, NOW_MS).health, KW_COURIER_DOWN);
        EXPECT_OK(kw_outbox_members(&box, &moved[i], 1, NULL));
        bool is_same = i == 0;
        assert_int_equal(take(&box, &parcel, NOW_MS), is_same ? 0 : 1);
        if (!is_same) {
            EXPECT_STR(kw_str_of(kw_parcel_url(parcel)), moved[i].peer_url.ptr);
            EXPECT_STR(kw_str_of(kw_parcel_pin(parcel)),
                       i == 2 ? "sha256//AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
                              : "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        }
        kw_outbox_drop(&box);
    }
}

/* ---- what is due ---- */

/* The first call to a member makes the connection; until it is answered it is alone. */
static void take__gives_the_oldest_and_few_at_once_to_each(void **state)
{
    (void)state;
    kw_outbox box = box_of(2);
    kw_parcel *parcels[5] = {0};
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), UINT64_MAX);
    for (int i = 0; i < 4; i++) {
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    }
    EXPECT_OK(put(&box, 2, KW_CARGO_SEND, END_MS));
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), NOW_MS);
    assert_int_equal(take(&box, &parcels[0], NOW_MS - 1), 0);
    assert_int_equal(take(&box, &parcels[0], NOW_MS), 1);
    assert_int_equal(take(&box, &parcels[1], NOW_MS), 2); /* who hangs delays no other */
    assert_int_equal(take(&box, &parcels[2], NOW_MS), 0);
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), END_MS); /* or the end of a call */
    assert_true(settle(&box, parcels[0], KW_OK, 200, NOW_MS));
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), NOW_MS);
    assert_int_equal(take(&box, &parcels[2], NOW_MS), 1);
    assert_int_equal(take(&box, &parcels[3], NOW_MS), 1);
    assert_int_equal(take(&box, &parcels[4], NOW_MS), 0);
    assert_true(parcels[2]->order < parcels[3]->order);
    assert_int_equal(state_of(&box, 1, NOW_MS).waiting, 3);
    kw_outbox_drop(&box);
}

static void take__is_alone_after_silence(void **state)
{
    (void)state;
    for (int has_failed = 0; has_failed <= 1; has_failed++) {
        kw_outbox box = box_of(1);
        kw_parcel *parcels[3] = {0};
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
        assert_int_equal(take(&box, &parcels[0], NOW_MS), 1);
        assert_true(settle(&box, parcels[0], KW_OK, 200, NOW_MS));
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
        uint64_t now_ms = NOW_MS + KW_COURIER_WARM_MS - (has_failed != 0 ? 1 : 0);
        assert_int_equal(take(&box, &parcels[1], now_ms), 1);
        if (has_failed != 0) {
            assert_false(settle(&box, parcels[1], KW_NETWORK, 0, now_ms));
            assert_int_equal(take(&box, &parcels[1], now_ms), 1);
        }
        assert_int_equal(take(&box, &parcels[2], now_ms), 0);
        kw_outbox_drop(&box);
    }
}

static void put__keeps_to_the_budget_of_each(void **state)
{
    (void)state;
    kw_outbox box = box_of(2);
    kw_parcel *parcel = NULL;
    for (int i = 0; i < 10; i++) {
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    }
    EXPECT_STATUS(put(&box, 1, KW_CARGO_SEND, END_MS), KW_LIMIT); /* bytes */
    EXPECT_OK(put(&box, 2, KW_CARGO_SEND, END_MS));
    for (int i = 0; i < 10; i++) {
        EXPECT_OK(put(&box, 1, KW_CARGO_PULL, END_MS));
    }
    EXPECT_STATUS(put(&box, 1, KW_CARGO_PULL, END_MS), KW_LIMIT); /* parcels */
    assert_int_equal(state_of(&box, 1, NOW_MS).refused, 2);
    assert_int_equal(state_of(&box, 1, NOW_MS).bytes, 1000);
    assert_int_equal(state_of(&box, 2, NOW_MS).refused, 0);
    assert_int_equal(take(&box, &parcel, NOW_MS), 1);
    assert_true(settle(&box, parcel, KW_OK, 200, NOW_MS));
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    kw_heap_fail_at(1);
    kw_address to = address_of(2);
    static kw_cargo none = {.refs = 1};
    EXPECT_STATUS(kw_outbox_put(&box, &to, &none, END_MS, NOW_MS), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_int_equal(none.refs, 1);
    kw_outbox_drop(&box);
}

static void take_ended__says_how_the_last_try_ended(void **state)
{
    (void)state;
    kw_outbox box = box_of(1);
    kw_parcel *parcel = NULL;
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    assert_int_equal(take(&box, &parcel, NOW_MS), 1);
    assert_null(kw_outbox_take_ended(&box, END_MS)); /* it runs */
    assert_false(settle(&box, parcel, KW_NOT_FOUND, 404, NOW_MS));
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, NOW_MS)); /* its time is over as it comes */
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), NOW_MS);
    assert_int_equal(take(&box, &parcel, NOW_MS), 0);
    parcel = kw_outbox_take_ended(&box, NOW_MS);
    EXPECT_STATUS(parcel->st, KW_TIMED_OUT); /* there was no try */
    kw_parcel_free(parcel);
    assert_null(kw_outbox_take_ended(&box, END_MS - 1));
    assert_int_equal(take(&box, &parcel, END_MS), 0);
    parcel = kw_outbox_take_ended(&box, END_MS);
    EXPECT_STATUS(parcel->st, KW_NOT_FOUND);
    kw_parcel_free(parcel);
    assert_int_equal(state_of(&box, 1, END_MS).given_up, 2);
    assert_int_equal(state_of(&box, 1, END_MS).waiting, 0);
    assert_int_equal(state_of(&box, 1, END_MS).bytes, 0);
    kw_outbox_drop(&box);
}

/* ---- how tries end ---- */

static void settle__repeats_what_may_go_better(void **state)
{
    (void)state;
    static const struct {
        kw_status st;
        int http;
        bool send_is_over;
        bool pull_is_over;
        bool is_answered;
    } cases[] = {
        {KW_OK, 200, true, true, true},
        {KW_OK, 204, true, true, true},
        {KW_BAD_INPUT, 400, true, true, true},
        {KW_UNAUTHENTICATED, 401, false, true, true}, /* we are new, its clock is behind */
        {KW_FORBIDDEN, 403, true, true, true},
        {KW_NOT_FOUND, 404, false, true, true}, /* the session is new, the same */
        {KW_TIMED_OUT, 408, false, false, true},
        {KW_CONFLICT, 409, true, true, true},
        {KW_TOO_LARGE, 413, true, true, true},
        {KW_LIMIT, 422, true, true, true},
        {KW_RATE_LIMITED, 429, false, false, true},
        {KW_INTERNAL, 500, false, false, true},
        {KW_BUSY, 503, false, false, true},
        {KW_NETWORK, 0, false, false, false},
        {KW_TIMED_OUT, 0, false, false, false},
        {KW_PEER_REFUSED, 0, false, false, false}, /* pin or certificate: a new list may help */
        {KW_NO_MEMORY, 0, false, false, false},
        {KW_NETWORK, 200, false, false, false}, /* a body that broke off */
        {KW_LIMIT, 200, true, true, true},      /* one that is too large */
        {KW_PEER_REFUSED, 302, true, true, true},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        for (kw_cargo_kind kind = KW_CARGO_SEND; kind <= KW_CARGO_ASK; kind++) {
            kw_outbox box = box_of(1);
            kw_parcel *parcel = NULL;
            EXPECT_OK(put(&box, 1, kind, END_MS));
            assert_int_equal(take(&box, &parcel, NOW_MS), 1);
            kw_parcel_try tried = {.st = cases[i].st, .http = cases[i].http};
            assert_int_equal(kw_parcel_try_is_answered(&tried), cases[i].is_answered);
            bool wanted = kind == KW_CARGO_SEND ? cases[i].send_is_over : cases[i].pull_is_over;
            if (settle(&box, parcel, cases[i].st, cases[i].http, NOW_MS) != wanted) {
                fail_msg("kind %d, http %d, %s", kind, cases[i].http, kw_status_name(cases[i].st));
            }
            EXPECT_STATUS(state_of(&box, 1, NOW_MS).last, cases[i].st);
            assert_int_equal(state_of(&box, 1, NOW_MS).waiting, wanted ? 0 : 1);
            kw_outbox_drop(&box);
        }
    }
}

static void settle__backs_off(void **state)
{
    (void)state;
    kw_outbox box = box_of(1);
    kw_parcel *parcel = NULL;
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, UINT64_MAX));
    uint64_t now_ms = NOW_MS;
    for (int tries = 0; tries < 40; tries++) {
        assert_int_equal(take(&box, &parcel, now_ms), 1);
        assert_false(settle(&box, parcel, KW_NOT_FOUND, 404, now_ms));
        uint64_t wait_ms =
            KW_MIN((uint64_t)KW_COURIER_RETRY_MS_MIN << tries, (uint64_t)KW_COURIER_RETRY_MS_MAX);
        assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), now_ms + wait_ms);
        assert_int_equal(take(&box, &parcel, now_ms + wait_ms - 1), 0);
        now_ms += wait_ms;
    }
    assert_int_equal(take(&box, &parcel, now_ms), 1); /* random 0: no wait at all */
    kw_parcel_try tried = {.st = KW_NOT_FOUND, .http = 404};
    assert_false(kw_outbox_settle(&box, parcel, &tried, (kw_outbox_now){now_ms, 0}));
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), now_ms);
    kw_outbox_drop(&box);
}

static void settle__obeys_retry_after(void **state)
{
    (void)state;
    static const uint64_t asked_ms[] = {0, 3000, KW_COURIER_HOLD_MS_MAX, 86400000};
    for (size_t i = 0; i < KW_COUNT(asked_ms); i++) {
        kw_outbox box = box_of(2);
        kw_parcel *parcel = NULL;
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, UINT64_MAX));
        EXPECT_OK(put(&box, 1, KW_CARGO_PULL, UINT64_MAX));
        assert_int_equal(take(&box, &parcel, NOW_MS), 1);
        kw_parcel_try tried = {.st = KW_BUSY, .http = i % 2 == 0 ? 503 : 429};
        tried.retry_after_ms = asked_ms[i];
        assert_false(kw_outbox_settle(&box, parcel, &tried, (kw_outbox_now){NOW_MS, 0}));
        uint64_t until_ms = NOW_MS + KW_MIN(asked_ms[i], (uint64_t)KW_COURIER_HOLD_MS_MAX);
        assert_int_equal(kw_outbox_due_ms(&box, NOW_MS),
                         until_ms); /* nothing goes to this member, */
        assert_int_equal(state_of(&box, 1, NOW_MS).health, KW_COURIER_SLOW);
        EXPECT_OK(put(&box, 2, KW_CARGO_SEND, UINT64_MAX));
        assert_int_equal(take(&box, &parcel, until_ms - 1), asked_ms[i] == 0 ? 0 : 2); /* others */
        assert_int_equal(take(&box, &parcel, until_ms), 1);
        kw_outbox_drop(&box);
    }
}

/* One member that fails until the breaker opens; its parcel waits. */
static kw_outbox broken(kw_parcel **out)
{
    kw_outbox box = box_of(2);
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, UINT64_MAX));
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, UINT64_MAX));
    for (int tries = 0; tries < KW_BREAKER_FAILURES; tries++) {
        assert_int_equal(take(&box, out, UINT64_MAX - 1), 1);
        assert_false(settle(&box, *out, KW_NETWORK, 0, NOW_MS));
    }
    return box;
}

static void breaker__lets_one_of_many_look(void **state)
{
    (void)state;
    kw_parcel *parcel = NULL;
    kw_outbox box = broken(&parcel);
    uint64_t due_ms = NOW_MS + KW_BREAKER_PAUSE_MS_MIN;
    assert_int_equal(state_of(&box, 1, NOW_MS).health, KW_COURIER_DOWN);
    assert_int_equal(state_of(&box, 1, NOW_MS).failed, KW_BREAKER_FAILURES);
    assert_int_equal(kw_outbox_due_ms(&box, NOW_MS), due_ms);
    assert_int_equal(take(&box, &parcel, due_ms - 1), 0);
    uint64_t later_ms = due_ms + KW_COURIER_RETRY_MS_MAX;
    assert_int_equal(take(&box, &parcel, later_ms), 1);
    kw_parcel *other = NULL;
    assert_int_equal(take(&box, &other, later_ms), 0);
    assert_int_equal(state_of(&box, 1, NOW_MS).health, KW_COURIER_DOWN);
    assert_true(settle(&box, parcel, KW_OK, 200, later_ms));
    assert_int_equal(state_of(&box, 1, later_ms).health, KW_COURIER_UP);
    assert_int_equal(state_of(&box, 1, later_ms + 5).seen_ago_ms, 5);
    assert_int_equal(take(&box, &other, later_ms), 1);
    kw_outbox_drop(&box);
}

static void heard__lets_one_look_at_once(void **state)
{
    (void)state;
    kw_parcel *parcel = NULL;
    kw_outbox box = broken(&parcel);
    kw_address stranger = address_of(9);
    kw_address caller = address_of(1);
    uint64_t now_ms = NOW_MS + KW_BREAKER_PAUSE_MS_MIN - 1; /* the back-off of one is over */
    assert_false(kw_outbox_heard(&box, &stranger, now_ms));
    assert_int_equal(take(&box, &parcel, now_ms), 0);
    assert_true(kw_outbox_heard(&box, &caller, now_ms));
    assert_int_equal(take(&box, &parcel, now_ms), 1);
    assert_int_equal(state_of(&box, 1, now_ms).seen_ago_ms, 0);
    kw_outbox_drop(&box);
}

static void states__tell_up_from_slow(void **state)
{
    (void)state;
    kw_outbox box = box_of(1);
    kw_parcel *parcel = NULL;
    kw_courier_state first = state_of(&box, 1, NOW_MS);
    assert_int_equal(first.health, KW_COURIER_UNKNOWN);
    assert_true(first.seen_ago_ms == UINT64_MAX);
    static const struct {
        kw_parcel_try tried;
        kw_courier_health health;
    } cases[] = {
        {{.st = KW_OK, .http = 200, .took_ms = KW_COURIER_SLOW_MS}, KW_COURIER_UP},
        {{.st = KW_OK, .http = 200, .took_ms = KW_COURIER_SLOW_MS + 1}, KW_COURIER_SLOW},
        {{.st = KW_CONFLICT, .http = 409}, KW_COURIER_UP},
        {{.st = KW_TIMED_OUT, .http = 0}, KW_COURIER_SLOW},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
        assert_int_equal(take(&box, &parcel, NOW_MS), 1);
        if (kw_outbox_settle(&box, parcel, &cases[i].tried, (kw_outbox_now){NOW_MS, 0})) {
            kw_parcel_free(parcel);
        }
        kw_address address = address_of(1);
        assert_int_equal(state_of(&box, 1, NOW_MS).health, cases[i].health);
        assert_int_equal(kw_outbox_health(&box, &address, NOW_MS), cases[i].health);
        kw_courier_census census = kw_outbox_census(&box, NOW_MS);
        assert_int_equal(census.counts[cases[i].health], 1);
    }
    assert_int_equal(state_of(&box, 1, NOW_MS).delivered, 2);
    kw_address stranger = address_of(9);
    assert_int_equal(kw_outbox_health(&box, &stranger, NOW_MS), KW_COURIER_UNKNOWN);
    EXPECT_OK(put(&box, 1, KW_CARGO_SEND, END_MS));
    EXPECT_OK(kw_outbox_members(&box, NULL, 0, NULL)); /* it has gone, but for that parcel */
    kw_courier_census census = kw_outbox_census(&box, NOW_MS);
    for (size_t i = 0; i < KW_COURIER_HEALTHS; i++) {
        assert_int_equal(census.counts[i], 0);
    }
    kw_outbox_drop(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members__refuses_bad_lists_and_keeps_the_old),
        cmocka_unit_test(members__who_goes_ends_and_who_stays_waits_on),
        cmocka_unit_test(members__who_comes_back_goes_on),
        cmocka_unit_test(members__another_place_or_key_is_tried_at_once),
        cmocka_unit_test(take__gives_the_oldest_and_few_at_once_to_each),
        cmocka_unit_test(take__is_alone_after_silence),
        cmocka_unit_test(put__keeps_to_the_budget_of_each),
        cmocka_unit_test(take_ended__says_how_the_last_try_ended),
        cmocka_unit_test(settle__repeats_what_may_go_better),
        cmocka_unit_test(settle__backs_off),
        cmocka_unit_test(settle__obeys_retry_after),
        cmocka_unit_test(breaker__lets_one_of_many_look),
        cmocka_unit_test(heard__lets_one_look_at_once),
        cmocka_unit_test(states__tell_up_from_slow),
    };
    return cmocka_run_group_tests_name("threshold/outbox", tests, NULL, NULL);
}
