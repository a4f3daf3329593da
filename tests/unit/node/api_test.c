/* SPDX-License-Identifier: Apache-2.0 */
#include "node/api.h"

#include "base/heap.h"
#include "net/exchange.h"
#include "net/route_check.h"
#include "support/audit.h"
#include "support/expect.h"
#include "support/lone_operator.h"
#include "threshold/health.h"

static const kw_no_body nothing = {0};

typedef struct bench {
    audit_place place;
    kw_audit *audit;
    kw_metrics *metrics;
    _Atomic bool is_failing;
    kw_node_state node;
    kw_exchange *x;
} bench;

static void bench_make(bench *b)
{
    audit_place_make(&b->place);
    b->audit = audit_place_open(&b->place);
    EXPECT_OK(kw_metrics_new(&b->metrics));
    b->is_failing = false;
    b->node = (kw_node_state){.metrics = b->metrics,
                              .audit = b->audit,
                              .is_failing = &b->is_failing,
                              .openapi = kw_buf_init(64)};
    EXPECT_OK(kw_buf_append_str(&b->node.openapi, KW_STR("{}")));
    b->x = kw_heap_new(1, sizeof *b->x);
    assert_non_null(b->x);
    b->x->arena = kw_arena_init(1 << 20);
}

static void bench_drop(bench *b)
{
    kw_arena_drop(&b->x->arena);
    kw_heap_free(b->x);
    kw_buf_drop(&b->node.openapi);
    kw_metrics_free(b->metrics);
    kw_audit_free(b->audit);
    audit_place_remove(&b->place);
}

static kw_status call(bench *b, const char *path, void *out)
{
    for (size_t i = 0; i < kw_node_routes_count; i++) {
        if (strcmp(kw_node_routes[i].path, path) == 0) {
            memset(out, 0, kw_node_routes[i].out->size);
            b->x->request = (kw_request){
                .context = &b->node, .route = &kw_node_routes[i], .arena = &b->x->arena};
            return kw_node_routes[i].thunk(&b->x->request, out, &nothing, NULL);
        }
    }
    fail_msg("no route %s", path);
    return KW_NOT_FOUND;
}

static void routes__are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_node_routes_count; i++) {
        EXPECT_OK(kw_route_check(&kw_node_routes[i], NULL));
    }
}

/* As the answer of health and readiness. */
typedef struct health {
    kw_str status;
    kw_str version;
    kw_threshold_health operator;
} health;

static void ready__needs_start_timer_and_audit(void **state)
{
    (void)state;
    bench b;
    health answer;
    bench_make(&b);
    EXPECT_OK(call(&b, "/health", &answer));
    EXPECT_STR(answer.version, KW_VERSION);
    assert_int_equal(answer.operator.address.len, 0); /* this node is none */
    EXPECT_STATUS(call(&b, "/ready", &answer), KW_UNAVAILABLE);
    b.node.is_ready = true;
    EXPECT_OK(call(&b, "/ready", &answer));
    EXPECT_STR(answer.status, "ok");
    b.is_failing = true;
    EXPECT_STATUS(call(&b, "/ready", &answer), KW_UNAVAILABLE);
    EXPECT_OK(call(&b, "/health", &answer));
    bench_drop(&b);
}

static void health__tells_of_the_operator(void **state)
{
    (void)state;
    static lone_operator lone;
    bench b;
    health answer;
    bench_make(&b);
    lone_operator_make(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    b.node.threshold = lone.threshold;
    b.node.is_ready = true;
    EXPECT_OK(call(&b, "/health", &answer));
    EXPECT_STR(answer.status, "ok");
    EXPECT_STR(answer.operator.address, lone.file.addresses[0]);
    EXPECT_OK(call(&b, "/ready", &answer));
    assert_int_equal(answer.operator.address.len, 0);
    lone_operator_drop(&lone);
    bench_drop(&b);
}

static void metrics_and_openapi__are_text(void **state)
{
    (void)state;
    static const kw_metric_row row = {
        .name = "keyward_test_total", .kind = KW_METRIC_COUNTER, .help = "a test"};
    bench b;
    kw_raw_reply reply;
    bench_make(&b);
    EXPECT_OK(kw_metrics_add_row(b.metrics, &row));
    EXPECT_OK(call(&b, "/metrics", &reply));
    static const char needle[] = "keyward_test_total 0";
    assert_non_null(memmem(reply.bytes.ptr, reply.bytes.len, needle, sizeof needle - 1));
    EXPECT_OK(call(&b, "/v1/openapi.json", &reply));
    EXPECT_STR(kw_str_of_span(reply.bytes), "{}");
    kw_arena_drop(&b.x->arena);
    b.x->arena = kw_arena_init(0); /* no room */
    EXPECT_STATUS(call(&b, "/metrics", &reply), KW_LIMIT);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes__are_complete),
        cmocka_unit_test(ready__needs_start_timer_and_audit),
        cmocka_unit_test(health__tells_of_the_operator),
        cmocka_unit_test(metrics_and_openapi__are_text),
    };
    return cmocka_run_group_tests_name("node/api", tests, NULL, NULL);
}
