/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/keyring.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/keyring_sim.h"
#include "support/tree.h"

#include <jansson.h>

static kw_unix_s at(const json_t *holder, const char *member)
{
    kw_unix_s moment = 0;
    assert_true(
        kw_utc_parse(&moment, kw_str_of(json_string_value(json_object_get(holder, member)))));
    return moment;
}

static const char *text(const json_t *holder, const char *member)
{
    const char *value = json_string_value(json_object_get(holder, member));
    assert_non_null(value);
    return value;
}

static kw_emtp_rule rule_of(const json_t *item)
{
    static const char *const names[] = {
        [KW_EMTP_MONTHLY] = "monthly", [KW_EMTP_WEEKLY] = "weekly", [KW_EMTP_DAILY] = "daily"};
    kw_emtp_rule rule = {.overlap =
                             (int)json_integer_value(json_object_get(item, "overlap_epochs"))};
    for (size_t i = KW_EMTP_MONTHLY; i < KW_COUNT(names); i++) {
        if (kw_str_equal(kw_str_of(names[i]), kw_str_of(text(item, "cadence")))) {
            rule.cadence = (kw_emtp_cadence)i;
        }
    }
    assert_true(kw_emtp_rule_is_valid(&rule));
    return rule;
}

static void do_event(keyring_sim *sim, const json_t *event)
{
    kw_str what = kw_str_of(text(event, "do"));
    kw_unix_s now = at(event, "at");
    if (kw_str_equal(what, KW_STR("start"))) {
        keyring_sim_start(sim, now);
    } else if (kw_str_equal(what, KW_STR("stop"))) {
        keyring_sim_stop(sim, now);
    } else {
        assert_true(kw_str_equal(what, KW_STR("revoke")));
        keyring_sim_revoke(sim, now, kw_str_of(text(event, "kid")));
    }
}

static void check_served(const keyring_sim *sim, const json_t *wanted)
{
    kw_unix_s now = at(wanted, "now");
    size_t order[KEYRING_SIM_KEYS_MAX];
    size_t count = kw_emtp_keys_served(order, keyring_sim_keys(sim), now);
    const json_t *kids = json_object_get(wanted, "kids");
    assert_int_equal(count, json_array_size(kids));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(sim->keys[order[i]].kid.text,
                            json_string_value(json_array_get(kids, i)));
    }
    assert_int_equal(kw_emtp_keys_max_age(&sim->rule, keyring_sim_keys(sim), now),
                     json_integer_value(json_object_get(wanted, "max_age")));
}

/* Events and questions in the order of time; at the same second the event comes first. */
static void replay(keyring_sim *sim, const json_t *item)
{
    const json_t *events = json_object_get(item, "events");
    const json_t *served = json_object_get(item, "served");
    size_t event = 0;
    for (size_t i = 0; i < json_array_size(served); i++) {
        kw_unix_s now = at(json_array_get(served, i), "now");
        while (event < json_array_size(events) && at(json_array_get(events, event), "at") <= now) {
            do_event(sim, json_array_get(events, event));
            event++;
        }
        keyring_sim_run_to(sim, now);
        check_served(sim, json_array_get(served, i));
    }
    assert_int_equal(event, json_array_size(events));
}

static void check_keys(const keyring_sim *sim, const json_t *keys)
{
    size_t wanted = 0;
    for (size_t i = 0; i < sim->keys_count; i++) {
        const kw_emtp_key_info *key = &sim->keys[i];
        if (key->window.not_before > sim->now) {
            continue; /* created ahead; the file lists what has begun */
        }
        const json_t *row = json_array_get(keys, wanted);
        assert_string_equal(key->kid.text, text(row, "kid"));
        assert_int_equal(key->window.not_before, at(row, "not_before"));
        assert_int_equal(key->window.not_after, at(row, "not_after"));
        assert_int_equal(key->expires_at, at(row, "expires_at"));
        assert_int_equal(key->expires_at, kw_emtp_expires_at(kw_emtp_kid_text(&key->kid),
                                                             key->window, sim->rule.overlap));
        bool is_revoked = json_is_string(json_object_get(row, "revoked_at"));
        assert_int_equal(key->revoked_at, is_revoked ? at(row, "revoked_at") : 0);
        wanted++;
    }
    assert_int_equal(wanted, json_array_size(keys));
}

static void check_rows(const keyring_sim *sim, const json_t *rows)
{
    assert_int_equal(sim->rows_count, json_array_size(rows));
    for (size_t i = 0; i < sim->rows_count; i++) {
        const json_t *row = json_array_get(rows, i);
        const kw_emtp_key_info *key = &sim->keys[sim->rows[i].key];
        assert_int_equal(json_integer_value(json_object_get(row, "seq")), i + 1);
        assert_int_equal(sim->rows[i].at, at(row, "time"));
        assert_int_equal(sim->rows[i].action, text(row, "action")[0]);
        assert_string_equal(key->kid.text, text(row, "kid"));
        if (sim->rows[i].action == '+') {
            assert_int_equal(key->expires_at, at(row, "record"));
        }
    }
}

static void epochs__match_the_published_key_servers(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = kw_buf_init(0);
    if (!tree_read_shared(&file, "emtp/epochs.json")) {
        skip();
    }
    json_t *root = json_loadb((const char *)file.ptr, file.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const json_t *cases = json_object_get(root, "cases");
    assert_true(json_array_size(cases) >= 12);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *item = json_array_get(cases, i);
        print_message("%s\n", text(item, "id"));
        keyring_sim *sim = kw_heap_new(1, sizeof *sim);
        assert_non_null(sim);
        sim->rule = rule_of(item);
        sim->ahead_s = KW_EMTP_CREATE_AHEAD_S;
        replay(sim, item);
        check_keys(sim, json_object_get(item, "keys"));
        check_rows(sim, json_object_get(item, "stream"));
        kw_heap_free(sim);
    }
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(epochs__match_the_published_key_servers)};
    return cmocka_run_group_tests_name("emtp/epochs", tests, NULL, NULL);
}
