/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/ibe_v1.h"

#include "support/expect.h"
#include "support/ibe_desk.h"

enum {
    ROOM = 4096,
    C1_AT = 4,
};

static ibe_desk desk;
static kw_ibe_to to;
static kw_ibe_key key;

static int set_up(void **state)
{
    KW_UNUSED(state);
    ibe_desk_open(&desk, 31);
    to = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "application");
    key = ibe_desk_key(&desk, &to.id);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_ibe_key_drop(&key);
    ibe_desk_close(&desk);
    return 0;
}

static kw_secret_span text(const char *words)
{
    return kw_secret_span_of(kw_span_of_str(kw_str_of(words)));
}

static void seal(kw_buf *out, const char *words)
{
    EXPECT_OK(kw_ibe_v1_encrypt(out, &to, text(words), desk.aead, &desk.rng));
}

static void expect_shut(kw_span sealed, const kw_ibe_key *with)
{
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    EXPECT_STATUS(kw_ibe_v1_decrypt(&plain, sealed, with, desk.aead), KW_CORRUPT);
    assert_int_equal(plain.len, 0);
}

static void decrypt__gives_back_the_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "x", "a longer text of some words"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
        KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
        seal(&sealed, texts[i]);
        assert_int_equal(sealed.len, strlen(texts[i]) + KW_IBE_V1_OVERHEAD_BYTES);
        EXPECT_OK(kw_ibe_v1_decrypt(&plain, kw_buf_view(&sealed), &key, desk.aead));
        EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&plain), "a test")),
                   texts[i]);
    }
}

static void encrypt__appends_and_never_repeats(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    seal(&out, "x");
    size_t one = out.len;
    seal(&out, "x");
    assert_int_equal(out.len, 2 * one);
    assert_memory_not_equal(out.ptr + C1_AT, out.ptr + one + C1_AT, 96);
}

static void decode__finds_the_parts(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    kw_ibe_v1 parts;
    seal(&sealed, "x");
    EXPECT_OK(kw_ibe_v1_decode(&parts, kw_buf_view(&sealed)));
    EXPECT_SPAN(KW_SPAN(parts.c1_bytes.bytes), ((kw_span){sealed.ptr + C1_AT, 96}));
    EXPECT_SPAN(KW_SPAN(parts.nonce), ((kw_span){sealed.ptr + 100, 12}));
    EXPECT_SPAN(parts.body, ((kw_span){sealed.ptr + 112, 17}));
}

static void decode__refuses_other_layouts(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    kw_ibe_v1 parts;
    seal(&sealed, "");
    for (size_t len = 0; len < sealed.len; len++) {
        EXPECT_STATUS(kw_ibe_v1_decode(&parts, (kw_span){sealed.ptr, len}), KW_BAD_INPUT);
    }
    for (size_t i = 0; i < C1_AT; i++) {
        sealed.ptr[i] ^= 1;
        EXPECT_STATUS(kw_ibe_v1_decode(&parts, kw_buf_view(&sealed)), KW_BAD_INPUT);
        sealed.ptr[i] ^= 1;
    }
    memset(sealed.ptr + C1_AT, 0, 96);
    sealed.ptr[C1_AT] = 0xc0; /* infinity */
    EXPECT_STATUS(kw_ibe_v1_decode(&parts, kw_buf_view(&sealed)), KW_BAD_INPUT);
}

/* One status for whatever is wrong, wherever. */
static void decrypt__refuses_every_changed_byte(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    seal(&sealed, "text");
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.ptr[i] ^= 0x10;
        expect_shut(kw_buf_view(&sealed), &key);
        sealed.ptr[i] ^= 0x10;
    }
    expect_shut((kw_span){sealed.ptr, sealed.len - 1}, &key);
    EXPECT_OK(kw_buf_append_byte(&sealed, 0));
    expect_shut(kw_buf_view(&sealed), &key);
}

static void decrypt__refuses_keys_of_others(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    seal(&sealed, "text");
    kw_ibe_to other = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "Application");
    KW_AUTO(kw_ibe_key) other_key = ibe_desk_key(&desk, &other.id);
    expect_shut(kw_buf_view(&sealed), &other_key);
    kw_ibe_to ours = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "application");
    KW_AUTO(kw_ibe_key) our_key = ibe_desk_key(&desk, &ours.id);
    expect_shut(kw_buf_view(&sealed), &our_key);
}

static void encrypt__refuses_other_kinds_and_fails_whole(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    kw_ibe_to wrong = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "application");
    EXPECT_STATUS(kw_ibe_v1_encrypt(&out, &wrong, text("x"), desk.aead, &desk.rng), KW_BAD_INPUT);
    wrong = to;
    wrong.is_hidden = true;
    EXPECT_STATUS(kw_ibe_v1_encrypt(&out, &wrong, text("x"), desk.aead, &desk.rng), KW_BAD_INPUT);
    KW_AUTO(kw_buf) small = kw_buf_init(120);
    EXPECT_STATUS(kw_ibe_v1_encrypt(&small, &to, text("x"), desk.aead, &desk.rng), KW_LIMIT);
    for (uint64_t given = 1; given < 3; given++) {
        seeded_rng source = {.seed = 1, .fail_after = given};
        kw_rng rng = seeded_rng_port(&source);
        EXPECT_STATUS(kw_ibe_v1_encrypt(&out, &to, text("x"), desk.aead, &rng), KW_ENTROPY_FAILURE);
    }
    assert_int_equal(out.len + small.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decrypt__gives_back_the_text),
        cmocka_unit_test(encrypt__appends_and_never_repeats),
        cmocka_unit_test(decode__finds_the_parts),
        cmocka_unit_test(decode__refuses_other_layouts),
        cmocka_unit_test(decrypt__refuses_every_changed_byte),
        cmocka_unit_test(decrypt__refuses_keys_of_others),
        cmocka_unit_test(encrypt__refuses_other_kinds_and_fails_whole),
    };
    return cmocka_run_group_tests_name("threshold/ibe_v1", tests, set_up, tear_down);
}
