/* SPDX-License-Identifier: Apache-2.0
 * Planning and applying changes of the epoch keys. Secret inputs: fresh key bytes between generator
 * and sealer. Source: emtp.md sections 7 and 9.3. */
#include "emtp/key_plan.h"

#include "base/buf.h"
#include "emtp/engine/manifest.h"
#include "emtp/stream.h"

#define TEST_KEY_ENDS_AT ((kw_unix_s)4102444800) /* 2100-01-01T00:00:00Z */

void kw_emtp_plan_start(kw_emtp_key_plan *plan, kw_unix_s now)
{
    plan->after = plan->before;
    plan->listings_count = 0;
    plan->now = now;
}

static kw_status add_key(kw_emtp_key_plan *plan, const kw_emtp_key_info *key, kw_error *err)
{
    KW_REQUIRE(plan->after.count < KW_EMTP_KEYS_MAX, err, KW_LIMIT, "more than %d epoch keys",
               KW_EMTP_KEYS_MAX);
    plan->after.items[plan->after.count] = *key;
    plan->after.count++;
    return KW_OK;
}

static void add_listing(kw_emtp_key_plan *plan, size_t key, bool is_removal)
{
    KW_ASSERT(plan->listings_count < KW_COUNT(plan->listings));
    plan->after.items[key].is_listed = !is_removal;
    plan->listings[plan->listings_count] = (kw_emtp_listing){key, is_removal};
    plan->listings_count++;
}

/* The published key, for as long as anybody checks vectors with it. It began before all others, so
 * that it is never the current key. Once revoked it stays so: its kid is used. */
static kw_status add_test_key(kw_emtp_key_plan *plan, kw_error *err)
{
    kw_emtp_key_info key = {.window = {0, TEST_KEY_ENDS_AT}, .expires_at = TEST_KEY_ENDS_AT};
    bool is_there = kw_emtp_keys_find(kw_emtp_key_list_view(&plan->after), KW_EMTP_TEST_KID) <
                    plan->after.count;
    if (is_there || plan->now >= TEST_KEY_ENDS_AT) {
        return KW_OK;
    }
    KW_ASSERT(kw_emtp_kid_of_text(&key.kid, KW_EMTP_TEST_KID));
    return add_key(plan, &key, err);
}

/* C19: the manifest's URL of a key that has not begun, when the operator wants it. */
static void list_ahead(kw_emtp_key_plan *plan)
{
    for (size_t i = 0; i < plan->after.count; i++) {
        const kw_emtp_key_info *key = &plan->after.items[i];
        if (!key->is_listed && key->revoked_at == 0 && key->window.not_before > plan->now) {
            add_listing(plan, i, false);
        }
    }
}

kw_status kw_emtp_plan_due(kw_emtp_key_plan *plan, const kw_emtp_plan_rules *rules, kw_error *err)
{
    kw_emtp_key_info missing[KW_EMTP_MISSING_MAX];
    size_t count = kw_emtp_keys_missing(missing, &rules->rule, kw_emtp_key_list_view(&plan->after),
                                        plan->now, rules->ahead_s);
    for (size_t i = 0; i < count; i++) {
        KW_TRY(add_key(plan, &missing[i], err));
    }
    if (rules->test_key) {
        KW_TRY(add_test_key(plan, err));
    }
    size_t due[KW_EMTP_KEYS_MAX];
    count = kw_emtp_keys_unlisted(due, kw_emtp_key_list_view(&plan->after), plan->now);
    for (size_t i = 0; i < count; i++) {
        add_listing(plan, due[i], false);
    }
    if (rules->prepublish) {
        list_ahead(plan);
    }
    for (size_t i = 0; i < plan->after.count; i++) {
        const kw_emtp_key_info *key = &plan->after.items[i];
        if (key->is_listed && key->expires_at <= plan->now) {
            add_listing(plan, i, true);
        }
    }
    return KW_OK;
}

kw_status kw_emtp_plan_renewal(kw_emtp_key_plan *plan, const kw_emtp_plan_rules *rules,
                               kw_error *err)
{
    size_t live = 0;
    for (size_t i = 0; i < plan->after.count; i++) {
        live += plan->after.items[i].revoked_at == 0;
    }
    KW_REQUIRE(live < KW_EMTP_LIVE_KEYS_MAX, err, KW_LIMIT, "%zu epoch keys are live", live);
    kw_emtp_key_info key =
        kw_emtp_key_renewal(&rules->rule, kw_emtp_key_list_view(&plan->after), plan->now);
    return add_key(plan, &key, err);
}

