/* SPDX-License-Identifier: Apache-2.0
 * The parts of the EMTP domain and their life. Secret inputs: the key that signs stream heads, in
 * guarded memory. */
#include "emtp/service.h"

#include "base/heap.h"
#include "emtp/participant_rows.h"
#include "emtp/schema.h"
#include "emtp/service_code.h"
#include "emtp/service_crl.h"
#include "emtp/table_reader.h"
#include "emtp/table_rows.h"
#include "os/secmem.h"
#include "os/thread.h"

struct kw_emtp {
    kw_emtp_config config; /* texts are borrowed from the daemon's configuration */
    kw_emtp_ports ports;
    kw_ed25519_key *stream_key; /* owned, guarded memory */
    kw_emtp_stream *streams[KW_EMTP_STREAM_IDS_COUNT];
    kw_emtp_notifier *notifier;
    kw_emtp_key_service *keys;    /* NULL before the start */
    kw_emtp_registry *registry;   /* NULL: no registry, or before the start */
    kw_emtp_table_reader *reader; /* with the registry */
    kw_buf public_url;
    kw_buf keys_surl;  /* of the key stream */
    kw_buf match_surl; /* of the match streams */
    kw_unix_s tidy_at; /* when the next round of compaction begins */
    size_t tidy_next;  /* stream of the present round */
};

/* ---- the key that signs stream heads ---- */

static const kw_seal_place stream_key_place = {.tenant = {"root", 4},
                                               .table = {"emtp_stream_key", 15},
                                               .object_id = {"heads", 5},
                                               .version = 1};

static kw_status open_stream_key(kw_tx *tx, void *ctx, kw_error *err)
{
    kw_emtp *emtp = ctx;
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(sizeof(kw_secret32));
    KW_AUTO(kw_secret32) seed = {0};
    kw_status st = kw_seal_get(tx, emtp->ports.sealer, &bytes, &stream_key_place, err);
    if (st == KW_NOT_FOUND) {
        KW_TRY_AT(err, kw_rng_secret32(emtp->ports.rng, &seed), "making the stream key");
        KW_TRY_AT(err, kw_secret_bytes_append(&bytes, kw_secret32_view(&seed)), "stream key");
        KW_TRY(kw_seal_put(tx, emtp->ports.sealer, &stream_key_place, &bytes, err));
    } else {
        KW_TRY(st);
        KW_TRY_AT(err, kw_secret32_of(&seed, kw_secret_bytes_view(&bytes)), "stream key");
    }
    kw_ed25519_key_of_seed(emtp->stream_key, &seed);
    return KW_OK;
}

/* ---- construction ---- */

static kw_status make_streams(kw_emtp *emtp, kw_error *err)
{
    static const kw_emtp_stream_options kinds[KW_EMTP_STREAM_IDS_COUNT] = {
        [KW_EMTP_STREAM_ID_KEYS] = {.name = {"keys", 4},
                                    .media_type = "text/sequence; charset=utf-8; "
                                                  "schema=emtp_key_distribution; version=1",
                                    .is_expiring = true},
        [KW_EMTP_STREAM_ID_CODE] = {.name = {"code", 4},
                                    .media_type = "text/sequence; charset=utf-8; "
                                                  "schema=emtp_code_distribution; version=1"},
        [KW_EMTP_STREAM_ID_CRL] = {.name = {"crl", 3},
                                   .media_type =
                                       "text/sequence; charset=utf-8; schema=crl; version=1"},
    };
    for (size_t i = 0; i < KW_EMTP_STREAM_IDS_COUNT; i++) {
        kw_emtp_stream_options options = kinds[i];
        options.key = emtp->stream_key;
        options.monotonic = kw_clock_monotonic();
        KW_TRY(kw_emtp_stream_new(&emtp->streams[i], &options, err));
    }
    return KW_OK;
}

/* How this node calls others, but for the threads. The texts live in the arena, which ends each
 * with a NUL. */
