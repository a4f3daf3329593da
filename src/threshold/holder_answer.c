/* SPDX-License-Identifier: Apache-2.0
 * What comes back from other operators, and what they bring. Source: threshold.md sections 2, 3. */
#include "threshold/holder_inner.h"

#include "codec/hex.h"
#include "threshold/limits.h"
#include "threshold/paths.h"

/* Field of the answer to a HELLO of a session that cannot be: the newest certificate there. */
static bool head_of(kw_hash32 *out, const kw_http_result *result)
{
    kw_str text = kw_http_result_field(result, KW_HOLDER_HEAD_FIELD);
    return text.len > 0 && kw_hex_decode_to(KW_MSPAN(out->bytes), text) == KW_OK;
}

static bool is_json(const kw_http_result *result)
{
    return strcmp(result->media_type, "application/json") == 0;
}

static kw_status check_path(kw_authenticated_list list, const char *path, kw_error *err)
{
    for (size_t i = 0; path != NULL && i < list.count; i++) {
        kw_message_header header;
        KW_TRY_AT(err, kw_message_header_decode(&header, list.items[i].payload),
                  "reading the header of message %zu", i);
        KW_REQUIRE(kw_peer_path_takes(path, &header), err, KW_BAD_INPUT,
                   "message %zu is not one for %s", i, path);
    }
    return KW_OK;
}

static kw_status take_messages(kw_holder *h, kw_operator_reply *out,
                               const kw_holder_delivery *delivery, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_HOLDER_BODY_ARENA_MAX);
    kw_authenticated_list list;
    KW_TRY(kw_authenticated_decode(&list, &arena, delivery->json, err));
    KW_TRY(check_path(list, delivery->path, err));
    KW_AUTO(kw_locked) hold = kw_lock(&h->lock);
    KW_REQUIRE(!h->is_blocked && !h->is_stopping, err, KW_UNAVAILABLE,
               "the store takes no records");
    KW_REQUIRE(!kw_holder_is_quiet(h), err, KW_UNAVAILABLE,
               "this operator takes part after the next certificate");
    kw_operator_take(h->op, out, list, delivery->from, kw_holder_now(h));
    kw_holder_step(h);
    return KW_OK;
}

kw_status kw_holder_post(kw_holder *holder, kw_operator_reply *out,
                         const kw_holder_delivery *delivery, kw_error *err)
{
    kw_courier_heard(holder->courier, delivery->from);
    kw_status st = take_messages(holder, out, delivery, err);
    kw_holder_watch_delivery(&holder->watch, st == KW_OK ? out->st : st);
    return st;
}

static void take_file(kw_holder *h, const kw_address *from, kw_span bytes)
{
    KW_AUTO(kw_locked) hold = kw_lock(&h->lock);
    if (h->is_blocked || h->is_stopping || !kw_holder_may_take(h, bytes)) {
        return;
    }
    kw_status st = kw_operator_take_file(h->op, from, bytes, kw_holder_now(h));
    KW_UNUSED(st); /* what is wrong with it is for its sender to know */
    kw_holder_step(h);
}

static void take_head(kw_holder *h, const kw_address *from, const kw_hash32 *head)
{
    KW_AUTO(kw_locked) hold = kw_lock(&h->lock);
    if (h->is_blocked || h->is_stopping || kw_holder_is_quiet(h)) {
        return;
    }
    kw_operator_take_head(h->op, from, head);
    kw_holder_step(h);
}

void kw_holder_take_answer(void *ctx, const kw_courier_answer *answer)
{
    kw_holder *h = ctx;
    kw_hash32 head;
    kw_operator_reply reply = {0};
    if (answer->kind == KW_CARGO_SEND) {
        if (head_of(&head, answer->result)) {
            take_head(h, &answer->from, &head);
        }
    } else if (answer->st == KW_OK && is_json(answer->result)) {
        kw_holder_delivery delivery = {.from = &answer->from,
                                       .json = kw_buf_view(&answer->result->body)};
        kw_status st = take_messages(h, &reply, &delivery, NULL);
        KW_UNUSED(st); /* others have it too */
    } else if (answer->st == KW_OK) {
        take_file(h, &answer->from, kw_buf_view(&answer->result->body));
    } else if (answer->st == KW_NOT_FOUND && answer->kind == KW_CARGO_ASK) {
        take_file(h, &answer->from, (kw_span){0});
    }
}
