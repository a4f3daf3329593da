/* SPDX-License-Identifier: Apache-2.0
 * Streams in and out of IBE ciphertexts. Secret inputs: the text, the key of the application.
 * Source: threshold.md section 7. */
#include "client/threshold_file.h"

#include "base/heap.h"

enum {
    V1_SEALED_MAX = KW_CLIENT_V1_BYTES_MAX + KW_IBE_V1_OVERHEAD_BYTES,
};

/* ---- blocks ---- */

/* Two blocks of the same size in turn: whether one is the last shows when the next is read. */
typedef struct blocks {
    size_t size; /* of each */
    uint8_t *bytes;
    size_t len[2];
    unsigned at; /* the present one */
} blocks;

static void blocks_drop(blocks *b)
{
    if (b->bytes != NULL) {
        kw_wipe(b->bytes, 2 * b->size);
        kw_heap_free(b->bytes);
        b->bytes = NULL;
    }
}

static kw_mspan room_of(const blocks *b, unsigned which)
{
    return (kw_mspan){b->bytes + which * b->size, b->size};
}

/* As many bytes as there are, up to the room. */
static kw_status fill(const kw_client_flow *flow, size_t *out_len, kw_mspan room, kw_error *err)
{
    size_t len = 0;
    size_t got = 1;
    while (got > 0 && len < room.len) {
        KW_TRY(flow->read(flow->ctx, &got, (kw_mspan){room.ptr + len, room.len - len}, err));
        len += got;
    }
    *out_len = len;
    return KW_OK;
}

static kw_status blocks_start(blocks *b, size_t size, const kw_client_flow *flow, kw_error *err)
{
    b->size = size;
    b->bytes = kw_heap_new(2, size);
    KW_REQUIRE(b->bytes != NULL, err, KW_NO_MEMORY, "no memory for a stream");
    return fill(flow, &b->len[0], room_of(b, 0), err);
}

/* The present block, and whether it is the last; the next call gives the next one. */
static kw_status blocks_take(blocks *b, const kw_client_flow *flow, kw_span *out, bool *out_is_last,
                             kw_error *err)
{
    unsigned next = 1 - b->at;
    b->len[next] = 0;
    if (b->len[b->at] == b->size) {
        KW_TRY(fill(flow, &b->len[next], room_of(b, next), err));
    }
    *out = (kw_span){room_of(b, b->at).ptr, b->len[b->at]};
    *out_is_last = b->len[next] == 0;
    b->at = next;
    return KW_OK;
}

/* ---- version 2 ---- */
static kw_status encrypt_v2(const kw_client_flow *flow, const kw_ibe_to *to, const kw_aead *aead,
                            const kw_rng *rng, kw_error *err)
{
    KW_AUTO(blocks) text = {.size = 0};
    KW_AUTO(kw_ibe_stream) stream = {.aead = NULL};
    KW_AUTO(kw_buf) sealed = kw_buf_init(KW_IBE_SEALED_CHUNK_BYTES + KW_IBE_HEADER_BYTES_MAX);
    KW_TRY(blocks_start(&text, KW_IBE_CHUNK_BYTES, flow, err));
    KW_TRY_AT(err, kw_ibe_v2_seal(&stream, &sealed, to, aead, rng), "beginning a ciphertext");
    while (!kw_ibe_stream_has_ended(&stream)) {
        kw_span chunk;
        bool is_last = false;
        KW_TRY(blocks_take(&text, flow, &chunk, &is_last, err));
        KW_TRY_AT(err, kw_ibe_stream_seal(&stream, &sealed, kw_secret_span_of(chunk), is_last),
                  "encrypting");
        KW_TRY(flow->write(flow->ctx, kw_buf_view(&sealed), err));
        kw_buf_clear(&sealed);
    }
    return KW_OK;
}

static kw_status write_text(const kw_client_flow *flow, const kw_secret_bytes *text, kw_error *err)
{
    return flow->write(
        flow->ctx,
        kw_declassify_span(kw_secret_bytes_view(text), "it goes where the key's owner wants it"),
        err);
}

static kw_status decrypt_v2(const kw_client_flow *flow, const kw_client_sealed *sealed,
                            const kw_ibe_key *key, const kw_aead *aead, kw_error *err)
{
    KW_AUTO(blocks) wire = {.size = 0};
    KW_AUTO(kw_ibe_stream) stream = {.aead = NULL};
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_IBE_CHUNK_BYTES);
    KW_TRY_AT(err, kw_ibe_v2_open(&stream, kw_buf_view(&sealed->start), key, aead),
              "opening the ciphertext");
    KW_TRY(blocks_start(&wire, KW_IBE_SEALED_CHUNK_BYTES, flow, err));
    while (!kw_ibe_stream_has_ended(&stream)) {
        kw_span chunk;
        bool is_last = false;
        KW_TRY(blocks_take(&wire, flow, &chunk, &is_last, err));
        KW_TRY_AT(err, kw_ibe_stream_open(&stream, &text, chunk, is_last), "decrypting");
        KW_TRY(write_text(flow, &text, err));
        kw_secret_bytes_clear(&text);
    }
    return KW_OK;
}

