/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/roster.h"

#include "codec/hex.h"
#include "support/expect.h"
#include "support/peers.h"

#include <stdio.h>

enum {
    COUNT = 5,
};

typedef struct world {
    kw_arena arena;
    peer peers[COUNT];
    kw_roster_entry entries[COUNT];
    kw_roster_source source;
    kw_error err;
} world;

static world w;

static int make_world(void **state)
{
    (void)state;
    static const uint8_t curves[COUNT] = {KW_PEER_BN254, KW_PEER_ECDSA, PEER_ED25519, KW_PEER_BN254,
                                          KW_PEER_ECDSA};
    w = (world){.arena = kw_arena_init(1 << 20)};
    for (uint32_t i = 0; i < COUNT; i++) {
        peer_make(&w.peers[i], i, curves[i]);
        w.entries[i] = peer_entry(&w.peers[i]);
    }
    w.source = (kw_roster_source){w.entries, COUNT, &peer_schemes_test, false};
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    kw_arena_drop(&w.arena);
    return 0;
}

static kw_status make(kw_roster *out)
{
    return kw_roster_make(out, &w.arena, &w.source, &w.err);
}

static void roster_make__sorts_and_finds(void **state)
{
    (void)state;
    kw_roster roster;
    EXPECT_OK(make(&roster));
    assert_int_equal(roster.n, COUNT);
    for (uint16_t i = 1; i <= COUNT; i++) {
        const kw_member *member = kw_roster_at(&roster, i);
        assert_int_equal(kw_roster_index(&roster, &member->address), i);
        assert_true(i == 1 || kw_address_compare(&kw_roster_at(&roster, i - 1)->address,
                                                 &member->address) < 0);
    }
    kw_address stranger = {{0xff, 0xff}};
    assert_int_equal(kw_roster_index(&roster, &stranger), 0);
    assert_int_equal(kw_roster_index(&roster, &(kw_address){{0}}), 0);
    kw_roster nobody = {0};
    assert_int_equal(kw_roster_index(&nobody, &stranger), 0);
}

/* The text names the member in full, and what is wrong with it. */
static void expect_blame(size_t entry, const char *what)
{
    char wanted[128];
    char digits[41] = {0};
    kw_hex_encode_to(digits, KW_SPAN(w.entries[entry].address.bytes));
    int len = snprintf(wanted, sizeof wanted, "member 0x%s: %s", digits, what);
    assert_in_range(len, 1, sizeof wanted - 1);
    assert_string_equal(w.err.text, wanted);
}

static void roster_make__demands_possession_where_asked(void **state)
{
    (void)state;
    kw_peer_signature proofs[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        kw_hash32 digest;
        kw_possession_digest(&digest, &w.entries[i]);
        proofs[i] = peer_sign(&w.peers[i], &digest);
        w.entries[i].possession = kw_peer_signature_view(&proofs[i]);
    }
    w.source.needs_possession = true;
    kw_roster roster;
    EXPECT_OK(make(&roster));
    for (size_t i = 0; i < COUNT; i++) {
        proofs[i].bytes[40] ^= 1;
        EXPECT_STATUS(make(&roster), KW_UNAUTHENTICATED);
        expect_blame(i, "no proof that it holds its key");
        proofs[i].bytes[40] ^= 1;
    }
    w.entries[2].possession = (kw_span){0};
    EXPECT_STATUS(make(&roster), KW_UNAUTHENTICATED);
}

