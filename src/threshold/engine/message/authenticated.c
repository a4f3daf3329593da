/* SPDX-License-Identifier: Apache-2.0
 * A payload with its sender's signature, as JSON and as bytes. Source: threshold.md sections 2,
 * 6. */
#include "threshold/engine/message/authenticated.h"

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "crypto/keccak.h"

enum {
    DEPTH_MAX = 2, /* an object in an array */
    MEMBERS = 3,
    HASH_TEXT_LEN = 66,    /* 0x and 64 digits */
    MESSAGE_BYTES_MIN = 8, /* two lengths, a byte of each */
};

kw_status kw_authenticated_make(kw_authenticated *out, kw_span payload,
                                const kw_peer_signer *signer)
{
    kw_authenticated message = {.payload = payload};
    kw_keccak256(&message.hash, payload);
    KW_TRY(signer->sign(signer->ctx, &message.signature, &message.hash));
    *out = message;
    return KW_OK;
}

static kw_status append_base64(kw_buf *out, const char *before, kw_span bytes)
{
    KW_TRY(kw_buf_append_str(out, kw_str_of(before)));
    return kw_base64_encode(out, bytes, KW_BASE64_STANDARD);
}

kw_status kw_authenticated_encode(kw_buf *out, const kw_authenticated *message)
{
    KW_TRY(append_base64(out, "{\"payload\":\"", message->payload));
    KW_TRY(kw_buf_append_str(out, KW_STR("\",\"hash\":\"0x")));
    KW_TRY(kw_hex_encode(out, KW_SPAN(message->hash.bytes)));
    KW_TRY(append_base64(out, "\",\"signature\":\"", kw_peer_signature_view(&message->signature)));
    return kw_buf_append_str(out, KW_STR("\"}"));
}

