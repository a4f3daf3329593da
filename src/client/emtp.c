/* SPDX-License-Identifier: Apache-2.0
 * The public EMTP client: one lock around the keys, and the engine.
 * Secret inputs: the epoch keys, behind their handles. */
#include "keyward/emtp.h"

#include "base/heap.h"
#include "client/keys.h"
#include "client/outcome.h"
#include "codec/hex.h"
#include "emtp/engine/token.h"
#include "os/thread.h"

struct kw_emtp_client {
    kw_mutex mutex; /* held during each public call */
    kw_client_keys *keys;
    kw_emtp_options engine;
    int64_t (*now_ms)(void *user); /* the caller's clock; NULL: the system's */
    void *now_user;
};

static kw_unix_ms now_of_caller(void *ctx)
{
    const kw_emtp_client *client = ctx;
    return client->now_ms(client->now_user);
}

static kw_status open_client(kw_emtp_client *client, const kw_emtp_client_options *options,
                             kw_error *err)
{
    int overlap = options->overlap_epochs == 0 ? 1 : options->overlap_epochs;
    KW_REQUIRE(options->struct_bytes == sizeof *options, err, KW_BAD_INPUT,
               "the options are of another version: use KW_EMTP_CLIENT_OPTIONS_INIT");
    KW_REQUIRE(options->server_url != NULL, err, KW_BAD_INPUT, "server_url is missing");
    KW_REQUIRE(overlap >= 1 && overlap <= KW_EMTP_OVERLAP_MAX, err, KW_BAD_INPUT,
               "overlap_epochs is not 1..6");
    kw_str country = kw_str_of(options->phone_country);
    KW_REQUIRE(country.len == 0 || country.len == 2, err, KW_BAD_INPUT,
               "phone_country is no ISO alpha-2 code");
    client->engine.phones_not_from_us = country.len != 0 && !kw_str_equal(country, KW_STR("US"));
    client->now_ms = options->now_ms;
    client->now_user = options->now_user;
    kw_client_keys_options keys = {
        .server_url = options->server_url,
        .ca_file = options->ca_file,
        .pinned_spki = options->pinned_spki,
        .api_key_file = options->api_key_file,
        .client_cert_file = options->client_cert_file,
        .client_key_file = options->client_key_file,
        .cache_file = options->cache_file,
        .is_offline = options->is_offline != 0,
        .timeout_ms = options->timeout_ms,
        .rule = {.overlap = overlap},
        .clock = client->now_ms == NULL ? kw_clock_system() : (kw_clock){now_of_caller, client},
    };
    return kw_client_keys_open(&client->keys, &keys, err);
}

kw_client_status kw_emtp_client_open(kw_emtp_client **out, const kw_emtp_client_options *options,
                                     kw_client_error *error)
{
    kw_error err = {0};
    kw_emtp_client *client = kw_heap_new(1, sizeof *client);
    kw_status st = client == NULL ? KW_NO_MEMORY : open_client(client, options, &err);
    if (st == KW_OK) {
        *out = client;
    } else {
        kw_emtp_client_close(client);
    }
    return kw_client_outcome(st, &err, error);
}

void kw_emtp_client_close(kw_emtp_client *client)
{
    if (client != NULL) {
        kw_client_keys_free(client->keys);
        kw_heap_free(client);
    }
}

kw_client_status kw_emtp_client_refresh(kw_emtp_client *client, kw_client_error *error)
{
    kw_error err = {0};
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    return kw_client_outcome(kw_client_keys_refresh(client->keys, &err), &err, error);
}

int64_t kw_emtp_client_next_refresh_ms(kw_emtp_client *client)
{
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    return kw_client_keys_next_ms(client->keys);
}

int64_t kw_emtp_client_skew_s(kw_emtp_client *client)
{
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    return kw_client_keys_skew_s(client->keys);
}

static kw_emtp_client_key describe(const kw_client_key *key)
{
    kw_emtp_client_key public_key = {.not_before = key->window.not_before,
                                     .not_after = key->window.not_after,
                                     .usable_until = key->usable_until};
    _Static_assert(sizeof public_key.kid == sizeof key->kid.text, "a kid is copied whole");
    memcpy(public_key.kid, key->kid.text, sizeof public_key.kid);
    return public_key;
}

