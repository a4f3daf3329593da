/* SPDX-License-Identifier: Apache-2.0
 * Revoked client certificates as a stream of a registry: PK = serial number as crypto/x509_crl.h
 * spells it, record = when it was revoked. Source: emtp.md section 11. */
#ifndef KW_EMTP_SERVICE_CRL_H
#define KW_EMTP_SERVICE_CRL_H

#include "crypto/x509_crl.h"
#include "emtp/stream.h"

#define KW_EMTP_STREAM_CRL KW_STR("crl")

/* Brings the crl stream in step with revocation lists: a `+` row for each certificate that is new
 * to it or has another moment, then a `-` row for each that left the lists. None when nothing
 * changed. Long lists take several transactions; after a failure the next call goes on. CONFLICT:
 * other nodes of this store write the stream all the time. Else as kw_emtp_stream_refresh and
 * kw_store_write. */
KW_MUST_USE kw_status kw_emtp_crl_publish(kw_store *store, kw_emtp_stream *stream,
                                          const kw_x509_crls *crls, kw_unix_s now, kw_error *err);

#endif /* KW_EMTP_SERVICE_CRL_H */
