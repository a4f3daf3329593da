/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/api_types.h"

#include "codec/json.h"
#include "support/expect.h"

static kw_status decode(kw_arena *arena, kw_emtp_participant_new *out, const char *json)
{
    return kw_json_decode(out, arena, &kw_emtp_participant_new_schema,
                          kw_span_of_str(kw_str_of(json)), NULL);
}

static void participant_new__has_fallbacks(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_emtp_participant_new wanted = {0};
    EXPECT_OK(decode(&arena, &wanted, "{\"id\":\"clinic-a\"}"));
    EXPECT_STR(wanted.tenant, "root");
    assert_int_equal(wanted.proof, KW_EMTP_PROOF_API_KEY);
    assert_int_equal(wanted.role, KW_EMTP_ROLE_NONE);
    assert_int_equal(wanted.days, 365);
    EXPECT_OK(decode(&arena, &wanted,
                     "{\"id\":\"p\",\"proof\":\"uri\",\"name\":\"spiffe://a/b\",\"role\":\"payer\","
                     "\"networks\":[\"10.0.0.0/8\"],\"hosts\":[\"a.example\",\"b.example\"]}"));
    assert_int_equal(wanted.proof, KW_EMTP_PROOF_URI);
    assert_int_equal(wanted.hosts.count, 2);
}

static void participant_new__refuses(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}",
        "{\"id\":\"\"}",
        "{\"id\":\"a/b\"}",
        "{\"id\":\"a b\"}",
        "{\"id\":\"a\",\"proof\":\"password\"}",
        "{\"id\":\"a\",\"days\":0}",
        "{\"id\":\"a\",\"days\":367}",
        "{\"id\":\"a\",\"hosts\":[\"a b\"]}",
        "{\"id\":\"a\",\"hosts\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}",
        "{\"id\":\"a\",\"full_name\":\"John Tolkien\"}", /* C28 */
        "{\"id\":\"a\",\"dob\":\"1892-01-03\"}",
    };
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    for (size_t i = 0; i < KW_COUNT(bodies); i++) {
        kw_emtp_participant_new wanted = {0};
        kw_status st = decode(&arena, &wanted, bodies[i]);
        if (st != KW_BAD_INPUT && st != KW_LIMIT) {
            fail_msg("%s: %s", bodies[i], kw_status_name(st));
        }
    }
}

static void key_entries__are_read_back(void **state)
{
    (void)state;
    kw_emtp_key_entry items[] = {{.kid = KW_STR("2026-01"),
                                  .not_before = 1767225600,
                                  .not_after = 1769904000,
                                  .expires_at = 1772323200,
                                  .is_served = true}};
    kw_emtp_key_entries entries = {.keys = {items, 1}};
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    EXPECT_OK(kw_json_encode(&json, &kw_emtp_key_entries_schema, &entries, KW_JSON_PLAIN));
    EXPECT_STR(kw_buf_text(&json),
               "{\"keys\":[{\"kid\":\"2026-01\",\"not_before\":\"2026-01-01T00:00:00Z\","
               "\"not_after\":\"2026-02-01T00:00:00Z\",\"expires_at\":\"2026-03-01T00:00:00Z\","
               "\"revoked_at\":null,\"is_served\":true}]}");
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_emtp_key_entries back = {0};
    EXPECT_OK(kw_json_decode(&back, &arena, &kw_emtp_key_entries_schema, kw_buf_view(&json), NULL));
    assert_int_equal(back.keys.items[0].expires_at, items[0].expires_at);
    assert_int_equal(back.keys.items[0].revoked_at, 0);
}

/* The API key is the only secret member, and a redacted print hides it. */
static void participant_added__redacts_the_api_key(void **state)
{
    (void)state;
    kw_emtp_participant_added added = {.id = KW_STR("a"), .api_key = KW_STR("kwk1_secret")};
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    EXPECT_OK(kw_json_encode(&json, &kw_emtp_participant_added_schema, &added, KW_JSON_REDACT));
    EXPECT_STR(kw_buf_text(&json), "{\"id\":\"a\",\"api_key\":\"[redacted]\"}");
}

static void stream_params__take_what_the_protocol_says(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        kw_status wanted;
        int64_t since_id;
    } cases[] = {{"", KW_OK, 0},
                 {"since_id=7", KW_OK, 7},
                 {"since_id=-3&view=active&hold=0", KW_OK, -3},
                 {"since_id=9223372036854775807", KW_OK, INT64_MAX},
                 {"since_id=9223372036854775808", KW_BAD_INPUT, 0},
                 {"since_id=x", KW_BAD_INPUT, 0},
                 {"since_id=1&since_id=2", KW_BAD_INPUT, 0},
                 {"since_id=1.5", KW_BAD_INPUT, 0},
                 {"view=some", KW_BAD_INPUT, 0},
                 {"hold=301", KW_BAD_INPUT, 0},
                 {"hold=-1", KW_BAD_INPUT, 0}};
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_emtp_stream_params params = {0};
        EXPECT_OK(kw_object_init(&params, &arena, &kw_emtp_stream_params_schema));
        EXPECT_STATUS(kw_query_decode(&params, &arena, &kw_emtp_stream_params_schema,
                                      kw_str_of(cases[i].query), NULL),
                      cases[i].wanted);
        if (cases[i].wanted == KW_OK) {
            assert_int_equal(params.since_id, cases[i].since_id);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(participant_new__has_fallbacks),
        cmocka_unit_test(participant_new__refuses),
        cmocka_unit_test(key_entries__are_read_back),
        cmocka_unit_test(participant_added__redacts_the_api_key),
        cmocka_unit_test(stream_params__take_what_the_protocol_says),
    };
    return cmocka_run_group_tests_name("emtp/api_types", tests, NULL, NULL);
}
