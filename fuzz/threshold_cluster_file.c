/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_cluster_file_decode, kw_operators_decode, kw_address_parse. What operators have is
 * whole: URLs with an authority, addresses that print as they were read. */
#include "threshold/engine/roster/cluster_file.h"

#include "base/error.h"
#include "crypto/address_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const kw_operators *operators)
{
    for (size_t i = 0; i < operators->roster.n; i++) {
        KW_AUTO(kw_buf) text = kw_buf_init(64);
        KW_ASSERT(kw_address_print(&text, &operators->roster.members[i].address) == KW_OK);
        kw_address again;
        KW_ASSERT(kw_address_parse(&again, kw_buf_text(&text)) == KW_OK);
        KW_ASSERT(kw_address_equal(&again, &operators->roster.members[i].address));
        KW_ASSERT(operators->places[i].peer_url.len > KW_STR("https://").len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_arena arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_cluster_file file;
    kw_operators operators;
    kw_span json = {data, size};
    if (kw_cluster_file_decode(&file, &arena, json, NULL) == KW_OK) {
        check(&file.genesis);
    }
    if (kw_operators_decode(&operators, &arena, json, NULL) == KW_OK) {
        check(&operators);
    }
    kw_arena_drop(&arena);
    return 0;
}
