/* SPDX-License-Identifier: Apache-2.0
 * Slots in a folder: what is made is there after a restart, what is destroyed is not. */
#include "threshold/slots_file.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "os/dir.h"
#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"
#include "threshold/limits.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TRIES_MAX = 30
};

/* A folder below a temporary one, and the generator; opened by `open_slots`. */
typedef struct desk {
    tempdir dir;
    tempdir_path folder;
    seeded_rng rng;
    kw_rng port;
} desk;

static int set_up(void **state)
{
    static desk d;
    d = (desk){.dir = tempdir_make(), .rng = {.seed = 7}};
    d.folder = tempdir_join(&d.dir, "state/slots");
    d.port = seeded_rng_port(&d.rng);
    *state = &d;
    return 0;
}

static int tear_down(void **state)
{
    desk *d = *state;
    tempdir_remove(&d->dir);
    return 0;
}

static kw_slots *open_slots(const desk *d)
{
    kw_slots *slots = NULL;
    kw_error err = {0};
    EXPECT_OK(kw_slots_open(&slots, d->folder.text, &d->port, &err));
    return slots;
}

static tempdir_path path_in(const desk *d, const char *name)
{
    tempdir at = {{0}};
    memcpy(at.path, d->folder.text, strlen(d->folder.text) + 1);
    return tempdir_join(&at, name);
}

static tempdir_path path_of(const desk *d, const kw_hash32 *id)
{
    char name[65] = {0};
    kw_hex_encode_to(name, KW_SPAN(id->bytes));
    return path_in(d, name);
}

static size_t count_of(kw_slots *slots)
{
    KW_AUTO(kw_slot_ids) ids = {0};
    EXPECT_OK(kw_slots_list(slots, &ids, NULL));
    return ids.count;
}

static void expect_slot(kw_slots *slots, const kw_hash32 *id, const kw_secret32 *wanted)
{
    KW_AUTO(kw_secret32) found = {0};
    EXPECT_OK(kw_slots_get(slots, &found, id, NULL));
    assert_true(kw_declassify_mask(kw_secret32_equal(&found, wanted), "a test knows both"));
}

static void slots__survive_a_restart_until_they_are_destroyed(void **state)
{
    const desk *d = *state;
    kw_hash32 ids[3];
    kw_secret32 values[3];
    kw_slots *slots = open_slots(d);
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        EXPECT_OK(kw_slots_make(slots, &ids[i], &values[i], NULL));
    }
    kw_slots_free(slots);
    slots = open_slots(d);
    assert_int_equal(count_of(slots), 3);
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        expect_slot(slots, &ids[i], &values[i]);
    }
    EXPECT_OK(kw_slots_destroy(slots, &ids[1], NULL));
    EXPECT_OK(kw_slots_destroy(slots, &ids[1], NULL));
    KW_AUTO(kw_secret32) none = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_slots_get(slots, &none, &ids[1], &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    assert_int_equal(count_of(slots), 2);
    expect_slot(slots, &ids[2], &values[2]);
    EXPECT_STR(kw_str_of(kw_slots_erasure(slots)), "best-effort");
    kw_slots_free(slots);
}

static void open__keeps_the_folder_to_one_process_and_to_this_user(void **state)
{
    const desk *d = *state;
    kw_slots *slots = open_slots(d);
    kw_slots *second = NULL;
    kw_file_info info;
    EXPECT_STATUS(kw_slots_open(&second, d->folder.text, &d->port, NULL), KW_BUSY);
    EXPECT_OK(kw_file_stat(&info, d->folder.text, NULL));
    assert_int_equal(info.mode, 0700);
    kw_slots_free(slots);
    assert_int_equal(chmod(d->folder.text, 0750), 0);
    EXPECT_STATUS(kw_slots_open(&second, d->folder.text, &d->port, NULL), KW_FORBIDDEN);
    assert_int_equal(chmod(d->folder.text, 0700), 0);
    slots = open_slots(d);
    kw_slots_free(slots);
}

