/* SPDX-License-Identifier: Apache-2.0
 * kill -9 at random moments of rotation, revocation and registration: what was acknowledged is
 * there afterwards, and the audit chain verifies. KW_TEST_KILLS sets how often (20), KW_TEST_SEED
 * replays a run. */
#include "support/expect.h"
#include "support/house.h"

#include "os/clock.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    KILLS_DEFAULT = 20,
    CHANGES_MAX = 1024,
};

typedef enum change_kind {
    CHANGE_ADD,    /* a participant */
    CHANGE_ROTATE, /* a new key */
    CHANGE_REVOKE, /* the newest key that a rotation gave */
    CHANGE_KINDS,
} change_kind;

/* What the server acknowledged. */
typedef struct ledger {
    char participants[CHANGES_MAX][16];
    size_t participants_count;
    char kids[CHANGES_MAX][80];
    bool is_revoked[CHANGES_MAX];
    size_t kids_count;
    unsigned next_name;
} ledger;

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* Starts one change in the background; `name` gets what it is about. */
static process start_change(house *h, const ledger *known, change_kind kind, char *name,
                            size_t size)
{
    tempdir_path ca = house_path(h, "pki/ca.pem");
    const char *who = kind == CHANGE_ADD ? "security" : "officer";
    char cert[512];
    char key[512];
    char uri[64];
    (void)snprintf(cert, sizeof cert, "%s/pki/%s.pem", h->dir.path, who);
    (void)snprintf(key, sizeof key, "%s/pki/%s.key", h->dir.path, who);
    const char *argv[24] = {KW_BIN_DIR "/keyward", "emtp"};
    size_t count = 2;
    if (kind == CHANGE_ADD) {
        (void)snprintf(name, size, "p%u", known->next_name);
        (void)snprintf(uri, sizeof uri, "keyward:%s", name);
        argv[count++] = "participants";
        argv[count++] = "add";
        argv[count++] = name;
        argv[count++] = "--uri";
        argv[count++] = uri;
    } else {
        argv[count++] = "keys";
        argv[count++] = kind == CHANGE_ROTATE ? "rotate" : "revoke";
        if (kind == CHANGE_REVOKE) {
            (void)snprintf(name, size, "%s", known->kids[known->kids_count - 1]);
            argv[count++] = name;
        }
    }
    const char *const rest[] = {"--json", "--server", h->admin_url, "--ca", ca.text,
                                "--cert", cert,       "--cert-key", key};
    for (size_t i = 0; i < KW_COUNT(rest); i++) {
        argv[count++] = rest[i];
    }
    return process_start(argv, house_path(h, "changes.log").text);
}

/* The value of a member "kid" in one line of JSON. */
static bool find_kid(kw_str json, char *out, size_t size)
{
    static const char mark[] = "\"kid\":\"";
    const char *at = memmem(json.ptr, json.len, mark, sizeof mark - 1);
    if (at == NULL) {
        return false;
    }
    at += sizeof mark - 1;
    size_t len = 0;
    while (at + len < json.ptr + json.len && at[len] != '"' && len + 1 < size) {
        out[len] = at[len];
        len++;
    }
    out[len] = '\0';
    return true;
}

static void note(ledger *known, change_kind kind, const char *name, kw_str answer)
{
    switch (kind) {
    case CHANGE_ADD:
        (void)snprintf(known->participants[known->participants_count], 16, "%.15s", name);
        known->participants_count++;
        return;
    case CHANGE_ROTATE:
        assert_true(find_kid(answer, known->kids[known->kids_count], 80));
        known->is_revoked[known->kids_count] = false;
        known->kids_count++;
        return;
    case CHANGE_REVOKE:
        known->is_revoked[known->kids_count - 1] = true;
        return;
    case CHANGE_KINDS:
        break;
    }
    fail();
}

/* How long a change takes here, from the start of the command to its answer. */
static int measure_change_ms(house *h, ledger *known)
{
    char name[80] = "";
    uint64_t start_ns = kw_monotonic_ns();
    process change = start_change(h, known, CHANGE_ADD, name, sizeof name);
    known->next_name++;
    KW_AUTO(kw_buf) answer = kw_buf_init(1 << 16);
    assert_true(process_read_line(&change, &answer));
    int took_ms = (int)((kw_monotonic_ns() - start_ns) / 1000000);
    assert_int_equal(process_wait(&change), 0);
    note(known, CHANGE_ADD, name, kw_buf_text(&answer));
    return took_ms;
}

