/* SPDX-License-Identifier: Apache-2.0
 * The sink of a running program: standard error, or a file that can be rotated from outside. */
#ifndef KW_OBS_LOG_FILE_H
#define KW_OBS_LOG_FILE_H

#include "obs/log.h"

typedef struct kw_log_file kw_log_file;

/* `path` NULL or empty: standard error. Else the file is opened for appending, created 0640.
 * The statuses of the system call. */
KW_MUST_USE kw_status kw_log_file_open(kw_log_file **out, const char *path, kw_error *err);
void kw_log_file_free(kw_log_file *file);
KW_AUTO_PTR_DEFINE(kw_log_file);

/* Opens the path again, after SIGHUP; on failure the old file stays in use. */
KW_MUST_USE kw_status kw_log_file_reopen(kw_log_file *file, kw_error *err);

/* The sink over it, with the system's clock. */
kw_log_sink kw_log_file_sink(kw_log_file *file);

#endif /* KW_OBS_LOG_FILE_H */
