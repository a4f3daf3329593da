/* SPDX-License-Identifier: Apache-2.0
 * kw-curve: the curves behind a line protocol on stdin and stdout, for the differential tests and
 * for whoever checks us with other software. KW_CURVE_BACKEND=c|adx forces a back-end. */
#include "kw_curve/lines.h"

#include "base/cpu.h"
#include "os/env.h"
#include "os/stream.h"

#include <stdio.h>

enum {
    CHUNK_BYTES = 64 << 10,
    ANSWERS_BYTES_MAX = 64 << 20,
};

/* Lines on their way in, answers on their way out. */
typedef struct session {
    kw_stream in;
    kw_stream out;
    kw_buf line;      /* the beginning of a line whose end has not come */
    kw_buf answers;   /* not yet written */
    bool is_skipping; /* the rest of a line that is too long */
} session;

static void session_drop(session *s)
{
    kw_buf_drop(&s->line);
    kw_buf_drop(&s->answers);
}

static kw_status flush(session *s, kw_error *err)
{
    KW_TRY(kw_stream_write(&s->out, kw_buf_view(&s->answers), err));
    kw_buf_clear(&s->answers);
    return KW_OK;
}

/* A line is whole. */
static kw_status finish_line(session *s, kw_error *err)
{
    if (s->is_skipping) {
        s->is_skipping = false;
        return KW_OK;
    }
    KW_TRY_AT(err, curve_lines_answer(&s->answers, kw_buf_text(&s->line)), "answering");
    kw_buf_clear(&s->line);
    return s->answers.len > ANSWERS_BYTES_MAX / 2 ? flush(s, err) : KW_OK;
}

static kw_status take_part(session *s, kw_str part, kw_error *err)
{
    if (s->is_skipping || kw_buf_append_str(&s->line, part) == KW_OK) {
        return KW_OK;
    }
    s->is_skipping = true;
    kw_buf_clear(&s->line);
    KW_TRY_AT(err, curve_lines_refuse(&s->answers, KW_LIMIT), "refusing a long line");
    return KW_OK;
}

static kw_status take_chunk(session *s, kw_str chunk, kw_error *err)
{
    kw_str part = {0};
    while (kw_str_split(chunk, '\n', &part, &chunk)) {
        KW_TRY(take_part(s, part, err));
        KW_TRY(finish_line(s, err));
    }
    return take_part(s, part, err);
}

/* Whatever has been read is answered before the next read, which may wait. */
static kw_status serve(session *s, kw_error *err)
{
    uint8_t chunk[CHUNK_BYTES];
    size_t got = 0;
    do {
        KW_TRY(flush(s, err));
        KW_TRY(kw_stream_read(&s->in, &got, KW_MSPAN(chunk), err));
        KW_TRY(take_chunk(s, (kw_str){(const char *)chunk, got}, err));
    } while (got > 0);
    if (s->line.len > 0) {
        KW_TRY(finish_line(s, err));
    }
    return flush(s, err);
}

/* "c" hides BMI2 and ADX from the library; "adx" is what it takes by itself where they are. */
static kw_status choose_backend(kw_error *err)
{
    const char *name = kw_env_get("KW_CURVE_BACKEND");
    kw_str wanted = kw_str_of(name);
    if (kw_str_equal(wanted, KW_STR("c"))) {
        kw_cpu_limit(&(kw_cpu){0});
        return KW_OK;
    }
    bool is_adx = kw_str_equal(wanted, KW_STR("adx"));
    KW_REQUIRE(name == NULL || is_adx, err, KW_USAGE, "KW_CURVE_BACKEND is c or adx");
    KW_REQUIRE(!is_adx || kw_cpu_now()->has_bmi2_adx, err, KW_UNAVAILABLE,
               "this processor has no BMI2 and ADX");
    return KW_OK;
}

static const char usage[] =
    "Usage: kw-curve <REQUESTS >ANSWERS\n"
    "Runs operations on BLS12-381 and BN254: one JSON request a line, one answer a line.\n"
    "KW_CURVE_BACKEND=c|adx forces a back-end. docs/protocol/kw_curve.md has the operations.\n";

static bool is_help(int argc, char **argv)
{
    return argc == 2 && kw_str_equal(kw_str_of(argv[1]), KW_STR("--help"));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        bool is_asked = is_help(argc, argv);
        (void)fputs(usage, is_asked ? stdout : stderr);
        return kw_status_exit_code(is_asked ? KW_OK : KW_USAGE);
    }
    session s = {.in = kw_stream_stdin(),
                 .out = kw_stream_stdout(),
                 .line = kw_buf_init(CURVE_LINE_BYTES_MAX),
                 .answers = kw_buf_init(ANSWERS_BYTES_MAX)};
    kw_error err = {0};
    kw_status st = choose_backend(&err);
    if (st == KW_OK) {
        st = serve(&s, &err);
    }
    session_drop(&s);
    if (st != KW_OK) {
        (void)fprintf(stderr, "kw-curve: %s\n", err.text);
    }
    return kw_status_exit_code(st);
}
