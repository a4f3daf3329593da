/* SPDX-License-Identifier: Apache-2.0
 * Rows in order of arrival with holes where a row was replaced, and an open hash over their
 * keys. */
#include "emtp/engine/stp_table.h"

#include "base/checked.h"
#include "base/heap.h"

enum {
    SLOTS_MIN = 16
};

/* One live row, its texts behind one another in `bytes`; `bytes` NULL: a hole. */
typedef struct entry {
    char *bytes; /* owned: key, record, timestamp */
    uint64_t seq_no;
    uint64_t hash;
    uint32_t key_len;
    uint32_t record_len;
    uint32_t timestamp_len;
} entry;

struct kw_stp_table {
    entry *entries; /* owned, ascending SeqNo */
    size_t entries_count;
    size_t entries_capacity;
    size_t live_count;
    uint32_t *slots;    /* owned: index + 1 of an entry; 0: free */
    size_t slots_count; /* a power of two, more than twice the entries */
    uint64_t last;
    size_t bytes; /* of live texts */
    size_t bytes_max;
};

static size_t entry_bytes(const entry *e)
{
    return (size_t)e->key_len + e->record_len + e->timestamp_len;
}

static kw_str entry_key(const entry *e)
{
    return (kw_str){e->bytes, e->key_len};
}

/* FNV-1a with a final mix; keys are few and come from one party, which can only slow its own. */
static uint64_t hash_key(kw_str key)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (size_t i = 0; i < key.len; i++) {
        hash = (hash ^ (uint8_t)key.ptr[i]) * 0x100000001b3U;
    }
    return hash ^ hash >> 32;
}