static kw_status calling_options(const kw_emtp *emtp, kw_emtp_notifier_options *out,
                                 kw_arena *arena, kw_error *err)
{
    const kw_emtp_config *config = &emtp->config;
    kw_str ca = {0};
    kw_str certificate = {0};
    kw_str key = {0};
    KW_TRY_AT(err, kw_arena_copy_str(arena, &ca, config->notify_ca_file), "notices");
    KW_TRY_AT(err, kw_arena_copy_str(arena, &certificate, config->notify_certificate_file),
              "notices");
    KW_TRY_AT(err, kw_arena_copy_str(arena, &key, config->notify_key_file), "notices");
    *out = (kw_emtp_notifier_options){.ca_file = ca.ptr,
                                      .certificate_file = certificate.ptr,
                                      .key_file = key.ptr,
                                      .allow_private = config->notify_private,
                                      .audit = kw_guard_audit(emtp->ports.guard)};
    return KW_OK;
}

static kw_status make_notifier(kw_emtp *emtp, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(16384);
    kw_emtp_notifier_options options = {0};
    KW_TRY(calling_options(emtp, &options, &arena, err));
    options.threads = KW_MIN(kw_thread_cpu_count(), (unsigned)KW_EMTP_COURIERS_MAX);
    return kw_emtp_notifier_new(&emtp->notifier, &options, err);
}

static kw_status build(kw_emtp *emtp, kw_error *err)
{
    kw_emtp_rule rule = {0};
    KW_TRY(kw_emtp_config_rule(&emtp->config, &rule, err));
    KW_TRY(kw_store_migrate(emtp->ports.store, KW_EMTP_AREA, kw_emtp_migrations,
                            kw_emtp_migrations_count, err));
    emtp->stream_key = kw_secmem_new(sizeof *emtp->stream_key);
    KW_REQUIRE(emtp->stream_key != NULL, err, KW_NO_MEMORY, "no locked memory for a key");
    KW_TRY_AT(err, kw_store_write(emtp->ports.store, open_stream_key, emtp, err),
              "opening the key of the streams");
    KW_TRY(make_streams(emtp, err));
    return make_notifier(emtp, err);
}

kw_status kw_emtp_new(kw_emtp **out, const kw_emtp_config *config, const kw_emtp_ports *ports,
                      kw_error *err)
{
    kw_emtp *emtp = kw_heap_new(1, sizeof *emtp);
    KW_REQUIRE(emtp != NULL, err, KW_NO_MEMORY, "no memory for the EMTP domain");
    emtp->config = *config;
    emtp->ports = *ports;
    emtp->public_url = kw_buf_init(KW_EMTP_SURL_BYTES_MAX / 2);
    emtp->keys_surl = kw_buf_init(KW_EMTP_SURL_BYTES_MAX);
    emtp->match_surl = kw_buf_init(KW_EMTP_SURL_BYTES_MAX);
    kw_status st = build(emtp, err);
    if (st != KW_OK) {
        kw_emtp_free(emtp);
        return st;
    }
    *out = emtp;
    return KW_OK;
}

void kw_emtp_free(kw_emtp *emtp)
{
    if (emtp == NULL) {
        return;
    }
    kw_emtp_table_reader_free(emtp->reader);
    kw_emtp_registry_free(emtp->registry);
    kw_emtp_notifier_free(emtp->notifier);
    kw_emtp_key_service_free(emtp->keys);
    for (size_t i = 0; i < KW_EMTP_STREAM_IDS_COUNT; i++) {
        kw_emtp_stream_free(emtp->streams[i]);
    }
    kw_secmem_free(emtp->stream_key);
    kw_buf_drop(&emtp->public_url);
    kw_buf_drop(&emtp->keys_surl);
    kw_buf_drop(&emtp->match_surl);
    kw_heap_free(emtp);
}

/* ---- start, tick, stop ---- */

static kw_status add_receiver(void *ctx, kw_str participant, const kw_emtp_nurl *nurl,
                              kw_error *err)
{
    kw_emtp *emtp = ctx;
    return kw_emtp_notifier_add(emtp->notifier, participant, nurl->name, nurl->url, err);
}

static kw_status load_receivers(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_receiver_each(tx, add_receiver, ctx, err);
}

static kw_status open_keys(kw_emtp *emtp, kw_error *err)
{
    kw_emtp_key_rules rules = {.ahead_s = emtp->config.create_ahead_s,
                               .prepublish = emtp->config.prepublish,
                               .test_key = emtp->config.test_key,
                               .public_url = kw_buf_text(&emtp->public_url)};
    KW_TRY(kw_emtp_config_rule(&emtp->config, &rules.rule, err));
    kw_emtp_key_ports ports = {.store = emtp->ports.store,
                               .sealer = emtp->ports.sealer,
                               .rng = emtp->ports.rng,
                               .audit = kw_guard_audit(emtp->ports.guard),
                               .stream = emtp->streams[KW_EMTP_STREAM_ID_KEYS]};
    return kw_emtp_key_service_open(&emtp->keys, &rules, &ports, kw_emtp_now(emtp), err);
}

