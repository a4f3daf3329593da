/* SPDX-License-Identifier: Apache-2.0
 * Keys that change while a client looks on: the tables of rotations that the public suite of TUF
 * clients has, recovery from versions that were pushed too far, and who counts. */
#include "tuf/engine/update.h"

#include "support/expect.h"
#include "support/tuf_client.h"

#include <stdio.h>

/* One version of a role: "keys/threshold/signatures", with one digit for each key. */
typedef struct rotation {
    const char *name;
    const char *versions[4];
    kw_status wanted;
} rotation;

static const rotation root_rotations[] = {
    {"1 of 1 rotates", {"1/1/1", "2/1/21", "2/1/2"}, KW_OK},
    {"1 of 1 rotates among unused signatures", {"1/1/314", "2/1/3214", "2/1/324"}, KW_OK},
    {"3 of 5 in different combinations", {"01234/3/024", "01234/3/041", "01234/3/013"}, KW_OK},
    {"3 of 5, one key rotates", {"01234/3/024", "01345/3/041"}, KW_OK},
    {"3 of 5, one key rotates in steps", {"01234/3/024", "01345/3/0245", "01345/3/045"}, KW_OK},
    {"3 of 5, all rotate in steps", {"01234/3/024", "56789/3/024567", "56789/3/567"}, KW_OK},
    {"1 of 3 becomes 2 of 3", {"123/1/1", "123/2/12"}, KW_OK},
    {"2 of 3 becomes 1 of 3", {"123/2/12", "123/1/12", "123/1/1"}, KW_OK},
    {"1 of 2 becomes 2 of 2", {"1/1/1", "12/2/12"}, KW_OK},
    {"not signed with the old key", {"1/1/1", "2/1/234"}, KW_THRESHOLD},
    {"not signed with the new key", {"1/1/1", "2/1/134"}, KW_THRESHOLD},
    {"3 of 5, not 3 new keys", {"01234/3/024", "01345/3/024"}, KW_THRESHOLD},
    {"3 of 5, not 3 old keys", {"01234/3/024", "01345/3/045"}, KW_THRESHOLD},
    {"the new threshold is not met", {"123/1/1", "123/2/2"}, KW_THRESHOLD},
    {"the old threshold is not met", {"123/2/12", "123/1/1"}, KW_THRESHOLD},
};

static const rotation role_rotations[] = {
    {"1 of 1", {"2/1/2"}, KW_OK},
    {"1 of 1 among unused signatures", {"1/1/314"}, KW_OK},
    {"1 of 1, not with its key", {"2/1/134"}, KW_THRESHOLD},
    {"3 of 5, one of another", {"01345/3/024"}, KW_THRESHOLD},
    {"3 of 5, one missing", {"01345/3/04"}, KW_THRESHOLD},
    {"3 of 5, 024", {"01234/3/024"}, KW_OK},
    {"3 of 5, 041", {"01234/3/041"}, KW_OK},
    {"3 of 5, 013", {"01234/3/013"}, KW_OK},
    {"3 of 5, 123", {"01234/3/123"}, KW_OK},
    {"3 of 5, 234", {"01234/3/234"}, KW_OK},
};

static void apply(tuf_repo *repo, const char *role_name, const char *version)
{
    tuf_keys *keys = tuf_repo_keys(repo, role_name);
    tuf_role *role = tuf_repo_role(repo, role_name);
    *keys = (tuf_keys){.threshold = 1};
    role->signers_count = 0;
    for (; *version != '/'; version++) {
        keys->ids[keys->count++] = (unsigned)(*version - '0');
    }
    keys->threshold = (unsigned)(version[1] - '0');
    for (version += 3; *version != '\0'; version++) {
        role->signers[role->signers_count++] = (unsigned)(*version - '0');
    }
}

