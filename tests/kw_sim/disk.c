/* SPDX-License-Identifier: Apache-2.0
 * Records by kind, scope and id. */
#include "kw_sim/disk.h"

#include "base/heap.h"
#include "crypto/secret.h"

enum {
    RECORD_BYTES_MAX = 64 << 20,
};

static void drop_all(sim_records *records)
{
    for (size_t i = 0; i < records->count; i++) {
        kw_buf_drop(&records->items[i].bytes);
    }
    records->count = 0;
}

void sim_disk_drop(sim_disk *disk)
{
    drop_all(&disk->kept);
    drop_all(&disk->staged);
    kw_heap_free(disk->kept.items);
    kw_heap_free(disk->staged.items);
    *disk = (sim_disk){0};
}

static void append(sim_records *records, sim_record record)
{
    if (records->count == records->capacity) {
        records->capacity = KW_MAX((size_t)16, 2 * records->capacity);
        records->items = kw_heap_resize(records->items, records->capacity, sizeof record);
        KW_ASSERT(records->items != NULL);
    }
    records->items[records->count++] = record;
}

void sim_disk_stage(sim_disk *disk, const kw_operator_action *action)
{
    const kw_operator_record *given = &action->record;
    sim_record record = {
        .is_erasure = action->act == KW_OPERATOR_ERASE,
        .kind = given->kind,
        .scope = given->scope,
        .id = given->id,
        .bytes = kw_buf_init(RECORD_BYTES_MAX),
    };
    kw_span bytes = kw_declassify_span(given->bytes, "a simulated disk has no seal");
    kw_status st = record.is_erasure ? KW_OK : kw_buf_append(&record.bytes, bytes);
    KW_ASSERT(st == KW_OK);
    append(&disk->staged, record);
}

static bool is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void remove_scope(sim_records *records, const sim_record *like, bool is_any_id)
{
    size_t left = 0;
    for (size_t i = 0; i < records->count; i++) {
        sim_record *at = &records->items[i];
        if (at->kind == like->kind && is_same(&at->scope, &like->scope) &&
            (is_any_id || is_same(&at->id, &like->id))) {
            kw_buf_drop(&at->bytes);
        } else {
            records->items[left++] = *at;
        }
    }
    records->count = left;
}

void sim_disk_commit(sim_disk *disk)
{
    for (size_t i = 0; i < disk->staged.count; i++) {
        sim_record *step = &disk->staged.items[i];
        remove_scope(&disk->kept, step, step->is_erasure);
        if (step->is_erasure) {
            kw_buf_drop(&step->bytes);
        } else {
            append(&disk->kept, *step);
        }
    }
    disk->staged.count = 0;
}

void sim_disk_forget(sim_disk *disk)
{
    drop_all(&disk->staged);
}

kw_operator_record *sim_disk_read(const sim_disk *disk)
{
    kw_operator_record *out = kw_heap_new(KW_MAX(disk->kept.count, (size_t)1), sizeof *out);
    KW_ASSERT(out != NULL);
    for (size_t i = 0; i < disk->kept.count; i++) {
        const sim_record *at = &disk->kept.items[i];
        out[i] = (kw_operator_record){.kind = at->kind,
                                      .scope = at->scope,
                                      .id = at->id,
                                      .bytes = kw_secret_span_of(kw_buf_view(&at->bytes))};
    }
    return out;
}

kw_span sim_disk_certificate(const sim_disk *disk, uint64_t epoch)
{
    for (size_t i = 0; i < disk->kept.count; i++) {
        const sim_record *at = &disk->kept.items[i];
        kw_reader r = kw_reader_of((kw_span){&at->id.bytes[24], sizeof(uint64_t)});
        if (at->kind == KW_RECORD_CERTIFICATE && kw_read_u64be(&r) == epoch) {
            return kw_buf_view(&at->bytes);
        }
    }
    return (kw_span){0};
}