static void roster_make__refuses_what_is_no_committee(void **state)
{
    (void)state;
    kw_roster roster = {.n = 99};
    w.source.count = 0;
    EXPECT_STATUS(make(&roster), KW_LIMIT);
    w.source.count = KW_THRESHOLD_MEMBERS_MAX + 1;
    EXPECT_STATUS(make(&roster), KW_LIMIT);
    w.source.count = COUNT;
    w.entries[1].address = w.entries[0].address;
    EXPECT_STATUS(make(&roster), KW_CONFLICT);
    w.entries[1] = w.entries[0];
    w.entries[1].address.bytes[0] ^= 1;
    EXPECT_STATUS(make(&roster), KW_CONFLICT); /* one key, two members */
    w.entries[1] = peer_entry(&w.peers[1]);
    w.entries[1].key.len--;
    EXPECT_STATUS(make(&roster), KW_LENGTH);
    expect_blame(1, "no valid key");
    w.entries[1] = peer_entry(&w.peers[1]);
    w.entries[1].curve = 3;
    EXPECT_STATUS(make(&roster), KW_REFUSED);
    expect_blame(1, "curve not accepted");
    w.entries[1] = peer_entry(&w.peers[1]);
    w.source.schemes = &kw_peer_schemes_all;
    EXPECT_STATUS(make(&roster), KW_REFUSED); /* the product knows no Ed25519 here */
    assert_int_equal(roster.n, 99);
    kw_arena small = kw_arena_init(64);
    w.source.schemes = &peer_schemes_test;
    EXPECT_STATUS(kw_roster_make(&roster, &small, &w.source, &w.err), KW_LIMIT);
    kw_arena_drop(&small);
}

static kw_status decode(kw_roster *out, kw_span wire)
{
    kw_reader r = kw_reader_of(wire);
    KW_TRY(kw_roster_decode(out, &w.arena, &r, &peer_schemes_test));
    return kw_read_end(&r);
}

static void roster_decode__reads_only_the_one_form(void **state)
{
    (void)state;
    kw_roster roster;
    EXPECT_OK(make(&roster));
    KW_AUTO(kw_buf) wire = kw_buf_init(4096);
    kw_writer writer = kw_writer_to(&wire);
    kw_roster_write(&writer, &roster);
    EXPECT_OK(kw_write_end(&writer));
    kw_roster again;
    EXPECT_OK(decode(&again, kw_buf_view(&wire)));
    assert_memory_equal(again.hash.bytes, roster.hash.bytes, 32);
    for (size_t len = 0; len < wire.len; len++) {
        EXPECT_STATUS(decode(&again, (kw_span){wire.ptr, len}), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_buf_append_byte(&wire, 0));
    EXPECT_STATUS(decode(&again, kw_buf_view(&wire)), KW_BAD_INPUT);
    wire.ptr[2] = 0xff; /* the first address becomes the largest */
    EXPECT_STATUS(decode(&again, kw_buf_view(&wire)), KW_ENCODING);
    wire.ptr[0] = 0x7f;
    EXPECT_STATUS(decode(&again, kw_buf_view(&wire)), KW_LENGTH);
    const uint8_t none[2] = {0, 0};
    EXPECT_OK(decode(&again, KW_SPAN(none)));
    assert_int_equal(again.n, 0);
    assert_int_equal(again.hash.bytes[0], 0);
}

static void roster_decode__refuses_members_that_stand_twice(void **state)
{
    (void)state;
    w.source.count = 1;
    kw_roster roster;
    EXPECT_OK(make(&roster));
    KW_AUTO(kw_buf) wire = kw_buf_init(4096);
    kw_writer writer = kw_writer_to(&wire);
    kw_roster_write(&writer, &roster);
    uint8_t member[256];
    size_t len = wire.len - 2;
    memcpy(member, &wire.ptr[2], len);
    kw_write_span(&writer, (kw_span){member, len});
    EXPECT_OK(kw_write_end(&writer));
    wire.ptr[1] = 2;
    EXPECT_STATUS(decode(&roster, kw_buf_view(&wire)), KW_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(roster_make__sorts_and_finds, make_world, drop_world),
        cmocka_unit_test_setup_teardown(roster_make__demands_possession_where_asked, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(roster_make__refuses_what_is_no_committee, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(roster_decode__reads_only_the_one_form, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(roster_decode__refuses_members_that_stand_twice, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests_name("threshold/engine/roster", tests, NULL, NULL);
}
