/* SPDX-License-Identifier: Apache-2.0
 * Operators from a file. */
#include "threshold/operators_source.h"

#include "os/file.h"

static kw_status get(void *ctx, kw_operators *out, kw_arena *arena, uint64_t boundary_s,
                     kw_error *err)
{
    const kw_operators_file *file = ctx;
    KW_UNUSED(boundary_s); /* a file has no past */
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, file->path, err), "reading the operators");
    KW_TRY_AT(err, kw_operators_decode(out, arena, kw_buf_view(&json), err), "reading %s",
              file->path);
    return KW_OK;
}

kw_operators_source kw_operators_file_source(kw_operators_file *file)
{
    return (kw_operators_source){.get = get, .ctx = file};
}
