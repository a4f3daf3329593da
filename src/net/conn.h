/* SPDX-License-Identifier: Apache-2.0
 * A connection: socket, TLS and a protocol on top. Bytes go in by push, out by pull: a protocol is
 * asked for output when the socket can take some, so that back-pressure is the absence of a
 * call. */
#ifndef KW_NET_CONN_H
#define KW_NET_CONN_H

#include "net/loop.h"

/* What a protocol is to its connection. All on the loop thread. A function that finds the
 * connection broken calls kw_conn_finish or kw_conn_abort, which act when the current batch of
 * events ends: the connection stays valid until `close`. */
typedef struct kw_protocol {
    kw_status (*open)(kw_conn *conn);              /* makes conn->state */
    void (*input)(kw_conn *conn, kw_span bytes);   /* all of it is taken */
    void (*input_end)(kw_conn *conn);              /* the peer sends no more */
    size_t (*output)(kw_conn *conn, kw_mspan out); /* fills; 0 = nothing to send now */
    void (*expire)(kw_conn *conn);                 /* conn->deadline_ms has passed */
    void (*tick)(kw_conn *conn);                   /* several times a second */
    void (*rest)(kw_conn *conn);                   /* quiet for a tick; NULL: has nothing to free */
    void (*drain)(kw_conn *conn);                  /* leave as soon as possible */
    bool (*awaits_peer)(const kw_conn *conn);      /* for body bytes, in or out */
    void (*reply)(kw_conn *conn, kw_exchange *x);  /* x->reply is ready to be sent */
    void (*wake)(kw_conn *conn, kw_exchange *x);   /* its body may flow again */
    void (*consumed)(kw_conn *conn, kw_exchange *x, size_t len); /* a handler took body bytes */
    void (*close)(kw_conn *conn); /* abandons exchanges, frees state */
} kw_protocol;

extern const kw_protocol kw_protocol_h1;
extern const kw_protocol kw_protocol_h2;

/* A peer, shared by its connection and the exchanges that may outlive it. */
typedef struct kw_peer_box {
    kw_peer peer;
    kw_x509_identity *certificate; /* of peer; most have none. Owned */
    unsigned shares_count;         /* loop thread only */
} kw_peer_box;

kw_peer_box *kw_peer_box_share(kw_peer_box *box);
void kw_peer_box_free(kw_peer_box *box);

struct kw_conn {
    uv_tcp_t tcp; /* first; data = this */
    uv_write_t write;
    kw_loop *loop;
    kw_conn *next;
    kw_conn *before;
    kw_conn *ready_next;
    kw_peer_box *peer;
    SSL *ssl;                    /* NULL: plain */
    kw_span wire_in;             /* what TLS may read: only inside a read callback */
    const kw_protocol *protocol; /* NULL before the handshake is done and after close */
    void *state;                 /* the protocol's */
    kw_buf out;                  /* being written to the socket */
    kw_buf out_next;             /* behind it */
    uint64_t deadline_ms;        /* by uv_now; 0 = none */
    uint64_t window_ms;          /* when the slow-peer window began; 0 = none runs */
    uint64_t window_bytes;       /* moved in it */
    bool is_ready;
    bool is_reading;
    bool is_writing;
    bool is_finishing; /* close after the output, in order */
    bool is_lingering; /* our side is shut, input is discarded */
    bool is_doomed;    /* close at the end of the batch */
    bool is_closing;   /* uv_close was called */
    bool is_buffered;  /* OpenSSL has its buffers of 16 KiB; counted by the loop */
    bool is_busy;      /* they were used since the last tick */
    bool is_resting;   /* they were not, and the protocol was told */
};

/* Takes the next connection from a listening socket, which libuv says there is. */
void kw_conn_accept(kw_listening *listening);

/* Takes all that wait in the kernel: closing the socket would reset them. */
void kw_conn_accept_waiting(kw_listening *listening);

/* Asks the protocol for output and writes what it gives; closes when that is due. Only
 * kw_loop_flush calls it. */
void kw_conn_flush(kw_conn *conn);

/* Sends what the protocol still gives, then closes in order. */
void kw_conn_finish(kw_conn *conn);

/* Closes without regard to what is unsent. */
void kw_conn_abort(kw_conn *conn);

/* Removes or restores the read watcher. */
void kw_conn_pause(kw_conn *conn);
void kw_conn_resume(kw_conn *conn);

/* The deadline is `after_ms` from now; 0 = none. */
void kw_conn_set_deadline(kw_conn *conn, uint32_t after_ms);

/* Looks at deadline and window; called by the loop's tick. */
void kw_conn_tick(kw_conn *conn);

/* The custom BIO that reads conn->wire_in and writes to loop->wire; NULL without memory. */
BIO_METHOD *kw_conn_bio_method_new(void);

#endif /* KW_NET_CONN_H */
