/* SPDX-License-Identifier: Apache-2.0
 * Sessions with one member that breaks the rules: the others end with one epoch and all have their
 * shares, and nobody else is accused. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/random_source.h"
#include "support/session_world.h"
#include "support/toy_group.h"
#include "threshold/engine/session/session_parts.h"

enum {
    CULPRIT = 1, /* places in members */
    FRIEND = 2,
};

static random_source seeds; /* of the runs whose messages take their time */

typedef struct mischief {
    kw_message_type type; /* that it is about */
    bool spares_friend;   /* one member sees what an honest one would send */
    uint64_t until_ms;
    /* Changes the body; NULL: not sent. */
    bool (*change)(session_world *w, kw_message *m, const session_parcel *parcel);
} mischief;

static kw_message_scope scope_of(const session_world *w)
{
    return w->members[CULPRIT].session->scope;
}

/* Writes and signs what was changed. */
static void sign_again(session_world *w, session_parcel *parcel, const kw_message *m)
{
    const kw_message_scope scope = scope_of(w);
    KW_AUTO(kw_buf) payload = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer writer = kw_writer_to(&payload);
    kw_message_write(&writer, m, &scope);
    EXPECT_OK(kw_write_end(&writer));
    kw_span copy;
    EXPECT_OK(kw_arena_copy_span(&w->arena, &copy, kw_buf_view(&payload)));
    EXPECT_OK(kw_authenticated_make(&parcel->message, copy, &w->members[CULPRIT].setup.signer));
}

static bool misbehave(session_world *w, session_parcel *parcel)
{
    const mischief *plan = w->gate_ctx;
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, parcel->message.payload));
    bool is_its = kw_address_equal(&header.sender, &w->members[CULPRIT].peer.address) &&
                  parcel->from == CULPRIT + 1;
    if (!is_its || header.type != plan->type || w->now >= plan->until_ms ||
        (plan->spares_friend && parcel->to == FRIEND + 1)) {
        return true;
    }
    kw_message m;
    const kw_message_scope scope = scope_of(w);
    if (plan->change == NULL ||
        kw_message_decode(&m, &w->arena, parcel->message.payload, &scope) != KW_OK ||
        !plan->change(w, &m, parcel)) {
        return false;
    }
    sign_again(w, parcel, &m);
    return true;
}

static void expect_only_culprit_accused(const session_world *w)
{
    for (size_t i = 0; i < w->members_count; i++) {
        const session_member *m = &w->members[i];
        for (size_t k = 0; k < m->told_count && i != CULPRIT; k++) {
            assert_true(kw_address_equal(&m->told[k].culprit, &w->members[CULPRIT].peer.address));
        }
    }
}

static void run_once(session_world_options options, const mischief *plan, uint64_t delay_max_ms)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    options.group = &toy_group;
    session_world_open(w, &options);
    w->gate = misbehave;
    w->gate_ctx = (void *)(uintptr_t)plan;
    w->delay_max_ms = delay_max_ms;
    session_world_start_all(w);
    session_world_run(w, session_world_at(38));
    expect_epoch(w, ((1U << w->members_count) - 1) & ~(1U << CULPRIT));
    expect_only_culprit_accused(w);
    for (size_t i = 0; i < w->members_count; i++) {
        assert_true(i == CULPRIT || w->members[i].new_index == 0 || w->members[i].is_sealed);
    }
    session_world_drop(w);
    kw_heap_free(w);
}

static void run_with(session_world_options options, const mischief *plan)
{
    run_once(options, plan, 0);
    for (unsigned i = 0; i < 2; i++) {
        options.seed = 1 + random_below(&seeds, 1 << 20);
        run_once(options, plan, SESSION_WORLD_DELTA_MS / 2 - 1);
    }
}

static void run_everywhere(const mischief *plan)
{
    run_with((session_world_options){.suite = 1, .n_new = 4, .seed = 1}, plan);
    run_with((session_world_options){.suite = 2, .n_new = 4, .seed = 2}, plan);
    run_with((session_world_options){.suite = 2, .n_new = 7, .seed = 3}, plan);
    run_with((session_world_options){.suite = 1, .n_old = 4, .n_new = 4, .shared = 4, .seed = 4},
             plan);
    run_with((session_world_options){.suite = 1, .n_old = 4, .n_new = 5, .shared = 2, .seed = 5},
             plan);
}

