/* SPDX-License-Identifier: Apache-2.0
 * Secrets of operators. Secret inputs: shares and keys of a test. */
#include "support/kept_secrets.h"

#include "codec/hex.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/stores.h"
#include "threshold/engine/roster/cluster_file.h"
#include "threshold/slots_file.h"
#include "threshold/vault.h"

#include <stdio.h>
#include <unistd.h>

enum {
    SECRET_BYTES = 32,
};

/* An operator that does not run, opened. */
typedef struct opened {
    committee *c;
    uint32_t at;
    kw_store *store;
    kw_slots *slots;
    kw_vault *vault;
    size_t shares;
} opened;

static kw_hash32 cluster_id_of(committee *c)
{
    kw_arena arena = kw_arena_init(2 * KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_file cluster;
    EXPECT_OK(kw_file_read(&file, house_path(c->houses[0], "cluster.json").text, NULL));
    EXPECT_OK(kw_cluster_file_decode(&cluster, &arena, kw_buf_view(&file), NULL));
    kw_hash32 id = cluster.cluster_id;
    kw_arena_drop(&arena);
    return id;
}

/* `file`: the one of the operator's own house where it may stand; NULL: none. */
static void expect_only_in(const opened *o, kw_span secret, const char *file)
{
    const char *const own[] = {file, NULL};
    static const char *const none[] = {NULL};
    char digits[2 * SECRET_BYTES];
    uint8_t words[SECRET_BYTES]; /* as a processor holds a number */
    assert_int_equal(secret.len, SECRET_BYTES);
    kw_hex_encode_to(digits, secret);
    for (size_t i = 0; i < SECRET_BYTES; i++) {
        words[i] = secret.ptr[SECRET_BYTES - 1 - i];
    }
    for (uint32_t i = 0; i < o->c->plan.count; i++) {
        const house *h = o->c->houses[i];
        house_expect_nowhere(h, secret, i == o->at ? own : none);
        house_expect_nowhere(h, (kw_span){(const uint8_t *)digits, sizeof digits}, none);
        house_expect_nowhere(h, KW_SPAN(words), none);
    }
}

static void check_slots(const opened *o)
{
    KW_AUTO(kw_slot_ids) ids = {0};
    EXPECT_OK(kw_slots_list(o->slots, &ids, NULL));
    assert_true(ids.count > 0);
    for (size_t i = 0; i < ids.count; i++) {
        KW_AUTO(kw_secret32) value = {0};
        char digits[2 * SECRET_BYTES + 1] = "";
        char file[128];
        kw_hex_encode_to(digits, KW_SPAN(ids.items[i].bytes));
        (void)snprintf(file, sizeof file, "data/slots/%s", digits);
        EXPECT_OK(kw_slots_get(o->slots, &value, &ids.items[i], NULL));
        expect_only_in(o, kw_declassify_span(kw_secret32_view(&value), "a test looks for it"),
                       file);
    }
}

/* A share's record ends with it. */
static void check_shares(opened *o)
{
    kw_vault_records records = {0};
    EXPECT_OK(kw_vault_read(o->vault, &records, NULL));
    for (size_t i = 0; i < records.count; i++) {
        kw_span bytes = kw_declassify_span(records.items[i].bytes, "a test looks for it");
        if (records.items[i].kind == KW_RECORD_SHARE) {
            kw_span share = {bytes.ptr + bytes.len - SECRET_BYTES, SECRET_BYTES};
            expect_only_in(o, share, NULL);
            o->shares++;
        }
    }
    kw_vault_records_drop(&records);
}

/* A folder of slots opens for its owner alone: it becomes this program's own. */
static void take_over(const house *h)
{
    tempdir_path data = house_path(h, "data");
    const char *const argv[] = {"chown", "-R", "root", data.text, NULL};
    process_result result = {0};
    if (geteuid() == 0) {
        process_expect(&result, 0, argv, (kw_str){0});
    }
    process_result_drop(&result);
}

/* Of a house that never ran there is nothing. */
static bool has_run(const house *h)
{
    kw_file_info info;
    return kw_file_stat(&info, house_path(h, "data/keyward.db").text, NULL) == KW_OK;
}

static size_t check_operator(committee *c, uint32_t at, const kw_hash32 *cluster_id)
{
    opened o = {.c = c, .at = at};
    const house *h = c->houses[at];
    kw_span own = KW_SPAN(c->file.peers[at].secret);
    tempdir_path database = house_path(h, "data/keyward.db");
    seeded_rng seeded = {.seed = 1};
    kw_rng rng = seeded_rng_port(&seeded);
    KW_AUTO(kw_secret32) key = {0};
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(own)));
    const kw_store_options where = {.backend = KW_STORE_SQLITE, .where = database.text};
    take_over(h);
    o.store = stores_open(&where);
    EXPECT_OK(kw_slots_open(&o.slots, house_path(h, "data/slots").text, &rng, NULL));
    const kw_vault_options options = {.store = o.store,
                                      .slots = o.slots,
                                      .operator_key = &key,
                                      .cluster_id = *cluster_id,
                                      .rng = rng};
    EXPECT_OK(kw_vault_open(&o.vault, &options, NULL));
    check_shares(&o);
    check_slots(&o);
    expect_only_in(&o, own, "data/operator.key");
    kw_vault_free(o.vault);
    kw_slots_free(o.slots);
    kw_store_free(o.store);
    return o.shares;
}

void kept_secrets_expect(committee *c)
{
    kw_hash32 cluster_id = cluster_id_of(c);
    size_t shares = 0;
    for (uint32_t i = 0; i < c->plan.count; i++) {
        if (c->houses[i]->daemon.pid > 0) {
            house_kill(c->houses[i]);
        }
    }
    for (uint32_t i = 0; i < c->plan.count; i++) {
        shares += has_run(c->houses[i]) ? check_operator(c, i, &cluster_id) : 0;
    }
    assert_true(shares > 0);
}
