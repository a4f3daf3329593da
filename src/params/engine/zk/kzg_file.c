/* SPDX-License-Identifier: Apache-2.0
 * From text or JSON to compressed points. */
#include "params/engine/zk/kzg_file.h"

#include "codec/hex.h"
#include "codec/json.h"
#include "params/engine/zk/limits.h"

enum {
    G1_BYTES = 48,
    G2_BYTES = 96,
    JSON_DEPTH_MAX = 2,
    G2_MIN = 2, /* the generator and tau times it */
};

static const char *const names[KW_ZK_KZG_LISTS] = {"g1_lagrange", "g2_monomial", "g1_monomial"};

static size_t point_bytes(kw_zk_kzg_list list)
{
    return list == KW_ZK_KZG_G2 ? G2_BYTES : G1_BYTES;
}

static size_t count_of(const kw_zk_kzg_file *file, kw_zk_kzg_list list)
{
    return list == KW_ZK_KZG_G2 ? file->g2_count : file->g1_count;
}

/* Bytes of points before a list. */
static size_t before(const kw_zk_kzg_file *file, kw_zk_kzg_list list)
{
    size_t bytes = 0;
    for (kw_zk_kzg_list k = KW_ZK_KZG_LAGRANGE; k < list; k++) {
        bytes += count_of(file, k) * point_bytes(k);
    }
    return bytes;
}

kw_span kw_zk_kzg_file_list(const kw_zk_kzg_file *file, kw_zk_kzg_list list)
{
    return (kw_span){file->points.ptr + before(file, list),
                     count_of(file, list) * point_bytes(list)};
}

kw_zk_place kw_zk_kzg_file_place(const kw_zk_kzg_file *file, kw_zk_kzg_list list, size_t index)
{
    kw_zk_place place = {.part = names[list], .index = index, .offset = KW_ZK_NO_OFFSET};
    if (file->text_at != 0) { /* two digits a byte, and one line each */
        size_t lines = list >= KW_ZK_KZG_G2 ? file->g1_count : 0;
        lines += list >= KW_ZK_KZG_MONOMIAL ? file->g2_count : 0;
        place.offset =
            file->text_at + 2 * (before(file, list) + index * point_bytes(list)) + lines + index;
    }
    return place;
}

static kw_status refuse(kw_zk_fault *fault, uint64_t offset, const char *what, kw_error *err)
{
    const kw_zk_place place = {0, NULL, KW_ZK_NO_INDEX, offset};
    return kw_zk_refuse(fault, &place, KW_BAD_INPUT, what, err);
}

static bool is_possible(const kw_zk_kzg_file *file)
{
    size_t n = file->g1_count;
    return n >= 2 && (n & (n - 1)) == 0 && n <= KW_ZK_SETUP_G1_MAX && file->g2_count >= G2_MIN &&
           file->g2_count <= KW_ZK_SETUP_G2_MAX;
}

static kw_status add_point(kw_zk_kzg_file *out, kw_zk_fault *fault, kw_str text,
                           kw_zk_kzg_list list, size_t index)
{
    const kw_zk_place place = kw_zk_kzg_file_place(out, list, index);
    if (text.len != 2 * point_bytes(list)) {
        return kw_zk_refuse(fault, &place, KW_LENGTH, "no compressed point", NULL);
    }
    kw_status st = kw_hex_decode(&out->points, text);
    if (st == KW_BAD_INPUT) {
        return kw_zk_refuse(fault, &place, KW_ENCODING, "no hexadecimal number", NULL);
    }
    return st;
}

