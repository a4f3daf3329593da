/* SPDX-License-Identifier: Apache-2.0
 * When to try again: exponential back-off with full jitter, pure. */
#ifndef KW_NET_BACKOFF_H
#define KW_NET_BACKOFF_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct kw_backoff {
    uint32_t base_ms;      /* ceiling of the first wait, >= 1 */
    uint32_t max_ms;       /* ceiling of every wait */
    uint32_t attempts_max; /* calls in all, the first included; 0 and 1 = no retry */
} kw_backoff;

/* Milliseconds to wait after `attempts_done` (>= 1) failed calls: uniform in 0 ..
 * min(max_ms, base_ms * 2^(attempts_done - 1)), chosen by `random`; at least `retry_after_ms`,
 * which the peer asked for (0 = it did not). */
uint64_t kw_backoff_wait_ms(const kw_backoff *backoff, uint32_t attempts_done,
                            uint64_t retry_after_ms, uint64_t random);

/* True when a call that ended with HTTP status `http` (0 = no answer: NETWORK or TIMED_OUT) may be
 * repeated: no answer, 408, 425, 429, 500, 502, 503, 504, and then only when the call is
 * idempotent, except that 429 and 503 say that nothing was done. */
bool kw_backoff_is_retryable(int http, bool is_idempotent);

/* Reads Retry-After (RFC 9110 section 10.2.3): seconds or an HTTP date, relative to `now_s`, cut at
 * one day. False: neither. */
KW_MUST_USE bool kw_retry_after_parse(uint64_t *out_ms, const char *text, int64_t now_s);

/* Reads an HTTP date in the preferred form "Sun, 06 Nov 1994 08:49:37 GMT" as seconds since
 * 1970. */
KW_MUST_USE bool kw_http_date_parse(int64_t *out_s, const char *text);

/* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL. */
#define KW_HTTP_DATE_BYTES 30

/* Writes that form; years 1970..9999. */
void kw_http_date_format(char out[KW_HTTP_DATE_BYTES], int64_t at_s);

#endif /* KW_NET_BACKOFF_H */
