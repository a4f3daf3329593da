/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_coin_transcript_decode, kw_coin_flip_of_parts. What is accepted is written again as it
 * was; parts hold by themselves, too. */
#include "threshold/coin_file.h"

#include "codec/json.h"
#include "crypto/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_transcript(kw_arena *arena, kw_span json)
{
    kw_coin_transcript transcript;
    KW_AUTO(kw_buf) again = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    if (kw_coin_transcript_decode(&transcript, arena, json, NULL) == KW_OK) {
        KW_ASSERT(kw_coin_transcript_encode(&again, &transcript.flip, NULL) == KW_OK);
        KW_ASSERT(kw_span_equal_var(kw_buf_view(&again), json));
    }
}

static void check_part(kw_arena *arena, kw_span json)
{
    kw_coin_part part = {0};
    kw_coin_flip flip;
    if (kw_json_decode(&part, arena, &kw_coin_part_schema, json, NULL) == KW_OK &&
        kw_coin_flip_of_parts(&flip, arena, (kw_coin_parts){&part, 1}, NULL) == KW_OK) {
        KW_ASSERT(kw_hash32_equal(&flip.roster.hash, &part.roster));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_arena arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    check_transcript(&arena, (kw_span){data, size});
    check_part(&arena, (kw_span){data, size});
    kw_arena_drop(&arena);
    return 0;
}
