/* SPDX-License-Identifier: Apache-2.0
 * Leaves from an HTTP answer (RFC 9110 sections 14.2 and 15.3.7). */
#include "client/download_link.h"

#include "crypto/merkle.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    HTTP_OK = 200,
    HTTP_PARTIAL = 206,
};

static kw_status refuse(kw_download_link *link, kw_status st, const char *why)
{
    link->refusal = why;
    return st;
}

/* ---- the head of the answer ---- */

/* "bytes <first>-<last>/<length>", exactly what was asked for. */
static bool is_our_range(const kw_download_link *link, kw_str range)
{
    char wanted[96];
    (void)snprintf(wanted, sizeof wanted, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
                   link->task.first, link->task.end - 1, link->desk->plan->rules.file_bytes);
    return kw_str_equal(range, kw_str_of(wanted));
}

static bool is_whole_file(const kw_download_link *link)
{
    return link->task.first == 0 && link->task.end == link->desk->plan->rules.file_bytes;
}

/* What is wrong with the head of an answer that was a success; NULL: nothing. */
static const char *fault_of_head(const kw_download_link *link, const kw_http_result *result)
{
    kw_str encoding = kw_http_result_field(result, "content-encoding");
    if (encoding.len > 0 && !kw_str_equal_nocase(encoding, KW_STR("identity"))) {
        return "it encodes the bytes";
    }
    if (result->http == HTTP_PARTIAL) {
        return is_our_range(link, kw_http_result_field(result, "content-range"))
                   ? NULL
                   : "it sends another range than was asked for";
    }
    return result->http == HTTP_OK && is_whole_file(link)
               ? NULL
               : "it does not send the range that was asked for";
}

/* ---- its body ---- */

static kw_status own_failure(kw_download_link *link, kw_status st)
{
    link->desk->failure = st;
    return st;
}

/* Hashes the leaf that is complete; writes it when it is right and new. */
static kw_status close_leaf(kw_download_link *link)
{
    kw_download_desk *desk = link->desk;
    uint64_t number = link->at / KW_LEAF_BYTES;
    kw_span bytes = {link->leaf, link->leaf_len};
    kw_hash32 hash;
    kw_merkle_leaf(&hash, bytes);
    if (!kw_hash32_equal(&hash, &desk->hashes->items[number])) {
        return refuse(link, KW_HASH, "it sends other bytes than were signed");
    }
    if (!kw_download_plan_has(desk->plan, number)) {
        kw_status st = kw_part_file_write(desk->part, link->at, bytes, desk->err);
        if (st != KW_OK) {
            return own_failure(link, st);
        }
        (void)kw_download_plan_take(desk->plan, link->slot, number);
    }
    link->at += bytes.len;
    link->leaf_len = 0;
    return KW_OK;
}

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    kw_download_link *link = ctx;
    kw_download_desk *desk = link->desk;
    desk->received += bytes.len;
    kw_download_plan_feel(desk->plan, link->slot, bytes.len);
    while (bytes.len > 0) {
        if (link->at == link->task.end) {
            return refuse(link, KW_PEER_REFUSED, "it sends more than was asked for");
        }
        size_t leaf_bytes = kw_download_plan_leaf_bytes(desk->plan, link->at / KW_LEAF_BYTES);
        size_t len = KW_MIN(bytes.len, leaf_bytes - link->leaf_len);
        memcpy(link->leaf + link->leaf_len, bytes.ptr, len);
        link->leaf_len += len;
        bytes = (kw_span){bytes.ptr + len, bytes.len - len};
        if (link->leaf_len == leaf_bytes) {
            KW_TRY(close_leaf(link));
        }
    }
    bool is_overtaken =
        link->at < link->task.end && kw_download_plan_is_idle(desk->plan, link->slot);
    return is_overtaken ? KW_CANCELLED : KW_OK;
}

/* ---- doors ---- */

void kw_download_link_open(kw_download_link *link, kw_download_desk *desk, const char *url,
                           uint8_t *leaf)
{
    link->desk = desk;
    link->leaf = leaf;
    link->leaf_len = 0;
    link->at = link->task.first;
    link->refusal = NULL;
    atomic_store(&link->is_cut, false);
    (void)snprintf(link->range, sizeof link->range, "bytes=%" PRIu64 "-%" PRIu64, link->task.first,
                   link->task.end - 1);
    link->fields[0] = (kw_http_field){"Range", link->range};
    link->fields[1] = (kw_http_field){"Accept-Encoding", "identity"};
    link->call = (kw_http_call){.method = KW_GET,
                                .url = url,
                                .fields = link->fields,
                                .fields_count = KW_COUNT(link->fields),
                                .on_bytes = take_bytes,
                                .ctx = link,
                                .drops_body = true,
                                .cancel = &link->is_cut};
}

/* Of an answer that was no success, or of none. */
static kw_plan_outcome judge_failure(const char **out_why, kw_status st,
                                     const kw_http_result *result)
{
    if (result->http == HTTP_OK || result->http == HTTP_PARTIAL) {
        *out_why = "it breaks off";
        return KW_PLAN_BROKEN;
    }
    if (result->http == 0) {
        bool is_stranger = st == KW_PEER_REFUSED;
        *out_why = is_stranger ? "its certificate is not accepted" : "it cannot be reached";
        return is_stranger ? KW_PLAN_LYING : KW_PLAN_BROKEN;
    }
    bool is_busy = kw_backoff_is_retryable(result->http, true);
    *out_why = is_busy ? "it is busy or broken" : "it does not have the file";
    return is_busy ? KW_PLAN_BROKEN : KW_PLAN_LYING;
}

kw_plan_outcome kw_download_link_judge(const kw_download_link *link, const char **out_why,
                                       kw_status st, const kw_http_result *result)
{
    bool is_success = result->http >= 200 && result->http < 300;
    const char *fault = is_success ? fault_of_head(link, result) : NULL;
    *out_why = fault == NULL ? link->refusal : fault;
    if (*out_why != NULL) {
        return KW_PLAN_LYING;
    }
    if (kw_download_plan_is_idle(link->desk->plan, link->slot)) {
        return KW_PLAN_DONE;
    }
    if (atomic_load(&link->is_cut)) {
        *out_why = "it is too slow";
        return KW_PLAN_BROKEN;
    }
    if (st == KW_OK) {
        *out_why = "it sends less than was asked for";
        return KW_PLAN_LYING;
    }
    return judge_failure(out_why, st, result);
}
