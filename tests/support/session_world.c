/* SPDX-License-Identifier: Apache-2.0
 * Members of a session, hand in hand. */
#include "support/session_world.h"

#include "support/expect.h"
#include "threshold/engine/group/generator.h"
#include "threshold/engine/session/session_parts.h"

enum {
    QUEUE_MAX = 1 << 16,
    ARENA_MAX = 64 << 20,
};

uint64_t session_world_at(double deltas)
{
    return (uint64_t)SESSION_WORLD_BOUNDARY_S * 1000 + (uint64_t)(deltas * SESSION_WORLD_DELTA_MS);
}

/* ---- the old epoch ---- */
static void draw(session_world *w, kw_group_secret *out)
{
    uint8_t random[KW_GROUP_WIDE_BYTES];
    kw_rng port = seeded_rng_port(&w->rng);
    EXPECT_OK(port.fill(port.ctx, KW_MSPAN(random)));
    EXPECT_OK(w->options.group->secret_of_random(out, KW_SPAN(random)));
}

static void make_old_epoch(session_world *w)
{
    uint16_t t = w->fields.t_old;
    const kw_group *group = w->options.group;
    w->old_secret = kw_arena_new(&w->arena, t, sizeof *w->old_secret);
    w->old_polynomial = kw_arena_new(&w->arena, t, sizeof *w->old_polynomial);
    for (uint16_t k = 0; k < t; k++) {
        draw(w, &w->old_secret[k]);
        group->g2_base(&w->old_polynomial[k], &w->old_secret[k]);
    }
}

/* ---- members ---- */
static kw_quorum quorum_of(uint16_t n, uint16_t t)
{
    kw_quorum quorum;
    if (t == 0) {
        EXPECT_OK(kw_quorum_of(&quorum, n, KW_THRESHOLD_RATIO_DEFAULT));
    } else {
        EXPECT_OK(kw_quorum_of_threshold(&quorum, n, t));
    }
    return quorum;
}

static void make_fields(session_world *w)
{
    bool is_reshare = w->options.n_old > 0;
    w->fields = (kw_sid_fields){.kind = is_reshare ? KW_SESSION_RESHARE : KW_SESSION_GENESIS,
                                .epoch = is_reshare ? 8 : 1,
                                .timestamp = SESSION_WORLD_BOUNDARY_S,
                                .roster_old = w->roster_old.hash,
                                .roster_new = w->roster_new.hash,
                                .t_new = w->quorum.t,
                                .suite = w->options.suite};
    if (is_reshare) {
        w->fields.t_old = quorum_of(w->options.n_old, w->options.t_old).t;
        w->fields.previous = (kw_hash32){{0xce, 0x27}};
        make_old_epoch(w);
    }
}

static void make_member(session_world *w, size_t at)
{
    session_member *m = &w->members[at];
    const kw_group *group = w->options.group;
    m->world = w;
    m->rng = (seeded_rng){.seed = w->options.seed * 1000 + at};
    m->old_index = kw_roster_index(&w->roster_old, &m->peer.address);
    m->new_index = kw_roster_index(&w->roster_new, &m->peer.address);
    m->record = kw_secret_bytes_init(1 << 20);
    if (m->old_index != 0) {
        EXPECT_OK(group->poly_eval(&m->source, w->old_secret, w->fields.t_old, m->old_index));
    }
    m->setup = (kw_session_setup){
        .group = group,
        .cluster_id = w->cluster_id,
        .fields = w->fields,
        .h = w->h,
        .roster_old = &w->roster_old,
        .roster_new = &w->roster_new,
        .quorum = w->quorum,
        .head = w->fields.previous,
        .polynomial_old = w->old_polynomial,
        .source = m->old_index != 0 ? &m->source : NULL,
        .delta_ms = SESSION_WORLD_DELTA_MS,
        .give_up_ms = session_world_at(40),
        .self = m->peer.address,
        .signer = m->peer.signer,
        .rng = seeded_rng_port(&m->rng),
        .memory = {&m->lasting, &m->secret, &m->scratch},
    };
    const kw_session_memory_bytes bytes = kw_session_memory_bytes_of(&m->setup);
    m->lasting = kw_arena_init(bytes.lasting);
    m->secret = kw_secret_arena_init(bytes.secrets);
    m->scratch = kw_arena_init(bytes.scratch);
}

