/* SPDX-License-Identifier: Apache-2.0
 * Threshold keys with libkeyward: encrypts standard input to an application of a cluster, or
 * decrypts it with the key that the operators give together, to standard output. On standard error:
 * how far it is, and how each operator did. The exit code says whether the output is whole.
 *
 *     cc -o threshold_pipe threshold_pipe.c -lkeyward
 *     ./threshold_pipe encrypt payroll cluster.json operators.json ca.pem < pay.csv > pay.kw
 *     ./threshold_pipe decrypt payroll cluster.json operators.json ca.pem < pay.kw > pay.csv */
#include <keyward/threshold.h>

#include <stdio.h>
#include <string.h>

enum {
    OPERATORS_MAX = 512,
};

static int read_stdin(void *user, unsigned char *out, size_t max, size_t *out_bytes)
{
    (void)user;
    *out_bytes = fread(out, 1, max, stdin);
    return ferror(stdin);
}

static int write_stdout(void *user, const unsigned char *bytes, size_t count)
{
    (void)user;
    return fwrite(bytes, 1, count, stdout) != count;
}

static int show_progress(void *user, uint64_t read_bytes, uint64_t written_bytes)
{
    const char *what = user;
    (void)fprintf(stderr, "%s: %llu bytes in, %llu out\n", what, (unsigned long long)read_bytes,
                  (unsigned long long)written_bytes);
    return 0;
}

static void show_operators(kw_threshold_client *client)
{
    static const char *const words[] = {"slow", "good", "down", "refusing", "lying", "behind"};
    static kw_threshold_operator operators[OPERATORS_MAX];
    size_t count = 0;
    kw_threshold_client_operators(client, operators, OPERATORS_MAX, &count);
    for (size_t i = 0; i < count && i < OPERATORS_MAX; i++) {
        (void)fprintf(stderr, "operator %s is %s\n", operators[i].address,
                      words[operators[i].standing]);
    }
}

static int fail(const char *what, const kw_client_error *error)
{
    (void)fprintf(stderr, "threshold_pipe: %s: %s\n", what, error->text);
    return 1;
}

static int run(kw_threshold_client *client, const char *what, const char *app_id)
{
    kw_client_error error = {KW_CLIENT_OK, ""};
    kw_threshold_flow flow = KW_THRESHOLD_FLOW_INIT;
    flow.read = read_stdin;
    flow.write = write_stdout;
    if (strcmp(what, "encrypt") == 0) {
        if (kw_threshold_client_encrypt_flow(client, app_id, &flow, KW_THRESHOLD_V2, &error) !=
            KW_CLIENT_OK) {
            return fail(what, &error);
        }
        return fflush(stdout) != 0;
    }
    kw_client_status st =
        kw_threshold_client_decrypt_flow(client, app_id, &flow, KW_THRESHOLD_V2, &error);
    show_operators(client);
    return st == KW_CLIENT_OK ? fflush(stdout) != 0 : fail(what, &error);
}

int main(int argc, char **argv)
{
    if (argc != 6 || (strcmp(argv[1], "encrypt") != 0 && strcmp(argv[1], "decrypt") != 0)) {
        (void)fprintf(stderr, "usage: threshold_pipe encrypt|decrypt APPLICATION CLUSTER_FILE "
                              "OPERATORS_FILE CA_FILE < IN > OUT\n");
        return 64;
    }
    kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
    options.cluster_file = argv[3];
    options.operators_file = argv[4];
    options.ca_file = argv[5];
    options.on_progress = show_progress;
    options.progress_user = argv[1];

    kw_client_error error = {KW_CLIENT_OK, ""};
    kw_threshold_client *client = NULL;
    if (kw_threshold_client_open(&client, &options, &error) != KW_CLIENT_OK) {
        return fail("opening the client", &error);
    }
    int exit_code = run(client, argv[1], argv[2]);
    kw_threshold_client_close(client);
    return exit_code;
}
