/* SPDX-License-Identifier: Apache-2.0
 * From a passphrase or key file to the KEK. Secret inputs: the file, the root key, the KEK. */
#include "store/sealer.h"

#include "base/heap.h"
#include "store/limits.h"
#include "store/migrate.h"
#include "store/seal_header.h"

static const kw_migration migrations[] = {
    {1, "sealed-records",
     "CREATE TABLE store_seal (id BIGINT PRIMARY KEY CHECK (id = 1), header BYTEA NOT NULL);"
     "CREATE TABLE store_sealed (tenant TEXT NOT NULL, kind TEXT NOT NULL,"
     " object_id TEXT NOT NULL, version BIGINT NOT NULL, record BYTEA NOT NULL,"
     " PRIMARY KEY (tenant, kind, object_id))"},
};

/* AAD of the wrapped KEK. */
typedef struct header_aad {
    uint8_t bytes[sizeof "keyward seal header 1" - 1 + KW_SEAL_HEADER_OPEN_BYTES];
} header_aad;

static header_aad aad_of(const kw_seal_header *header)
{
    static const char label[] = "keyward seal header 1";
    uint8_t wire[KW_SEAL_HEADER_BYTES];
    kw_seal_header_encode(wire, header);
    header_aad aad = {0};
    memcpy(aad.bytes, label, sizeof label - 1);
    memcpy(aad.bytes + sizeof label - 1, wire, KW_SEAL_HEADER_OPEN_BYTES);
    return aad;
}

/* The file's secret in the length that its kind asks for. */
static kw_status read_root(kw_secret_bytes *out, const kw_seal_options *options, kw_error *err)
{
    bool is_text = options->root == KW_SEAL_PASSPHRASE_FILE;
    *out = kw_secret_bytes_init(KW_SEAL_PASSPHRASE_BYTES_MAX + 2); /* and its line end */
    kw_status st = kw_secret_bytes_read_file(out, options->path, is_text, err);
    if (st == KW_NO_MEMORY) {
        return st;
    }
    KW_REQUIRE(st == KW_OK, err, KW_SEALED, "the file of the seal's %s cannot be used (%s)",
               is_text ? "passphrase" : "key", kw_status_name(st));
    if (is_text) {
        KW_REQUIRE(out->len >= KW_SEAL_PASSPHRASE_BYTES_MIN &&
                       out->len <= KW_SEAL_PASSPHRASE_BYTES_MAX,
                   err, KW_SEALED, "a passphrase has %d to %d bytes", KW_SEAL_PASSPHRASE_BYTES_MIN,
                   KW_SEAL_PASSPHRASE_BYTES_MAX);
    } else {
        KW_REQUIRE(out->len == 32, err, KW_SEALED, "a key file has exactly 32 bytes");
    }
    return KW_OK;
}

/* CT: leaks the length of the file and the time of Argon2id. */
static kw_status derive(kw_secret32 *out, const kw_secret_bytes *root, const kw_seal_header *header,
                        kw_error *err)
{
    kw_secret_span secret = kw_secret_bytes_view(root);
    if (header->root == KW_SEAL_KEY_FILE) {
        kw_hkdf_sha256(out, secret, KW_SPAN(header->salt.bytes), KW_STR("keyward/seal-root/v1"));
        return KW_OK;
    }
    kw_status st = kw_argon2id(out, secret, &header->salt, header->cost);
    KW_REQUIRE(st == KW_OK, err, st, "Argon2id with %u KiB", header->cost.memory_kib);
    return KW_OK;
}

/* Making the first header. */

static kw_status wrap(const kw_sealer *sealer, kw_seal_header *header, const kw_secret32 *root_key,
                      const kw_rng *rng, kw_error *err)
{
    KW_AUTO(kw_secret32) kek = {0};
    kw_status st = kw_rng_secret32(rng, &kek);
    KW_REQUIRE(st == KW_OK, err, st, "no random bytes for the seal's key");
    header_aad aad = aad_of(header);
    KW_AUTO(kw_buf) wrapped = kw_buf_init(KW_SEAL_WRAPPED_BYTES);
    st = kw_aead_seal(sealer->aead, &wrapped, root_key, kw_secret32_view(&kek), KW_SPAN(aad.bytes));
    KW_REQUIRE(st == KW_OK, err, st, "wrapping the seal's key");
    KW_ASSERT(wrapped.len == sizeof header->wrapped);
    memcpy(header->wrapped, wrapped.ptr, wrapped.len);
    return KW_OK;
}

static kw_status make_header(const kw_sealer *sealer, kw_seal_header *out,
                             const kw_seal_options *options, const kw_secret_bytes *root,
                             kw_error *err)
{
    kw_seal_header header = {.root = options->root};
    if (options->root == KW_SEAL_PASSPHRASE_FILE) {
        header.cost = options->cost.passes == 0 ? KW_ARGON2ID_DEFAULT : options->cost;
    }
    kw_status st = kw_rng_fill(&options->rng, KW_MSPAN(header.salt.bytes));
    KW_REQUIRE(st == KW_OK, err, st, "no random bytes for the seal's salt");
    KW_AUTO(kw_secret32) root_key = {0};
    KW_TRY(derive(&root_key, root, &header, err));
    KW_TRY(wrap(sealer, &header, &root_key, &options->rng, err));
    *out = header;
    return KW_OK;
}

