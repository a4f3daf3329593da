/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "os/file.h"

#include "support/client_desk.h"
#include "support/expect.h"

#include <stdio.h>

static client_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

static command_result verify(kw_span file, const char *options)
{
    char words[600];
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "e.kwc").text, file, 0600, NULL));
    (void)snprintf(words, sizeof words, "epoch verify %%/e.kwc %s", options);
    return client_desk_run(&desk, words);
}

static void expect(kw_span file, const char *options, int exit_code, const char *text)
{
    KW_AUTO(command_result) result = verify(file, options);
    if (result.exit_code != exit_code || strstr(result.out, text) == NULL) {
        fail_msg("%d, not %d with \"%s\": %s%s", result.exit_code, exit_code, text, result.out,
                 result.err);
    }
}

static void epoch_verify__answers_0_under_the_pin(void **state)
{
    KW_UNUSED(state);
    kw_span second = kw_buf_view(&desk.second_file);
    char options[400];
    expect(second, "--cluster %/pinned.json", 0, "verdict: certified\ncluster: desk\n");
    expect(second, "--cluster %/pinned.json --json", 0, "\"trust\":\"sealed by the pinned key\"");
    (void)snprintf(options, sizeof options, "--cluster %%/cluster.json --master-key %s",
                   desk.master_key);
    expect(second, options, 0, "epoch: 2\n");
}

static void epoch_verify__knows_the_first_by_its_votes(void **state)
{
    KW_UNUSED(state);
    expect(kw_buf_view(&desk.first_file), "--cluster %/cluster.json", 0,
           "trust: the genesis operators voted for it; no key is pinned\n");
    KW_AUTO(command_result)
    later = verify(kw_buf_view(&desk.second_file), "--cluster %/cluster.json");
    assert_int_equal(later.exit_code, kw_status_exit_code(KW_USAGE));
    assert_string_equal(later.out, "");
}

static void epoch_verify__answers_1_to_forgeries(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_certificate forged = desk.second.certificate;
    forged.canary = desk.first.certificate.canary;
    EXPECT_OK(kw_certificate_encode(&file, &forged, &kw_group_bls12_381));
    expect(kw_buf_view(&file), "--cluster %/pinned.json", 1, "verdict: not certified\nreason: ");
    file.len = 0;
    forged = desk.first.certificate;
    kw_authenticated votes[EPOCH_DESK_MEMBERS_MAX];
    memcpy(votes, forged.precommits.items, forged.precommits.count * sizeof votes[0]);
    votes[0].signature = votes[1].signature;
    forged.precommits.items = votes;
    EXPECT_OK(kw_certificate_encode(&file, &forged, &kw_group_bls12_381));
    expect(kw_buf_view(&file), "--cluster %/cluster.json", 1, "checking precommits");
}

static void epoch_verify__answers_2_to_other_files(void **state)
{
    KW_UNUSED(state);
    kw_span second = kw_buf_view(&desk.second_file);
    expect((kw_span){0}, "--cluster %/pinned.json", 2, "verdict: malformed\nreason: ");
    expect((kw_span){second.ptr, second.len - 1}, "--cluster %/pinned.json", 2, "malformed");
    static uint8_t large[KW_THRESHOLD_CERTIFICATE_BYTES_MAX + 1];
    expect(KW_SPAN(large), "--cluster %/pinned.json", 2, "longer than any certificate");
    KW_AUTO(command_result)
    none = client_desk_run(&desk, "epoch verify %/none.kwc --cluster %/pinned.json");
    assert_int_equal(none.exit_code, kw_status_exit_code(KW_NOT_FOUND));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epoch_verify__answers_0_under_the_pin),
        cmocka_unit_test(epoch_verify__knows_the_first_by_its_votes),
        cmocka_unit_test(epoch_verify__answers_1_to_forgeries),
        cmocka_unit_test(epoch_verify__answers_2_to_other_files),
    };
    return cmocka_run_group_tests_name("cli/epoch_verify", tests, set_up, tear_down);
}