void session_world_open(session_world *w, const session_world_options *options)
{
    memset(w, 0, sizeof *w);
    w->options = *options;
    w->arena = kw_arena_init(ARENA_MAX);
    w->rng = (seeded_rng){.seed = options->seed};
    w->cluster_id = (kw_hash32){{0xc1, (uint8_t)options->seed}};
    w->now = session_world_at(0);
    w->resume_at = KW_SESSION_NEVER;
    kw_pedersen_generator(&w->h, options->group, &w->cluster_id, &w->cluster_id);
    w->members_count = (size_t)options->n_old + options->n_new - options->shared;
    assert_in_range(w->members_count, 1, SESSION_WORLD_MAX);
    peer peers[SESSION_WORLD_MAX];
    for (size_t i = 0; i < w->members_count; i++) {
        peer_make(&w->members[i].peer, (uint32_t)(100 * options->seed + i + 1), PEER_ED25519);
        peer_make(&peers[i], (uint32_t)(100 * options->seed + i + 1), PEER_ED25519);
    }
    if (options->n_old > 0) {
        w->roster_old = peers_roster(peers, options->n_old, &w->arena);
    }
    w->roster_new =
        peers_roster(&peers[options->n_old - options->shared], options->n_new, &w->arena);
    w->quorum = quorum_of(options->n_new, options->t_new);
    make_fields(w);
    w->queue = kw_arena_new(&w->arena, QUEUE_MAX, sizeof *w->queue);
    for (size_t i = 0; i < w->members_count; i++) {
        make_member(w, i);
    }
}

static void forget(session_member *m)
{
    kw_session_drop(m->session);
    m->session = NULL;
    m->is_up = false;
    kw_arena_reset(&m->lasting);
    kw_arena_reset(&m->secret);
    kw_arena_reset(&m->scratch);
}

void session_world_drop(session_world *w)
{
    for (size_t i = 0; i < w->members_count; i++) {
        forget(&w->members[i]);
        kw_arena_drop(&w->members[i].lasting);
        kw_arena_drop(&w->members[i].secret);
        kw_arena_drop(&w->members[i].scratch);
        kw_secret_bytes_drop(&w->members[i].record);
    }
    kw_arena_drop(&w->arena);
}

static void trouble(session_world *w, const session_member *m, bool is_inside)
{
    if (w->trouble != NULL) {
        w->trouble(w, m, is_inside);
    }
}

/* From nothing, or from the last record. */
static kw_status rise(session_world *w, session_member *m)
{
    kw_authenticated durable[KW_COUNT(m->own) + KW_COUNT(m->kept)];
    memcpy(durable, m->own, m->own_count * sizeof *durable);
    memcpy(&durable[m->own_count], m->kept, m->kept_count * sizeof *durable);
    const kw_authenticated_list all = {durable, m->own_count + m->kept_count};
    trouble(w, m, true);
    kw_status st = m->record.len == 0
                       ? kw_session_begin(&m->session, &m->setup, w->now)
                       : kw_session_resume(&m->session, &m->setup, kw_secret_bytes_view(&m->record),
                                           all, w->now);
    trouble(w, m, false);
    m->is_up = st == KW_OK;
    return st;
}

void session_world_start(session_world *w, size_t at)
{
    session_member *m = &w->members[at];
    kw_status st = rise(w, m);
    if (st != KW_OK && w->trouble != NULL) {
        w->falls++;
        m->session = NULL;
        forget(m);
        st = rise(w, m);
    }
    EXPECT_OK(st);
}

void session_world_start_all(session_world *w)
{
    for (size_t i = 0; i < w->members_count; i++) {
        session_world_start(w, i);
    }
}

void session_world_crash(session_world *w, size_t at)
{
    forget(&w->members[at]);
}

void session_world_resume(session_world *w, size_t at)
{
    session_world_start(w, at);
}

