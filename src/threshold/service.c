/* SPDX-License-Identifier: Apache-2.0
 * The parts of an operator and their life. Secret inputs: the operator's keys, in guarded
 * memory. */
#include "threshold/service.h"

#include "base/heap.h"
#include "crypto/address_text.h"
#include "os/dir.h"
#include "os/file.h"
#include "threshold/vault_rejoin.h"

enum {
    EVIDENCE_DIR_MODE = 0700,
};

struct kw_threshold {
    const kw_threshold_config *config;
    kw_threshold_ports ports;
    kw_arena arena; /* the cluster file */
    kw_cluster_file cluster;
    kw_operators_file operators;
    kw_address self;
    kw_slots *slots;
    kw_vault *vault;
    kw_apps *apps;
    kw_token_keys *token_keys; /* NULL: no tokens are taken */
    kw_holder *holder;
};

static const kw_metric_row partials_row = {.name = "keyward_threshold_partials_total",
                                           .kind = KW_METRIC_COUNTER,
                                           .labels = {"code"},
                                           .series_max = 24,
                                           .help = "requests for parts of applications' keys, by "
                                                   "how they were answered"};

typedef struct ev_rekeyed {
    kw_str what;
} ev_rekeyed;
static const kw_field rekeyed_fields[] = {KW_FIELD(ev_rekeyed, what, 64, KW_REQ)};
KW_LOG_EVENT(ev_rekeyed, "operator_key_changed", KW_LOG_WARN, rekeyed_fields);

static kw_status read_cluster(kw_threshold *t, kw_error *err)
{
    const char *path = t->config->cluster_file.ptr;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the cluster file");
    kw_status st = kw_cluster_file_decode(&t->cluster, &t->arena, kw_buf_view(&json), err);
    return st == KW_OK ? KW_OK : kw_error_at(err, KW_CONFIG, "reading %s", path);
}

/* A cluster without a file of operators is for ever those of its genesis. */
static kw_status get_genesis(void *ctx, kw_operators *out, kw_arena *arena, uint64_t boundary_s,
                             kw_error *err)
{
    KW_UNUSED(arena);
    KW_UNUSED(boundary_s);
    KW_UNUSED(err);
    const kw_threshold *t = ctx;
    *out = t->cluster.genesis;
    return KW_OK;
}

static kw_operators_source operators_of(kw_threshold *t)
{
    if (t->config->operators_file.len == 0) {
        return (kw_operators_source){.get = get_genesis, .ctx = t};
    }
    t->operators.path = t->config->operators_file.ptr;
    return kw_operators_file_source(&t->operators);
}

static const char *path_or_null(kw_str path)
{
    return path.len > 0 ? path.ptr : NULL;
}

static kw_status open_vault_with(kw_threshold *t, const kw_operator_secret *secret, kw_error *err)
{
    kw_vault_options options = {
        .store = t->ports.store,
        .slots = t->slots,
        .operator_key = kw_operator_secret_view(secret),
        .cluster_id = t->cluster.cluster_id,
        .rng = *t->ports.rng,
    };
    return kw_vault_open(&t->vault, &options, err);
}

/* All at once: from then on the previous key opens nothing here. */
static kw_status rekey(kw_threshold *t, kw_error *err)
{
    const kw_signing_keys *signing = t->ports.signing;
    KW_TRY(open_vault_with(t, signing->previous, err));
    KW_TRY(kw_vault_rekey(t->vault, kw_operator_secret_view(signing->now), err));
    KW_LOG(t->ports.log, ev_rekeyed, .what = KW_STR("records are sealed under the new key"));
    return KW_OK;
}

static kw_status open_vault(kw_threshold *t, kw_error *err)
{
    const kw_slots_owner owner = {t->cluster.cluster_id, t->self};
    KW_TRY_AT(err, kw_slots_place_take(t->ports.slots, &t->slots, &owner, t->ports.rng, err),
              "opening the operator's slots");
    kw_status st = open_vault_with(t, t->ports.signing->now, err);
    if (st == KW_SEALED && t->ports.signing->previous != NULL) {
        st = rekey(t, err);
    }
    KW_TRY_AT(err, st, "opening the operator's records");
    return KW_OK;
}

static kw_status open_token_keys(kw_threshold *t, kw_error *err)
{
    kw_token_keys_options options = {.path = t->config->token_keys_file.ptr,
                                     .issuer = t->config->token_issuer,
                                     .log = t->ports.log};
    return t->config->token_keys_file.len == 0 ? KW_OK
                                               : kw_token_keys_open(&t->token_keys, &options, err);
}

/* Now, not when there is a proof to keep: after a restore the folder is not there. */
static kw_status make_evidence_dir(const kw_threshold_config *config, kw_error *err)
{
    return config->evidence_dir.len == 0
               ? KW_OK
               : kw_dir_make(config->evidence_dir.ptr, EVIDENCE_DIR_MODE, err);
}

