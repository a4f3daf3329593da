/* SPDX-License-Identifier: Apache-2.0
 * Whole sessions: a genesis of either suite, one that opens a dealer, and a reshare. Each member in
 * turn is an engine with the vectors' random numbers, the others are the vectors' messages. What it
 * says is what an independent implementation said, byte for byte. */
#include "support/session_stage.h"

/* Files, by their place in `files`. */
enum {
    GENESIS,
    RESHARE,
    FELDMAN,
    OPEN,
    FILES,
};

static threshold_file files[FILES];

/* Moments of the phases, in Delta: who did not deal is waited for, as who does not extract. */
static void run_session(session_stage *st)
{
    EXPECT_OK(kw_session_begin(&st->session, &st->setup, st->now));
    session_stage_run(st);
    session_stage_hear(st, KW_MESSAGE_HELLO, KW_INSTANCE_SET);
    session_stage_hear(st, KW_MESSAGE_DEAL, KW_INSTANCE_SET);
    session_stage_hear(st, KW_MESSAGE_SHARES, KW_INSTANCE_SET);
    st->now += 2 * SESSION_STAGE_DELTA_MS;
    session_stage_hear(st, KW_MESSAGE_HAVE, KW_INSTANCE_SET);
    for (unsigned type = KW_MESSAGE_ECHO; type <= KW_MESSAGE_EXTRACT; type++) {
        session_stage_hear(st, (kw_message_type)type, KW_INSTANCE_SET);
    }
    if (st->from.is_opening) {
        st->now += 2 * SESSION_STAGE_DELTA_MS;
        session_stage_run(st);
        for (unsigned type = KW_MESSAGE_PROPOSE; type <= KW_MESSAGE_PRECOMMIT; type++) {
            session_stage_hear(st, (kw_message_type)type, KW_INSTANCE_OPEN);
        }
    }
    session_stage_hear(st, KW_MESSAGE_RECONSTRUCT, KW_INSTANCE_SET);
    session_stage_hear(st, KW_MESSAGE_COMMIT, KW_INSTANCE_SET);
}

/* It said all that the vectors have of it. */
static void expect_all_said(const session_stage *st)
{
    unsigned wanted = 0;
    for (unsigned type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_COMMIT; type++) {
        bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
        for (int i = 0; i < (is_vote ? 2 : 1); i++) {
            kw_instance instance = i == 0 ? KW_INSTANCE_SET : KW_INSTANCE_OPEN;
            wanted += session_file_message(&st->from, (kw_message_type)type, instance,
                                           &st->setup.self) != NULL;
        }
    }
    assert_int_equal(st->said, wanted);
}

static void expect_end(session_stage *st)
{
    kw_candidate candidate;
    expect_all_said(st);
    assert_true(kw_session_candidate(st->session, &candidate));
    const kw_hash32 digest = threshold_hash(st->from.file->root, "digest");
    EXPECT_SPAN(KW_SPAN(candidate.digest.bytes), KW_SPAN(digest.bytes));
    assert_int_equal(candidate.commits.count, 4);
    uint16_t member = kw_roster_index(&st->from.roster_new, &st->setup.self);
    assert_int_equal(st->has_share, member != 0);
    if (member != 0) {
        kw_group_secret_bytes got;
        kw_group_secret_bytes wanted;
        const kw_group *group = st->setup.group;
        group->secret_encode(&got, &st->share);
        group->secret_encode(
            &wanted,
            &threshold_secrets(st->from.file, session_file_at(&st->from, "shares"))[member - 1]);
        assert_memory_equal(got.bytes, wanted.bytes, sizeof got.bytes);
    }
}

/* What every honest member reports of whom: number of the deed, 0: none; index of its dealer. */
typedef struct plot {
    uint8_t deed;
    uint16_t dealer;
} plot;

static void expect_deed(const session_stage *st, const plot *wanted)
{
    assert_int_equal(st->deed, wanted->deed);
    if (wanted->deed != 0) {
        kw_address guilty = st->from.roster_new.members[wanted->dealer - 1].address;
        assert_true(kw_address_equal(&st->who, &guilty));
    }
}

/* The session of that member of a roster. */
static void play(threshold_file *file, const char *roster, size_t at, plot wanted)
{
    static session_stage st;
    const kw_json *member = kw_json_item(json_tree_at(file->root, roster), at);
    session_stage_open(&st, file, member, &files[GENESIS]);
    session_stage_put_all(&st);
    run_session(&st);
    expect_end(&st);
    expect_deed(&st, &wanted);
    session_stage_close(&st);
}

static void genesis__is_made_byte_for_byte(void **state)
{
    (void)state;
    static const size_t honest[] = {0, 1, 3}; /* 1 complains about 2 */
    for (size_t i = 0; i < KW_COUNT(honest); i++) {
        play(&files[GENESIS], "roster", honest[i], (plot){1, 3});
    }
}

static void reshare__is_made_byte_for_byte(void **state)
{
    (void)state;
    /* Member 1 is new, 2 has no share to deal, 3 and 4 deal. */
    for (size_t at = 0; at < 4; at++) {
        play(&files[RESHARE], "roster_new", at, (plot){0});
    }
    const kw_json *roster = json_tree_at(files[RESHARE].root, "roster_old");
    for (size_t at = 0; at < 4; at++) { /* who leaves: deals and looks on */
        kw_address address = threshold_address(kw_json_item(roster, at), "address");
        const kw_json *staying = json_tree_at(files[RESHARE].root, "roster_new");
        if (session_file_of_address(staying, "address", &address) == NULL) {
            play(&files[RESHARE], "roster_old", at, (plot){0});
        }
    }
}

static void genesis_of_suite_1__is_made_byte_for_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < 4; at++) {
        play(&files[FELDMAN], "roster", at, (plot){0});
    }
}

static void opening__is_made_byte_for_byte(void **state)
{
    (void)state;
    static const size_t honest[] = {0, 2, 3};
    for (size_t i = 0; i < KW_COUNT(honest); i++) {
        play(&files[OPEN], "roster", honest[i], (plot){4, 2});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis__is_made_byte_for_byte),
        cmocka_unit_test(reshare__is_made_byte_for_byte),
    };
    const struct CMUnitTest own_tests[] = {
        cmocka_unit_test(genesis_of_suite_1__is_made_byte_for_byte),
        cmocka_unit_test(opening__is_made_byte_for_byte),
    };
    const threshold_suite suite = {.group = "threshold/session",
                                   .names = {"genesis.json", "reshare.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    const threshold_suite own = {.group = "threshold/session",
                                 .names = {"genesis_suite1.json", "open.json"},
                                 .is_own = true,
                                 .tests = own_tests,
                                 .count = KW_COUNT(own_tests)};
    return threshold_suite_run(&suite, files) + threshold_suite_run(&own, &files[FELDMAN]);
}
