/* SPDX-License-Identifier: Apache-2.0
 * Certificates under a pin. Source: threshold.md section 6. */
#include "client/threshold_epoch.h"

#include "codec/json.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/lock.h"

#include <stdio.h>

enum {
    LOCK_PATH_BYTES_MAX = 4096,
    SEEN_WAIT_MS = 5000,
    SEEN_BYTES_MAX = 512,
    SEEN_ARENA_MAX = 4096,
    EPOCH_ARENA_MAX = KW_THRESHOLD_CERTIFICATE_BYTES_MAX + KW_THRESHOLD_CERTIFICATE_ARENA_MAX +
                      KW_THRESHOLD_CERTIFICATE_CHECK_MAX,
};

void kw_client_epoch_drop(kw_client_epoch *epoch)
{
    kw_arena_drop(&epoch->arena);
    *epoch = (kw_client_epoch){0};
}

static kw_status check(kw_client_epoch *epoch, const kw_client_cluster *cluster, kw_error *err)
{
    const kw_certificate *certificate = &epoch->certificate;
    const kw_group_g2 *claimed = &certificate->candidate.polynomial[0];
    const kw_group_g2 *master = cluster->has_pin ? &cluster->pin : claimed;
    KW_TRY_AT(err,
              kw_certificate_check_pinned(certificate, &kw_group_bls12_381,
                                          &cluster->file.cluster_id, master),
              "checking the certificate%s", cluster->has_pin ? " under the pinned key" : "");
    epoch->trust = cluster->has_pin ? KW_CLIENT_TRUST_PIN : KW_CLIENT_TRUST_NONE;
    return KW_OK;
}

kw_status kw_client_epoch_read(kw_client_epoch *out, const kw_client_cluster *cluster, kw_span file,
                               kw_error *err)
{
    const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    KW_AUTO(kw_client_epoch) made = {.arena = kw_arena_init(EPOCH_ARENA_MAX)};
    KW_REQUIRE(file.len <= KW_THRESHOLD_CERTIFICATE_BYTES_MAX, err, KW_LIMIT,
               "longer than any certificate");
    KW_TRY_AT(err, kw_arena_copy_span(&made.arena, &made.file, file), "keeping a certificate");
    kw_status st = kw_certificate_decode(&made.certificate, &made.arena, made.file, &form);
    KW_REQUIRE(st == KW_OK || st == KW_LIMIT, err, KW_BAD_INPUT,
               "it is no certificate of an epoch (%s)", kw_status_name(st));
    KW_TRY_AT(err, st, "reading a certificate");
    KW_TRY(check(&made, cluster, err));
    *out = made;
    made = (kw_client_epoch){0};
    return KW_OK;
}

kw_status kw_client_epoch_prove(kw_client_epoch *epoch, const kw_client_cluster *cluster,
                                const kw_rng *rng, kw_error *err)
{
    kw_head head;
    const kw_cluster_file *file = &cluster->file;
    kw_candidate_judge judge = {.group = &kw_group_bls12_381,
                                .verifier = kw_peer_verifier_of(rng),
                                .rng = rng,
                                .arena = &epoch->arena};
    KW_TRY_AT(
        err, kw_head_before_genesis(&head, &file->cluster_id, &file->config, &file->genesis.roster),
        "reading the genesis operators");
    KW_TRY_AT(err, kw_head_check_certificate(&head, &epoch->certificate, &judge, err),
              "checking the votes of the genesis operators");
    if (epoch->trust == KW_CLIENT_TRUST_NONE) {
        epoch->trust = KW_CLIENT_TRUST_GENESIS;
    }
    return KW_OK;
}

kw_status kw_client_epoch_keys(kw_client_epoch *epoch, kw_share_keys *out, kw_error *err)
{
    const kw_group *group = &kw_group_bls12_381;
    const kw_candidate *c = &epoch->certificate.candidate;
    uint16_t n = c->roster_new->n;
    kw_group_g2 *keys = kw_arena_new(&epoch->arena, n, sizeof *keys);
    KW_REQUIRE(keys != NULL, err, KW_LIMIT, "no room for the keys of an epoch");
    for (uint16_t j = 1; j <= n; j++) {
        KW_TRY_AT(err, group->g2_poly_eval(&keys[j - 1], c->polynomial, c->fields.t_new, j),
                  "computing the keys of an epoch");
    }
    *out = (kw_share_keys){group, c->fields.epoch, keys, n};
    return KW_OK;
}

/* ---- the highest epoch seen ---- */
typedef struct seen_file {
    uint32_t version; /* 1 */
    kw_hash32 cluster_id;
    uint64_t epoch;
} seen_file;

static const kw_field seen_fields[] = {
    KW_FIELD(seen_file, version, 1, KW_REQ, .min = 1),
    KW_FIELD(seen_file, cluster_id, 0, KW_REQ),
    KW_FIELD(seen_file, epoch, UINT64_MAX, KW_REQ),
};
KW_SCHEMA(seen_file, seen_fields);

kw_status kw_client_seen_read(uint64_t *out, const char *path, const kw_hash32 *cluster_id,
                              kw_error *err)
{
    seen_file seen = {0};
    KW_AUTO(kw_buf) json = kw_buf_init(SEEN_BYTES_MAX);
    KW_AUTO(kw_arena) arena = kw_arena_init(SEEN_ARENA_MAX);
    kw_file_info info;
    if (kw_file_stat(&info, path, NULL) == KW_NOT_FOUND) {
        *out = 0;
        return KW_OK;
    }
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the highest epoch seen");
    KW_REQUIRE(kw_json_decode(&seen, &arena, &seen_file_schema, kw_buf_view(&json), NULL) == KW_OK,
               err, KW_CORRUPT, "%s keeps no epoch", path);
    KW_REQUIRE(kw_hash32_equal(&seen.cluster_id, cluster_id), err, KW_REFUSED,
               "%s is of another cluster", path);
    *out = seen.epoch;
    return KW_OK;
}

static kw_status write_seen(const char *path, const kw_hash32 *cluster_id, uint64_t epoch,
                            kw_error *err)
{
    const seen_file seen = {1, *cluster_id, epoch};
    KW_AUTO(kw_buf) json = kw_buf_init(SEEN_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&json, &seen_file_schema, &seen, KW_JSON_PLAIN),
              "keeping the highest epoch seen");
    KW_TRY_AT(err, kw_file_write_atomic(path, kw_buf_view(&json), 0600, err),
              "keeping the highest epoch seen");
    return KW_OK;
}

kw_status kw_client_seen_raise(const char *path, const kw_hash32 *cluster_id, uint64_t epoch,
                               kw_error *err)
{
    char lock_path[LOCK_PATH_BYTES_MAX];
    int len = snprintf(lock_path, sizeof lock_path, "%s-lock", path);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof lock_path, err, KW_LIMIT, "%s: too long a name",
               path);
    KW_AUTO(kw_file_lock) lock = {.is_held = false};
    KW_TRY_AT(err, kw_file_lock_take(&lock, lock_path, SEEN_WAIT_MS, err),
              "keeping the highest epoch seen");
    uint64_t kept = 0;
    KW_TRY(kw_client_seen_read(&kept, path, cluster_id, err));
    return epoch > kept ? write_seen(path, cluster_id, epoch, err) : KW_OK;
}