/* Notices that came while we were down are lost: every table is looked at again. */
static kw_status ask_for_table(void *ctx, const kw_emtp_table *table, kw_error *err)
{
    KW_TRY_AT(err, kw_emtp_read_table(ctx, table->participant, table->surl), "token tables");
    return KW_OK;
}

static kw_status ask_for_tables(kw_tx *tx, void *ctx, kw_error *err)
{
    return kw_emtp_table_each(tx, ask_for_table, ctx, err);
}

/* Another node of this store may have newer lists. */
static kw_status refresh_crls(kw_emtp *emtp, kw_error *err)
{
    return emtp->registry == NULL ? KW_OK
                                  : kw_emtp_stream_refresh(emtp->streams[KW_EMTP_STREAM_ID_CRL],
                                                           emtp->ports.store, err);
}

kw_status kw_emtp_take_crls(kw_emtp *emtp, const kw_x509_crls *crls, kw_error *err)
{
    return emtp->registry == NULL
               ? KW_OK
               : kw_emtp_crl_publish(emtp->ports.store, emtp->streams[KW_EMTP_STREAM_ID_CRL], crls,
                                     kw_emtp_now(emtp), err);
}

static kw_status open_registry(kw_emtp *emtp, kw_error *err)
{
    if (!emtp->config.registry) {
        return KW_OK;
    }
    kw_emtp_registry_ports ports = {.store = emtp->ports.store,
                                    .notifier = emtp->notifier,
                                    .stream_key = emtp->stream_key,
                                    .clock = emtp->ports.clock,
                                    .match_surl = kw_buf_text(&emtp->match_surl),
                                    .bucket_max = emtp->config.match_bucket_max};
    KW_TRY(kw_emtp_config_roles(&emtp->config, &ports.roles, err));
    KW_TRY_AT(err,
              kw_rng_fill(emtp->ports.rng, (kw_mspan){(uint8_t *)&ports.seed, sizeof ports.seed}),
              "seeding the matcher");
    KW_TRY_AT(err, kw_emtp_registry_open(&emtp->registry, &ports, err), "opening the registry");
    KW_TRY(refresh_crls(emtp, err));
    KW_AUTO(kw_arena) arena = kw_arena_init(16384);
    kw_emtp_notifier_options options = {0};
    KW_TRY(calling_options(emtp, &options, &arena, err));
    options.threads = KW_EMTP_TABLE_THREADS;
    KW_TRY(kw_emtp_table_reader_new(&emtp->reader, emtp->registry, &options, err));
    return kw_store_read(emtp->ports.store, ask_for_tables, emtp, err);
}

static kw_status name_streams(kw_emtp *emtp, kw_str url, kw_error *err)
{
    KW_TRY_AT(err, kw_buf_append_str(&emtp->public_url, url), "emtp.public_url");
    KW_TRY_AT(err, kw_buf_append_format(&emtp->keys_surl, "%.*s/v1/emtp/stp/keys", KW_STR_ARG(url)),
              "emtp.public_url");
    KW_TRY_AT(err,
              kw_buf_append_format(&emtp->match_surl, "%.*s/v1/emtp/stp/match", KW_STR_ARG(url)),
              "emtp.public_url");
    return KW_OK;
}

kw_status kw_emtp_start(kw_emtp *emtp, kw_str public_url, kw_error *err)
{
    KW_ASSERT(emtp->keys == NULL);
    kw_str url = emtp->config.public_url.len > 0 ? emtp->config.public_url : public_url;
    KW_REQUIRE(kw_str_starts_with(url, KW_STR("https://")) && !kw_str_ends_with(url, KW_STR("/")),
               err, KW_CONFIG, "emtp.public_url: an https URL without a path");
    KW_TRY(name_streams(emtp, url, err));
    KW_TRY_AT(err, kw_store_read(emtp->ports.store, load_receivers, emtp, err),
              "reading the receivers of notices");
    KW_TRY(kw_emtp_code_publish(emtp->ports.store, emtp->streams[KW_EMTP_STREAM_ID_CODE],
                                kw_buf_text(&emtp->public_url), kw_emtp_now(emtp), err));
    KW_TRY(open_keys(emtp, err));
    return open_registry(emtp, err);
}

