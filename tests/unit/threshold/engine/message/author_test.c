/* SPDX-License-Identifier: Apache-2.0
 * Which of its keys a member signs what with. */
#include "threshold/engine/message/author.h"

#include "support/expect.h"
#include "support/peers.h"

enum {
    LEAVER,  /* in the old roster */
    STAYER,  /* in both, with another key in each */
    JOINER,  /* in the new roster */
    PERSONS, /* and a stranger behind them */
};

typedef struct desk {
    kw_arena arena;
    peer before[PERSONS + 1];
    peer after[PERSONS + 1];
    kw_roster old_one;
    kw_roster new_one;
    kw_author_rosters reshare;
    kw_author_rosters genesis;
} desk;

static void open_desk(desk *d)
{
    *d = (desk){.arena = kw_arena_init(1 << 20)};
    for (uint32_t i = 0; i <= PERSONS; i++) {
        peer_make(&d->before[i], i + 1, PEER_ED25519);
        peer_make(&d->after[i], i + 100, PEER_ED25519);
        d->after[i].address = d->before[i].address;
    }
    d->old_one = peers_roster(&d->before[LEAVER], 2, &d->arena);
    d->new_one = peers_roster(&d->after[STAYER], 2, &d->arena);
    d->reshare = (kw_author_rosters){&d->old_one, &d->new_one};
    d->genesis = (kw_author_rosters){&d->new_one, &d->new_one};
}

/* The peer with the key; NULL: nobody may send it. */
static void expect_author(const desk *d, kw_message_type type, kw_instance instance, size_t person,
                          const peer *wanted)
{
    const kw_message_header header = {.type = type, .sender = d->before[person].address};
    const kw_member *author = kw_author_of(&d->reshare, &header, instance);
    if (wanted == NULL) {
        assert_null(author);
        return;
    }
    assert_non_null(author);
    EXPECT_SPAN(((kw_span){author->key_bytes, author->scheme->key_bytes}),
                ((kw_span){wanted->key_bytes, author->scheme->key_bytes}));
}

static void author_of__deals_and_hands_over_with_the_key_of_the_old_roster(void **state)
{
    (void)state;
    static const kw_message_type types[] = {KW_MESSAGE_DEAL, KW_MESSAGE_SHARES, KW_MESSAGE_EXTRACT,
                                            KW_MESSAGE_SEAL};
    static const kw_message_type votes[] = {KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
                                            KW_MESSAGE_PRECOMMIT};
    desk d;
    open_desk(&d);
    for (size_t i = 0; i < KW_COUNT(types); i++) {
        expect_author(&d, types[i], KW_INSTANCE_SET, LEAVER, &d.before[LEAVER]);
        expect_author(&d, types[i], KW_INSTANCE_SET, STAYER, &d.before[STAYER]);
        expect_author(&d, types[i], KW_INSTANCE_SET, JOINER, NULL);
    }
    for (size_t i = 0; i < KW_COUNT(votes); i++) {
        expect_author(&d, votes[i], KW_INSTANCE_HANDOVER, LEAVER, &d.before[LEAVER]);
        expect_author(&d, votes[i], KW_INSTANCE_HANDOVER, STAYER, &d.before[STAYER]);
        expect_author(&d, votes[i], KW_INSTANCE_HANDOVER, JOINER, NULL);
    }
    kw_arena_drop(&d.arena);
}

static void author_of__receives_and_votes_with_the_key_of_the_new_roster(void **state)
{
    (void)state;
    static const kw_message_type types[] = {
        KW_MESSAGE_HAVE,      KW_MESSAGE_ECHO,        KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
        KW_MESSAGE_PRECOMMIT, KW_MESSAGE_RECONSTRUCT, KW_MESSAGE_COMMIT};
    desk d;
    open_desk(&d);
    for (size_t i = 0; i < KW_COUNT(types); i++) {
        for (int instance = KW_INSTANCE_SET; instance <= KW_INSTANCE_OPEN; instance++) {
            expect_author(&d, types[i], (kw_instance)instance, LEAVER, NULL);
            expect_author(&d, types[i], (kw_instance)instance, STAYER, &d.after[STAYER]);
            expect_author(&d, types[i], (kw_instance)instance, JOINER, &d.after[JOINER]);
        }
    }
    kw_arena_drop(&d.arena);
}

static void author_of__says_hello_with_the_newest_key(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    expect_author(&d, KW_MESSAGE_HELLO, KW_INSTANCE_SET, LEAVER, &d.before[LEAVER]);
    expect_author(&d, KW_MESSAGE_HELLO, KW_INSTANCE_SET, STAYER, &d.after[STAYER]);
    expect_author(&d, KW_MESSAGE_HELLO, KW_INSTANCE_SET, JOINER, &d.after[JOINER]);
    expect_author(&d, KW_MESSAGE_HELLO, KW_INSTANCE_SET, PERSONS, NULL);
    kw_arena_drop(&d.arena);
}

static void author_of__knows_one_roster_at_genesis(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    for (int type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_SEAL; type++) {
        const kw_message_header header = {.type = (kw_message_type)type,
                                          .sender = d.before[STAYER].address};
        assert_ptr_equal(kw_author_roster(&d.genesis, &header, KW_INSTANCE_HANDOVER), &d.new_one);
        assert_non_null(kw_author_of(&d.genesis, &header, KW_INSTANCE_HANDOVER));
        const kw_message_header stranger = {.type = (kw_message_type)type,
                                            .sender = d.before[LEAVER].address};
        assert_null(kw_author_of(&d.genesis, &stranger, KW_INSTANCE_HANDOVER));
    }
    kw_arena_drop(&d.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(author_of__deals_and_hands_over_with_the_key_of_the_old_roster),
        cmocka_unit_test(author_of__receives_and_votes_with_the_key_of_the_new_roster),
        cmocka_unit_test(author_of__says_hello_with_the_newest_key),
        cmocka_unit_test(author_of__knows_one_roster_at_genesis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
