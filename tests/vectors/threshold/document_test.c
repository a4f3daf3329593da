/* SPDX-License-Identifier: Apache-2.0
 * The worked example of docs/protocol/threshold.md, computed from its shares and its seed. */
#include "codec/hex.h"
#include "support/expect.h"
#include "support/script_rng.h"
#include "support/threshold_key.h"
#include "support/tree.h"
#include "threshold/engine/use/derive.h"
#include "threshold/engine/use/ibe_v2.h"

enum {
    BYTES_MAX = 1024,
    T = 3,
    N = 4,
};

static const uint32_t members[T] = {1, 2, 4};
static const kw_group *const group = &kw_group_bls12_381;
static kw_buf document;

static int set_up(void **state)
{
    KW_UNUSED(state);
    tree_read(&document, "docs/protocol/threshold.md");
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_buf_drop(&document);
    return 0;
}

/* Appends the value of the line "name = value" of the example. */
static void read_value(kw_buf *out, const char *name)
{
    kw_str rest = kw_buf_text(&document);
    kw_str line;
    kw_str value;
    kw_str head;
    bool is_inside = false;
    while (kw_str_split(rest, '\n', &line, &rest)) {
        is_inside |= kw_str_equal(line, KW_STR("```example"));
        if (is_inside && kw_str_split(line, '=', &head, &value) &&
            kw_str_equal(kw_str_trim(head), kw_str_of(name))) {
            EXPECT_OK(kw_hex_decode(out, kw_str_trim(value)));
            return;
        }
    }
    fail_msg("the document has no %s", name);
}

static void expect_shown(kw_span got, const char *name)
{
    KW_AUTO(kw_buf) wanted = kw_buf_init(BYTES_MAX);
    read_value(&wanted, name);
    EXPECT_SPAN(got, kw_buf_view(&wanted));
}

static void expect_g1(const kw_group_g1 *got, const char *name)
{
    kw_group_g1_bytes bytes = {{0}};
    group->g1_encode(&bytes, got);
    expect_shown(KW_SPAN(bytes.bytes), name);
}

/* A name with the number of a member behind it. */
typedef struct numbered {
    char text[16];
} numbered;

static numbered name_of(const char *stem, uint32_t member)
{
    numbered name = {{0}};
    KW_AUTO(kw_buf) text = kw_buf_init(sizeof name.text - 1);
    EXPECT_OK(kw_buf_append_format(&text, "%s_%u", stem, member));
    memcpy(name.text, text.ptr, text.len);
    return name;
}

/* Signs as the members of the example and combines. */
static void combine(kw_group_g1 *out, const kw_group_g2 *master, const kw_purposed *what)
{
    kw_partial partials[T];
    kw_group_g2 keys[N];
    for (uint32_t i = 0; i < N; i++) {
        keys[i] = group->g2_infinity(); /* member 3 does not answer */
    }
    for (uint32_t i = 0; i < T; i++) {
        KW_AUTO(kw_buf) share = kw_buf_init(BYTES_MAX);
        KW_AUTO(kw_group_secret) s = {.words = {0}};
        kw_group_g2_bytes vk;
        uint32_t j = members[i];
        read_value(&share, name_of("share", j).text);
        EXPECT_OK(kw_bls_secret_decode(&s.bls, kw_buf_view(&share)));
        group->g2_base(&keys[j - 1], &s);
        group->g2_encode(&vk, &keys[j - 1]);
        expect_shown(KW_SPAN(vk.bytes), name_of("VK", j).text);
        partials[i] = (kw_partial){.epoch = 1, .member = j};
        EXPECT_OK(kw_partial_sign(&partials[i].signature, group, &s, what));
        expect_g1(&partials[i].signature, name_of("sigma", j).text);
        kw_share_keys all = {.group = group, .epoch = 1, .keys = keys, .n = N};
        bool yes = false;
        EXPECT_OK(kw_partial_verify(&yes, &all, &partials[i], what));
        assert_true(yes);
    }
    kw_partials in = {.group = group, .items = partials, .n = T, .what = *what};
    EXPECT_OK(threshold_key_combine(out, &in, master));
}

static void expect_ciphertext(const kw_ibe_to *to, const kw_bls_secret_g1 *d)
{
    script_rng script = {0};
    kw_rng rng = script_rng_port(&script);
    KW_AUTO(kw_buf) seed = kw_buf_init(BYTES_MAX);
    KW_AUTO(kw_buf) plain = kw_buf_init(BYTES_MAX);
    KW_AUTO(kw_buf) sealed = kw_buf_init(BYTES_MAX);
    KW_AUTO_PTR(kw_aead) aead = NULL;
    read_value(&seed, "seed");
    read_value(&plain, "plaintext");
    script_rng_append(&script, kw_buf_view(&seed));
    EXPECT_OK(kw_aead_new(&aead, (kw_rng){0}));
    EXPECT_OK(kw_ibe_v2_encrypt(&sealed, to, kw_secret_span_of(kw_buf_view(&plain)), aead, &rng));
    size_t len = 0;
    EXPECT_OK(kw_ibe_header_bytes(&len, kw_buf_view(&sealed)));
    expect_shown((kw_span){sealed.ptr, len}, "header");
    expect_shown((kw_span){sealed.ptr + len, sealed.len - len}, "chunk_0");
    KW_AUTO(kw_ibe_key) key = {0};
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(BYTES_MAX);
    EXPECT_OK(kw_ibe_key_init(&key, to->master, &to->id, d));
    EXPECT_OK(kw_ibe_v2_decrypt(&opened, kw_buf_view(&sealed), &key, aead));
    expect_shown(kw_declassify_span(kw_secret_bytes_view(&opened), "a test"), "plaintext");
}

static void example__is_what_the_engine_computes(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) app_id = kw_buf_init(BYTES_MAX);
    KW_AUTO(kw_buf) mpk = kw_buf_init(BYTES_MAX);
    kw_ibe_master master;
    kw_hash32 no_cluster = {{0}};
    kw_group_g1 point;
    read_value(&app_id, "app_id");
    read_value(&mpk, "MPK");
    EXPECT_OK(kw_ibe_master_init(&master, kw_buf_view(&mpk), &no_cluster));
    kw_purposed what = {KW_PURPOSE_APPLICATION, kw_buf_view(&app_id)};
    EXPECT_OK(kw_purposed_hash(&point, group, &what));
    expect_g1(&point, "H1");
    combine(&point, &(kw_group_g2){.bls = master.key}, &what);
    expect_g1(&point, "application_key");

    KW_AUTO(kw_bls_secret_g1) d = {0};
    KW_AUTO(kw_secret32) derived = {0};
    kw_derive_name name = {.label = kw_span_of_str(KW_STR("db")), .version = 1};
    kw_bls_secret_g1_of_g1(&d, &point.bls);
    EXPECT_OK(kw_derive_key(&derived, &d, &name));
    expect_shown(kw_declassify_span(kw_secret32_view(&derived), "a test"), "derived_key_db_1");

    kw_ibe_to to = {.master = &master};
    EXPECT_OK(kw_ibe_id_of_app(&to.id, KW_IBE_APPLICATION, kw_buf_view(&app_id)));
    expect_ciphertext(&to, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example__is_what_the_engine_computes),
    };
    return cmocka_run_group_tests_name("vectors/threshold/document", tests, set_up, tear_down);
}
