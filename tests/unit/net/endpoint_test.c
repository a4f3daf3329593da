/* SPDX-License-Identifier: Apache-2.0
 * Addresses. */
#include "net/endpoint.h"

#include "support/expect.h"

static kw_endpoint address_of(const char *text)
{
    kw_endpoint address = {0};
    EXPECT_OK(kw_endpoint_parse(&address, kw_str_of(text)));
    return address;
}

static void parse__reads_what_format_writes(void **state)
{
    (void)state;
    const char *const texts[] = {"127.0.0.1:8443", "0.0.0.0:0",      "255.255.255.255:65535",
                                 "[::1]:8443",     "[2001:db8::]:1", "[fe80::1]:65535"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_endpoint address = address_of(texts[i]);
        char again[KW_ENDPOINT_TEXT_BYTES];
        kw_endpoint_format(again, &address);
        assert_string_equal(again, texts[i]);
    }
}

static void parse__refuses_everything_else(void **state)
{
    (void)state;
    const char *const texts[] = {"",
                                 "127.0.0.1",
                                 "127.0.0.1:",
                                 ":8443",
                                 "localhost:1",
                                 "1.2.3:80",
                                 "1.2.3.4:65536",
                                 "1.2.3.4:+80",
                                 "1.2.3.4:080",
                                 "[::1]",
                                 "[::1]8443",
                                 "[::1]:",
                                 "::1:80",
                                 "[1.2.3.4]:1",
                                 "1.2.3.4:80 ",
                                 "256.1.1.1:1",
                                 "[::1:80",
                                 "1.2.3.4:8:0",
                                 "[fe80::1%eth0]:1"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_endpoint address = {.port = 9};
        EXPECT_STATUS(kw_endpoint_parse(&address, kw_str_of(texts[i])), KW_BAD_INPUT);
        assert_int_equal(address.port, 9);
    }
}

static void format_host__leaves_port_and_brackets_out(void **state)
{
    (void)state;
    char text[KW_ENDPOINT_TEXT_BYTES];
    kw_endpoint v4 = address_of("10.1.2.3:5");
    kw_endpoint_format_host(text, &v4);
    assert_string_equal(text, "10.1.2.3");
    kw_endpoint v6 = address_of("[2001:db8::1]:5");
    kw_endpoint_format_host(text, &v6);
    assert_string_equal(text, "2001:db8::1");
}

static void is_loopback__knows_both_families(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool is_loopback;
    } cases[] = {{"127.0.0.1:1", true},
                 {"127.255.1.1:1", true},
                 {"128.0.0.1:1", false},
                 {"[::1]:1", true},
                 {"[::2]:1", false},
                 {"[::]:1", false},
                 {"[::ffff:127.0.0.1]:1", true}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_endpoint address = address_of(cases[i].text);
        assert_int_equal(kw_endpoint_is_loopback(&address), cases[i].is_loopback);
    }
}

static void is_v4__sees_through_the_mapped_form(void **state)
{
    (void)state;
    kw_endpoint v4 = address_of("1.2.3.4:5");
    kw_endpoint mapped = address_of("[::ffff:1.2.3.4]:5");
    kw_endpoint v6 = address_of("[::1.2.3.4]:5");
    assert_true(kw_endpoint_is_v4(&v4));
    assert_true(kw_endpoint_is_v4(&mapped));
    assert_false(kw_endpoint_is_v4(&v6));
}

static void is_global__closes_special_ranges(void **state)
{
    (void)state;
    const char *const closed[] = {
        "0.0.0.0:1",       "10.0.0.1:1",         "100.64.0.1:1",     "100.127.255.255:1",
        "127.0.0.1:1",     "169.254.169.254:1",  "172.16.0.1:1",     "172.31.255.255:1",
        "192.0.0.8:1",     "192.0.2.1:1",        "192.88.99.1:1",    "192.168.1.1:1",
        "198.18.0.1:1",    "198.19.255.255:1",   "198.51.100.7:1",   "203.0.113.9:1",
        "224.0.0.1:1",     "255.255.255.255:1",  "[::]:1",           "[::1]:1",
        "[fe80::1]:1",     "[fc00::1]:1",        "[fd12::1]:1",      "[ff02::1]:1",
        "[2001:db8::1]:1", "[2001::1]:1",        "[2002:a00:1::]:1", "[64:ff9b::a00:1]:1",
        "[3fff::1]:1",     "[::ffff:10.0.0.1]:1"};
    const char *const open[] = {"1.1.1.1:1",        "100.63.0.1:1",      "100.128.0.1:1",
                                "172.32.0.1:1",     "172.15.0.1:1",      "198.20.0.1:1",
                                "223.255.1.1:1",    "192.0.1.1:1",       "[2606:4700::1]:1",
                                "[2a00:1450::1]:1", "[::ffff:8.8.8.8]:1"};
    for (size_t i = 0; i < KW_COUNT(closed); i++) {
        kw_endpoint address = address_of(closed[i]);
        assert_false(kw_endpoint_is_global(&address));
    }
    for (size_t i = 0; i < KW_COUNT(open); i++) {
        kw_endpoint address = address_of(open[i]);
        assert_true(kw_endpoint_is_global(&address));
    }
}

static void network__keeps_24_and_64_bits(void **state)
{
    (void)state;
    kw_endpoint a = address_of("10.1.2.3:5");
    kw_endpoint b = address_of("10.1.2.250:9");
    kw_endpoint c = address_of("10.1.3.3:5");
    kw_endpoint na = kw_endpoint_network(&a);
    kw_endpoint nb = kw_endpoint_network(&b);
    kw_endpoint nc = kw_endpoint_network(&c);
    assert_memory_equal(&na, &nb, sizeof na);
    assert_memory_not_equal(na.bytes, nc.bytes, 16);
    a = address_of("[2001:db8:1:2:3::4]:5");
    b = address_of("[2001:db8:1:2:ffff::]:5");
    c = address_of("[2001:db8:1:3:3::4]:5");
    na = kw_endpoint_network(&a);
    nb = kw_endpoint_network(&b);
    nc = kw_endpoint_network(&c);
    assert_memory_equal(&na, &nb, sizeof na);
    assert_memory_not_equal(na.bytes, nc.bytes, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__reads_what_format_writes),
        cmocka_unit_test(parse__refuses_everything_else),
        cmocka_unit_test(format_host__leaves_port_and_brackets_out),
        cmocka_unit_test(is_loopback__knows_both_families),
        cmocka_unit_test(is_v4__sees_through_the_mapped_form),
        cmocka_unit_test(is_global__closes_special_ranges),
        cmocka_unit_test(network__keeps_24_and_64_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