kw_client_status kw_emtp_client_keys(kw_emtp_client *client, kw_emtp_client_key *out, size_t max,
                                     size_t *out_count, kw_client_error *error)
{
    kw_error err = {0};
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    const kw_client_keyset *set = NULL;
    kw_unix_s now = 0;
    kw_status st = kw_client_keys_use(client->keys, &set, &now, &err);
    if (st != KW_OK) {
        return kw_client_outcome(st, &err, error);
    }
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (kw_client_key_is_usable(&set->keys[i], now)) {
            if (count < max) {
                out[count] = describe(&set->keys[i]);
            }
            count++;
        }
    }
    *out_count = count;
    return KW_CLIENT_OK;
}

/* The tuples of one record on their way to the caller. */
typedef struct token_run {
    kw_emtp_tuples tuples;
    kw_hash32 *tokens; /* room for one key's */
    kw_emtp_client_on_token on_token;
    void *user;
} token_run;

/* False when the callback wants no more. */
static bool emit_tokens(token_run *run, const kw_client_key *key)
{
    KW_AUTO(kw_hmac_key) mac = {.backend = KW_HMAC_OPENSSL};
    kw_hmac_key_init(&mac, kw_secret_key_view(key->key));
    kw_emtp_tokens_make(run->tokens, &run->tuples, &mac);
    for (size_t i = 0; i < run->tuples.count; i++) {
        char text[KW_EMTP_TOKEN_CHARS + 1] = "";
        kw_hex_encode_to(text, KW_SPAN(run->tokens[i].bytes));
        if (run->on_token(run->user, key->kid.text, text, run->tuples.items[i].tier) != 0) {
            return false;
        }
    }
    return true;
}

static kw_status read_tuples(kw_arena *arena, kw_emtp_tuples *out, kw_str record,
                             const kw_emtp_options *options, kw_error *err)
{
    kw_emtp_person person = {0};
    kw_emtp_reject reject = {0};
    kw_status st = kw_emtp_record_read(arena, &person, &reject, record, options);
    const char *member = kw_emtp_member_name(reject.member);
    KW_REQUIRE(st != KW_BAD_INPUT, err, KW_BAD_INPUT, "the record is refused: %s%s%s",
               kw_emtp_fault_name(reject.fault), member == NULL ? "" : " in member ",
               member == NULL ? "" : member);
    KW_TRY_AT(err, st, "reading a record");
    KW_TRY_AT(err, kw_emtp_tuples_make(arena, out, &person, options), "making tuples");
    return KW_OK;
}

static kw_status make_tokens(kw_emtp_client *client, kw_arena *arena, token_run *run, kw_str record,
                             kw_error *err)
{
    KW_TRY(read_tuples(arena, &run->tuples, record, &client->engine, err));
    run->tokens = kw_arena_new(arena, run->tuples.count, sizeof *run->tokens);
    KW_REQUIRE(run->tokens != NULL, err, KW_NO_MEMORY, "no memory for tokens");
    const kw_client_keyset *set = NULL;
    kw_unix_s now = 0;
    KW_TRY(kw_client_keys_use(client->keys, &set, &now, err));
    for (size_t i = 0; i < set->count; i++) {
        if (kw_client_key_is_usable(&set->keys[i], now) && !emit_tokens(run, &set->keys[i])) {
            break;
        }
    }
    return KW_OK;
}

kw_client_status kw_emtp_client_tokens(kw_emtp_client *client, const char *record,
                                       size_t record_bytes, kw_emtp_client_on_token on_token,
                                       void *user, kw_client_error *error)
{
    kw_error err = {0};
    KW_AUTO(kw_locked) hold = kw_lock(&client->mutex);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
    token_run run = {.on_token = on_token, .user = user};
    kw_status st = make_tokens(client, &arena, &run, (kw_str){record, record_bytes}, &err);
    kw_arena_wipe(&arena);
    return kw_client_outcome(st, &err, error);
}
