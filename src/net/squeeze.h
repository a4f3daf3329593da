/* SPDX-License-Identifier: Apache-2.0
 * Content codings of responses (RFC 9110 section 8.4): the choice, and a streamed body through an
 * encoder. What was pulled is never held back while the source waits. */
#ifndef KW_NET_SQUEEZE_H
#define KW_NET_SQUEEZE_H

#include "codec/compress.h"
#include "net/request.h"

/* Shorter bodies are sent as they are. */
#define KW_SQUEEZE_BYTES_MIN 256

/* The coding that an Accept-Encoding field wants most; of equals zstd before gzip before none. */
kw_encoding kw_squeeze_choose(kw_str accept_encoding);

/* All-zero: the body is not encoded. */
typedef struct kw_squeeze {
    kw_encoder *encoder;
    kw_buf out;       /* encoded, not yet taken */
    bool is_dirty;    /* the encoder keeps bytes back */
    bool is_ended;    /* the source said END */
    kw_pull_slot end; /* trailers of that moment */
} kw_squeeze;

/* NO_MEMORY. */
KW_MUST_USE kw_status kw_squeeze_init(kw_squeeze *squeeze, kw_encoding encoding);
void kw_squeeze_drop(kw_squeeze *squeeze);

/* As kw_stream_reply.pull, through the encoder; room of any size. FAIL: no memory. */
kw_pull kw_squeeze_pull(kw_squeeze *squeeze, kw_pull_slot *slot,
                        kw_pull (*pull)(void *source, kw_pull_slot *slot), void *source);

#endif /* KW_NET_SQUEEZE_H */
