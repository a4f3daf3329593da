/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_yaml_decode, kw_yaml_parse. What one takes is printed, and both take that. */
#include "codec/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct listener {
    uint16_t port;
    kw_str address;
} listener;

static const kw_field listener_fields[] = {
    KW_FIELD(listener, port, UINT16_MAX, 0, .fallback = "8443"),
    KW_FIELD(listener, address, 64, KW_REQ | KW_CONTROLS),
};
KW_SCHEMA(listener, listener_fields);

typedef struct listeners {
    listener *items;
    size_t count;
} listeners;

typedef struct config {
    bool on;
    uint64_t limit;
    kw_strs hosts;
    listener main;
    listeners more;
} config;

static const kw_field config_fields[] = {
    KW_FIELD(config, on, 0, 0),
    KW_FIELD(config, limit, UINT64_MAX, 0, .fallback = "7"),
    KW_FIELD(config, hosts, 32, KW_CONTROLS),
    KW_FIELD_OBJECT(config, main, &listener_schema, KW_REQ),
    KW_FIELD_LIST(config, more, &listener_schema, 4, 0),
};
KW_SCHEMA(config, config_fields);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 18);
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 18);
    config in = {0};
    config back = {0};
    kw_error err = {0};
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_status parsed = kw_yaml_parse(&tree, (kw_span){data, size}, NULL);
    KW_ASSERT((parsed == KW_OK) == (tree != NULL));
    kw_status st = kw_yaml_decode(&in, &arena, &config_schema, (kw_span){data, size}, &err);
    KW_ASSERT(err.status == st);
    if (st == KW_OK) {
        KW_ASSERT(parsed == KW_OK);
        KW_ASSERT(kw_yaml_encode_redacted(&text, &config_schema, &in, 0) == KW_OK);
        KW_ASSERT(kw_yaml_decode(&back, &arena, &config_schema, kw_buf_view(&text), &err) == KW_OK);
        KW_ASSERT(in.limit == back.limit && in.on == back.on);
        KW_ASSERT(in.hosts.count == back.hosts.count && in.more.count == back.more.count);
    }
    return 0;
}
