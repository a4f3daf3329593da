/* SPDX-License-Identifier: Apache-2.0
 * Vectors of the threshold protocol. */
#include "support/threshold_file.h"

#include "codec/hex.h"
#include "support/vector_file.h"

#include <stdio.h>

enum {
    ARENA_BYTES = 64 << 20,
};

static const kw_group *const group = &kw_group_bls12_381;

bool threshold_file_open(threshold_file *out, threshold_copy copy, const char *name)
{
    bool is_own = copy == THRESHOLD_OWN;
    char path[64];
    int len = snprintf(path, sizeof path, "%s/%s", is_own ? "tests/vectors/threshold" : "threshold",
                       name);
    assert_in_range(len, 1, sizeof path - 1);
    kw_json *root = NULL;
    if (is_own) {
        root = vector_file(path);
    } else if (!vector_file_find(&root, path)) {
        return false;
    }
    *out = (threshold_file){.arena = kw_arena_init(ARENA_BYTES), .root = root};
    return true;
}

void threshold_file_drop(threshold_file *file)
{
    kw_json_free(file->root);
    kw_arena_drop(&file->arena);
    *file = (threshold_file){0};
}

const kw_json *threshold_part(const threshold_file *file, const char *name)
{
    return json_tree_at(file->root, name);
}

/* The tests on one copy of the files; none are run when a file is not there. */
static int run_on(const threshold_suite *suite, threshold_file *files, threshold_copy copy)
{
    size_t open = 0;
    size_t count = 0;
    for (; count < THRESHOLD_FILES_MAX && suite->names[count] != NULL; count++) {
        open += threshold_file_open(&files[count], copy, suite->names[count]) ? 1U : 0U;
    }
    assert_true(open == count || open == 0);
    char named[64];
    (void)snprintf(named, sizeof named, "%s, %s", suite->group,
                   copy == THRESHOLD_OWN ? "own" : "shared");
    int failed =
        open == 0 ? 0
                  : _cmocka_run_group_tests(named, suite->tests, suite->count, suite->set_up, NULL);
    for (size_t i = 0; i < open; i++) {
        threshold_file_drop(&files[i]);
    }
    return failed;
}

int threshold_suite_run(const threshold_suite *suite, threshold_file *files)
{
    int failed = run_on(suite, files, THRESHOLD_OWN);
    return failed + (suite->is_own ? 0 : run_on(suite, files, THRESHOLD_SHARED));
}

kw_span threshold_hex(threshold_file *file, kw_str text)
{
    kw_mspan bytes = {kw_arena_new(&file->arena, text.len / 2 + 1, 1), text.len / 2};
    assert_non_null(bytes.ptr);
    EXPECT_OK(kw_hex_decode_to(bytes, text));
    return kw_span_of_mspan(bytes);
}

kw_span threshold_bytes(threshold_file *file, const kw_json *object, const char *name)
{
    return threshold_hex(file, json_tree_text(object, name));
}

kw_hash32 threshold_hash(const kw_json *object, const char *name)
{
    kw_hash32 out;
    vector_fill(KW_MSPAN(out.bytes), json_tree_at(object, name));
    return out;
}

kw_address threshold_address(const kw_json *object, const char *name)
{
    kw_address out;
    vector_fill(KW_MSPAN(out.bytes), json_tree_at(object, name));
    return out;
}

kw_span threshold_joined(threshold_file *file, const kw_json *array)
{
    assert_int_equal(kw_json_kind_of(array), KW_JSON_ARRAY);
    size_t len = 0;
    kw_str name;
    const kw_json *item = NULL;
    for (const void *at = NULL; kw_json_next(array, &at, &name, &item);) {
        len += kw_json_text(item).len / 2;
    }
    uint8_t *bytes = kw_arena_new(&file->arena, len + 1, 1);
    assert_non_null(bytes);
    size_t done = 0;
    for (const void *at = NULL; kw_json_next(array, &at, &name, &item);) {
        size_t size = kw_json_text(item).len / 2;
        vector_fill((kw_mspan){&bytes[done], size}, item);
        done += size;
    }
    return (kw_span){bytes, len};
}

kw_group_scalar threshold_scalar(const kw_json *object, const char *name)
{
    kw_hash32 wire = threshold_hash(object, name);
    kw_group_scalar out;
    EXPECT_OK(group->scalar_decode(&out, KW_SPAN(wire.bytes)));
    return out;
}

kw_group_secret threshold_secret(const kw_json *object, const char *name)
{
    kw_group_scalar scalar = threshold_scalar(object, name);
    kw_group_secret out;
    group->secret_of_scalar(&out, &scalar);
    return out;
}

kw_group_g1 threshold_g1(const kw_json *object, const char *name)
{
    kw_group_g1_bytes wire;
    vector_fill(KW_MSPAN(wire.bytes), json_tree_at(object, name));
    kw_group_g1 out;
    EXPECT_OK(group->g1_decode(&out, KW_SPAN(wire.bytes)));
    return out;
}

kw_group_g2 threshold_g2(const kw_json *object, const char *name)
{
    kw_group_g2_bytes wire;
    vector_fill(KW_MSPAN(wire.bytes), json_tree_at(object, name));
    kw_group_g2 out;
    EXPECT_OK(group->g2_decode(&out, KW_SPAN(wire.bytes)));
    return out;
}

const kw_group_secret *threshold_secrets(threshold_file *file, const kw_json *array)
{
    kw_span wire = threshold_joined(file, array);
    size_t n = kw_json_count(array);
    kw_group_secret *out = kw_arena_new(&file->arena, n, sizeof *out);
    assert_non_null(out);
    for (size_t i = 0; i < n; i++) {
        kw_group_scalar scalar;
        EXPECT_OK(group->scalar_decode(&scalar, (kw_span){&wire.ptr[32 * i], 32}));
        group->secret_of_scalar(&out[i], &scalar);
    }
    return out;
}

const kw_group_g1 *threshold_g1s(threshold_file *file, const kw_json *array)
{
    size_t n = kw_json_count(array);
    kw_group_g1 *out = kw_arena_new(&file->arena, n, sizeof *out);
    assert_non_null(out);
    EXPECT_OK(group->g1_decode_all(out, threshold_joined(file, array), n));
    return out;
}

const kw_group_g2 *threshold_g2s(threshold_file *file, const kw_json *array)
{
    size_t n = kw_json_count(array);
    kw_group_g2 *out = kw_arena_new(&file->arena, n, sizeof *out);
    assert_non_null(out);
    EXPECT_OK(group->g2_decode_all(out, threshold_joined(file, array), n));
    return out;
}
