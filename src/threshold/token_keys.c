/* SPDX-License-Identifier: Apache-2.0
 * A watched file of keys. */
#include "threshold/token_keys.h"

#include "base/heap.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/snapshot.h"
#include "threshold/limits.h"

typedef struct ev_token_keys {
    kw_str code;
    kw_str text;
} ev_token_keys;
static const kw_field token_keys_fields[] = {
    KW_FIELD(ev_token_keys, code, 32, KW_REQ),
    KW_FIELD(ev_token_keys, text, 160, KW_REQ),
};
KW_LOG_EVENT(ev_token_keys, "token_keys_refused", KW_LOG_ERROR, token_keys_fields);

struct kw_token_keys {
    kw_token_keys_options options;
    kw_snapshot current; /* kw_jwks */
    _Atomic uint64_t look_at_ns;

    kw_mutex looking; /* all below */
    kw_file_info seen;
};

static kw_status read_keys(const char *path, kw_jwks **out, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_JWKS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the keys of tokens");
    kw_status st = kw_jwks_parse(out, kw_buf_view(&json), err);
    return st == KW_OK ? KW_OK : kw_error_at(err, KW_CONFIG, "reading %s", path);
}

kw_status kw_token_keys_open(kw_token_keys **out, const kw_token_keys_options *options,
                             kw_error *err)
{
    kw_jwks *first = NULL;
    kw_file_info seen = {0};
    KW_TRY_AT(err, kw_file_stat(&seen, options->path, err), "looking for the keys of tokens");
    KW_TRY(read_keys(options->path, &first, err));
    kw_token_keys *keys = kw_heap_new(1, sizeof *keys);
    if (keys == NULL) {
        kw_jwks_free(first);
        return kw_fail(err, KW_NO_MEMORY, "no memory for the keys of tokens");
    }
    keys->options = *options;
    keys->seen = seen;
    kw_snapshot_init(&keys->current, first, kw_jwks_free);
    *out = keys;
    return KW_OK;
}

void kw_token_keys_free(kw_token_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    kw_snapshot_drop(&keys->current);
    kw_heap_free(keys);
}

void kw_token_keys_look(kw_token_keys *keys)
{
    KW_AUTO(kw_locked) hold = kw_lock(&keys->looking);
    kw_file_info now = {0};
    kw_jwks *next = NULL;
    kw_error err = {0};
    kw_status st = kw_file_stat(&now, keys->options.path, &err);
    if (now.size == keys->seen.size && now.modified_ms == keys->seen.modified_ms) {
        return;
    }
    keys->seen = now;
    if (st == KW_OK) {
        st = read_keys(keys->options.path, &next, &err);
    }
    if (st != KW_OK) {
        KW_LOG(keys->options.log, ev_token_keys, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(err.text));
        return;
    }
    kw_snapshot_publish(&keys->current, next);
}

/* One request in a while looks; the others go on with what is there. */
static void look_now_and_then(kw_token_keys *keys)
{
    uint64_t now_ns = kw_monotonic_ns();
    uint64_t at_ns = atomic_load(&keys->look_at_ns);
    uint64_t next_ns = now_ns + (uint64_t)KW_TOKEN_KEYS_LOOK_MS * 1000000;
    if (now_ns >= at_ns && atomic_compare_exchange_strong(&keys->look_at_ns, &at_ns, next_ns)) {
        kw_token_keys_look(keys);
    }
}

kw_status kw_token_keys_verify(kw_token_keys *keys, kw_json **out, kw_str token, kw_unix_s now,
                               kw_error *err)
{
    look_now_and_then(keys);
    KW_AUTO(kw_snapshot_hold) hold = kw_snapshot_enter(&keys->current);
    return kw_token_verify(hold.object, out, token, keys->options.issuer, now, err);
}
