/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/engine/approval.h"

#include "support/expect.h"

#include <stdio.h>

#define NOW 1700000000

static const kw_approval_request asked = {.action = {"params.release.publish", 22},
                                          .arguments = {{0xab, 0xcd}},
                                          .expires = NOW + 3600,
                                          .nonce = {{0x01}},
                                          .requester = {"pat@lab", 7},
                                          .tenant = {"acme", 4}};

#define ZEROS_30 "000000000000000000000000000000000000000000000000000000000000"

static const char asked_json[] =
    "{\"action\":\"params.release.publish\",\"arguments\":\"abcd" ZEROS_30 "\","
    "\"expires\":\"2023-11-14T23:13:20Z\",\"k\":\"kw/approval@1\",\"nonce\":\"0100" ZEROS_30 "\","
    "\"requester\":\"pat@lab\",\"tenant\":\"acme\"}";

static kw_span json_of(const char *text)
{
    return kw_span_of_str(kw_str_of(text));
}

/* A key for each letter. */
static kw_ed25519_key key_of(char letter)
{
    kw_secret32 seed = {{(uint8_t)letter}};
    kw_ed25519_key key;
    kw_ed25519_key_of_seed(&key, &seed);
    return key;
}

static kw_approver approver_of(const char *id, char key)
{
    return (kw_approver){kw_str_of(id), key_of(key).public_half};
}

static kw_approval approval_of(const char *id, char key, const char *json)
{
    kw_approval approval = {.approver = kw_str_of(id)};
    kw_ed25519_key signer = key_of(key);
    kw_approval_sign(&approval.signature, &signer, json_of(json));
    return approval;
}

/* Two of: ann, bob, cyd; dan has bob's key, pat asks. */
typedef struct desk {
    kw_approver approvers[5];
    kw_approval_policy policy;
} desk;

static void desk_init(desk *d)
{
    d->approvers[0] = approver_of("ann", 'a');
    d->approvers[1] = approver_of("bob", 'b');
    d->approvers[2] = approver_of("cyd", 'c');
    d->approvers[3] = approver_of("dan", 'b');
    d->approvers[4] = approver_of("pat@lab", 'p');
    d->policy = (kw_approval_policy){d->approvers, 5, 2};
}

static void request__has_one_encoding(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
    EXPECT_OK(kw_approval_request_encode(&json, &asked, NULL));
    EXPECT_SPAN(kw_buf_view(&json), json_of(asked_json));

    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_approval_request back;
    EXPECT_OK(kw_approval_request_decode(&back, &arena, json_of(asked_json), NULL));
    EXPECT_STR(back.action, "params.release.publish");
    EXPECT_STR(back.requester, "pat@lab");
    EXPECT_STR(back.tenant, "acme");
    assert_int_equal(back.expires, NOW + 3600);
    assert_memory_equal(&back.arguments, &asked.arguments, sizeof back.arguments);
    assert_memory_equal(&back.nonce, &asked.nonce, sizeof back.nonce);
}

