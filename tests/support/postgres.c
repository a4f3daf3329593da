/* SPDX-License-Identifier: Apache-2.0
 * Starting and stopping a temporary PostgreSQL. */
#include "support/postgres.h"

#include "support/expect.h"

#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define USER "postgres"

enum {
    ARGV_MAX = 24,
    ARG_BYTES = 600
};

/* The words of a command; setpriv drops root and ties the child's life to ours. */
typedef struct command {
    const char *argv[ARGV_MAX];
    size_t count;
    char words[6][ARG_BYTES];
    size_t words_count;
} command;

static void add(command *c, const char *word)
{
    assert_true(c->count + 1 < ARGV_MAX);
    c->argv[c->count++] = word;
}

KW_PRINTF(2, 3) static void add_format(command *c, const char *format, ...)
{
    assert_true(c->words_count < KW_COUNT(c->words));
    char *word = c->words[c->words_count++];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(word, ARG_BYTES, format, args);
    va_end(args);
    assert_in_range(len, 0, ARG_BYTES - 1);
    add(c, word);
}

/* Debian keeps the server's programs off PATH, one folder per major version. */
static void add_program(command *c, const char *name)
{
    char pattern[128];
    (void)snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
    glob_t found = {0};
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_error("PostgreSQL's %s is not installed (tools/deps.sh installs it)\n", name);
        fail();
    }
    add_format(c, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
}

static void add_server_program(command *c, const char *name)
{
    add(c, "setpriv");
    add(c, "--pdeathsig=QUIT");
    if (geteuid() == 0) {
        add(c, "--reuid=" USER);
        add(c, "--regid=" USER);
        add(c, "--clear-groups");
    }
    add_program(c, name);
}

static void give_folder(const tempdir *dir)
{
    if (geteuid() == 0) {
        const struct passwd *user = getpwnam(USER);
        assert_non_null(user);
        assert_int_equal(chown(dir->path, user->pw_uid, user->pw_gid), 0);
    }
}

static void init_cluster(const postgres *pg)
{
    command c = {0};
    add_server_program(&c, "initdb");
    add_format(&c, "--pgdata=%s/data", pg->dir.path);
    add(&c, "--username=keyward");
    add(&c, "--auth=trust"); /* the folder of the socket lets nobody else in */
    add(&c, "--encoding=UTF8");
    add(&c, "--locale=C");
    add(&c, "--data-checksums");
    add(&c, "--no-sync");
    process_result result = {0};
    process_expect(&result, 0, c.argv, KW_STR(""));
    process_result_drop(&result);
}

/* The log comes through a shell's 2>&1 on stdout, so that "ready" is an event and not a guess. */
static void launch(postgres *pg)
{
    command c = {0};
    add(&c, "sh");
    add(&c, "-c");
    add(&c, "exec \"$@\" 2>&1");
    add(&c, "sh");
    add_server_program(&c, "postgres");
    add(&c, "-D");
    add_format(&c, "%s/data", pg->dir.path);
    add(&c, "-k");
    add(&c, pg->dir.path);
    static const char *const settings[] = {
        "-clisten_addresses=", "-cfsync=on", "-cshared_buffers=16MB", "-clog_min_messages=log",
        "-clog_checkpoints=off", "-clogging_collector=off",
        /* After a crash one syncfs instead of an fsync of each of a thousand files. */
        "-crecovery_init_sync_method=syncfs"};
    for (size_t i = 0; i < KW_COUNT(settings); i++) {
        add(&c, settings[i]);
    }
    pg->server = process_start(c.argv, "/dev/null");
    KW_AUTO(kw_buf) line = kw_buf_init(4096);
    bool is_ready = false;
    while (!is_ready) {
        kw_buf_clear(&line);
        if (!process_read_line(&pg->server, &line)) {
            print_error("PostgreSQL ended before it was ready\n");
            fail();
        }
        is_ready = kw_str_ends_with(kw_buf_text(&line),
                                    KW_STR("database system is ready to accept connections"));
    }
}

void postgres_start(postgres *out)
{
    *out = (postgres){.dir = tempdir_make()};
    give_folder(&out->dir);
    init_cluster(out);
    launch(out);
}

void postgres_stop(postgres *pg)
{
    if (pg->dir.path[0] == '\0') {
        return;
    }
    if (pg->server.pid > 0) {
        process_signal(&pg->server, SIGINT); /* "fast": does not wait for clients */
        (void)process_wait(&pg->server);
    }
    tempdir_remove(&pg->dir);
    *pg = (postgres){0};
}

void postgres_crash(postgres *pg)
{
    process_signal(&pg->server, SIGQUIT);
    (void)process_wait(&pg->server);
    pg->server = (process){0};
}

void postgres_resume(postgres *pg)
{
    launch(pg);
}

static postgres_where where_of(const postgres *pg, const char *schema)
{
    postgres_where where = {0};
    int len = snprintf(where.text, sizeof where.text,
                       "host=%s user=keyward dbname=postgres options='-c search_path=%s'",
                       pg->dir.path, schema);
    assert_in_range(len, 0, sizeof where.text - 1);
    return where;
}

void postgres_psql(const postgres_where *where, const char *sql)
{
    command c = {0};
    add_program(&c, "psql");
    add(&c, "--no-psqlrc");
    add(&c, "--quiet");
    add(&c, "--set=ON_ERROR_STOP=1");
    add(&c, "--dbname");
    add(&c, where->text);
    process_result result = {0};
    process_expect(&result, 0, c.argv, kw_str_of(sql));
    process_result_drop(&result);
}

postgres_where postgres_new_schema(postgres *pg)
{
    char name[32];
    char sql[64];
    (void)snprintf(name, sizeof name, "t%d", ++pg->schemas_count);
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s;", name);
    postgres_where where = where_of(pg, name);
    postgres_psql(&where, sql);
    return where;
}
