/* SPDX-License-Identifier: Apache-2.0
 * The clock of end-to-end tests. */
#include "node/test_clock.h"

#include "base/buf.h"
#include "os/file.h"

/* 7,000 years: the calendars of emtp/ end in the year 9000. */
#define OFFSET_S_MAX INT64_C(220000000000)

static bool read_offset(int64_t *out_ms, kw_str text)
{
    bool is_signed = text.len > 1 && (text.ptr[0] == '+' || text.ptr[0] == '-');
    uint64_t seconds = 0;
    if (!is_signed ||
        !kw_str_to_u64((kw_str){text.ptr + 1, text.len - 1}, OFFSET_S_MAX, &seconds)) {
        return false;
    }
    *out_ms = (text.ptr[0] == '-' ? -(int64_t)seconds : (int64_t)seconds) * 1000;
    return true;
}

kw_status kw_test_clock_parse(int64_t *out_moved_ms, kw_str text, kw_unix_ms system_ms,
                              kw_error *err)
{
    kw_str trimmed = kw_str_trim(text);
    kw_unix_s moment = 0;
    int64_t moved_ms = 0;
    if (kw_utc_parse(&moment, trimmed)) {
        moved_ms = moment * 1000 - system_ms;
    } else if (!read_offset(&moved_ms, trimmed)) {
        return kw_fail(err, KW_CONFIG, "test clock: neither a moment nor an offset");
    }
    bool is_fit = system_ms + moved_ms >= 0 && system_ms + moved_ms < OFFSET_S_MAX * 1000;
    KW_REQUIRE(is_fit, err, KW_CONFIG, "test clock: outside the years 1970 to 8940");
    *out_moved_ms = moved_ms;
    return KW_OK;
}

kw_status kw_test_clock_refresh(kw_test_clock *clock, kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(sizeof clock->seen - 1);
    KW_TRY_AT(err, kw_file_read(&text, clock->path, err), "reading the test clock");
    if (kw_str_equal(kw_buf_text(&text), kw_str_of(clock->seen))) {
        return KW_OK;
    }
    kw_clock system = kw_clock_system();
    int64_t moved_ms = 0;
    KW_TRY(kw_test_clock_parse(&moved_ms, kw_buf_text(&text), kw_clock_now_ms(&system), err));
    memset(clock->seen, 0, sizeof clock->seen);
    if (text.len > 0) {
        memcpy(clock->seen, text.ptr, text.len);
    }
    atomic_store(&clock->moved_ms, moved_ms);
    return KW_OK;
}

static kw_unix_ms now_ms(void *ctx)
{
    kw_test_clock *clock = ctx;
    kw_clock system = kw_clock_system();
    return kw_clock_now_ms(&system) + atomic_load(&clock->moved_ms);
}

kw_clock kw_test_clock_port(kw_test_clock *clock)
{
    return (kw_clock){.now_ms = now_ms, .ctx = clock};
}
