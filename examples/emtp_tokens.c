/* SPDX-License-Identifier: Apache-2.0
 * Match tokens with libkeyward: reads JSON records from stdin, one a line, asks the key server for
 * the epoch keys once, and prints `line kid tier token` for each token.
 *
 *     cc -o emtp_tokens emtp_tokens.c -lkeyward
 *     ./emtp_tokens https://127.0.0.1:8443 ca.pem participant.key < records.jsonl */
#include <keyward/emtp.h>

#include <stdio.h>
#include <string.h>

static int print_token(void *user, const char *kid, const char *token, int tier)
{
    const unsigned long *line = user;
    return printf("%lu %s %d %s\n", *line, kid, tier, token) < 0;
}

static int fail(const char *what, const kw_client_error *error)
{
    (void)fprintf(stderr, "emtp_tokens: %s: %s\n", what, error->text);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: emtp_tokens SERVER_URL CA_FILE API_KEY_FILE < RECORDS\n");
        return 64;
    }
    kw_emtp_client_options options = KW_EMTP_CLIENT_OPTIONS_INIT;
    options.server_url = argv[1];
    options.ca_file = argv[2];
    options.api_key_file = argv[3];

    kw_client_error error = {KW_CLIENT_OK, ""};
    kw_emtp_client *client = NULL;
    if (kw_emtp_client_open(&client, &options, &error) != KW_CLIENT_OK) {
        return fail("opening the client", &error);
    }
    int exit_code = 0;
    char record[64 * 1024 + 2];
    for (unsigned long line = 1; fgets(record, sizeof record, stdin) != NULL; line++) {
        size_t len = strcspn(record, "\n");
        if (kw_emtp_client_tokens(client, record, len, print_token, &line, &error) !=
            KW_CLIENT_OK) {
            (void)fprintf(stderr, "emtp_tokens: line %lu: %s\n", line, error.text);
            exit_code = 3;
        }
    }
    kw_emtp_client_close(client);
    return exit_code;
}
