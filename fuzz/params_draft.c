/* SPDX-License-Identifier: Apache-2.0
 * Targets: kw_draft_parse, kw_draft_decode. A record that is taken is written again as one that is
 * taken, and what a manifest says of its files can be said. */
#include "params/engine/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void describe(const kw_draft *draft)
{
    for (size_t i = 0; i < draft->files.count; i++) {
        kw_draft_path path;
        uint32_t point_bytes = 0;
        const kw_draft_file *file = &draft->files.items[i];
        KW_ASSERT(kw_draft_path_of(&path, draft, file, NULL) == KW_OK);
        KW_ASSERT(kw_draft_index_path_of(&path, draft, file, NULL) == KW_OK);
        (void)kw_draft_cut(draft, file->kind, &point_bytes);
        KW_AUTO(kw_buf) custom = kw_buf_init(KW_CUSTOM_BYTES_MAX);
        (void)kw_draft_custom(&custom, draft, file, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span json = {data, size};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_draft draft;
    if (kw_draft_parse(&draft, &arena, json, NULL) == KW_OK) {
        describe(&draft);
    }
    if (kw_draft_decode(&draft, &arena, json, NULL) == KW_OK) {
        KW_AUTO(kw_buf) record = kw_buf_init(2 * KW_DRAFT_BYTES_MAX);
        kw_draft again;
        describe(&draft);
        KW_ASSERT(kw_draft_encode(&record, &draft, NULL) == KW_OK);
        KW_ASSERT(record.len > KW_DRAFT_BYTES_MAX ||
                  kw_draft_decode(&again, &arena, kw_buf_view(&record), NULL) == KW_OK);
    }
    return 0;
}
