/* SPDX-License-Identifier: Apache-2.0
 * Files of every length through both formats, and every way to spoil one. */
#include "client/threshold_file.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/ibe_desk.h"

enum {
    CHUNK = KW_IBE_CHUNK_BYTES,
    ROOM = 4 * CHUNK,
};

/* A flow in memory that reads in pieces of `piece` bytes. */
typedef struct memory {
    kw_span in;
    size_t at;
    size_t piece;
    kw_buf out;
    size_t fails_at; /* writes from this many bytes on fail; 0: none */
} memory;

static ibe_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    ibe_desk_open(&desk, 7);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    ibe_desk_close(&desk);
    return 0;
}

static kw_status read_memory(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    KW_UNUSED(err);
    memory *m = ctx;
    *out_len = KW_MIN(KW_MIN(room.len, m->in.len - m->at), m->piece);
    if (*out_len > 0) {
        memcpy(room.ptr, m->in.ptr + m->at, *out_len);
    }
    m->at += *out_len;
    return KW_OK;
}

static kw_status write_memory(void *ctx, kw_span bytes, kw_error *err)
{
    memory *m = ctx;
    KW_REQUIRE(m->fails_at == 0 || m->out.len + bytes.len < m->fails_at, err, KW_NO_SPACE, "full");
    KW_TRY_AT(err, kw_buf_append(&m->out, bytes), "writing");
    return KW_OK;
}

static memory memory_of(kw_span in)
{
    return (memory){.in = in, .piece = 1000, .out = kw_buf_init(2 * (size_t)ROOM)};
}

static kw_client_flow flow_of(memory *m)
{
    return (kw_client_flow){read_memory, write_memory, m};
}

static void encrypt(memory *out, kw_span text, kw_ibe_kind kind)
{
    *out = memory_of(text);
    kw_client_flow flow = flow_of(out);
    kw_ibe_to to = ibe_desk_to_app(&desk, kind, "payroll");
    EXPECT_OK(kw_client_encrypt(&flow, &to, &desk.rng, NULL));
}

static kw_status decrypt(memory *out, kw_span sealed, const kw_ibe_key *key)
{
    *out = memory_of(sealed);
    kw_client_flow flow = flow_of(out);
    KW_AUTO(kw_client_sealed) start = {.app_id = {0}};
    kw_error err = {0};
    kw_status st = kw_client_sealed_read(&start, &flow, &err);
    if (st == KW_OK) {
        st = kw_client_decrypt(&flow, &start, key, &err);
    }
    assert_int_equal(err.status, st);
    return st;
}

static kw_ibe_key key_of(kw_ibe_kind kind)
{
    kw_ibe_id id;
    EXPECT_OK(kw_ibe_id_of_app(&id, kind, kw_span_of_str(KW_STR("payroll"))));
    return ibe_desk_key(&desk, &id);
}

static uint8_t text_bytes[ROOM];

static void files__come_back_whatever_their_length(void **state)
{
    KW_UNUSED(state);
    static const size_t lengths[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7};
    static const kw_ibe_kind kinds[] = {KW_IBE_APPLICATION, KW_IBE_EIGENX};
    for (size_t i = 0; i < sizeof text_bytes; i++) {
        text_bytes[i] = (uint8_t)(i * 31 >> 3);
    }
    for (size_t k = 0; k < KW_COUNT(kinds); k++) {
        KW_AUTO(kw_ibe_key) key = key_of(kinds[k]);
        for (size_t i = 0; i < KW_COUNT(lengths); i++) {
            kw_span text = {text_bytes, lengths[i]};
            memory sealed;
            memory opened;
            encrypt(&sealed, text, kinds[k]);
            EXPECT_OK(decrypt(&opened, kw_buf_view(&sealed.out), &key));
            EXPECT_SPAN(kw_buf_view(&opened.out), text);
            kw_buf_drop(&sealed.out);
            kw_buf_drop(&opened.out);
        }
    }
}

