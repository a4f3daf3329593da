/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/dealing/eligible.h"

#include "support/expect.h"
#include "support/random_source.h"

enum {
    MEMBERS = 7, /* f = 2, q = 5: three oks make a dealing eligible */
    DEALERS = 3,
    ECHOES_MAX = 2 * MEMBERS,
};

/* ECHOs in a row; each begins as ok for deal 'a' of every dealer, of members 1, 2, .. */
typedef struct echo_desk {
    kw_judged_echo echoes[ECHOES_MAX];
    kw_echo bodies[ECHOES_MAX];
    kw_echo_entry entries[ECHOES_MAX][DEALERS];
    bool holds[ECHOES_MAX][DEALERS];
    kw_eligible_rule rule;
    kw_dealing_ref out[DEALERS];
    uint16_t count;
} echo_desk;

static kw_hash32 deal(char letter)
{
    kw_hash32 hash;
    memset(hash.bytes, letter, sizeof hash.bytes);
    return hash;
}

static void say(echo_desk *desk, size_t echo, size_t dealer, kw_echo_verdict verdict, char letter)
{
    desk->entries[echo][dealer - 1] = (kw_echo_entry){.verdict = verdict, .deal = deal(letter)};
}

static void open_desk(echo_desk *desk)
{
    *desk = (echo_desk){
        .rule = {.quorum = {.n = 7, .f = 2, .t = 5, .q = 5, .b = 5}, .dealers = DEALERS}};
    for (size_t i = 0; i < ECHOES_MAX; i++) {
        desk->bodies[i] = (kw_echo){desk->entries[i], DEALERS};
        desk->echoes[i] = (kw_judged_echo){.ref = {(uint16_t)(i + 1), deal('e')},
                                           .echo = &desk->bodies[i],
                                           .holds = desk->holds[i]};
        for (size_t dealer = 1; dealer <= DEALERS; dealer++) {
            say(desk, i, dealer, KW_ECHO_OK, 'a');
        }
    }
}

static kw_status judge(echo_desk *desk, size_t count)
{
    return kw_eligible_dealings(desk->out, &desk->count, desk->echoes, count, &desk->rule);
}

static void expect_dealers(echo_desk *desk, size_t count, const char *wanted)
{
    char got[DEALERS + 1] = "";
    EXPECT_OK(judge(desk, count));
    for (uint16_t i = 0; i < desk->count; i++) {
        got[i] = (char)('0' + desk->out[i].dealer);
    }
    assert_string_equal(got, wanted);
}

static void dealings__need_three_oks_for_one_hash(void **state)
{
    (void)state;
    echo_desk desk;
    open_desk(&desk);
    for (size_t i = 0; i < 5; i++) {
        say(&desk, i, 2, i < 2 ? KW_ECHO_OK : KW_ECHO_MISSING, 'a');
        say(&desk, i, 3, KW_ECHO_OK, i < 2 ? 'a' : 'b');
    }
    expect_dealers(&desk, 5, "13");
    EXPECT_SPAN(KW_SPAN(desk.out[1].hash.bytes), KW_SPAN(deal('b').bytes));
    say(&desk, 4, 3, KW_ECHO_OK, 'c');
    expect_dealers(&desk, 5, "1");
    for (size_t i = 0; i < 7; i++) { /* three and three: two dealings of one dealer */
        say(&desk, i, 3, i == 6 ? KW_ECHO_MISSING : KW_ECHO_OK, i % 2 == 0 ? 'b' : 'a');
    }
    expect_dealers(&desk, 7, "12");
    say(&desk, 0, 3, KW_ECHO_OK, 'c');
    expect_dealers(&desk, 7, "123");
}

static void complaint__excludes_if_it_holds_and_names_that_deal(void **state)
{
    (void)state;
    echo_desk desk;
    open_desk(&desk);
    for (size_t dealer = 1; dealer <= DEALERS; dealer++) {
        say(&desk, 0, dealer, KW_ECHO_COMPLAINT, dealer == 2 ? 'b' : 'a');
        desk.holds[0][dealer - 1] = dealer != 3;
    }
    expect_dealers(&desk, 5, "23");
    desk.echoes[0].holds = NULL;
    expect_dealers(&desk, 5, "123");
}

static void complaint__is_no_ok(void **state)
{
    (void)state;
    echo_desk desk;
    open_desk(&desk);
    for (size_t i = 0; i < 5; i++) {
        say(&desk, i, 1, i < 2 ? KW_ECHO_OK : KW_ECHO_COMPLAINT, 'a');
    }
    expect_dealers(&desk, 5, "23");
}

static void equivocator__counts_only_by_its_complaints(void **state)
{
    (void)state;
    echo_desk desk;
    open_desk(&desk);
    desk.echoes[5].ref = (kw_echo_ref){6, deal('e')};
    desk.echoes[6].ref = (kw_echo_ref){6, deal('f')};
    for (size_t i = 0; i < 5; i++) {
        say(&desk, i, 1, i < 2 ? KW_ECHO_OK : KW_ECHO_MISSING, 'a');
    }
    expect_dealers(&desk, 7, "23"); /* 2 oks, and those of the equivocator */
    say(&desk, 6, 2, KW_ECHO_COMPLAINT, 'a');
    desk.holds[6][1] = true;
    expect_dealers(&desk, 7, "3");
    desk.echoes[4].ref = (kw_echo_ref){5, deal('e')};
    desk.echoes[5].ref = (kw_echo_ref){5, deal('f')};
    EXPECT_STATUS(judge(&desk, 6), KW_REFUSED); /* four members stand there once */
}

