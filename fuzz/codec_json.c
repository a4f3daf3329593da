/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_json_parse, kw_dom_parse. Every node of an accepted tree can be reached. */
#include "codec/dom.h"
#include "codec/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Visits the children of one container. */
static size_t visit(const kw_json *container)
{
    kw_str name = {0};
    const kw_json *value = NULL;
    size_t bytes = 0;
    size_t count = 0;
    for (const void *at = NULL; kw_json_next(container, &at, &name, &value); count++) {
        kw_str text = kw_json_text(value);
        bytes += name.len + text.len + visit(value);
    }
    KW_ASSERT(count == kw_json_count(container));
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO_PTR(kw_json) root = NULL;
    kw_error err = {0};
    kw_status st = kw_json_parse(&root, (kw_span){data, size}, KW_TREE_DEPTH_MAX, &err);
    KW_ASSERT(err.status == st);
    if (st == KW_OK) {
        KW_ASSERT(visit(root) <= size);
        return 0;
    }
    kw_json *none = NULL;
    kw_dom_failure failure;
    KW_ASSERT(kw_dom_parse(&none, (kw_span){data, size}, KW_TREE_DEPTH_MAX, &failure) == st);
    KW_ASSERT(none == NULL && failure.what != NULL && failure.at <= size && failure.node <= size);
    return 0;
}
