/* SPDX-License-Identifier: Apache-2.0
 * Vectors of the threshold protocol: a JSON file, and its values as the engine's types. Whatever is
 * not there or not of its form fails the test. */
#ifndef KW_TESTS_SUPPORT_THRESHOLD_FILE_H
#define KW_TESTS_SUPPORT_THRESHOLD_FILE_H

#include "base/arena.h"
#include "crypto/address.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "threshold/engine/group/group.h"

typedef struct threshold_file {
    kw_arena arena; /* of what is read from it, and for the test's own use */
    kw_json *root;
} threshold_file;

/* Whose copies: those of tests/vectors/threshold/, made by tools/threshold_vectors.mjs, or those of
 * the folder of vectors that may lie beside the project. Equal names have equal forms. */
typedef enum threshold_copy {
    THRESHOLD_OWN,
    THRESHOLD_SHARED,
} threshold_copy;

/* False: nothing of that name lies beside the project. An own file must be there. */
bool threshold_file_open(threshold_file *out, threshold_copy copy, const char *name);
void threshold_file_drop(threshold_file *file);

/* A member of the file. */
const kw_json *threshold_part(const threshold_file *file, const char *name);

enum {
    THRESHOLD_FILES_MAX = 4,
};

/* Tests of files that belong together. */
typedef struct threshold_suite {
    const char *group;                      /* "threshold/ids" */
    const char *names[THRESHOLD_FILES_MAX]; /* "ids.json", ..; the rest NULL */
    bool is_own;                            /* nothing of these forms lies beside the project */
    int (*set_up)(void **state);            /* with the files open; NULL: nothing */
    const struct CMUnitTest *tests;
    size_t count;
} threshold_suite;

/* Runs the tests with all `files` open, one for each name: the own ones, and those beside the
 * project if there are any. The number of failures. */
int threshold_suite_run(const threshold_suite *suite, threshold_file *files);

/* Members of an object: hexadecimal texts of any length, of 32 bytes, of an address. */
kw_span threshold_bytes(threshold_file *file, const kw_json *object, const char *name);
kw_hash32 threshold_hash(const kw_json *object, const char *name);
kw_address threshold_address(const kw_json *object, const char *name);

/* The bytes of a text. */
kw_span threshold_hex(threshold_file *file, kw_str text);

/* The concatenated bytes of an array of texts. */
kw_span threshold_joined(threshold_file *file, const kw_json *array);

/* Values of BLS12-381. */
kw_group_scalar threshold_scalar(const kw_json *object, const char *name);
kw_group_secret threshold_secret(const kw_json *object, const char *name);
kw_group_g1 threshold_g1(const kw_json *object, const char *name);
kw_group_g2 threshold_g2(const kw_json *object, const char *name);

/* Arrays of them, in the arena. */
const kw_group_secret *threshold_secrets(threshold_file *file, const kw_json *array);
const kw_group_g1 *threshold_g1s(threshold_file *file, const kw_json *array);
const kw_group_g2 *threshold_g2s(threshold_file *file, const kw_json *array);

#endif /* KW_TESTS_SUPPORT_THRESHOLD_FILE_H */
