/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/bundle.h"

#include "base/buf.h"
#include "support/expect.h"

static kw_status keep(void *ctx, kw_span bytes, kw_error *err)
{
    kw_buf *out = ctx;
    KW_TRY_AT(err, kw_buf_append(out, bytes), "keeping a bundle");
    return KW_OK;
}

static kw_bundle_writer writer_to(kw_buf *out)
{
    return kw_bundle_writer_to(&(kw_bundle_sink){keep, out});
}

/* What a reader saw, as text: "name=bytes;" for each file, without ";" when it did not end. */
typedef struct seen {
    kw_buf text;
    kw_status st; /* what to answer to a beginning */
} seen;

static kw_status see_begin(void *ctx, kw_str name, uint64_t bytes, kw_error *err)
{
    (void)bytes;
    seen *s = ctx;
    EXPECT_OK(kw_buf_append_format(&s->text, "%.*s=", KW_STR_ARG(name)));
    return s->st == KW_OK ? KW_OK : kw_fail(err, s->st, "there is no room for it");
}

static kw_status see_bytes(void *ctx, kw_span bytes, kw_error *err)
{
    (void)err;
    seen *s = ctx;
    assert_true(bytes.len > 0);
    return kw_buf_append(&s->text, bytes);
}

static kw_status see_end(void *ctx, kw_error *err)
{
    (void)err;
    seen *s = ctx;
    return kw_buf_append_byte(&s->text, ';');
}

static kw_status read_in_pieces(seen *s, kw_span bytes, size_t piece)
{
    kw_bundle_reader reader =
        kw_bundle_reader_to(&(kw_bundle_visit){see_begin, see_bytes, see_end, s});
    kw_error err = {0};
    kw_buf_clear(&s->text);
    kw_status st = KW_OK;
    for (size_t at = 0; at < bytes.len && st == KW_OK; at += piece) {
        st =
            kw_bundle_push(&reader, (kw_span){&bytes.ptr[at], KW_MIN(piece, bytes.len - at)}, &err);
    }
    st = st == KW_OK ? kw_bundle_end(&reader, &err) : st;
    assert_int_equal(err.status, st);
    return st;
}

/* "a" with 3 bytes, "b/empty" with none, "c" with 600. */
static void write_three(kw_buf *out)
{
    uint8_t many[600];
    memset(many, 'm', sizeof many);
    kw_bundle_writer writer = writer_to(out);
    EXPECT_OK(kw_bundle_begin(&writer, KW_STR("a"), 3, NULL));
    EXPECT_OK(kw_bundle_add(&writer, kw_span_of_str(KW_STR("xy")), NULL));
    EXPECT_OK(kw_bundle_add(&writer, kw_span_of_str(KW_STR("z")), NULL));
    EXPECT_OK(kw_bundle_begin(&writer, KW_STR("b/empty"), 0, NULL));
    EXPECT_OK(kw_bundle_begin(&writer, KW_STR("c"), sizeof many, NULL));
    EXPECT_OK(kw_bundle_add(&writer, KW_SPAN(many), NULL));
    EXPECT_OK(kw_bundle_finish(&writer, NULL));
    assert_int_equal(out->len, 512 * (2 + 1 + 3 + 2));
}

static void push__gives_what_was_written_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 511, 512, 513, 100000};
    seen s = {.text = kw_buf_init(4096)};
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    write_three(&bundle);
    for (size_t i = 0; i < KW_COUNT(pieces); i++) {
        EXPECT_OK(read_in_pieces(&s, kw_buf_view(&bundle), pieces[i]));
        assert_int_equal(s.text.len, 2 + 3 + 1 + 8 + 1 + 2 + 600 + 1);
        assert_memory_equal(s.text.ptr, "a=xyz;b/empty=;c=mmm", 20);
    }
    kw_buf_drop(&s.text);
}

static void push__takes_an_empty_bundle_and_the_zeros_of_tar(void **state)
{
    (void)state;
    seen s = {.text = kw_buf_init(4096)};
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    kw_bundle_writer writer = writer_to(&bundle);
    EXPECT_OK(kw_bundle_finish(&writer, NULL));
    assert_int_equal(bundle.len, 1024);
    EXPECT_OK(read_in_pieces(&s, kw_buf_view(&bundle), 100));
    uint8_t zeros[21 * 512] = {0};
    for (size_t blocks = 0; blocks <= 21; blocks++) {
        kw_status wanted = blocks >= 2 && blocks <= 20 ? KW_OK : KW_BAD_INPUT;
        EXPECT_STATUS(read_in_pieces(&s, (kw_span){zeros, blocks * 512}, 512), wanted);
    }
    EXPECT_STATUS(read_in_pieces(&s, (kw_span){zeros, 1025}, 512), KW_BAD_INPUT);
    kw_buf_drop(&s.text);
}

static void push__refuses_a_bundle_that_is_cut_off_anywhere(void **state)
{
    (void)state;
    seen s = {.text = kw_buf_init(4096)};
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    write_three(&bundle);
    for (size_t len = 0; len < bundle.len; len += 13) {
        EXPECT_STATUS(read_in_pieces(&s, (kw_span){bundle.ptr, len}, 1000), KW_BAD_INPUT);
    }
    kw_buf_drop(&s.text);
}

