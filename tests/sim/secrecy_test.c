/* SPDX-License-Identifier: Apache-2.0
 * A wire tap on whole sessions: no share, no coefficient and no session key travels as it is. */
#include "base/heap.h"
#include "support/expect.h"
#include "support/session_world.h"
#include "threshold/engine/session/session_parts.h"

enum {
    N = 4,
    HEARD_BYTES_MAX = 16 << 20,
    SECRETS_MAX = 128,
};

static const kw_group *const group = &kw_group_bls12_381;

static struct {
    kw_buf heard;
    kw_group_secret secrets[SECRETS_MAX];
    size_t secrets_count;
    bool is_noted[N]; /* by place in members: what it drew is among the secrets */
} tap;

static void note(const kw_group_secret *secret)
{
    assert_in_range(tap.secrets_count, 0, SECRETS_MAX - 1);
    tap.secrets[tap.secrets_count++] = *secret;
}

/* The polynomial with these coefficients, and the shares of it. */
static void note_polynomial(const kw_group_secret *c, uint16_t t)
{
    for (uint16_t k = 0; k < t; k++) {
        note(&c[k]);
    }
    for (uint32_t j = 1; j <= N; j++) {
        kw_group_secret share;
        EXPECT_OK(group->poly_eval(&share, c, t, j));
        note(&share);
    }
}

static bool listen(session_world *w, session_parcel *parcel)
{
    EXPECT_OK(kw_buf_append(&tap.heard, parcel->message.payload));
    for (size_t i = 0; i < N; i++) {
        const kw_session *s = w->members[i].session;
        if (!tap.is_noted[i] && s->has_polynomials) {
            tap.is_noted[i] = true;
            note(&s->ek);
            note(&s->polynomials.r);
            note_polynomial(s->polynomials.a, s->polynomials.t);
            if (s->polynomials.b != NULL) {
                note_polynomial(s->polynomials.b, s->polynomials.t);
            }
        }
    }
    return true;
}

static bool was_heard(kw_span bytes)
{
    return memmem(tap.heard.ptr, tap.heard.len, bytes.ptr, bytes.len) != NULL;
}

static void expect_unheard(void)
{
    for (size_t i = 0; i < tap.secrets_count; i++) {
        KW_AUTO(kw_group_secret_bytes) bytes = {{0}};
        group->secret_encode(&bytes, &tap.secrets[i]);
        assert_false(was_heard(KW_SPAN(bytes.bytes)));
    }
}

/* The same search finds what is public: the point of the first secret, a session key. */
static void expect_search_works(void)
{
    kw_group_g1 point;
    kw_group_g1_bytes bytes;
    group->g1_base(&point, &tap.secrets[0]);
    group->g1_encode(&bytes, &point);
    assert_true(was_heard(kw_group_g1_view(group, &bytes)));
}

static void run_tapped(const session_world_options *options, size_t secrets_count)
{
    session_world *w = kw_heap_new(1, sizeof *w);
    memset(&tap, 0, sizeof tap);
    tap.heard = kw_buf_init(HEARD_BYTES_MAX);
    session_world_open(w, options);
    w->gate = listen;
    session_world_start_all(w);
    session_world_run(w, session_world_at(0.4));
    expect_epoch(w, 0);
    for (size_t i = 0; i < N; i++) {
        assert_true(tap.is_noted[i]);
        note(&w->members[i].share);
    }
    assert_int_equal(tap.secrets_count, secrets_count);
    expect_unheard();
    expect_search_works();
    session_world_drop(w);
    kw_heap_free(w);
    kw_buf_drop(&tap.heard);
}

static void shares_of_a_genesis__never_travel_in_clear(void **state)
{
    KW_UNUSED(state);
    const session_world_options options = {.group = group, .suite = 2, .n_new = N, .seed = 11};
    run_tapped(&options, N * (2 + 2 * (3 + N) + 1));
}

static void shares_of_a_reshare__never_travel_in_clear(void **state)
{
    KW_UNUSED(state);
    const session_world_options options = {
        .group = group, .suite = 1, .n_old = N, .n_new = N, .shared = N, .seed = 12};
    run_tapped(&options, N * (2 + 3 + N + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_a_genesis__never_travel_in_clear),
        cmocka_unit_test(shares_of_a_reshare__never_travel_in_clear),
    };
    return cmocka_run_group_tests_name("sim/secrecy", tests, NULL, NULL);
}
