/* SPDX-License-Identifier: Apache-2.0
 * Members by names that are no literals. */
#include "tuf/engine/find.h"

#include "codec/limits.h"

const kw_json *kw_tuf_find(const kw_json *object, kw_str name)
{
    if (kw_json_kind_of(object) != KW_JSON_OBJECT) {
        return NULL;
    }
    kw_str member = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(object, &at, &member, &value);) {
        if (kw_str_equal(member, name)) {
            return value;
        }
    }
    return NULL;
}

bool kw_tuf_number(uint64_t *out, const kw_json *value, uint64_t min)
{
    int64_t number = 0;
    if (!kw_json_integer(value, &number) || number < 0 || (uint64_t)number < min ||
        number > KW_JSON_INTEGER_MAX) {
        return false;
    }
    *out = (uint64_t)number;
    return true;
}
