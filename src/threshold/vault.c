/* SPDX-License-Identifier: Apache-2.0
 * Opening a vault: what belongs together, what is missing, what a crash left. Secret inputs: the
 * operator key. */
#include "threshold/vault.h"

#include "base/heap.h"
#include "store/migrate.h"
#include "threshold/limits.h"
#include "threshold/schema.h"
#include "threshold/vault_inner.h"

/* ---- what the files share ---- */
kw_vault_place kw_vault_place_of(const kw_vault *vault, const kw_vault_row *row)
{
    return (kw_vault_place){.cluster_id = vault->cluster_id,
                            .kind = (uint8_t)row->kind,
                            .scope = row->scope,
                            .id = row->id};
}

void *kw_vault_room(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    size_t wanted = KW_MAX(*capacity * 2, (size_t)16);
    void *grown = kw_heap_resize(items, wanted, size);
    if (grown != NULL) {
        *capacity = wanted;
    }
    return grown;
}

kw_status kw_vault_slot_of(kw_vault *vault, kw_secret32 *out, const kw_hash32 *slot, kw_error *err)
{
    bool is_lasting = kw_hash32_equal(slot, &vault->lasting);
    if (is_lasting && vault->lasting_value != NULL) {
        *out = *kw_secret_key_view(vault->lasting_value);
        return KW_OK;
    }
    KW_TRY(kw_slots_get(vault->slots, out, slot, err));
    kw_status st = is_lasting ? kw_secret_key_new(&vault->lasting_value, out) : KW_OK;
    KW_REQUIRE(st == KW_OK, err, st, "no locked memory for a slot");
    return KW_OK;
}

kw_status kw_vault_key_of(kw_vault *vault, kw_secret32 *out, const kw_hash32 *slot, kw_error *err)
{
    KW_AUTO(kw_secret32) salt = {0};
    KW_TRY(kw_vault_slot_of(vault, &salt, slot, err));
    kw_vault_key(out, kw_secret_key_view(vault->operator_key), &salt);
    return KW_OK;
}

kw_status kw_vault_open_row(kw_vault *vault, kw_secret_bytes *out, const kw_vault_row *row,
                            kw_error *err)
{
    KW_AUTO(kw_secret32) key = {0};
    kw_vault_place place = kw_vault_place_of(vault, row);
    kw_status st = kw_vault_key_of(vault, &key, &row->slot, err);
    KW_REQUIRE(st != KW_NOT_FOUND, err, KW_CORRUPT, "the slot of a record is gone");
    KW_TRY(st);
    st = kw_vault_unseal(vault->aead, out, &key, &place, row->record);
    KW_REQUIRE(st == KW_OK, err, st, "a record of kind %d does not open at its place",
               (int)row->kind);
    return KW_OK;
}

kw_status kw_vault_make_witness(const kw_vault *vault, kw_vault_header *header,
                                const kw_secret32 *key, kw_error *err)
{
    kw_vault_place place = {.cluster_id = vault->cluster_id};
    KW_AUTO(kw_buf) sealed = kw_buf_init(sizeof header->witness);
    kw_status st = kw_vault_seal(vault->aead, &sealed, key, &place, (kw_secret_span){0});
    KW_REQUIRE(st == KW_OK, err, st, "sealing the vault's witness");
    memcpy(header->witness, sealed.ptr, sealed.len);
    header->witness_len = sealed.len;
    return KW_OK;
}

/* ---- what is there ---- */

/* Header and scopes of the store, on their way to the vault. */
typedef struct content {
    kw_vault *vault;
    kw_vault_header header;
    bool has_header;
} content;