static kw_status open_holder(kw_threshold *t, kw_error *err)
{
    const kw_threshold_config *config = t->config;
    uint64_t rejoined_at = 0;
    KW_TRY(kw_vault_rejoined_at(t->ports.store, &rejoined_at, err));
    KW_REQUIRE(rejoined_at == 0 || t->cluster.has_master, err, KW_CONFIG,
               "an operator that rejoined needs master_key in %s", config->cluster_file.ptr);
    kw_holder_options options = {
        .cluster = &t->cluster,
        .operators = operators_of(t),
        .vault = t->vault,
        .store = t->ports.store,
        .self = t->self,
        .keys = kw_signing_keys_own(t->ports.signing),
        .rng = t->ports.rng,
        .clock = *t->ports.clock,
        .ca_file = config->ca_file.ptr,
        .certificate_file = config->certificate_file.ptr,
        .key_file = config->tls_key_file.ptr,
        .rejoined_at = rejoined_at,
        .retention_s = (uint64_t)config->retention_days * 24 * 3600,
        .evidence_dir = path_or_null(config->evidence_dir),
        .log = t->ports.log,
        .metrics = t->ports.metrics,
    };
    return kw_holder_new(&t->holder, &options, err);
}

static kw_status fill(kw_threshold *t, kw_error *err)
{
    kw_status st = kw_address_parse(&t->self, t->config->address);
    KW_REQUIRE(st == KW_OK, err, KW_CONFIG, "threshold.address: 0x and 40 digits in lower case");
    KW_TRY(read_cluster(t, err));
    KW_TRY(open_vault(t, err));
    KW_TRY(kw_apps_open(&t->apps, t->ports.store, err));
    KW_TRY(open_token_keys(t, err));
    KW_TRY_AT(err, make_evidence_dir(t->config, err), "making threshold.evidence_dir");
    if (t->ports.metrics != NULL) {
        KW_TRY_AT(err, kw_metrics_add_row(t->ports.metrics, &partials_row), "counting requests");
    }
    return open_holder(t, err);
}

kw_status kw_threshold_new(kw_threshold **out, const kw_threshold_config *config,
                           const kw_threshold_ports *ports, kw_error *err)
{
    kw_threshold *t = kw_heap_new(1, sizeof *t);
    KW_REQUIRE(t != NULL, err, KW_NO_MEMORY, "no memory for the operator");
    t->config = config;
    t->ports = *ports;
    t->arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_status st = fill(t, err);
    if (st != KW_OK) {
        kw_threshold_free(t);
        return st;
    }
    *out = t;
    return KW_OK;
}

kw_status kw_threshold_start(kw_threshold *threshold, kw_error *err)
{
    return kw_holder_start(threshold->holder, err);
}

void kw_threshold_stop(kw_threshold *threshold)
{
    kw_holder_stop(threshold->holder);
}

void kw_threshold_free(kw_threshold *threshold)
{
    if (threshold == NULL) {
        return;
    }
    kw_holder_free(threshold->holder);
    kw_token_keys_free(threshold->token_keys);
    kw_apps_free(threshold->apps);
    kw_vault_free(threshold->vault);
    kw_slots_free(threshold->slots);
    kw_arena_drop(&threshold->arena);
    kw_heap_free(threshold);
}

static bool find_member(void *ctx, char out[KW_GUARD_MEMBER_BYTES], const kw_hash32 *tls_spki)
{
    kw_threshold *t = ctx;
    kw_address address;
    if (!kw_holder_knows(t->holder, &address, tls_spki)) {
        return false;
    }
    kw_address_write(out, &address);
    return true;
}

kw_guard_members kw_threshold_members(kw_threshold *threshold)
{
    return (kw_guard_members){.find = find_member, .ctx = threshold};
}

const char *kw_threshold_erasure(const kw_threshold *threshold)
{
    return kw_slots_erasure(threshold->slots);
}

const kw_address *kw_threshold_self(const kw_threshold *threshold)
{
    return &threshold->self;
}

kw_holder *kw_threshold_holder(kw_threshold *threshold)
{
    return threshold->holder;
}

const kw_cluster_file *kw_threshold_cluster(const kw_threshold *threshold)
{
    return &threshold->cluster;
}

kw_apps *kw_threshold_apps(kw_threshold *threshold)
{
    return threshold->apps;
}

kw_token_keys *kw_threshold_token_keys(kw_threshold *threshold)
{
    return threshold->token_keys;
}

void kw_threshold_count_partial(kw_threshold *threshold, kw_status st)
{
    kw_metrics *metrics = threshold->ports.metrics;
    kw_str code = kw_str_of(kw_status_name(st));
    kw_metric_add(metrics == NULL ? NULL : kw_metric_series(metrics, &partials_row, &code), 1);
}

bool kw_threshold_signs_eigenx_v1(const kw_threshold *threshold)
{
    return threshold->config->eigenx_v1;
}
