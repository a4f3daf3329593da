/* SPDX-License-Identifier: Apache-2.0 */
#include "client/leaf_hashes.h"

#include "crypto/merkle.h"
#include "params/engine/leaf.h"
#include "support/download_desk.h"
#include "support/expect.h"

static kw_leaf_file file_of(const download_desk *d)
{
    return (kw_leaf_file){.sha256 = d->download.content.sha256,
                          .bytes = d->download.content.length,
                          .root = d->download.tree_root};
}

static kw_status fetch(const download_desk *d, kw_leaf_hashes *out, const kw_leaf_file *file)
{
    KW_AUTO_PTR(kw_http_client) http = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_http_client_new(&http, &d->http, NULL));
    kw_status st = kw_leaf_hashes_fetch(out, file, d->urls[0], http, &err);
    assert_true(st == KW_OK || err.status == st);
    return st;
}

static void fetch__gives_all_hashes(void **state)
{
    download_desk *d = *state;
    KW_AUTO(kw_leaf_hashes) hashes = {0};
    kw_leaf_file file = file_of(d);
    kw_hash32 wanted;
    EXPECT_OK(fetch(d, &hashes, &file));
    assert_int_equal(hashes.count, kw_leaf_count(DOWNLOAD_BYTES));
    assert_int_equal(mirror_requests(d->mirrors[0]), 2); /* a full tile and a partial one */
    kw_merkle_leaf(&wanted, (kw_span){d->content + KW_LEAF_BYTES, KW_LEAF_BYTES});
    EXPECT_SPAN(KW_SPAN(hashes.items[1].bytes), KW_SPAN(wanted.bytes));
}

static void fetch__asks_nothing_for_a_file_of_one_leaf(void **state)
{
    download_desk *d = *state;
    KW_AUTO(kw_leaf_hashes) hashes = {0};
    kw_leaf_file file = file_of(d);
    file.bytes = KW_LEAF_BYTES;
    EXPECT_OK(fetch(d, &hashes, &file));
    assert_int_equal(hashes.count, 1);
    EXPECT_SPAN(KW_SPAN(hashes.items[0].bytes), KW_SPAN(file.root.bytes));
    assert_int_equal(mirror_requests(d->mirrors[0]), 0);
}

static void fetch__refuses_what_was_not_signed(void **state)
{
    download_desk *d = *state;
    KW_AUTO(kw_leaf_hashes) hashes = {0};
    kw_leaf_file file = file_of(d);
    mirror_behave(d->mirrors[0], MIRROR_HAS_OTHER_TILES, 0);
    EXPECT_STATUS(fetch(d, &hashes, &file), KW_HASH);
    mirror_behave(d->mirrors[0], MIRROR_IS_HONEST, 0);
    file.root.bytes[31] ^= 1;
    EXPECT_STATUS(fetch(d, &hashes, &file), KW_HASH);
    assert_null(hashes.items);
}

static void fetch__refuses_other_answers(void **state)
{
    download_desk *d = *state;
    KW_AUTO(kw_leaf_hashes) hashes = {0};
    kw_leaf_file file = file_of(d);
    mirror_behave(d->mirrors[0], MIRROR_SHOWS_A_PAGE, 0);
    EXPECT_STATUS(fetch(d, &hashes, &file), KW_PEER_REFUSED);
    mirror_behave(d->mirrors[0], MIRROR_HAS_NOTHING, 0);
    EXPECT_STATUS(fetch(d, &hashes, &file), KW_NOT_FOUND);
    mirror_behave(d->mirrors[0], MIRROR_IS_BUSY, 0);
    EXPECT_STATUS(fetch(d, &hashes, &file), KW_BUSY);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, download_desk_make, download_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(fetch__gives_all_hashes),
        CASE(fetch__asks_nothing_for_a_file_of_one_leaf),
        CASE(fetch__refuses_what_was_not_signed),
        CASE(fetch__refuses_other_answers),
    };
    return cmocka_run_group_tests_name("client/leaf_hashes", tests, NULL, NULL);
}
