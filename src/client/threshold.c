/* SPDX-License-Identifier: Apache-2.0
 * The public threshold client: one lock around a cluster and calls to it.
 * Secret inputs: the credential, parts of keys, texts. */
#include "keyward/threshold.h"

#include "base/heap.h"
#include "client/outcome.h"
#include "client/randomness.h"
#include "client/threshold_ends.h"
#include "client/threshold_key.h"
#include "crypto/address_text.h"
#include "os/thread.h"
#include "threshold/engine/use/derive.h"

enum {
    PATH_BYTES_MAX = 4096,
};

struct kw_threshold_client {
    kw_mutex mutex; /* held during each public call */
    kw_client_cluster cluster;
    kw_ibe_master master;
    kw_client_credential credential;
    kw_client_randomness randomness;
    kw_rng rng;
    kw_client_calls *calls;
    char ca_file[PATH_BYTES_MAX]; /* empty: the default */
    char cert_file[PATH_BYTES_MAX];
    char key_file[PATH_BYTES_MAX];
    char token_file[PATH_BYTES_MAX]; /* empty: none */
    char seen_file[PATH_BYTES_MAX];
    uint64_t epoch_seen; /* the highest */
    kw_client_listener listener;
    kw_client_member members[KW_THRESHOLD_MEMBERS_MAX]; /* of the last question */
};

/* ---- opening ---- */
static kw_status keep_path(char out[PATH_BYTES_MAX], const char *path, kw_error *err)
{
    kw_str text = kw_str_of(path);
    KW_REQUIRE(text.len < PATH_BYTES_MAX, err, KW_BAD_INPUT, "a path is too long");
    if (text.len > 0) {
        memcpy(out, text.ptr, text.len);
    }
    return KW_OK;
}

static const char *path_or_null(const char *path)
{
    return path[0] == '\0' ? NULL : path;
}

static kw_status open_calls(kw_threshold_client *client, const kw_threshold_client_options *options,
                            kw_error *err)
{
    KW_TRY(keep_path(client->ca_file, options->ca_file, err));
    KW_TRY(keep_path(client->cert_file, options->client_cert_file, err));
    KW_TRY(keep_path(client->key_file, options->client_key_file, err));
    KW_TRY(keep_path(client->token_file, options->token_file, err));
    KW_TRY(keep_path(client->seen_file, options->seen_file, err));
    if (options->api_key_file != NULL || options->client_key_file != NULL) {
        KW_TRY(kw_client_credential_load_each(&client->credential, options->api_key_file,
                                              options->client_key_file, err));
    }
    const kw_client_calls_options calls = {
        .cluster = &client->cluster,
        .credential = &client->credential,
        .ca_file = path_or_null(client->ca_file),
        .cert_file = path_or_null(client->cert_file),
        .key_file = path_or_null(client->key_file),
        .timeout_ms = options->timeout_ms,
    };
    return kw_client_calls_open(&client->calls, &calls, err);
}

/* The first version of the options ended before `token_file`; what a caller does not know of stays
 * as it is in `out`. */
static kw_status read_options(kw_threshold_client_options *out,
                              const kw_threshold_client_options *given, kw_error *err)
{
    const size_t first = offsetof(kw_threshold_client_options, token_file);
    const size_t bytes = given->struct_bytes;
    KW_REQUIRE(bytes == first || bytes == sizeof *out, err, KW_BAD_INPUT,
               "the options are of another version: use KW_THRESHOLD_CLIENT_OPTIONS_INIT");
    memcpy(out, given, bytes);
    return KW_OK;
}

static kw_status open_client(kw_threshold_client *client, const kw_threshold_client_options *given,
                             kw_error *err)
{
    kw_threshold_client_options read = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    const kw_threshold_client_options *options = &read;
    KW_TRY(read_options(&read, given, err));
    client->listener = (kw_client_listener){options->on_progress, options->progress_user};
    const kw_client_cluster_options files = {.cluster_file = options->cluster_file,
                                             .operators_file = options->operators_file,
                                             .master_key = options->master_key};
    kw_status st = kw_client_cluster_load(&client->cluster, &files, err);
    KW_TRY_AT(err, st == KW_CONFLICT ? KW_REFUSED : st, "opening the cluster");
    KW_TRY(kw_client_cluster_master(&client->cluster, &client->master, err));
    KW_TRY(kw_client_randomness_open(&client->randomness, err));
    client->rng = kw_client_randomness_rng(&client->randomness);
    return open_calls(client, options, err);
}

