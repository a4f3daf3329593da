/* SPDX-License-Identifier: Apache-2.0
 * Collecting the known fields of a request. */
#include "net/head.h"

typedef struct field_row {
    const char *name;
    uint8_t len;
    bool joins;
} field_row;

static const field_row rows[KW_HTTP_HEAD_FIELDS_COUNT] = {
#define X(id, text, joins_) [KW_HTTP_HEAD_##id] = {(text), sizeof(text) - 1, (joins_)},
    KW_HTTP_HEAD_FIELD_TABLE(X)
#undef X
};

void kw_http_head_set_method(kw_http_head *head, kw_str name)
{
    head->is_head = kw_str_equal(name, KW_STR("HEAD"));
    head->method = head->is_head ? KW_GET : KW_METHOD_NONE;
    for (kw_method m = KW_GET; m <= KW_DELETE; m++) {
        if (kw_str_equal(name, kw_str_of(kw_method_name(m)))) {
            head->method = m;
        }
    }
}

static size_t find_row(kw_str name)
{
    for (size_t i = 0; i < KW_HTTP_HEAD_FIELDS_COUNT; i++) {
        if (rows[i].len == name.len &&
            kw_str_equal_nocase((kw_str){rows[i].name, rows[i].len}, name)) {
            return i;
        }
    }
    return KW_HTTP_HEAD_FIELDS_COUNT;
}

bool kw_http_head_keeps(kw_str name)
{
    return find_row(name) < KW_HTTP_HEAD_FIELDS_COUNT;
}

kw_status kw_http_head_add(kw_http_head *head, kw_arena *arena, kw_str name, kw_str value)
{
    size_t i = find_row(name);
    if (i == KW_HTTP_HEAD_FIELDS_COUNT) {
        return KW_OK;
    }
    if (!head->has[i]) {
        head->has[i] = true;
        head->value[i] = value;
        return KW_OK;
    }
    if (!rows[i].joins) {
        return KW_BAD_INPUT;
    }
    return kw_arena_format(arena, &head->value[i], "%.*s, %.*s", KW_STR_ARG(head->value[i]),
                           KW_STR_ARG(value));
}

kw_status kw_http_head_finish(kw_http_head *head)
{
    if (head->target.len == 0 || head->target.ptr[0] != '/') {
        return KW_BAD_INPUT;
    }
    if (head->has[KW_HTTP_HEAD_CONTENT_LENGTH]) {
        kw_str text = head->value[KW_HTTP_HEAD_CONTENT_LENGTH];
        if (!kw_str_to_u64(text, INT64_MAX, &head->content_length)) {
            return KW_BAD_INPUT;
        }
        head->has_content_length = true;
        head->has_body = head->content_length > 0;
    }
    if (head->has[KW_HTTP_HEAD_EXPECT]) {
        head->expects_continue =
            kw_str_equal_nocase(head->value[KW_HTTP_HEAD_EXPECT], KW_STR("100-continue"));
        if (!head->expects_continue) {
            return KW_BAD_INPUT;
        }
    }
    return KW_OK;
}

bool kw_list_next(kw_str *rest, kw_str *out)
{
    while (rest->len > 0) {
        kw_str item = {0};
        kw_str tail = {0};
        (void)kw_str_split(*rest, ',', &item, &tail);
        *rest = tail;
        *out = kw_str_trim(item);
        if (out->len > 0) {
            return true;
        }
    }
    return false;
}