/* ---- silence ---- */
static void silence__of_any_type_stops_nobody(void **state)
{
    (void)state;
    for (unsigned type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_COMMIT; type++) {
        const mischief plan = {.type = (kw_message_type)type, .until_ms = UINT64_MAX};
        run_everywhere(&plan);
    }
}

static void message__shown_to_one_member_only_stops_nobody(void **state)
{
    (void)state;
    for (unsigned type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_COMMIT; type++) {
        const mischief plan = {
            .type = (kw_message_type)type, .until_ms = UINT64_MAX, .spares_friend = true};
        run_everywhere(&plan);
    }
}

/* ---- HELLO ---- */
/* Another session key for every second member. */
static bool change_key(session_world *w, kw_message *m, const session_parcel *parcel)
{
    const kw_group *group = w->options.group;
    const kw_session *s = w->members[CULPRIT].session;
    const kw_pok_place place = {KW_POK_EK, s->sid, m->header.sender};
    kw_group_scalar number = group->scalar_of_u64(77);
    kw_group_secret ek;
    if (parcel->to % 2 == 0) {
        return true;
    }
    group->secret_of_scalar(&ek, &number);
    group->g1_base(&m->body.hello.ek, &ek);
    kw_pok_g1_make(&m->body.hello.proof, group, &place, &ek, &ek);
    return true;
}

static void hellos__that_differ_count_both_and_convict(void **state)
{
    (void)state;
    const mischief plan = {.type = KW_MESSAGE_HELLO, .until_ms = UINT64_MAX, .change = change_key};
    run_everywhere(&plan);
}

static bool change_proof(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    m->body.hello.proof.z = w->options.group->scalar_of_u64(5);
    return true;
}

static void hello__without_a_proof_is_none(void **state)
{
    (void)state;
    const mischief plan = {
        .type = KW_MESSAGE_HELLO, .until_ms = UINT64_MAX, .change = change_proof};
    run_everywhere(&plan);
}

/* Before its HELLO one member gets two of it that nobody can use. Nothing else comes of it. */
static bool confuse_friend(session_world *w, session_parcel *parcel)
{
    static const size_t bent[] = {1, 33}; /* bytes from the end: in both halves of the proof */
    kw_span good = parcel->message.payload;
    const kw_address *self = &w->members[CULPRIT].peer.address;
    if (memcmp(&good.ptr[92], self->bytes, sizeof self->bytes) != 0) {
        return true;
    }
    bool is_to_friend = parcel->from == CULPRIT + 1 && parcel->to == FRIEND + 1;
    for (size_t i = 0; is_to_friend && w->gate_ctx == NULL && i < KW_COUNT(bent); i++) {
        kw_span copy;
        kw_authenticated other;
        EXPECT_OK(kw_arena_copy_span(&w->arena, &copy, good));
        ((uint8_t *)(uintptr_t)copy.ptr)[copy.len - bent[i]] ^= 1;
        EXPECT_OK(kw_authenticated_make(&other, copy, &w->members[CULPRIT].setup.signer));
        w->gate_ctx = w; /* these two pass */
        session_world_post(w, CULPRIT, FRIEND, &other);
        w->gate_ctx = NULL;
    }
    return good.ptr[4] == KW_MESSAGE_HELLO;
}

/* Another one is down, so that all dealings of the others are needed and nobody is early. */
static void hellos__of_no_use_do_not_hide_the_good_one(void **state)
{
    enum {
        DOWN = 5,
    };
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        session_world *w = kw_heap_new(1, sizeof *w);
        session_world_open(w, &(session_world_options){
                                  .group = &toy_group, .suite = suite, .n_new = 7, .seed = suite});
        w->gate = confuse_friend;
        for (size_t i = 0; i < w->members_count; i++) {
            if (i != DOWN) {
                session_world_start(w, i);
            }
        }
        session_world_run(w, session_world_at(38));
        expect_epoch(w, 127 & ~(1U << DOWN) & ~(1U << CULPRIT));
        session_world_drop(w);
        kw_heap_free(w);
    }
}

