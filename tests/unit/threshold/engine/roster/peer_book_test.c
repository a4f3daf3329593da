/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/roster/peer_book.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/seeded_rng.h"

enum {
    PEERS = 5,
    CLAIMS = 70, /* more than one equation */
    BAD = 13,
};

/* Claims of few keys, and a book to judge them by. */
typedef struct desk {
    seeded_rng seeded;
    kw_rng rng;
    peer peers[PEERS];
    kw_hash32 hashes[CLAIMS];
    kw_peer_signature signatures[CLAIMS];
    kw_peer_claim claims[CLAIMS];
    uint8_t ok[CLAIMS];
    kw_peer_book book;
    kw_peer_verifier verifier;
} desk;

static int setup(void **state)
{
    static desk d;
    d = (desk){.seeded = {.seed = 11}};
    d.rng = seeded_rng_port(&d.seeded);
    for (uint32_t i = 0; i < PEERS; i++) {
        peer_make(&d.peers[i], i, i == 0 ? KW_PEER_ECDSA : KW_PEER_BN254);
    }
    for (uint32_t i = 0; i < CLAIMS; i++) {
        const peer *p = &d.peers[i % PEERS];
        d.hashes[i] = (kw_hash32){{(uint8_t)i, 3}};
        d.signatures[i] = peer_sign(p, &d.hashes[i]);
        d.claims[i] = (kw_peer_claim){kw_peer_scheme_of(&kw_peer_schemes_all, p->curve), &p->key,
                                      &d.hashes[i], kw_peer_signature_view(&d.signatures[i])};
    }
    kw_peer_book_init(&d.book, &d.rng);
    d.verifier = kw_peer_book_verifier(&d.book);
    *state = &d;
    return 0;
}

static int teardown(void **state)
{
    desk *d = *state;
    kw_peer_book_drop(&d->book);
    return 0;
}

/* All claims but one, which is made bad, hold. */
static void expect_verdicts(desk *d, size_t bad)
{
    EXPECT_OK(d->verifier.verify(d->verifier.ctx, d->ok, d->claims, CLAIMS));
    for (size_t i = 0; i < CLAIMS; i++) {
        assert_int_equal(d->ok[i], i == bad ? 0 : 1);
    }
}

static void peer_book__judges_as_without_it(void **state)
{
    desk *d = *state;
    expect_verdicts(d, CLAIMS);
    assert_int_equal(d->book.count, PEERS - 1); /* ECDSA has nothing to prepare */
    d->claims[BAD].hash = &d->hashes[BAD + 1];
    expect_verdicts(d, BAD);
    d->claims[BAD].hash = &d->hashes[BAD];
    d->claims[BAD].key = &d->peers[(BAD + 1) % PEERS].key;
    expect_verdicts(d, BAD);
    assert_int_equal(d->book.count, PEERS - 1); /* known keys are found again */
    EXPECT_OK(d->verifier.verify(d->verifier.ctx, d->ok, d->claims, 0));
}

static void peer_book__keeps_the_lines_of_each_key(void **state)
{
    desk *d = *state;
    kw_bn_lines wanted;
    const kw_bn_lines *first = kw_peer_book_lines(&d->book, &d->peers[1].key.bn254);
    const kw_bn_lines *second = kw_peer_book_lines(&d->book, &d->peers[2].key.bn254);
    assert_ptr_not_equal(first, second);
    kw_bn_prepare(&wanted, &d->peers[2].key.bn254);
    assert_memory_equal(second, &wanted, sizeof wanted);
    assert_ptr_equal(kw_peer_book_lines(&d->book, &d->peers[1].key.bn254), first);
    assert_int_equal(d->book.count, 2);
}

static void peer_book__judges_without_memory(void **state)
{
    desk *d = *state;
    kw_heap_fail_at(1);
    assert_null(kw_peer_book_lines(&d->book, &d->peers[1].key.bn254));
    assert_int_equal(d->book.count, 0);
    kw_heap_fail_at(2);
    d->claims[BAD].hash = &d->hashes[BAD + 1];
    expect_verdicts(d, BAD);
    kw_heap_fail_at(0);
    assert_int_equal(d->book.count, PEERS - 1); /* it came in with its next claim */
}

static void peer_book__begins_anew_when_it_is_full(void **state)
{
    desk *d = *state;
    kw_bn_g2 key = kw_bn_g2_generator();
    const kw_bn_g2 step = key;
    for (size_t i = 0; i < KW_PEER_BOOK_MAX; i++) {
        assert_non_null(kw_peer_book_lines(&d->book, &key));
        kw_bn_g2_add(&key, &key, &step);
    }
    assert_null(kw_peer_book_lines(&d->book, &key));
    expect_verdicts(d, CLAIMS);
    assert_int_equal(d->book.count, PEERS - 1);
}

static void peer_book__reports_its_source(void **state)
{
    desk *d = *state;
    d->seeded.fail_after = d->seeded.requests + 1;
    EXPECT_STATUS(d->verifier.verify(d->verifier.ctx, d->ok, d->claims, CLAIMS),
                  KW_ENTROPY_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(peer_book__judges_as_without_it, setup, teardown),
        cmocka_unit_test_setup_teardown(peer_book__keeps_the_lines_of_each_key, setup, teardown),
        cmocka_unit_test_setup_teardown(peer_book__judges_without_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(peer_book__begins_anew_when_it_is_full, setup, teardown),
        cmocka_unit_test_setup_teardown(peer_book__reports_its_source, setup, teardown),
    };
    return cmocka_run_group_tests_name("threshold/engine/peer_book", tests, NULL, NULL);
}