static kw_status refuse_orphans(kw_tx *tx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    int64_t count = 0;
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT COUNT(*) FROM store_sealed", KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_int(&rows, &count, 0, err));
    KW_REQUIRE(count == 0, err, KW_CORRUPT, "the seal's header is gone, sealed records are there");
    return KW_OK;
}

/* Another node may have been faster: then its header stays. */
static kw_status insert_header(kw_tx *tx, void *ctx, kw_error *err)
{
    uint8_t wire[KW_SEAL_HEADER_BYTES];
    kw_seal_header_encode(wire, ctx);
    KW_TRY(refuse_orphans(tx, err));
    return kw_sql_run(
        tx, NULL, "INSERT INTO store_seal (id, header) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
        KW_SQL_ARGS(kw_sql_blob(KW_SPAN(wire))), err);
}

/* Opening with the header that is there. */

static kw_status load_header(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT header FROM store_seal WHERE id = 1", KW_SQL_NO_ARGS,
                            err));
    kw_span wire = {0};
    KW_TRY(kw_rows_blob(&rows, &wire, 0, err));
    KW_REQUIRE(kw_seal_header_decode(ctx, wire) == KW_OK, err, KW_CORRUPT,
               "the seal's header is damaged");
    return KW_OK;
}

static kw_status unwrap(kw_sealer *sealer, const kw_seal_header *header,
                        const kw_secret_bytes *root, kw_error *err)
{
    KW_AUTO(kw_secret32) root_key = {0};
    KW_TRY(derive(&root_key, root, header, err));
    header_aad aad = aad_of(header);
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(sizeof root_key);
    kw_status st = kw_aead_open(sealer->aead, &opened, &root_key, KW_SPAN(header->wrapped),
                                KW_SPAN(aad.bytes));
    KW_REQUIRE(st != KW_CORRUPT, err, KW_SEALED, "the seal's passphrase or key is wrong");
    KW_REQUIRE(st == KW_OK, err, st, "opening the seal's key");
    KW_AUTO(kw_secret32) kek = {0};
    st = kw_secret32_of(&kek, kw_secret_bytes_view(&opened));
    KW_REQUIRE(st == KW_OK, err, KW_CORRUPT, "the seal's key has a wrong length");
    st = kw_secret_key_new(&sealer->kek, &kek);
    KW_REQUIRE(st == KW_OK, err, st, "no locked memory for the seal's key");
    return KW_OK;
}

static kw_status open_with(kw_sealer *sealer, kw_store *store, const kw_seal_options *options,
                           const kw_secret_bytes *root, kw_error *err)
{
    kw_seal_header header = {0};
    kw_error none = {0};
    kw_status st = kw_store_read(store, load_header, &header, &none);
    if (st == KW_NOT_FOUND) {
        KW_TRY(make_header(sealer, &header, options, root, err));
        st = kw_store_write(store, insert_header, &header, &none);
        /* CONFLICT: another node inserted its header after our snapshot. */
        KW_REQUIRE(st == KW_OK || st == KW_CONFLICT, err, st, "%s", none.text);
        KW_TRY(kw_store_read(store, load_header, &header, err));
    } else if (st != KW_OK) {
        return kw_fail(err, st, "%s", none.text);
    }
    KW_REQUIRE(header.root == options->root, err, KW_SEALED,
               "the store was sealed by the other kind of file");
    return unwrap(sealer, &header, root, err);
}

static kw_status check_options(const kw_seal_options *options, kw_error *err)
{
    KW_REQUIRE(options->root == KW_SEAL_PASSPHRASE_FILE || options->root == KW_SEAL_KEY_FILE, err,
               KW_CONFIG, "no such kind of seal");
    KW_REQUIRE(options->path != NULL, err, KW_SEALED, "no file for the seal's passphrase or key");
    bool is_default = options->cost.memory_kib == 0 && options->cost.passes == 0;
    KW_REQUIRE(is_default || kw_seal_cost_is_sane(KW_SEAL_PASSPHRASE_FILE, options->cost), err,
               KW_CONFIG, "the cost of the seal's passphrase is out of range");
    return KW_OK;
}

kw_status kw_sealer_open(kw_sealer **out, kw_store *store, const kw_seal_options *options,
                         kw_error *err)
{
    KW_TRY(check_options(options, err));
    KW_TRY(kw_store_migrate(store, "store", migrations, KW_COUNT(migrations), err));
    KW_AUTO(kw_secret_bytes) root = {0};
    KW_TRY(read_root(&root, options, err));
    KW_AUTO_PTR(kw_sealer) sealer = kw_heap_new(1, sizeof *sealer);
    KW_REQUIRE(sealer != NULL, err, KW_NO_MEMORY, "no memory for a sealer");
    kw_status st = kw_aead_new(&sealer->aead, options->rng);
    KW_REQUIRE(st == KW_OK, err, st, "no AES-256-GCM");
    KW_TRY_AT(err, open_with(sealer, store, options, &root, err), "unsealing the store");
    *out = sealer;
    sealer = NULL;
    return KW_OK;
}

void kw_sealer_free(kw_sealer *sealer)
{
    if (sealer == NULL) {
        return;
    }
    kw_secret_key_free(sealer->kek);
    kw_aead_free(sealer->aead);
    kw_heap_free(sealer);
}
