/* SPDX-License-Identifier: Apache-2.0
 * Compressed streams. */
#include "net/squeeze.h"

#include "base/heap.h"
#include "support/expect.h"

static void choose__follows_the_field(void **state)
{
    (void)state;
    const struct {
        const char *field;
        kw_encoding encoding;
    } cases[] = {{NULL, KW_ENCODING_IDENTITY},
                 {"", KW_ENCODING_IDENTITY},
                 {"identity", KW_ENCODING_IDENTITY},
                 {"br, deflate", KW_ENCODING_IDENTITY},
                 {"gzip;q=0, zstd;q=0", KW_ENCODING_IDENTITY},
                 {"GZIP", KW_ENCODING_GZIP},
                 {"gzip, zstd", KW_ENCODING_ZSTD},
                 {"gzip, zstd;q=0.9", KW_ENCODING_GZIP},
                 {"xgzip", KW_ENCODING_IDENTITY}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        assert_int_equal(kw_squeeze_choose(kw_str_of(cases[i].field)), cases[i].encoding);
    }
}

/* Plays a script: 'd' gives ten bytes, 'w' waits, 'e' ends, 'f' fails. */
typedef struct script {
    const char *steps;
    kw_trailer trailer;
} script;

static kw_pull play(void *source, kw_pull_slot *slot)
{
    script *s = source;
    switch (*s->steps++) {
    case 'd':
        memcpy(slot->out.ptr, "0123456789", 10);
        slot->got = 10;
        return KW_PULL_DATA;
    case 'w':
        slot->wait_ms = 77;
        return KW_PULL_WAIT;
    case 'e':
        slot->trailers = &s->trailer;
        slot->trailers_count = 1;
        return KW_PULL_END;
    default:
        return KW_PULL_FAIL;
    }
}

/* Pulls with `room` bytes until something else than data comes; appends the data. */
static kw_pull pull_all(kw_squeeze *squeeze, kw_buf *out, script *s, size_t room,
                        kw_pull_slot *last)
{
    uint8_t bytes[64];
    for (;;) {
        *last = (kw_pull_slot){.out = {bytes, room}};
        kw_pull pulled = kw_squeeze_pull(squeeze, last, play, s);
        if (pulled != KW_PULL_DATA) {
            return pulled;
        }
        assert_true(last->got > 0 && last->got <= room);
        EXPECT_OK(kw_buf_append(out, (kw_span){bytes, last->got}));
    }
}

static void pull__gives_all_before_it_waits(void **state)
{
    (void)state;
    const kw_encoding encodings[] = {KW_ENCODING_GZIP, KW_ENCODING_ZSTD};
    for (size_t i = 0; i < KW_COUNT(encodings); i++) {
        KW_AUTO(kw_squeeze) squeeze = {0};
        KW_AUTO(kw_buf) out = kw_buf_init(65536);
        KW_AUTO(kw_buf) plain = kw_buf_init(65536);
        KW_AUTO_PTR(kw_decoder) decoder = NULL;
        script s = {.steps = "ddwwdwe", .trailer = {"x-a", {"1", 1}}};
        kw_pull_slot last;
        EXPECT_OK(kw_squeeze_init(&squeeze, encodings[i]));
        EXPECT_OK(kw_decoder_new(&decoder, encodings[i]));
        assert_int_equal(pull_all(&squeeze, &out, &s, 1, &last), KW_PULL_WAIT);
        assert_int_equal(last.wait_ms, 77);
        EXPECT_OK(kw_decoder_push(decoder, &plain, kw_buf_view(&out)));
        EXPECT_STR(kw_buf_text(&plain), "01234567890123456789");
        kw_buf_clear(&out);
        while (pull_all(&squeeze, &out, &s, 64, &last) != KW_PULL_END) {
        }
        assert_int_equal(last.trailers_count, 1);
        EXPECT_OK(kw_decoder_push(decoder, &plain, kw_buf_view(&out)));
        EXPECT_OK(kw_decoder_finish(decoder));
        assert_int_equal(plain.len, 30);
    }
}

static void pull__passes_a_failure_on(void **state)
{
    (void)state;
    KW_AUTO(kw_squeeze) squeeze = {0};
    KW_AUTO(kw_buf) out = kw_buf_init(65536);
    script s = {.steps = "df"};
    kw_pull_slot last;
    EXPECT_OK(kw_squeeze_init(&squeeze, KW_ENCODING_GZIP));
    assert_int_equal(pull_all(&squeeze, &out, &s, 64, &last), KW_PULL_FAIL);
}

static void init__reports_missing_memory(void **state)
{
    (void)state;
    kw_squeeze squeeze = {0};
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_squeeze_init(&squeeze, KW_ENCODING_GZIP), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_null(squeeze.encoder);
    kw_squeeze_drop(&squeeze);
    kw_squeeze_drop(&squeeze);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choose__follows_the_field),
        cmocka_unit_test(pull__gives_all_before_it_waits),
        cmocka_unit_test(pull__passes_a_failure_on),
        cmocka_unit_test(init__reports_missing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
