/* SPDX-License-Identifier: Apache-2.0
 * Graphs of delegations, in which order their roles are asked, and names that are odd. The graphs
 * are those of the public suite of TUF clients. */
#include "tuf/engine/search.h"

#include "support/expect.h"
#include "support/tuf_client.h"

#include <stdio.h>

/* Publishes all roles and what says so. */
static void publish_all(tuf_desk *d)
{
    for (size_t i = 3; i < d->repo.roles_count; i++) {
        tuf_repo_publish(&d->repo, d->repo.roles[i].name);
    }
    tuf_repo_update_snapshot(&d->repo);
}

/* "A>B" is a delegation from A to B of all paths without `/`; "!" behind it: terminating; ":" and a
 * pattern: of that one. "t" is targets. */
typedef struct graph {
    const char *name;
    const char *delegations[8];
    const char *visited;
} graph;

static const graph graphs[] = {
    {"basic", {"t>A"}, "1.A.json"},
    {"one level", {"t>A", "t>B"}, "1.A.json 1.B.json"},
    {"two levels", {"t>A", "t>B", "B>C"}, "1.A.json 1.B.json 1.C.json"},
    {"depth first, two levels",
     {"t>A", "t>B", "A>C", "A>D"},
     "1.A.json 1.C.json 1.D.json 1.B.json"},
    {"depth first, three levels",
     {"t>A", "t>B", "A>C", "C>D"},
     "1.A.json 1.C.json 1.D.json 1.B.json"},
    {"terminating, two levels", {"t>A", "t>B", "A>C!", "A>D"}, "1.A.json 1.C.json"},
    {"terminating, three levels", {"t>A", "t>B", "A>C!", "C>D"}, "1.A.json 1.C.json 1.D.json"},
    {"a branch that does not match", {"t>A:*.py", "t>B", "A>C"}, "1.B.json"},
    {"a deeper one", {"t>A", "t>B", "A>C:*.py", "C>D"}, "1.A.json 1.B.json"},
    {"a cycle", {"t>A", "t>B", "B>C", "C>D", "D>B"}, "1.A.json 1.B.json 1.C.json 1.D.json"},
    {"two that delegate to a third", {"t>A", "t>B", "B>C", "A>C"}, "1.A.json 1.C.json 1.B.json"},
    {"two that do by other paths", {"t>A", "t>B", "B>C", "A>C:*.py"}, "1.A.json 1.B.json 1.C.json"},
};

static const char *role_name(const char letter[2])
{
    return letter[0] == 't' ? "targets" : letter;
}

static void add_edge(tuf_desk *d, const char *edge)
{
    const char from[2] = {edge[0], '\0'};
    const char to[2] = {edge[2], '\0'};
    const char *paths = edge[3] == ':' ? "\"*.py\"" : "\"*\"";
    tuf_delegation *added = tuf_repo_delegate(&d->repo, role_name(from), to, paths);
    added->is_terminating = edge[3] == '!';
}

static void graph__is_walked_in_pre_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(graphs); i++) {
        void *fresh = NULL;
        (void)tuf_desk_make(&fresh);
        tuf_desk *d = fresh;
        for (size_t e = 0; e < KW_COUNT(graphs[i].delegations); e++) {
            if (graphs[i].delegations[e] != NULL) {
                add_edge(d, graphs[i].delegations[e]);
            }
        }
        publish_all(d);
        print_message("%s\n", graphs[i].name);
        EXPECT_STATUS(tuf_client_seek(&d->client, "missingpath"), KW_NOT_FOUND);
        tuf_repo_expect_requests(&d->repo, 4, graphs[i].visited);
        (void)tuf_desk_drop(&fresh);
    }
}

