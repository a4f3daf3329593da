/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_xml_next, kw_xml_decode. Every walk ends; decoded text is never longer. */
#include "store/s3/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(4 * size + 1024);
    kw_xml xml = kw_xml_of((kw_str){(const char *)data, size});
    kw_str text = {0};
    size_t steps = 0;
    for (kw_xml_kind kind = KW_XML_OPEN; kind != KW_XML_END; steps++) {
        kind = kw_xml_next(&xml, &text);
        kw_str decoded = {0};
        if (kind == KW_XML_TEXT && kw_xml_decode(&arena, &decoded, text) == KW_OK) {
            KW_ASSERT(decoded.len <= text.len);
        }
    }
    KW_ASSERT(steps <= 2 * size + 1);
    return 0;
}