static void request__in_any_other_form_is_refused(void **state)
{
    KW_UNUSED(state);
    static const char *const others[] = {
        "",
        "{}",
        "[]",
        /* white space */
        "{\"action\":\"a\", \"arguments\":\"" ZEROS_30
        "0000\",\"expires\":\"2023-11-14T23:13:20Z\","
        "\"k\":\"kw/approval@1\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\",\"tenant\":\"t\"}",
        /* order */
        "{\"k\":\"kw/approval@1\",\"action\":\"a\",\"arguments\":\"" ZEROS_30 "0000\","
        "\"expires\":\"2023-11-14T23:13:20Z\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\",\"tenant\":\"t\"}",
        /* another form */
        "{\"action\":\"a\",\"arguments\":\"" ZEROS_30 "0000\",\"expires\":\"2023-11-14T23:13:20Z\","
        "\"k\":\"kw/approval@2\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\",\"tenant\":\"t\"}",
        /* upper-case hex */
        "{\"action\":\"a\",\"arguments\":\"AB" ZEROS_30 "00\",\"expires\":\"2023-11-14T23:13:20Z\","
        "\"k\":\"kw/approval@1\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\",\"tenant\":\"t\"}",
        /* an empty action; a requester with a line break; a member more */
        "{\"action\":\"\",\"arguments\":\"" ZEROS_30 "0000\",\"expires\":\"2023-11-14T23:13:20Z\","
        "\"k\":\"kw/approval@1\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\",\"tenant\":\"t\"}",
        "{\"action\":\"a\",\"arguments\":\"" ZEROS_30 "0000\",\"expires\":\"2023-11-14T23:13:20Z\","
        "\"k\":\"kw/approval@1\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\\n\",\"tenant\":\"t\"}",
        "{\"action\":\"a\",\"arguments\":\"" ZEROS_30 "0000\",\"expires\":\"2023-11-14T23:13:20Z\","
        "\"k\":\"kw/approval@1\",\"nonce\":\"" ZEROS_30
        "0000\",\"requester\":\"p\",\"tenant\":\"t\",\"x\":1}",
    };
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(4096);
        kw_approval_request back;
        EXPECT_STATUS(kw_approval_request_decode(&back, &arena, json_of(others[i]), NULL),
                      KW_BAD_INPUT);
    }
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    static const uint8_t longer[KW_APPROVAL_REQUEST_BYTES_MAX + 1];
    kw_approval_request back;
    EXPECT_STATUS(kw_approval_request_decode(&back, &arena, KW_SPAN(longer), NULL), KW_LIMIT);
}

static void request__with_texts_that_no_id_has_is_not_written(void **state)
{
    KW_UNUSED(state);
    kw_approval_request bad[] = {asked, asked, asked, asked};
    bad[0].action = KW_STR("");
    bad[1].requester = KW_STR("pat\"");
    bad[2].tenant = KW_STR("a b");
    bad[3].expires = -1;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO(kw_buf) json = kw_buf_init(KW_APPROVAL_REQUEST_BYTES_MAX);
        EXPECT_STATUS(kw_approval_request_encode(&json, &bad[i], NULL), KW_BAD_INPUT);
        assert_int_equal(json.len, 0);
    }
}

static void two_of_three__suffice(void **state)
{
    KW_UNUSED(state);
    desk d;
    desk_init(&d);
    kw_approval given[] = {approval_of("ann", 'a', asked_json),
                           approval_of("cyd", 'c', asked_json)};
    kw_span json = json_of(asked_json);
    EXPECT_OK(kw_approval_check(&given[0], json, &d.policy, NOW, NULL));
    assert_false(kw_approvals_suffice((kw_approvals){given, 0}, json, &d.policy, NOW));
    assert_false(kw_approvals_suffice((kw_approvals){given, 1}, json, &d.policy, NOW));
    assert_true(kw_approvals_suffice((kw_approvals){given, 2}, json, &d.policy, NOW));
    d.policy.threshold = 3;
    assert_false(kw_approvals_suffice((kw_approvals){given, 2}, json, &d.policy, NOW));
    d.policy.threshold = 0;
    assert_false(kw_approvals_suffice((kw_approvals){given, 2}, json, &d.policy, NOW));
}

static void who_asks__does_not_count_under_any_name(void **state)
{
    KW_UNUSED(state);
    desk d;
    desk_init(&d);
    d.approvers[3] = approver_of("dan", 'p'); /* pat's key under another name */
    kw_approval given[] = {approval_of("pat@lab", 'p', asked_json),
                           approval_of("dan", 'p', asked_json),
                           approval_of("ann", 'a', asked_json)};
    kw_span json = json_of(asked_json);
    EXPECT_STATUS(kw_approval_check(&given[0], json, &d.policy, NOW, NULL), KW_FORBIDDEN);
    EXPECT_STATUS(kw_approval_check(&given[1], json, &d.policy, NOW, NULL), KW_FORBIDDEN);
    assert_int_equal(kw_approvals_count((kw_approvals){given, 3}, json, &d.policy, NOW), 1);
}

static void one_key__counts_once(void **state)
{
    KW_UNUSED(state);
    desk d;
    desk_init(&d);
    kw_approval given[] = {approval_of("bob", 'b', asked_json), approval_of("bob", 'b', asked_json),
                           approval_of("dan", 'b', asked_json)};
    kw_span json = json_of(asked_json);
    assert_int_equal(kw_approvals_count((kw_approvals){given, 3}, json, &d.policy, NOW), 1);
}