/* ---- DEAL ---- */
/* One more commitment: another degree would change the threshold unnoticed. */
static bool change_degree(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    kw_commitments *c = &m->body.deal.c;
    kw_group_g1 *g1 = kw_arena_new(&w->arena, c->t + 1U, sizeof *g1);
    kw_group_g2 *g2 = kw_arena_new(&w->arena, c->t + 1U, sizeof *g2);
    for (uint16_t k = 0; k <= c->t; k++) {
        g1[k] = c->g1 != NULL ? c->g1[k % c->t] : g1[k];
        g2[k] = c->g2 != NULL ? c->g2[k % c->t] : g2[k];
    }
    c->g1 = c->g1 != NULL ? g1 : NULL;
    c->g2 = c->g2 != NULL ? g2 : NULL;
    c->t++;
    return true;
}

static bool leave_out(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    kw_hash32 *receivers = kw_arena_new(&w->arena, m->body.deal.n, sizeof *receivers);
    memcpy(receivers, m->body.deal.receivers.items, m->body.deal.n * sizeof *receivers);
    receivers[w->members[FRIEND].new_index - 1] = (kw_hash32){{0}};
    m->body.deal.receivers.items = receivers;
    return true;
}

/* R of another dealer, whose K complaints would open. */
static bool copy_r(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    const session_member *victim = &w->members[FRIEND];
    const kw_letter *letter =
        session_letter(victim->session, victim->session->self, KW_MESSAGE_DEAL);
    if (letter == NULL) {
        return false; /* it has not dealt yet, or does not */
    }
    const session_deal *deal = letter->read;
    m->body.deal.r = deal->deal.r;
    m->body.deal.proof_r = deal->deal.proof_r;
    return true;
}

static bool differ(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(w);
    m->body.deal.shares_root.bytes[0] ^= (uint8_t)parcel->to;
    return true;
}

static void deals__that_break_a_rule_are_left_out(void **state)
{
    (void)state;
    bool (*const changes[])(session_world *, kw_message *,
                            const session_parcel *) = {change_degree, leave_out, copy_r, differ};
    for (size_t i = 0; i < KW_COUNT(changes); i++) {
        const mischief plan = {
            .type = KW_MESSAGE_DEAL, .until_ms = UINT64_MAX, .change = changes[i]};
        run_everywhere(&plan);
    }
}

/* ---- HAVE, ECHO ---- */
static bool name_nothing_known(session_world *w, kw_message *m, const session_parcel *parcel)
{
    kw_hash32 *deals = kw_arena_new(&w->arena, m->body.have.deals.count, sizeof *deals);
    for (uint16_t i = 0; i < m->body.have.deals.count; i++) {
        deals[i] = (kw_hash32){{0xab, (uint8_t)i, (uint8_t)parcel->to}};
    }
    m->body.have.deals.items = deals;
    return true;
}

static void haves__of_what_is_nowhere_only_cost_time(void **state)
{
    (void)state;
    const mischief plan = {
        .type = KW_MESSAGE_HAVE, .until_ms = UINT64_MAX, .change = name_nothing_known};
    run_everywhere(&plan);
}

static kw_echo_entry *copy_entries(session_world *w, kw_message *m)
{
    kw_echo *echo = &m->body.echo;
    kw_echo_entry *entries = kw_arena_new(&w->arena, echo->count, sizeof *entries);
    memcpy(entries, echo->entries, echo->count * sizeof *entries);
    echo->entries = entries;
    return entries;
}

/* Ok for dealings that exist nowhere, each member hears of others. */
static bool praise_nothing(session_world *w, kw_message *m, const session_parcel *parcel)
{
    kw_echo_entry *entries = copy_entries(w, m);
    for (uint16_t i = 0; i < m->body.echo.count; i++) {
        entries[i] = (kw_echo_entry){.verdict = KW_ECHO_OK,
                                     .deal = {{0xcd, (uint8_t)i, (uint8_t)parcel->to}}};
    }
    return true;
}

/* Complaints about all dealings, or about what exists nowhere. */
static bool complain_falsely(session_world *w, kw_message *m, const session_parcel *parcel)
{
    kw_echo_entry *entries = copy_entries(w, m);
    for (uint16_t i = 0; i < m->body.echo.count; i++) {
        if (entries[i].verdict == KW_ECHO_OK) {
            entries[i].verdict = KW_ECHO_COMPLAINT;
            entries[i].p = w->options.group->g1_generator();
            entries[i].deal.bytes[9] ^= parcel->to % 2 == 0 ? 1 : 0;
        }
    }
    return true;
}

