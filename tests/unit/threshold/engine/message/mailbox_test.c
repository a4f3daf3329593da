/* SPDX-License-Identifier: Apache-2.0
 * What is kept of the messages of others. */
#include "threshold/engine/message/mailbox.h"

#include "crypto/keccak.h"
#include "support/expect.h"

enum {
    SENDERS = 3,
    BODY_BYTES = 40,
};

/* Room for `bodies` bodies of each sender. */
static kw_mailbox open_mailbox(kw_arena *arena, size_t bodies)
{
    *arena = kw_arena_init(1 << 16);
    kw_mailbox mailbox;
    EXPECT_OK(kw_mailbox_init(&mailbox, arena, SENDERS, bodies * (sizeof(kw_letter) + BODY_BYTES)));
    return mailbox;
}

/* A body that differs from others by `number`; the bytes are overwritten by the next one. */
static kw_authenticated body(uint8_t number)
{
    static _Thread_local uint8_t bytes[BODY_BYTES];
    memset(bytes, number, sizeof bytes);
    kw_authenticated message = {.payload = KW_SPAN(bytes), .signature = {.len = 64}};
    kw_keccak256(&message.hash, message.payload);
    return message;
}

static kw_status add(kw_mailbox *mailbox, kw_letter **out, kw_letter_place place, uint8_t number)
{
    kw_authenticated message = body(number);
    return kw_mailbox_add(mailbox, out, &place, &message, KW_LETTER_TWO);
}

static const kw_letter_place hello = {.sender = 1, .type = KW_MESSAGE_HELLO};

static void mailbox_add__keeps_a_copy_that_is_found_by_hash(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 4);
    kw_letter *kept = NULL;
    EXPECT_OK(add(&mailbox, &kept, hello, 1));
    kw_authenticated other = body(2);
    assert_null(kw_mailbox_find(&mailbox, &other.hash));
    kw_authenticated same = body(1);
    const kw_letter *found = kw_mailbox_find(&mailbox, &same.hash);
    assert_ptr_equal(found, kept);
    assert_ptr_not_equal(found->message.payload.ptr, same.payload.ptr);
    EXPECT_SPAN(found->message.payload, same.payload);
    assert_int_equal(found->message.signature.len, 64);
    kw_letter *again = NULL;
    EXPECT_STATUS(add(&mailbox, &again, hello, 1), KW_END);
    assert_ptr_equal(again, kept);
    assert_null(kept->second);
    kw_arena_drop(&arena);
}

static void mailbox_add__keeps_two_bodies_of_a_place_as_evidence(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 4);
    kw_letter *first = NULL;
    kw_letter *second = NULL;
    kw_letter *third = NULL;
    EXPECT_OK(add(&mailbox, &first, hello, 1));
    EXPECT_STATUS(add(&mailbox, &second, hello, 2), KW_CONFLICT);
    assert_ptr_equal(first->second, second);
    assert_ptr_equal(kw_mailbox_at(&mailbox, &hello), first);
    EXPECT_STATUS(add(&mailbox, &third, hello, 3), KW_REFUSED);
    kw_authenticated refused = body(3);
    assert_null(kw_mailbox_find(&mailbox, &refused.hash));
    kw_arena_drop(&arena);
}

static void mailbox_add__keeps_a_third_body_that_is_wanted(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 2);
    kw_letter *letter = NULL;
    EXPECT_OK(add(&mailbox, &letter, hello, 1));
    EXPECT_STATUS(add(&mailbox, &letter, hello, 2), KW_CONFLICT);
    kw_authenticated wanted = body(3);
    EXPECT_STATUS(kw_mailbox_add(&mailbox, &letter, &hello, &wanted, KW_LETTER_WANTED),
                  KW_CONFLICT);
    const kw_letter *at = kw_mailbox_at(&mailbox, &hello);
    assert_ptr_equal(at->second->second, letter);
    assert_null(letter->second);
    assert_ptr_equal(kw_mailbox_find(&mailbox, &wanted.hash), letter);
    kw_arena_drop(&arena);
}

static void mailbox_add__keeps_all_votes_that_a_sender_can_pay_for(void **state)
{
    (void)state;
    kw_arena arena = kw_arena_init(1 << 16);
    kw_mailbox mailbox;
    EXPECT_OK(kw_mailbox_init(&mailbox, &arena, SENDERS, 3 * (sizeof(kw_letter) + 256)));
    const kw_letter_place vote = {1, KW_MESSAGE_PREVOTE, KW_INSTANCE_SET, 0};
    for (uint8_t i = 0; i < 4; i++) {
        const kw_status wanted[] = {KW_OK, KW_CONFLICT, KW_CONFLICT, KW_LIMIT};
        kw_letter *letter = NULL;
        kw_authenticated message = body(i);
        EXPECT_STATUS(kw_mailbox_add(&mailbox, &letter, &vote, &message, KW_LETTER_MANY),
                      wanted[i]);
    }
    kw_arena_drop(&arena);
}