static void root__rotates_by_old_and_new_keys(void **state)
{
    tuf_desk *d = *state;
    for (size_t i = 0; i < KW_COUNT(root_rotations); i++) {
        const rotation *r = &root_rotations[i];
        tuf_role *root = tuf_repo_role(&d->repo, "root");
        char last[TUF_NAME_BYTES] = "";
        char before_last[TUF_NAME_BYTES] = "";
        root->version = 100 * (unsigned)i;
        for (size_t v = 0; v < KW_COUNT(r->versions) && r->versions[v] != NULL; v++) {
            apply(&d->repo, "root", r->versions[v]);
            tuf_repo_publish(&d->repo, "root");
            (void)snprintf(before_last, sizeof before_last, "%s", last);
            (void)snprintf(last, sizeof last, "%u.root.json", root->version);
        }
        char first[TUF_NAME_BYTES];
        (void)snprintf(first, sizeof first, "%zu.root.json", 100 * i + 1);
        tuf_client_put(&d->client, "root.json", kw_buf_view(tuf_repo_peek(&d->repo, first)));
        kw_status st = tuf_client_refresh(&d->client);
        if (st != r->wanted) {
            print_error("%s: %s\n", r->name, kw_status_name(st));
        }
        assert_int_equal(st, r->wanted);
        EXPECT_SPAN(kw_buf_view(tuf_client_file(&d->client, "root.json")),
                    kw_buf_view(tuf_repo_peek(&d->repo, r->wanted == KW_OK ? last : before_last)));
    }
}

static void other_roles__have_the_keys_that_root_says(void **state)
{
    static const char *const names[] = {"timestamp", "snapshot", "targets"};
    (void)state;
    for (size_t i = 0; i < KW_COUNT(role_rotations); i++) {
        for (size_t n = 0; n < KW_COUNT(names); n++) {
            void *fresh = NULL;
            (void)tuf_desk_make(&fresh);
            tuf_desk *d = fresh;
            apply(&d->repo, names[n], role_rotations[i].versions[0]);
            tuf_repo_publish(&d->repo, "root");
            tuf_repo_publish(&d->repo, names[n]);
            tuf_repo_update_snapshot(&d->repo);
            EXPECT_STATUS(tuf_client_refresh(&d->client), role_rotations[i].wanted);
            (void)tuf_desk_drop(&fresh);
        }
    }
}

/* ---- who counts ---- */

static void threshold__that_passes_the_keys_is_never_met(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    for (int i = 0; i < 4; i++) {
        tuf_repo_add_key(&d->repo, "snapshot");
    }
    tuf_repo_keys(&d->repo, "snapshot")->threshold = 6;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_THRESHOLD);
    assert_int_equal(tuf_client_version(&d->client, "snapshot.json", KW_TUF_SNAPSHOT), 1);
    tuf_repo_keys(&d->repo, "snapshot")->threshold = 5;
    tuf_repo_publish(&d->repo, "root");
    EXPECT_OK(tuf_client_refresh(&d->client));
}

/* A role that names one key many times, which signs once. */
static void keyid__counts_once_for_a_role_that_names_it_often(void **state)
{
    tuf_desk *d = *state;
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_keys *keys = tuf_repo_keys(&d->repo, "snapshot");
    for (int i = 0; i < 9; i++) {
        keys->ids[keys->count++] = keys->ids[0];
    }
    keys->threshold = 2;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_THRESHOLD);
    assert_int_equal(tuf_client_version(&d->client, "snapshot.json", KW_TUF_SNAPSHOT), 1);
    keys->threshold = 1;
    tuf_repo_publish(&d->repo, "root");
    EXPECT_OK(tuf_client_refresh(&d->client));
}

static void file__that_one_key_signs_twice_is_refused(void **state)
{
    tuf_desk *d = *state;
    tuf_role *snapshot = tuf_repo_role(&d->repo, "snapshot");
    snapshot->signers[snapshot->signers_count++] = snapshot->signers[0];
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_BAD_INPUT);
    snapshot->signers_count = 1;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
}

static void keys__are_at_most_sixty_four(void **state)
{
    tuf_desk *d = *state;
    tuf_keys *keys = tuf_repo_keys(&d->repo, "targets");
    while (keys->count < KW_TUF_KEYS_MAX) {
        tuf_repo_add_key(&d->repo, "targets");
    }
    keys->threshold = KW_TUF_KEYS_MAX;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_add_key(&d->repo, "targets");
    tuf_repo_role(&d->repo, "targets")->signers_count--;
    tuf_repo_publish(&d->repo, "root");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_LIMIT);
    keys->count--;
    tuf_repo_role(&d->repo, "root")->version--;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_role(&d->repo, "targets")->signers_count++;
    tuf_repo_publish(&d->repo, "targets"); /* 65 signatures */
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_LIMIT);
}

