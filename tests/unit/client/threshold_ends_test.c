/* SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_ends.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

/* What a caller's functions have, and when they stop. */
typedef struct caller {
    const char *text;
    size_t at;
    size_t piece;       /* bytes of one read */
    size_t claims_more; /* than it read */
    int read_stop;
    int write_stop;
    char written[64];
    size_t written_len;
    uint64_t told_read;
    uint64_t told_written;
    int told_stop;
} caller;

static int caller_read(void *user, unsigned char *out, size_t max, size_t *out_bytes)
{
    caller *c = user;
    size_t len = KW_MIN(KW_MIN(strlen(c->text) - c->at, c->piece), max);
    memcpy(out, c->text + c->at, len);
    c->at += len;
    *out_bytes = len + c->claims_more;
    return c->read_stop;
}

static int caller_write(void *user, const unsigned char *bytes, size_t count)
{
    caller *c = user;
    assert_true(count > 0 && count <= sizeof c->written - c->written_len);
    memcpy(c->written + c->written_len, bytes, count);
    c->written_len += count;
    return c->write_stop;
}

static int caller_told(void *user, uint64_t read_bytes, uint64_t written_bytes)
{
    caller *c = user;
    assert_true(read_bytes >= c->told_read && written_bytes >= c->told_written);
    c->told_read = read_bytes;
    c->told_written = written_bytes;
    return c->told_stop;
}

static kw_threshold_flow flow_of(caller *c)
{
    kw_threshold_flow flow = KW_THRESHOLD_FLOW_INIT;
    flow.user = c;
    flow.read = caller_read;
    flow.write = caller_write;
    return flow;
}

/* Copies all from one end to the other, as jobs do, in pieces of four bytes. */
static kw_status copy(kw_client_ends *ends)
{
    const kw_client_flow flow = kw_client_ends_flow(ends);
    kw_error err = {0};
    kw_status st = kw_client_ends_open(ends, &err);
    st = st == KW_OK ? kw_client_ends_create(ends, 0600, &err) : st;
    uint8_t room[4];
    size_t len = 1;
    while (st == KW_OK && len > 0) {
        st = flow.read(flow.ctx, &len, KW_MSPAN(room), &err);
        st = st == KW_OK ? flow.write(flow.ctx, (kw_span){room, len}, &err) : st;
    }
    st = st == KW_OK ? kw_client_ends_commit(ends, &err) : st;
    assert_int_equal(err.status, st);
    kw_client_ends_drop(ends);
    kw_client_ends_drop(ends);
    return st;
}

static void flow__reads_and_writes_through_functions(void **state)
{
    KW_UNUSED(state);
    for (size_t piece = 1; piece < 6; piece++) {
        caller c = {.text = "all salaries", .piece = piece};
        const kw_threshold_flow flow = flow_of(&c);
        kw_client_ends ends = {.flow = &flow, .listener = {caller_told, &c}};
        EXPECT_OK(copy(&ends));
        EXPECT_STR(((kw_str){c.written, c.written_len}), "all salaries");
        assert_int_equal(c.told_read, 12);
        assert_int_equal(c.told_written, 12);
    }
}

static void flow__ends_when_a_function_says_so(void **state)
{
    KW_UNUSED(state);
    const struct {
        caller c;
        kw_status wanted;
    } rows[] = {
        {{.text = "abc", .piece = 3, .read_stop = 1}, KW_CANCELLED},
        {{.text = "abc", .piece = 3, .write_stop = -1}, KW_CANCELLED},
        {{.text = "abc", .piece = 3, .told_stop = 7}, KW_CANCELLED},
        {{.text = "abc", .piece = 3, .claims_more = 2}, KW_BAD_INPUT},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        caller c = rows[i].c;
        const kw_threshold_flow flow = flow_of(&c);
        kw_client_ends ends = {.flow = &flow, .listener = {caller_told, &c}};
        EXPECT_STATUS(copy(&ends), rows[i].wanted);
    }
}