/* It failed: what it has done since its last record nobody has seen. */
static void fall(session_world *w, session_member *m)
{
    assert_non_null(w->trouble);
    w->falls++;
    forget(m);
    session_world_start(w, (size_t)(m - w->members));
}

session_member *session_world_member(session_world *w, const kw_address *address)
{
    for (size_t i = 0; i < w->members_count; i++) {
        if (memcmp(w->members[i].peer.address.bytes, address->bytes, sizeof address->bytes) == 0) {
            return &w->members[i];
        }
    }
    return NULL;
}

/* ---- the network ---- */
static kw_authenticated copy_of(session_world *w, const kw_authenticated *message)
{
    kw_authenticated copy = *message;
    EXPECT_OK(kw_arena_copy_span(&w->arena, &copy.payload, message->payload));
    return copy;
}

void session_world_post(session_world *w, size_t from, size_t to, const kw_authenticated *message)
{
    for (size_t i = 0; i < w->members_count; i++) {
        if (i == from || (to != SESSION_WORLD_MAX && to != i)) {
            continue;
        }
        uint64_t delay = 0;
        kw_rng port = seeded_rng_port(&w->rng);
        if (w->delay_max_ms > 0) {
            EXPECT_OK(kw_rng_below(&port, &delay, w->delay_max_ms + 1));
        }
        session_parcel parcel = {(uint16_t)(from + 1), (uint16_t)(i + 1), w->now + delay, *message};
        if (w->gate != NULL && !w->gate(w, &parcel)) {
            continue;
        }
        assert_in_range(w->queue_count, 0, QUEUE_MAX - 1);
        w->queue[w->queue_count++] = parcel;
    }
}

static size_t place_of_rank(session_world *w, const session_member *m, uint16_t rank)
{
    const kw_recipient *recipient = kw_audience_at(kw_session_audience(m->session), rank);
    return (size_t)(session_world_member(w, recipient->address) - w->members);
}

static uint16_t rank_of(const session_member *m, const session_member *other)
{
    return kw_audience_rank(kw_session_audience(m->session), &other->peer.address);
}

static void answer(session_world *w, session_member *asked, size_t asker, const kw_hash32 *id)
{
    const kw_letter *letter = NULL;
    while (asked->is_up && (letter = kw_session_find(asked->session, id, letter)) != NULL) {
        kw_authenticated copy = copy_of(w, &letter->message);
        session_world_post(w, (size_t)(asked - w->members), asker, &copy);
    }
}

static void hand_over(session_world *w, const session_parcel *parcel)
{
    session_member *to = &w->members[parcel->to - 1];
    if (to->is_up) {
        uint16_t from = rank_of(to, &w->members[parcel->from - 1]);
        trouble(w, to, true);
        kw_status st = kw_session_take(to->session, &parcel->message, from, w->now);
        trouble(w, to, false);
        KW_UNUSED(st);
    }
}

/* All that has arrived; the order of sending decides between equal moments. */
static bool deliver(session_world *w)
{
    size_t kept = 0;
    size_t count = w->queue_count;
    for (size_t i = 0; i < count; i++) {
        if (w->queue[i].at_ms <= w->now) {
            hand_over(w, &w->queue[i]);
        } else {
            w->queue[kept++] = w->queue[i];
        }
    }
    w->queue_count = kept;
    return kept < count;
}

/* ---- actions ---- */
/* One body for each place: equal headers, and of votes the view. */
static void expect_single(const session_member *m, const kw_authenticated *message)
{
    for (size_t i = 0; i < m->own_count; i++) {
        const kw_authenticated *own = &m->own[i];
        uint8_t type = message->payload.ptr[4];
        bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
        size_t head = KW_MESSAGE_HEADER_BYTES + (is_vote ? 4 : 0);
        assert_memory_not_equal(own->payload.ptr, message->payload.ptr, head);
    }
}

