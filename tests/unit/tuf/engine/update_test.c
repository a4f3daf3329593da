/* SPDX-License-Identifier: Apache-2.0
 * One refresh after another: which requests are made, what is kept. The cases are those that the
 * public suite of TUF clients checks: requests, expiry, thresholds, rollbacks, wrong files. */
#include "tuf/engine/update.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/tuf_client.h"

#include <stdio.h>

static void expect_versions(const tuf_desk *d, uint64_t root, uint64_t timestamp, uint64_t snapshot,
                            uint64_t targets)
{
    assert_int_equal(tuf_client_version(&d->client, "root.json", KW_TUF_ROOT), root);
    assert_int_equal(tuf_client_version(&d->client, "timestamp.json", KW_TUF_TIMESTAMP), timestamp);
    assert_int_equal(tuf_client_version(&d->client, "snapshot.json", KW_TUF_SNAPSHOT), snapshot);
    assert_int_equal(tuf_client_version(&d->client, "targets.json", KW_TUF_TARGETS), targets);
}

/* Changes bytes of a local file: `from` becomes `to`, of the same length. */
static void edit_local(tuf_desk *d, const char *name, const char *from, const char *to)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    const kw_buf *file = tuf_client_file(&d->client, name);
    const char *text = NULL;
    EXPECT_OK(kw_buf_append(&bytes, kw_buf_view(file)));
    EXPECT_OK(kw_buf_c_text(&bytes, &text));
    const char *at = strstr(text, from);
    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(&bytes.ptr[at - text], to, strlen(to));
    tuf_client_put(&d->client, name, kw_buf_view(&bytes));
}

/* ---- requests ---- */

static void refresh__makes_four_requests_when_all_is_new(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json timestamp.json 1.snapshot.json 1.targets.json");
    expect_versions(d, 1, 1, 1, 1);
}

static void refresh__makes_two_requests_when_nothing_is_new(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
}

static void refresh__keeps_the_received_bytes(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    static const char *const files[][2] = {{"timestamp.json", "1.timestamp.json"},
                                           {"snapshot.json", "1.snapshot.json"},
                                           {"targets.json", "1.targets.json"}};
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        EXPECT_SPAN(kw_buf_view(tuf_client_file(&d->client, files[i][0])),
                    kw_buf_view(tuf_repo_peek(&d->repo, files[i][1])));
    }
}

static void refresh__takes_unknown_members_that_are_signed(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "root")->extra =
        ",\"custom-field\":{\"b\":[1,null,true],\"a\":\"\\u00e9\"}";
    tuf_repo_publish(&d->repo, "root");
    EXPECT_OK(tuf_client_refresh(&d->client));
    expect_versions(d, 2, 1, 1, 1);
    edit_local(d, "root.json", "[1,null,true]", "[2,null,true]"); /* signed, and now changed */
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_THRESHOLD);
}

static void refresh__fails_on_a_file_that_is_not_there(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "targets")->version = 7;
    tuf_repo_update_snapshot(&d->repo); /* lists 7.targets.json, which nobody published */
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_NOT_FOUND);
    expect_versions(d, 1, 2, 2, 0);
}

static void refresh__asks_without_versions_where_root_says_so(void **state)
{
    tuf_desk *d = *state;
    d->repo.is_plain = true;
    tuf_repo_publish(&d->repo, "root");
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json 3.root.json timestamp.json snapshot.json targets.json");
}

static void is_consistent__follows_the_trusted_root(void **state)
{
    tuf_desk *d = *state;
    d->repo.is_plain = true;
    tuf_repo_publish(&d->repo, "root");
    for (int version = 1; version <= 2; version++) {
        KW_AUTO_PTR(kw_tuf_updater) u = NULL;
        kw_span root =
            kw_buf_view(tuf_repo_peek(&d->repo, version == 1 ? "1.root.json" : "2.root.json"));
        EXPECT_OK(kw_tuf_updater_new(&u, &d->client.rules, NULL));
        EXPECT_OK(kw_tuf_updater_give(u, &root, NULL));
        assert_int_equal(kw_tuf_updater_is_consistent(u), version == 1);
        assert_int_equal(kw_tuf_updater_custom(u).len, 0); /* nothing was looked for */
    }
}