/* Slot of the live entry with that key, or the free slot where it belongs. */
static size_t find_slot(const kw_stp_table *table, kw_str key, uint64_t hash)
{
    size_t mask = table->slots_count - 1;
    size_t slot = hash & mask;
    while (table->slots[slot] != 0) {
        const entry *e = &table->entries[table->slots[slot] - 1];
        if (e->bytes != NULL && e->hash == hash && kw_str_equal(entry_key(e), key)) {
            return slot;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

/* Squeezes out the holes and hashes anew with room for `more` entries. NO_MEMORY: as before. */
static kw_status rebuild(kw_stp_table *table, size_t more)
{
    size_t capacity = KW_MAX((table->live_count + more) * 2, (size_t)SLOTS_MIN / 4);
    size_t slots_count = SLOTS_MIN;
    while (slots_count < capacity * 2 + 2) {
        slots_count *= 2;
    }
    entry *entries = kw_heap_new(capacity, sizeof *entries);
    uint32_t *slots = kw_heap_new(slots_count, sizeof *slots);
    if (entries == NULL || slots == NULL || capacity >= UINT32_MAX) {
        kw_heap_free(entries);
        kw_heap_free(slots);
        return KW_NO_MEMORY;
    }
    size_t count = 0;
    for (size_t i = 0; i < table->entries_count; i++) {
        if (table->entries[i].bytes != NULL) {
            entries[count++] = table->entries[i];
        }
    }
    kw_heap_free(table->entries);
    kw_heap_free(table->slots);
    table->entries = entries;
    table->entries_count = count;
    table->entries_capacity = capacity;
    table->slots = slots;
    table->slots_count = slots_count;
    for (size_t i = 0; i < count; i++) {
        slots[find_slot(table, entry_key(&entries[i]), entries[i].hash)] = (uint32_t)i + 1;
    }
    return KW_OK;
}

kw_status kw_stp_table_new(kw_stp_table **out, uint64_t last, size_t bytes_max)
{
    kw_stp_table *table = kw_heap_new(1, sizeof *table);
    if (table == NULL) {
        return KW_NO_MEMORY;
    }
    *table = (kw_stp_table){.last = last, .bytes_max = bytes_max};
    if (rebuild(table, 1) != KW_OK) {
        kw_stp_table_free(table);
        return KW_NO_MEMORY;
    }
    *out = table;
    return KW_OK;
}

void kw_stp_table_free(kw_stp_table *table)
{
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < table->entries_count; i++) {
        kw_heap_free(table->entries[i].bytes);
    }
    kw_heap_free(table->entries);
    kw_heap_free(table->slots);
    kw_heap_free(table);
}

/* Turns an entry into a hole. Its slot stays, as a mark that probing goes on behind it. */
static void remove_entry(kw_stp_table *table, size_t slot)
{
    entry *e = &table->entries[table->slots[slot] - 1];
    table->bytes -= entry_bytes(e);
    kw_heap_free(e->bytes);
    e->bytes = NULL;
    table->live_count--;
}

/* Copies the texts of a row. NO_MEMORY. */
static kw_status copy_row(entry *out, const kw_stp_row *row, uint64_t hash)
{
    size_t len = row->key.len + row->record.len + row->timestamp.len;
    char *bytes = kw_heap_new(len, 1);
    if (bytes == NULL) {
        return KW_NO_MEMORY;
    }
    memcpy(bytes, row->key.ptr, row->key.len);
    if (row->record.len > 0) {
        memcpy(bytes + row->key.len, row->record.ptr, row->record.len);
    }
    if (row->timestamp.len > 0) {
        memcpy(bytes + row->key.len + row->record.len, row->timestamp.ptr, row->timestamp.len);
    }
    *out = (entry){.bytes = bytes,
                   .seq_no = row->seq_no,
                   .hash = hash,
                   .key_len = (uint32_t)row->key.len,
                   .record_len = (uint32_t)row->record.len,
                   .timestamp_len = (uint32_t)row->timestamp.len};
    return KW_OK;
}

static kw_status apply_add(kw_stp_table *table, const kw_stp_row *row)
{
    if (table->entries_count == table->entries_capacity) {
        KW_TRY(rebuild(table, 1));
    }
    uint64_t hash = hash_key(row->key);
    size_t slot = find_slot(table, row->key, hash);
    size_t bytes = table->bytes;
    if (table->slots[slot] != 0) {
        bytes -= entry_bytes(&table->entries[table->slots[slot] - 1]);
    }
    if (!kw_size_add(bytes, row->key.len + row->record.len + row->timestamp.len, &bytes) ||
        bytes > table->bytes_max) {
        return KW_LIMIT;
    }
    entry added = {0};
    KW_TRY(copy_row(&added, row, hash));
    if (table->slots[slot] != 0) {
        remove_entry(table, slot);
    }
    table->entries[table->entries_count++] = added;
    table->slots[slot] = (uint32_t)table->entries_count;
    table->live_count++;
    table->bytes = bytes;
    return KW_OK;
}

kw_status kw_stp_table_apply(kw_stp_table *table, const kw_stp_row *row)
{
    KW_ASSERT(row->key.len > 0 && row->key.len < KW_STP_LINE_BYTES_MAX &&
              row->record.len < KW_STP_LINE_BYTES_MAX &&
              row->timestamp.len < KW_STP_LINE_BYTES_MAX);
    if (row->seq_no <= table->last) {
        return KW_OK;
    }
    switch (row->action) {
    case KW_STP_ADD:
        KW_TRY(apply_add(table, row));
        break;
    case KW_STP_DELETE: {
        size_t slot = find_slot(table, row->key, hash_key(row->key));
        if (table->slots[slot] != 0) {
            remove_entry(table, slot);
        }
        break;
    }
    }
    table->last = row->seq_no;
    return KW_OK;
}

kw_status kw_stp_table_read(kw_stp_table *table, kw_stp_cursor *cursor, kw_error *err)
{
    for (;;) {
        kw_stp_row row = {0};
        kw_status st = kw_stp_next(cursor, &row, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        KW_TRY_AT(err, kw_stp_table_apply(table, &row), "applying an STP row");
    }
}

uint64_t kw_stp_table_last(const kw_stp_table *table)
{
    return table->last;
}

size_t kw_stp_table_count(const kw_stp_table *table)
{
    return table->live_count;
}

static kw_stp_row row_of(const entry *e)
{
    return (kw_stp_row){.seq_no = e->seq_no,
                        .action = KW_STP_ADD,
                        .key = entry_key(e),
                        .record = {e->bytes + e->key_len, e->record_len},
                        .timestamp = {e->bytes + e->key_len + e->record_len, e->timestamp_len}};
}

bool kw_stp_table_find(const kw_stp_table *table, kw_str key, kw_stp_row *out)
{
    size_t slot = find_slot(table, key, hash_key(key));
    if (table->slots[slot] == 0) {
        return false;
    }
    *out = row_of(&table->entries[table->slots[slot] - 1]);
    return true;
}

bool kw_stp_table_next(const kw_stp_table *table, size_t *at, kw_stp_row *out)
{
    while (*at < table->entries_count) {
        const entry *e = &table->entries[(*at)++];
        if (e->bytes != NULL) {
            *out = row_of(e);
            return true;
        }
    }
    return false;
}