/* Bytes behind the text of a base64 member, in the arena. */
static kw_status read_bytes(kw_mspan *out, kw_arena *arena, kw_str text, size_t max)
{
    size_t padding = kw_str_ends_with(text, KW_STR("==")) ? 2 : 0;
    if (padding == 0 && kw_str_ends_with(text, KW_STR("="))) {
        padding = 1;
    }
    if (text.len == 0 || text.len % 4 != 0) {
        return KW_BAD_INPUT;
    }
    size_t len = text.len / 4 * 3 - padding;
    if (len > max) {
        return KW_LIMIT;
    }
    kw_mspan bytes = {kw_arena_new(arena, len, 1), len};
    if (bytes.ptr == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(kw_base64_decode_to(bytes, text, KW_BASE64_STANDARD));
    *out = bytes;
    return KW_OK;
}

static kw_status read_hash(kw_hash32 *out, kw_str text)
{
    if (text.len != HASH_TEXT_LEN || !kw_str_starts_with(text, KW_STR("0x"))) {
        return KW_BAD_INPUT;
    }
    return kw_hex_decode_to(KW_MSPAN(out->bytes), (kw_str){text.ptr + 2, text.len - 2});
}

static kw_status read_message(kw_authenticated *out, kw_arena *arena, const kw_json *item)
{
    /* An absent member reads as the empty text, which none of the three may be. */
    if (kw_json_kind_of(item) != KW_JSON_OBJECT || kw_json_count(item) != MEMBERS) {
        return KW_BAD_INPUT;
    }
    kw_mspan payload = {0};
    kw_mspan signature = {0};
    KW_TRY(read_bytes(&payload, arena, kw_json_text(kw_json_get(item, "payload")),
                      KW_THRESHOLD_PAYLOAD_BYTES_MAX));
    KW_TRY(read_bytes(&signature, arena, kw_json_text(kw_json_get(item, "signature")),
                      KW_THRESHOLD_SIGNATURE_BYTES_MAX));
    KW_TRY(read_hash(&out->hash, kw_json_text(kw_json_get(item, "hash"))));
    kw_hash32 hash;
    out->payload = kw_span_of_mspan(payload);
    kw_keccak256(&hash, out->payload);
    if (!kw_hash32_equal(&hash, &out->hash)) {
        return KW_BAD_INPUT;
    }
    out->signature.len = (uint8_t)signature.len;
    memcpy(out->signature.bytes, signature.ptr, signature.len);
    return KW_OK;
}

/* A body is one message or an array of them. */
static kw_status read_all(kw_authenticated *items, kw_arena *arena, const kw_json *root)
{
    if (kw_json_kind_of(root) == KW_JSON_OBJECT) {
        return read_message(items, arena, root);
    }
    kw_str name;
    const kw_json *item = NULL;
    size_t i = 0;
    for (const void *at = NULL; kw_json_next(root, &at, &name, &item); i++) {
        KW_TRY(read_message(&items[i], arena, item));
    }
    return KW_OK;
}

kw_status kw_authenticated_decode(kw_authenticated_list *out, kw_arena *arena, kw_span text,
                                  kw_error *err)
{
    KW_AUTO_PTR(kw_json) root = NULL;
    KW_TRY(kw_json_parse(&root, text, DEPTH_MAX, err));
    size_t count = kw_json_kind_of(root) == KW_JSON_OBJECT ? 1 : kw_json_count(root);
    KW_REQUIRE(count > 0, err, KW_BAD_INPUT, "no message");
    KW_REQUIRE(count <= KW_THRESHOLD_MESSAGES_MAX, err, KW_LIMIT, "too many messages");
    kw_authenticated *items = kw_arena_new(arena, count, sizeof *items);
    KW_REQUIRE(items != NULL, err, KW_LIMIT, "no room for the messages");
    kw_status st = read_all(items, arena, root);
    if (st != KW_OK) {
        return kw_fail(err, st, "not {payload, hash, signature} of one content");
    }
    *out = (kw_authenticated_list){items, count};
    return KW_OK;
}

static void read_signed(kw_authenticated *out, kw_reader *r)
{
    out->payload = kw_read_span_u32be(r, KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_span signature = kw_read_span_u16be(r, KW_THRESHOLD_SIGNATURE_BYTES_MAX);
    if (out->payload.len == 0 || signature.len == 0) {
        kw_read_fail(r);
        return;
    }
    kw_keccak256(&out->hash, out->payload);
    out->signature.len = (uint8_t)signature.len;
    memcpy(out->signature.bytes, signature.ptr, signature.len);
}

kw_status kw_authenticated_list_read(kw_authenticated_list *out, kw_arena *arena, kw_reader *r)
{
    size_t count = kw_read_u16be(r);
    bool has_room = count <= KW_THRESHOLD_MESSAGES_MAX &&
                    count <= kw_read_left(r) / MESSAGE_BYTES_MIN; /* before memory is taken */
    if (!kw_read_is_good(r) || !has_room) {
        return KW_BAD_INPUT;
    }
    kw_authenticated *items = count == 0 ? NULL : kw_arena_new(arena, count, sizeof *items);
    if (items == NULL && count > 0) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count && kw_read_is_good(r); i++) {
        read_signed(&items[i], r);
    }
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    *out = (kw_authenticated_list){items, count};
    return KW_OK;
}

void kw_authenticated_list_write(kw_writer *w, kw_authenticated_list list)
{
    KW_ASSERT(list.count <= KW_THRESHOLD_MESSAGES_MAX);
    kw_write_u16be(w, (uint16_t)list.count);
    for (size_t i = 0; i < list.count; i++) {
        kw_write_span_u32be(w, list.items[i].payload);
        kw_write_span_u16be(w, kw_peer_signature_view(&list.items[i].signature));
    }
}

kw_peer_claim kw_authenticated_claim(const kw_authenticated *message, const kw_member *member)
{
    return (kw_peer_claim){member->scheme, &member->key, &message->hash,
                           kw_peer_signature_view(&message->signature)};
}

bool kw_authenticated_is_from(const kw_authenticated *message, const kw_member *member)
{
    kw_peer_claim claim = kw_authenticated_claim(message, member);
    return member->scheme->verify(&claim);
}