kw_client_status kw_threshold_client_open(kw_threshold_client **out,
                                          const kw_threshold_client_options *options,
                                          kw_client_error *error)
{
    kw_error err = {0};
    kw_threshold_client *client = kw_heap_new(1, sizeof *client);
    kw_status st = client == NULL ? KW_NO_MEMORY : open_client(client, options, &err);
    if (st == KW_OK) {
        *out = client;
    } else {
        kw_threshold_client_close(client);
    }
    return kw_client_outcome(st, &err, error);
}

void kw_threshold_client_close(kw_threshold_client *client)
{
    if (client != NULL) {
        kw_client_calls_free(client->calls);
        kw_client_randomness_drop(&client->randomness);
        kw_client_credential_drop(&client->credential);
        kw_client_cluster_drop(&client->cluster);
        kw_heap_free(client);
    }
}

/* ---- encrypting ---- */

/* What both directions are told. */
typedef struct job {
    const char *app_id;
    kw_ibe_kind kind;
    kw_client_ends *ends;
} job;

static kw_ibe_kind kind_of(kw_threshold_format format)
{
    return format == KW_THRESHOLD_EIGENX_V1 ? KW_IBE_EIGENX : KW_IBE_APPLICATION;
}

static kw_status encrypt(kw_threshold_client *client, const job *j, kw_error *err)
{
    const kw_client_flow flow = kw_client_ends_flow(j->ends);
    kw_ibe_to to = {.master = &client->master};
    KW_TRY_AT(err, kw_ibe_id_of_app(&to.id, j->kind, kw_span_of_str(kw_str_of(j->app_id))),
              "naming the application");
    KW_TRY(kw_client_ends_open(j->ends, err));
    KW_TRY(kw_client_ends_create(j->ends, 0644, err));
    KW_TRY(kw_client_encrypt(&flow, &to, &client->rng, err));
    return kw_client_ends_commit(j->ends, err);
}

/* ---- keys ---- */
static kw_status ask(kw_threshold_client *client, kw_client_app_key *out, const kw_ibe_id *id,
                     kw_error *err)
{
    const kw_client_terms terms = {.token_file = path_or_null(client->token_file),
                                   .seen_file = path_or_null(client->seen_file),
                                   .epoch_least = client->epoch_seen};
    const kw_client_asker asker = {&client->cluster, client->calls, &client->rng, &terms};
    kw_status st = kw_client_app_key_ask(&asker, out, id, err);
    memcpy(client->members, out->application.members, sizeof client->members);
    client->epoch_seen = KW_MAX(client->epoch_seen, out->application.epoch);
    return st;
}

static kw_status decrypt(kw_threshold_client *client, const job *j, kw_error *err)
{
    KW_AUTO(kw_client_sealed) sealed = {.app_id = {0}};
    KW_AUTO(kw_client_app_key) app_key = {.application = {.threshold = 0}};
    KW_AUTO(kw_ibe_key) key = {.master = NULL};
    const kw_client_flow flow = kw_client_ends_flow(j->ends);
    kw_ibe_id id;
    KW_TRY(kw_client_ends_open(j->ends, err));
    KW_TRY(kw_client_sealed_read(&sealed, &flow, err));
    KW_TRY(kw_client_sealed_id(&sealed, &id, j->kind, kw_str_of(j->app_id), err));
    KW_TRY(kw_client_ends_create(j->ends, 0600, err));
    KW_TRY(ask(client, &app_key, &id, err));
    KW_TRY_AT(err, kw_ibe_key_init(&key, &client->master, &id, &app_key.application.key.bls),
              "checking the application's key");
    KW_TRY(kw_client_decrypt(&flow, &sealed, &key, err));
    return kw_client_ends_commit(j->ends, err);
}

/* ---- jobs ---- */
typedef kw_status direction(kw_threshold_client *client, const job *j, kw_error *err);

/* One job under the lock; `ends` says from where to where, and ends with it. */
static kw_client_status run(kw_threshold_client *client, direction *way, const job *told,
                            kw_client_ends ends, kw_client_error *error)
{
    kw_error err = {0};
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    KW_AUTO(kw_client_ends) these = ends;
    these.listener = client->listener;
    const job j = {told->app_id, told->kind, &these};
    return kw_client_outcome(way(client, &j, &err), &err, error);
}

kw_client_status kw_threshold_client_encrypt(kw_threshold_client *client, const char *app_id,
                                             const char *in_path, const char *out_path,
                                             kw_threshold_format format, kw_client_error *error)
{
    const job j = {.app_id = app_id, .kind = kind_of(format)};
    return run(client, encrypt, &j, (kw_client_ends){.in_path = in_path, .out_path = out_path},
               error);
}

