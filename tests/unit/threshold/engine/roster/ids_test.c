/* SPDX-License-Identifier: Apache-2.0
 * Values stand in tests/vectors/threshold; here: everything that is named counts. */
#include "threshold/engine/roster/ids.h"

#include "support/expect.h"
#include "support/toy_group.h"

static const kw_config_fields config = {.suite = 2,
                                        .ratio = {2, 3},
                                        .interval_s = 600,
                                        .reshare_every = 1,
                                        .roster_lag_s = 1200,
                                        .delta_ms = 5000,
                                        .beacon_start = 1,
                                        .beacon_period_s = 30};

/* Flips every byte of the wire form in turn and looks that the hash follows. */
static void config_hash__covers_every_byte(void **state)
{
    (void)state;
    uint8_t wire[KW_CONFIG_FIELDS_BYTES];
    kw_writer w = kw_writer_of(KW_MSPAN(wire));
    kw_config_fields_write(&w, &config);
    EXPECT_OK(kw_write_end(&w));
    kw_hash32 wanted;
    kw_config_hash(&wanted, &config);
    for (size_t i = 0; i < sizeof wire; i++) {
        wire[i] ^= 0x80;
        kw_reader r = kw_reader_of(KW_SPAN(wire));
        kw_config_fields other = {0};
        kw_config_fields_read(&other, &r);
        EXPECT_OK(kw_read_end(&r));
        kw_hash32 got;
        kw_config_hash(&got, &other);
        assert_memory_not_equal(got.bytes, wanted.bytes, sizeof got.bytes);
        wire[i] ^= 0x80;
    }
}

static void sid__covers_every_byte_and_the_cluster(void **state)
{
    (void)state;
    uint8_t wire[KW_SID_FIELDS_BYTES];
    const kw_sid_fields first = {.kind = KW_SESSION_RESHARE, .epoch = 7, .t_old = 3, .suite = 1};
    kw_writer w = kw_writer_of(KW_MSPAN(wire));
    kw_sid_fields_write(&w, &first);
    EXPECT_OK(kw_write_end(&w));
    kw_hash32 cluster = {{3}};
    kw_hash32 wanted;
    kw_reader r = kw_reader_of(KW_SPAN(wire));
    kw_sid_fields fields = {0};
    kw_sid_fields_read(&fields, &r);
    kw_sid(&wanted, &cluster, &fields);
    kw_hash32 got;
    for (size_t i = 0; i < sizeof wire; i++) {
        wire[i] ^= 0x80;
        r = kw_reader_of(KW_SPAN(wire));
        kw_sid_fields_read(&fields, &r);
        EXPECT_OK(kw_read_end(&r));
        kw_sid(&got, &cluster, &fields);
        assert_memory_not_equal(got.bytes, wanted.bytes, sizeof got.bytes);
        wire[i] ^= 0x80;
    }
    r = kw_reader_of(KW_SPAN(wire));
    kw_sid_fields_read(&fields, &r);
    cluster.bytes[0] = 4;
    kw_sid(&got, &cluster, &fields);
    assert_memory_not_equal(got.bytes, wanted.bytes, sizeof got.bytes);
}

static void fields_read__fails_with_the_reader(void **state)
{
    (void)state;
    uint8_t wire[KW_SID_FIELDS_BYTES] = {1};
    for (size_t len = 0; len < sizeof wire; len++) {
        kw_reader r = kw_reader_of((kw_span){wire, len});
        kw_sid_fields fields = {0};
        kw_sid_fields_read(&fields, &r);
        EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
        kw_config_fields other = {0};
        r = kw_reader_of((kw_span){wire, KW_MIN(len, (size_t)KW_CONFIG_FIELDS_BYTES - 1)});
        kw_config_fields_read(&other, &r);
        EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
    }
}

static void set_value__takes_whole_hashes_only(void **state)
{
    (void)state;
    static uint8_t many[(UINT16_MAX + 1) * sizeof(kw_hash32)];
    kw_hash32 value;
    EXPECT_OK(kw_set_value(&value, (kw_span){many, 64}));
    EXPECT_STATUS(kw_set_value(&value, (kw_span){many, 63}), KW_LIMIT);
    EXPECT_STATUS(kw_set_value(&value, KW_SPAN(many)), KW_LIMIT);
    EXPECT_OK(kw_set_value(&value, (kw_span){many, sizeof many - 32}));
    kw_hash32 other;
    kw_open_value(&other, (const uint16_t[]){1, 2}, 2);
    kw_open_value(&value, (const uint16_t[]){1, 3}, 2);
    assert_memory_not_equal(value.bytes, other.bytes, 32);
}

static void ids__differ_by_what_they_name(void **state)
{
    (void)state;
    kw_cluster_fields cluster = {.chain_id = 1};
    kw_hash32 a;
    kw_hash32 b;
    kw_cluster_id(&a, &cluster);
    cluster.set_id = 1;
    kw_cluster_id(&b, &cluster);
    assert_memory_not_equal(a.bytes, b.bytes, 32);
    kw_open_id(&b, &a);
    assert_memory_not_equal(a.bytes, b.bytes, 32);
    kw_handover_id(&a, &b, 1, &b);
    kw_hash32 c;
    kw_handover_id(&c, &b, 2, &b);
    assert_memory_not_equal(a.bytes, c.bytes, 32);
    kw_group_g2 polynomial[2] = {toy_group.g2_generator(), toy_group.g2_generator()};
    kw_dealing_ref refs[1] = {{.dealer = 1}};
    kw_digest_fields fields = {
        .dealings = refs, .dealings_count = 1, .t = 2, .polynomial = polynomial};
    kw_epoch_digest(&a, &toy_group, &fields);
    refs[0].dealer = 2;
    kw_epoch_digest(&b, &toy_group, &fields);
    assert_memory_not_equal(a.bytes, b.bytes, 32);
    fields.t = 1;
    kw_epoch_digest(&a, &toy_group, &fields);
    assert_memory_not_equal(a.bytes, b.bytes, 32);
    kw_certificate_hash(&b, &a, KW_SPAN(a.bytes));
    kw_certificate_hash(&c, &a, KW_SPAN(b.bytes));
    assert_memory_not_equal(c.bytes, b.bytes, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_hash__covers_every_byte),
        cmocka_unit_test(sid__covers_every_byte_and_the_cluster),
        cmocka_unit_test(fields_read__fails_with_the_reader),
        cmocka_unit_test(set_value__takes_whole_hashes_only),
        cmocka_unit_test(ids__differ_by_what_they_name),
    };
    return cmocka_run_group_tests_name("threshold/engine/ids", tests, NULL, NULL);
}