static kw_status read_text(kw_zk_kzg_file *out, kw_zk_fault *fault, kw_str text, kw_error *err)
{
    kw_str line = {0};
    kw_str rest = text;
    uint64_t counts[2] = {0};
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        if (!kw_str_split(rest, '\n', &line, &rest) ||
            !kw_str_to_u64(line, KW_ZK_SETUP_G1_MAX, &counts[i])) {
            return refuse(fault, 0, "it does not begin with two numbers of points", err);
        }
    }
    out->g1_count = (size_t)counts[0];
    out->g2_count = (size_t)counts[1];
    out->text_at = text.len - rest.len;
    if (!is_possible(out)) {
        return refuse(fault, 0, "the numbers of points are not possible", err);
    }
    for (kw_zk_kzg_list list = KW_ZK_KZG_LAGRANGE; list < KW_ZK_KZG_LISTS; list++) {
        for (size_t i = 0; i < count_of(out, list); i++) {
            (void)kw_str_split(rest, '\n', &line, &rest);
            kw_status st = add_point(out, fault, line, list, i);
            if (st != KW_OK) {
                return kw_zk_repeat(fault, st, err);
            }
        }
    }
    return rest.len == 0 ? KW_OK
                         : refuse(fault, text.len - rest.len, "lines behind the last point", err);
}

static kw_status read_list(kw_zk_kzg_file *out, kw_zk_fault *fault, const kw_json *items,
                           kw_zk_kzg_list list, kw_error *err)
{
    kw_str name;
    const kw_json *item = NULL;
    size_t index = 0;
    for (const void *at = NULL; kw_json_next(items, &at, &name, &item); index++) {
        kw_str text = kw_json_text(item);
        if (kw_str_starts_with(text, KW_STR("0x"))) {
            text = (kw_str){text.ptr + 2, text.len - 2};
        }
        kw_status st = add_point(out, fault, text, list, index);
        if (st != KW_OK) {
            return kw_zk_repeat(fault, st, err);
        }
    }
    return KW_OK;
}

static kw_status read_json(kw_zk_kzg_file *out, kw_zk_fault *fault, kw_span bytes, kw_error *err)
{
    KW_AUTO_PTR(kw_json) root = NULL;
    const kw_json *lists[KW_ZK_KZG_LISTS];
    kw_status st = kw_json_parse(&root, bytes, JSON_DEPTH_MAX, NULL);
    KW_REQUIRE(st != KW_NO_MEMORY, err, st, "no memory for a KZG setup");
    if (st != KW_OK) {
        return refuse(fault, 0, "neither the text nor the JSON of a KZG setup", err);
    }
    for (size_t i = 0; i < KW_COUNT(lists); i++) {
        lists[i] = kw_json_get(root, names[i]);
        if (kw_json_kind_of(lists[i]) != KW_JSON_ARRAY) {
            return refuse(fault, 0, "a list of points is missing", err);
        }
    }
    out->g1_count = kw_json_count(lists[KW_ZK_KZG_LAGRANGE]);
    out->g2_count = kw_json_count(lists[KW_ZK_KZG_G2]);
    if (kw_json_count(root) != KW_ZK_KZG_LISTS || !is_possible(out) ||
        kw_json_count(lists[KW_ZK_KZG_MONOMIAL]) != out->g1_count) {
        return refuse(fault, 0, "the numbers of points are not possible", err);
    }
    for (kw_zk_kzg_list list = KW_ZK_KZG_LAGRANGE; list < KW_ZK_KZG_LISTS; list++) {
        KW_TRY(read_list(out, fault, lists[list], list, err));
    }
    return KW_OK;
}

void kw_zk_kzg_file_drop(kw_zk_kzg_file *file)
{
    kw_buf_drop(&file->points);
    *file = (kw_zk_kzg_file){.g1_count = 0};
}

kw_status kw_zk_kzg_file_decode(kw_zk_kzg_file *out, kw_zk_fault *fault, kw_span bytes,
                                kw_error *err)
{
    KW_AUTO(kw_zk_kzg_file) file = {.points = kw_buf_init(KW_ZK_SETUP_BYTES_MAX)};
    if (bytes.len == 0 || bytes.len > KW_ZK_SETUP_BYTES_MAX) {
        return refuse(fault, 0, "no KZG setup has this size", err);
    }
    bool is_json = bytes.ptr[0] == '{';
    KW_TRY(is_json ? read_json(&file, fault, bytes, err)
                   : read_text(&file, fault, kw_str_of_span(bytes), err));
    *out = file;
    file = (kw_zk_kzg_file){.g1_count = 0};
    return KW_OK;
}