static kw_status add_scope(kw_vault *vault, kw_rows *rows, kw_error *err)
{
    KW_REQUIRE(vault->scopes_count < KW_VAULT_SCOPES_MAX, err, KW_LIMIT,
               "more than %d sessions and epochs in the vault", KW_VAULT_SCOPES_MAX);
    kw_vault_scope *grown = kw_vault_room(vault->scopes, vault->scopes_count,
                                          &vault->scopes_capacity, sizeof *vault->scopes);
    KW_REQUIRE(grown != NULL, err, KW_NO_MEMORY, "no memory for the scopes of the vault");
    vault->scopes = grown;
    kw_vault_scope *scope = &grown[vault->scopes_count];
    int64_t kind = 0;
    KW_TRY(kw_rows_int(rows, &kind, 0, err));
    KW_TRY(kw_rows_blob_into(rows, KW_MSPAN(scope->scope.bytes), 1, err));
    KW_TRY(kw_rows_blob_into(rows, KW_MSPAN(scope->slot.bytes), 2, err));
    KW_REQUIRE(kind > KW_RECORD_EPOCHS && kind <= KW_RECORD_MESSAGE, err, KW_CORRUPT,
               "a record of an unknown kind");
    scope->kind = (kw_record_kind)kind;
    vault->scopes_count++;
    return KW_OK;
}

static kw_status load_scopes(kw_tx *tx, kw_vault *vault, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(
        tx, &rows,
        "SELECT DISTINCT kind, scope, slot FROM threshold_records"
        " WHERE kind <> $1 AND kind <> $2 ORDER BY kind, scope",
        KW_SQL_ARGS(kw_sql_int(KW_RECORD_CERTIFICATE), kw_sql_int(KW_RECORD_EPOCHS)), err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        KW_TRY(add_scope(vault, &rows, err));
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

static kw_status load(kw_tx *tx, void *ctx, kw_error *err)
{
    content *c = ctx;
    c->vault->scopes_count = 0;
    kw_error none = {0};
    kw_status st = kw_vault_rows_header(tx, &c->header, &none);
    c->has_header = st == KW_OK;
    if (st != KW_OK && st != KW_NOT_FOUND) {
        return kw_fail(err, st, "%s", none.text);
    }
    return load_scopes(tx, c->vault, err);
}

/* ---- the first time ---- */
static kw_status put_header(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_vault_rows_put_header(tx, ctx, err);
}

/* A slot alone is what a crash leaves of this very function: nothing was ever sealed with it but
 * what the store that is gone said to everybody. */
static kw_status make(kw_vault *vault, const kw_slot_ids *ids, kw_error *err)
{
    KW_REQUIRE(vault->scopes_count == 0, err, KW_CORRUPT, "there are records, but no vault");
    KW_REQUIRE(ids->count <= 1, err, KW_CORRUPT,
               "there are slots of a vault that is not in this store");
    if (ids->count == 1) {
        KW_TRY(kw_slots_destroy(vault->slots, &ids->items[0], err));
    }
    kw_vault_header header = {.cluster_id = vault->cluster_id};
    KW_AUTO(kw_secret32) salt = {0};
    KW_AUTO(kw_secret32) key = {0};
    KW_TRY(kw_slots_make(vault->slots, &header.slot, &salt, err));
    kw_vault_key(&key, kw_secret_key_view(vault->operator_key), &salt);
    KW_TRY(kw_vault_make_witness(vault, &header, &key, err));
    KW_TRY(kw_store_write(vault->store, put_header, &header, err));
    vault->lasting = header.slot;
    return KW_OK;
}

/* ---- the other times ---- */
static bool is_among(const kw_slot_ids *ids, const kw_hash32 *slot)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (kw_hash32_equal(&ids->items[i], slot)) {
            return true;
        }
    }
    return false;
}

static bool is_needed(const kw_vault *vault, const kw_hash32 *slot)
{
    for (size_t i = 0; i < vault->scopes_count; i++) {
        if (kw_hash32_equal(&vault->scopes[i].slot, slot)) {
            return true;
        }
    }
    return kw_hash32_equal(&vault->lasting, slot);
}

