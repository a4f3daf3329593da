/* SPDX-License-Identifier: Apache-2.0
 * A running house for end-to-end tests: a real keywardd on loopback with a development CA, two
 * administrators, and the real keyward command to talk to it. All in one temporary folder. */
#ifndef KW_TESTS_SUPPORT_HOUSE_H
#define KW_TESTS_SUPPORT_HOUSE_H

#include "support/process.h"
#include "support/tempdir.h"

enum {
    HOUSE_ARGS_MAX = 48
};

typedef struct house {
    tempdir dir; /* pki/ data/ config.yaml keywardd.log test-clock */
    process daemon;
    char public_url[64];
    char admin_url[64];
    char metrics_url[64];
    char peer_url[64]; /* empty: the configuration has no such listener */
} house;

/* Makes the folder: CA, certificates `server`, `officer` (crypto_officer and operator), `security`
 * (security_admin), `auditor`, `member` (keyward:member, not registered), a seal key and a
 * configuration. `more_yaml` (may be ""), in which "%" stands for the folder, is put behind it:
 * lines for `guard`, then whole sections. */
house *house_make(const char *more_yaml);

/* Writes a file that the daemon may read: `name` is below the folder. */
void house_write(const house *h, const char *name, kw_span bytes);

/* Starts the daemon and waits until it is ready. Fails the test, with the log, when it ends. */
void house_start(house *h);

/* SIGTERM; the daemon must end with 0. */
void house_stop(house *h);

/* SIGKILL, and waits for the end. */
void house_kill(house *h);

/* Stops what runs and removes the folder. */
void house_free(house *h);

/* "<folder>/<name>" */
tempdir_path house_path(const house *h, const char *name);

/* Turns the clock of a daemon whose configuration says test.allow, to an RFC 3339 moment; before
 * the start too. A running daemon takes it over soon: house_wait for its effect. */
void house_set_clock(house *h, const char *moment);

/* Who a command speaks as. */
typedef enum house_who {
    HOUSE_NOBODY,   /* no connection options at all */
    HOUSE_OFFICER,  /* admin listener, crypto officer */
    HOUSE_SECURITY, /* admin listener, security administrator */
    HOUSE_AUDITOR,  /* admin listener, auditor */
    HOUSE_CLINIC,   /* public listener, API key in "clinic.key" */
    HOUSE_MEMBER,   /* public listener, certificate keyward:member */
} house_who;

/* Runs `keyward <words>` as somebody, `words` separated by single spaces ("%" stands for the
 * folder), and expects the exit code. */
void house_run(house *h, process_result *result, int exit_code, house_who who, const char *words);

/* The same with standard input; expects exit code 0. */
void house_pipe(house *h, process_result *result, house_who who, const char *words, kw_str input);

/* Runs the command again and again, refusals aside, until its output holds `needle`; fails after
 * PROCESS_LIMIT_MS. */
void house_wait(house *h, process_result *result, house_who who, const char *words,
                const char *needle);

/* Registers clinic (API key, "clinic.key") and member (certificate). */
void house_register(house *h);

/* A request by curl. */
typedef struct house_request {
    house_who who;
    const char *method;
    const char *url;
    const char *body; /* JSON, or NULL */
} house_request;

/* Its HTTP status; the body goes to `result`. 0: no answer, such as from a listener that wants a
 * certificate. */
int house_call(house *h, process_result *result, const house_request *request);

/* The same for a GET. */
int house_get(house *h, process_result *result, house_who who, const char *url);

/* Fails the test when any file of the folder, the daemon's output included, holds `needle`,
 * except in the files named by `except` (NULL-terminated, relative). */
void house_expect_nowhere(const house *h, kw_span needle, const char *const *except);

#endif /* KW_TESTS_SUPPORT_HOUSE_H */
