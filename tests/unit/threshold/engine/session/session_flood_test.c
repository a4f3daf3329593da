/* SPDX-License-Identifier: Apache-2.0
 * HELLOs in plenty: f members together, one of which shows its HELLO to some only while another one
 * fills the mailboxes of these, cannot keep it from the other dealers. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "support/toy_group.h"
#include "threshold/engine/session/session_parts.h"

enum {
    N = 10,
    HIDER = 1, /* places in members: its HELLO goes to some, and late */
    FLOODER = 2,
    SILENT = 3, /* so that nobody ends the phase early */
    SOME = 0x71,
    FAULTY = 1 << HIDER | 1 << FLOODER | 1 << SILENT,
    DEALINGS = 2, /* of the flooder, of which each names N HELLOs */
    RANDOM_BYTES_MAX = 4096,
};

static bool is_in(unsigned mask, size_t at)
{
    return (mask >> at & 1) != 0;
}

/* The flood itself passes: it does not come from a session. */
static bool conspire(session_world *w, session_parcel *parcel)
{
    size_t from = parcel->from - 1U;
    const kw_span payload = parcel->message.payload;
    const kw_address *self = &w->members[from].peer.address;
    bool is_own = memcmp(&payload.ptr[92], self->bytes, sizeof self->bytes) == 0;
    bool is_hello = payload.ptr[4] == KW_MESSAGE_HELLO && is_own;
    if (w->gate_ctx != NULL || !is_in(FAULTY, from)) {
        return true;
    }
    if (from != HIDER) {
        return from == FLOODER && is_hello;
    }
    parcel->at_ms = session_world_at(0.4);
    return is_hello && is_in(SOME, parcel->to - 1U) && w->now < parcel->at_ms;
}

static kw_authenticated sign(session_world *w, const kw_message *message)
{
    const session_member *flooder = &w->members[FLOODER];
    KW_AUTO(kw_buf) payload = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer writer = kw_writer_to(&payload);
    kw_message_write(&writer, message, &flooder->session->scope);
    EXPECT_OK(kw_write_end(&writer));
    kw_span copy;
    kw_authenticated made;
    EXPECT_OK(kw_arena_copy_span(&w->arena, &copy, kw_buf_view(&payload)));
    EXPECT_OK(kw_authenticated_make(&made, copy, &flooder->setup.signer));
    return made;
}

static void post(session_world *w, const kw_authenticated *message)
{
    for (size_t to = 0; to < N; to++) {
        if (is_in(SOME, to)) {
            session_world_post(w, FLOODER, to, message);
        }
    }
}

/* A DEAL with its SHARES for receivers whose HELLOs are all the flooder's own. */
static void post_dealing(session_world *w, const kw_message *hello, const kw_receiver *receivers)
{
    const kw_session *s = w->members[FLOODER].session;
    const kw_rng random = seeded_rng_port(&w->rng);
    uint8_t bytes[RANDOM_BYTES_MAX];
    size_t len = kw_dealer_random_bytes(&s->scope);
    assert_in_range(len, 1, sizeof bytes);
    EXPECT_OK(kw_rng_fill(&random, (kw_mspan){bytes, len}));
    kw_dealer_secrets secrets;
    EXPECT_OK(kw_dealer_secrets_draw(&secrets, &w->arena, &s->scope, (kw_span){bytes, len}, NULL));
    const kw_dealing_place place = {
        .sid = s->sid, .sender = s->setup.self, .dealer = s->self_dealer, .h = w->h};
    const kw_dealing_parts parts = {&s->scope, &place, &secrets, receivers};
    kw_message deal = {.header = hello->header};
    kw_message shares = {.header = hello->header};
    deal.header.type = KW_MESSAGE_DEAL;
    shares.header.type = KW_MESSAGE_SHARES;
    EXPECT_OK(kw_dealing_make(&deal.body.deal, &shares.body.shares, &w->arena, &parts));
    kw_authenticated messages[] = {sign(w, &deal), sign(w, &shares)};
    post(w, &messages[0]);
    post(w, &messages[1]);
}

/* What its dealings name is kept beyond two of a sender: one proof holds for any head. */
static void flood(session_world *w)
{
    const session_member *flooder = &w->members[FLOODER];
    kw_message hello;
    EXPECT_OK(
        kw_message_decode(&hello, &w->arena, flooder->own[0].payload, &flooder->session->scope));
    for (uint8_t d = 0; d < DEALINGS; d++) {
        kw_authenticated hellos[N];
        kw_receiver receivers[N];
        for (uint8_t j = 0; j < N; j++) {
            hello.body.hello.head.bytes[0] = (uint8_t)(1 + d);
            hello.body.hello.head.bytes[1] = j;
            hellos[j] = sign(w, &hello);
            receivers[j] = (kw_receiver){hellos[j].hash, hello.body.hello.ek};
        }
        post_dealing(w, &hello, receivers);
        for (size_t j = 0; j < N; j++) {
            post(w, &hellos[j]);
        }
    }
}

static size_t count_hellos(const session_world *w, size_t at)
{
    size_t count = 0;
    const kw_letter *letter = NULL;
    const kw_mailbox *mailbox = &w->members[at].session->mailbox;
    while ((letter = kw_mailbox_next(mailbox, KW_MESSAGE_HELLO, letter)) != NULL) {
        count++;
    }
    return count;
}

/* The pitfall: the bundle had room for so many HELLOs and took the oldest, those of the flooder. So
 * dealers that had not seen the hider's dealt nothing to it, and who had seen it did not say ok to
 * them: D was too small at every boundary. */
static void hellos__in_plenty_hide_none(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 1, .n_new = N, .seed = 1});
    w->gate = conspire;
    session_world_start_all(w);
    session_world_run(w, session_world_at(0.2));
    w->gate_ctx = w;
    flood(w);
    w->gate_ctx = NULL;
    session_world_run(w, session_world_at(0.45));
    assert_true(count_hellos(w, 0) > w->members[0].session->relay_max); /* more than one body has */
    session_world_run(w, session_world_at(38));
    expect_epoch(w, ((1U << N) - 1) & ~(unsigned)FAULTY);
    session_world_drop(w);
    kw_heap_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hellos__in_plenty_hide_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
