/* SPDX-License-Identifier: Apache-2.0
 * Targets: kw_catalog_decode, kw_params_custom_decode, kw_params_path_parse. A catalog that is
 * taken is written again as the same bytes; a resolver walks it. */
#include "params/engine/custom.h"
#include "params/engine/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_catalog(kw_span json)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_catalog catalog;
    if (kw_catalog_decode(&catalog, &arena, json, NULL) != KW_OK) {
        return;
    }
    KW_AUTO(kw_buf) first = kw_buf_init(KW_CATALOG_BYTES_MAX);
    KW_AUTO(kw_buf) second = kw_buf_init(KW_CATALOG_BYTES_MAX);
    KW_ASSERT(kw_catalog_encode(&first, &catalog, NULL) == KW_OK);
    KW_AUTO(kw_arena) other = kw_arena_init(16 << 20);
    kw_catalog again;
    KW_ASSERT(kw_catalog_decode(&again, &other, kw_buf_view(&first), NULL) == KW_OK);
    KW_ASSERT(kw_catalog_encode(&second, &again, NULL) == KW_OK);
    KW_ASSERT(kw_span_equal_var(kw_buf_view(&first), kw_buf_view(&second)));
    for (size_t i = 0; i < catalog.releases.count; i++) {
        kw_release_wish wish = {.family = catalog.releases.items[i].family};
        const kw_release *found = NULL;
        KW_ASSERT(kw_release_resolve(&found, &catalog, &wish, NULL) != KW_NOT_FOUND);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span bytes = {data, size};
    read_catalog(bytes);
    kw_params_path parts;
    kw_str path = kw_str_of_span(bytes);
    if (kw_params_path_parse(&parts, path, NULL) == KW_OK) {
        KW_ASSERT(parts.family.len + parts.semver.len + parts.file.len + 9 == path.len);
    }
    KW_AUTO_PTR(kw_json) tree = NULL;
    if (kw_json_parse(&tree, bytes, 8, NULL) == KW_OK) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
        kw_params_custom custom;
        (void)kw_params_custom_decode(&custom, &arena, tree, KW_STR("params/r/1.2.0/r.vk.json"),
                                      NULL);
    }
    return 0;
}
