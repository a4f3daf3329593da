/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/holder_watch.h"

#include "support/expect.h"

typedef struct desk {
    kw_metrics *metrics;
    kw_holder_watch watch;
} desk;

static void open_desk(desk *d)
{
    *d = (desk){0};
    EXPECT_OK(kw_metrics_new(&d->metrics));
    d->watch.metrics = d->metrics;
    d->watch.interval_ms = 600000;
    EXPECT_OK(kw_holder_watch_open(&d->watch, NULL));
}

static bool shows(desk *d, const char *line)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    const char *text = NULL;
    EXPECT_OK(kw_metrics_print(&out, d->metrics));
    EXPECT_OK(kw_buf_c_text(&out, &text));
    return strstr(text, line) != NULL;
}

static void state__is_gauges(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_holder_state one = {.epoch = 3,
                           .epoch_timestamp = 1800,
                           .epoch_every_s = 600,
                           .boundary = 2400,
                           .n = 7,
                           .is_member = true,
                           .has_share = true,
                           .is_blocked = true};
    kw_holder_watch_state(&d.watch, &one);
    static const char *const lines[] = {"\nkeyward_threshold_epoch 3\n",
                                        "\nkeyward_threshold_epoch_timestamp_seconds 1800\n",
                                        "\nkeyward_threshold_epoch_every_seconds 600\n",
                                        "\nkeyward_threshold_boundary_timestamp_seconds 2400\n",
                                        "\nkeyward_threshold_operators 7\n",
                                        "\nkeyward_threshold_is_member 1\n",
                                        "\nkeyward_threshold_has_share 1\n",
                                        "\nkeyward_threshold_store_is_blocked 1\n"};
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        assert_true(shows(&d, lines[i]));
    }
    kw_holder_watch_state(&d.watch, &(kw_holder_state){.epoch = 3});
    assert_true(shows(&d, "\nkeyward_threshold_has_share 0\n"));
    kw_metrics_free(d.metrics);
}

static void events__are_counted_by_their_outcome(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_holder_watch_boundary(&d.watch, KW_OK);
    kw_holder_watch_boundary(&d.watch, KW_UNAVAILABLE);
    kw_holder_watch_operators(&d.watch, KW_BAD_INPUT);
    kw_holder_watch_delivery(&d.watch, KW_OK);
    kw_holder_watch_delivery(&d.watch, KW_OK);
    kw_holder_watch_delivery(&d.watch, KW_CONFLICT);
    kw_holder_watch_aborted(&d.watch);
    kw_holder_watch_fraud(&d.watch);
    static const char *const lines[] = {
        "keyward_threshold_boundaries_total{code=\"ok\"} 1\n",
        "keyward_threshold_boundaries_total{code=\"unavailable\"} 1\n",
        "keyward_threshold_operators_reads_total{code=\"bad_input\"} 1\n",
        "keyward_threshold_deliveries_total{code=\"ok\"} 2\n",
        "keyward_threshold_deliveries_total{code=\"conflict\"} 1\n",
        "keyward_threshold_sessions_total{outcome=\"aborted\"} 1\n",
        "keyward_threshold_frauds_total 1\n",
    };
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        assert_true(shows(&d, lines[i]));
    }
    kw_metrics_free(d.metrics);
}

static void certified__observes_only_what_was_made_now(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_holder_watch_certified(&d.watch, 600001); /* learnt of an interval later */
    assert_true(shows(&d, "keyward_threshold_certificate_seconds_count 0\n"));
    kw_holder_watch_certified(&d.watch, 1500);
    assert_true(shows(&d, "keyward_threshold_certificate_seconds_count 1\n"));
    assert_true(shows(&d, "keyward_threshold_certificate_seconds_sum 1.5\n"));
    assert_true(shows(&d, "keyward_threshold_sessions_total{outcome=\"certified\"} 2\n"));
    kw_metrics_free(d.metrics);
}

static void said__observes_the_first_of_a_type_in_a_session(void **state)
{
    (void)state;
    desk d;
    open_desk(&d);
    kw_message_header header = {.type = KW_MESSAGE_ECHO, .timestamp = 600};
    kw_holder_watch_said(&d.watch, &header, 600250);
    kw_holder_watch_said(&d.watch, &header, 609000); /* sent again */
    assert_true(shows(&d, "keyward_threshold_phase_seconds_sum{said=\"echo\"} 0.25\n"));
    header.type = KW_MESSAGE_COMMIT;
    kw_holder_watch_said(&d.watch, &header, 599000); /* a clock behind */
    assert_true(shows(&d, "keyward_threshold_phase_seconds_sum{said=\"commit\"} 0\n"));
    assert_true(shows(&d, "keyward_threshold_phase_seconds_count{said=\"commit\"} 1\n"));
    header = (kw_message_header){.type = KW_MESSAGE_ECHO, .timestamp = 1200};
    kw_holder_watch_said(&d.watch, &header, 1201000);
    assert_true(shows(&d, "keyward_threshold_phase_seconds_count{said=\"echo\"} 2\n"));
    header.timestamp = 600; /* a session of before */
    kw_holder_watch_said(&d.watch, &header, 1202000);
    header = (kw_message_header){.type = KW_MESSAGE_DEAL, .timestamp = 1800};
    kw_holder_watch_said(&d.watch, &header, 2400001); /* said again after a restart */
    assert_false(shows(&d, "said=\"deal\""));
    header = (kw_message_header){.type = KW_MESSAGE_PREVOTE}; /* on a handover */
    kw_holder_watch_said(&d.watch, &header, 1202000);
    assert_true(shows(&d, "keyward_threshold_phase_seconds_count{said=\"echo\"} 2\n"));
    assert_false(shows(&d, "said=\"prevote\""));
    kw_metrics_free(d.metrics);
}

static void watch__may_be_without_metrics(void **state)
{
    (void)state;
    kw_holder_watch watch = {0};
    kw_message_header header = {.type = KW_MESSAGE_HELLO, .timestamp = 600};
    EXPECT_OK(kw_holder_watch_open(&watch, NULL));
    kw_holder_watch_state(&watch, &(kw_holder_state){.epoch = 1});
    kw_holder_watch_boundary(&watch, KW_OK);
    kw_holder_watch_said(&watch, &header, 600000);
    kw_holder_watch_certified(&watch, 1);
    kw_holder_watch_aborted(&watch);
    kw_holder_watch_fraud(&watch);
    assert_null(watch.certified_seconds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state__is_gauges),
        cmocka_unit_test(events__are_counted_by_their_outcome),
        cmocka_unit_test(certified__observes_only_what_was_made_now),
        cmocka_unit_test(said__observes_the_first_of_a_type_in_a_session),
        cmocka_unit_test(watch__may_be_without_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
