/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/courier_watch.h"

#include "support/expect.h"

#define MEMBER "0x00000000000000000000000000000000000000ff"

typedef struct desk {
    kw_buf lines; /* of the log */
    kw_log *log;
    kw_metrics *metrics;
    kw_courier_watch watch;
    kw_cargo cargo;
    kw_parcel parcel;
} desk;

static kw_status keep(void *ctx, kw_span line)
{
    return kw_buf_append(ctx, line);
}

static kw_unix_ms no_time(void *ctx)
{
    KW_UNUSED(ctx);
    return 0;
}

/* Must not move afterwards. */
static void open_desk(desk *d)
{
    *d = (desk){.lines = kw_buf_init(1 << 16),
                .cargo = {.kind = KW_CARGO_SEND, .path = "/dkg/hello"},
                .parcel = {.to = {{[19] = 0xff}}}};
    d->parcel.cargo = &d->cargo;
    kw_log_sink sink = {.write = keep, .ctx = &d->lines, .now_ms = no_time};
    EXPECT_OK(kw_log_new(&d->log, &sink, KW_LOG_DEBUG));
    EXPECT_OK(kw_metrics_new(&d->metrics));
    d->watch = (kw_courier_watch){.log = d->log, .metrics = d->metrics};
    EXPECT_OK(kw_courier_watch_open(&d->watch, NULL));
}

static void close_desk(desk *d)
{
    kw_log_free(d->log);
    kw_metrics_free(d->metrics);
    kw_buf_drop(&d->lines);
}

/* The log holds exactly this event, whose fields follow; NULL: none. It is emptied. */
static void expect_event(desk *d, const char *text)
{
    const char *lines = NULL;
    EXPECT_OK(kw_buf_c_text(&d->lines, &lines));
    if (text == NULL) {
        assert_string_equal(lines, "");
    } else if (strstr(lines, text) == NULL || strchr(lines, '\n')[1] != '\0') {
        fail_msg("not one line with %s: %s", text, lines);
    }
    kw_buf_clear(&d->lines);
}

static void expect_metric(desk *d, const char *line)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    const char *text = NULL;
    EXPECT_OK(kw_metrics_print(&out, d->metrics));
    EXPECT_OK(kw_buf_c_text(&out, &text));
    if (strstr(text, line) == NULL) {
        fail_msg("no %s in %s", line, text);
    }
}

