/* SPDX-License-Identifier: Apache-2.0
 * The contract on files; tests/interop has it on a bucket. */
#include "store/blobs.h"

#include "store/fs/fs.h"
#include "support/blobs_contract.h"
#include "support/expect.h"
#include "support/tempdir.h"

typedef struct fixture {
    tempdir dir;
    kw_blobs *blobs;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.dir = tempdir_make()};
    EXPECT_OK(kw_blobs_open_fs(&f.blobs, tempdir_join(&f.dir, "store").text, NULL));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_blobs_free(f->blobs);
    tempdir_remove(&f->dir);
    return 0;
}

#define CASE(name, law)                        \
    static void name(void **state)             \
    {                                          \
        law(((const fixture *)*state)->blobs); \
    }

CASE(put__stores_the_same_bytes_once, blobs_contract_puts_once_and_gets)
CASE(get__knows_what_is_not_there, blobs_contract_knows_what_is_not_there)
CASE(each__walks_by_rising_name, blobs_contract_walks_by_rising_name)
CASE(hold__keeps_a_blob_until_the_last_is_released, blobs_contract_holds)
CASE(sweep__removes_what_is_idle_and_not_needed, blobs_contract_sweeps)
CASE(scrub__counts_whole_blobs, blobs_contract_scrubs)

static void free__takes_null(void **state)
{
    (void)state;
    kw_blobs_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__stores_the_same_bytes_once),
        cmocka_unit_test(get__knows_what_is_not_there),
        cmocka_unit_test(each__walks_by_rising_name),
        cmocka_unit_test(hold__keeps_a_blob_until_the_last_is_released),
        cmocka_unit_test(sweep__removes_what_is_idle_and_not_needed),
        cmocka_unit_test(scrub__counts_whole_blobs),
        cmocka_unit_test(free__takes_null),
    };
    return cmocka_run_group_tests_name("store/blobs", tests, set_up, tear_down);
}
