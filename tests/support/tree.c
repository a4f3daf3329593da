/* SPDX-License-Identifier: Apache-2.0
 * Files for tests. */
#include "support/tree.h"

#include "support/expect.h"

#include <stdio.h>

enum {
    FILE_BYTES_MAX = 64 << 20
};

static bool read_file(kw_buf *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    *out = kw_buf_init(FILE_BYTES_MAX);
    uint8_t chunk[4096];
    size_t got = 0;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        EXPECT_OK(kw_buf_append(out, (kw_span){chunk, got}));
    }
    assert_int_equal(ferror(file), 0);
    (void)fclose(file);
    return true;
}

void tree_read(kw_buf *out, const char *relative)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", KW_SOURCE_DIR, relative);
    if (!read_file(out, path)) {
        print_error("%s is missing\n", path);
        fail();
    }
}

bool tree_read_shared(kw_buf *out, const char *relative)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/../shared/vectors/%s", KW_SOURCE_DIR, relative);
    return read_file(out, path);
}