kw_status kw_emtp_plan_revocation(kw_emtp_key_plan *plan, kw_str kid, kw_error *err)
{
    size_t index = kw_emtp_keys_find(kw_emtp_key_list_view(&plan->after), kid);
    KW_REQUIRE(index < plan->after.count, err, KW_NOT_FOUND, "no such epoch key");
    kw_emtp_key_info *key = &plan->after.items[index];
    KW_REQUIRE(key->revoked_at == 0, err, KW_GONE, "the key was revoked before");
    KW_REQUIRE(plan->now < key->expires_at, err, KW_GONE, "the key has expired");
    key->revoked_at = plan->now;
    if (key->is_listed) {
        add_listing(plan, index, true);
    }
    kw_emtp_key_info next = {0};
    if (!kw_str_equal(kid, KW_EMTP_TEST_KID) && plan->after.count < KW_EMTP_KEYS_MAX &&
        kw_emtp_key_replacement(&next, kw_emtp_key_list_view(&plan->after), index, plan->now)) {
        return add_key(plan, &next, err);
    }
    return KW_OK;
}

bool kw_emtp_plan_touches(const kw_emtp_key_plan *plan, size_t index)
{
    if (index >= plan->before.count) {
        return true;
    }
    const kw_emtp_key_info *before = &plan->before.items[index];
    const kw_emtp_key_info *after = &plan->after.items[index];
    return before->revoked_at != after->revoked_at || before->is_listed != after->is_listed;
}

bool kw_emtp_plan_is_empty(const kw_emtp_key_plan *plan)
{
    for (size_t i = 0; i < plan->after.count; i++) {
        if (kw_emtp_plan_touches(plan, i)) {
            return false;
        }
    }
    return true;
}

static kw_status make_value(const kw_emtp_plan_ports *ports, kw_secret32 *out,
                            const kw_emtp_key_info *key, kw_error *err)
{
    if (kw_str_equal(kw_emtp_kid_text(&key->kid), KW_EMTP_TEST_KID)) { /* add_test_key made it */
        kw_emtp_test_key(out);
        return KW_OK;
    }
    KW_TRY_AT(err, kw_rng_secret32(ports->rng, out), "making key %s", key->kid.text);
    /* A generator that gives the published key is broken, whatever its health tests say. */
    KW_REQUIRE(!kw_emtp_is_test_key(out), err, KW_ENTROPY_FAILURE,
               "the generator gave the published test key");
    return KW_OK;
}

static kw_status create_key(kw_tx *tx, const kw_emtp_plan_ports *ports, const kw_emtp_key_info *key,
                            kw_error *err)
{
    KW_AUTO(kw_secret32) value = {0};
    KW_TRY(make_value(ports, &value, key, err));
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(sizeof value);
    KW_TRY_AT(err, kw_secret_bytes_append(&bytes, kw_secret32_view(&value)), "making key %s",
              key->kid.text);
    return kw_emtp_key_rows_add(tx, ports->sealer, key, &bytes, err);
}

static kw_status write_listing(kw_tx *tx, const kw_emtp_key_plan *plan,
                               const kw_emtp_plan_ports *ports, const kw_emtp_listing *listing,
                               kw_error *err)
{
    const kw_emtp_key_info *key = &plan->after.items[listing->key];
    KW_AUTO(kw_buf) surl = kw_buf_init(KW_EMTP_SURL_BYTES_MAX);
    KW_TRY_AT(err,
              kw_buf_append_format(&surl, "%.*s/v1/emtp/manifests/%s",
                                   KW_STR_ARG(ports->public_url), key->kid.text),
              "naming key %s", key->kid.text);
    char expires_at[KW_RFC3339_BYTES];
    kw_utc_format(expires_at, key->expires_at);
    kw_emtp_change change = {.is_removal = listing->is_removal,
                             .key = kw_buf_text(&surl),
                             .record = listing->is_removal ? KW_STR("") : kw_str_of(expires_at)};
    return kw_emtp_stream_write(tx, ports->stream, plan->now, &change, err);
}

kw_status kw_emtp_plan_apply(kw_tx *tx, const kw_emtp_key_plan *plan,
                             const kw_emtp_plan_ports *ports, kw_error *err)
{
    KW_TRY(kw_emtp_key_rows_bump(tx, plan->before.change, err));
    for (size_t i = 0; i < plan->after.count; i++) {
        const kw_emtp_key_info *key = &plan->after.items[i];
        if (i >= plan->before.count) {
            KW_TRY(create_key(tx, ports, key, err));
        } else if (kw_emtp_plan_touches(plan, i)) {
            KW_TRY(kw_emtp_key_rows_update(tx, key, err));
            if (key->expires_at <= plan->now) {
                KW_TRY(kw_emtp_key_rows_erase(tx, key, err));
            }
        }
    }
    for (size_t i = 0; i < plan->listings_count; i++) {
        KW_TRY(write_listing(tx, plan, ports, &plan->listings[i], err));
    }
    return KW_OK;
}
