/* SPDX-License-Identifier: Apache-2.0
 * Files of new API keys. Secret inputs: the key. */
#include "cli/api_key_file.h"

#include "base/ct.h"
#include "os/file.h"

kw_status kw_api_key_file_check(kw_str path, kw_error *err)
{
    kw_file_info info = {0};
    KW_REQUIRE(kw_file_stat(&info, path.ptr, NULL) == KW_NOT_FOUND, err, KW_CONFLICT,
               "%.*s is there already: nothing is replaced", KW_STR_ARG(path));
    return KW_OK;
}

kw_status kw_api_key_file_write(kw_str path, kw_str key, kw_error *err)
{
    KW_REQUIRE(key.len > 0, err, KW_PEER_REFUSED, "the server gave no API key");
    kw_status st = kw_file_write_atomic(path.ptr, kw_span_of_str(key), 0600, err);
    kw_wipe((void *)(uintptr_t)key.ptr, key.len);
    KW_TRY_AT(err, st, "writing the API key (revoke it: it is lost)");
    return KW_OK;
}
