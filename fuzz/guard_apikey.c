/* kw_api_key_parse: what it takes has the form, and formats of other lengths are refused. */
#include "guard/engine/apikey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_api_key_id id;
    kw_span hashed;
    kw_str text = {(const char *)data, size};
    if (kw_api_key_parse(&id, &hashed, text) == KW_OK) {
        KW_ASSERT(size == KW_API_KEY_BYTES);
        KW_ASSERT(hashed.ptr == data && hashed.len == KW_API_KEY_HASHED_BYTES);
        KW_ASSERT(strlen(id.text) == KW_API_KEY_ID_BYTES);
    }
    return 0;
}