/* ---- the first root ---- */

static void first_root__must_be_there(void **state)
{
    tuf_desk *d = *state;
    tuf_client_put(&d->client, "root.json", (kw_span){0});
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_NOT_FOUND);
    tuf_repo_expect_requests(&d->repo, 0, "");
}

static void first_root__is_refused_before_any_request(void **state)
{
    tuf_desk *d = *state;
    edit_local(d, "root.json", "\"version\":1", "\"version\":2");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_THRESHOLD);
    edit_local(d, "root.json", "\"version\":2", "\"Version\":1");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_BAD_INPUT);
    tuf_client_put(&d->client, "root.json", kw_span_of_str(KW_STR("<html>")));
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_BAD_INPUT);
    tuf_repo_expect_requests(&d->repo, 0, "");
}

static void first_root__may_be_expired_when_a_newer_one_is_not(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "root")->expires = TUF_PAST;
    tuf_repo_publish(&d->repo, "root");
    tuf_client_put(&d->client, "root.json", kw_buf_view(tuf_repo_peek(&d->repo, "2.root.json")));
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_EXPIRED);
    tuf_repo_expect_requests(&d->repo, 0, "3.root.json");
    tuf_repo_role(&d->repo, "root")->expires = TUF_LATER;
    tuf_repo_publish(&d->repo, "root");
    EXPECT_OK(tuf_client_refresh(&d->client));
    expect_versions(d, 3, 1, 1, 1);
}

/* ---- files that are not what their place says ---- */

static void refresh__refuses_another_type(void **state)
{
    tuf_desk *d = *state;
    static const char *const names[] = {"root", "timestamp", "snapshot", "targets"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tuf_role *role = tuf_repo_role(&d->repo, names[i]);
        const char *type = role->type;
        role->type = i == 3 ? "root" : "targets";
        tuf_repo_publish(&d->repo, names[i]);
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_STATUS(tuf_client_refresh(&d->client), KW_BAD_INPUT);
        role->type = type;
        if (i == 0) {
            role->version--; /* the next one takes its place */
        }
        tuf_repo_publish(&d->repo, names[i]);
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_OK(tuf_client_refresh(&d->client));
    }
}

static void refresh__refuses_a_role_without_signatures(void **state)
{
    tuf_desk *d = *state;
    static const char *const names[] = {"root", "timestamp", "snapshot", "targets"};
    EXPECT_OK(tuf_client_refresh(&d->client));
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tuf_role *role = tuf_repo_role(&d->repo, names[i]);
        role->signers_count = 0;
        tuf_repo_publish(&d->repo, names[i]);
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_STATUS(tuf_client_refresh(&d->client), KW_THRESHOLD);
        role->signers_count = 1;
        if (i == 0) {
            role->version--;
        }
        tuf_repo_publish(&d->repo, names[i]);
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_OK(tuf_client_refresh(&d->client));
    }
}

/* The file of that name holds another version than the name. */
static void refresh__refuses_another_version_than_the_name_says(void **state)
{
    tuf_desk *d = *state;
    static const char *const names[] = {"root", "snapshot", "targets"};
    static const char *const files[] = {"2.root.json", "3.snapshot.json", "3.targets.json"};
    static const kw_status wanted[] = {KW_ROLLBACK, KW_HASH, KW_HASH};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tuf_role *role = tuf_repo_role(&d->repo, names[i]);
        unsigned before = role->version;
        tuf_repo_publish_again(&d->repo, names[i]); /* the same version, under the next name */
        tuf_file *file = &d->repo.files[d->repo.files_count - 1];
        (void)snprintf(file->name, sizeof file->name, "%s", files[i]);
        role->version = i == 0 ? before : 3;
        if (i == 1) {
            tuf_repo_update_timestamp(&d->repo);
        } else if (i == 2) {
            tuf_repo_role(&d->repo, "snapshot")->version = 3;
            tuf_repo_update_snapshot(&d->repo);
        }
        EXPECT_STATUS(tuf_client_refresh(&d->client), wanted[i]);
        file->name[0] = 'x';
    }
    expect_versions(d, 1, 3, 4, 0);
}