static void open__refuses_flows_that_are_none(void **state)
{
    KW_UNUSED(state);
    caller c = {.text = "", .piece = 1};
    kw_threshold_flow flows[3] = {flow_of(&c), flow_of(&c), flow_of(&c)};
    flows[0].read = NULL;
    flows[1].write = NULL;
    flows[2].struct_bytes++;
    for (size_t i = 0; i < KW_COUNT(flows); i++) {
        kw_client_ends ends = {.flow = &flows[i]};
        EXPECT_STATUS(copy(&ends), KW_BAD_INPUT);
    }
}

static void memory__takes_what_it_has_room_for(void **state)
{
    KW_UNUSED(state);
    unsigned char out[13];
    for (size_t room = 0; room <= sizeof out; room++) {
        memset(out, '-', sizeof out);
        kw_threshold_memory memory = {(const unsigned char *)"all salaries", 12, out, room, 99};
        kw_client_ends ends = {.memory = &memory};
        EXPECT_STATUS(copy(&ends), room < 12 ? KW_LIMIT : KW_OK);
        assert_int_equal(memory.out_bytes, room < 12 ? 99 : 12);
        if (room >= 12) {
            EXPECT_STR(((kw_str){(char *)out, 12}), "all salaries");
        }
        for (size_t i = 0; i < sizeof out; i++) { /* wiped, or never touched */
            assert_true(room >= 12 || out[i] == 0 || out[i] == '-');
        }
    }
}

static void memory__may_be_empty_and_not_missing(void **state)
{
    KW_UNUSED(state);
    unsigned char out[1];
    kw_threshold_memory empty = {NULL, 0, out, 0, 99};
    kw_threshold_memory no_in = {NULL, 1, out, 1, 99};
    kw_threshold_memory no_out = {out, 1, NULL, 1, 99};
    kw_client_ends ends = {.memory = &empty};
    EXPECT_OK(copy(&ends));
    assert_int_equal(empty.out_bytes, 0);
    ends = (kw_client_ends){.memory = &no_in};
    EXPECT_STATUS(copy(&ends), KW_BAD_INPUT);
    ends = (kw_client_ends){.memory = &no_out};
    EXPECT_STATUS(copy(&ends), KW_BAD_INPUT);
}

static void files__appear_when_they_are_whole(void **state)
{
    KW_UNUSED(state);
    tempdir dir = tempdir_make();
    tempdir_path in = tempdir_join(&dir, "in");
    tempdir_path out = tempdir_join(&dir, "out");
    kw_file_info info;
    caller c = {.told_stop = 1};
    EXPECT_OK(kw_file_write_atomic(in.text, kw_span_of_str(KW_STR("all salaries")), 0600, NULL));
    kw_client_ends ends = {.in_path = in.text, .out_path = out.text, .listener = {caller_told, &c}};
    EXPECT_STATUS(copy(&ends), KW_CANCELLED);
    EXPECT_STATUS(kw_file_stat(&info, out.text, NULL), KW_NOT_FOUND);
    ends = (kw_client_ends){.in_path = in.text, .out_path = out.text};
    EXPECT_OK(copy(&ends));
    EXPECT_OK(kw_file_stat(&info, out.text, NULL));
    assert_int_equal(info.size, 12);
    assert_int_equal(info.mode, 0600);
    ends = (kw_client_ends){.in_path = in.text};
    EXPECT_STATUS(copy(&ends), KW_BAD_INPUT);
    ends = (kw_client_ends){.out_path = out.text};
    EXPECT_STATUS(copy(&ends), KW_BAD_INPUT);
    ends = (kw_client_ends){.in_path = tempdir_join(&dir, "none").text, .out_path = out.text};
    EXPECT_STATUS(copy(&ends), KW_NOT_FOUND);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flow__reads_and_writes_through_functions),
        cmocka_unit_test(flow__ends_when_a_function_says_so),
        cmocka_unit_test(open__refuses_flows_that_are_none),
        cmocka_unit_test(memory__takes_what_it_has_room_for),
        cmocka_unit_test(memory__may_be_empty_and_not_missing),
        cmocka_unit_test(files__appear_when_they_are_whole),
    };
    return cmocka_run_group_tests_name("client/threshold_ends", tests, NULL, NULL);
}
