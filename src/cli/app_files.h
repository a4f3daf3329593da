/* SPDX-License-Identifier: Apache-2.0
 * Files of `app encrypt` and `app decrypt`: from a file or standard input to a file, which appears
 * only when it is whole, or standard output; with a progress line. */
#ifndef KW_CLI_APP_FILES_H
#define KW_CLI_APP_FILES_H

#include "cli/progress.h"
#include "client/threshold_file.h"
#include "os/stream.h"

#define KW_APP_PATH_BYTES_MAX 1024

/* All-zero is closed. It stays where it is. */
typedef struct kw_app_files {
    kw_cli *cli;
    kw_stream in;
    kw_stream out; /* closed: standard output */
    kw_progress progress;
    uint64_t read_bytes;
    uint64_t written_bytes;
} kw_app_files;

/* Opens `in`, empty: standard input. As kw_stream_open. */
KW_MUST_USE kw_status kw_app_files_open(kw_app_files *out, kw_cli *cli, kw_str in, kw_error *err);

/* Begins the file `path` with that mode; empty: standard output. As kw_stream_create. */
KW_MUST_USE kw_status kw_app_files_create(kw_app_files *files, kw_str path, unsigned mode,
                                          kw_error *err);

/* Closes; a file that was not committed is gone. May run twice. */
void kw_app_files_drop(kw_app_files *files);

/* From the one to the other; borrows. */
kw_client_flow kw_app_files_flow(kw_app_files *files);

/* The file appears under its name, or what was printed leaves. */
KW_MUST_USE kw_status kw_app_files_commit(kw_app_files *files, kw_error *err);

#endif /* KW_CLI_APP_FILES_H */