kw_client_status kw_threshold_client_decrypt(kw_threshold_client *client, const char *app_id,
                                             const char *in_path, const char *out_path,
                                             kw_threshold_format format, kw_client_error *error)
{
    const job j = {.app_id = app_id, .kind = kind_of(format)};
    return run(client, decrypt, &j, (kw_client_ends){.in_path = in_path, .out_path = out_path},
               error);
}

kw_client_status kw_threshold_client_encrypt_flow(kw_threshold_client *client, const char *app_id,
                                                  const kw_threshold_flow *flow,
                                                  kw_threshold_format format,
                                                  kw_client_error *error)
{
    const job j = {.app_id = app_id, .kind = kind_of(format)};
    return run(client, encrypt, &j, (kw_client_ends){.flow = flow}, error);
}

kw_client_status kw_threshold_client_decrypt_flow(kw_threshold_client *client, const char *app_id,
                                                  const kw_threshold_flow *flow,
                                                  kw_threshold_format format,
                                                  kw_client_error *error)
{
    const job j = {.app_id = app_id, .kind = kind_of(format)};
    return run(client, decrypt, &j, (kw_client_ends){.flow = flow}, error);
}

kw_client_status kw_threshold_client_encrypt_memory(kw_threshold_client *client, const char *app_id,
                                                    kw_threshold_memory *memory,
                                                    kw_threshold_format format,
                                                    kw_client_error *error)
{
    const job j = {.app_id = app_id, .kind = kind_of(format)};
    return run(client, encrypt, &j, (kw_client_ends){.memory = memory}, error);
}

kw_client_status kw_threshold_client_decrypt_memory(kw_threshold_client *client, const char *app_id,
                                                    kw_threshold_memory *memory,
                                                    kw_threshold_format format,
                                                    kw_client_error *error)
{
    const job j = {.app_id = app_id, .kind = kind_of(format)};
    return run(client, decrypt, &j, (kw_client_ends){.memory = memory}, error);
}

/* ---- derived keys ---- */
static kw_status derive(kw_threshold_client *client, kw_secret32 *out, const char *app_id,
                        const kw_threshold_label *label, kw_error *err)
{
    KW_AUTO(kw_client_app_key) key = {.application = {.threshold = 0}};
    const kw_derive_name name = {kw_span_of_str(kw_str_of(label->label)), label->version};
    kw_ibe_id id;
    KW_REQUIRE(name.label.len <= KW_DERIVE_LABEL_BYTES_MAX, err, KW_BAD_INPUT,
               "a label has at most %d bytes", KW_DERIVE_LABEL_BYTES_MAX);
    KW_TRY_AT(err, kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, kw_span_of_str(kw_str_of(app_id))),
              "naming the application");
    KW_TRY(ask(client, &key, &id, err));
    KW_TRY_AT(err, kw_derive_key(out, &key.application.key.bls, &name), "deriving a key");
    return KW_OK;
}

kw_client_status kw_threshold_client_derive(kw_threshold_client *client, unsigned char out[32],
                                            const char *app_id, const kw_threshold_label *label,
                                            kw_client_error *error)
{
    kw_error err = {0};
    KW_AUTO(kw_secret32) key = {{0}};
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    kw_status st = derive(client, &key, app_id, label, &err);
    if (st == KW_OK) {
        kw_span bytes = kw_declassify_span(kw_secret32_view(&key), "the caller asked for it");
        memcpy(out, bytes.ptr, bytes.len);
    }
    return kw_client_outcome(st, &err, error);
}

/* ---- operators ---- */
#define SAME_NUMBER(name) \
    _Static_assert((int)KW_THRESHOLD_##name == (int)KW_CLIENT_##name, #name " has two numbers")
SAME_NUMBER(SLOW);
SAME_NUMBER(GOOD);
SAME_NUMBER(DOWN);
SAME_NUMBER(REFUSING);
SAME_NUMBER(LYING);
SAME_NUMBER(BEHIND);

void kw_threshold_client_operators(kw_threshold_client *client, kw_threshold_operator *out,
                                   size_t max, size_t *out_count)
{
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    const kw_roster *roster = &client->cluster.operators.roster;
    for (size_t i = 0; i < roster->n && i < max; i++) {
        const kw_client_member *member = &client->members[i];
        out[i] = (kw_threshold_operator){
            .standing = (kw_threshold_standing)member->standing,
            .status = kw_client_status_of(member->st),
            .epoch = member->epoch,
            .took_ms = member->took_ms,
        };
        kw_address_write(out[i].address, &roster->members[i].address);
    }
    *out_count = roster->n;
}
