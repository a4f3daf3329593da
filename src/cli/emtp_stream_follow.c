/* SPDX-License-Identifier: Apache-2.0
 * keyward emtp stream follow: the rows of an STP stream, those to come included. */
#include "cli/stp_client.h"

#include "cli/print.h"
#include "net/backoff.h"
#include "os/clock.h"

static const kw_field fields[] = {KW_STP_FIELDS(kw_stp_options)};
KW_SCHEMA(kw_stp_options, fields);

/* Waits before the next try. The clock's lowest digits are random enough to spread clients. */
static void pause_after(uint32_t failures_count)
{
    static const kw_backoff backoff = {.base_ms = 1000, .max_ms = 60000};
    uint64_t random = kw_monotonic_ns() * UINT64_C(0x9e3779b97f4a7c15);
    kw_sleep_ms(kw_backoff_wait_ms(&backoff, failures_count, 0, random));
}

/* Ends only with an error that a repetition does not mend; the person ends it with Ctrl-C. */
static kw_status follow(kw_cli *cli, const void *given, kw_error *err)
{
    KW_AUTO_PTR(kw_stp_client) client = NULL;
    KW_TRY(kw_stp_client_open(cli, &client, given, err));
    for (uint32_t failures_count = 0;;) {
        kw_status st = kw_stp_client_read(client, -1, err);
        if (st == KW_OK) {
            failures_count = 0;
            continue;
        }
        if (!kw_status_is_retryable(st)) {
            return st;
        }
        failures_count++;
        kw_cli_note(cli, "the stream was lost (%s), trying again", kw_status_name(st));
        pause_after(failures_count);
    }
}

const kw_command kw_command_emtp_stream_follow = {
    "emtp stream follow",
    &kw_stp_options_schema,
    follow,
    "print the rows of an STP stream as they come",
    .about = "Prints rows as `emtp stream get` does and waits for more until Ctrl-C. A lost "
             "connection is\n"
             "taken up again behind the last row; a refusal ends the command.",
    .examples = {{"keyward emtp stream follow https://localhost:8443/v1/emtp/stp/keys "
                  "--ca pki/ca.pem --api-key-file clinic-a.key --json",
                  "keys as they come and go, as JSON lines"}},
};
