/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/ibe_v2.h"

#include "support/expect.h"
#include "support/ibe_desk.h"

enum {
    ROOM = 1 << 18,
    ID_AT = 8,
};

static ibe_desk desk;
static kw_ibe_to to;
static kw_ibe_key key;

static int set_up(void **state)
{
    KW_UNUSED(state);
    ibe_desk_open(&desk, 41);
    to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
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

static const uint8_t bytes[KW_IBE_CHUNK_BYTES * 2 + 1] = {5, 6, 7};

static void seal(kw_buf *out, const kw_ibe_to *whom, size_t len)
{
    EXPECT_OK(kw_ibe_v2_encrypt(out, whom, kw_secret_span_of((kw_span){bytes, len}), desk.aead,
                                &desk.rng));
}

static void expect_opens(const kw_buf *sealed, const kw_ibe_key *with, size_t len)
{
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    EXPECT_OK(kw_ibe_v2_decrypt(&plain, kw_buf_view(sealed), with, desk.aead));
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&plain), "a test"),
                ((kw_span){bytes, len}));
}

static void expect_shut(kw_span sealed, const kw_ibe_key *with)
{
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    EXPECT_STATUS(kw_ibe_v2_decrypt(&plain, sealed, with, desk.aead), KW_CORRUPT);
    assert_int_equal(plain.len, 0);
}

static void decrypt__gives_back_texts_around_the_chunk_size(void **state)
{
    (void)state;
    static const size_t lengths[] = {0,
                                     1,
                                     KW_IBE_CHUNK_BYTES - 1,
                                     KW_IBE_CHUNK_BYTES,
                                     KW_IBE_CHUNK_BYTES + 1,
                                     2 * KW_IBE_CHUNK_BYTES,
                                     2 * KW_IBE_CHUNK_BYTES + 1};
    for (size_t i = 0; i < KW_COUNT(lengths); i++) {
        KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
        seal(&sealed, &to, lengths[i]);
        expect_opens(&sealed, &key, lengths[i]);
    }
}

static void decrypt__opens_timelocks_with_the_beacon(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    kw_ibe_to later = ibe_desk_to_round(&desk, 1000);
    seal(&sealed, &later, 9);
    KW_AUTO(kw_ibe_key) beacon = ibe_desk_key(&desk, &later.id);
    expect_opens(&sealed, &beacon, 9);
    kw_ibe_to earlier = ibe_desk_to_round(&desk, 999);
    KW_AUTO(kw_ibe_key) too_early = ibe_desk_key(&desk, &earlier.id);
    expect_shut(kw_buf_view(&sealed), &too_early);
}

static void decrypt__opens_hidden_ids_for_who_knows_them(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    kw_ibe_to hidden = to;
    hidden.is_hidden = true;
    seal(&sealed, &hidden, 9);
    kw_ibe_header header;
    EXPECT_OK(
        kw_ibe_header_decode(&header, (kw_span){sealed.ptr, (size_t)KW_IBE_HEADER_BYTES_MIN}));
    assert_int_equal(header.id.len, 0);
    expect_opens(&sealed, &key, 9);
    kw_ibe_to other = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payment");
    KW_AUTO(kw_ibe_key) other_key = ibe_desk_key(&desk, &other.id);
    expect_shut(kw_buf_view(&sealed), &other_key);
}

static void decrypt__refuses_keys_of_others(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    seal(&sealed, &to, 9);
    kw_ibe_to other = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payment");
    KW_AUTO(kw_ibe_key) other_key = ibe_desk_key(&desk, &other.id);
    expect_shut(kw_buf_view(&sealed), &other_key);
    kw_ibe_to reference = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "payments");
    KW_AUTO(kw_ibe_key) reference_key = ibe_desk_key(&desk, &reference.id);
    expect_shut(kw_buf_view(&sealed), &reference_key);
    ibe_desk stranger;
    ibe_desk_open(&stranger, 42);
    KW_AUTO(kw_ibe_key) strange_key = ibe_desk_key(&stranger, &to.id);
    expect_shut(kw_buf_view(&sealed), &strange_key);
    ibe_desk_close(&stranger);
}

