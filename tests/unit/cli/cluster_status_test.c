/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "crypto/address_text.h"
#include "support/client_desk.h"
#include "support/expect.h"

#include <stdio.h>

/* The fourth knows no such member, as operators of before. */
static const char *const erasures[CLIENT_DESK_MEMBERS] = {",\"erasure\":\"hardware\"",
                                                          ",\"erasure\":\"best-effort\"",
                                                          ",\"erasure\":\"best-effort\"", ""};

static client_desk desk;
static char shares[CLIENT_DESK_MEMBERS][1024]; /* answers to GET /pubkey */

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* A member shows a certificate, and says that the operator `who` serves with a share of `epoch`. */
static void show(uint16_t index, const kw_buf *certificate, uint16_t who, unsigned epoch)
{
    char address[KW_ADDRESS_TEXT_BYTES];
    const kw_roster *roster = desk.first.certificate.candidate.roster_new;
    kw_address_write(address, &roster->members[who - 1].address);
    char *answer = shares[index - 1];
    (void)snprintf(
        answer, sizeof shares[0],
        "{\"operatorAddress\":\"%s\",\"commitments\":[\"00\"],\"masterPublicKey\":\"00\","
        "\"version\":%u,\"isActive\":true,\"certificateHash\":\"0x%064d\"%s}",
        address, epoch, 0, erasures[index - 1]);
    client_desk_start(&desk, index, &(tls_peer_script){{CLIENT_DESK_OK, CLIENT_DESK_OK}, 2});
    tls_peer_append(desk.peers[index - 1], 0, kw_buf_view(certificate));
    tls_peer_append(desk.peers[index - 1], 1, kw_span_of_str(kw_str_of(answer)));
    client_desk_write(&desk);
}

static void expect_status(int exit_code, const char *text)
{
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "cluster status --cluster %/pinned.json --ca %/ca.pem --json");
    assert_int_equal(result.exit_code, exit_code);
    if (strstr(result.out, text) == NULL) {
        fail_msg("no %s in %s%s", text, result.out, result.err);
    }
}

static void status__is_whole_when_all_serve(void **state)
{
    KW_UNUSED(state);
    for (uint16_t index = 1; index <= CLIENT_DESK_MEMBERS; index++) {
        show(index, &desk.second_file, index, 2);
    }
    expect_status(0, "\"threshold\":3,\"serving\":4,\"spare\":1,");
}

static void status__tells_how_shares_are_erased(void **state)
{
    KW_UNUSED(state);
    for (uint16_t index = 1; index <= CLIENT_DESK_MEMBERS; index++) {
        show(index, &desk.second_file, index, 2);
    }
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "cluster status --cluster %/pinned.json --ca %/ca.pem --json");
    assert_int_equal(result.exit_code, 0);
    static const char *const wanted[CLIENT_DESK_MEMBERS] = {
        "\"share\":2,\"erasure\":\"hardware\",", "\"share\":2,\"erasure\":\"best-effort\",",
        "\"share\":2,\"erasure\":\"best-effort\",", "\"share\":2,\"erasure\":null,"};
    const char *at = result.out;
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        at = strstr(at, wanted[i]);
        assert_non_null(at);
        at++;
    }
}

static void status__is_degraded_when_one_is_down(void **state)
{
    KW_UNUSED(state);
    for (uint16_t index = 1; index < CLIENT_DESK_MEMBERS; index++) {
        show(index, &desk.second_file, index, 2);
    }
    expect_status(1, "\"threshold\":3,\"serving\":3,\"spare\":0,");
}

static void status__is_a_table_for_people(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file, 1, 2);
    KW_AUTO(command_result)
    text = client_desk_run(&desk, "cluster status --cluster %/pinned.json --ca %/ca.pem");
    assert_int_equal(text.exit_code, 2);
    assert_non_null(strstr(text.out, "\nepoch: 2\n"));
    assert_non_null(strstr(text.out, " down "));
}

/* A share of another epoch does not serve this one, and nobody speaks for another. */
static void status__counts_only_shares_of_the_epoch(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file, 1, 2);
    show(2, &desk.second_file, 2, 2);
    show(3, &desk.second_file, 3, 1);
    show(4, &desk.second_file, 1, 2);
    expect_status(2, "\"threshold\":3,\"serving\":2,\"spare\":0,");
}

static void status__tells_when_nobody_answers(void **state)
{
    KW_UNUSED(state);
    show(1, &desk.second_file, 1, 2);
    tls_peer_stop(desk.peers[0]);
    desk.peers[0] = NULL;
    expect_status(2, "\"epoch\":0,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(status__is_whole_when_all_serve, make, drop),
        cmocka_unit_test_setup_teardown(status__tells_how_shares_are_erased, make, drop),
        cmocka_unit_test_setup_teardown(status__is_degraded_when_one_is_down, make, drop),
        cmocka_unit_test_setup_teardown(status__is_a_table_for_people, make, drop),
        cmocka_unit_test_setup_teardown(status__counts_only_shares_of_the_epoch, make, drop),
        cmocka_unit_test_setup_teardown(status__tells_when_nobody_answers, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
