/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/engine/ip.h"

#include "support/expect.h"

static kw_ip ip_of(const char *text)
{
    kw_ip address;
    EXPECT_OK(kw_ip_parse(&address, kw_str_of(text)));
    return address;
}

static void ip_parse__maps_ipv4_into_ipv6(void **state)
{
    (void)state;
    kw_ip plain = ip_of("192.0.2.1");
    kw_ip mapped = ip_of("::ffff:192.0.2.1");
    kw_ip hex = ip_of("::FFFF:c000:0201");
    assert_memory_equal(&plain, &mapped, sizeof plain);
    assert_memory_equal(&plain, &hex, sizeof plain);
    assert_true(kw_ip_is_v4(&plain));
    kw_ip six = ip_of("2001:db8::192.0.2.1");
    assert_false(kw_ip_is_v4(&six));
}

static void ip_parse__refuses_everything_else(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "1.2.3",
                                        "1.2.3.4.5",
                                        "1.2.3.256",
                                        "01.2.3.4",
                                        " 1.2.3.4",
                                        "1.2.3.4 ",
                                        "1.2.3.4/8",
                                        "fe80::1%lo",
                                        "[::1]",
                                        "::1::",
                                        ":::",
                                        "12345::",
                                        "g::",
                                        "0x1.2.3.4",
                                        "localhost",
                                        "1.2.3.4\n",
                                        "::ffff:1.2.3",
                                        "2001:db8:0:0:0:0:0:0:0",
                                        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"};
    kw_ip untouched = {.bytes = {7}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(kw_ip_parse(&untouched, kw_str_of(cases[i])), KW_BAD_INPUT);
    }
    EXPECT_STATUS(kw_ip_parse(&untouched, (kw_str){"1.2.3.4\0x", 9}), KW_BAD_INPUT);
    assert_int_equal(untouched.bytes[0], 7);
}

static void ip_block__is_the_address_or_the_64(void **state)
{
    (void)state;
    kw_ip four = ip_of("192.0.2.1");
    kw_ip block = kw_ip_block(&four);
    assert_memory_equal(&block, &four, sizeof four);
    kw_ip six = ip_of("2001:db8:1:2:3:4:5:6");
    kw_ip wanted = ip_of("2001:db8:1:2::");
    block = kw_ip_block(&six);
    assert_memory_equal(&block, &wanted, sizeof wanted);
}

static void network_parse__round_trips_canonical_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {{"10.0.0.0/8", "10.0.0.0/8"},
                 {"!10.1.0.0/16", "!10.1.0.0/16"},
                 {"0.0.0.0/0", "0.0.0.0/0"},
                 {"192.0.2.7", "192.0.2.7/32"},
                 {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
                 {"::/0", "::/0"},
                 {"2001:DB8::/32", "2001:db8::/32"},
                 {"!::1", "!::1/128"}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_network network;
        EXPECT_OK(kw_network_parse(&network, kw_str_of(cases[i].text)));
        char text[KW_NETWORK_TEXT_BYTES];
        kw_network_format(text, &network);
        assert_string_equal(text, cases[i].canonical);
        kw_network again;
        EXPECT_OK(kw_network_parse(&again, kw_str_of(text)));
        assert_memory_equal(&again.base, &network.base, sizeof again.base);
        assert_int_equal(again.prefix_bits, network.prefix_bits);
        assert_int_equal(again.is_refused, network.is_refused);
    }
}

static void network_parse__refuses_host_bits_and_bad_prefixes(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "!",
                                        "/",
                                        "/8",
                                        "10.0.0.1/8",
                                        "10.0.0.0/33",
                                        "10.0.0.0/",
                                        "10.0.0.0/08",
                                        "10.0.0.0/-1",
                                        "10.0.0.0/8/8",
                                        "10.0.0.0/+8",
                                        "!!10.0.0.0/8",
                                        "2001:db8::1/32",
                                        "::/129",
                                        "10.0.0.0/8 ",
                                        "10.0.0.0 /8",
                                        "::ffff:10.0.0.1/104"};
    kw_network untouched = {.prefix_bits = 99};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(kw_network_parse(&untouched, kw_str_of(cases[i])), KW_BAD_INPUT);
    }
    assert_int_equal(untouched.prefix_bits, 99);
}

static void networks_allow__lets_the_longest_prefix_decide(void **state)
{
    (void)state;
    static const char *const texts[] = {"10.0.0.0/8", "!10.1.0.0/16",  "10.1.2.0/24",
                                        "!10.1.2.3",  "2001:db8::/32", "10.1.2.3"};
    kw_network rows[KW_COUNT(texts)];
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        EXPECT_OK(kw_network_parse(&rows[i], kw_str_of(texts[i])));
    }
    static const struct {
        const char *address;
        bool is_allowed;
    } cases[] = {{"10.200.0.1", true},       {"10.1.0.1", false},    {"10.1.2.9", true},
                 {"10.1.2.3", false},        {"11.0.0.1", false},    {"::ffff:10.200.0.1", true},
                 {"2001:db8:ffff::1", true}, {"2001:db9::1", false}, {"::", false}};
    for (size_t turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < KW_COUNT(cases); i++) {
            kw_ip address = ip_of(cases[i].address);
            kw_networks all = {rows, KW_COUNT(rows)};
            assert_int_equal(kw_networks_allow(all, &address), cases[i].is_allowed);
        }
        for (size_t i = 0; i < KW_COUNT(rows) / 2; i++) { /* the order must not matter */
            kw_network swap = rows[i];
            rows[i] = rows[KW_COUNT(rows) - 1 - i];
            rows[KW_COUNT(rows) - 1 - i] = swap;
        }
    }
    kw_ip any = ip_of("10.0.0.1");
    assert_false(kw_networks_allow((kw_networks){0}, &any));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ip_parse__maps_ipv4_into_ipv6),
        cmocka_unit_test(ip_parse__refuses_everything_else),
        cmocka_unit_test(ip_block__is_the_address_or_the_64),
        cmocka_unit_test(network_parse__round_trips_canonical_text),
        cmocka_unit_test(network_parse__refuses_host_bits_and_bad_prefixes),
        cmocka_unit_test(networks_allow__lets_the_longest_prefix_decide),
    };
    return cmocka_run_group_tests_name("guard/engine/ip", tests, NULL, NULL);
}
