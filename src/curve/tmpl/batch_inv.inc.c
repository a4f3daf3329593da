/* SPDX-License-Identifier: Apache-2.0
 * Many inverses for little more than the price of one: Montgomery's trick. Parameter: FIELD. */

#define F(name) KW_GLUE3(FIELD, _, name)

enum {
    F(BATCH) = 128
};

typedef void F(inversion)(FIELD *o, const FIELD *a);

/* Inverses in place, count <= BATCH; zeros stay. CT: constant time if `invert` is. */
KW_TEMPLATE_HOT void F(batch_inv_block)(FIELD *io, size_t count, F(inversion) * invert)
{
    FIELD products[F(BATCH)];
    const FIELD one = F(one)();
    const FIELD zero = F(zero)();
    FIELD product = one;
    for (size_t i = 0; i < count; i++) {
        products[i] = product;
        FIELD factor = io[i];
        F(copy)(F(is_zero)(&io[i]), &factor, &one);
        F(mul)(&product, &product, &factor);
    }
    invert(&product, &product);
    for (size_t i = count; i-- > 0;) {
        kw_mask is_zero = F(is_zero)(&io[i]);
        FIELD factor = io[i];
        F(copy)(is_zero, &factor, &one);
        F(mul)(&io[i], &product, &products[i]);
        F(mul)(&product, &product, &factor);
        F(copy)(is_zero, &io[i], &zero);
    }
    kw_wipe(products, count * sizeof *products);
}

/* CT: constant time in the elements. */
KW_TEMPLATE void F(batch_inv)(FIELD *io, size_t count)
{
    for (size_t done = 0; done < count; done += F(BATCH)) {
        F(batch_inv_block)(io + done, KW_MIN(count - done, (size_t)F(BATCH)), F(inv));
    }
}

/* The same for public elements. */
KW_TEMPLATE void F(batch_inv_var)(FIELD *io, size_t count)
{
    for (size_t done = 0; done < count; done += F(BATCH)) {
        F(batch_inv_block)(io + done, KW_MIN(count - done, (size_t)F(BATCH)), F(inv_var));
    }
}

#undef F