static void mailbox_add__tells_places_apart(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 8);
    const kw_letter_place vote = {1, KW_MESSAGE_PREVOTE, KW_INSTANCE_SET, 0};
    const kw_letter_place places[] = {
        vote,
        {2, vote.type, vote.instance, vote.view},
        {vote.sender, KW_MESSAGE_PRECOMMIT, vote.instance, vote.view},
        {vote.sender, vote.type, KW_INSTANCE_OPEN, vote.view},
        {vote.sender, vote.type, vote.instance, 1},
    };
    kw_letter *letters[KW_COUNT(places)] = {NULL};
    for (size_t i = 0; i < KW_COUNT(places); i++) {
        EXPECT_OK(add(&mailbox, &letters[i], places[i], (uint8_t)(i + 1)));
    }
    for (size_t i = 0; i < KW_COUNT(places); i++) {
        assert_ptr_equal(kw_mailbox_at(&mailbox, &places[i]), letters[i]);
        assert_null(letters[i]->second);
    }
    assert_null(kw_mailbox_at(&mailbox, &hello));
    kw_arena_drop(&arena);
}

static void mailbox_add__bounds_the_bytes_of_each_sender(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 2);
    kw_letter *letter = NULL;
    kw_letter_place vote = {1, KW_MESSAGE_PREVOTE, KW_INSTANCE_SET, 0};
    EXPECT_OK(add(&mailbox, &letter, vote, 1));
    vote.view = 1;
    EXPECT_OK(add(&mailbox, &letter, vote, 2));
    vote.view = 2;
    EXPECT_STATUS(add(&mailbox, &letter, vote, 3), KW_LIMIT);
    assert_null(kw_mailbox_at(&mailbox, &vote));
    assert_false(kw_mailbox_charge(&mailbox, 1, 1));
    assert_true(kw_mailbox_charge(&mailbox, 2, sizeof(kw_letter) + BODY_BYTES));
    vote.sender = 2;
    EXPECT_OK(add(&mailbox, &letter, vote, 4));
    vote.view = 3;
    EXPECT_STATUS(add(&mailbox, &letter, vote, 5), KW_LIMIT);
    kw_arena_drop(&arena);
}

static void mailbox_add__refuses_a_full_arena(void **state)
{
    (void)state;
    kw_arena arena = kw_arena_init(2048);
    kw_mailbox mailbox;
    EXPECT_OK(kw_mailbox_init(&mailbox, &arena, SENDERS, SIZE_MAX));
    kw_status st = KW_OK;
    for (uint8_t i = 0; i < 30 && st == KW_OK; i++) {
        kw_letter *letter = NULL;
        st =
            add(&mailbox, &letter, (kw_letter_place){1, KW_MESSAGE_PREVOTE, KW_INSTANCE_SET, i}, i);
    }
    EXPECT_STATUS(st, KW_LIMIT);
    kw_arena_drop(&arena);
    arena = kw_arena_init(64);
    EXPECT_STATUS(kw_mailbox_init(&mailbox, &arena, SENDERS, SIZE_MAX), KW_LIMIT);
    kw_arena_drop(&arena);
}

static void mailbox_name__finds_all_letters_of_a_name(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 4);
    kw_letter *first = NULL;
    kw_letter *second = NULL;
    EXPECT_OK(add(&mailbox, &first, hello, 1));
    EXPECT_STATUS(add(&mailbox, &second, hello, 2), KW_CONFLICT);
    const kw_hash32 root = {{0xaa, 1}};
    const kw_hash32 other = {{0xaa, 1, 0, 0, 1}}; /* same bucket */
    assert_null(kw_mailbox_named(&mailbox, &root, NULL));
    kw_mailbox_name(&mailbox, first, &root);
    assert_ptr_equal(kw_mailbox_named(&mailbox, &root, NULL), first);
    kw_mailbox_name(&mailbox, first, &other);
    kw_mailbox_name(&mailbox, second, &root);
    assert_ptr_equal(kw_mailbox_named(&mailbox, &root, NULL), first); /* no copy hides it */
    assert_ptr_equal(kw_mailbox_named(&mailbox, &root, first), second);
    assert_null(kw_mailbox_named(&mailbox, &root, second));
    assert_null(kw_mailbox_named(&mailbox, &other, NULL));
    assert_null(kw_mailbox_find(&mailbox, &root));
    kw_arena_drop(&arena);
}