static void dealings__need_enough_members_and_dealers(void **state)
{
    (void)state;
    echo_desk desk;
    open_desk(&desk);
    EXPECT_STATUS(judge(&desk, 0), KW_REFUSED);
    EXPECT_STATUS(judge(&desk, 4), KW_REFUSED);
    EXPECT_OK(judge(&desk, 5));
    desk.rule.least = 3;
    EXPECT_OK(judge(&desk, 5));
    desk.count = 9;
    for (size_t i = 0; i < 5; i++) {
        say(&desk, i, 1, KW_ECHO_MISSING, 0);
    }
    EXPECT_STATUS(judge(&desk, 5), KW_REFUSED);
    assert_int_equal(desk.count, 9);
}

static void dealings__refuse_a_set_without_its_order(void **state)
{
    (void)state;
    static const struct {
        kw_echo_ref second;
        kw_echo_ref third;
    } cases[] = {
        {{0, {{0}}}, {3, {{0}}}},        {{8, {{0}}}, {9, {{0}}}},
        {{3, {{0}}}, {2, {{0}}}},        {{2, {{5}}}, {2, {{5}}}},
        {{2, {{6}}}, {2, {{5}}}},        {{1, {{'e', 'e'}}}, {1, {{'f'}}}},
        {{1, {{'f'}}}, {1, {{'f', 1}}}},
    };
    echo_desk desk;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        open_desk(&desk);
        desk.echoes[1].ref = cases[i].second;
        desk.echoes[2].ref = cases[i].third;
        EXPECT_STATUS(judge(&desk, 7), KW_BAD_INPUT);
    }
    open_desk(&desk);
    desk.bodies[3].count = DEALERS - 1;
    EXPECT_STATUS(judge(&desk, 7), KW_BAD_INPUT);
}

/* Counting each hash by itself, as the design says it. */
static bool has_enough_oks(const echo_desk *desk, size_t count, size_t dealer, char letter)
{
    size_t oks = 0;
    for (size_t i = 0; i < count; i++) {
        kw_hash32 wanted = deal(letter);
        const kw_echo_entry *entry = &desk->entries[i][dealer - 1];
        oks += entry->verdict == KW_ECHO_OK && memcmp(&entry->deal, &wanted, sizeof wanted) == 0;
    }
    return oks >= 3;
}

static void dealings__are_those_that_counting_finds(void **state)
{
    (void)state;
    random_source random = random_new("eligible");
    for (int run = 0; run < 3000; run++) {
        echo_desk desk;
        open_desk(&desk);
        size_t count = 5 + random_below(&random, 3);
        char letters = (char)(1 + random_below(&random, 4));
        for (size_t i = 0; i < count; i++) {
            for (size_t dealer = 1; dealer <= DEALERS; dealer++) {
                say(&desk, i, dealer, random_below(&random, 8) == 0 ? KW_ECHO_MISSING : KW_ECHO_OK,
                    (char)('a' + random_below(&random, (uint64_t)letters)));
            }
        }
        char wanted[DEALERS + 1] = "";
        size_t len = 0;
        for (size_t dealer = 1; dealer <= DEALERS; dealer++) {
            size_t eligible = 0;
            for (char letter = 'a'; letter < 'a' + letters; letter++) {
                eligible += has_enough_oks(&desk, count, dealer, letter);
            }
            if (eligible == 1) {
                wanted[len++] = (char)('0' + dealer);
            }
        }
        expect_dealers(&desk, count, wanted);
    }
}

static void wanted__is_what_the_set_lacks(void **state)
{
    (void)state;
    static const kw_echo_ref own[] = {{1, {{1}}}, {2, {{2}}}, {3, {{3}}}, {5, {{5}}}, {6, {{6}}}};
    static const kw_echo_ref set[] = {{1, {{1}}}, {2, {{9}}}, {3, {{8}}}, {3, {{9}}},
                                      {4, {{4}}}, {6, {{5}}}, {6, {{6}}}};
    kw_hash32 out[KW_COUNT(own)];
    assert_int_equal(kw_eligible_wanted(out, own, KW_COUNT(own), set, KW_COUNT(set)), 2);
    assert_int_equal(out[0].bytes[0], 2); /* another ECHO of that sender alone is not enough */
    assert_int_equal(out[1].bytes[0], 5);
    assert_int_equal(kw_eligible_wanted(out, own, KW_COUNT(own), own, KW_COUNT(own)), 0);
    assert_int_equal(kw_eligible_wanted(out, own, 0, set, KW_COUNT(set)), 0);
    assert_int_equal(kw_eligible_wanted(out, own, KW_COUNT(own), NULL, 0), KW_COUNT(own));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealings__need_three_oks_for_one_hash),
        cmocka_unit_test(complaint__excludes_if_it_holds_and_names_that_deal),
        cmocka_unit_test(complaint__is_no_ok),
        cmocka_unit_test(equivocator__counts_only_by_its_complaints),
        cmocka_unit_test(dealings__need_enough_members_and_dealers),
        cmocka_unit_test(dealings__refuse_a_set_without_its_order),
        cmocka_unit_test(dealings__are_those_that_counting_finds),
        cmocka_unit_test(wanted__is_what_the_set_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