static void seek__finds_what_each_role_on_the_chain_covers(void **state)
{
    static const struct {
        const char *path;
        const char *visited;
        kw_status wanted;
    } cases[] = {
        {"targetfile", "", KW_OK},
        {"README.md", "1.A.json", KW_OK},
        {"releases/x/x_v1", "1.B.json 1.C.json", KW_OK},
        {"releases/y/y_v1.zip", "1.B.json 1.D.json", KW_OK},
        {"releases/z/z_v1.zip", "1.B.json", KW_NOT_FOUND}, /* D has it, B does not let D */
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        void *fresh = NULL;
        (void)tuf_desk_make(&fresh);
        tuf_desk *d = fresh;
        (void)tuf_repo_delegate(&d->repo, "targets", "A", "\"*.doc\",\"*.md\"");
        (void)tuf_repo_delegate(&d->repo, "targets", "B", "\"releases/*/*\"");
        (void)tuf_repo_delegate(&d->repo, "B", "C", "\"releases/x/*\"");
        (void)tuf_repo_delegate(&d->repo, "B", "D", "\"releases/y/*.zip\"");
        tuf_repo_add_target(&d->repo, "targets", "targetfile", "content of targets");
        tuf_repo_add_target(&d->repo, "A", "README.md", "content of A");
        tuf_repo_add_target(&d->repo, "C", "releases/x/x_v1", "content of C");
        tuf_repo_add_target(&d->repo, "D", "releases/y/y_v1.zip", "content of D");
        tuf_repo_add_target(&d->repo, "D", "releases/z/z_v1.zip", "content of D");
        publish_all(d);
        EXPECT_STATUS(tuf_client_seek(&d->client, cases[i].path), cases[i].wanted);
        tuf_repo_expect_requests(&d->repo, 4, cases[i].visited);
        if (cases[i].wanted == KW_OK) {
            assert_int_equal(d->client.found.length, i == 0 ? 18 : 12);
        }
        (void)tuf_desk_drop(&fresh);
    }
}

static void seek__asks_no_one_again_whose_file_is_there(void **state)
{
    tuf_desk *d = *state;
    add_edge(d, "t>A");
    add_edge(d, "A>B");
    tuf_repo_add_target(&d->repo, "B", "path", "content");
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
    tuf_repo_expect_requests(&d->repo, 6, "2.root.json timestamp.json");
}

/* ---- a role that another delegator reaches, too ---- */

/* A and B delegate to C with keys of their own. What C signed for A is no word for B, also when it
 * lies in the cache. */
static void cached_role__is_verified_for_each_delegator(void **state)
{
    tuf_desk *d = *state;
    (void)tuf_repo_delegate(&d->repo, "targets", "A", "\"a*\"");
    (void)tuf_repo_delegate(&d->repo, "targets", "B", "\"b*\"");
    (void)tuf_repo_delegate(&d->repo, "A", "C", "\"a*\"");
    (void)tuf_repo_delegate(&d->repo, "B", "C", "\"b*\"");
    tuf_repo_add_target(&d->repo, "C", "a", "content");
    tuf_repo_add_target(&d->repo, "C", "b", "content");
    tuf_repo_role(&d->repo, "C")->signers_count = 1; /* with the key that A knows */
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "a"));
    EXPECT_STATUS(tuf_client_seek(&d->client, "b"), KW_THRESHOLD);
    EXPECT_OK(tuf_client_seek(&d->client, "a"));
    tuf_repo_role(&d->repo, "C")->signers_count = 2;
    tuf_repo_publish(&d->repo, "C");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_seek(&d->client, "b"));
    EXPECT_OK(tuf_client_seek(&d->client, "a"));
}

/* The same within one update, where the machine has just seen the role. */
static void cached_role__is_verified_again_in_the_same_update(void **state)
{
    tuf_desk *d = *state;
    (void)tuf_repo_delegate(&d->repo, "targets", "A", "\"a*\"");
    (void)tuf_repo_delegate(&d->repo, "targets", "B", "\"b*\"");
    (void)tuf_repo_delegate(&d->repo, "A", "C", "\"a*\"");
    tuf_delegation *strict = tuf_repo_delegate(&d->repo, "B", "C", "\"b*\"");
    strict->keys = d->repo.delegations[2].keys;
    strict->keys.ids[strict->keys.count++] = 7; /* one more key, and both must sign */
    strict->keys.threshold = 2;
    tuf_repo_add_target(&d->repo, "C", "a", "content");
    tuf_repo_add_target(&d->repo, "C", "b", "content");
    tuf_repo_role(&d->repo, "C")->signers_count = 1;
    publish_all(d);
    static const char *const paths[] = {"a", "b"};
    EXPECT_OK(tuf_client_seek_all(&d->client, paths, 1));
    EXPECT_STATUS(tuf_client_seek_all(&d->client, paths, 2), KW_THRESHOLD);
    strict->keys.threshold = 1;
    publish_all(d);
    EXPECT_OK(tuf_client_seek_all(&d->client, paths, 2));
}

