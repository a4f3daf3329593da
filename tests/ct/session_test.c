/* SPDX-License-Identifier: Apache-2.0
 * A session from HELLO to its share, with everything that it draws poisoned: session key,
 * polynomials, nonces, the share. Its records are written in poison, too, and who goes on from one
 * has the same secrets, still poisoned. */
#include "threshold/engine/session/session.h"

#include "support/ct.h"
#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/toy_peer.h"
#include "threshold/engine/group/generator.h"

enum {
    BOUNDARY_S = 1000,
    DELTA_MS = 1000,
    RECORD_BYTES = 1 << 16,
    OWN_MAX = 16,
    TURNS_MAX = 200,
};

typedef struct desk {
    kw_arena arena;
    kw_address address;
    kw_roster nobody;
    kw_roster roster;
    seeded_rng seeded;
    kw_session_setup setup;
    kw_arena lasting;
    kw_arena secrets;
    kw_arena scratch;
    kw_group_secret source;
    kw_group_g2 polynomial_old;
    kw_session *session;
    kw_authenticated own[OWN_MAX];
    size_t own_count;
    kw_group_g2 key; /* of the share */
    uint64_t now;
} desk;

/* Scalars are drawn from KW_GROUP_WIDE_BYTES each; weights of batches, which are public, from fewer
 * for one member. */
static kw_status fill(void *ctx, kw_mspan out)
{
    kw_rng port = seeded_rng_port(ctx);
    KW_TRY(port.fill(port.ctx, out));
    if (out.len % KW_GROUP_WIDE_BYTES == 0) {
        KW_POISON(out.ptr, out.len);
    }
    return KW_OK;
}

/* Alone: it deals to itself. */
static void open_desk(desk *d, uint8_t suite, bool is_reshare)
{
    const kw_group *group = &kw_group_bls12_381;
    *d = (desk){.arena = kw_arena_init(1 << 16),
                .address = toy_peer_address(1),
                .seeded = {.seed = suite},
                .now = BOUNDARY_S * 1000};
    const kw_roster_entry entry = toy_peer_entry(&d->address);
    const kw_roster_source source = {&entry, 1, &toy_peer_schemes, false};
    kw_error err;
    EXPECT_OK(kw_roster_make(&d->roster, &d->arena, &source, &err));
    d->setup = (kw_session_setup){
        .group = group,
        .fields = {.kind = is_reshare ? KW_SESSION_RESHARE : KW_SESSION_GENESIS,
                   .epoch = is_reshare ? 2 : 1,
                   .timestamp = BOUNDARY_S,
                   .roster_old = is_reshare ? d->roster.hash : d->nobody.hash,
                   .roster_new = d->roster.hash,
                   .t_old = is_reshare ? 1 : 0,
                   .t_new = 1,
                   .suite = suite},
        .roster_old = is_reshare ? &d->roster : &d->nobody,
        .roster_new = &d->roster,
        .delta_ms = DELTA_MS,
        .give_up_ms = UINT64_MAX,
        .self = d->address,
        .signer = toy_peer_signer(&d->address),
        .rng = {fill, &d->seeded},
        .memory = {&d->lasting, &d->secrets, &d->scratch},
    };
    kw_pedersen_generator(&d->setup.h, group, &d->setup.cluster_id, &d->setup.cluster_id);
    EXPECT_OK(kw_quorum_of_threshold(&d->setup.quorum, 1, 1));
    if (is_reshare) {
        kw_group_scalar seven = group->scalar_of_u64(7);
        group->secret_of_scalar(&d->source, &seven);
        group->g2_base(&d->polynomial_old, &d->source);
        KW_POISON(&d->source, sizeof d->source);
        d->setup.source = &d->source;
        d->setup.polynomial_old = &d->polynomial_old;
    }
    const kw_session_memory_bytes bytes = kw_session_memory_bytes_of(&d->setup);
    d->lasting = kw_arena_init(bytes.lasting);
    d->secrets = kw_arena_init(bytes.secrets);
    d->scratch = kw_arena_init(bytes.scratch);
}

static void drop_session(desk *d)
{
    kw_session_drop(d->session);
    kw_arena_drop(&d->lasting);
    kw_arena_drop(&d->secrets);
    kw_arena_drop(&d->scratch);
}

/* Everything of the action is durable; then the session may forget, and go on from its record. */
static void keep(desk *d, const kw_session_action *action, bool restarts)
{
    KW_AUTO(kw_secret_bytes) record = kw_secret_bytes_init(RECORD_BYTES);
    EXPECT_OK(kw_session_save(d->session, &record));
    for (size_t i = 0; i < action->letters_count; i++) {
        kw_authenticated *own = &d->own[d->own_count++];
        assert_in_range(d->own_count, 1, OWN_MAX);
        *own = action->letters[i]->message;
        EXPECT_OK(kw_arena_copy_span(&d->arena, &own->payload, own->payload));
    }
    if (!restarts) {
        return;
    }
    drop_session(d);
    const kw_authenticated_list own = {d->own, d->own_count};
    EXPECT_OK(
        kw_session_resume(&d->session, &d->setup, kw_secret_bytes_view(&record), own, d->now));
}

/* What its share is to others: a key, which is public. */
static void note_share(desk *d)
{
    d->setup.group->g2_base(&d->key, kw_session_share(d->session));
    kw_declassify_group_g2(&d->key, "the key of the only member is the master key");
    kw_session_share_sealed(d->session);
}

static void expect_key(const desk *d)
{
    kw_candidate candidate;
    assert_true(kw_session_candidate(d->session, &candidate));
    assert_true(d->setup.group->g2_equal(&d->key, &candidate.polynomial[0]));
}

static void run(desk *d, bool restarts)
{
    EXPECT_OK(kw_session_begin(&d->session, &d->setup, d->now));
    kw_session_action action = {.act = KW_SESSION_IDLE};
    for (size_t turns = 0; action.act != KW_SESSION_CANDIDATE; turns++) {
        assert_in_range(turns, 0, TURNS_MAX);
        kw_session_next(d->session, &action, d->now);
        if (action.act == KW_SESSION_SEND) {
            keep(d, &action, restarts);
        } else if (action.act == KW_SESSION_PREPARED) {
            note_share(d);
        } else if (action.act == KW_SESSION_IDLE) {
            d->now = kw_session_wake_at(d->session);
        }
    }
    expect_key(d);
    drop_session(d);
    kw_arena_drop(&d->arena);
}

static void run_all(bool restarts)
{
    desk d;
    for (uint8_t suite = KW_SUITE_FELDMAN; suite <= KW_SUITE_PEDERSEN; suite++) {
        open_desk(&d, suite, false);
        run(&d, restarts);
    }
    open_desk(&d, KW_SUITE_FELDMAN, true);
    run(&d, restarts);
}

static void session__does_not_branch(void **state)
{
    (void)state;
    run_all(false);
}

static void session__goes_on_from_its_records(void **state)
{
    (void)state;
    run_all(true);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(session__does_not_branch),
        cmocka_unit_test(session__goes_on_from_its_records),
    };
    return curve_run_on_backends("ct/session", tests, KW_COUNT(tests));
}