static void open__refuses_what_is_no_folder(void **state)
{
    const desk *d = *state;
    kw_slots *slots = NULL;
    tempdir_path file = tempdir_join(&d->dir, "file");
    EXPECT_OK(kw_file_write_atomic(file.text, (kw_span){0}, 0600, NULL));
    EXPECT_STATUS(kw_slots_open(&slots, file.text, &d->port, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_slots_open(&slots, "", &d->port, NULL), KW_BAD_INPUT);
    char *longest = kw_heap_new(KW_SLOTS_PATH_BYTES_MAX + 2, 1);
    memset(longest, 'x', KW_SLOTS_PATH_BYTES_MAX + 1);
    EXPECT_STATUS(kw_slots_open(&slots, longest, &d->port, NULL), KW_LIMIT);
    kw_heap_free(longest);
    assert_null(slots);
}

static void open__tells_backups_to_stay_out(void **state)
{
    const desk *d = *state;
    kw_slots_free(open_slots(d));
    KW_AUTO(kw_buf) tag = kw_buf_init(1000);
    EXPECT_OK(kw_file_read(&tag, path_in(d, "CACHEDIR.TAG").text, NULL));
    assert_true(kw_str_starts_with(kw_buf_text(&tag),
                                   KW_STR("Signature: 8a477f597d28d172789f06886806bc55")));
}

static void open__erases_halves_and_leaves_strangers(void **state)
{
    const desk *d = *state;
    kw_slots *slots = open_slots(d);
    kw_hash32 id;
    KW_AUTO(kw_secret32) value = {0};
    EXPECT_OK(kw_slots_make(slots, &id, &value, NULL));
    kw_slots_free(slots);
    char name[80] = {0};
    kw_hex_encode_to(name, KW_SPAN(id.bytes));
    memcpy(&name[64], ".tmp.AbCdEf", 12);
    tempdir_path half = path_in(d, name);
    tempdir_path stranger = path_in(d, "notes.tmp.x");
    EXPECT_OK(kw_file_write_atomic(half.text, KW_SPAN(id.bytes), 0600, NULL));
    EXPECT_OK(kw_file_write_atomic(stranger.text, KW_SPAN(id.bytes), 0600, NULL));
    slots = open_slots(d);
    kw_file_info info;
    EXPECT_STATUS(kw_file_stat(&info, half.text, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_file_stat(&info, stranger.text, NULL));
    assert_int_equal(count_of(slots), 1);
    expect_slot(slots, &id, &value);
    kw_slots_free(slots);
}

static void get__refuses_damage(void **state)
{
    const desk *d = *state;
    static const uint8_t bytes[33];
    kw_slots *slots = open_slots(d);
    kw_hash32 id;
    KW_AUTO(kw_secret32) value = {0};
    EXPECT_OK(kw_slots_make(slots, &id, &value, NULL));
    tempdir_path path = path_of(d, &id);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        kw_error err = {0};
        EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){bytes, len}, 0600, NULL));
        kw_status wanted = len == 32 ? KW_OK : KW_CORRUPT;
        EXPECT_STATUS(kw_slots_get(slots, &value, &id, &err), wanted);
        assert_int_equal(err.status, wanted);
    }
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){bytes, 32}, 0640, NULL));
    EXPECT_STATUS(kw_slots_get(slots, &value, &id, NULL), KW_FORBIDDEN);
    kw_slots_free(slots);
}

/* A daemon has the folder open. */
static void peek__reads_a_slot_of_an_open_folder(void **state)
{
    const desk *d = *state;
    kw_slots *slots = open_slots(d);
    kw_hash32 id;
    KW_AUTO(kw_secret32) value = {0};
    KW_AUTO(kw_secret32) found = {0};
    EXPECT_OK(kw_slots_make(slots, &id, &value, NULL));
    tempdir_path path = path_of(d, &id);
    char *folder = path.text;
    *strrchr(folder, '/') = '\0';
    EXPECT_OK(kw_slots_peek(&found, folder, &id, NULL));
    assert_true(kw_declassify_mask(kw_secret32_equal(&found, &value), "a test knows both"));
    id.bytes[0] ^= 1;
    EXPECT_STATUS(kw_slots_peek(&found, folder, &id, NULL), KW_NOT_FOUND);
    char name[KW_SLOTS_PATH_BYTES_MAX + 2] = {0};
    memset(name, 'x', sizeof name - 1);
    EXPECT_STATUS(kw_slots_peek(&found, name, &id, NULL), KW_LIMIT);
    kw_slots_free(slots);
}

/* A slot is made as a whole or not at all, and a failed destruction can be ended. */
static void faults__leave_whole_slots_or_none(void **state)
{
    const desk *d = *state;
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};
    kw_slots *slots = open_slots(d);
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        bool has_failed = true;
        for (uint64_t nth = 1; has_failed; nth++) {
            assert_true(nth < TRIES_MAX);
            kw_os_faults faults = {0};
            kw_hash32 id = {{0}};
            KW_AUTO(kw_secret32) value = {0};
            kw_error err = {0};
            kw_os_faults_use(&faults);
            kw_os_fail_at(&faults, calls[i], nth);
            kw_status made = kw_slots_make(slots, &id, &value, &err);
            kw_status gone = made == KW_OK ? kw_slots_destroy(slots, &id, &err) : KW_OK;
            has_failed = atomic_load(&faults.calls[calls[i]].failed) > 0;
            kw_os_faults_use(NULL);
            EXPECT_STATUS(made != KW_OK ? made : gone, has_failed ? KW_IO : KW_OK);
            if (gone != KW_OK) {
                EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
                EXPECT_STATUS(kw_slots_get(slots, &value, &id, NULL), KW_NOT_FOUND);
            }
        }
    }
    /* Only a slot whose name was already in place when the sync of the folder failed. */
    KW_AUTO(kw_slot_ids) ids = {0};
    EXPECT_OK(kw_slots_list(slots, &ids, NULL));
    for (size_t i = 0; i < ids.count; i++) {
        KW_AUTO(kw_secret32) value = {0};
        EXPECT_OK(kw_slots_get(slots, &value, &ids.items[i], NULL));
    }
    assert_int_equal(ids.count, 2);
    kw_slots_free(slots);
}

static void heap__failures_leave_nothing_open(void **state)
{
    const desk *d = *state;
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        assert_true(k < TRIES_MAX);
        kw_slots *slots = NULL;
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = kw_slots_open(&slots, d->folder.text, &d->port, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
            assert_int_equal(err.status, KW_NO_MEMORY);
            assert_null(slots);
        }
        kw_slots_free(slots);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slots__survive_a_restart_until_they_are_destroyed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(open__keeps_the_folder_to_one_process_and_to_this_user,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(open__refuses_what_is_no_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(open__tells_backups_to_stay_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(open__erases_halves_and_leaves_strangers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(get__refuses_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(peek__reads_a_slot_of_an_open_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults__leave_whole_slots_or_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(heap__failures_leave_nothing_open, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("threshold/slots_file", tests, NULL, NULL);
}
