/* SPDX-License-Identifier: Apache-2.0
 * Loops: mail from other threads, dates, listening, the end. */
#include "net/loop.h"

#include "base/heap.h"
#include "net/conn.h"
#include "support/expect.h"
#include "support/wire_peer.h"

typedef struct counted_mail {
    kw_mail mail; /* first */
    unsigned number;
    unsigned *next; /* expected */
    _Atomic unsigned *delivered;
} counted_mail;

static void count_mail(kw_mail *mail)
{
    counted_mail *m = (counted_mail *)(void *)mail;
    assert_int_equal(m->number, *m->next);
    (*m->next)++;
    (void)atomic_fetch_add(m->delivered, 1);
}

static kw_status greet(void *ctx, const kw_peer *peer)
{
    KW_UNUSED(peer);
    (void)atomic_fetch_add((_Atomic unsigned *)ctx, 1);
    return KW_FORBIDDEN;
}

typedef struct loop_case {
    kw_clock clock;
    kw_gate gate;
    _Atomic unsigned greeted;
    kw_core core;
    kw_loop loop;
} loop_case;

static void prepare(loop_case *c)
{
    memset(c, 0, sizeof *c);
    c->clock = kw_clock_system();
    c->gate = (kw_gate){.ctx = &c->greeted, .greet = greet};
    c->core = (kw_core){.config = kw_net_config_default(), .gate = &c->gate, .clock = &c->clock};
    EXPECT_OK(kw_loop_init(&c->loop, &c->core, 0, NULL));
}

typedef struct end_mail {
    kw_mail mail; /* first */
    kw_loop *loop;
} end_mail;

static void drain_and_cut(kw_mail *mail)
{
    kw_loop *loop = ((end_mail *)(void *)mail)->loop;
    kw_loop_drain(loop);
    assert_false(kw_loop_is_notice_over(loop));
    kw_loop_cut(loop);
}

static void end(loop_case *c)
{
    end_mail last = {.mail.deliver = drain_and_cut, .loop = &c->loop};
    kw_loop_post(&c->loop, &last.mail);
    kw_loop_drop(&c->loop);
    kw_loop_drop(&c->loop); /* may run twice */
}

static void post__delivers_in_order(void **state)
{
    (void)state;
    enum {
        MAILS = 1000
    };
    static counted_mail mails[MAILS];
    unsigned next = 0;
    _Atomic unsigned delivered = 0;
    loop_case c;
    prepare(&c);
    EXPECT_OK(kw_loop_start(&c.loop, NULL));
    for (unsigned i = 0; i < MAILS; i++) {
        mails[i] = (counted_mail){{NULL, count_mail}, i, &next, &delivered};
        kw_loop_post(&c.loop, &mails[i].mail);
    }
    while (atomic_load(&delivered) < MAILS) {
        kw_sleep_ms(1);
    }
    end(&c);
    assert_int_equal(next, MAILS);
}

static void date__follows_the_given_moment(void **state)
{
    (void)state;
    loop_case c;
    prepare(&c);
    EXPECT_STR(kw_loop_date(&c.loop, 784111777999), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_STR(kw_loop_date(&c.loop, 784111778000), "Sun, 06 Nov 1994 08:49:38 GMT");
    EXPECT_STR(kw_loop_date(&c.loop, 0), "Thu, 01 Jan 1970 00:00:00 GMT");
    kw_loop_drop(&c.loop);
}

static void listen__reports_its_port_and_greets(void **state)
{
    (void)state;
    loop_case c;
    kw_endpoint address = {0};
    EXPECT_OK(kw_endpoint_parse(&address, KW_STR("[::1]:0")));
    prepare(&c);
    kw_status st = kw_loop_listen(&c.loop, KW_LISTENER_PUBLIC, &address, NULL, NULL);
    assert_true(st == KW_OK || st == KW_IO); /* a machine without IPv6 */
    EXPECT_OK(kw_endpoint_parse(&address, KW_STR("127.0.0.1:0")));
    EXPECT_OK(kw_loop_listen(&c.loop, KW_LISTENER_METRICS, &address, NULL, NULL));
    assert_true(address.port > 0);
    EXPECT_OK(kw_loop_start(&c.loop, NULL));
    wire_peer peer;
    wire_connect(&peer, address.port);
    assert_false(wire_read(&peer)); /* this gate wants nobody */
    wire_close(&peer);
    end(&c);
    assert_int_equal(c.greeted, 1);
    assert_int_equal(atomic_load(&c.loop.tallies[KW_TALLY_REFUSED]), 1);
}

static void listen__fails_on_an_address_that_is_not_ours(void **state)
{
    (void)state;
    loop_case c;
    kw_endpoint address = {0};
    kw_error err = {0};
    EXPECT_OK(kw_endpoint_parse(&address, KW_STR("192.0.2.1:9")));
    prepare(&c);
    EXPECT_STATUS(kw_loop_listen(&c.loop, KW_LISTENER_PUBLIC, &address, NULL, &err), KW_IO);
    assert_non_null(strstr(err.text, "192.0.2.1:9"));
    kw_loop_drop(&c.loop);
}

static void init__survives_each_failing_allocation(void **state)
{
    (void)state;
    loop_case c;
    memset(&c, 0, sizeof c);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        kw_heap_fail_at(nth);
        st = kw_loop_init(&c.loop, &c.core, 0, NULL);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        kw_loop_drop(&c.loop);
    }
}

static void tally__counts_up_and_down(void **state)
{
    (void)state;
    loop_case c;
    prepare(&c);
    kw_loop_count(&c.loop, KW_TALLY_OPEN, 2);
    kw_loop_count(&c.loop, KW_TALLY_OPEN, (uint64_t)-1);
    assert_int_equal(atomic_load(&c.loop.tallies[KW_TALLY_OPEN]), 1);
    kw_conn conn = {.loop = &c.loop, .is_closing = true};
    kw_loop_make_ready(&c.loop, &conn); /* a closing one is not flushed any more */
    assert_null(c.loop.ready);
    kw_loop_flush(&c.loop);
    kw_loop_drop(&c.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(post__delivers_in_order),
        cmocka_unit_test(date__follows_the_given_moment),
        cmocka_unit_test(listen__reports_its_port_and_greets),
        cmocka_unit_test(listen__fails_on_an_address_that_is_not_ours),
        cmocka_unit_test(init__survives_each_failing_allocation),
        cmocka_unit_test(tally__counts_up_and_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
