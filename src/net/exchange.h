/* SPDX-License-Identifier: Apache-2.0
 * One request and its response, from the complete header to the last byte, for both protocols:
 * route, admit, body, handler, settle, reply. */
#ifndef KW_NET_EXCHANGE_H
#define KW_NET_EXCHANGE_H

#include "net/conn.h"
#include "net/head.h"
#include "net/inflow.h"
#include "net/reply.h"
#include "net/squeeze.h"

/* Where an exchange is. */
typedef enum kw_stage {
    KW_STAGE_HEAD,     /* the header arrives */
    KW_STAGE_BODY,     /* admitted; the body arrives */
    KW_STAGE_RUNNING,  /* the handler has it, maybe on a worker */
    KW_STAGE_SETTLING, /* the gate holds the response */
    KW_STAGE_REPLYING, /* the protocol sends the response */
} kw_stage;

struct kw_waker {
    kw_mail mail;
    _Atomic bool is_posted;
    kw_exchange *exchange;
};

struct kw_held {
    kw_mail mail;
    kw_exchange *exchange;
    kw_status status; /* of the release */
    bool is_released; /* inside settle */
};

/* What HTTP/2 keeps about a stream. */
typedef struct kw_h2_stream {
    int32_t id;
    uint32_t head_bytes; /* as MAX_HEADER_LIST_SIZE counts: 32 more for each field */
    uint32_t head_fields;
    bool is_broken;       /* its reset is on the way */
    bool is_input_done;   /* END_STREAM came */
    bool is_deferred;     /* its body waits for a wake */
    uint64_t answered_ms; /* by uv_now: our END_STREAM was sent; 0 = not yet */
    char status_text[KW_DECIMAL_BYTES];
    char length_text[KW_DECIMAL_BYTES];
} kw_h2_stream;

struct kw_exchange {
    kw_request request; /* first: handlers hold a pointer to it */
    kw_loop *loop;
    kw_conn *conn; /* NULL: the peer is gone */
    kw_peer_box *peer;
    kw_exchange *next; /* in the spare list, or the protocol's */
    kw_exchange *before;
    kw_stage stage;
    bool is_over; /* nobody waits for it: free at the next stop */
    kw_h2_stream h2;
    kw_arena arena;
    kw_http_head head;
    kw_str query;
    kw_routed routed;
    kw_admission admission;
    kw_outcome outcome;
    kw_buf body;         /* of the request, gathered */
    uint64_t body_bytes; /* so far */
    kw_inflow inflow;    /* of the request, when the handler pulls it */
    void *in;
    void *out;
    kw_buf encoded; /* of the response */
    kw_error err;
    kw_status status;
    kw_reply reply;
    kw_raw_reply raw;         /* to release */
    kw_encoding raw_encoding; /* IDENTITY, or that of `encoded`, which stands for raw.bytes */
    kw_stream_reply stream;   /* to close */
    kw_squeeze squeeze;       /* of a stream that is compressed */
    kw_buf stash;             /* bytes of the stream that did not fit into the protocol's room */
    uint64_t pull_at_ms;      /* by uv_now: pull again then; 0 = only when woken */
    kw_job job;
    kw_mail mail;       /* from the worker: done */
    kw_mail taken_mail; /* from the worker: body bytes were taken */
    _Atomic size_t taken_bytes;
    kw_held held;
    kw_waker waker;
};

/* An empty exchange of a connection; NULL without memory. */
KW_MUST_USE kw_exchange *kw_exchange_new(kw_conn *conn);

/* The header is complete: routes, admits, and runs the handler when there is no body to wait for.
 * True: the body is wanted, go on with kw_exchange_body. False: a reply is on its way; a body is
 * not wanted any more. */
KW_MUST_USE bool kw_exchange_begin(kw_exchange *x);

/* A piece of the body. False: a refusal is on its way and the rest is not wanted. *out_is_full:
 * pause until `consumed` is called. */
KW_MUST_USE bool kw_exchange_body(kw_exchange *x, bool *out_is_full, kw_span bytes);

/* The body is complete: the handler runs. */
void kw_exchange_body_end(kw_exchange *x);

/* The protocol itself refuses, before kw_exchange_begin: nobody is asked, the reply comes at
 * once. */
void kw_exchange_refuse(kw_exchange *x, kw_status st);

/* The peer sent a broken or too slow body: as if refused with `st`. Only in stage BODY, or while a
 * handler pulls. */
void kw_exchange_fail_body(kw_exchange *x, kw_status st);

/* True while more of the request's body is expected. */
bool kw_exchange_wants_body(const kw_exchange *x);

/* Body bytes of the reply: as kw_stream_reply.pull, for gathered bodies too. `slot->trailers` with
 * END. WAIT arranges that the protocol's `wake` is called. */
kw_pull kw_exchange_pull(kw_exchange *x, kw_pull_slot *slot);

/* The protocol is through with it, or its peer is gone: x must not be used any more. It is freed as
 * soon as no worker and no gate has it. */
void kw_exchange_end(kw_exchange *x);

/* True once when the moment of the pull that a stream asked for has come. */
bool kw_exchange_is_due(kw_exchange *x, uint64_t now_ms);

/* Frees the spare ones of a loop. */
void kw_exchange_free_spare(kw_loop *loop);

#endif /* KW_NET_EXCHANGE_H */
