/* SPDX-License-Identifier: Apache-2.0
 * Secrets on a token: they are there after a restart until they are destroyed. */
#include "base/heap.h"
#include "hsm/hsm.h"
#include "support/expect.h"
#include "support/softhsm.h"

#include <stdio.h>

enum {
    MANY = 150, /* more than one answer of a search */
};

typedef struct desk {
    softhsm soft;
    kw_hsm *hsm;
} desk;

static void desk_open(desk *d)
{
    kw_error err = {0};
    kw_hsm_options options = softhsm_options(&d->soft, "keys");
    EXPECT_OK(kw_hsm_open(&d->hsm, &options, &err));
}

static void desk_make(desk *d)
{
    *d = (desk){.soft = softhsm_make()};
    softhsm_add(&d->soft, "keys");
    desk_open(d);
}

static void desk_drop(desk *d)
{
    kw_hsm_free(d->hsm);
    softhsm_drop(&d->soft);
}

static kw_status put(const desk *d, const char *name, const char *text)
{
    kw_error err = {0};
    kw_status st = kw_hsm_put(d->hsm, kw_str_of(name),
                              kw_secret_span_of(kw_span_of_str(kw_str_of(text))), &err);
    assert_int_equal(err.status, st);
    return st;
}

/* Whether there is one, with this text. */
static kw_status get(const desk *d, const char *name, const char *text)
{
    kw_error err = {0};
    KW_AUTO(kw_secret_bytes) found = kw_secret_bytes_init(KW_HSM_SECRET_BYTES_MAX);
    kw_status st = kw_hsm_get(d->hsm, &found, kw_str_of(name), &err);
    assert_int_equal(err.status, st);
    kw_span bytes = kw_declassify_span(kw_secret_bytes_view(&found), "a test knows it");
    EXPECT_STR(kw_str_of_span(bytes), st == KW_OK ? text : "");
    return st;
}

static kw_status destroy(const desk *d, const char *name)
{
    kw_error err = {0};
    kw_status st = kw_hsm_destroy(d->hsm, kw_str_of(name), &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status count_one(void *ctx, kw_str name)
{
    size_t *count = ctx;
    assert_true(name.len > 0);
    (*count)++;
    return KW_OK;
}

static size_t count_of(const desk *d, const char *prefix)
{
    size_t count = 0;
    EXPECT_OK(kw_hsm_list(d->hsm, kw_str_of(prefix), count_one, &count, NULL));
    return count;
}

static void objects__survive_a_restart_until_they_are_destroyed(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    EXPECT_STATUS(get(&d, "a", ""), KW_NOT_FOUND);
    EXPECT_OK(put(&d, "a", "first"));
    EXPECT_OK(put(&d, "ab", "second"));
    EXPECT_STATUS(put(&d, "a", "again"), KW_CONFLICT);
    kw_hsm_free(d.hsm);
    desk_open(&d);
    EXPECT_OK(get(&d, "a", "first"));
    EXPECT_OK(get(&d, "ab", "second"));
    assert_int_equal(count_of(&d, ""), 2);
    assert_int_equal(count_of(&d, "ab"), 1);
    EXPECT_OK(destroy(&d, "a"));
    EXPECT_STATUS(destroy(&d, "a"), KW_NOT_FOUND);
    EXPECT_STATUS(get(&d, "a", ""), KW_NOT_FOUND);
    kw_hsm_free(d.hsm);
    desk_open(&d);
    assert_int_equal(count_of(&d, ""), 1);
    EXPECT_OK(put(&d, "a", "third"));
    EXPECT_OK(get(&d, "a", "third"));
}

static void objects__have_limits(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    static char name[KW_HSM_NAME_BYTES_MAX + 2];
    static char text[KW_HSM_SECRET_BYTES_MAX + 2];
    memset(name, 'n', KW_HSM_NAME_BYTES_MAX + 1);
    memset(text, 't', KW_HSM_SECRET_BYTES_MAX + 1);
    EXPECT_STATUS(put(&d, "", "x"), KW_BAD_INPUT);
    EXPECT_STATUS(put(&d, name, "x"), KW_BAD_INPUT);
    EXPECT_STATUS(get(&d, "", ""), KW_BAD_INPUT);
    EXPECT_STATUS(destroy(&d, name), KW_BAD_INPUT);
    EXPECT_STATUS(put(&d, "long", text), KW_LIMIT);
    name[KW_HSM_NAME_BYTES_MAX] = '\0';
    text[KW_HSM_SECRET_BYTES_MAX] = '\0';
    EXPECT_OK(put(&d, name, text));
    EXPECT_OK(get(&d, name, text));
    assert_int_equal(count_of(&d, "n"), 1);
    KW_AUTO(kw_secret_bytes) small = kw_secret_bytes_init(10);
    EXPECT_STATUS(kw_hsm_get(d.hsm, &small, kw_str_of(name), NULL), KW_LIMIT);
    assert_int_equal(small.len, 0);
}

static kw_status refuse(void *ctx, kw_str name)
{
    KW_UNUSED(ctx);
    KW_UNUSED(name);
    return KW_CANCELLED;
}

static void list__gives_many_and_can_be_ended(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    for (int i = 0; i < MANY; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "slot %d", i);
        EXPECT_OK(put(&d, name, "x"));
    }
    assert_int_equal(count_of(&d, "slot "), MANY);
    assert_int_equal(count_of(&d, "slot 14"), 11);
    assert_int_equal(count_of(&d, "other"), 0);
    EXPECT_STATUS(kw_hsm_list(d.hsm, (kw_str){0}, refuse, NULL, NULL), KW_CANCELLED);
    kw_error err = {0};
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_hsm_list(d.hsm, (kw_str){0}, refuse, NULL, &err), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_int_equal(err.status, KW_NO_MEMORY);
    assert_int_equal(count_of(&d, ""), MANY); /* a search that broke off was ended */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects__survive_a_restart_until_they_are_destroyed),
        cmocka_unit_test(objects__have_limits),
        cmocka_unit_test(list__gives_many_and_can_be_ended),
    };
    return cmocka_run_group_tests_name("hsm/hsm_objects", tests, NULL, NULL);
}
