/* SPDX-License-Identifier: Apache-2.0 */
#include "config/load.h"

#include "base/heap.h"
#include "support/expect.h"

#include <stdlib.h>

typedef enum mode {
    MODE_OPEN,
    MODE_SHUT
} mode;

static const kw_enum_name mode_names[] = {{"open", MODE_OPEN}, {"shut", MODE_SHUT}};

typedef struct net_config {
    uint64_t body_bytes_max;
    kw_strs hosts;
    mode gate;
} net_config;

typedef struct net_client_config {
    bool is_on;
    kw_str ca_path;
} net_client_config;

typedef struct config {
    net_config net;
    net_client_config net_client;
} config;

static const kw_option net_options[] = {
    KW_OPTION(net_config, body_bytes_max, 4096, .min = 16, .fallback = "1024"),
    KW_OPTION(net_config, hosts, 32, .items_max = 3, .fallback = "a,b"),
    KW_OPTION_ENUM(net_config, gate, mode_names, .fallback = "shut"),
};
KW_SCHEMA(net_config, net_options);

static const kw_option net_client_options[] = {
    KW_OPTION(net_client_config, is_on, 0, .fallback = "false"),
    KW_OPTION(net_client_config, ca_path, 64, .flags = KW_REQ),
};
KW_SCHEMA(net_client_config, net_client_options);

static const kw_section sections[] = {
    KW_SECTION(config, net, &net_config_schema, "listeners"),
    KW_SECTION(config, net_client, &net_client_config_schema, "calls"),
};
static const kw_config_shape shape = KW_CONFIG_SHAPE(config, sections);

/* Lists end with an empty text. */
typedef struct given {
    const char *yaml;
    kw_str environment[4];
    kw_str assignments[4];
} given;

static kw_strs list_of(const kw_str *items)
{
    kw_strs list = {.items = (kw_str *)(uintptr_t)items};
    while (items[list.count].len > 0) {
        list.count++;
    }
    return list;
}

static kw_status load(config *out, kw_arena *arena, const given *g, kw_error *err)
{
    kw_config_sources sources = {.yaml = kw_span_of_str(kw_str_of(g->yaml)),
                                 .environment = list_of(g->environment),
                                 .assignments = list_of(g->assignments)};
    return kw_config_load(out, arena, &shape, &sources, err);
}

static void config_load__lets_later_sources_win(void **state)
{
    (void)state;
    static const given g = {
        .yaml = "net:\n  body_bytes_max: 100\n  hosts: [x, y]\n  gate: open\n"
                "net_client:\n  ca_path: /a\n",
        .environment = {{"KEYWARD_NET_BODY_BYTES_MAX=200", 30},
                        {"KEYWARD_NET_CLIENT_IS_ON=true", 29},
                        {"KEYWARD_ELSE=1", 14}},
        .assignments = {{"net.body_bytes_max=300", 22}, {"net.hosts=q", 11}},
    };
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    config out = {0};
    kw_error err = {0};
    EXPECT_OK(load(&out, &arena, &g, &err));
    assert_int_equal(out.net.body_bytes_max, 300);
    assert_int_equal(out.net.hosts.count, 1);
    EXPECT_STR(out.net.hosts.items[0], "q");
    assert_int_equal(out.net.gate, MODE_OPEN);
    assert_true(out.net_client.is_on);
    EXPECT_STR(out.net_client.ca_path, "/a");
}

static void config_load__uses_fallbacks_and_takes_required_ones_from_anywhere(void **state)
{
    (void)state;
    static const given g = {.yaml = "", .environment = {{"KEYWARD_NET_CLIENT_CA_PATH=/b", 29}}};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    config out = {0};
    kw_error err = {0};
    EXPECT_OK(load(&out, &arena, &g, &err));
    assert_int_equal(out.net.body_bytes_max, 1024);
    assert_int_equal(out.net.hosts.count, 2);
    EXPECT_STR(out.net.hosts.items[1], "b");
    assert_int_equal(out.net.gate, MODE_SHUT);
    EXPECT_STR(out.net_client.ca_path, "/b");
}

