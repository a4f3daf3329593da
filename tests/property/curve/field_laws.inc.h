/* SPDX-License-Identifier: Apache-2.0
 * The operations of one prime field against each other. Parameters: NUMBER, its type; F(name), its
 * functions; CASE(name), a name for this field alone; WIDE_LEAST and WIDE_MOST, the lengths that
 * from_wide takes. */

static NUMBER CASE(small)(uint64_t value)
{
    return F(of_u64)(value);
}

static NUMBER CASE(random)(random_source *random)
{
    uint8_t wide[WIDE_LEAST];
    NUMBER a;
    for (size_t i = 0; i < sizeof wide; i++) {
        wide[i] = (uint8_t)random_u64(random);
    }
    EXPECT_OK(F(from_wide)(&a, KW_SPAN(wide)));
    return a;
}

static void CASE(expect)(const NUMBER *got, const NUMBER *wanted)
{
    assert_int_equal(F(cmp)(got, wanted), 0);
    assert_memory_equal(got, wanted, sizeof *got); /* one form for each value */
}

static void CASE(obeys_the_laws_of_a_field)(void **state)
{
    (void)state;
    random_source random = random_new("field");
    const NUMBER zero = CASE(small)(0);
    for (int i = 0; i < 200; i++) {
        NUMBER a = CASE(random)(&random);
        NUMBER b = CASE(random)(&random);
        NUMBER sum;
        NUMBER difference;
        NUMBER got;
        NUMBER wanted;
        F(add)(&sum, &a, &b);
        F(sub)(&difference, &a, &b);
        F(add)(&got, &difference, &b);
        CASE(expect)(&got, &a);
        F(neg)(&got, &difference);
        F(add)(&got, &got, &difference);
        CASE(expect)(&got, &zero);
        F(mul)(&got, &sum, &difference); /* (a + b)(a - b) = a^2 - b^2 */
        F(sqr)(&wanted, &a);
        F(sqr)(&sum, &b);
        F(sub)(&wanted, &wanted, &sum);
        CASE(expect)(&got, &wanted);
        F(mul)(&wanted, &a, &a);
        F(sqr)(&a, &a); /* in place */
        CASE(expect)(&a, &wanted);
        assert_true(F(is_square)(&a) && F(sqrt)(&got, &a));
        F(sqr)(&got, &got);
        CASE(expect)(&got, &a);
    }
    NUMBER got;
    F(neg)(&got, &zero);
    CASE(expect)(&got, &zero);
    F(sub)(&got, &zero, &zero);
    CASE(expect)(&got, &zero);
}

static void CASE(expect_inverse)(const NUMBER *a)
{
    const NUMBER zero = CASE(small)(0);
    const NUMBER one = CASE(small)(1);
    NUMBER inverse;
    NUMBER got;
    F(inv)(&inverse, a);
    F(inv_var)(&got, a);
    CASE(expect)(&got, &inverse);
    F(mul)(&inverse, &inverse, a);
    CASE(expect)(&inverse, F(cmp)(a, &zero) == 0 ? &zero : &one);
    got = *a;
    F(inv_var)(&got, &got);
    F(mul)(&got, &got, a);
    CASE(expect)(&got, &inverse);
}

/* Small ones of both signs, powers of two around the ends of digits, their neighbours, others. The
 * steps work on a R, so each also as a number whose words in memory are those. */
static void CASE(inverts_in_two_ways)(void **state)
{
    (void)state;
    random_source random = random_new("inverses");
    NUMBER power = CASE(small)(1);
    const NUMBER one = power;
    for (uint64_t small = 0; small < 70; small++) {
        NUMBER a = CASE(small)(small);
        CASE(expect_inverse)(&a);
        F(neg)(&a, &a);
        CASE(expect_inverse)(&a);
        a = (NUMBER){{small}};
        CASE(expect_inverse)(&a);
        F(neg)(&a, &a);
        CASE(expect_inverse)(&a);
    }
    for (size_t bit = 0; bit < 8 * sizeof power - 8; bit++) {
        NUMBER near = {{0}};
        CASE(expect_inverse)(&power);
        F(sub)(&near, &power, &one);
        CASE(expect_inverse)(&near);
        F(add)(&power, &power, &power);
        near = (NUMBER){{0}};
        near.w[bit / 64] = (uint64_t)1 << (bit % 64);
        CASE(expect_inverse)(&near);
        F(neg)(&near, &near);
        CASE(expect_inverse)(&near);
    }
    for (int i = 0; i < 500; i++) {
        NUMBER a = CASE(random)(&random);
        CASE(expect_inverse)(&a);
    }
}

static void CASE(inverts_many_and_keeps_zeros)(void **state)
{
    (void)state;
    NUMBER many[140]; /* more than a block */
    for (size_t count = 0; count <= KW_COUNT(many); count += count < 10 ? 1 : 13) {
        for (size_t i = 0; i < count; i++) {
            many[i] = CASE(small)(i % 5 == 3 ? 0 : i + 1);
        }
        F(batch_inv)(many, count);
        for (size_t i = 0; i < count; i++) {
            NUMBER number = CASE(small)(i % 5 == 3 ? 0 : i + 1);
            F(inv)(&number, &number);
            CASE(expect)(&many[i], &number);
        }
    }
}

static void CASE(reduces_wide_bytes)(void **state)
{
    (void)state;
    uint8_t bytes[WIDE_MOST + 1] = {0};
    NUMBER got = CASE(small)(5);
    const NUMBER five = got;
    const NUMBER one = CASE(small)(1);
    for (size_t len = 0; len < WIDE_LEAST; len++) {
        EXPECT_STATUS(F(from_wide)(&got, (kw_span){bytes, len}), KW_ARG);
    }
    EXPECT_STATUS(F(from_wide)(&got, (kw_span){bytes, WIDE_MOST + 1}), KW_ARG);
    CASE(expect)(&got, &five);
    for (size_t len = WIDE_LEAST; len <= WIDE_MOST; len++) {
        /* All ones: 2^(8 len) - 1, by doubling. */
        memset(bytes, 0xff, sizeof bytes);
        EXPECT_OK(F(from_wide)(&got, (kw_span){bytes, len}));
        NUMBER wanted = one;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            F(add)(&wanted, &wanted, &wanted);
        }
        F(sub)(&wanted, &wanted, &one);
        CASE(expect)(&got, &wanted);
    }
    memset(bytes, 0, sizeof bytes);
    EXPECT_OK(F(from_wide)(&got, (kw_span){bytes, WIDE_LEAST}));
    const NUMBER zero = CASE(small)(0);
    CASE(expect)(&got, &zero);
}

#undef NUMBER
#undef F
#undef CASE
#undef WIDE_LEAST
#undef WIDE_MOST