static kw_status check_witness(kw_vault *vault, const kw_vault_header *header, kw_error *err)
{
    KW_AUTO(kw_secret32) key = {0};
    KW_AUTO(kw_secret_bytes) nothing = kw_secret_bytes_init(sizeof header->witness);
    kw_vault_place place = {.cluster_id = vault->cluster_id};
    kw_span witness = {header->witness, header->witness_len};
    KW_TRY(kw_vault_key_of(vault, &key, &header->slot, err));
    kw_status st = kw_vault_unseal(vault->aead, &nothing, &key, &place, witness);
    KW_REQUIRE(st != KW_CORRUPT, err, KW_SEALED, "the vault was made with another operator key");
    KW_REQUIRE(st == KW_OK, err, st, "opening the vault's witness");
    return KW_OK;
}

/* Before anything is destroyed. */
static kw_status check(kw_vault *vault, const kw_vault_header *header, const kw_slot_ids *ids,
                       kw_error *err)
{
    KW_REQUIRE(kw_hash32_equal(&header->cluster_id, &vault->cluster_id), err, KW_CONFIG,
               "the store holds the vault of another cluster");
    KW_REQUIRE(is_among(ids, &header->slot), err, KW_GONE, "the slots are not those of this vault");
    KW_TRY(check_witness(vault, header, err));
    for (size_t i = 0; i < vault->scopes_count; i++) {
        const kw_vault_scope *scope = &vault->scopes[i];
        KW_REQUIRE(
            is_among(ids, &scope->slot), err, KW_GONE,
            "slots are missing: the store is a copy, and `keyward node rejoin` the way back");
        KW_REQUIRE(i == 0 || scope->kind != scope[-1].kind ||
                       !kw_hash32_equal(&scope->scope, &scope[-1].scope),
                   err, KW_CORRUPT, "two slots of one scope");
    }
    return KW_OK;
}

static kw_status sweep(kw_vault *vault, const kw_slot_ids *ids, kw_error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (!is_needed(vault, &ids->items[i])) {
            KW_TRY(kw_slots_destroy(vault->slots, &ids->items[i], err));
        }
    }
    return KW_OK;
}

static kw_status settle(kw_vault *vault, kw_error *err)
{
    content c = {.vault = vault};
    KW_AUTO(kw_slot_ids) ids = {0};
    KW_TRY(kw_store_migrate(vault->store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                            kw_threshold_migrations_count, err));
    KW_TRY(kw_slots_list(vault->slots, &ids, err));
    KW_TRY(kw_store_read(vault->store, load, &c, err));
    if (!c.has_header) {
        return make(vault, &ids, err);
    }
    KW_TRY(check(vault, &c.header, &ids, err));
    vault->lasting = c.header.slot;
    return sweep(vault, &ids, err);
}

kw_status kw_vault_open(kw_vault **out, const kw_vault_options *options, kw_error *err)
{
    KW_AUTO_PTR(kw_vault) vault = kw_heap_new(1, sizeof *vault);
    KW_REQUIRE(vault != NULL, err, KW_NO_MEMORY, "no memory for a vault");
    *vault = (kw_vault){
        .store = options->store, .slots = options->slots, .cluster_id = options->cluster_id};
    kw_status st = kw_secret_key_new(&vault->operator_key, options->operator_key);
    KW_REQUIRE(st == KW_OK, err, st, "no locked memory for the operator key");
    st = kw_aead_new(&vault->aead, options->rng);
    KW_REQUIRE(st == KW_OK, err, st, "no AES-256-GCM");
    KW_TRY_AT(err, settle(vault, err), "opening the vault");
    *out = vault;
    vault = NULL;
    return KW_OK;
}

void kw_vault_free(kw_vault *vault)
{
    if (vault == NULL) {
        return;
    }
    for (size_t i = 0; i < vault->steps_count; i++) {
        kw_buf_drop(&vault->steps[i].sealed);
    }
    kw_heap_free(vault->steps);
    kw_heap_free(vault->scopes);
    kw_heap_free(vault->spent);
    kw_secret_key_free(vault->lasting_value);
    kw_secret_key_free(vault->operator_key);
    kw_aead_free(vault->aead);
    kw_heap_free(vault);
}
