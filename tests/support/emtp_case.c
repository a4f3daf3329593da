/* SPDX-License-Identifier: Apache-2.0
 * One input line through the engine of match tokens, for tests. */
#include "support/emtp_case.h"

#include "support/expect.h"

void emtp_case_key(kw_hmac_key *out, uint8_t first_byte)
{
    uint8_t bytes[32];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(first_byte + i);
    }
    KW_AUTO(kw_secret32) key = {{0}};
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(KW_SPAN(bytes))));
    kw_hmac_key_init(out, &key);
}

emtp_case emtp_case_run(kw_str line, const kw_emtp_options *options)
{
    emtp_case c = {.arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX)};
    c.status = kw_emtp_record_read(&c.arena, &c.person, &c.reject, line, options);
    if (c.status == KW_OK) {
        KW_AUTO(kw_hmac_key) key = {.backend = KW_HMAC_OPENSSL};
        emtp_case_key(&key, 0);
        EXPECT_OK(kw_emtp_tuples_make(&c.arena, &c.tuples, &c.person, options));
        kw_emtp_tokens_make(c.tokens, &c.tuples, &key);
    }
    return c;
}

void emtp_case_drop(emtp_case *c)
{
    kw_arena_drop(&c->arena);
}

void emtp_case_explain(emtp_case *c, kw_buf *out, const kw_emtp_options *options)
{
    kw_hash32 sorted[KW_EMTP_TUPLES_MAX];
    memcpy(sorted, c->tokens, c->tuples.count * sizeof sorted[0]);
    kw_emtp_tokens_sort(sorted, c->tuples.count);
    kw_str kid = KW_STR("test-2026-01");
    kw_emtp_explanation facts = {.line = 1,
                                 .options = options,
                                 .person = &c->person,
                                 .tuples = &c->tuples,
                                 .kids = {&kid, 1},
                                 .tokens = sorted,
                                 .tokens_count = c->tuples.count,
                                 .library_version = KW_STR("0.0.0")};
    EXPECT_OK(kw_emtp_explain(out, &c->arena, &facts));
}

bool emtp_case_has(const emtp_case *c, const char *tuple)
{
    for (size_t i = 0; i < c->tuples.count; i++) {
        if (kw_str_equal(kw_emtp_tuple_text(&c->tuples.items[i]), kw_str_of(tuple))) {
            return true;
        }
    }
    return false;
}
