/* SPDX-License-Identifier: Apache-2.0
 * Who may do what: every route of every table, asked by everybody, answers as the permission table
 * says. A new route is covered by standing in its table. */
#include "support/expect.h"
#include "support/house.h"

#include "emtp/api.h"
#include "guard/api.h"
#include "guard/engine/rbac.h"
#include "net/route.h"
#include "node/api.h"

#include <stdio.h>

static const struct {
    house_who who;
    kw_role_set roles;
} callers[] = {
    {HOUSE_NOBODY, KW_ROLE_BIT(KW_ROLE_ANONYMOUS)},
    {HOUSE_CLINIC, KW_ROLE_BIT(KW_ROLE_ANONYMOUS) | KW_ROLE_BIT(KW_ROLE_CLIENT)},
    {HOUSE_MEMBER, KW_ROLE_BIT(KW_ROLE_ANONYMOUS) | KW_ROLE_BIT(KW_ROLE_CLIENT)},
    {HOUSE_OFFICER, KW_ROLE_BIT(KW_ROLE_ANONYMOUS) | KW_ROLE_BIT(KW_ROLE_CRYPTO_OFFICER) |
                        KW_ROLE_BIT(KW_ROLE_OPERATOR)},
    {HOUSE_SECURITY, KW_ROLE_BIT(KW_ROLE_ANONYMOUS) | KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN)},
    {HOUSE_AUDITOR, KW_ROLE_BIT(KW_ROLE_ANONYMOUS) | KW_ROLE_BIT(KW_ROLE_AUDITOR)},
};

static int set_up(void **state)
{
    house *h = house_make("");
    house_start(h);
    house_register(h);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

static const char *base_of(const house *h, kw_listener listener)
{
    switch (listener) {
    case KW_LISTENER_PUBLIC:
        return h->public_url;
    case KW_LISTENER_ADMIN:
        return h->admin_url;
    case KW_LISTENER_METRICS:
        return h->metrics_url;
    case KW_LISTENER_PEER:
    case KW_LISTENER_NONE:
        break;
    }
    fail_msg("a route stands on listener %s", kw_listener_name(listener));
    return NULL;
}

/* The path with every parameter filled by a name that nothing has. */
static void write_url(const house *h, const kw_route *route, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, "%s", base_of(h, route->listener));
    bool is_in_parameter = false;
    for (const char *at = route->path; *at != '\0' && len + 8 < size; at++) {
        if (*at == '{') {
            is_in_parameter = true;
            len += (size_t)snprintf(out + len, size - len, "nosuch");
        } else if (*at == '}') {
            is_in_parameter = false;
        } else if (!is_in_parameter) {
            out[len++] = *at;
        }
    }
    out[len] = '\0';
    if (strstr(route->path, "/stp/") != NULL) {
        (void)snprintf(out + len, size - len, "?hold=0");
    }
}

static void expect_verdict(house *h, const kw_route *route, size_t caller)
{
    char url[512];
    write_url(h, route, url, sizeof url);
    process_result result = {0};
    house_request request = {.who = callers[caller].who,
                             .method = kw_method_name(route->method),
                             .url = url,
                             .body = route->body_bytes_max > 0 ? "{}" : NULL};
    int http = house_call(h, &result, &request);
    kw_permission permission = {0};
    EXPECT_OK(kw_permission_find(&permission, kw_str_of(route->permission)));
    bool is_allowed = kw_rbac_allows(callers[caller].roles, permission);
    bool was_refused = http == 0 || http == 401 || http == 403;
    if (is_allowed == was_refused || http >= 500) {
        print_error("%s %s as %d: HTTP %d, allowed %d\n%.*s\n", kw_method_name(route->method),
                    route->path, (int)callers[caller].who, http, is_allowed,
                    KW_STR_ARG(kw_buf_text(&result.out)));
        fail();
    }
    process_result_drop(&result);
}

static void routes__answer_as_the_permission_table_says(void **state)
{
    house *h = *state;
    const struct {
        const kw_route *rows;
        size_t count;
    } tables[] = {{kw_emtp_routes, kw_emtp_routes_count},
                  {kw_emtp_admin_routes, kw_emtp_admin_routes_count},
                  {kw_guard_admin_routes, kw_guard_admin_routes_count},
                  {kw_node_routes, kw_node_routes_count}};
    for (size_t t = 0; t < KW_COUNT(tables); t++) {
        for (size_t r = 0; r < tables[t].count; r++) {
            for (size_t c = 0; c < KW_COUNT(callers); c++) {
                expect_verdict(h, &tables[t].rows[r], c);
            }
        }
    }
}

static void unknown_paths_and_methods__are_refused_in_one_form(void **state)
{
    house *h = *state;
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/nosuch", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 404);
    assert_non_null(memmem(result.out.ptr, result.out.len, "\"code\":\"not_found\"", 18));
    assert_non_null(memmem(result.out.ptr, result.out.len, "\"request_id\":\"", 14));
    (void)snprintf(url, sizeof url, "%s/keys", h->public_url);
    assert_int_equal(house_call(h, &result, &(house_request){HOUSE_CLINIC, "DELETE", url, NULL}),
                     405);
    (void)snprintf(url, sizeof url, "%s/v1/emtp/keys/list", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_OFFICER, url), 404);
    process_result_drop(&result);
}

static void demographics__are_refused_and_never_logged(void **state)
{
    house *h = *state;
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/participants", h->admin_url);
    house_request request = {.who = HOUSE_SECURITY,
                             .method = "POST",
                             .url = url,
                             .body = "{\"id\":\"x\",\"full_name\":\"Zaphod Unmistakable\"}"};
    assert_int_equal(house_call(h, &result, &request), 400);
    house_stop(h);
    static const char *const except[] = {"body.json", NULL};
    house_expect_nowhere(h, kw_span_of_str(KW_STR("Unmistakable")), except);
    process_result_drop(&result);
}

static void api_keys__open_nothing_on_the_admin_listener(void **state)
{
    house *h = *state;
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/keys/list", h->admin_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 0);
    assert_int_equal(house_get(h, &result, HOUSE_NOBODY, url), 0);
    assert_int_equal(house_get(h, &result, HOUSE_MEMBER, url), 403);
    process_result_drop(&result);
}

int main(void)
{
#define IN_A_HOUSE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(routes__answer_as_the_permission_table_says),
        IN_A_HOUSE(unknown_paths_and_methods__are_refused_in_one_form),
        IN_A_HOUSE(demographics__are_refused_and_never_logged),
        IN_A_HOUSE(api_keys__open_nothing_on_the_admin_listener),
    };
    return cmocka_run_group_tests_name("e2e/access", tests, NULL, NULL);
}