/* One status for whatever is wrong, wherever: header, U, V, text, tag. */
static void decrypt__refuses_every_changed_byte(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    seal(&sealed, &to, 9);
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.ptr[i] ^= 0x10;
        expect_shut(kw_buf_view(&sealed), &key);
        sealed.ptr[i] ^= 0x10;
    }
    for (size_t len = 0; len < sealed.len; len++) {
        expect_shut((kw_span){sealed.ptr, len}, &key);
    }
    EXPECT_OK(kw_buf_append_byte(&sealed, 0));
    expect_shut(kw_buf_view(&sealed), &key);
}

/* A U with its own right mask, but whose r the seed does not give: what a plain hybrid scheme would
 * open, and so turn the key's holder into an oracle. */
static void open__refuses_a_u_that_the_seed_did_not_make(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    KW_AUTO(kw_ibe_stream) stream = {0};
    seal(&sealed, &to, 0);
    size_t len = 0;
    EXPECT_OK(kw_ibe_header_bytes(&len, kw_buf_view(&sealed)));
    kw_span header = {sealed.ptr, len};
    EXPECT_OK(kw_ibe_v2_open(&stream, header, &key, desk.aead));
    sealed.ptr[len - 1] ^= 1; /* V: another seed */
    EXPECT_STATUS(kw_ibe_v2_open(&stream, header, &key, desk.aead), KW_CORRUPT);
    sealed.ptr[len - 1] ^= 1;
    sealed.ptr[ID_AT + to.id.len + 32] ^= 0x20; /* -U */
    EXPECT_STATUS(kw_ibe_v2_open(&stream, header, &key, desk.aead), KW_CORRUPT);
}

static void header__says_what_it_holds(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    kw_ibe_header header;
    size_t len = 0;
    seal(&sealed, &to, 3);
    EXPECT_OK(kw_ibe_header_bytes(&len, (kw_span){sealed.ptr, KW_IBE_HEADER_START_BYTES}));
    assert_int_equal(len, KW_IBE_HEADER_BYTES_MIN + 8);
    EXPECT_OK(kw_ibe_header_decode(&header, (kw_span){sealed.ptr, len}));
    assert_int_equal(header.kind, KW_IBE_APPLICATION);
    EXPECT_STR(kw_str_of_span(header.id), "payments");
    EXPECT_SPAN(KW_SPAN(header.master_hash.bytes), KW_SPAN(desk.master.hash.bytes));
    assert_int_equal(header.prefix.len, len - 96 - 32);
}

static void expect_no_header(kw_span wire)
{
    kw_ibe_header header;
    EXPECT_STATUS(kw_ibe_header_decode(&header, wire), KW_BAD_INPUT);
}

static void header__refuses_all_else(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    size_t len = 0;
    seal(&sealed, &to, 3);
    EXPECT_OK(kw_ibe_header_bytes(&len, kw_buf_view(&sealed)));
    for (size_t cut = 0; cut < len; cut++) {
        expect_no_header((kw_span){sealed.ptr, cut});
    }
    expect_no_header((kw_span){sealed.ptr, len + 1});
    /* magic, version, kind, chunk size, length of the id */
    static const uint8_t wrong[ID_AT] = {1, 1, 1, 3, 4, 1, 1, 1};
    for (size_t i = 0; i < ID_AT; i++) {
        sealed.ptr[i] ^= wrong[i];
        expect_no_header((kw_span){sealed.ptr, len});
        sealed.ptr[i] ^= wrong[i];
    }
    uint8_t *u = sealed.ptr + len - 96 - 32;
    memset(u, 0, 96);
    u[0] = 0xc0; /* infinity */
    expect_no_header((kw_span){sealed.ptr, len});
}

