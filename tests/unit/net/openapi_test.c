/* SPDX-License-Identifier: Apache-2.0
 * The OpenAPI document of the test routes, read back. */
#include "net/openapi.h"

#include "codec/json.h"
#include "support/expect.h"
#include "support/net_server.h"

static const kw_json *at(const kw_json *value, const char *const *path)
{
    for (; *path != NULL; path++) {
        const kw_json *next = kw_json_get(value, *path);
        if (next == NULL) {
            print_error("there is no member \"%s\"\n", *path);
            fail();
        }
        value = next;
    }
    return value;
}

#define AT(root, ...) at(root, (const char *const[]){__VA_ARGS__, NULL})

static kw_json *write_document(kw_buf *text)
{
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    EXPECT_OK(kw_openapi_write(text, &mount, 1, "1.2.3"));
    kw_json *root = NULL;
    EXPECT_OK(kw_json_parse(&root, kw_buf_view(text), 32, NULL));
    return root;
}

static void write__describes_every_row(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    KW_AUTO_PTR(kw_json) root = write_document(&text);
    EXPECT_STR(kw_json_text(AT(root, "openapi")), "3.1.0");
    EXPECT_STR(kw_json_text(AT(root, "info", "version")), "1.2.3");
    for (size_t i = 0; i < net_server_routes_count; i++) {
        const kw_route *row = &net_server_routes[i];
        const char *method = row->method == KW_GET ? "get" : "post";
        const kw_json *operation = AT(root, "paths", row->path, method);
        EXPECT_STR(kw_json_text(AT(operation, "x-keyward-permission")), row->permission);
        EXPECT_STR(kw_json_text(AT(operation, "x-keyward-listener")),
                   kw_listener_name(row->listener));
        EXPECT_STR(kw_json_text(AT(operation, "responses", "default", "$ref")),
                   "#/components/responses/Problem");
    }
}

static void write__describes_parameters_and_bodies(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    KW_AUTO_PTR(kw_json) root = write_document(&text);
    const kw_json *item = AT(root, "paths", "/items/{id}", "get");
    EXPECT_STR(kw_json_text(AT(item, "operationId")), "get_items_id");
    const kw_json *parameters = AT(item, "parameters");
    assert_int_equal(kw_json_count(parameters), 2);
    EXPECT_STR(kw_json_text(AT(kw_json_item(parameters, 0), "in")), "path");
    EXPECT_STR(kw_json_text(AT(kw_json_item(parameters, 1), "in")), "query");
    const kw_json *echo = AT(root, "paths", "/echo", "post");
    const kw_json *body = AT(echo, "requestBody", "content", "application/json", "schema");
    (void)AT(body, "properties", "text");
    (void)AT(echo, "responses", "200", "content", "application/json", "schema", "properties",
             "len");
    (void)AT(root, "paths", "/none", "post", "responses", "204");
    (void)AT(root, "paths", "/form", "post", "requestBody", "content",
             "application/x-www-form-urlencoded");
    (void)AT(root, "components", "responses", "Problem", "content", "application/problem+json",
             "schema", "properties", "request_id");
}

static void write__joins_methods_of_a_path(void **state)
{
    (void)state;
    kw_route rows[3] = {net_server_routes[0], net_server_routes[1], net_server_routes[0]};
    rows[2].method = KW_DELETE;
    const kw_mount mounts[] = {{rows, 2, NULL}, {rows + 2, 1, NULL}, {rows, 1, NULL}};
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    EXPECT_OK(kw_openapi_write(&text, mounts, 3, "1"));
    KW_AUTO_PTR(kw_json) root = NULL;
    EXPECT_OK(kw_json_parse(&root, kw_buf_view(&text), 32, NULL));
    const kw_json *paths = AT(root, "paths");
    assert_int_equal(kw_json_count(paths), 2);
    assert_int_equal(kw_json_count(AT(paths, "/small")), 2);
    (void)AT(paths, "/small", "get");
    (void)AT(paths, "/small", "delete");
}

static void write__stops_at_the_buffers_end(void **state)
{
    (void)state;
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    KW_AUTO(kw_buf) text = kw_buf_init(1000);
    EXPECT_STATUS(kw_openapi_write(&text, &mount, 1, "1"), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write__describes_every_row),
        cmocka_unit_test(write__describes_parameters_and_bodies),
        cmocka_unit_test(write__joins_methods_of_a_path),
        cmocka_unit_test(write__stops_at_the_buffers_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