static void what_is_not_signed_so__is_refused(void **state)
{
    KW_UNUSED(state);
    desk d;
    desk_init(&d);
    kw_span json = json_of(asked_json);
    kw_approval other_key = approval_of("ann", 'c', asked_json);
    EXPECT_STATUS(kw_approval_check(&other_key, json, &d.policy, NOW, NULL), KW_UNAUTHENTICATED);
    kw_approval stranger = approval_of("eve", 'e', asked_json);
    EXPECT_STATUS(kw_approval_check(&stranger, json, &d.policy, NOW, NULL), KW_FORBIDDEN);

    /* the arguments changed after it was signed */
    char changed[sizeof asked_json];
    memcpy(changed, asked_json, sizeof changed);
    *strstr(changed, "abcd") = 'e';
    kw_approval ann = approval_of("ann", 'a', asked_json);
    EXPECT_STATUS(kw_approval_check(&ann, json_of(changed), &d.policy, NOW, NULL),
                  KW_UNAUTHENTICATED);
    EXPECT_STATUS(kw_approval_check(&ann, json_of("{}"), &d.policy, NOW, NULL), KW_BAD_INPUT);
    assert_int_equal(kw_approvals_count((kw_approvals){&ann, 1}, json_of("{}"), &d.policy, NOW), 0);

    /* each bit of the signature */
    for (size_t bit = 0; bit < 8 * sizeof ann.signature.bytes; bit++) {
        kw_approval flipped = ann;
        flipped.signature.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        EXPECT_STATUS(kw_approval_check(&flipped, json, &d.policy, NOW, NULL), KW_UNAUTHENTICATED);
    }
}

static void time__bounds_a_request_on_both_sides(void **state)
{
    KW_UNUSED(state);
    desk d;
    desk_init(&d);
    kw_span json = json_of(asked_json);
    kw_approval given[] = {approval_of("ann", 'a', asked_json),
                           approval_of("bob", 'b', asked_json)};
    kw_approvals both = {given, 2};
    EXPECT_OK(kw_approval_check(&given[0], json, &d.policy, asked.expires - 1, NULL));
    EXPECT_STATUS(kw_approval_check(&given[0], json, &d.policy, asked.expires, NULL), KW_REFUSED);
    assert_false(kw_approvals_suffice(both, json, &d.policy, asked.expires));

    kw_unix_s first = asked.expires - KW_APPROVAL_LIFE_S_MAX;
    EXPECT_OK(kw_approval_check(&given[0], json, &d.policy, first, NULL));
    EXPECT_STATUS(kw_approval_check(&given[0], json, &d.policy, first - 1, NULL), KW_REFUSED);
    assert_false(kw_approvals_suffice(both, json, &d.policy, first - 1));
}

static void whoever_left__counts_no_more(void **state)
{
    KW_UNUSED(state);
    desk d;
    desk_init(&d);
    kw_span json = json_of(asked_json);
    kw_approval given[] = {approval_of("cyd", 'c', asked_json),
                           approval_of("bob", 'b', asked_json)};
    assert_true(kw_approvals_suffice((kw_approvals){given, 2}, json, &d.policy, NOW));
    d.policy.count = 2; /* ann and bob are left */
    assert_false(kw_approvals_suffice((kw_approvals){given, 2}, json, &d.policy, NOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request__has_one_encoding),
        cmocka_unit_test(request__in_any_other_form_is_refused),
        cmocka_unit_test(request__with_texts_that_no_id_has_is_not_written),
        cmocka_unit_test(two_of_three__suffice),
        cmocka_unit_test(who_asks__does_not_count_under_any_name),
        cmocka_unit_test(one_key__counts_once),
        cmocka_unit_test(what_is_not_signed_so__is_refused),
        cmocka_unit_test(time__bounds_a_request_on_both_sides),
        cmocka_unit_test(whoever_left__counts_no_more),
    };
    return cmocka_run_group_tests_name("guard/engine/approval", tests, NULL, NULL);
}
