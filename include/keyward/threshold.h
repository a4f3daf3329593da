/* SPDX-License-Identifier: Apache-2.0
 * Threshold client: encrypts files to applications of a Keyward cluster, and decrypts them with the
 * key that its operators give together.
 *
 *   kw_threshold_client_options options = KW_THRESHOLD_CLIENT_OPTIONS_INIT;
 *   options.cluster_file = "cluster.json";
 *   options.ca_file = "ca.pem";
 *   options.api_key_file = "payroll.key";
 *   kw_threshold_client *client = NULL;
 *   if (kw_threshold_client_open(&client, &options, &error) != KW_CLIENT_OK) { ... error.text ... }
 *   kw_threshold_client_encrypt(client, "payroll", "pay.csv", "pay.kw", KW_THRESHOLD_V2, &error);
 *   kw_threshold_client_decrypt(client, NULL, "pay.kw", "pay.csv", KW_THRESHOLD_V2, &error);
 *   kw_threshold_client_close(client);
 *
 * The cluster's key is pinned, in the cluster file or by the caller; none is taken on trust. A
 * client may be used by several threads; each call takes the client's own lock. All texts are
 * NUL-terminated UTF-8. Nothing here writes a key to a log, an error or a file in the clear. */
#ifndef KEYWARD_THRESHOLD_H
#define KEYWARD_THRESHOLD_H

#include <stddef.h>
#include <stdint.h>

#include "keyward/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opaque; owned by whoever opened it. */
typedef struct kw_threshold_client kw_threshold_client;

/* All pointers are read during kw_threshold_client_open only. NULL or 0 means the default.
 * Operators make API keys each for itself: `api_key_file` has a line "https://host:port KEY" for
 * each, with the public URL of the operators file; or one key alone, which all are shown. */
typedef struct kw_threshold_client_options {
    size_t struct_bytes;          /* sizeof this struct: set by .._OPTIONS_INIT */
    const char *cluster_file;     /* cluster.json; required */
    const char *operators_file;   /* operators.json: whom to ask; NULL: those of the cluster file */
    const char *master_key;       /* 192 hexadecimal digits; NULL: that of the cluster file */
    const char *ca_file;          /* PEM; NULL: the system's certificate authorities */
    const char *api_key_file;     /* file with API keys, mode 0600; or the two below; or none */
    const char *client_cert_file; /* PEM */
    const char *client_key_file;  /* PEM, mode 0600 */
    uint32_t timeout_ms;          /* that an operator has for an answer; default 10000 */
    const char *token_file;       /* token of an identity provider, at most 8192 bytes, mode 0600;
                                     read for each question, so that another program may renew it */
    const char *seen_file;        /* keeps the highest epoch seen; NULL: forgotten at the close */
    /* Told how many bytes of a job were read and written so far, after each piece of at most 64 KiB
     * or so, on the thread of the call, which still holds the client: it must not use the client.
     * Not 0: the job ends with CANCELLED. */
    int (*on_progress)(void *user, uint64_t read_bytes, uint64_t written_bytes);
    void *progress_user; /* handed to on_progress */
} kw_threshold_client_options;

