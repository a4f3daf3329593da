/* SPDX-License-Identifier: Apache-2.0
 * Real programs in tests: run one to its end, or keep one in the background and stop it by pid. */
#ifndef KW_TESTS_SUPPORT_PROCESS_H
#define KW_TESTS_SUPPORT_PROCESS_H

#include "base/buf.h"

#include <sys/types.h>

/* What a finished program left. All-zero is a valid empty result. */
typedef struct process_result {
    int exit_code; /* of a normal end; 128 + signal else */
    kw_buf out;    /* all of stdout */
    kw_buf err;    /* all of stderr */
} process_result;

void process_result_drop(process_result *result);

enum {
    PROCESS_LIMIT_MS = 60000
};

/* Runs `argv` (NULL-terminated; argv[0] is searched on PATH unless it has a slash) with `input` on
 * stdin and waits for its end. A program that takes longer than PROCESS_LIMIT_MS is killed and the
 * test fails. Results of an earlier run in `result` are dropped first. */
void process_run(process_result *result, const char *const *argv, kw_str input);

/* Fails the test, and prints both outputs, unless the program ends with `exit_code`. */
void process_expect(process_result *result, int exit_code, const char *const *argv, kw_str input);

/* A program in the background. All-zero: none. Its stderr goes to `err_path` (appended), its stdout
 * to a pipe that process_read_line reads. */
typedef struct process {
    pid_t pid;
    int out_fd;
} process;

/* What still runs when the test program ends is killed. */
process process_start(const char *const *argv, const char *err_path);

/* Reads one line of stdout (without LF) into `line`, waiting at most PROCESS_LIMIT_MS; false at the
 * end of the output. */
bool process_read_line(process *running, kw_buf *line);

/* Sends a signal; the process keeps running as far as we know. */
void process_signal(const process *running, int signal_number);

/* Waits for the end and returns the exit code as in process_result; kills it after
 * PROCESS_LIMIT_MS and fails the test. Takes an empty process. */
int process_wait(process *running);

/* The same; returns what waitpid(2) tells. */
int process_wait_status(process *running);

/* SIGTERM, then process_wait. */
int process_stop(process *running);

#endif /* KW_TESTS_SUPPORT_PROCESS_H */
