/* SPDX-License-Identifier: Apache-2.0
 * The rules of blobs, whatever they are stored on: names, checks, holds, removal. */
#include "store/blobs.h"

#include "codec/hex.h"
#include "crypto/hash.h"
#include "store/blobs_driver.h"

#include <stdio.h>

enum {
    HEX_BYTES = 64,
};

static const char cas[] = "cas/";
static const char suffix[] = ".chunk";

typedef struct blob_key {
    char text[KW_BLOB_KEY_BYTES];
} blob_key;

static blob_key key_of(const kw_hash32 *id)
{
    blob_key key;
    char hex[HEX_BYTES];
    kw_hex_encode_to(hex, KW_SPAN(id->bytes));
    (void)snprintf(key.text, sizeof key.text, "%s%.2s/%.*s%s", cas, hex, HEX_BYTES, hex, suffix);
    return key;
}

/* The prefix of the holds of a blob, or one of them. */
static blob_key hold_key_of(const kw_hash32 *id, kw_str name)
{
    blob_key key;
    char hex[HEX_BYTES];
    kw_hex_encode_to(hex, KW_SPAN(id->bytes));
    (void)snprintf(key.text, sizeof key.text, "hold/%.*s/%.*s", HEX_BYTES, hex, KW_STR_ARG(name));
    return key;
}

/* False for whatever else lies there. */
static bool id_of_key(kw_hash32 *out, kw_str key)
{
    const size_t hex_at = sizeof cas - 1 + 3;
    if (key.len != hex_at + HEX_BYTES + sizeof suffix - 1 ||
        kw_hex_decode_to(KW_MSPAN(out->bytes), (kw_str){key.ptr + hex_at, HEX_BYTES}) != KW_OK) {
        return false;
    }
    blob_key again = key_of(out);
    return kw_str_equal(key, kw_str_of(again.text));
}

void kw_blobs_free(kw_blobs *blobs)
{
    if (blobs != NULL) {
        blobs->driver->close(blobs);
    }
}

static kw_status renew(kw_blobs *blobs, const char *key, uint64_t bytes, kw_error *err)
{
    KW_TRY(blobs->driver->lock(blobs, err));
    kw_status st = blobs->driver->renew(blobs, key, bytes, err);
    blobs->driver->unlock(blobs);
    return st;
}

kw_status kw_blobs_put(kw_blobs *blobs, kw_hash32 *out_id, kw_span bytes, kw_error *err)
{
    KW_REQUIRE(bytes.len <= KW_BLOB_BYTES_MAX, err, KW_LIMIT, "a blob of %zu bytes", bytes.len);
    kw_hash32 id;
    kw_sha256(&id, bytes);
    blob_key key = key_of(&id);
    kw_error absence = {0}; /* that it is new is no failure */
    kw_status st = renew(blobs, key.text, bytes.len, &absence);
    if (st == KW_NOT_FOUND) {
        st = blobs->driver->write(blobs, key.text, bytes, err);
    } else if (st != KW_OK) {
        return kw_fail(err, st, "%s", absence.text);
    }
    if (st == KW_OK) {
        *out_id = id;
    }
    return st;
}

kw_status kw_blobs_mend(kw_blobs *blobs, kw_span bytes, kw_error *err)
{
    KW_REQUIRE(bytes.len <= KW_BLOB_BYTES_MAX, err, KW_LIMIT, "a blob of %zu bytes", bytes.len);
    kw_hash32 id;
    kw_sha256(&id, bytes);
    blob_key key = key_of(&id);
    /* Else a removal that has looked at the old one takes the new one away. */
    KW_TRY(blobs->driver->lock(blobs, err));
    kw_status st = blobs->driver->write(blobs, key.text, bytes, err);
    blobs->driver->unlock(blobs);
    return st;
}

kw_status kw_blobs_get(kw_blobs *blobs, kw_buf *out, const kw_hash32 *id, kw_error *err)
{
    KW_ASSERT(out->ptr == NULL);
    blob_key key = key_of(id);
    KW_AUTO(kw_buf) read = kw_buf_init(KW_MIN(out->max, (size_t)KW_BLOB_BYTES_MAX));
    KW_TRY(blobs->driver->read(blobs, &read, key.text, err));
    kw_hash32 got;
    kw_sha256(&got, kw_buf_view(&read));
    KW_REQUIRE(kw_hash32_equal(&got, id), err, KW_CORRUPT, "%s is damaged", key.text);
    size_t max = out->max;
    *out = kw_buf_take(&read);
    out->max = max;
    return KW_OK;
}

kw_status kw_blobs_look(kw_blobs *blobs, kw_blob_info *out, const kw_hash32 *id, kw_error *err)
{
    blob_key key = key_of(id);
    return blobs->driver->look(blobs, out, key.text, err);
}

static kw_status see_key(void *ctx, kw_str key, const kw_blob_info *info, kw_error *err)
{
    const kw_blobs_visit *visit = ctx;
    kw_hash32 id;
    return id_of_key(&id, key) ? visit->see(visit->ctx, &id, info, err) : KW_OK;
}

kw_status kw_blobs_each(kw_blobs *blobs, const kw_blobs_visit *visit, kw_error *err)
{
    kw_blobs_visit copy = *visit;
    return blobs->driver->list(blobs, cas, &(kw_blob_key_visit){see_key, &copy}, err);
}

/* ---- holds and removal ---- */

static bool is_hold_name(kw_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') {
            return false;
        }
    }
    return name.len > 0 && name.len <= KW_BLOB_HOLD_BYTES_MAX && kw_str_is_made_of(name, "-");
}

