/* SPDX-License-Identifier: Apache-2.0
 * The rules for a list of epoch keys. Source: emtp.md section 7, decisions C16, C17, C19. */
#include "emtp/engine/keyring.h"

#include "base/error.h"

#include <stdio.h>

/* True when `a` stands before `b` in GET /keys. */
static bool is_before(kw_emtp_keys keys, size_t a, size_t b)
{
    kw_unix_s start_a = keys.items[a].window.not_before;
    kw_unix_s start_b = keys.items[b].window.not_before;
    return start_a != start_b ? start_a > start_b : a > b;
}

/* Insertion sort: a handful of keys. */
static void insert(size_t *order, size_t count, kw_emtp_keys keys, size_t index)
{
    size_t at = count;
    while (at > 0 && is_before(keys, index, order[at - 1])) {
        order[at] = order[at - 1];
        at--;
    }
    order[at] = index;
}

size_t kw_emtp_keys_served(size_t *out, kw_emtp_keys keys, kw_unix_s now)
{
    size_t count = 0;
    for (size_t i = 0; i < keys.count; i++) {
        if (kw_emtp_key_is_served(&keys.items[i], now)) {
            insert(out, count, keys, i);
            count++;
        }
    }
    return count;
}

size_t kw_emtp_keys_unlisted(size_t *out, kw_emtp_keys keys, kw_unix_s now)
{
    size_t count = 0;
    for (size_t i = 0; i < keys.count; i++) {
        if (!keys.items[i].is_listed && kw_emtp_key_is_served(&keys.items[i], now)) {
            insert(out, count, keys, i);
            count++;
        }
    }
    for (size_t i = 0; i < count / 2; i++) { /* the stream is written oldest window first */
        size_t other = out[i];
        out[i] = out[count - 1 - i];
        out[count - 1 - i] = other;
    }
    return count;
}

size_t kw_emtp_keys_find(kw_emtp_keys keys, kw_str kid)
{
    size_t i = 0;
    while (i < keys.count && !kw_str_equal(kw_emtp_kid_text(&keys.items[i].kid), kid)) {
        i++;
    }
    return i;
}

static kw_unix_s next_epoch(const kw_emtp_rule *rule, kw_unix_s now)
{
    return kw_emtp_epoch_shift(rule, kw_emtp_epoch_start(rule, now), 1);
}

/* Earliest start or end of a key after `now` that is not revoked, or `latest`. */
static kw_unix_s next_change(kw_emtp_keys keys, kw_unix_s now, kw_unix_s latest)
{
    for (size_t i = 0; i < keys.count; i++) {
        const kw_emtp_key_info *key = &keys.items[i];
        if (key->revoked_at != 0) {
            continue;
        }
        if (key->window.not_before > now) {
            latest = KW_MIN(latest, key->window.not_before);
        } else if (key->expires_at > now) {
            latest = KW_MIN(latest, key->expires_at);
        }
    }
    return latest;
}

kw_unix_s kw_emtp_keys_hold_until(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now)
{
    return next_change(keys, now, next_epoch(rule, now));
}

int kw_emtp_keys_max_age(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now)
{
    kw_unix_s left = kw_emtp_keys_hold_until(rule, keys, now) - now;
    return (int)KW_MIN(left, (kw_unix_s)KW_EMTP_MAX_AGE_S);
}

static kw_str bare(const kw_emtp_kid *kid)
{
    kw_str head = {0};
    kw_str number = {0};
    (void)kw_str_split(kw_emtp_kid_text(kid), '.', &head, &number);
    return head;
}

/* Keys of one epoch have the same kid but for the `.n`. */
static bool has_key_of(kw_emtp_keys keys, kw_str epoch)
{
    for (size_t i = 0; i < keys.count; i++) {
        if (kw_str_equal(bare(&keys.items[i].kid), epoch)) {
            return true;
        }
    }
    return false;
}

size_t kw_emtp_keys_missing(kw_emtp_key_info out[KW_EMTP_MISSING_MAX], const kw_emtp_rule *rule,
                            kw_emtp_keys keys, kw_unix_s now, int64_t ahead_s)
{
    kw_unix_s current = kw_emtp_epoch_start(rule, now);
    kw_unix_s next = kw_emtp_epoch_shift(rule, current, 1);
    int last = next - now <= ahead_s ? 1 : 0;
    size_t count = 0;
    for (int epoch = -1; epoch <= last; epoch++) {
        kw_unix_s start = kw_emtp_epoch_shift(rule, current, epoch);
        kw_emtp_key_info key = {.kid = kw_emtp_epoch_kid(rule, start, 0),
                                .window = kw_emtp_epoch_window(rule, start)};
        if (has_key_of(keys, kw_emtp_kid_text(&key.kid))) {
            continue;
        }
        key.expires_at = kw_emtp_epoch_shift(rule, start, 1 + rule->overlap);
        out[count] = key;
        count++;
    }
    return count;
}

/* The first unused `.n` behind the bare form of `like`. A kid is never used twice. */
static kw_emtp_kid next_kid(kw_emtp_keys keys, const kw_emtp_kid *like)
{
    kw_str epoch = bare(like);
    kw_emtp_kid kid = {0};
    for (uint32_t n = 1; kid.text[0] == '\0'; n++) {
        kw_emtp_kid candidate = {0};
        int len = snprintf(candidate.text, sizeof candidate.text, "%.*s.%u", KW_STR_ARG(epoch), n);
        KW_ASSERT(len > 0 && (size_t)len < sizeof candidate.text);
        if (kw_emtp_keys_find(keys, kw_emtp_kid_text(&candidate)) == keys.count) {
            kid = candidate;
        }
    }
    return kid;
}

bool kw_emtp_key_replacement(kw_emtp_key_info *out, kw_emtp_keys keys, size_t index, kw_unix_s now)
{
    const kw_emtp_key_info *old = &keys.items[index];
    if (now >= old->window.not_after) {
        return false;
    }
    for (size_t i = 0; i < keys.count; i++) {
        const kw_emtp_key_info *other = &keys.items[i];
        if (i != index && other->revoked_at == 0 &&
            kw_str_equal(bare(&other->kid), bare(&old->kid))) {
            return false; /* a renewal stands beside it already */
        }
    }
    *out = (kw_emtp_key_info){.kid = next_kid(keys, &old->kid),
                              .window = {.not_before = KW_MAX(now, old->window.not_before),
                                         .not_after = old->window.not_after},
                              .expires_at = old->expires_at};
    return true;
}

kw_emtp_key_info kw_emtp_key_renewal(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now)
{
    kw_unix_s start = kw_emtp_epoch_start(rule, now);
    kw_emtp_kid first = kw_emtp_epoch_kid(rule, start, 0);
    return (kw_emtp_key_info){
        .kid = next_kid(keys, &first),
        .window = {.not_before = now, .not_after = kw_emtp_epoch_shift(rule, start, 1)},
        .expires_at = kw_emtp_epoch_shift(rule, start, 1 + rule->overlap)};
}

kw_unix_s kw_emtp_keys_next_moment(const kw_emtp_rule *rule, kw_emtp_keys keys, kw_unix_s now,
                                   int64_t ahead_s)
{
    kw_unix_s next = next_epoch(rule, now);
    kw_unix_s creation = next - ahead_s;
    return next_change(keys, now, creation > now ? creation : next);
}