/* ---- versions that were pushed too far ---- */

static void fast_forward__of_the_timestamp_ends_with_its_keys(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "timestamp")->version = 99;
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_role(&d->repo, "timestamp")->version = 0;
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    tuf_repo_rotate(&d->repo, "timestamp");
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_publish_again(&d->repo, "timestamp");
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "timestamp.json", KW_TUF_TIMESTAMP), 1);
}

static void fast_forward__of_the_snapshot_ends_with_the_keys_of_both(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "snapshot")->version = 99998;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "snapshot.json", KW_TUF_SNAPSHOT), 99999);
    tuf_repo_rotate(&d->repo, "snapshot");
    tuf_repo_rotate(&d->repo, "timestamp");
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_role(&d->repo, "snapshot")->version = 0;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "snapshot.json", KW_TUF_SNAPSHOT), 1);
}

static void fast_forward__of_targets_ends_with_the_keys_of_the_snapshot(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "targets")->version = 99;
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_role(&d->repo, "targets")->version = 1;
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    tuf_repo_rotate(&d->repo, "snapshot");
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "targets.json", KW_TUF_TARGETS), 2);
}

/* A key that comes takes nothing away: what was seen before still counts. */
static void fast_forward__does_not_end_with_a_key_that_is_added(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_role(&d->repo, "timestamp")->version = 99;
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_repo_add_key(&d->repo, "timestamp");
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_role(&d->repo, "timestamp")->version = 0;
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_STATUS(tuf_client_refresh(&d->client), KW_ROLLBACK);
    assert_int_equal(tuf_client_version(&d->client, "timestamp.json", KW_TUF_TIMESTAMP), 100);
}

/* The local files go even when all that is left of their signatures would still do. */
static void fast_forward__ends_when_any_key_is_taken_away(void **state)
{
    tuf_desk *d = *state;
    tuf_repo_add_key(&d->repo, "timestamp");
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_role(&d->repo, "timestamp")->version = 99;
    tuf_repo_publish(&d->repo, "timestamp"); /* signed by both */
    EXPECT_OK(tuf_client_refresh(&d->client));
    tuf_keys *keys = tuf_repo_keys(&d->repo, "timestamp");
    keys->count = 1;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_role(&d->repo, "timestamp")->version = 0;
    tuf_repo_publish(&d->repo, "timestamp");
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "timestamp.json", KW_TUF_TIMESTAMP), 1);
}

static void roots__are_taken_up_to_the_limit_of_one_refresh(void **state)
{
    tuf_desk *d = *state;
    for (unsigned i = 0; i < KW_TUF_ROTATIONS_MAX + 5; i++) {
        tuf_repo_publish(&d->repo, "root");
    }
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "root.json", KW_TUF_ROOT),
                     KW_TUF_ROTATIONS_MAX + 1);
    EXPECT_OK(tuf_client_refresh(&d->client));
    assert_int_equal(tuf_client_version(&d->client, "root.json", KW_TUF_ROOT),
                     KW_TUF_ROTATIONS_MAX + 6);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, tuf_desk_make, tuf_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(root__rotates_by_old_and_new_keys),
        cmocka_unit_test(other_roles__have_the_keys_that_root_says),
        CASE(threshold__that_passes_the_keys_is_never_met),
        CASE(keyid__counts_once_for_a_role_that_names_it_often),
        CASE(file__that_one_key_signs_twice_is_refused),
        CASE(keys__are_at_most_sixty_four),
        CASE(fast_forward__of_the_timestamp_ends_with_its_keys),
        CASE(fast_forward__of_the_snapshot_ends_with_the_keys_of_both),
        CASE(fast_forward__of_targets_ends_with_the_keys_of_the_snapshot),
        CASE(fast_forward__does_not_end_with_a_key_that_is_added),
        CASE(fast_forward__ends_when_any_key_is_taken_away),
        CASE(roots__are_taken_up_to_the_limit_of_one_refresh),
    };
    return cmocka_run_group_tests_name("tuf/engine/rotation", tests, NULL, NULL);
}