#define KW_THRESHOLD_CLIENT_OPTIONS_INIT                                        \
    {                                                                           \
        sizeof(kw_threshold_client_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/* Reads the files; does not use the network. `*out` is set on success only; free with
 * kw_threshold_client_close. BAD_INPUT: an option or a file is malformed. REFUSED: no key is
 * pinned, or two that differ. IO, NOT_FOUND: a file cannot be read. FORBIDDEN: a credential file is
 * readable by others. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_open(
    kw_threshold_client **out, const kw_threshold_client_options *options, kw_client_error *error);

/* Wipes and frees. Takes NULL. */
KW_API void kw_threshold_client_close(kw_threshold_client *client);

/* Form of a ciphertext. */
typedef enum kw_threshold_format {
    KW_THRESHOLD_V2 = 0,        /* files of any size, in constant memory */
    KW_THRESHOLD_EIGENX_V1 = 1, /* the reference system's, for texts of up to 1 MiB */
} kw_threshold_format;

/* Encrypts a file to an application, 1 to 255 bytes of name; needs no network. The output appears
 * under its name when it is whole. BAD_INPUT, NOT_FOUND, IO, LIMIT, NO_MEMORY. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_encrypt(
    kw_threshold_client *client, const char *app_id, const char *in_path, const char *out_path,
    kw_threshold_format format, kw_client_error *error);

/* Decrypts a file: asks all operators for their part of the application's key, and stops when
 * enough of one epoch were verified. `app_id` may be NULL when the file names its application. The
 * output, mode 0600, appears under its name after its last part was authentic.
 * CORRUPT: the file is damaged, or no ciphertext. REFUSED: it is for another application or of
 * another form. UNAVAILABLE: too few operators gave their part; what most of them say instead, such
 * as FORBIDDEN, UNAUTHENTICATED, RATE_LIMITED; REFUSED where they are behind. NOT_FOUND, IO, LIMIT,
 * NO_MEMORY. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_decrypt(
    kw_threshold_client *client, const char *app_id, const char *in_path, const char *out_path,
    kw_threshold_format format, kw_client_error *error);

/* Functions that a job reads from and writes to, in place of files. Each returns 0, or anything
 * else to end the job with CANCELLED. They run on the thread of the call, which still holds the
 * client: they must not use the client. */
typedef struct kw_threshold_flow {
    size_t struct_bytes; /* sizeof this struct: set by KW_THRESHOLD_FLOW_INIT */
    void *user;          /* handed to both */
    /* Puts at most `max` bytes at `out`, and their number into `*out_bytes`; 0: the end. */
    int (*read)(void *user, unsigned char *out, size_t max, size_t *out_bytes);
    /* Takes `count` bytes. What it was given before the job succeeded is a beginning of unknown
     * length, to be thrown away if it does not. */
    int (*write)(void *user, const unsigned char *bytes, size_t count);
} kw_threshold_flow;

#define KW_THRESHOLD_FLOW_INIT             \
    {                                      \
        sizeof(kw_threshold_flow), 0, 0, 0 \
    }

/* As kw_threshold_client_encrypt and kw_threshold_client_decrypt, through functions. BAD_INPUT: one
 * of them is missing. CANCELLED: one of them said so. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_encrypt_flow(
    kw_threshold_client *client, const char *app_id, const kw_threshold_flow *flow,
    kw_threshold_format format, kw_client_error *error);
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_decrypt_flow(
    kw_threshold_client *client, const char *app_id, const kw_threshold_flow *flow,
    kw_threshold_format format, kw_client_error *error);

/* Most bytes of a ciphertext in either format; of a text: no more than its ciphertext has. */
#define KW_THRESHOLD_SEALED_BYTES_MAX(text_bytes) ((text_bytes) + (text_bytes) / 4096 + 512)

/* Bytes that are in memory and go there; the two do not overlap. */
typedef struct kw_threshold_memory {
    const unsigned char *in;
    size_t in_bytes;
    unsigned char *out; /* wiped when the job fails */
    size_t out_max;     /* room there */
    size_t out_bytes;   /* set on success */
} kw_threshold_memory;

/* As kw_threshold_client_encrypt and kw_threshold_client_decrypt, in memory. LIMIT: more than
 * `out_max` comes out. */
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_encrypt_memory(
    kw_threshold_client *client, const char *app_id, kw_threshold_memory *memory,
    kw_threshold_format format, kw_client_error *error);
KW_API KW_CLIENT_MUST_USE kw_client_status kw_threshold_client_decrypt_memory(
    kw_threshold_client *client, const char *app_id, kw_threshold_memory *memory,
    kw_threshold_format format, kw_client_error *error);

/* Which key an application derives from its own. */
typedef struct kw_threshold_label {
    const char *label; /* at most 255 bytes: what the key is for */
    uint32_t version;  /* another version is another key */
} kw_threshold_label;

/* Writes 32 bytes, which the caller wipes. The same application, label and version give the same
 * key in every epoch. Statuses as of decrypting. */
KW_API KW_CLIENT_MUST_USE kw_client_status
kw_threshold_client_derive(kw_threshold_client *client, unsigned char out[32], const char *app_id,
                           const kw_threshold_label *label, kw_client_error *error);

/* How an operator did when it was last asked. */
typedef enum kw_threshold_standing {
    KW_THRESHOLD_SLOW = 0, /* not needed: enough others were faster, or nobody was asked yet */
    KW_THRESHOLD_GOOD = 1,
    KW_THRESHOLD_DOWN = 2,     /* not reached, or not in time */
    KW_THRESHOLD_REFUSING = 3, /* it answered, and gave nothing */
    KW_THRESHOLD_LYING = 4,    /* what it gave is wrong */
    KW_THRESHOLD_BEHIND = 5,   /* what it gave is of an epoch before one that was seen */
} kw_threshold_standing;

typedef struct kw_threshold_operator {
    char address[43]; /* 0x and 40 digits */
    kw_threshold_standing standing;
    kw_client_status status; /* why it is not good */
    uint64_t epoch;          /* of its part; 0: none */
    uint32_t took_ms;        /* to its answer; 0: there was none */
} kw_threshold_operator;

/* Writes up to `max` operators, by address, and their number to `*out_count` (it may be larger than
 * `max`). Asks nobody. */
KW_API void kw_threshold_client_operators(kw_threshold_client *client, kw_threshold_operator *out,
                                          size_t max, size_t *out_count);

#ifdef __cplusplus
}
#endif

#endif /* KEYWARD_THRESHOLD_H */
