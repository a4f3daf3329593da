/* kw_note_parse, kw_checkpoint_parse, kw_note_vkey_parse, kw_note_signer_parse
 * SPDX-License-Identifier: Apache-2.0 */
#include "crypto/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was parsed as a key is written again in the same characters. */
static void round_trip_vkey(kw_str text)
{
    kw_note_verifier verifier;
    if (kw_note_vkey_parse(&verifier, text, NULL) == KW_OK) {
        KW_AUTO(kw_buf) again = kw_buf_init(1024);
        KW_ASSERT(kw_note_vkey_format(&again, &verifier) == KW_OK);
        KW_ASSERT(kw_str_equal(kw_buf_text(&again), text));
    }
}

static void round_trip_checkpoint(kw_str text)
{
    kw_checkpoint checkpoint;
    if (kw_checkpoint_parse(&checkpoint, text, NULL) == KW_OK) {
        KW_AUTO(kw_buf) again = kw_buf_init(text.len + 1);
        KW_ASSERT(kw_checkpoint_format(&again, &checkpoint) == KW_OK);
        KW_ASSERT(kw_str_starts_with(text, kw_buf_text(&again))); /* extension lines may follow */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span input = {data, size};
    kw_note note;
    if (kw_note_parse(&note, input, NULL) == KW_OK) {
        KW_ASSERT(note.count > 0 && note.count <= KW_NOTE_SIGNATURES_MAX);
        KW_ASSERT(note.text.ptr[note.text.len - 1] == '\n');
        round_trip_checkpoint(note.text);
    }
    round_trip_checkpoint(kw_str_of_span(input));
    round_trip_vkey(kw_str_of_span(input));
    KW_AUTO(kw_note_signer) signer = {0};
    kw_status st = kw_note_signer_parse(&signer, kw_secret_span_of(input), NULL);
    KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT);
    return 0;
}
