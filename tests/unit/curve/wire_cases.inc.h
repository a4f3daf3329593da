/* SPDX-License-Identifier: Apache-2.0
 * Cases of one encoding of points of one group. T(name) is the curve's prefix; `size` names the
 * type of its bytes, `other` that of the decoder's second form, or the same again; `zeros` and
 * `ones` are the statuses of bytes of this size that are all 0 or all 0xff. */

/* Whatever bytes are accepted are the encoding of what they gave; all others leave `out` alone. */
#define WIRE_CASES(group, decoder, encoder, size, other, zeros, ones)                         \
    static kw_status judge_##group##_##encoder(const T(group##_##size) * bytes)               \
    {                                                                                         \
        T(group) point = T(group##_generator)();                                              \
        const T(group) before = point;                                                        \
        kw_status st =                                                                        \
            T(group##_decode_##decoder)(&point, KW_SPAN(bytes->bytes), KW_ALLOW_INFINITY);    \
        if (st == KW_OK) {                                                                    \
            T(group##_##size) again;                                                          \
            T(group##_encode_##encoder)(&again, &point);                                      \
            EXPECT_SPAN(KW_SPAN(again.bytes), KW_SPAN(bytes->bytes));                         \
        } else {                                                                              \
            assert_memory_equal(&point, &before, sizeof point);                               \
        }                                                                                     \
        return st;                                                                            \
    }                                                                                         \
                                                                                              \
    static void group##_decode_##encoder##__takes_what_encode_gives(void **state)             \
    {                                                                                         \
        (void)state;                                                                          \
        T(group) step = T(group##_generator)();                                               \
        T(group) point = T(group##_infinity)();                                               \
        for (int i = 0; i < 8; i++) {                                                         \
            T(group##_##size) bytes;                                                          \
            T(group) got = step;                                                              \
            T(group##_encode_##encoder)(&bytes, &point);                                      \
            EXPECT_OK(judge_##group##_##encoder(&bytes));                                     \
            kw_status st =                                                                    \
                T(group##_decode_##decoder)(&got, KW_SPAN(bytes.bytes), KW_POINT_STRICT);     \
            EXPECT_STATUS(st, i == 0 ? KW_INFINITY : KW_OK);                                  \
            assert_true(T(group##_equal)(&got, i == 0 ? &step : &point));                     \
            T(group##_neg)(&got, &point);                                                     \
            T(group##_encode_##encoder)(&bytes, &got);                                        \
            EXPECT_OK(judge_##group##_##encoder(&bytes));                                     \
            T(group##_add)(&point, &point, &step);                                            \
        }                                                                                     \
    }                                                                                         \
                                                                                              \
    static void group##_decode_##encoder##__takes_many_at_once(void **state)                  \
    {                                                                                         \
        (void)state;                                                                          \
        enum {                                                                                \
            COUNT = 5,                                                                        \
            BAD = 3                                                                           \
        };                                                                                    \
        T(group##_##size) bytes[COUNT];                                                       \
        T(group) out[COUNT];                                                                  \
        uint8_t ok[COUNT];                                                                    \
        T(group) point = T(group##_generator)();                                              \
        const T(group) untouched = T(group##_infinity)();                                     \
        for (size_t i = 0; i < COUNT; i++) {                                                  \
            T(group##_encode_##encoder)(&bytes[i], &point);                                   \
            T(group##_dbl)(&point, &point);                                                   \
            out[i] = untouched;                                                               \
        }                                                                                     \
        memset(&bytes[BAD], 0xff, sizeof bytes[BAD]);                                         \
        kw_span in = {bytes[0].bytes, sizeof bytes};                                          \
        EXPECT_OK(T(batch_##group##_decode_##decoder)(out, ok, in, COUNT, KW_POINT_STRICT));  \
        point = T(group##_generator)();                                                       \
        for (size_t i = 0; i < COUNT; i++) {                                                  \
            assert_int_equal(ok[i], i != BAD);                                                \
            assert_true(T(group##_equal)(&out[i], i == BAD ? &untouched : &point));           \
            T(group##_dbl)(&point, &point);                                                   \
        }                                                                                     \
        in.len--;                                                                             \
        EXPECT_STATUS(T(batch_##group##_decode_##decoder)(out, ok, in, COUNT, 0), KW_LENGTH); \
        EXPECT_STATUS(T(batch_##group##_decode_##decoder)(out, ok, in, 0, 0), KW_LENGTH);     \
    }                                                                                         \
                                                                                              \
    static void group##_decode_##encoder##__refuses_other_lengths(void **state)               \
    {                                                                                         \
        (void)state;                                                                          \
        const size_t size_of = sizeof(T(group##_##size));                                     \
        uint8_t bytes[257] = {0};                                                             \
        for (size_t len = 0; len <= sizeof bytes; len++) {                                    \
            T(group) point;                                                                   \
            kw_span in = {bytes, len};                                                        \
            if (len == size_of || len != sizeof(T(group##_##other))) {                        \
                EXPECT_STATUS(T(group##_decode_##decoder)(&point, in, KW_POINT_STRICT),       \
                              len == size_of ? zeros : KW_LENGTH);                            \
            }                                                                                 \
        }                                                                                     \
    }                                                                                         \
                                                                                              \
    static void group##_decode_##encoder##__takes_no_second_form(void **state)                \
    {                                                                                         \
        (void)state;                                                                          \
        T(group) point = T(group##_generator)();                                              \
        T(group##_##size) bytes;                                                              \
        size_t refused = 0;                                                                   \
        T(group##_encode_##encoder)(&bytes, &point);                                          \
        for (size_t bit = 0; bit < 8 * sizeof bytes.bytes; bit++) {                           \
            bytes.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);                                 \
            refused += judge_##group##_##encoder(&bytes) != KW_OK;                            \
            bytes.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);                                 \
        }                                                                                     \
        assert_true(refused > 3 * sizeof bytes.bytes);                                        \
        memset(bytes.bytes, 0xff, sizeof bytes.bytes);                                        \
        EXPECT_STATUS(judge_##group##_##encoder(&bytes), ones);                               \
    }

#define WIRE_ROWS(group, encoder)                                            \
    cmocka_unit_test(group##_decode_##encoder##__takes_what_encode_gives),   \
        cmocka_unit_test(group##_decode_##encoder##__takes_many_at_once),    \
        cmocka_unit_test(group##_decode_##encoder##__refuses_other_lengths), \
        cmocka_unit_test(group##_decode_##encoder##__takes_no_second_form)
