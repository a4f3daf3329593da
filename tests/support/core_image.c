/* SPDX-License-Identifier: Apache-2.0
 * Memory of other programs. */
#include "support/core_image.h"

#include "os/file.h"
#include "support/expect.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PAGE_BYTES = 4096,
    MAPS_BYTES_MAX = 1 << 24,
};

/* As smaps describes it, line by line; the flags come last. */
typedef struct mapping {
    uint64_t start;
    uint64_t end;
    bool is_there; /* some of it is, in memory or swapped out */
} mapping;

/* "7f00a000-7f00b000 rw-p .." */
static bool read_range(mapping *out, kw_str line)
{
    char *end = NULL;
    uint64_t start = strtoull(line.ptr, &end, 16);
    if (*end != '-') {
        return false;
    }
    *out = (mapping){.start = start, .end = strtoull(end + 1, &end, 16)};
    return true;
}

/* "Rss:       16 kB" */
static bool has_kb(kw_str line, const char *name)
{
    return kw_str_starts_with(line, kw_str_of(name)) &&
           strtoull(line.ptr + strlen(name), NULL, 10) > 0;
}

static bool has_flag(kw_str flags, const char *flag)
{
    return memmem(flags.ptr, flags.len, flag, strlen(flag)) != NULL;
}

static void append_page(kw_buf *out, const uint8_t page[PAGE_BYTES])
{
    static const uint8_t zeros[PAGE_BYTES];
    if (memcmp(page, zeros, PAGE_BYTES) != 0) {
        EXPECT_OK(kw_buf_append(out, (kw_span){page, PAGE_BYTES}));
    }
}

static void append_mapping(kw_buf *out, int memory_fd, const mapping *m)
{
    uint8_t page[PAGE_BYTES];
    for (uint64_t at = m->start; at < m->end; at += PAGE_BYTES) {
        assert_int_equal(pread(memory_fd, page, sizeof page, (off_t)at), PAGE_BYTES);
        append_page(out, page);
    }
}

/* Memory of devices (io, pf) is in no core. */
static bool is_wanted(const mapping *m, kw_str flags, core_image_part part)
{
    return m->is_there && !has_flag(flags, " io") && !has_flag(flags, " pf") &&
           (part == CORE_IMAGE_ALL || !has_flag(flags, " dd"));
}

static void append_memory(kw_buf *out, int memory_fd, kw_str maps, core_image_part part)
{
    mapping m = {0};
    kw_str line = {0};
    while (maps.len > 0) {
        (void)kw_str_split(maps, '\n', &line, &maps);
        if (read_range(&m, line)) {
            continue;
        }
        m.is_there = m.is_there || has_kb(line, "Rss:") || has_kb(line, "Swap:");
        if (kw_str_starts_with(line, KW_STR("VmFlags:")) && is_wanted(&m, line, part)) {
            append_mapping(out, memory_fd, &m);
        }
    }
}

void core_image_stop(const process *running)
{
    int status = 0;
    process_signal(running, SIGSTOP);
    assert_int_equal(waitpid(running->pid, &status, WUNTRACED), running->pid);
    assert_true(WIFSTOPPED(status));
}

void core_image_read(kw_buf *out, const process *stopped, core_image_part part)
{
    char path[64];
    KW_AUTO(kw_buf) maps = kw_buf_init(MAPS_BYTES_MAX);
    (void)snprintf(path, sizeof path, "/proc/%d/smaps", (int)stopped->pid);
    EXPECT_OK(kw_file_read(&maps, path, NULL));
    EXPECT_OK(kw_buf_append_byte(&maps, '\0'));
    (void)snprintf(path, sizeof path, "/proc/%d/mem", (int)stopped->pid);
    int memory_fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(memory_fd >= 0);
    append_memory(out, memory_fd, kw_buf_text(&maps), part);
    assert_int_equal(close(memory_fd), 0);
    assert_true(out->len > 0);
}
