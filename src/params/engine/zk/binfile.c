/* SPDX-License-Identifier: Apache-2.0
 * Headers of sections, read one by one before anything is allocated. */
#include "params/engine/zk/binfile.h"

#include "codec/reader.h"

enum {
    VERSION = 1,
    HEADER_BYTES = 12 /* of the file, and of each section */
};

static kw_status refuse_at(kw_zk_fault *fault, const kw_zk_section *section, uint64_t offset,
                           const char *what, kw_error *err)
{
    const kw_zk_place place = {
        .section = section->id, .part = "header", .index = KW_ZK_NO_INDEX, .offset = offset};
    return kw_zk_refuse(fault, &place, KW_BAD_INPUT, what, err);
}

static kw_status read_start(kw_zk_binfile *out, kw_zk_fault *fault, const kw_zk_source *source,
                            const char *magic, kw_error *err)
{
    uint8_t bytes[HEADER_BYTES];
    const kw_zk_section none = {0};
    if (source->size < sizeof bytes) {
        return refuse_at(fault, &none, source->size, "the file ends too early", err);
    }
    KW_TRY(kw_zk_read(source, 0, KW_MSPAN(bytes), err));
    kw_reader r = kw_reader_of(KW_SPAN(bytes));
    kw_read_into(&r, (kw_mspan){(uint8_t *)out->magic, 4});
    out->version = kw_read_u32le(&r);
    out->count = kw_read_u32le(&r);
    if (!kw_str_equal(kw_str_of(magic), (kw_str){out->magic, 4})) {
        return refuse_at(fault, &none, 0, "the file has another magic", err);
    }
    if (out->version != VERSION) {
        return refuse_at(fault, &none, 4, "the file has an unknown version", err);
    }
    if (out->count == 0 || out->count > KW_ZK_SECTIONS_MAX) {
        return refuse_at(fault, &none, 8, "the number of sections is not possible", err);
    }
    return KW_OK;
}

static kw_status read_section(kw_zk_section *out, kw_zk_fault *fault, const kw_zk_source *source,
                              uint64_t at, kw_error *err)
{
    uint8_t bytes[HEADER_BYTES];
    const kw_zk_section none = {0};
    if (source->size - at < sizeof bytes) {
        return refuse_at(fault, &none, at, "the file ends too early", err);
    }
    KW_TRY(kw_zk_read(source, at, KW_MSPAN(bytes), err));
    kw_reader r = kw_reader_of(KW_SPAN(bytes));
    out->id = kw_read_u32le(&r);
    out->size = kw_read_u64le(&r);
    out->at = at + HEADER_BYTES;
    if (out->size > source->size - out->at) {
        return refuse_at(fault, out, at, "the section is longer than the file", err);
    }
    return KW_OK;
}

kw_status kw_zk_binfile_read(kw_zk_binfile *out, kw_zk_fault *fault, const kw_zk_source *source,
                             const char *magic, kw_error *err)
{
    kw_zk_binfile file = {.count = 0};
    KW_TRY(read_start(&file, fault, source, magic, err));
    uint64_t at = HEADER_BYTES;
    size_t count = file.count;
    for (file.count = 0; file.count < count; file.count++) {
        kw_zk_section *section = &file.sections[file.count];
        KW_TRY(read_section(section, fault, source, at, err));
        if (kw_zk_binfile_find(&file, section->id) != NULL) {
            return refuse_at(fault, section, at, "the section is there twice", err);
        }
        at = section->at + section->size;
    }
    if (at != source->size) {
        return refuse_at(fault, &(kw_zk_section){0}, at, "bytes stand behind the last section",
                         err);
    }
    *out = file;
    return KW_OK;
}

const kw_zk_section *kw_zk_binfile_find(const kw_zk_binfile *file, uint32_t id)
{
    for (size_t i = 0; i < file->count; i++) {
        if (file->sections[i].id == id) {
            return &file->sections[i];
        }
    }
    return NULL;
}

kw_status kw_zk_binfile_need(const kw_zk_section **out, kw_zk_fault *fault,
                             const kw_zk_binfile *file, const kw_zk_section *wanted, kw_error *err)
{
    const kw_zk_section *found = kw_zk_binfile_find(file, wanted->id);
    if (found == NULL) {
        return refuse_at(fault, wanted, 0, "the section is missing", err);
    }
    if (found->size != wanted->size) {
        return refuse_at(fault, found, found->at, "the section has another size", err);
    }
    *out = found;
    return KW_OK;
}
