/* SPDX-License-Identifier: Apache-2.0
 * Who is told. That notices arrive over HTTPS is shown end to end. */
#include "emtp/notifier.h"

#include "emtp/engine/notice.h"
#include "emtp/limits.h"
#include "net/http_client.h"
#include "support/audit.h"
#include "support/expect.h"

#include <stdio.h>

typedef struct bench {
    audit_place place;
    kw_audit *audit;
    kw_emtp_notifier *notifier;
} bench;

static void bench_make(bench *b)
{
    audit_place_make(&b->place);
    b->audit = audit_place_open(&b->place);
    kw_emtp_notifier_options options = {.threads = 1, .allow_private = true, .audit = b->audit};
    EXPECT_OK(kw_emtp_notifier_new(&b->notifier, &options, NULL));
}

static void bench_drop(bench *b)
{
    kw_emtp_notifier_free(b->notifier);
    kw_audit_free(b->audit);
    audit_place_remove(&b->place);
}

static kw_status add(bench *b, const char *participant, const char *name, const char *nurl)
{
    return kw_emtp_notifier_add(b->notifier, kw_str_of(participant), kw_str_of(name),
                                kw_str_of(nurl), NULL);
}

/* Nobody listens there, so errands stay for their retries, of which the last is 36 s away. */
#define NOWHERE "https://127.0.0.1:1/n"

static void notifier_tell__means_topic_and_participant(void **state)
{
    (void)state;
    bench b;
    bench_make(&b);
    EXPECT_OK(add(&b, "a", "keys", NOWHERE));
    EXPECT_OK(add(&b, "a", "match", NOWHERE));
    EXPECT_OK(add(&b, "b", "grant_notify", NOWHERE));
    kw_emtp_notifier_tell(b.notifier, KW_EMTP_TOPIC_MATCH, KW_STR("b"), KW_STR("https://s/"));
    assert_int_equal(kw_emtp_notifier_pending(b.notifier), 0);
    kw_emtp_notifier_tell(b.notifier, KW_EMTP_TOPIC_KEYS, KW_STR(""), KW_STR("https://s/"));
    assert_int_equal(kw_emtp_notifier_pending(b.notifier), 2);
    kw_emtp_notifier_tell(b.notifier, KW_EMTP_TOPIC_KEYS, KW_STR(""), KW_STR("https://s/"));
    assert_int_equal(kw_emtp_notifier_pending(b.notifier), 2); /* one pending for each */
    kw_emtp_notifier_tell(b.notifier, KW_EMTP_TOPIC_MATCH, KW_STR("a"), KW_STR("https://s/"));
    assert_int_equal(kw_emtp_notifier_pending(b.notifier), 3);
    bench_drop(&b);
}

static void notifier_forget__ends_what_is_pending(void **state)
{
    (void)state;
    bench b;
    bench_make(&b);
    EXPECT_OK(add(&b, "a", "keys", NOWHERE));
    EXPECT_OK(add(&b, "ab", "keys", NOWHERE));
    kw_emtp_notifier_forget(b.notifier, KW_STR("a"));
    kw_emtp_notifier_forget(b.notifier, KW_STR("stranger"));
    kw_emtp_notifier_tell(b.notifier, KW_EMTP_TOPIC_KEYS, KW_STR("a"), KW_STR("https://s/"));
    assert_int_equal(kw_emtp_notifier_pending(b.notifier), 0);
    kw_emtp_notifier_tell(b.notifier, KW_EMTP_TOPIC_KEYS, KW_STR("ab"), KW_STR("https://s/"));
    assert_int_equal(kw_emtp_notifier_pending(b.notifier), 1);
    bench_drop(&b);
}

static void notifier_add__keeps_its_limits(void **state)
{
    (void)state;
    bench b;
    bench_make(&b);
    char name[32];
    for (int i = 0; i < KW_EMTP_NURLS_MAX; i++) {
        (void)snprintf(name, sizeof name, "n%d_notify", i);
        EXPECT_OK(add(&b, "a", name, NOWHERE));
    }
    EXPECT_STATUS(add(&b, "a", "one_more_notify", NOWHERE), KW_LIMIT);
    EXPECT_OK(add(&b, "a", "n0_notify", NOWHERE));                 /* the same again */
    EXPECT_OK(add(&b, "a", "n0_notify", "https://127.0.0.1:2/m")); /* another URL */
    EXPECT_OK(add(&b, "b", "one_more_notify", NOWHERE));
    bench_drop(&b);
}

static void notifier_new__refuses_a_certificate_without_key(void **state)
{
    (void)state;
    kw_emtp_notifier *notifier = NULL;
    kw_error err = {0};
    kw_emtp_notifier_options options = {.threads = 1, .certificate_file = "a.pem"};
    EXPECT_STATUS(kw_emtp_notifier_new(&notifier, &options, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_null(notifier);
}

static void topic_of__knows_match(void **state)
{
    (void)state;
    assert_int_equal(kw_emtp_topic_of(KW_STR("match")), KW_EMTP_TOPIC_MATCH);
    assert_int_equal(kw_emtp_topic_of(KW_STR("keys")), KW_EMTP_TOPIC_KEYS);
    assert_int_equal(kw_emtp_topic_of(KW_STR("match_notify")), KW_EMTP_TOPIC_KEYS);
}

int main(void)
{
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notifier_tell__means_topic_and_participant),
        cmocka_unit_test(notifier_forget__ends_what_is_pending),
        cmocka_unit_test(notifier_add__keeps_its_limits),
        cmocka_unit_test(notifier_new__refuses_a_certificate_without_key),
        cmocka_unit_test(topic_of__knows_match),
    };
    return cmocka_run_group_tests_name("emtp/notifier", tests, NULL, NULL);
}
