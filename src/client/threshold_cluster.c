/* SPDX-License-Identifier: Apache-2.0
 * Files of a cluster. */
#include "client/threshold_cluster.h"

#include "codec/hex.h"
#include "os/file.h"

void kw_client_cluster_drop(kw_client_cluster *cluster)
{
    kw_arena_drop(&cluster->arena);
    *cluster = (kw_client_cluster){0};
}

static kw_status read_cluster(kw_client_cluster *out, const char *path, kw_error *err)
{
    KW_REQUIRE(path != NULL, err, KW_BAD_INPUT, "no cluster file is given");
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the cluster file");
    KW_TRY_AT(err, kw_cluster_file_decode(&out->file, &out->arena, kw_buf_view(&json), err),
              "reading %s", path);
    out->operators = out->file.genesis;
    out->has_pin = out->file.has_master;
    out->pin = out->file.master;
    return KW_OK;
}

static kw_status read_operators(kw_client_cluster *out, const char *path, kw_error *err)
{
    if (path == NULL) {
        return KW_OK;
    }
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_TRY_AT(err, kw_file_read(&json, path, err), "reading the operators");
    KW_TRY_AT(err, kw_operators_decode(&out->operators, &out->arena, kw_buf_view(&json), err),
              "reading %s", path);
    return KW_OK;
}

static kw_status read_pin(kw_client_cluster *out, const char *digits, kw_error *err)
{
    const kw_group *group = &kw_group_bls12_381;
    if (digits == NULL) {
        return KW_OK;
    }
    kw_group_g2_bytes wire = {{0}};
    kw_group_g2 pin;
    bool is_key = kw_hex_decode_to(KW_MSPAN(wire.bytes), kw_str_of(digits)) == KW_OK &&
                  group->g2_decode(&pin, kw_group_g2_view(group, &wire)) == KW_OK;
    KW_REQUIRE(is_key, err, KW_BAD_INPUT,
               "the master key is not the 192 digits of a compressed point");
    KW_REQUIRE(!out->has_pin || group->g2_equal(&pin, &out->pin), err, KW_CONFLICT,
               "the master key is not the one in the cluster file");
    out->has_pin = true;
    out->pin = pin;
    return KW_OK;
}

kw_status kw_client_cluster_load(kw_client_cluster *out, const kw_client_cluster_options *options,
                                 kw_error *err)
{
    KW_AUTO(kw_client_cluster) made = {.arena = kw_arena_init(2 * (size_t)KW_OPERATORS_ARENA_MAX)};
    KW_TRY(read_cluster(&made, options->cluster_file, err));
    KW_TRY(read_operators(&made, options->operators_file, err));
    KW_TRY(read_pin(&made, options->master_key, err));
    *out = made;
    made = (kw_client_cluster){0};
    return KW_OK;
}

kw_status kw_client_cluster_master(const kw_client_cluster *cluster, kw_ibe_master *out,
                                   kw_error *err)
{
    const kw_group *group = &kw_group_bls12_381;
    kw_group_g2_bytes wire;
    KW_REQUIRE(cluster->has_pin, err, KW_REFUSED,
               "no master key is pinned: master_key of the cluster file, or --master-key; "
               "`keyward epoch show` finds it");
    group->g2_encode(&wire, &cluster->pin);
    KW_TRY_AT(err,
              kw_ibe_master_init(out, kw_group_g2_view(group, &wire), &cluster->file.cluster_id),
              "taking the master key");
    return KW_OK;
}
