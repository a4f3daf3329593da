/* SPDX-License-Identifier: Apache-2.0
 * Files of a small ceremony. */
#include "support/zk_case.h"

#include "support/expect.h"
#include "support/tree.h"

#include <inttypes.h>
#include <stdio.h>

void zk_case_open(zk_case *c, const char *name)
{
    char path[128];
    *c = (zk_case){.bytes = kw_buf_init(1 << 20)};
    (void)snprintf(path, sizeof path, "tests/vectors/params/%s", name);
    tree_read(&c->bytes, path);
    c->bytes.max = 1 << 20;
    zk_case_changed(c);
}

void zk_case_drop(zk_case *c)
{
    kw_buf_drop(&c->bytes);
}

kw_zk_job zk_case_job(const zk_case *c, kw_zk_level level)
{
    return (kw_zk_job){.source = &c->source, .level = level, .seed = {{1, 2, 3}}};
}

void zk_case_changed(zk_case *c)
{
    c->span = kw_buf_view(&c->bytes);
    c->source = kw_zk_source_of_span(&c->span);
}

void zk_case_swap(zk_case *c, uint64_t a, uint64_t b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = c->bytes.ptr[a + i];
        c->bytes.ptr[a + i] = c->bytes.ptr[b + i];
        c->bytes.ptr[b + i] = byte;
    }
}

void zk_case_expect(const zk_case *c, uint32_t section, uint64_t index, kw_status cause)
{
    char text[64];
    EXPECT_STATUS(c->err.status, KW_ZK_INVALID);
    EXPECT_STATUS(c->fault.cause, cause);
    assert_int_equal(c->fault.place.section, section);
    assert_int_equal(c->fault.place.index, index);
    (void)snprintf(text, sizeof text, "section %" PRIu32 ", ", section);
    assert_non_null(strstr(c->err.text, text));
    (void)snprintf(text, sizeof text, " %" PRIu64 ", byte %" PRIu64 ": ", index,
                   c->fault.place.offset);
    assert_true(index == KW_ZK_NO_INDEX || strstr(c->err.text, text) != NULL);
    assert_non_null(strstr(c->err.text, c->fault.what));
}