static void mailbox_next__gives_a_type_in_the_order_of_coming(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 8);
    kw_letter *letters[SENDERS] = {NULL};
    for (uint16_t i = 0; i < SENDERS; i++) {
        kw_letter *other = NULL;
        uint16_t sender = (uint16_t)(SENDERS - i);
        EXPECT_OK(add(&mailbox, &letters[i], (kw_letter_place){sender, KW_MESSAGE_ECHO, 0, 0},
                      (uint8_t)(10 + i)));
        EXPECT_OK(add(&mailbox, &other, (kw_letter_place){sender, KW_MESSAGE_HAVE, 0, 0},
                      (uint8_t)(20 + i)));
    }
    const kw_letter *at = NULL;
    for (size_t i = 0; i < SENDERS; i++) {
        at = kw_mailbox_next(&mailbox, KW_MESSAGE_ECHO, at);
        assert_ptr_equal(at, letters[i]);
    }
    assert_null(kw_mailbox_next(&mailbox, KW_MESSAGE_ECHO, at));
    assert_null(kw_mailbox_next(&mailbox, KW_MESSAGE_SEAL, NULL));
    kw_arena_drop(&arena);
}

static void mailbox_drop__forgets_and_uses_the_memory_again(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 30);
    const kw_letter_place vote = {1, KW_MESSAGE_PREVOTE, KW_INSTANCE_SET, 0};
    kw_letter *first = NULL;
    kw_letter *second = NULL;
    kw_authenticated message = body(1);
    EXPECT_OK(kw_mailbox_add(&mailbox, &first, &vote, &message, KW_LETTER_MANY));
    message = body(2);
    EXPECT_STATUS(kw_mailbox_add(&mailbox, &second, &vote, &message, KW_LETTER_MANY), KW_CONFLICT);
    second->read = &arena;
    kw_mailbox_name(&mailbox, second, &message.hash);
    size_t used = arena.used;
    for (uint8_t i = 3; i < 100; i++) {
        kw_mailbox_drop(&mailbox, second);
        assert_null(first->second);
        assert_null(kw_mailbox_find(&mailbox, &second->message.hash));
        assert_null(kw_mailbox_named(&mailbox, &second->name, NULL));
        assert_null(kw_mailbox_next(&mailbox, KW_MESSAGE_PREVOTE, first));
        message = body(i);
        EXPECT_STATUS(kw_mailbox_add(&mailbox, &second, &vote, &message, KW_LETTER_MANY),
                      KW_CONFLICT);
        assert_ptr_equal(second->spare, &arena);
        assert_null(second->read);
        second->read = second->spare;
    }
    assert_int_equal(arena.used, used);
    kw_arena_drop(&arena);
}

static void mailbox_drop__of_the_first_body_leaves_the_others(void **state)
{
    (void)state;
    kw_arena arena;
    kw_mailbox mailbox = open_mailbox(&arena, 4);
    kw_letter *first = NULL;
    kw_letter *second = NULL;
    EXPECT_OK(add(&mailbox, &first, hello, 1));
    EXPECT_STATUS(add(&mailbox, &second, hello, 2), KW_CONFLICT);
    kw_mailbox_drop(&mailbox, first);
    assert_ptr_equal(kw_mailbox_at(&mailbox, &hello), second);
    assert_ptr_equal(kw_mailbox_next(&mailbox, KW_MESSAGE_HELLO, NULL), second);
    kw_mailbox_drop(&mailbox, second);
    assert_null(kw_mailbox_at(&mailbox, &hello));
    assert_null(kw_mailbox_next(&mailbox, KW_MESSAGE_HELLO, NULL));
    EXPECT_OK(add(&mailbox, &first, hello, 1));
    assert_ptr_equal(kw_mailbox_next(&mailbox, KW_MESSAGE_HELLO, NULL), first);
    kw_arena_drop(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mailbox_add__keeps_a_copy_that_is_found_by_hash),
        cmocka_unit_test(mailbox_add__keeps_two_bodies_of_a_place_as_evidence),
        cmocka_unit_test(mailbox_add__keeps_a_third_body_that_is_wanted),
        cmocka_unit_test(mailbox_add__keeps_all_votes_that_a_sender_can_pay_for),
        cmocka_unit_test(mailbox_add__tells_places_apart),
        cmocka_unit_test(mailbox_add__bounds_the_bytes_of_each_sender),
        cmocka_unit_test(mailbox_add__refuses_a_full_arena),
        cmocka_unit_test(mailbox_drop__forgets_and_uses_the_memory_again),
        cmocka_unit_test(mailbox_drop__of_the_first_body_leaves_the_others),
        cmocka_unit_test(mailbox_name__finds_all_letters_of_a_name),
        cmocka_unit_test(mailbox_next__gives_a_type_in_the_order_of_coming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