static void config_load__refuses_and_names_the_source(void **state)
{
    (void)state;
    static const struct {
        given g;
        const char *text;
    } cases[] = {
        {{.yaml = ""}, "net_client.ca_path: must be given"},
        {{.yaml = "nett:\n  gate: open\n"}, "line 1: unknown member nett; did you mean net?"},
        {{.yaml = "net:\n  gate: open\n  hostss: []\n"},
         "line 3: net: unknown member hostss; did you mean hosts?"},
        {{.yaml = "net:\n  body_bytes_max: 1\n"}, "line 2: net.body_bytes_max: less than 16"},
        {{.yaml = "net: 1\n"}, "line 1: net: wrong type, wanted an object"},
        {{.yaml = "", .environment = {{"KEYWARD_NET_GATEE=open", 22}}},
         "KEYWARD_NET_GATEE: section net has no such option; did you mean gate?"},
        {{.yaml = "", .environment = {{"KEYWARD_NET_GATE=ajar", 21}}},
         "KEYWARD_NET_GATE: gate: not one of: open, shut"},
        {{.yaml = "", .assignments = {{"net.hosts=a,b,c,d", 17}}},
         "--set net.hosts: hosts: more than 3 items"},
        {{.yaml = "", .assignments = {{"net", 3}}}, "--set takes section.name=value"},
        {{.yaml = "", .assignments = {{"net=3", 5}}}, "--set takes section.name=value"},
        {{.yaml = "", .assignments = {{"ne.gate=open", 12}}}, "--set ne.gate: no such section"},
        {{.yaml = "", .assignments = {{"net.gat=open", 12}}},
         "--set net.gat: section net has no such option; did you mean gate?"},
        {{.yaml = "", .assignments = {{"net_client.is_on=yes", 20}}},
         "--set net_client.is_on: is_on: not true or false"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        config out = {.net.body_bytes_max = 77};
        kw_error err = {0};
        kw_status st = load(&out, &arena, &cases[i].g, &err);
        assert_string_equal(err.text, cases[i].text);
        assert_true(st == KW_CONFIG || st == KW_LIMIT);
        assert_int_equal(st == KW_LIMIT, strstr(err.text, "more than") != NULL);
        assert_int_equal(err.status, st);
        assert_int_equal(out.net.body_bytes_max, 77);
    }
}

static void config_load__fails_cleanly_when_the_arena_is_full(void **state)
{
    (void)state;
    static const given g = {.yaml = "net_client: {ca_path: /a}\nnet: {hosts: [a, b, c]}\n",
                            .assignments = {{"net.hosts=a,b", 13}}};
    kw_status st = KW_LIMIT;
    for (size_t max = 0; st != KW_OK; max += 16) {
        KW_AUTO(kw_arena) arena = kw_arena_init(max);
        config out = {0};
        kw_error err = {0};
        st = load(&out, &arena, &g, &err);
        assert_int_equal(err.status, st);
        assert_true(st == KW_OK || st == KW_LIMIT);
        assert_true(max < 8192);
    }
}

static void config_environment__takes_only_our_prefix(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_strs list = {0};
    assert_int_equal(setenv("KEYWARD_LOADTEST_X", "a=b", 1), 0);
    assert_int_equal(setenv("KEYWARDX_Y", "1", 1), 0);
    EXPECT_OK(kw_config_environment(&list, &arena));
    bool is_found = false;
    for (size_t i = 0; i < list.count; i++) {
        assert_true(kw_str_starts_with(list.items[i], KW_STR("KEYWARD_")));
        is_found = is_found || kw_str_equal(list.items[i], KW_STR("KEYWARD_LOADTEST_X=a=b"));
    }
    assert_true(is_found);
    KW_AUTO(kw_arena) none = kw_arena_init(0);
    EXPECT_STATUS(kw_config_environment(&list, &none), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_load__lets_later_sources_win),
        cmocka_unit_test(config_load__uses_fallbacks_and_takes_required_ones_from_anywhere),
        cmocka_unit_test(config_load__refuses_and_names_the_source),
        cmocka_unit_test(config_load__fails_cleanly_when_the_arena_is_full),
        cmocka_unit_test(config_environment__takes_only_our_prefix),
    };
    return cmocka_run_group_tests_name("config/load", tests, NULL, NULL);
}