/* ---- roles that fail ---- */

static void seek__ends_where_a_role_fails(void **state)
{
    tuf_desk *d = *state;
    add_edge(d, "t>A");
    add_edge(d, "t>B");
    tuf_repo_add_target(&d->repo, "B", "path", "content");
    tuf_repo_role(&d->repo, "A")->signers_count = 0;
    publish_all(d);
    EXPECT_STATUS(tuf_client_seek(&d->client, "path"), KW_THRESHOLD);
    tuf_repo_expect_requests(&d->repo, 4, "1.A.json");
    assert_null(tuf_client_file(&d->client, "A.json"));
}

static void seek__does_not_ask_for_a_role_that_the_snapshot_lacks(void **state)
{
    tuf_desk *d = *state;
    add_edge(d, "t>A");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_seek(&d->client, "path"), KW_NOT_FOUND);
    tuf_repo_expect_requests(&d->repo, 4, "");
}

static void seek__does_not_use_a_role_that_has_expired(void **state)
{
    tuf_desk *d = *state;
    add_edge(d, "t>A");
    tuf_repo_add_target(&d->repo, "A", "path", "content");
    tuf_repo_role(&d->repo, "A")->expires = TUF_PAST;
    publish_all(d);
    EXPECT_OK(tuf_client_refresh(&d->client));
    EXPECT_STATUS(tuf_client_seek(&d->client, "path"), KW_EXPIRED);
    assert_null(tuf_client_file(&d->client, "A.json"));
}

static void seek__fetches_anew_what_expires_in_the_cache(void **state)
{
    tuf_desk *d = *state;
    add_edge(d, "t>A");
    tuf_repo_add_target(&d->repo, "A", "path", "content");
    tuf_repo_role(&d->repo, "A")->expires = "2027-01-22T08:00:00Z";
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
    d->client.rules.now += 18 * 86400;
    EXPECT_STATUS(tuf_client_seek(&d->client, "path"), KW_EXPIRED);
    tuf_repo_role(&d->repo, "A")->expires = TUF_LATER;
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
}

/* ---- names ---- */

static void role_name__is_quoted_in_requests_and_files(void **state)
{
    static const char *const names[][2] = {{"?", "%3F"},
                                           {"#", "%23"},
                                           {"/delegatedrole", "%2Fdelegatedrole"},
                                           {"../delegatedrole", "..%2Fdelegatedrole"},
                                           {"a b\xc3\xa9", "a%20b%C3%A9"}};
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        void *fresh = NULL;
        (void)tuf_desk_make(&fresh);
        tuf_desk *d = fresh;
        char file[TUF_NAME_BYTES];
        char request[TUF_NAME_BYTES];
        (void)snprintf(file, sizeof file, "%s.json", names[i][1]);
        (void)snprintf(request, sizeof request, "1.%s.json", names[i][1]);
        (void)tuf_repo_delegate(&d->repo, "targets", names[i][0], "\"*\"");
        publish_all(d);
        EXPECT_STATUS(tuf_client_seek(&d->client, "nonexistent target"), KW_NOT_FOUND);
        tuf_repo_expect_requests(&d->repo, 4, request);
        assert_non_null(tuf_client_file(&d->client, file));
        (void)tuf_desk_drop(&fresh);
    }
}

/* Else its file would take the place of the trusted root. */
static void role_name__may_not_be_that_of_a_top_level_role(void **state)
{
    static const char *const names[] = {"root", "timestamp", "snapshot", "targets"};
    tuf_desk *d = *state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        d->repo.delegations_count = 0;
        (void)tuf_repo_delegate(&d->repo, "targets", names[i], "\"*\"");
        tuf_repo_publish(&d->repo, "targets");
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_STATUS(tuf_client_refresh(&d->client), KW_BAD_INPUT);
    }
}

/* ---- bins ---- */

