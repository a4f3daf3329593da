/* SPDX-License-Identifier: Apache-2.0
 * Temporary folders. */
#include "support/tempdir.h"

#include "support/expect.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

tempdir tempdir_make(void)
{
    const char *base = getenv("TMPDIR");
    tempdir dir;
    int len = snprintf(dir.path, sizeof dir.path, "%s/keyward-test-XXXXXX",
                       base != NULL && base[0] == '/' ? base : "/tmp");
    assert_true(len > 0 && (size_t)len < sizeof dir.path);
    assert_non_null(mkdtemp(dir.path));
    return dir;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

void tempdir_remove(tempdir *dir)
{
    if (dir->path[0] != '\0') {
        (void)nftw(dir->path, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
        dir->path[0] = '\0';
    }
}

tempdir_path tempdir_join(const tempdir *dir, const char *name)
{
    tempdir_path path;
    int len = snprintf(path.text, sizeof path.text, "%s/%s", dir->path, name);
    assert_true(len > 0 && (size_t)len < sizeof path.text);
    return path;
}