static kw_status hold_locked(kw_blobs *blobs, const kw_hash32 *id, kw_str name, kw_error *err)
{
    kw_blob_info info;
    blob_key key = key_of(id);
    blob_key hold = hold_key_of(id, name);
    KW_TRY(blobs->driver->look(blobs, &info, key.text, err));
    return blobs->driver->write(blobs, hold.text, (kw_span){0}, err);
}

kw_status kw_blobs_hold(kw_blobs *blobs, const kw_hash32 *id, kw_str name, kw_error *err)
{
    KW_REQUIRE(is_hold_name(name), err, KW_BAD_INPUT, "a hold is called by a-z, 0-9 and -");
    KW_TRY(blobs->driver->lock(blobs, err));
    kw_status st = hold_locked(blobs, id, name, err);
    blobs->driver->unlock(blobs);
    return st;
}

kw_status kw_blobs_release(kw_blobs *blobs, const kw_hash32 *id, kw_str name, kw_error *err)
{
    KW_REQUIRE(is_hold_name(name), err, KW_BAD_INPUT, "a hold is called by a-z, 0-9 and -");
    blob_key hold = hold_key_of(id, name);
    KW_TRY(blobs->driver->lock(blobs, err));
    kw_status st = blobs->driver->remove(blobs, hold.text, err);
    blobs->driver->unlock(blobs);
    return st;
}

static kw_status see_hold(void *ctx, kw_str key, const kw_blob_info *info, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(info);
    return kw_fail(err, KW_REFUSED, "%.*s is a legal hold", KW_STR_ARG(key));
}

static kw_status remove_locked(kw_blobs *blobs, const kw_hash32 *id, kw_unix_s put_before_s,
                               kw_error *err)
{
    kw_blob_info info;
    blob_key key = key_of(id);
    blob_key holds = hold_key_of(id, KW_STR(""));
    KW_TRY(blobs->driver->look(blobs, &info, key.text, err));
    KW_REQUIRE(info.put_s < put_before_s, err, KW_CONFLICT, "%s was put lately", key.text);
    KW_TRY(blobs->driver->list(blobs, holds.text, &(kw_blob_key_visit){see_hold, NULL}, err));
    return blobs->driver->remove(blobs, key.text, err);
}

kw_status kw_blobs_remove(kw_blobs *blobs, const kw_hash32 *id, kw_unix_s put_before_s,
                          kw_error *err)
{
    KW_TRY(blobs->driver->lock(blobs, err));
    kw_status st = remove_locked(blobs, id, put_before_s, err);
    blobs->driver->unlock(blobs);
    return st;
}

typedef struct sweep {
    kw_blobs *blobs;
    kw_blobs_swept *out;
    kw_unix_s put_before_s;
    const kw_blobs_needs *needs;
} sweep;

static kw_status sweep_one(void *ctx, const kw_hash32 *id, const kw_blob_info *info, kw_error *err)
{
    const sweep *s = ctx;
    bool is_needed = true;
    KW_TRY(s->needs->is_needed(s->needs->ctx, &is_needed, id, err));
    if (is_needed) {
        s->out->needed++;
        return KW_OK;
    }
    kw_error why = {0};
    kw_status st = kw_blobs_remove(s->blobs, id, s->put_before_s, &why);
    s->out->held += st == KW_REFUSED;
    s->out->young += st == KW_CONFLICT;
    if (st == KW_OK) {
        s->out->removed++;
        s->out->removed_bytes += info->bytes;
    }
    bool is_answer = st == KW_OK || st == KW_REFUSED || st == KW_CONFLICT || st == KW_NOT_FOUND;
    return is_answer ? KW_OK : kw_fail(err, st, "%s", why.text);
}

kw_status kw_blobs_sweep(kw_blobs *blobs, kw_blobs_swept *out, kw_unix_s put_before_s,
                         const kw_blobs_needs *needs, kw_error *err)
{
    *out = (kw_blobs_swept){0};
    sweep s = {blobs, out, put_before_s, needs};
    KW_TRY(blobs->driver->tidy(blobs, put_before_s, err));
    return kw_blobs_each(blobs, &(kw_blobs_visit){sweep_one, &s}, err);
}

/* ---- scrub ---- */

typedef struct scrub {
    kw_blobs *blobs;
    kw_blobs_scrubbed *out;
    const kw_blobs_visit *damaged;
} scrub;

static kw_status scrub_one(void *ctx, const kw_hash32 *id, const kw_blob_info *info, kw_error *err)
{
    const scrub *s = ctx;
    KW_AUTO(kw_buf) bytes = kw_buf_init(KW_BLOB_BYTES_MAX);
    kw_error why = {0};
    kw_status st = kw_blobs_get(s->blobs, &bytes, id, &why);
    s->out->bytes += bytes.len;
    if (st == KW_OK) {
        s->out->whole++;
        return KW_OK;
    }
    if (st == KW_NOT_FOUND) { /* removed meanwhile */
        return KW_OK;
    }
    /* IO: a bad sector; LIMIT: longer than any blob. All else says nothing about this one. */
    if (st != KW_CORRUPT && st != KW_IO && st != KW_LIMIT) {
        return kw_fail(err, st, "%s", why.text);
    }
    s->out->damaged++;
    return s->damaged->see(s->damaged->ctx, id, info, err);
}

kw_status kw_blobs_scrub(kw_blobs *blobs, kw_blobs_scrubbed *out, const kw_blobs_visit *damaged,
                         kw_error *err)
{
    *out = (kw_blobs_scrubbed){0};
    scrub s = {blobs, out, damaged};
    return kw_blobs_each(blobs, &(kw_blobs_visit){scrub_one, &s}, err);
}