/* One change, one kill at a random moment after its start, at the latest when it is answered. */
static void change_and_kill(house *h, ledger *known, uint64_t *random, int wait_ms_max)
{
    change_kind kind = (change_kind)(next_random(random) % CHANGE_KINDS);
    if (kind == CHANGE_REVOKE &&
        (known->kids_count == 0 || known->is_revoked[known->kids_count - 1])) {
        kind = CHANGE_ROTATE;
    }
    char name[80] = "";
    process change = start_change(h, known, kind, name, sizeof name);
    known->next_name++;
    struct pollfd answered = {.fd = change.out_fd, .events = POLLIN};
    (void)poll(&answered, 1, (int)(next_random(random) % (uint64_t)wait_ms_max));
    house_kill(h);
    KW_AUTO(kw_buf) answer = kw_buf_init(1 << 16);
    (void)process_read_line(&change, &answer);
    if (process_wait(&change) == 0) {
        note(known, kind, name, kw_buf_text(&answer));
    }
}

static bool holds(const process_result *result, const char *format, const char *text)
{
    char wanted[160];
    (void)snprintf(wanted, sizeof wanted, format, text);
    return memmem(result->out.ptr, result->out.len, wanted, strlen(wanted)) != NULL;
}

/* The entry of a kid in `emtp keys list --json`, up to its end. */
static bool is_listed_as_revoked(const process_result *result, const char *kid)
{
    char wanted[100];
    (void)snprintf(wanted, sizeof wanted, "{\"kid\":\"%s\"", kid);
    const char *entry = memmem(result->out.ptr, result->out.len, wanted, strlen(wanted));
    assert_non_null(entry);
    size_t left = result->out.len - (size_t)(entry - (const char *)result->out.ptr);
    const char *end = memchr(entry, '}', left);
    assert_non_null(end);
    return memmem(entry, (size_t)(end - entry), "\"revoked_at\":null", 17) == NULL;
}

static void expect_ledger(house *h, const ledger *known)
{
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_SECURITY, "emtp participants list --json");
    for (size_t i = 0; i < known->participants_count; i++) {
        assert_true(holds(&result, "{\"id\":\"%s\"", known->participants[i]));
    }
    house_run(h, &result, 0, HOUSE_OFFICER, "emtp keys list --json");
    for (size_t i = 0; i < known->kids_count; i++) {
        assert_true(holds(&result, "{\"kid\":\"%s\"", known->kids[i]));
        if (known->is_revoked[i]) {
            assert_true(is_listed_as_revoked(&result, known->kids[i]));
        }
    }
    process_result_drop(&result);
}

static void daemon__keeps_what_it_acknowledged_through_kills(void **state)
{
    (void)state;
    const char *kills_text = getenv("KW_TEST_KILLS");
    const char *seed_text = getenv("KW_TEST_SEED");
    unsigned long kills = kills_text == NULL ? KILLS_DEFAULT : strtoul(kills_text, NULL, 10);
    uint64_t random = seed_text == NULL ? kw_monotonic_ns() | 1 : strtoull(seed_text, NULL, 10);
    print_message("seed %llu, %lu kills\n", (unsigned long long)random, kills);
    static ledger known;
    house *h = house_make("");
    house_start(h);
    /* Thrice what one takes: most, but not all, are answered before the kill. */
    int wait_ms_max = 3 * measure_change_ms(h, &known) + 1;
    for (unsigned long i = 0; i < kills; i++) {
        change_and_kill(h, &known, &random, wait_ms_max);
        house_start(h);
        expect_ledger(h, &known);
    }
    house_stop(h);
    assert_true(known.participants_count + known.kids_count > 1);
    print_message("%zu participants and %zu keys were acknowledged\n", known.participants_count,
                  known.kids_count);
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_NOBODY,
              "audit verify %/data/audit --vkey-file %/data/audit/vkey");
    process_result_drop(&result);
    house_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(daemon__keeps_what_it_acknowledged_through_kills),
    };
    return cmocka_run_group_tests_name("fault/daemon_kill", tests, NULL, NULL);
}