/* The files are those of the engine: what it makes opens here, and the other way round. */
static void files__are_those_of_the_engine(void **state)
{
    KW_UNUSED(state);
    kw_span text = {text_bytes, CHUNK + 100};
    KW_AUTO(kw_ibe_key) key = key_of(KW_IBE_APPLICATION);
    KW_AUTO(kw_buf) made = kw_buf_init(ROOM);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payroll");
    memory out;
    EXPECT_OK(kw_ibe_v2_encrypt(&made, &to, kw_secret_span_of(text), desk.aead, &desk.rng));
    EXPECT_OK(decrypt(&out, kw_buf_view(&made), &key));
    EXPECT_SPAN(kw_buf_view(&out.out), text);
    kw_buf_drop(&out.out);
    encrypt(&out, text, KW_IBE_APPLICATION);
    EXPECT_OK(kw_ibe_v2_decrypt(&plain, kw_buf_view(&out.out), &key, desk.aead));
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&plain), "a test"), text);
    kw_buf_drop(&out.out);
}

static void sealed_read__names_the_application(void **state)
{
    KW_UNUSED(state);
    memory sealed;
    encrypt(&sealed, (kw_span){text_bytes, 10}, KW_IBE_APPLICATION);
    memory in = memory_of(kw_buf_view(&sealed.out));
    kw_client_flow flow = flow_of(&in);
    KW_AUTO(kw_client_sealed) start = {.app_id = {0}};
    EXPECT_OK(kw_client_sealed_read(&start, &flow, NULL));
    assert_int_equal(start.kind, KW_IBE_APPLICATION);
    EXPECT_STR(kw_str_of_span(start.app_id), "payroll");
    kw_buf_drop(&sealed.out);
}

static void sealed_id__takes_what_is_named_once_or_twice_the_same(void **state)
{
    KW_UNUSED(state);
    static const struct {
        kw_ibe_kind kind;
        kw_ibe_kind asked;
        const char *named;
        const char *given;
        kw_status wanted;
    } rows[] = {
        {KW_IBE_APPLICATION, KW_IBE_APPLICATION, "a", "", KW_OK},
        {KW_IBE_APPLICATION, KW_IBE_APPLICATION, "", "a", KW_OK},
        {KW_IBE_APPLICATION, KW_IBE_APPLICATION, "a", "a", KW_OK},
        {KW_IBE_EIGENX, KW_IBE_EIGENX, "", "a", KW_OK},
        {KW_IBE_APPLICATION, KW_IBE_APPLICATION, "a", "b", KW_REFUSED},
        {KW_IBE_APPLICATION, KW_IBE_APPLICATION, "", "", KW_BAD_INPUT},
        {KW_IBE_APPLICATION, KW_IBE_EIGENX, "a", "a", KW_REFUSED},
        {KW_IBE_EIGENX, KW_IBE_APPLICATION, "", "a", KW_REFUSED},
        {KW_IBE_TIMELOCK, KW_IBE_APPLICATION, "", "a", KW_REFUSED},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_client_sealed sealed = {.kind = rows[i].kind,
                                         .app_id = kw_span_of_str(kw_str_of(rows[i].named))};
        kw_ibe_id id = {.len = 0};
        kw_error err = {0};
        EXPECT_STATUS(
            kw_client_sealed_id(&sealed, &id, rows[i].asked, kw_str_of(rows[i].given), &err),
            rows[i].wanted);
        assert_int_equal(err.status, rows[i].wanted);
        if (rows[i].wanted == KW_OK) {
            EXPECT_STR(kw_str_of_span(kw_ibe_id_view(&id)), "a");
            assert_int_equal(id.kind, rows[i].asked);
        }
    }
}

static void files__that_are_cut_or_changed_do_not_open(void **state)
{
    KW_UNUSED(state);
    static const kw_ibe_kind kinds[] = {KW_IBE_APPLICATION, KW_IBE_EIGENX};
    for (size_t k = 0; k < KW_COUNT(kinds); k++) {
        KW_AUTO(kw_ibe_key) key = key_of(kinds[k]);
        memory sealed;
        memory opened;
        encrypt(&sealed, (kw_span){text_bytes, 200}, kinds[k]);
        for (size_t len = 0; len < sealed.out.len; len++) {
            EXPECT_STATUS(decrypt(&opened, (kw_span){sealed.out.ptr, len}, &key), KW_CORRUPT);
            assert_int_equal(opened.out.len, 0);
            kw_buf_drop(&opened.out);
        }
        for (size_t at = 0; at < sealed.out.len; at += 7) {
            sealed.out.ptr[at] ^= 1;
            EXPECT_STATUS(decrypt(&opened, kw_buf_view(&sealed.out), &key), KW_CORRUPT);
            assert_int_equal(opened.out.len, 0);
            kw_buf_drop(&opened.out);
            sealed.out.ptr[at] ^= 1;
        }
        kw_buf_drop(&sealed.out);
    }
}