static void push__refuses_other_orders_padding_and_tails(void **state)
{
    (void)state;
    seen s = {.text = kw_buf_init(8192)};
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    write_three(&bundle);
    static const size_t padding[] = {512 + 3, 1023, 512 * 4 + 600, 512 * 6 - 1};
    for (size_t i = 0; i < KW_COUNT(padding); i++) {
        bundle.ptr[padding[i]] = 1;
        EXPECT_STATUS(read_in_pieces(&s, kw_buf_view(&bundle), 1000), KW_BAD_INPUT);
        bundle.ptr[padding[i]] = 0;
    }
    EXPECT_OK(read_in_pieces(&s, kw_buf_view(&bundle), 1000));
    /* The second file once more behind the third, and a file behind the end. */
    const kw_span end = {bundle.ptr + 512 * 6, 1024};
    KW_AUTO(kw_buf) odd = kw_buf_init(1 << 20);
    EXPECT_OK(kw_buf_append(&odd, (kw_span){bundle.ptr, 512 * 6}));
    EXPECT_OK(kw_buf_append(&odd, (kw_span){bundle.ptr + 1024, 512}));
    EXPECT_OK(kw_buf_append(&odd, end));
    EXPECT_STATUS(read_in_pieces(&s, kw_buf_view(&odd), 1000), KW_BAD_INPUT);
    kw_buf_clear(&odd);
    EXPECT_OK(kw_buf_append(&odd, (kw_span){bundle.ptr, 1024}));
    EXPECT_OK(kw_buf_append(&odd, (kw_span){bundle.ptr, 1024})); /* the same name */
    EXPECT_OK(kw_buf_append(&odd, end));
    EXPECT_STATUS(read_in_pieces(&s, kw_buf_view(&odd), 1000), KW_BAD_INPUT);
    kw_buf_clear(&odd);
    EXPECT_OK(kw_buf_append(&odd, (kw_span){bundle.ptr, 1024}));
    EXPECT_OK(kw_buf_append(&odd, end));
    EXPECT_OK(kw_buf_append(&odd, (kw_span){bundle.ptr + 1024, 512}));
    EXPECT_STATUS(read_in_pieces(&s, kw_buf_view(&odd), 1000), KW_BAD_INPUT);
    kw_buf_drop(&s.text);
}

static void push__passes_on_what_the_visit_says(void **state)
{
    (void)state;
    seen s = {.text = kw_buf_init(4096), .st = KW_NO_SPACE};
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    write_three(&bundle);
    EXPECT_STATUS(read_in_pieces(&s, kw_buf_view(&bundle), 1000), KW_NO_SPACE);
    EXPECT_STR(kw_buf_text(&s.text), "a=");
    kw_buf_drop(&s.text);
}

static void begin__refuses_other_orders_and_names(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    kw_bundle_writer writer = writer_to(&bundle);
    kw_error err = {0};
    char long_name[KW_BUNDLE_NAME_BYTES_MAX + 1];
    memset(long_name, 'a', sizeof long_name);
    EXPECT_STATUS(kw_bundle_begin(&writer, KW_STR("../b"), 0, &err), KW_BAD_INPUT);
    EXPECT_STATUS(kw_bundle_begin(&writer, (kw_str){long_name, sizeof long_name}, 0, &err),
                  KW_BAD_INPUT);
    EXPECT_OK(kw_bundle_begin(&writer, KW_STR("b"), 0, &err));
    EXPECT_STATUS(kw_bundle_begin(&writer, KW_STR("b"), 0, &err), KW_CONFLICT);
    EXPECT_STATUS(kw_bundle_begin(&writer, KW_STR("a"), 0, &err), KW_CONFLICT);
    assert_int_equal(err.status, KW_CONFLICT);
    assert_int_equal(bundle.len, 512);
    writer.members = KW_BUNDLE_MEMBERS_MAX;
    EXPECT_STATUS(kw_bundle_begin(&writer, KW_STR("c"), 0, &err), KW_LIMIT);
}

/* A file that grew or shrank while it was bundled. */
static void add__refuses_files_of_another_length(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 20);
    kw_bundle_writer writer = writer_to(&bundle);
    kw_error err = {0};
    EXPECT_OK(kw_bundle_begin(&writer, KW_STR("a"), 2, &err));
    EXPECT_STATUS(kw_bundle_begin(&writer, KW_STR("b"), 0, &err), KW_BAD_STATE);
    EXPECT_STATUS(kw_bundle_finish(&writer, &err), KW_BAD_STATE);
    EXPECT_STATUS(kw_bundle_add(&writer, kw_span_of_str(KW_STR("xyz")), &err), KW_BAD_STATE);
    assert_int_equal(err.status, KW_BAD_STATE);
    EXPECT_OK(kw_bundle_add(&writer, kw_span_of_str(KW_STR("xy")), &err));
    EXPECT_OK(kw_bundle_finish(&writer, &err));
    KW_AUTO(kw_buf) small = kw_buf_init(600);
    kw_bundle_writer short_of_room = writer_to(&small);
    EXPECT_OK(kw_bundle_begin(&short_of_room, KW_STR("a"), 2, &err));
    EXPECT_STATUS(kw_bundle_add(&short_of_room, kw_span_of_str(KW_STR("xy")), &err), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push__gives_what_was_written_in_pieces_of_any_size),
        cmocka_unit_test(push__takes_an_empty_bundle_and_the_zeros_of_tar),
        cmocka_unit_test(push__refuses_a_bundle_that_is_cut_off_anywhere),
        cmocka_unit_test(push__refuses_other_orders_padding_and_tails),
        cmocka_unit_test(push__passes_on_what_the_visit_says),
        cmocka_unit_test(begin__refuses_other_orders_and_names),
        cmocka_unit_test(add__refuses_files_of_another_length),
    };
    return cmocka_run_group_tests_name("params/engine/bundle", tests, NULL, NULL);
}
