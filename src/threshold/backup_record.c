/* SPDX-License-Identifier: Apache-2.0
 * Records of backups between struct and bytes. Secret inputs: the content of files. */
#include "threshold/backup_record.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/hash.h"
#include "threshold/engine/epoch/certificate.h"
#include "threshold/limits.h"

enum {
    HEAD_BYTES_MAX = 2048, /* of a record, without the part of any length at its end */
    MODE_MAX = 0777,
};

/* ---- to bytes ---- */
static void write_about(kw_writer *w, const kw_backup_about *about)
{
    kw_write_u64be(w, about->made_at);
    kw_write_span(w, KW_SPAN(about->cluster_id.bytes));
    kw_write_span(w, KW_SPAN(about->address.bytes));
    kw_write_span(w, KW_SPAN(about->master_key));
    kw_write_u8(w, (uint8_t)about->key);
}

static void write_counts(kw_writer *w, const kw_backup_counts *counts)
{
    kw_write_u32be(w, counts->files);
    kw_write_u32be(w, counts->certificates);
    kw_write_u32be(w, counts->apps);
}

/* Writes all but the part at the end, which is the result. */
static kw_secret_span write_head(kw_writer *w, const kw_backup_record *record)
{
    kw_write_u8(w, (uint8_t)record->kind);
    switch (record->kind) {
    case KW_BACKUP_ABOUT:
        write_about(w, &record->about);
        break;
    case KW_BACKUP_FILE:
        kw_write_u8(w, (uint8_t)record->entry.role);
        kw_write_u16be(w, record->entry.mode);
        kw_write_span_u16be(w, kw_span_of_str(record->entry.path));
        return record->entry.content;
    case KW_BACKUP_CERTIFICATE:
        kw_write_span(w, KW_SPAN(record->certificate.hash.bytes));
        return kw_secret_span_of(record->certificate.file);
    case KW_BACKUP_APP:
        kw_write_u64be(w, record->app.uses);
        kw_write_u64be(w, (uint64_t)record->app.registered_at);
        kw_write_span_u8(w, kw_span_of_str(record->app.id));
        return kw_secret_span_of(kw_span_of_str(record->app.policy));
    case KW_BACKUP_END:
        write_counts(w, &record->counts);
        break;
    }
    return (kw_secret_span){0};
}

kw_status kw_backup_record_encode(kw_secret_bytes *out, const kw_backup_record *record)
{
    KW_AUTO(kw_buf) head = kw_buf_init(HEAD_BYTES_MAX);
    kw_writer w = kw_writer_to(&head);
    kw_secret_span tail = write_head(&w, record);
    KW_TRY(kw_write_end(&w));
    KW_TRY(kw_secret_bytes_reserve(out, head.len + tail.len));
    KW_TRY(kw_secret_bytes_append(out, kw_secret_span_of(kw_buf_view(&head))));
    return kw_secret_bytes_append(out, tail);
}

/* ---- from bytes ---- */
static void read_about(kw_reader *r, kw_backup_about *out)
{
    out->made_at = kw_read_u64be(r);
    kw_read_into(r, KW_MSPAN(out->cluster_id.bytes));
    kw_read_into(r, KW_MSPAN(out->address.bytes));
    kw_read_into(r, KW_MSPAN(out->master_key));
    uint8_t key = kw_read_u8(r);
    if (out->made_at > INT64_MAX || key < KW_OPERATOR_KEY_SEALED || key > KW_OPERATOR_KEY_TOKEN) {
        kw_read_fail(r);
        return;
    }
    out->key = (kw_operator_key_source)key;
}

static void read_entry(kw_reader *r, kw_backup_entry *out, kw_secret_span wire)
{
    uint8_t role = kw_read_u8(r);
    out->mode = kw_read_u16be(r);
    out->path = kw_str_of_span(kw_read_span_u16be(r, KW_BACKUP_PATH_BYTES_MAX));
    size_t len = kw_read_rest(r).len;
    bool is_fine = role >= KW_BACKUP_CONFIGURATION && role <= KW_BACKUP_TOKEN_KEYS &&
                   out->mode <= MODE_MAX && out->path.len > 0 &&
                   memchr(out->path.ptr, '\0', out->path.len) == NULL &&
                   len <= KW_BACKUP_FILE_BYTES_MAX;
    if (!is_fine) {
        kw_read_fail(r);
        return;
    }
    out->role = (kw_backup_role)role;
    out->content = kw_secret_span_part(wire, wire.len - len, len);
}

static void read_certificate(kw_reader *r, kw_backup_certificate *out)
{
    kw_read_into(r, KW_MSPAN(out->hash.bytes));
    out->file = kw_read_rest(r);
    if (kw_certificate_epoch_of(out->file) == 0) {
        kw_read_fail(r);
    }
}