/* Chunk by chunk: what came before the damage was written, and the failure says so. */
static void chunks__cannot_be_dropped(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_ibe_key) key = key_of(KW_IBE_APPLICATION);
    memory sealed;
    memory opened;
    encrypt(&sealed, (kw_span){text_bytes, 2 * CHUNK}, KW_IBE_APPLICATION);
    size_t one_less = sealed.out.len - KW_IBE_SEALED_CHUNK_BYTES;
    EXPECT_STATUS(decrypt(&opened, (kw_span){sealed.out.ptr, one_less}, &key), KW_CORRUPT);
    kw_buf_drop(&opened.out);
    EXPECT_STATUS(decrypt(&opened, (kw_span){sealed.out.ptr, sealed.out.len - 1}, &key),
                  KW_CORRUPT);
    assert_int_equal(opened.out.len, CHUNK);
    kw_buf_drop(&opened.out);
    kw_buf_drop(&sealed.out);
}

static void files__for_others_do_not_open(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_ibe_key) v1 = key_of(KW_IBE_EIGENX);
    KW_AUTO(kw_ibe_key) v2 = key_of(KW_IBE_APPLICATION);
    memory sealed;
    memory opened;
    encrypt(&sealed, (kw_span){text_bytes, 10}, KW_IBE_APPLICATION);
    EXPECT_STATUS(decrypt(&opened, kw_buf_view(&sealed.out), &v1), KW_CORRUPT);
    kw_buf_drop(&opened.out);
    kw_buf_drop(&sealed.out);
    encrypt(&sealed, (kw_span){text_bytes, 10}, KW_IBE_EIGENX);
    EXPECT_STATUS(decrypt(&opened, kw_buf_view(&sealed.out), &v2), KW_CORRUPT);
    kw_buf_drop(&opened.out);
    kw_buf_drop(&sealed.out);
}

static void version_1__has_a_bound(void **state)
{
    KW_UNUSED(state);
    static uint8_t large[KW_CLIENT_V1_BYTES_MAX + 1];
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "payroll");
    kw_error err = {0};
    memory out = memory_of(KW_SPAN(large));
    kw_client_flow flow = flow_of(&out);
    EXPECT_STATUS(kw_client_encrypt(&flow, &to, &desk.rng, &err), KW_LIMIT);
    assert_int_equal(err.status, KW_LIMIT);
    assert_int_equal(out.out.len, 0);
}

static void flows__that_fail_end_it(void **state)
{
    KW_UNUSED(state);
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payroll");
    memory out = memory_of((kw_span){text_bytes, 2 * CHUNK});
    out.fails_at = CHUNK + 1000;
    kw_client_flow flow = flow_of(&out);
    EXPECT_STATUS(kw_client_encrypt(&flow, &to, &desk.rng, NULL), KW_NO_SPACE);
    kw_buf_drop(&out.out);
}

static void encrypt__fails_without_memory(void **state)
{
    KW_UNUSED(state);
    kw_status st = KW_NO_MEMORY;
    for (size_t k = 1; k < 60 && st != KW_OK; k++) {
        kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payroll");
        memory out = memory_of((kw_span){text_bytes, CHUNK + 5});
        kw_client_flow flow = flow_of(&out);
        kw_heap_fail_at(k);
        st = kw_client_encrypt(&flow, &to, &desk.rng, NULL);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        kw_buf_drop(&out.out);
    }
    EXPECT_OK(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files__come_back_whatever_their_length),
        cmocka_unit_test(files__are_those_of_the_engine),
        cmocka_unit_test(sealed_read__names_the_application),
        cmocka_unit_test(sealed_id__takes_what_is_named_once_or_twice_the_same),
        cmocka_unit_test(files__that_are_cut_or_changed_do_not_open),
        cmocka_unit_test(chunks__cannot_be_dropped),
        cmocka_unit_test(files__for_others_do_not_open),
        cmocka_unit_test(version_1__has_a_bound),
        cmocka_unit_test(flows__that_fail_end_it),
        cmocka_unit_test(encrypt__fails_without_memory),
    };
    return cmocka_run_group_tests_name("client/threshold_file", tests, set_up, tear_down);
}
