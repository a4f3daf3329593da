/* SPDX-License-Identifier: Apache-2.0
 * Whatever byte of a certificate is changed, a member refuses it; a client refuses each change of
 * what the canary vouches for, and no other change gives the certificate another name. */
#include "crypto/hash.h"
#include "support/epoch_desk.h"
#include "support/expect.h"
#include "support/random_source.h"

static epoch_desk desk;
static desk_epoch epoch_1;
static desk_epoch epoch_2;

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk, &epoch_1, NULL, (desk_plan){1, 4, 0});
    epoch_desk_make(&desk, &epoch_2, &epoch_1, (desk_plan){2, 4, 0});
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    epoch_desk_close(&desk);
    return 0;
}

typedef struct verdicts {
    kw_status decoded;
    kw_status member; /* of who knows the epoch before */
    kw_status client; /* of who knows the master key */
    kw_hash32 hash;
} verdicts;

static verdicts judge(kw_span file, const desk_epoch *epoch)
{
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    kw_candidate_judge means = epoch_desk_judge(&desk, &arena);
    kw_candidate_form form = epoch_desk_form(&desk);
    kw_head head = epoch_desk_head(&desk, epoch);
    kw_certificate certificate;
    verdicts out = {.decoded = kw_certificate_decode(&certificate, &arena, file, &form)};
    out.member = out.client = out.decoded;
    if (out.decoded == KW_OK) {
        out.hash = certificate.hash;
        out.member = kw_head_check_certificate(&head, &certificate, &means, NULL);
        out.client = kw_certificate_check_pinned(&certificate, desk.group, &desk.cluster_id,
                                                 &epoch_1.polynomial[0]);
    }
    kw_arena_drop(&arena);
    return out;
}

/* Where the canary ends: behind it stand the two lists of messages. */
static size_t vouched_bytes(const desk_epoch *epoch, size_t len)
{
    KW_AUTO(kw_buf) lists = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_writer w = kw_writer_to(&lists);
    kw_authenticated_list_write(&w, epoch->certificate.candidate.commits);
    kw_authenticated_list_write(&w, epoch->certificate.precommits);
    EXPECT_OK(kw_write_end(&w));
    return len - lists.len;
}

static void any_byte_flipped__is_refused(void **state)
{
    (void)state;
    random_source random = random_new("certificate flips");
    const desk_epoch *epochs[] = {&epoch_1, &epoch_2};
    for (size_t e = 0; e < KW_COUNT(epochs); e++) {
        KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
        const kw_certificate *wanted = &epochs[e]->certificate;
        EXPECT_OK(kw_certificate_encode(&wire, wanted, desk.group));
        verdicts whole = judge(kw_buf_view(&wire), epochs[e]);
        EXPECT_OK(whole.member);
        EXPECT_OK(whole.client);
        size_t vouched = vouched_bytes(epochs[e], wire.len);
        for (size_t at = 0; at < wire.len; at++) {
            uint8_t mask = (uint8_t)(1 + random_below(&random, 255));
            wire.ptr[at] ^= mask;
            verdicts got = judge(kw_buf_view(&wire), epochs[e]);
            wire.ptr[at] ^= mask;
            if (got.member == KW_OK || (at < vouched && got.client == KW_OK)) {
                fail_msg("epoch %zu: byte %zu xor %02x is accepted", e + 1, at, mask);
            }
            if (got.decoded == KW_OK && at >= vouched) {
                assert_true(kw_hash32_equal(&got.hash, &wanted->hash));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_byte_flipped__is_refused),
    };
    return cmocka_run_group_tests_name("threshold/certificate", tests, open_desk, close_desk);
}