static void header_bytes__follow_from_the_start(void **state)
{
    (void)state;
    static const struct {
        uint8_t start[KW_IBE_HEADER_START_BYTES];
        kw_status wanted;
        size_t len;
    } rows[] = {
        {{'I', 'B', 'E', 2, 1, 16, 0, 0}, KW_OK, 168},
        {{'I', 'B', 'E', 2, 1, 16, 0, 255}, KW_OK, 423},
        {{'I', 'B', 'E', 2, 2, 16, 0, 8}, KW_OK, 176},
        {{'I', 'B', 'E', 2, 2, 16, 0, 0}, KW_OK, 168},
        {{'I', 'B', 'E', 2, 1, 16, 1, 0}, KW_BAD_INPUT, 0},
        {{'I', 'B', 'E', 2, 2, 16, 0, 7}, KW_BAD_INPUT, 0},
        {{'I', 'B', 'E', 2, 0, 16, 0, 8}, KW_BAD_INPUT, 0},
        {{'I', 'B', 'E', 2, 3, 16, 0, 8}, KW_BAD_INPUT, 0},
        {{'I', 'B', 'E', 2, 1, 17, 0, 8}, KW_BAD_INPUT, 0},
        {{'I', 'B', 'E', 1, 1, 16, 0, 8}, KW_BAD_INPUT, 0},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        size_t len = 0;
        EXPECT_STATUS(kw_ibe_header_bytes(&len, KW_SPAN(rows[i].start)), rows[i].wanted);
        assert_int_equal(len, rows[i].len);
        EXPECT_STATUS(kw_ibe_header_bytes(&len, (kw_span){rows[i].start, 7}), KW_BAD_INPUT);
    }
}

static void seal__fails_whole(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    KW_AUTO(kw_buf) small = kw_buf_init(200);
    kw_secret_span text = kw_secret_span_of((kw_span){bytes, 40});
    kw_ibe_to wrong = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "payments");
    EXPECT_STATUS(kw_ibe_v2_encrypt(&out, &wrong, text, desk.aead, &desk.rng), KW_BAD_INPUT);
    wrong = (kw_ibe_to){.master = &desk.master, .id = {.kind = KW_IBE_APPLICATION}};
    EXPECT_STATUS(kw_ibe_v2_encrypt(&out, &wrong, text, desk.aead, &desk.rng), KW_BAD_INPUT);
    EXPECT_STATUS(kw_ibe_v2_encrypt(&small, &to, text, desk.aead, &desk.rng), KW_LIMIT);
    seeded_rng source = {.seed = 1, .requests = 1, .fail_after = 1};
    kw_rng rng = seeded_rng_port(&source);
    KW_AUTO(kw_ibe_stream) stream = {0};
    EXPECT_STATUS(kw_ibe_v2_seal(&stream, &out, &to, desk.aead, &rng), KW_ENTROPY_FAILURE);
    assert_int_equal(out.len + small.len, 0);
    assert_true(kw_ibe_stream_has_ended(&stream));
}

static void decrypt__keeps_to_the_room_given(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    KW_AUTO(kw_secret_bytes) small = kw_secret_bytes_init(KW_IBE_CHUNK_BYTES);
    seal(&sealed, &to, KW_IBE_CHUNK_BYTES + 1);
    EXPECT_STATUS(kw_ibe_v2_decrypt(&small, kw_buf_view(&sealed), &key, desk.aead), KW_LIMIT);
    assert_int_equal(small.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decrypt__gives_back_texts_around_the_chunk_size),
        cmocka_unit_test(decrypt__opens_timelocks_with_the_beacon),
        cmocka_unit_test(decrypt__opens_hidden_ids_for_who_knows_them),
        cmocka_unit_test(decrypt__refuses_keys_of_others),
        cmocka_unit_test(decrypt__refuses_every_changed_byte),
        cmocka_unit_test(open__refuses_a_u_that_the_seed_did_not_make),
        cmocka_unit_test(header__says_what_it_holds),
        cmocka_unit_test(header__refuses_all_else),
        cmocka_unit_test(header_bytes__follow_from_the_start),
        cmocka_unit_test(seal__fails_whole),
        cmocka_unit_test(decrypt__keeps_to_the_room_given),
    };
    return cmocka_run_group_tests_name("threshold/ibe_v2", tests, set_up, tear_down);
}
