/* SPDX-License-Identifier: Apache-2.0
 * Folders that live as long as a test. */
#ifndef KW_TESTS_SUPPORT_TEMPDIR_H
#define KW_TESTS_SUPPORT_TEMPDIR_H

/* A fresh folder (mode 0700) below $TMPDIR or /tmp; the path has no trailing slash. The caller
 * removes it with tempdir_remove and frees nothing else. Fails the test when it cannot. */
typedef struct tempdir {
    char path[256];
} tempdir;

tempdir tempdir_make(void);

/* Removes the folder and all that is in it. May run twice. */
void tempdir_remove(tempdir *dir);

/* "<folder>/<name>", by value. */
typedef struct tempdir_path {
    char text[512];
} tempdir_path;

tempdir_path tempdir_join(const tempdir *dir, const char *name);

#endif /* KW_TESTS_SUPPORT_TEMPDIR_H */