static void refresh__refuses_a_root_that_skips_a_version(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "root")->version = 2;
    tuf_repo_publish(&d->repo, "root");
    (void)snprintf(d->repo.files[d->repo.files_count - 1].name, TUF_NAME_BYTES, "2.root.json");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_HASH);
    expect_versions(d, 1, 0, 0, 0);
}

static void refresh__compares_with_lengths_and_hashes(void **state)
{
    tuf_desk *d = *state;
    d->repo.lists_hashes = true;
    tuf_repo_update_snapshot(&d->repo); /* snapshot 2: the hash of targets 1 */
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_add_target(&d->repo, "targets", "a", "b");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    tuf_repo_role(&d->repo, "targets")->expires = "2027-02-13T08:00:00Z"; /* the same length */
    tuf_repo_publish_again(&d->repo, "targets");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_HASH);
    expect_versions(d, 1, 3, 3, 1);
    tuf_repo_role(&d->repo, "targets")->extra = ",\"x\":1";
    tuf_repo_publish_again(&d->repo, "targets"); /* longer, too */
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_HASH);
    tuf_repo_publish(&d->repo, "snapshot");
    tuf_repo_publish_again(&d->repo, "timestamp"); /* the next one lists its hash */
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
}

static void refresh__refuses_files_that_are_too_long(void **state)
{
    tuf_desk *d = *state;
    KW_AUTO(kw_buf) extra = kw_buf_init(KW_TUF_TIMESTAMP_BYTES_MAX + 64);
    const char *text = NULL;
    EXPECT_OK(kw_buf_append_format(&extra, ",\"x\":\"%*s\"", (int)KW_TUF_TIMESTAMP_BYTES_MAX, ""));
    EXPECT_OK(kw_buf_c_text(&extra, &text));
    tuf_repo_role(&d->repo, "timestamp")->extra = text;
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_LIMIT);
    expect_versions(d, 1, 0, 0, 0);
}

static void want__says_how_long_an_answer_may_be(void **state)
{
    tuf_desk *d = *state;
    KW_AUTO_PTR(kw_tuf_updater) u = NULL;
    d->repo.lists_hashes = true;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(kw_tuf_updater_new(&u, &d->client.rules, NULL));
    const kw_tuf_want *want = kw_tuf_updater_want(u);
    assert_int_equal(want->bytes_max, KW_TUF_ROOT_BYTES_MAX);
    kw_span root = kw_buf_view(tuf_client_file(&d->client, "root.json"));
    kw_span timestamp = kw_buf_view(tuf_repo_peek(&d->repo, "timestamp.json"));
    EXPECT_OK(kw_tuf_updater_give(u, &root, NULL));
    EXPECT_OK(kw_tuf_updater_give(u, NULL, NULL)); /* no newer root */
    assert_string_equal(want->name, "timestamp.json");
    assert_int_equal(want->bytes_max, KW_TUF_TIMESTAMP_BYTES_MAX);
    EXPECT_OK(kw_tuf_updater_give(u, NULL, NULL)); /* no local one */
    EXPECT_OK(kw_tuf_updater_give(u, &timestamp, NULL));
    EXPECT_OK(kw_tuf_updater_give(u, NULL, NULL)); /* stored */
    assert_string_equal(want->name, "snapshot.json");
    assert_int_equal(want->bytes_max, KW_TUF_SNAPSHOT_BYTES_MAX);
    EXPECT_OK(kw_tuf_updater_give(u, NULL, NULL));
    assert_string_equal(want->name, "2.snapshot.json");
    assert_int_equal(want->bytes_max, tuf_repo_peek(&d->repo, "2.snapshot.json")->len);
}

/* ---- expiry ---- */

static void expired__root_is_kept_and_nothing_else_taken(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_role(&d->repo, "root")->expires = TUF_PAST;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_EXPIRED);
    expect_versions(d, 2, 1, 1, 1);
}

static void expired__new_files_are_not_kept(void **state)
{
    tuf_desk *d = *state;
    static const char *const names[] = {"timestamp", "snapshot", "targets"};
    static const unsigned versions[][3] = {{1, 1, 1}, {3, 1, 1}, {4, 4, 1}};
    EXPECT_OK(tuf_client_refresh(&d->client));
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tuf_role *role = tuf_repo_role(&d->repo, names[i]);
        role->expires = TUF_PAST;
        tuf_repo_publish(&d->repo, "targets");
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_STATUS(tuf_client_refresh(&d->client), KW_EXPIRED);
        expect_versions(d, 1, versions[i][0], versions[i][1], versions[i][2]);
        role->expires = TUF_LATER;
    }
}