static void bins__are_asked_by_the_hash_of_the_path(void **state)
{
    tuf_desk *d = *state;
    KW_AUTO(kw_buf) bins = kw_buf_init(4096);
    const char *text = NULL;
    EXPECT_OK(kw_buf_append_str(&bins, KW_STR("\"keys\":{")));
    tuf_write_key(&bins, 7);
    EXPECT_OK(kw_buf_append_format(&bins,
                                   "},\"succinct_roles\":{\"keyids\":[\"%s\"],\"threshold\":1,"
                                   "\"bit_length\":6,\"name_prefix\":\"bin\"}",
                                   tuf_keyid(7).text));
    EXPECT_OK(kw_buf_c_text(&bins, &text));
    d->repo.bins = text;
    /* SHA-256("path") = a0af9f86..., six bits: 0x28; SHA-256("other") = d9298a10...: 0x36 */
    static const char *const names[] = {"bin-28", "bin-36"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tuf_role *bin = tuf_repo_add_role(&d->repo, names[i]);
        bin->signers[bin->signers_count++] = 7;
    }
    tuf_repo_add_target(&d->repo, "bin-28", "path", "content");
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
    EXPECT_STATUS(tuf_client_seek(&d->client, "other"), KW_NOT_FOUND);
    tuf_repo_expect_requests(&d->repo, 4, "1.bin-28.json 2.root.json timestamp.json 1.bin-36.json");
    EXPECT_STATUS(tuf_client_seek(&d->client, "third"), KW_NOT_FOUND); /* of a bin without file */
}

/* ---- limits ---- */

static void seek__visits_thirty_two_roles_and_no_more(void **state)
{
    tuf_desk *d = *state;
    char name[8];
    char next[8];
    for (unsigned i = 0; i < KW_TUF_ROLES_MAX; i++) {
        (void)snprintf(name, sizeof name, "r%u", i);
        (void)tuf_repo_delegate(&d->repo, "targets", name, "\"*\"");
    }
    tuf_repo_add_target(&d->repo, name, "path", "content");
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
    EXPECT_STATUS(tuf_client_seek(&d->client, "another"), KW_NOT_FOUND);
    (void)snprintf(next, sizeof next, "r%u", (unsigned)KW_TUF_ROLES_MAX);
    (void)tuf_repo_delegate(&d->repo, "r0", next, "\"*\"");
    publish_all(d);
    EXPECT_STATUS(tuf_client_seek(&d->client, "another"), KW_LIMIT);
    tuf_repo_add_target(&d->repo, next, "another", "content");
    publish_all(d);
    EXPECT_OK(tuf_client_seek(&d->client, "another")); /* r0, then that one */
}

static void begin__refuses_paths_that_are_empty_or_too_long(void **state)
{
    (void)state;
    KW_AUTO(kw_tuf_search) search = {0};
    char path[KW_TUF_PATH_BYTES_MAX + 1];
    memset(path, 'a', sizeof path);
    EXPECT_STATUS(kw_tuf_search_begin(&search, KW_STR(""), NULL), KW_LIMIT);
    EXPECT_STATUS(kw_tuf_search_begin(&search, (kw_str){path, sizeof path}, NULL), KW_LIMIT);
    EXPECT_OK(kw_tuf_search_begin(&search, (kw_str){path, sizeof path - 1}, NULL));
    const kw_tuf_role *role = NULL;
    EXPECT_OK(kw_tuf_search_next(&search, &role, NULL));
    assert_null(role);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, tuf_desk_make, tuf_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph__is_walked_in_pre_order),
        cmocka_unit_test(seek__finds_what_each_role_on_the_chain_covers),
        CASE(seek__asks_no_one_again_whose_file_is_there),
        CASE(cached_role__is_verified_for_each_delegator),
        CASE(cached_role__is_verified_again_in_the_same_update),
        CASE(seek__ends_where_a_role_fails),
        CASE(seek__does_not_ask_for_a_role_that_the_snapshot_lacks),
        CASE(seek__does_not_use_a_role_that_has_expired),
        CASE(seek__fetches_anew_what_expires_in_the_cache),
        cmocka_unit_test(role_name__is_quoted_in_requests_and_files),
        CASE(role_name__may_not_be_that_of_a_top_level_role),
        CASE(bins__are_asked_by_the_hash_of_the_path),
        CASE(seek__visits_thirty_two_roles_and_no_more),
        cmocka_unit_test(begin__refuses_paths_that_are_empty_or_too_long),
    };
    return cmocka_run_group_tests_name("tuf/engine/search", tests, NULL, NULL);
}
