/* SPDX-License-Identifier: Apache-2.0
 * Proposers, dealer sets and a whole agreement as an independent implementation made them. */
#include "threshold/engine/agreement/agreement.h"

#include "crypto/keccak.h"
#include "support/threshold_file.h"
#include "threshold/engine/agreement/agreement_message.h"
#include "threshold/engine/dealing/eligible.h"
#include "threshold/engine/agreement/opening.h"

enum {
    ECHOES_MAX = 16,
    DEALERS_MAX = 16,
};

static threshold_file files[3];
static threshold_file *const ids = &files[0];
static threshold_file *const dealer_set = &files[1];
static threshold_file *const opening = &files[2];

static uint16_t number(const kw_json *object, const char *name)
{
    return (uint16_t)json_tree_integer(object, name);
}

static void proposers__match(void **state)
{
    (void)state;
    const kw_json *rows = json_tree_at(ids->root, "proposers");
    assert_int_equal(kw_json_count(rows), 3);
    for (size_t i = 0; i < kw_json_count(rows); i++) {
        const kw_json *row = kw_json_item(rows, i);
        const kw_json *views = json_tree_at(row, "views");
        kw_hash32 iid = threshold_hash(row, "iid");
        assert_int_equal(kw_json_count(views), 8);
        for (uint32_t view = 0; view < kw_json_count(views); view++) {
            int64_t wanted = 0;
            assert_true(kw_json_integer(kw_json_item(views, view), &wanted));
            assert_int_equal(kw_agreement_proposer(&iid, number(row, "n"), view), wanted);
        }
    }
}

/* ECHOs of a case; the letter of a DEAL fills its hash. */
typedef struct echo_set {
    kw_judged_echo echoes[ECHOES_MAX];
    kw_echo bodies[ECHOES_MAX];
    kw_echo_entry entries[ECHOES_MAX][DEALERS_MAX];
    bool holds[ECHOES_MAX][DEALERS_MAX];
    size_t count;
} echo_set;

static kw_hash32 deal_of(kw_str letter)
{
    kw_hash32 hash;
    assert_int_equal(letter.len, 1);
    memset(hash.bytes, letter.ptr[0], sizeof hash.bytes);
    return hash;
}

static void read_set(echo_set *out, const kw_json *set)
{
    *out = (echo_set){.count = kw_json_count(set)};
    assert_in_range(out->count, 1, ECHOES_MAX);
    for (size_t i = 0; i < out->count; i++) {
        const kw_json *row = kw_json_item(set, i);
        const kw_json *statuses = json_tree_at(row, "statuses");
        assert_in_range(kw_json_count(statuses), 1, DEALERS_MAX);
        for (size_t k = 0; k < kw_json_count(statuses); k++) {
            const kw_json *status = kw_json_item(statuses, k);
            kw_echo_entry *entry = &out->entries[i][k];
            entry->verdict = (kw_echo_verdict)json_tree_integer(status, "status");
            if (entry->verdict != KW_ECHO_MISSING) {
                entry->deal = deal_of(json_tree_text(status, "hash"));
            }
            out->holds[i][k] =
                entry->verdict == KW_ECHO_COMPLAINT && json_tree_is_true(status, "valid");
        }
        out->bodies[i] = (kw_echo){out->entries[i], (uint16_t)kw_json_count(statuses)};
        out->echoes[i] = (kw_judged_echo){
            .ref = {number(row, "member"), {{(uint8_t)i}}},
            .echo = &out->bodies[i],
            .holds = out->holds[i],
        };
    }
}

static void expect_dealings(const kw_json *wanted, const kw_dealing_ref *got, uint16_t count)
{
    assert_int_equal(kw_json_count(wanted), count);
    for (uint16_t i = 0; i < count; i++) {
        const kw_json *row = kw_json_item(wanted, i);
        kw_hash32 hash = deal_of(json_tree_text(row, "hash"));
        assert_int_equal(got[i].dealer, number(row, "i"));
        EXPECT_SPAN(KW_SPAN(got[i].hash.bytes), KW_SPAN(hash.bytes));
    }
}

