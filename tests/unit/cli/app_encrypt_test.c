/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "client/threshold_file.h"
#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"

static client_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "text").text,
                                   kw_span_of_str(KW_STR("all salaries")), 0600, NULL));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

static void read_file(kw_buf *out, const char *name)
{
    EXPECT_OK(kw_file_read(out, client_desk_path(&desk, name).text, NULL));
}

/* Opens a file with the key that the desk can make alone. */
static kw_status open_file(const char *name, kw_ibe_kind kind, const char *app)
{
    const kw_group *group = &kw_group_bls12_381;
    KW_AUTO(kw_buf) sealed = kw_buf_init(1 << 20);
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(1 << 16);
    KW_AUTO_PTR(kw_aead) aead = NULL;
    KW_AUTO(kw_ibe_key) key = {.master = NULL};
    kw_group_g2_bytes wire;
    kw_ibe_master master;
    kw_ibe_id id;
    kw_bls_g1 point;
    kw_group_g1 d;
    kw_bls_secret_g1 secret;
    read_file(&sealed, name);
    group->g2_encode(&wire, &desk.first.polynomial[0]);
    EXPECT_OK(kw_ibe_master_init(&master, kw_group_g2_view(group, &wire), &desk.epochs.cluster_id));
    EXPECT_OK(kw_ibe_id_of_app(&id, kind, kw_span_of_str(kw_str_of(app))));
    kw_ibe_id_point(&point, &id, &master);
    group->g1_mul(&d, &(kw_group_g1){.bls = point}, &desk.first.coefficients[0]);
    kw_bls_secret_g1_of_g1(&secret, &d.bls);
    EXPECT_OK(kw_ibe_key_init(&key, &master, &id, &secret));
    EXPECT_OK(kw_aead_new(&aead, desk.epochs.rng));
    kw_status st = kind == KW_IBE_EIGENX
                       ? kw_ibe_v1_decrypt(&text, kw_buf_view(&sealed), &key, aead)
                       : kw_ibe_v2_decrypt(&text, kw_buf_view(&sealed), &key, aead);
    if (st == KW_OK) {
        EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&text), "a test")),
                   "all salaries");
    }
    return st;
}

static void app_encrypt__needs_no_operators(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result)
    result = client_desk_run(
        &desk, "app encrypt --cluster %/pinned.json --app payroll --in %/text --out %/a.kw --json");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "\"text_bytes\":12,\"sealed_bytes\":203}"));
    EXPECT_OK(open_file("a.kw", KW_IBE_APPLICATION, "payroll"));
    EXPECT_STATUS(open_file("a.kw", KW_IBE_APPLICATION, "other"), KW_CORRUPT);
}

static void app_encrypt__hides_the_application(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) open = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) hidden = kw_buf_init(1 << 16);
    KW_AUTO(command_result)
    a = client_desk_run(
        &desk, "app encrypt --cluster %/pinned.json --app payroll --in %/text --out %/o.kw");
    KW_AUTO(command_result)
    b = client_desk_run(&desk, "app encrypt --cluster %/pinned.json --app payroll --in %/text "
                               "--out %/h.kw --hidden");
    assert_int_equal(a.exit_code, 0);
    assert_int_equal(b.exit_code, 0);
    read_file(&open, "o.kw");
    read_file(&hidden, "h.kw");
    assert_non_null(memmem(open.ptr, open.len, "payroll", 7));
    assert_null(memmem(hidden.ptr, hidden.len, "payroll", 7));
    EXPECT_OK(open_file("h.kw", KW_IBE_APPLICATION, "payroll"));
}

static void app_encrypt__writes_the_reference_s_form(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "app encrypt --cluster %/pinned.json --app payroll --in %/text "
                                    "--out %/v1.kw --format eigenx-v1");
    assert_int_equal(result.exit_code, 0);
    EXPECT_OK(open_file("v1.kw", KW_IBE_EIGENX, "payroll"));
}

static void app_encrypt__refuses(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *words;
        kw_status wanted;
    } rows[] = {
        {"--cluster %/cluster.json --app payroll --in %/text --out %/no.kw", KW_REFUSED},
        {"--cluster %/pinned.json --in %/text --out %/no.kw", KW_USAGE},
        {"--cluster %/pinned.json --app payroll --in %/none --out %/no.kw", KW_NOT_FOUND},
        {"--cluster %/pinned.json --app payroll --in %/text --out %/none/no.kw", KW_NOT_FOUND},
        {"--cluster %/none.json --app payroll --in %/text --out %/no.kw", KW_NOT_FOUND},
        {"--cluster %/pinned.json --app payroll --in %/text --out %/no.kw --format v3", KW_USAGE},
        {"--cluster %/pinned.json --app payroll --in %/text --out %/no.kw --format eigenx-v1 "
         "--hidden",
         KW_USAGE},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_buf) line = kw_buf_init(1024);
        const char *text = NULL;
        kw_file_info info;
        EXPECT_OK(kw_buf_append_format(&line, "app encrypt %s", rows[i].words));
        EXPECT_OK(kw_buf_c_text(&line, &text));
        KW_AUTO(command_result) result = client_desk_run(&desk, text);
        assert_int_equal(result.exit_code, kw_status_exit_code(rows[i].wanted));
        EXPECT_STATUS(kw_file_stat(&info, client_desk_path(&desk, "no.kw").text, NULL),
                      KW_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(app_encrypt__needs_no_operators),
        cmocka_unit_test(app_encrypt__hides_the_application),
        cmocka_unit_test(app_encrypt__writes_the_reference_s_form),
        cmocka_unit_test(app_encrypt__refuses),
    };
    return cmocka_run_group_tests_name("cli/app_encrypt", tests, set_up, tear_down);
}
