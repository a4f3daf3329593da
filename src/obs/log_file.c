/* SPDX-License-Identifier: Apache-2.0
 * Lines to standard error or to a file. The lock covers one write of at most one line. */
#include "obs/log_file.h"

#include "base/heap.h"
#include "os/append_file.h"
#include "os/clock.h"
#include "os/stream.h"
#include "os/thread.h"

enum {
    LOG_FILE_MODE = 0640
};

struct kw_log_file {
    kw_mutex mutex;
    char *path;          /* owned; NULL: standard error */
    kw_append_file file; /* guarded by mutex */
    kw_stream stream;    /* guarded by mutex */
    kw_clock clock;
};

kw_status kw_log_file_open(kw_log_file **out, const char *path, kw_error *err)
{
    KW_AUTO_PTR(kw_log_file) file = kw_heap_new(1, sizeof *file);
    KW_REQUIRE(file != NULL, err, KW_NO_MEMORY, "no memory for the log");
    file->clock = kw_clock_system();
    if (path == NULL || path[0] == '\0') {
        file->stream = kw_stream_stderr();
    } else {
        file->path = kw_heap_copy_text(path);
        KW_REQUIRE(file->path != NULL, err, KW_NO_MEMORY, "no memory for the log");
        KW_TRY_AT(err, kw_append_file_open(&file->file, path, LOG_FILE_MODE, err),
                  "opening the log");
    }
    *out = file;
    file = NULL;
    return KW_OK;
}

void kw_log_file_free(kw_log_file *file)
{
    if (file != NULL) {
        kw_append_file_drop(&file->file);
        kw_heap_free(file->path);
        kw_heap_free(file);
    }
}

kw_status kw_log_file_reopen(kw_log_file *file, kw_error *err)
{
    if (file->path == NULL) {
        return KW_OK;
    }
    kw_append_file fresh = {0};
    KW_TRY_AT(err, kw_append_file_open(&fresh, file->path, LOG_FILE_MODE, err),
              "opening the log again");
    KW_AUTO(kw_locked) hold = kw_lock(&file->mutex);
    kw_append_file old = file->file;
    file->file = fresh;
    kw_append_file_drop(&old);
    return KW_OK;
}

static kw_status write_line(void *ctx, kw_span line)
{
    kw_log_file *file = ctx;
    KW_AUTO(kw_locked) hold = kw_lock(&file->mutex);
    return file->path == NULL ? kw_stream_write(&file->stream, line, NULL)
                              : kw_append_file_add(&file->file, line, NULL);
}

static kw_unix_ms now_ms(void *ctx)
{
    return kw_clock_now_ms(ctx);
}

kw_log_sink kw_log_file_sink(kw_log_file *file)
{
    return (kw_log_sink){
        .write = write_line, .ctx = file, .now_ms = now_ms, .now_ctx = &file->clock};
}