static void dealer_sets__match(void **state)
{
    (void)state;
    const kw_json *cases = json_tree_at(dealer_set->root, "cases");
    size_t refused = 0;
    assert_int_equal(kw_json_count(cases), 10);
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        const kw_json *row = kw_json_item(cases, i);
        const kw_json *wanted = json_tree_at(json_tree_at(row, "result"), "D");
        kw_eligible_rule rule = {.dealers = number(row, "dealers"),
                                 .least = number(row, "minimum")};
        EXPECT_OK(kw_quorum_of(&rule.quorum, number(row, "n"), KW_THRESHOLD_RATIO_DEFAULT));
        assert_int_equal(rule.quorum.q, number(row, "Q"));
        assert_int_equal(rule.quorum.f, number(row, "f"));
        echo_set set;
        read_set(&set, json_tree_at(row, "S"));
        print_message("%.*s\n", KW_STR_ARG(json_tree_text(row, "name")));
        kw_dealing_ref dealings[DEALERS_MAX];
        uint16_t count = 0;
        kw_status st = kw_eligible_dealings(dealings, &count, set.echoes, set.count, &rule);
        if (kw_json_count(wanted) == 0) {
            EXPECT_STATUS(st, KW_REFUSED);
            refused++;
        } else {
            EXPECT_OK(st);
            expect_dealings(wanted, dealings, count);
        }
    }
    assert_int_equal(refused, 2);
}

static kw_agreement_verdict refuse(void *ctx, const kw_agreement_message *proposal)
{
    KW_UNUSED(ctx);
    KW_UNUSED(proposal);
    return KW_AGREEMENT_REFUSED;
}

static kw_agreement_message read_message(threshold_file *file, const kw_json *row, uint16_t sender)
{
    const kw_message_scope scope = {.group = &kw_group_bls12_381,
                                    .kind = KW_SESSION_GENESIS,
                                    .suite = KW_SUITE_PEDERSEN,
                                    .n = 4,
                                    .t = 3,
                                    .dealers = 4,
                                    .instance = KW_INSTANCE_OPEN};
    kw_message message;
    kw_agreement_message read;
    kw_span payload = threshold_bytes(file, row, "payload");
    kw_hash32 id;
    kw_keccak256(&id, payload);
    EXPECT_OK(kw_message_decode(&message, &file->arena, payload, &scope));
    EXPECT_OK(kw_agreement_message_of(&read, &message, sender, &id, KW_INSTANCE_OPEN));
    return read;
}

/* An onlooker of the agreement on whom to open. */
static void opening__is_decided_by_its_votes(void **state)
{
    (void)state;
    const kw_json *agreement = json_tree_at(opening->root, "agreement");
    kw_hash32 value = threshold_hash(opening->root, "value");
    kw_agreement engine;
    kw_ballot_receipt receipt;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_agreement_setup setup = {.iid = threshold_hash(agreement, "instance_id"),
                                .delta_ms = 1250,
                                .arena = &arena,
                                .port = {.judge = refuse}};
    EXPECT_OK(kw_quorum_of(&setup.quorum, 4, KW_THRESHOLD_RATIO_DEFAULT));
    EXPECT_OK(kw_agreement_init(&engine, &setup));
    uint16_t proposer = number(agreement, "proposer_of_view_0");
    kw_agreement_message proposal =
        read_message(opening, json_tree_at(agreement, "PROPOSE"), proposer);
    EXPECT_SPAN(KW_SPAN(proposal.value.bytes), KW_SPAN(value.bytes));
    EXPECT_OK(kw_agreement_take(&engine, &receipt, &proposal, proposer));
    static const char *const kinds[] = {"PREVOTE", "PRECOMMIT"};
    kw_agreement_decision decision;
    for (size_t kind = 0; kind < KW_COUNT(kinds); kind++) {
        const kw_json *votes = json_tree_at(agreement, kinds[kind]);
        for (uint16_t i = 0; i < kw_json_count(votes); i++) {
            assert_int_equal(kw_agreement_decision_of(&engine, &decision), kind == 1 && i >= 3);
            kw_agreement_message vote =
                read_message(opening, kw_json_item(votes, i), (uint16_t)(i + 1));
            EXPECT_OK(kw_agreement_take(&engine, &receipt, &vote, vote.sender));
        }
    }
    assert_true(kw_agreement_decision_of(&engine, &decision));
    EXPECT_SPAN(KW_SPAN(decision.value.bytes), KW_SPAN(value.bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposers__match),
        cmocka_unit_test(dealer_sets__match),
        cmocka_unit_test(opening__is_decided_by_its_votes),
    };
    const threshold_suite suite = {.group = "threshold/agreement",
                                   .names = {"ids.json", "dealer_set.json", "open.json"},
                                   .tests = tests,
                                   .count = KW_COUNT(tests)};
    return threshold_suite_run(&suite, files);
}