static void turn__counts_outcomes(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    static const struct {
        kw_parcel_try tried;
        const char *line;
    } cases[] = {
        {{.st = KW_OK, .http = 200, .took_ms = 20}, ",outcome=\"ok\"} 1\n"},
        {{.st = KW_OK, .http = 204, .took_ms = 20}, ",outcome=\"ok\"} 2\n"},
        {{.st = KW_BUSY, .http = 503, .took_ms = 2}, ",outcome=\"busy\"} 1\n"},
        {{.st = KW_RATE_LIMITED, .http = 429, .took_ms = 2}, ",outcome=\"busy\"} 2\n"},
        {{.st = KW_CONFLICT, .http = 409, .took_ms = 2}, ",outcome=\"refused\"} 1\n"},
        {{.st = KW_NETWORK, .took_ms = 3000}, ",outcome=\"silent\"} 1\n"},
        {{.st = KW_NETWORK, .http = 200}, ",outcome=\"silent\"} 2\n"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_courier_turn turn = {.parcel = &d.parcel, .tried = &cases[i].tried};
        kw_courier_watch_turn(&d.watch, &turn);
        expect_metric(&d, cases[i].line);
    }
    expect_metric(&d, "keyward_courier_tries_total{member=\"" MEMBER "\",outcome=\"ok\"} 2\n");
    expect_metric(&d, "keyward_courier_answer_seconds_count 5\n");
    expect_metric(&d, "keyward_courier_answer_seconds_bucket{le=\"0.005\"} 3\n");
    expect_event(&d, NULL);
    close_desk(&d);
}

static void turn__tells_when_a_member_goes_and_comes(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    static const kw_parcel_try silent = {.st = KW_PEER_REFUSED};
    static const kw_parcel_try answered = {.st = KW_OK, .http = 200};
    for (int before = 0; before < KW_COURIER_HEALTHS; before++) {
        for (int after = 0; after < KW_COURIER_HEALTHS; after++) {
            kw_courier_turn turn = {.parcel = &d.parcel,
                                    .tried = after == KW_COURIER_DOWN ? &silent : &answered,
                                    .before = (kw_courier_health)before,
                                    .after = (kw_courier_health)after};
            kw_courier_watch_turn(&d.watch, &turn);
            bool was_down = before == KW_COURIER_DOWN;
            bool is_down = after == KW_COURIER_DOWN;
            if (was_down == is_down) {
                expect_event(&d, NULL);
            } else if (is_down) {
                expect_event(&d, "\"level\":\"warn\",\"event\":\"courier_member_down\","
                                 "\"member\":\"" MEMBER "\",\"code\":\"peer_refused\"}");
            } else {
                expect_event(&d, "\"level\":\"info\",\"event\":\"courier_member_up\","
                                 "\"member\":\"" MEMBER "\",\"code\":\"ok\"}");
            }
        }
    }
    close_desk(&d);
}

static void turn__tells_what_was_refused_for_good(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    static const kw_parcel_try refused = {.st = KW_CONFLICT, .http = 409};
    kw_courier_turn turn = {.parcel = &d.parcel, .tried = &refused};
    kw_courier_watch_turn(&d.watch, &turn); /* it is tried again */
    expect_event(&d, NULL);
    turn.is_over = true;
    kw_courier_watch_turn(&d.watch, &turn);
    expect_event(&d, "\"event\":\"courier_refused\",\"member\":\"" MEMBER
                     "\",\"path\":\"/dkg/hello\",\"http\":409}");
    d.cargo.kind = KW_CARGO_PULL; /* that one has it not is nothing to tell */
    kw_courier_watch_turn(&d.watch, &turn);
    expect_event(&d, NULL);
    close_desk(&d);
}

static void loss__says_why(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_courier_watch_loss(&d.watch, &d.parcel.to, KW_LIMIT);
    kw_courier_watch_loss(&d.watch, &d.parcel.to, KW_CANCELLED);
    kw_courier_watch_loss(&d.watch, &d.parcel.to, KW_TIMED_OUT);
    kw_courier_watch_loss(&d.watch, &d.parcel.to, KW_NOT_FOUND);
    expect_metric(&d, "keyward_courier_lost_total{member=\"" MEMBER "\",why=\"full\"} 1\n");
    expect_metric(&d, "keyward_courier_lost_total{member=\"" MEMBER "\",why=\"gone\"} 1\n");
    expect_metric(&d, "keyward_courier_lost_total{member=\"" MEMBER "\",why=\"late\"} 2\n");
    close_desk(&d);
}

static void census__shows_each_health(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_courier_census census = {.counts = {1, 2, 3, 4}};
    kw_courier_watch_census(&d.watch, &census);
    expect_metric(&d, "keyward_courier_members{health=\"unknown\"} 1\n");
    expect_metric(&d, "keyward_courier_members{health=\"up\"} 2\n");
    expect_metric(&d, "keyward_courier_members{health=\"slow\"} 3\n");
    expect_metric(&d, "keyward_courier_members{health=\"down\"} 4\n");
    close_desk(&d);
}

static void watch__without_log_and_metrics_does_nothing(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_courier_watch watch = {0};
    EXPECT_OK(kw_courier_watch_open(&watch, NULL));
    static const kw_parcel_try silent = {.st = KW_NETWORK};
    kw_courier_turn turn = {.parcel = &d.parcel,
                            .tried = &silent,
                            .before = KW_COURIER_UP,
                            .after = KW_COURIER_DOWN,
                            .is_over = true};
    kw_courier_watch_turn(&watch, &turn);
    kw_courier_watch_loss(&watch, &d.parcel.to, KW_LIMIT);
    kw_courier_watch_census(&watch, &(kw_courier_census){{1}});
    expect_event(&d, NULL);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turn__counts_outcomes),
        cmocka_unit_test(turn__tells_when_a_member_goes_and_comes),
        cmocka_unit_test(turn__tells_what_was_refused_for_good),
        cmocka_unit_test(loss__says_why),
        cmocka_unit_test(census__shows_each_health),
        cmocka_unit_test(watch__without_log_and_metrics_does_nothing),
    };
    return cmocka_run_group_tests_name("threshold/courier_watch", tests, NULL, NULL);
}
