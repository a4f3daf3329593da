/* SPDX-License-Identifier: Apache-2.0
 * A session that opens a dealer, from the moment when its dealer set is known: EXTRACT, votes on
 * whom to open, RECONSTRUCT, the polynomial and the own share, byte for byte. What comes before is
 * put into the session: not all vectors have it. */
#include "support/session_stage.h"
#include "threshold/engine/session/session_parts.h"

enum {
    LIAR = 2, /* its EXTRACT does not hold */
};

static threshold_file file;

static const kw_json *dealt(const session_stage *st, uint16_t dealer)
{
    const kw_json *row = session_file_dealing(&st->from, dealer);
    assert_non_null(row);
    return row;
}

static kw_group_secret *own_copy(session_stage *st, const kw_json *scalars)
{
    size_t n = kw_json_count(scalars);
    kw_group_secret *out = kw_arena_new(&st->secrets, n, sizeof *out);
    assert_non_null(out);
    memcpy(out, threshold_secrets(st->from.file, scalars), n * sizeof *out);
    return out;
}

/* As if SHARES had been opened. */
static void give_share(session_stage *st, session_deal *deal)
{
    const kw_group *group = st->setup.group;
    const kw_json *row = dealt(st, deal->place.dealer);
    uint16_t t = st->setup.fields.t_new;
    uint16_t member = st->session->self_new;
    const kw_group_secret *a = threshold_secrets(st->from.file, json_tree_at(row, "a"));
    const kw_group_secret *b = threshold_secrets(st->from.file, json_tree_at(row, "b"));
    deal->share = kw_arena_new(&st->secrets, 1, sizeof *deal->share);
    assert_non_null(deal->share);
    EXPECT_OK(group->poly_eval(&deal->share->f, a, t, member));
    EXPECT_OK(group->poly_eval(&deal->share->f2, b, t, member));
    assert_true(kw_share_matches(deal->share, group, &deal->deal.c, &st->setup.h, member));
    deal->share_state = SESSION_SHARE_GOOD;
    deal->state = SESSION_DEAL_SOUND;
}

static void give_dealing(session_stage *st, uint16_t dealer)
{
    const kw_authenticated message =
        session_file_authenticated(st->from.file, json_tree_at(dealt(st, dealer), "DEAL"));
    EXPECT_OK(kw_session_take(st->session, &message, 0, st->now));
    session_deal *deal = session_deal_of(st->session, dealer, &message.hash);
    assert_non_null(deal);
    give_share(st, deal);
    st->session->decided.refs[dealer - 1] = (kw_dealing_ref){dealer, message.hash};
}

static void give_polynomials(session_stage *st)
{
    uint16_t dealer = st->session->self_dealer;
    const kw_json *row = dealt(st, dealer);
    const kw_json *extraction = session_file_extraction(&st->from, dealer);
    st->session->polynomials = (kw_dealer_secrets){.t = st->setup.fields.t_new,
                                                   .a = own_copy(st, json_tree_at(row, "a")),
                                                   .b = own_copy(st, json_tree_at(row, "b")),
                                                   .nonce_a = threshold_secret(extraction, "ka"),
                                                   .nonce_b = threshold_secret(extraction, "kb")};
    st->session->has_polynomials = true;
}

/* The session has begun, and its dealer set is decided. */
static void give_set(session_stage *st)
{
    kw_session_action action;
    EXPECT_OK(kw_session_begin(&st->session, &st->setup, st->now));
    do {
        kw_session_next(st->session, &action, st->now);
    } while (action.act != KW_SESSION_IDLE && action.act != KW_SESSION_PULL);
    uint16_t dealers = (uint16_t)kw_json_count(session_file_at(&st->from, "D"));
    assert_int_equal(dealers, st->from.roster_new.n);
    for (uint16_t i = 1; i <= dealers; i++) {
        give_dealing(st, i);
    }
    give_polynomials(st);
    kw_session *s = st->session;
    s->decided.count = dealers;
    s->decided.is_known = true;
    s->has_set = true;
    s->decided_at = st->now;
    kw_wants_drop_all(&s->wants);
    session_start_extracts(s, st->now);
}

static void expect_end(const session_stage *st)
{
    const kw_group *group = st->setup.group;
    const kw_json *points = session_file_at(&st->from, "public_polynomial");
    const kw_group_g2 *polynomial = threshold_g2s(st->from.file, points);
    assert_non_null(st->session->polynomial);
    for (size_t k = 0; k < kw_json_count(points); k++) {
        assert_true(group->g2_equal(&st->session->polynomial[k], &polynomial[k]));
    }
    const kw_json *shares = session_file_at(&st->from, "shares");
    kw_group_secret_bytes got;
    kw_group_secret_bytes wanted;
    assert_true(st->has_share);
    group->secret_encode(&got, &st->share);
    group->secret_encode(&wanted,
                         &threshold_secrets(st->from.file, shares)[st->session->self_new - 1]);
    assert_memory_equal(got.bytes, wanted.bytes, sizeof got.bytes);
    const kw_address *liar = &st->from.roster_new.members[LIAR - 1].address;
    assert_int_equal(st->deed, 4);
    assert_true(kw_address_equal(&st->who, liar));
}

static void play(uint16_t member)
{
    static session_stage st;
    const kw_json *row = kw_json_item(json_tree_at(file.root, "roster"), member - 1U);
    session_stage_open(&st, &file, row, NULL);
    st.never_seals = true;
    give_set(&st);
    session_stage_run(&st);
    session_stage_hear(&st, KW_MESSAGE_EXTRACT, KW_INSTANCE_SET);
    assert_int_equal(st.said, 1); /* nobody opens before the time */
    st.now += 2 * SESSION_STAGE_DELTA_MS;
    session_stage_run(&st);
    for (unsigned type = KW_MESSAGE_PROPOSE; type <= KW_MESSAGE_PRECOMMIT; type++) {
        session_stage_hear(&st, (kw_message_type)type, KW_INSTANCE_OPEN);
    }
    const kw_json *agreement = json_tree_at(file.root, "agreement");
    bool proposes = json_tree_integer(agreement, "proposer_of_view_0") == member;
    assert_int_equal(st.said, proposes ? 5 : 4); /* votes and RECONSTRUCT besides */
    assert_false(st.has_share);
    session_stage_hear(&st, KW_MESSAGE_RECONSTRUCT, KW_INSTANCE_SET);
    expect_end(&st);
    session_stage_close(&st);
}

static void dealer__is_opened_byte_for_byte(void **state)
{
    (void)state;
    play(1);
    play(3);
    play(4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealer__is_opened_byte_for_byte),
    };
    const threshold_suite suite = {.group = "threshold/opening",
                                   .names = {"open.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, &file);
}