static void read_app(kw_reader *r, kw_backup_app *out)
{
    out->uses = kw_read_u64be(r);
    uint64_t registered_at = kw_read_u64be(r);
    out->id = kw_str_of_span(kw_read_span_u8(r, UINT8_MAX));
    out->policy = kw_str_of_span(kw_read_rest(r));
    if (out->uses > INT64_MAX || registered_at > INT64_MAX || out->id.len == 0 ||
        out->policy.len == 0) {
        kw_read_fail(r);
    }
    out->registered_at = (int64_t)registered_at;
}

static void read_counts(kw_reader *r, kw_backup_counts *out)
{
    out->files = kw_read_u32be(r);
    out->certificates = kw_read_u32be(r);
    out->apps = kw_read_u32be(r);
}

static void read_body(kw_reader *r, kw_backup_record *out, kw_secret_span wire)
{
    switch (out->kind) {
    case KW_BACKUP_ABOUT:
        read_about(r, &out->about);
        break;
    case KW_BACKUP_FILE:
        read_entry(r, &out->entry, wire);
        break;
    case KW_BACKUP_CERTIFICATE:
        read_certificate(r, &out->certificate);
        break;
    case KW_BACKUP_APP:
        read_app(r, &out->app);
        break;
    case KW_BACKUP_END:
        read_counts(r, &out->counts);
        break;
    }
}

kw_status kw_backup_record_decode(kw_backup_record *out, kw_secret_span wire)
{
    kw_reader r = kw_reader_of(kw_declassify_span(
        wire, "only the content of a file is secret, and it is handed on as such"));
    uint8_t kind = kw_read_u8(&r);
    if (kind < KW_BACKUP_ABOUT || kind > KW_BACKUP_END) {
        return KW_BAD_INPUT;
    }
    kw_backup_record record = {.kind = (kw_backup_kind)kind};
    read_body(&r, &record, wire);
    KW_TRY(kw_read_end(&r));
    *out = record;
    return KW_OK;
}

/* ---- their order ---- */
void kw_backup_order_drop(kw_backup_order *order)
{
    kw_buf_drop(&order->name);
    *order = (kw_backup_order){0};
}

static kw_status keep_name(kw_backup_order *order, kw_str name)
{
    order->name.max = KW_BACKUP_PATH_BYTES_MAX;
    kw_buf_clear(&order->name);
    return kw_buf_append_str(&order->name, name);
}

/* Whether a record may follow one of its own kind. */
static bool is_after(const kw_backup_order *order, const kw_backup_record *record)
{
    kw_str name = kw_buf_text(&order->name);
    switch (record->kind) {
    case KW_BACKUP_FILE:
        return record->entry.role > order->role ||
               (record->entry.role == order->role && kw_str_compare(record->entry.path, name) > 0);
    case KW_BACKUP_CERTIFICATE:
        return kw_certificate_epoch_of(record->certificate.file) > order->epoch;
    case KW_BACKUP_APP:
        return kw_str_compare(record->app.id, name) > 0;
    case KW_BACKUP_ABOUT:
    case KW_BACKUP_END:
        return false;
    }
    return false;
}

static bool is_equal(const kw_backup_counts *a, const kw_backup_counts *b)
{
    return a->files == b->files && a->certificates == b->certificates && a->apps == b->apps;
}

static kw_status count(kw_backup_order *order, const kw_backup_record *record)
{
    switch (record->kind) {
    case KW_BACKUP_FILE:
        order->counts.files++;
        order->role = record->entry.role;
        return keep_name(order, record->entry.path);
    case KW_BACKUP_CERTIFICATE:
        order->counts.certificates++;
        order->epoch = kw_certificate_epoch_of(record->certificate.file);
        return KW_OK;
    case KW_BACKUP_APP:
        order->counts.apps++;
        return keep_name(order, record->app.id);
    case KW_BACKUP_END:
        return is_equal(&order->counts, &record->counts) ? KW_OK : KW_CORRUPT;
    case KW_BACKUP_ABOUT:
        return KW_OK;
    }
    return KW_CORRUPT;
}

kw_status kw_backup_order_take(kw_backup_order *order, const kw_backup_record *record)
{
    bool is_first = order->last == 0;
    bool is_in_order =
        record->kind > order->last || (record->kind == order->last && is_after(order, record));
    if (!is_in_order || is_first != (record->kind == KW_BACKUP_ABOUT)) {
        return KW_CORRUPT;
    }
    KW_TRY(count(order, record));
    order->last = record->kind;
    return KW_OK;
}