/* ---- version 1 ---- */
static kw_status encrypt_v1(const kw_client_flow *flow, const kw_ibe_to *to, const kw_aead *aead,
                            const kw_rng *rng, kw_error *err)
{
    KW_AUTO(blocks) from = {.size = 0};
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_CLIENT_V1_BYTES_MAX);
    KW_AUTO(kw_buf) sealed = kw_buf_init(V1_SEALED_MAX);
    bool is_last = false;
    KW_TRY(blocks_start(&from, KW_IBE_CHUNK_BYTES, flow, err));
    while (!is_last) {
        kw_span block;
        KW_TRY(blocks_take(&from, flow, &block, &is_last, err));
        KW_TRY_AT(err, kw_secret_bytes_append(&text, kw_secret_span_of(block)),
                  "reading a text for version 1, of at most %d bytes", KW_CLIENT_V1_BYTES_MAX);
    }
    KW_TRY_AT(err, kw_ibe_v1_encrypt(&sealed, to, kw_secret_bytes_view(&text), aead, rng),
              "encrypting");
    return flow->write(flow->ctx, kw_buf_view(&sealed), err);
}

/* Appends `len` bytes, or as many as there are. */
static kw_status read_more(kw_client_sealed *sealed, size_t len, const kw_client_flow *flow,
                           kw_error *err)
{
    uint8_t bytes[KW_IBE_HEADER_BYTES_MAX];
    size_t got = 0;
    KW_ASSERT(len <= sizeof bytes);
    KW_TRY(fill(flow, &got, (kw_mspan){bytes, len}, err));
    KW_TRY_AT(err, kw_buf_append(&sealed->start, (kw_span){bytes, got}), "reading a ciphertext");
    return KW_OK;
}

static kw_status decrypt_v1(const kw_client_flow *flow, kw_client_sealed *sealed,
                            const kw_ibe_key *key, const kw_aead *aead, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_CLIENT_V1_BYTES_MAX);
    size_t before = 0;
    while (sealed->start.len > before) {
        before = sealed->start.len;
        KW_TRY(read_more(sealed, KW_IBE_HEADER_BYTES_MAX, flow, err));
    }
    KW_TRY_AT(err, kw_ibe_v1_decrypt(&text, kw_buf_view(&sealed->start), key, aead), "decrypting");
    return write_text(flow, &text, err);
}

/* ---- both ---- */
kw_status kw_client_encrypt(const kw_client_flow *flow, const kw_ibe_to *to, const kw_rng *rng,
                            kw_error *err)
{
    KW_AUTO_PTR(kw_aead) aead = NULL;
    KW_TRY_AT(err, kw_aead_new(&aead, *rng), "opening the cipher");
    return to->id.kind == KW_IBE_EIGENX ? encrypt_v1(flow, to, aead, rng, err)
                                        : encrypt_v2(flow, to, aead, rng, err);
}

void kw_client_sealed_drop(kw_client_sealed *sealed)
{
    kw_buf_drop(&sealed->start);
    *sealed = (kw_client_sealed){.kind = 0};
}

static kw_status read_header(kw_client_sealed *sealed, const kw_client_flow *flow, kw_error *err)
{
    size_t len = 0;
    kw_ibe_header header;
    bool is_start = kw_ibe_header_bytes(&len, kw_buf_view(&sealed->start)) == KW_OK;
    KW_REQUIRE(is_start, err, KW_CORRUPT, "it is no ciphertext of this program");
    KW_TRY(read_more(sealed, len - sealed->start.len, flow, err));
    KW_REQUIRE(kw_ibe_header_decode(&header, kw_buf_view(&sealed->start)) == KW_OK, err, KW_CORRUPT,
               "the ciphertext is damaged");
    sealed->kind = header.kind;
    sealed->app_id = header.kind == KW_IBE_APPLICATION ? header.id : (kw_span){0};
    return KW_OK;
}

kw_status kw_client_sealed_read(kw_client_sealed *out, const kw_client_flow *flow, kw_error *err)
{
    KW_AUTO(kw_client_sealed) made = {.start = kw_buf_init(V1_SEALED_MAX)};
    KW_TRY(read_more(&made, KW_IBE_HEADER_START_BYTES, flow, err));
    kw_str start = kw_str_of_span(kw_buf_view(&made.start));
    if (kw_str_starts_with(start, KW_STR("IBE\x01"))) {
        made.kind = KW_IBE_EIGENX;
    } else {
        KW_TRY(read_header(&made, flow, err));
    }
    *out = made;
    made = (kw_client_sealed){.kind = 0};
    return KW_OK;
}

kw_status kw_client_sealed_id(const kw_client_sealed *sealed, kw_ibe_id *out, kw_ibe_kind kind,
                              kw_str app, kw_error *err)
{
    kw_str named = kw_str_of_span(sealed->app_id);
    KW_REQUIRE(sealed->kind != KW_IBE_TIMELOCK, err, KW_REFUSED,
               "it is a timelock: the beacon opens it, not an application");
    KW_REQUIRE(sealed->kind == kind, err, KW_REFUSED,
               "the ciphertext is of the format %s, which was not asked for",
               sealed->kind == KW_IBE_EIGENX ? "eigenx-v1" : "v2");
    KW_REQUIRE(named.len > 0 || app.len > 0, err, KW_BAD_INPUT,
               "the ciphertext does not name its application, and nobody else does");
    KW_REQUIRE(named.len == 0 || app.len == 0 || kw_str_equal(named, app), err, KW_REFUSED,
               "the ciphertext is for another application");
    KW_TRY_AT(err, kw_ibe_id_of_app(out, kind, kw_span_of_str(app.len > 0 ? app : named)),
              "naming the application");
    return KW_OK;
}

kw_status kw_client_decrypt(const kw_client_flow *flow, kw_client_sealed *sealed,
                            const kw_ibe_key *key, kw_error *err)
{
    KW_AUTO_PTR(kw_aead) aead = NULL;
    KW_TRY_AT(err, kw_aead_new_opener(&aead), "opening the cipher");
    return sealed->kind == KW_IBE_EIGENX ? decrypt_v1(flow, sealed, key, aead, err)
                                         : decrypt_v2(flow, sealed, key, aead, err);
}
