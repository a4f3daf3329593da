/* SPDX-License-Identifier: Apache-2.0
 * How a command talks to a daemon: the options that all such commands share, and one typed call.
 *
 *     typedef struct rotate_options { kw_remote_options remote; } rotate_options;
 *     static const kw_field rotate_fields[] = { KW_REMOTE_FIELDS(rotate_options) };
 *     ...
 *     KW_AUTO_PTR(kw_remote) remote = NULL;
 *     KW_TRY(kw_remote_open(&remote, &options->remote, err));
 *     KW_TRY(kw_remote_call(remote, &call, err)); */
#ifndef KW_CLI_REMOTE_H
#define KW_CLI_REMOTE_H

#include "cli/command.h"
#include "client/fetch.h"

typedef struct kw_remote_options {
    kw_str server;       /* "https://host:port" */
    kw_str ca;           /* PEM file; empty: the system's authorities */
    kw_str pin;          /* "sha256//..." of the server's key; empty: none */
    kw_str cert;         /* PEM file; with cert_key */
    kw_str cert_key;     /* PEM file, private */
    kw_str api_key_file; /* private file with one API key */
} kw_remote_options;

#define KW_REMOTE_PATH_BYTES_MAX 1024

#define KW_REMOTE_FIELD(type, member, largest, text)                                         \
    {                                                                                        \
        .name = #member, .offset = offsetof(type, remote.member),                            \
        .kind = KW_KIND_OF(KW_MEMBER(type, remote.member)), .max = (largest), .help = (text) \
    }

/* Rows for an options struct that has a member `kw_remote_options remote`. */
#define KW_REMOTE_FIELDS(type)                                                                  \
    KW_REMOTE_FIELD(type, server, 2048,                                                         \
                    "https://host:port of the daemon; of its admin listener to administer"),    \
        KW_REMOTE_FIELD(type, ca, KW_REMOTE_PATH_BYTES_MAX,                                     \
                        "PEM file with the authorities of the server; default: the system's"),  \
        KW_REMOTE_FIELD(type, pin, 256, "sha256//BASE64 of the server's public key"),           \
        KW_REMOTE_FIELD(type, cert, KW_REMOTE_PATH_BYTES_MAX, "PEM file with our certificate"), \
        KW_REMOTE_FIELD(type, cert_key, KW_REMOTE_PATH_BYTES_MAX,                               \
                        "PEM file with its private key, mode 0600"),                            \
        KW_REMOTE_FIELD(type, api_key_file, KW_REMOTE_PATH_BYTES_MAX,                           \
                        "file with an API key, mode 0600")

/* A connection to one daemon. */
typedef struct kw_remote kw_remote;

/* Reads the credential; does not connect. USAGE: no server, or neither certificate nor API key.
 * BAD_INPUT, NOT_FOUND, FORBIDDEN, IO: as the files say. */
KW_MUST_USE kw_status kw_remote_open(kw_remote **out, const kw_remote_options *options,
                                     kw_error *err);
void kw_remote_free(kw_remote *remote); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_remote);

/* One typed call. */
typedef struct kw_remote_request {
    kw_method method;
    kw_str path;         /* "/v1/...", with its query */
    const kw_schema *in; /* of the JSON body; NULL: none */
    const void *in_object;
    const kw_schema *out; /* of the JSON answer; NULL: it is not read */
    void *out_object;
    kw_arena *arena; /* where the answer's texts live */
} kw_remote_request;

/* A GET that the server puts off (429 or 503 with Retry-After) is sent again within 10 s.
 * KW_OK: a 2xx answer, decoded. Else the status that the refusal names, with the server's words and
 * request id in `err`, or a status of kw_http_client_run. PEER_REFUSED: the answer has another
 * form. */
KW_MUST_USE kw_status kw_remote_call(kw_remote *remote, const kw_remote_request *request,
                                     kw_error *err);

/* The path of a list, of its page behind the id `after` (empty: the first); in the arena. LIMIT,
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_remote_page(kw_arena *arena, kw_str *out, const char *path, kw_str after);

/* `before`, the id in the form of a URL, and `behind`: "/v1/identities/", id, "/keys"; in the
 * arena. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_remote_object(kw_arena *arena, kw_str *out, const char *before, kw_str id,
                                       const char *behind);

/* GET of a secret body, with the same patience; appends it to `out`. Statuses of
 * kw_client_fetch. */
KW_MUST_USE kw_status kw_remote_get_secret(kw_remote *remote, kw_secret_bytes *out,
                                           const char *path, kw_error *err);

/* The HTTP client and credential, for streams; `out_url` gets server and path, in the arena. */
KW_MUST_USE kw_status kw_remote_url(kw_remote *remote, kw_arena *arena, kw_str *out_url,
                                    kw_str path, kw_error *err);
kw_http_client *kw_remote_http(kw_remote *remote);
const char *kw_remote_bearer(const kw_remote *remote);

#endif /* KW_CLI_REMOTE_H */