static void expired__the_moment_itself_is_past(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "timestamp")->expires = "2027-01-15T08:00:01Z";
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_OK(tuf_client_refresh(&d->client));
    d->client.rules.now++;
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_EXPIRED);
}

static void expired__local_files_still_tell_of_versions(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    tuf_repo_role(&d->repo, "timestamp")->expires = "2027-01-16T08:00:00Z";
    tuf_repo_role(&d->repo, "snapshot")->expires = "2027-01-16T08:00:00Z";
    tuf_repo_update_snapshot(&d->repo); /* timestamp 3, snapshot 3 */
    EXPECT_OK(tuf_client_refresh(&d->client));
    d->client.rules.now += 2 * 86400;
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_EXPIRED);
    tuf_repo_role(&d->repo, "timestamp")->expires = TUF_LATER;
    tuf_repo_role(&d->repo, "snapshot")->expires = TUF_LATER;
    tuf_repo_role(&d->repo, "timestamp")->version = 1;
    tuf_repo_publish(&d->repo, "timestamp"); /* 2 */
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    tuf_repo_role(&d->repo, "timestamp")->version = 3;
    tuf_repo_role(&d->repo, "targets")->version = 0;
    tuf_repo_publish(&d->repo, "targets"); /* 1 */
    tuf_repo_update_snapshot(&d->repo);    /* timestamp 4, snapshot 4 */
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    expect_versions(d, 1, 4, 3, 2);
    tuf_repo_role(&d->repo, "targets")->version = 2;
    tuf_repo_publish(&d->repo, "targets"); /* 3 */
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    expect_versions(d, 1, 5, 5, 3);
}

/* ---- versions ---- */

static void timestamp__of_the_same_version_is_no_news(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_role(&d->repo, "snapshot")->listed = 100;
    tuf_repo_publish_again(&d->repo, "timestamp");
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
    EXPECT_SPAN(kw_buf_view(tuf_client_file(&d->client, "timestamp.json")),
                kw_buf_view(&d->repo.files[3].bytes));
}

static void timestamp__does_not_go_back(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_update_timestamp(&d->repo); /* 2 */
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_role(&d->repo, "timestamp")->version = 1;
    tuf_repo_publish_again(&d->repo, "timestamp");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
    expect_versions(d, 1, 2, 1, 1);
}

static void snapshot__does_not_go_back(void **state)
{
    tuf_desk *d = *state;
    for (int with_hashes = 0; with_hashes < 2; with_hashes++) {
        d->repo.lists_hashes = with_hashes == 1;
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_OK(tuf_client_refresh(&d->client));
        tuf_role *snapshot = tuf_repo_role(&d->repo, "snapshot");
        uint64_t timestamp = tuf_repo_role(&d->repo, "timestamp")->version;
        unsigned version = snapshot->version;
        snapshot->version = 1;
        tuf_repo_update_timestamp(&d->repo);
        EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
        expect_versions(d, 1, timestamp, version, 1);
        assert_string_equal(d->repo.requests[d->repo.requests_count - 1], "timestamp.json");
        snapshot->version = version;
    }
}

static void targets__do_not_go_back(void **state)
{
    tuf_desk *d = *state;
    for (int with_hashes = 0; with_hashes < 2; with_hashes++) {
        d->repo.lists_hashes = with_hashes == 1;
        tuf_repo_role(&d->repo, "targets")->version = 2;
        tuf_repo_publish(&d->repo, "targets"); /* 3 */
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_OK(tuf_client_refresh(&d->client));
        uint64_t snapshot = tuf_repo_role(&d->repo, "snapshot")->version;
        tuf_repo_role(&d->repo, "targets")->version = 1;
        tuf_repo_publish(&d->repo, "targets"); /* 2 */
        tuf_repo_update_snapshot(&d->repo);
        EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
        expect_versions(d, 1, snapshot + 1, snapshot, 3);
    }
}