static void echoes__that_lie_change_nothing(void **state)
{
    (void)state;
    bool (*const changes[])(session_world *, kw_message *,
                            const session_parcel *) = {praise_nothing, complain_falsely};
    for (size_t i = 0; i < KW_COUNT(changes); i++) {
        const mischief plan = {
            .type = KW_MESSAGE_ECHO, .until_ms = UINT64_MAX, .change = changes[i]};
        run_everywhere(&plan);
        const mischief half = {.type = KW_MESSAGE_ECHO,
                               .until_ms = UINT64_MAX,
                               .change = changes[i],
                               .spares_friend = true};
        run_everywhere(&half);
    }
}

/* ---- votes ---- */
static bool vote_for_each(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(w);
    m->body.vote.value.bytes[3] ^= (uint8_t)parcel->to;
    m->body.vote.wanted.count = 0;
    return true;
}

static bool want_nothing_known(session_world *w, kw_message *m, const session_parcel *parcel)
{
    uint16_t count = (uint16_t)(2 * w->options.n_new);
    kw_hash32 *wanted = kw_arena_new(&w->arena, count, sizeof *wanted);
    for (uint16_t i = 0; i < count; i++) {
        wanted[i] = (kw_hash32){{0xef, (uint8_t)i, (uint8_t)parcel->to}};
    }
    m->body.vote.value = (kw_hash32){{0}};
    m->body.vote.wanted = (kw_hash_list){wanted, count};
    return true;
}

static bool propose_nothing_known(session_world *w, kw_message *m, const session_parcel *parcel)
{
    uint16_t count = (uint16_t)(2 * w->options.n_new);
    kw_hash32 *hashes = kw_arena_new(&w->arena, count, sizeof *hashes);
    for (uint16_t i = 0; i < count; i++) {
        hashes[i] = (kw_hash32){{0xee, (uint8_t)i, (uint8_t)parcel->to}};
    }
    m->body.propose.hashes = (kw_hash_list){hashes, count};
    return true;
}

static void votes__for_everything_decide_nothing(void **state)
{
    (void)state;
    const mischief plans[] = {
        {.type = KW_MESSAGE_PREVOTE, .until_ms = UINT64_MAX, .change = vote_for_each},
        {.type = KW_MESSAGE_PREVOTE, .until_ms = UINT64_MAX, .change = want_nothing_known},
        {.type = KW_MESSAGE_PRECOMMIT, .until_ms = UINT64_MAX, .change = vote_for_each},
        {.type = KW_MESSAGE_PROPOSE, .until_ms = UINT64_MAX, .change = propose_nothing_known},
    };
    for (size_t i = 0; i < KW_COUNT(plans); i++) {
        run_everywhere(&plans[i]);
    }
}

/* ---- the end ---- */
static bool extract_wrongly(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    m->body.extract.proof.z_a = w->options.group->scalar_of_u64(9);
    return true;
}

static bool open_wrongly(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    kw_reconstruct *opened = &m->body.reconstruct;
    kw_opened_share *shares = kw_arena_new(&w->arena, opened->count, sizeof *shares);
    memcpy(shares, opened->shares, opened->count * sizeof *shares);
    shares[0].f = w->options.group->scalar_of_u64(9);
    opened->shares = shares;
    return true;
}

static bool commit_wrongly(session_world *w, kw_message *m, const session_parcel *parcel)
{
    KW_UNUSED(parcel);
    m->body.commit.share = w->options.group->g1_generator();
    return true;
}

static void ends__that_are_wrong_stop_nobody(void **state)
{
    (void)state;
    const mischief plans[] = {
        {.type = KW_MESSAGE_EXTRACT, .until_ms = UINT64_MAX, .change = extract_wrongly},
        {.type = KW_MESSAGE_EXTRACT,
         .until_ms = UINT64_MAX,
         .change = extract_wrongly,
         .spares_friend = true},
        {.type = KW_MESSAGE_RECONSTRUCT, .until_ms = UINT64_MAX, .change = open_wrongly},
        {.type = KW_MESSAGE_COMMIT, .until_ms = UINT64_MAX, .change = commit_wrongly},
    };
    for (size_t i = 0; i < KW_COUNT(plans); i++) {
        run_everywhere(&plans[i]);
    }
}

