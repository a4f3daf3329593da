/* SPDX-License-Identifier: Apache-2.0 */
#include "os/secmem.h"

#include "os/fault.h"
#include "support/expect.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child that runs `act` ends: its signal, or 0 for a normal end. ASan would turn the fault
 * into an exit, so the child takes the default action. */
static int signal_of_child(void (*act)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGSEGV, SIG_DFL);
        (void)signal(SIGBUS, SIG_DFL);
        (void)signal(SIGABRT, SIG_DFL);
        act();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

enum {
    BLOCK = 64
};

static void write_to(size_t offset)
{
    volatile unsigned char *block = kw_secmem_new(BLOCK);
    if (block == NULL) {
        _exit(0);
    }
    block[offset] = 1;
}

static void write_inside(void)
{
    write_to(BLOCK - 1);
}

static void write_behind(void)
{
    write_to(BLOCK);
}

static void use_after_free(void)
{
    volatile unsigned char *block = kw_secmem_new(BLOCK);
    kw_secmem_free((void *)(uintptr_t)block);
    block[0] = 1;
}

static void new__guards_the_end_and_what_was_freed(void **state)
{
    (void)state;
    assert_int_equal(signal_of_child(write_inside), 0);
    assert_int_not_equal(signal_of_child(write_behind), 0);
    assert_int_not_equal(signal_of_child(use_after_free), 0);
}

static void new__fails_when_told_and_free_takes_null(void **state)
{
    (void)state;
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_ALLOCATE, 1);
    assert_null(kw_secmem_new(BLOCK));
    kw_os_fail_at(&faults, KW_OS_ALLOCATE, 1);
    assert_null(kw_fork_mark_new());
    kw_os_faults_use(NULL);
    kw_secmem_free(NULL);
    kw_fork_mark_free(NULL);
}

/* True when `line` of smaps opens the mapping that holds `at`; false for lines that open another
 * one and for those that tell facts. */
static bool opens_mapping(const char *line, const void *at, bool *out_is_header)
{
    char *rest = NULL;
    unsigned long from = strtoul(line, &rest, 16);
    *out_is_header = rest != line && *rest == '-';
    if (!*out_is_header) {
        return false;
    }
    unsigned long to = strtoul(rest + 1, NULL, 16);
    return (uintptr_t)at >= from && (uintptr_t)at < to;
}

/* Locked bytes of the mapping that holds `at`, in KiB, by the kernel's own count. */
static unsigned long locked_kib(const void *at)
{
    static const char label[] = "Locked:";
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    char line[512];
    bool is_inside = false;
    unsigned long locked = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        bool is_header = false;
        bool opens = opens_mapping(line, at, &is_header);
        is_inside = is_header ? opens : is_inside;
        if (is_inside && strncmp(line, label, sizeof label - 1) == 0) {
            locked = strtoul(line + sizeof label - 1, NULL, 10);
        }
    }
    assert_int_equal(fclose(maps), 0);
    return locked;
}

/* AddressSanitizer replaces mlock by nothing. */
static bool mlock_is_real(void)
{
    static unsigned char page[1 << 14];
    bool is_locked = mlock(page, sizeof page) == 0 && locked_kib(&page[sizeof page / 2]) > 0;
    (void)munlock(page, sizeof page);
    return is_locked;
}

static void new__locks_its_pages(void **state)
{
    (void)state;
    if (!mlock_is_real()) {
        skip();
    }
    unsigned char *block = kw_secmem_new(BLOCK);
    assert_non_null(block);
    block[0] = 1;
    assert_true(locked_kib(block) >= 4);
    kw_secmem_free(block);
}

/* As a user without privileges, for whom the limit counts. */
static void check_under_a_limit(void)
{
    struct rlimit limit = {.rlim_cur = 1 << 16, .rlim_max = 1 << 16};
    if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
        (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) ||
        kw_secmem_check(1 << 15, NULL) != KW_OK || kw_secmem_check(1 << 20, NULL) != KW_LIMIT) {
        abort();
    }
}

static void check__asks_whether_so_much_may_be_locked(void **state)
{
    (void)state;
    assert_int_equal(signal_of_child(check_under_a_limit), 0);
}

static void fork_mark__is_gone_in_the_child_only(void **state)
{
    (void)state;
    kw_fork_mark *mark = kw_fork_mark_new();
    assert_non_null(mark);
    assert_false(kw_fork_mark_has_forked(mark));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool first = kw_fork_mark_has_forked(mark);
        bool second = kw_fork_mark_has_forked(mark);
        _exit(first && !second ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_false(kw_fork_mark_has_forked(mark));
    kw_fork_mark_free(mark);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new__guards_the_end_and_what_was_freed),
        cmocka_unit_test(new__fails_when_told_and_free_takes_null),
        cmocka_unit_test(new__locks_its_pages),
        cmocka_unit_test(check__asks_whether_so_much_may_be_locked),
        cmocka_unit_test(fork_mark__is_gone_in_the_child_only),
    };
    return cmocka_run_group_tests_name("os/secmem", tests, NULL, NULL);
}