static void snapshot__does_not_lose_a_role(void **state)
{
    tuf_desk *d = *state;
    (void)tuf_repo_delegate(&d->repo, "targets", "gone", "\"*\"");
    tuf_repo_publish(&d->repo, "gone");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_role(&d->repo, "gone")->version = 0;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    expect_versions(d, 1, 3, 2, 2);
    tuf_repo_role(&d->repo, "gone")->version = 1;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
}

static void refresh__refuses_a_snapshot_without_targets(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "targets")->version = 0;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_NOT_FOUND);
}

/* ---- local files that were spoiled ---- */

static void local__files_that_are_spoiled_are_fetched_again(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    edit_local(d, "targets.json", "\"version\":1", "\"version\":2");
    edit_local(d, "snapshot.json", "\"version\":1", "\"version\":2");
    tuf_client_put(&d->client, "timestamp.json", kw_span_of_str(KW_STR("{")));
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_expect_requests(&d->repo, 4,
                             "2.root.json timestamp.json 1.snapshot.json 1.targets.json");
    expect_versions(d, 1, 1, 1, 1);
}

static void new__needs_memory(void **state)
{
    tuf_desk *d = *state;
    kw_tuf_updater *u = NULL;
    kw_error err = {0};
    (void)kw_heap_fail_at(1);
    EXPECT_STATUS(kw_tuf_updater_new(&u, &d->client.rules, &err), KW_NO_MEMORY);
    assert_int_equal(err.status, KW_NO_MEMORY);
    kw_tuf_updater_free(NULL);
}

/* Whichever allocation fails, the update says so, and the next one is as if nothing had been. */
static void refresh__survives_the_loss_of_any_allocation(void **state)
{
    tuf_desk *d = *state;
    (void)tuf_repo_delegate(&d->repo, "targets", "role", "\"*\"");
    tuf_repo_add_target(&d->repo, "role", "path", "content");
    tuf_repo_publish(&d->repo, "role");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_seek(&d->client, "path"));
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 2; st != KW_OK; k++) { /* the first is that of the machine itself */
        d->repo.requests_count = 0;
        (void)kw_heap_fail_at(k);
        st = tuf_client_seek(&d->client, "path");
        bool has_failed = kw_heap_fail_at(0) == 0;
        assert_true(st == KW_OK || st == KW_NO_MEMORY || st == KW_LIMIT);
        assert_int_equal(st != KW_OK, has_failed);
        expect_versions(d, 1, 2, 2, 2);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, tuf_desk_make, tuf_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refresh__makes_four_requests_when_all_is_new),
        CASE(refresh__makes_two_requests_when_nothing_is_new),
        CASE(refresh__keeps_the_received_bytes),
        CASE(refresh__takes_unknown_members_that_are_signed),
        CASE(refresh__fails_on_a_file_that_is_not_there),
        CASE(refresh__asks_without_versions_where_root_says_so),
        CASE(is_consistent__follows_the_trusted_root),
        CASE(first_root__must_be_there),
        CASE(first_root__is_refused_before_any_request),
        CASE(first_root__may_be_expired_when_a_newer_one_is_not),
        CASE(refresh__refuses_another_type),
        CASE(refresh__refuses_a_role_without_signatures),
        CASE(refresh__refuses_another_version_than_the_name_says),
        CASE(refresh__refuses_a_root_that_skips_a_version),
        CASE(refresh__compares_with_lengths_and_hashes),
        CASE(refresh__refuses_files_that_are_too_long),
        CASE(want__says_how_long_an_answer_may_be),
        CASE(expired__root_is_kept_and_nothing_else_taken),
        CASE(expired__new_files_are_not_kept),
        CASE(expired__the_moment_itself_is_past),
        CASE(expired__local_files_still_tell_of_versions),
        CASE(timestamp__of_the_same_version_is_no_news),
        CASE(timestamp__does_not_go_back),
        CASE(snapshot__does_not_go_back),
        CASE(targets__do_not_go_back),
        CASE(snapshot__does_not_lose_a_role),
        CASE(refresh__refuses_a_snapshot_without_targets),
        CASE(local__files_that_are_spoiled_are_fetched_again),
        CASE(new__needs_memory),
        CASE(refresh__survives_the_loss_of_any_allocation),
    };
    return cmocka_run_group_tests_name("tuf/engine/update", tests, NULL, NULL);
}