/* ---- the network ---- */
/* Delayed EXTRACTs of all dealers would publish S if members opened by their own timeout. */
static bool delay_extracts(session_world *w, session_parcel *parcel)
{
    return parcel->message.payload.ptr[4] != KW_MESSAGE_EXTRACT || w->now >= session_world_at(15);
}

static bool is_opened(const session_world *w)
{
    for (size_t i = 0; i < w->members_count; i++) {
        if (w->members[i].session->has_opened && w->members[i].session->opened_count > 0) {
            return true;
        }
    }
    return false;
}

static void extracts__of_all_that_are_delayed_open_nobody(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 7, .seed = 1});
    w->gate = delay_extracts;
    session_world_start_all(w);
    session_world_run(w, session_world_at(14));
    for (size_t i = 0; i < w->members_count; i++) {
        assert_int_equal(w->members[i].session->phase, KW_SESSION_EXTRACTS);
    }
    session_world_run(w, session_world_at(38));
    expect_epoch(w, 0);
    assert_false(is_opened(w));
    expect_no_evidence(w);
    session_world_drop(w);
    kw_heap_free(w);
}

/* ---- floods ---- */
/* Thousands of signed bodies of every type: they fill their sender's own places. */
static void flood__of_one_member_costs_a_bounded_memory(void **state)
{
    (void)state;
    session_world *w = kw_heap_new(1, sizeof *w);
    session_world_open(
        w, &(session_world_options){.group = &toy_group, .suite = 2, .n_new = 4, .seed = 3});
    session_world_start_all(w);
    const session_member *culprit = &w->members[CULPRIT];
    kw_message_header header = {.suite = 2,
                                .cluster_id = w->cluster_id,
                                .sid = culprit->session->sid,
                                .epoch = w->fields.epoch,
                                .timestamp = w->fields.timestamp,
                                .sender = culprit->peer.address};
    size_t used[2] = {0};
    for (unsigned i = 0; i < 6000; i++) {
        header.type = (kw_message_type)(1 + i % KW_MESSAGE_COMMIT);
        kw_message m = {.header = header};
        m.body.vote.view = i / KW_MESSAGE_COMMIT % 7;
        m.body.vote.value.bytes[0] = (uint8_t)i;
        m.body.vote.value.bytes[1] = (uint8_t)(i >> 8);
        const kw_message_scope scope = scope_of(w);
        KW_AUTO(kw_buf) payload = kw_buf_init(1 << 16);
        kw_writer writer = kw_writer_to(&payload);
        bool is_vote = header.type == KW_MESSAGE_PREVOTE || header.type == KW_MESSAGE_PRECOMMIT;
        header.type = is_vote ? header.type : KW_MESSAGE_PREVOTE;
        m.header.type = header.type;
        kw_message_write(&writer, &m, &scope);
        if (!is_vote) { /* junk of the other types */
            payload.ptr[4] = (uint8_t)(1 + i % KW_MESSAGE_COMMIT);
        }
        kw_authenticated message;
        EXPECT_OK(kw_authenticated_make(&message, kw_buf_view(&payload), &culprit->setup.signer));
        kw_status st = kw_session_take(w->members[0].session, &message, 0, w->now);
        KW_UNUSED(st);
        used[i >= 3000] = w->members[0].lasting.used;
    }
    assert_in_range(used[1], used[0], used[0] + 4096);
    session_world_run(w, session_world_at(38));
    expect_epoch(w, 0xd);
    expect_only_culprit_accused(w);
    session_world_drop(w);
    kw_heap_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hellos__that_differ_count_both_and_convict),
        cmocka_unit_test(hello__without_a_proof_is_none),
        cmocka_unit_test(hellos__of_no_use_do_not_hide_the_good_one),
        cmocka_unit_test(deals__that_break_a_rule_are_left_out),
        cmocka_unit_test(haves__of_what_is_nowhere_only_cost_time),
        cmocka_unit_test(echoes__that_lie_change_nothing),
        cmocka_unit_test(votes__for_everything_decide_nothing),
        cmocka_unit_test(ends__that_are_wrong_stop_nobody),
        cmocka_unit_test(extracts__of_all_that_are_delayed_open_nobody),
        cmocka_unit_test(flood__of_one_member_costs_a_bounded_memory),
        cmocka_unit_test(silence__of_any_type_stops_nobody),
        cmocka_unit_test(message__shown_to_one_member_only_stops_nobody),
    };
    seeds = random_new("mischief");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
