/* SPDX-License-Identifier: Apache-2.0
 * Streams of commands, with progress. */
#include "cli/app_files.h"

#include "cli/print.h"
#include "os/clock.h"
#include "os/file.h"

static uint64_t size_of(kw_str path)
{
    kw_file_info info;
    return kw_file_stat(&info, path.ptr, NULL) == KW_OK ? info.size : 0;
}

kw_status kw_app_files_open(kw_app_files *out, kw_cli *cli, kw_str in, kw_error *err)
{
    uint64_t total = 0;
    out->cli = cli;
    if (in.len == 0) {
        out->in = kw_stream_stdin();
    } else {
        KW_TRY_AT(err, kw_stream_open(&out->in, in.ptr, err), "reading the input");
        total = size_of(in);
    }
    out->progress = kw_progress_start(cli, KW_PROGRESS_BYTES, "", total, kw_monotonic_ns());
    return KW_OK;
}

kw_status kw_app_files_create(kw_app_files *files, kw_str path, unsigned mode, kw_error *err)
{
    if (path.len > 0) {
        KW_TRY_AT(err, kw_stream_create(&files->out, path.ptr, mode, err), "writing the output");
    }
    return KW_OK;
}

void kw_app_files_drop(kw_app_files *files)
{
    kw_progress_clear(&files->progress);
    kw_stream_drop(&files->in);
    kw_stream_drop(&files->out);
}

static kw_status read_in(void *ctx, size_t *out_len, kw_mspan room, kw_error *err)
{
    kw_app_files *files = ctx;
    KW_TRY_AT(err, kw_stream_read(&files->in, out_len, room, err), "reading the input");
    files->read_bytes += *out_len;
    kw_progress_update(&files->progress, files->read_bytes, kw_monotonic_ns());
    return KW_OK;
}

static kw_status write_out(void *ctx, kw_span bytes, kw_error *err)
{
    kw_app_files *files = ctx;
    KW_TRY_AT(err,
              files->out.is_open ? kw_stream_write(&files->out, bytes, err)
                                 : kw_cli_write(files->cli, bytes, err),
              "writing the output");
    files->written_bytes += bytes.len;
    return KW_OK;
}

kw_client_flow kw_app_files_flow(kw_app_files *files)
{
    return (kw_client_flow){read_in, write_out, files};
}

kw_status kw_app_files_commit(kw_app_files *files, kw_error *err)
{
    kw_progress_clear(&files->progress);
    KW_TRY_AT(err,
              files->out.is_open ? kw_stream_commit(&files->out, err)
                                 : kw_cli_flush(files->cli, err),
              "writing the output");
    return KW_OK;
}