kw_status kw_emtp_tick(kw_emtp *emtp, kw_unix_ms *out_next_ms, kw_error *err)
{
    kw_emtp_key_change change = {0};
    KW_TRY(kw_emtp_keys_tick(emtp->keys, &change, kw_emtp_now(emtp), err));
    if (change.has_new_rows) {
        kw_emtp_tell_of_keys(emtp);
    }
    *out_next_ms = change.next * 1000;
    return refresh_crls(emtp, err);
}

/* All streams in one row; NULL behind the last. */
static kw_emtp_stream *stream_at(kw_emtp *emtp, size_t index)
{
    if (index < KW_EMTP_STREAM_IDS_COUNT) {
        return emtp->streams[index];
    }
    return emtp->registry == NULL
               ? NULL
               : kw_emtp_registry_stream_at(emtp->registry, index - KW_EMTP_STREAM_IDS_COUNT);
}

kw_status kw_emtp_tidy(kw_emtp *emtp, size_t *out_count, kw_error *err)
{
    int64_t retention_s = emtp->config.stream_retention_s;
    int64_t every_s = KW_MIN(retention_s, (int64_t)KW_EMTP_TIDY_EVERY_S);
    kw_unix_s now = kw_emtp_now(emtp);
    *out_count = 0;
    /* A clock that was turned back does not stop it. */
    if (retention_s == 0 || (now < emtp->tidy_at && emtp->tidy_at - now <= every_s)) {
        return KW_OK;
    }
    for (int i = 0; i < KW_EMTP_TIDY_STREAMS_MAX; i++) {
        kw_emtp_stream *stream = stream_at(emtp, emtp->tidy_next);
        if (stream == NULL) {
            emtp->tidy_next = 0;
            emtp->tidy_at = now + every_s;
            return KW_OK;
        }
        kw_status st =
            kw_emtp_stream_compact(stream, out_count, emtp->ports.store, now - retention_s, err);
        bool is_more_left = *out_count == KW_EMTP_COMPACT_ROWS_MAX;
        emtp->tidy_next += is_more_left ? 0 : 1;
        if (st != KW_OK || *out_count > 0) {
            return st;
        }
    }
    return KW_OK;
}

void kw_emtp_stop(kw_emtp *emtp)
{
    for (size_t i = 0; i < KW_EMTP_STREAM_IDS_COUNT; i++) {
        kw_emtp_stream_close(emtp->streams[i]);
    }
    if (emtp->registry != NULL) {
        kw_emtp_registry_close(emtp->registry);
    }
}

/* ---- parts ---- */

const kw_emtp_config *kw_emtp_config_of(const kw_emtp *emtp)
{
    return &emtp->config;
}

const kw_emtp_ports *kw_emtp_ports_of(const kw_emtp *emtp)
{
    return &emtp->ports;
}

kw_str kw_emtp_public_url(const kw_emtp *emtp)
{
    return kw_buf_text(&emtp->public_url);
}

kw_emtp_key_service *kw_emtp_key_service_of(kw_emtp *emtp)
{
    return emtp->keys;
}

kw_emtp_notifier *kw_emtp_notices(kw_emtp *emtp)
{
    return emtp->notifier;
}

kw_emtp_registry *kw_emtp_registry_of(kw_emtp *emtp)
{
    return emtp->registry;
}

kw_status kw_emtp_read_table(kw_emtp *emtp, kw_str participant, kw_str surl)
{
    return kw_emtp_table_reader_ask(emtp->reader, participant, surl);
}

kw_emtp_stream *kw_emtp_stream_of(kw_emtp *emtp, kw_emtp_stream_id id)
{
    return emtp->streams[id];
}

const kw_ed25519_public *kw_emtp_stream_key(const kw_emtp *emtp)
{
    return &emtp->stream_key->public_half;
}

kw_unix_s kw_emtp_now(const kw_emtp *emtp)
{
    return kw_clock_now_ms(emtp->ports.clock) / 1000;
}

void kw_emtp_tell_of_keys(kw_emtp *emtp)
{
    kw_emtp_notifier_tell(emtp->notifier, KW_EMTP_TOPIC_KEYS, KW_STR(""),
                          kw_buf_text(&emtp->keys_surl));
}