/* False: it could not, and has begun again. */
static bool save(session_world *w, session_member *m, const kw_session_action *action)
{
    kw_secret_bytes record = kw_secret_bytes_init(1 << 20);
    trouble(w, m, true);
    kw_status st = kw_session_save(m->session, &record);
    trouble(w, m, false);
    if (st != KW_OK) {
        kw_secret_bytes_drop(&record);
        fall(w, m);
        return false;
    }
    kw_secret_bytes_drop(&m->record);
    m->record = record;
    for (size_t i = 0; i < action->letters_count; i++) {
        assert_in_range(m->own_count, 0, KW_COUNT(m->own) - 1);
        expect_single(m, &action->letters[i]->message);
        m->own[m->own_count++] = copy_of(w, &action->letters[i]->message);
    }
    return true;
}

static void keep(session_world *w, session_member *m, const kw_session_action *action)
{
    for (size_t i = 0; i < action->letters_count; i++) {
        assert_in_range(m->kept_count, 0, KW_COUNT(m->kept) - 1);
        m->kept[m->kept_count++] = copy_of(w, &action->letters[i]->message);
    }
}

static void send(session_world *w, session_member *m, const kw_session_action *action, size_t to)
{
    for (size_t i = 0; i < action->letters_count; i++) {
        kw_authenticated copy = copy_of(w, &action->letters[i]->message);
        session_world_post(w, (size_t)(m - w->members), to, &copy);
    }
}

static void note_told(session_world *w, session_member *m, const kw_session_evidence *evidence)
{
    assert_in_range(m->told_count, 0, SESSION_WORLD_EVIDENCE_MAX - 1);
    session_told *told = &m->told[m->told_count++];
    const kw_audience *audience = kw_session_audience(m->session);
    told->number = evidence->number;
    told->culprit = *kw_audience_at(audience, evidence->culprit)->address;
    told->messages_count = evidence->letters_count;
    for (uint8_t i = 0; i < evidence->letters_count; i++) {
        told->messages[i] = copy_of(w, &evidence->letters[i]->message);
    }
}

static void act(session_world *w, session_member *m, const kw_session_action *action)
{
    switch (action->act) {
    case KW_SESSION_IDLE:
        break;
    case KW_SESSION_SEND:
        if (!save(w, m, action)) {
            break;
        }
        w->steps++;
        if (w->steps != w->crash_at || !w->crashes_unsent) {
            send(w, m, action, SESSION_WORLD_MAX);
        }
        if (w->steps == w->crash_at) {
            w->crashed = (size_t)(m - w->members);
            session_world_crash(w, w->crashed);
        }
        break;
    case KW_SESSION_RELAY:
        send(w, m, action, action->to == 0 ? SESSION_WORLD_MAX : place_of_rank(w, m, action->to));
        break;
    case KW_SESSION_PULL:
        m->pulls++;
        for (size_t i = 0; i < action->ids_count; i++) {
            answer(w, &w->members[place_of_rank(w, m, action->to)], (size_t)(m - w->members),
                   &action->ids[i]);
        }
        break;
    case KW_SESSION_KEEP:
        keep(w, m, action);
        break;
    case KW_SESSION_PREPARED:
        m->share = *kw_session_share(m->session);
        m->is_sealed = true;
        kw_session_share_sealed(m->session);
        break;
    case KW_SESSION_CANDIDATE:
        m->candidates++;
        break;
    case KW_SESSION_FRAUD:
        note_told(w, m, action->evidence);
        break;
    case KW_SESSION_ABORTED:
        if (w->trouble != NULL && w->now < m->setup.give_up_ms) {
            fall(w, m);
        } else {
            m->has_aborted = true;
        }
        break;
    }
}

static bool drain(session_world *w)
{
    bool is_busy = false;
    for (size_t i = 0; i < w->members_count; i++) {
        session_member *m = &w->members[i];
        kw_session_action action = {.act = KW_SESSION_IDLE};
        while (m->is_up) {
            trouble(w, m, true);
            kw_session_next(m->session, &action, w->now);
            trouble(w, m, false);
            if (action.act == KW_SESSION_IDLE) {
                break;
            }
            is_busy = true;
            act(w, m, &action);
        }
    }
    return is_busy;
}

