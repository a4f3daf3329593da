/* SPDX-License-Identifier: Apache-2.0
 * Which epoch keys exist, are served, are due: the rules of emtp.md section 7 over a list of key
 * descriptions. Pure and without key bytes. */
#ifndef KW_EMTP_ENGINE_KEYRING_H
#define KW_EMTP_ENGINE_KEYRING_H

#include "emtp/engine/epoch.h"

enum {
    KW_EMTP_MISSING_MAX = 3, /* previous, current and next epoch */
    KW_EMTP_MAX_AGE_S = 300, /* longest time an answer of GET /keys may be kept */
    KW_EMTP_CREATE_AHEAD_S = 7 * 86400,
};

/* A key without its bytes. */
typedef struct kw_emtp_key_info {
    kw_emtp_kid kid;
    kw_emtp_window window;
    kw_unix_s expires_at; /* end of service: not_after + overlap */
    kw_unix_s revoked_at; /* 0: not revoked */
    bool is_listed;       /* its `+` row stands in the key stream, and no `-` row yet */
} kw_emtp_key_info;

/* All keys that were ever made, in the order of their creation. Borrowed. */
typedef struct kw_emtp_keys {
    const kw_emtp_key_info *items;
    size_t count;
} kw_emtp_keys;

/* not revoked and not_before <= now < expires_at */
static inline bool kw_emtp_key_is_served(const kw_emtp_key_info *key, kw_unix_s now)
{
    return key->revoked_at == 0 && key->window.not_before <= now && now < key->expires_at;
}

/* Indexes of the served keys in the order of GET /keys: latest not_before first, of two with the
 * same the younger. `out` has room for keys.count; the result is their number. */
size_t kw_emtp_keys_served(size_t *out, kw_emtp_keys keys, kw_unix_s now);

/* Until when the answer of GET /keys is that of `now`: the next epoch, start or end of a key. */
kw_unix_s kw_emtp_keys_hold_until(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now);

/* The seconds to that moment, at most KW_EMTP_MAX_AGE_S; at least 1. */
int kw_emtp_keys_max_age(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now);

/* The keys to create at `now`: of the previous, the current and, from `ahead_s` seconds before its
 * start (at most one epoch), the next epoch, where there is none; a revoked one counts (C17). */
size_t kw_emtp_keys_missing(kw_emtp_key_info out[KW_EMTP_MISSING_MAX], const kw_emtp_rule *rule,
                            kw_emtp_keys keys, kw_unix_s now, int64_t ahead_s);

/* The key that takes the place of keys.items[index], revoked at `now`: `.n`, from
 * max(now, not_before), same end. False when none is due: the key had ended, or another key of its
 * epoch is still there. */
KW_MUST_USE bool kw_emtp_key_replacement(kw_emtp_key_info *out, kw_emtp_keys keys, size_t index,
                                         kw_unix_s now);

/* A further key `.n` of the present epoch, from `now` on, beside the others (early renewal). */
kw_emtp_key_info kw_emtp_key_renewal(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now);

/* Indexes of the keys whose `+` row is due in the key stream, oldest window first. */
size_t kw_emtp_keys_unlisted(size_t *out, kw_emtp_keys keys, kw_unix_s now);

/* Index of a key by its kid; keys.count when there is none. */
size_t kw_emtp_keys_find(kw_emtp_keys keys, kw_str kid);

/* The next moment after `now` at which something is to be done: a key created, begun or ended. */
kw_unix_s kw_emtp_keys_next_moment(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now,
                                   int64_t ahead_s);

#endif /* KW_EMTP_ENGINE_KEYRING_H */
