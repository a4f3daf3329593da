/* SPDX-License-Identifier: Apache-2.0
 * Vaults for tests. */
#include "support/vault_desk.h"

#include "codec/writer.h"
#include "support/expect.h"

#include <stdio.h>

kw_hash32 vault_desk_hash(uint32_t number)
{
    kw_hash32 hash = {{0}};
    for (size_t i = 0; i < 4; i++) {
        hash.bytes[31 - i] = (uint8_t)(number >> 8 * i);
    }
    return hash;
}

kw_secret32 vault_desk_key(uint8_t byte)
{
    uint8_t bytes[32];
    kw_secret32 key = {0};
    memset(bytes, byte, sizeof bytes);
    EXPECT_OK(kw_secret32_of(&key, kw_secret_span_of(KW_SPAN(bytes))));
    return key;
}

void vault_desk_make(vault_desk *desk, stores *all)
{
    kw_store_options options = stores_fresh(all);
    *desk = (vault_desk){.all = all, .dir = tempdir_make(), .rng = {.seed = (uint64_t)all->count}};
    (void)snprintf(desk->where, sizeof desk->where, "%s", options.where);
    desk->folder = tempdir_join(&desk->dir, "slots");
    desk->port = seeded_rng_port(&desk->rng);
    desk->key = vault_desk_key(0x5a);
    desk->cluster_id = vault_desk_hash(99);
    EXPECT_OK(vault_desk_open(desk));
}

void vault_desk_close(vault_desk *desk)
{
    kw_vault_free(desk->vault);
    kw_slots_free(desk->slots);
    kw_store_free(desk->store);
    desk->vault = NULL;
    desk->slots = NULL;
    desk->store = NULL;
}

void vault_desk_drop(vault_desk *desk)
{
    vault_desk_close(desk);
    tempdir_remove(&desk->dir);
}

kw_status vault_desk_open(vault_desk *desk)
{
    kw_error err = {0};
    if (desk->store == NULL) {
        kw_store_options options = {
            .backend = desk->all->backend, .where = desk->where, .create = true};
        desk->store = stores_open(&options);
        EXPECT_OK(kw_slots_open(&desk->slots, desk->folder.text, &desk->port, NULL));
    }
    kw_vault_options options = {.store = desk->store,
                                .slots = desk->slots,
                                .operator_key = &desk->key,
                                .cluster_id = desk->cluster_id,
                                .rng = desk->port};
    kw_status st = kw_vault_open(&desk->vault, &options, &err);
    assert_int_equal(err.status, st);
    return st;
}

void vault_desk_restart(vault_desk *desk)
{
    vault_desk_close(desk);
    EXPECT_OK(vault_desk_open(desk));
}

/* ---- what the operator says ---- */
static kw_status stage(vault_desk *desk, kw_operator_act act, const kw_operator_record *record)
{
    kw_error err = {0};
    kw_operator_action action = {.act = act, .record = *record};
    kw_status st = kw_vault_stage(desk->vault, &action, &err);
    assert_int_equal(err.status, st);
    return st;
}

kw_status vault_desk_persist(vault_desk *desk, kw_record_kind kind, uint32_t scope, uint32_t id,
                             const char *text)
{
    kw_operator_record record = {
        .kind = kind,
        .scope = vault_desk_hash(scope),
        .id = vault_desk_hash(id),
        .bytes = kw_secret_span_of(kw_span_of_str(kw_str_of(text))),
    };
    return stage(desk, KW_OPERATOR_PERSIST, &record);
}

kw_status vault_desk_erase(vault_desk *desk, kw_record_kind kind, uint32_t scope)
{
    kw_operator_record record = {.kind = kind, .scope = vault_desk_hash(scope)};
    return stage(desk, KW_OPERATOR_ERASE, &record);
}

kw_status vault_desk_certificate(vault_desk *desk, uint64_t epoch, uint64_t session_at)
{
    uint8_t file[4 + 1 + 1 + 32 + 8 + 8 + 5];
    uint8_t nothing[34] = {0};
    kw_writer w = kw_writer_of(KW_MSPAN(file));
    kw_write_str(&w, KW_STR("KWC1"));
    kw_write_span(&w, KW_SPAN(nothing));
    kw_write_u64be(&w, epoch);
    kw_write_u64be(&w, session_at);
    kw_write_str(&w, KW_STR("body."));
    EXPECT_OK(kw_write_end(&w));
    kw_operator_record record = {.kind = KW_RECORD_CERTIFICATE,
                                 .scope = vault_desk_hash((uint32_t)epoch),
                                 .id = vault_desk_hash((uint32_t)epoch),
                                 .bytes = kw_secret_span_of(KW_SPAN(file))};
    return stage(desk, KW_OPERATOR_PERSIST, &record);
}

/* ---- what is there ---- */
static bool is_same(const kw_hash32 *a, kw_hash32 b)
{
    return memcmp(a->bytes, b.bytes, sizeof b.bytes) == 0;
}

bool vault_desk_has(vault_desk *desk, kw_record_kind kind, uint32_t scope, uint32_t id,
                    const char *text)
{
    kw_vault_records records = {0};
    bool is_there = false;
    EXPECT_OK(kw_vault_read(desk->vault, &records, NULL));
    for (size_t i = 0; i < records.count; i++) {
        const kw_operator_record *at = &records.items[i];
        if (at->kind == kind && is_same(&at->scope, vault_desk_hash(scope)) &&
            is_same(&at->id, vault_desk_hash(id))) {
            kw_span bytes = kw_declassify_span(at->bytes, "a test knows its records");
            is_there = kw_str_equal(kw_str_of_span(bytes), kw_str_of(text));
        }
    }
    kw_vault_records_drop(&records);
    return is_there;
}

size_t vault_desk_records(vault_desk *desk)
{
    kw_vault_records records = {0};
    EXPECT_OK(kw_vault_read(desk->vault, &records, NULL));
    size_t count = records.count;
    kw_vault_records_drop(&records);
    return count;
}

size_t vault_desk_slots(vault_desk *desk)
{
    kw_slot_ids ids = {0};
    EXPECT_OK(kw_slots_list(desk->slots, &ids, NULL));
    size_t count = ids.count;
    kw_slot_ids_drop(&ids);
    return count;
}