static uint64_t wake_at(const session_world *w)
{
    uint64_t at = KW_SESSION_NEVER;
    for (size_t i = 0; i < w->queue_count; i++) {
        at = KW_MIN(at, w->queue[i].at_ms);
    }
    for (size_t i = 0; i < w->members_count; i++) {
        if (w->members[i].is_up) {
            at = KW_MIN(at, kw_session_wake_at(w->members[i].session));
        }
    }
    return at;
}

void session_world_run(session_world *w, uint64_t until_ms)
{
    for (;;) {
        bool is_busy = drain(w);
        is_busy = deliver(w) || is_busy;
        if (is_busy) {
            continue;
        }
        uint64_t at = wake_at(w);
        if (w->steps >= w->crash_at && w->resume_at <= KW_MIN(at, until_ms)) {
            w->now = KW_MAX(w->now, w->resume_at);
            w->resume_at = KW_SESSION_NEVER;
            session_world_resume(w, w->crashed);
            continue;
        }
        if (at > until_ms) {
            w->now = KW_MAX(w->now, until_ms);
            return;
        }
        assert_true(at > w->now); /* idle, and not before then: time stands still otherwise */
        w->now = at;
    }
}

/* ---- what must hold ---- */
static bool has_part(const session_world *w, size_t at, uint32_t mask)
{
    return w->members[at].new_index != 0 && (mask == 0 || (mask >> at & 1) != 0);
}

/* Interpolates the secret from the first t shares, and from the last t. */
static void expect_secret(session_world *w, uint32_t mask, const kw_group_g2 *master, bool is_last)
{
    const kw_group *group = w->options.group;
    uint32_t index[SESSION_WORLD_MAX];
    kw_group_scalar l[SESSION_WORLD_MAX];
    const kw_group_secret *shares[SESSION_WORLD_MAX];
    size_t count = 0;
    for (size_t k = 0; k < w->members_count && count < w->quorum.t; k++) {
        size_t i = is_last ? w->members_count - 1 - k : k;
        if (has_part(w, i, mask) && w->members[i].is_sealed) {
            index[count] = w->members[i].new_index;
            shares[count++] = &w->members[i].share;
        }
    }
    assert_int_equal(count, w->quorum.t);
    EXPECT_OK(group->lagrange_zero(l, index, count));
    kw_group_secret sum = {0};
    for (size_t i = 0; i < count; i++) {
        kw_group_secret part;
        group->secret_of_scalar(&part, &l[i]);
        group->secret_mul(&part, &part, shares[i]);
        group->secret_add(&sum, &sum, &part);
    }
    kw_group_g2 key;
    group->g2_base(&key, &sum);
    assert_true(group->g2_equal(&key, master));
}

void expect_epoch(session_world *w, uint32_t mask)
{
    const kw_group *group = w->options.group;
    kw_candidate first = {0};
    bool has_first = false;
    for (size_t i = 0; i < w->members_count; i++) {
        kw_candidate candidate;
        if (!has_part(w, i, mask)) {
            continue;
        }
        assert_true(w->members[i].is_up);
        assert_false(w->members[i].has_aborted);
        if (!kw_session_candidate(w->members[i].session, &candidate)) {
            print_error("member %zu has no candidate: phase %d\n", i,
                        (int)w->members[i].session->phase);
            fail();
        }
        if (!has_first) {
            first = candidate;
            has_first = true;
        }
        EXPECT_SPAN(KW_SPAN(candidate.digest.bytes), KW_SPAN(first.digest.bytes));
        assert_in_range(candidate.commits.count, w->quorum.q, w->quorum.n);
    }
    assert_true(has_first);
    expect_secret(w, mask, &first.polynomial[0], false);
    expect_secret(w, mask, &first.polynomial[0], true);
    if (w->options.n_old > 0) {
        assert_true(group->g2_equal(&first.polynomial[0], &w->old_polynomial[0]));
    }
}

void expect_no_evidence(const session_world *w)
{
    for (size_t i = 0; i < w->members_count; i++) {
        assert_int_equal(w->members[i].told_count, 0);
    }
}
