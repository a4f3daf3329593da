/* SPDX-License-Identifier: Apache-2.0
 * The EMTP domain of a node: epoch keys, streams, notices, participants. One per process, owned by
 * node/; the context of the routes in api.h. */
#ifndef KW_EMTP_SERVICE_H
#define KW_EMTP_SERVICE_H

#include "base/arena.h"
#include "crypto/ed25519.h"
#include "crypto/x509_crl.h"
#include "emtp/config.h"
#include "emtp/notifier.h"
#include "emtp/service_keys.h"
#include "emtp/service_match.h"
#include "emtp/stream.h"
#include "guard/guard.h"
#include "os/clock.h"

/* Safe for any number of threads. */
typedef struct kw_emtp kw_emtp;

/* Everything is borrowed and outlives the domain. */
typedef struct kw_emtp_ports {
    kw_store *store;
    const kw_sealer *sealer;
    const kw_rng *rng;
    const kw_clock *clock; /* civil time: what epochs are of */
    kw_guard *guard;
} kw_emtp_ports;

/* Brings the tables up to date, unseals (or makes, at the first start) the key that signs stream
 * heads. No key is served yet. CONFIG, SEALED; else as kw_store_migrate, kw_seal_get. */
KW_MUST_USE kw_status kw_emtp_new(kw_emtp **out, const kw_emtp_config *config,
                                  const kw_emtp_ports *ports, kw_error *err);

/* Makes the keys that are due and publishes everything. `public_url`: "https://host:port", used
 * unless the configuration names another. Once, before the first request. */
KW_MUST_USE kw_status kw_emtp_start(kw_emtp *emtp, kw_str public_url, kw_error *err);

/* Does what is due now (kw_emtp_keys_tick) and tells receivers. `out_next_ms`: when something is
 * due again, by the civil clock. */
KW_MUST_USE kw_status kw_emtp_tick(kw_emtp *emtp, kw_unix_ms *out_next_ms, kw_error *err);

/* Brings the crl stream in step with the revocation lists of client certificates, as
 * kw_emtp_crl_publish. Nothing happens when this node is no registry. */
KW_MUST_USE kw_status kw_emtp_take_crls(kw_emtp *emtp, const kw_x509_crls *crls, kw_error *err);

/* Compacts streams when that is due (emtp.stream_retention_s): at most one transaction in a call,
 * so that no tick is late for it; `out_count` rows went. What failed is tried again in the next
 * round. As kw_emtp_stream_compact. One thread, that of the ticks. */
KW_MUST_USE kw_status kw_emtp_tidy(kw_emtp *emtp, size_t *out_count, kw_error *err);

/* Ends open streams, so that the server can drain. */
void kw_emtp_stop(kw_emtp *emtp);

/* No request may be in flight. Takes NULL. */
void kw_emtp_free(kw_emtp *emtp);
KW_AUTO_PTR_DEFINE(kw_emtp);

/* ---- parts, for the use cases and the routes ---- */

typedef enum kw_emtp_stream_id {
    KW_EMTP_STREAM_ID_KEYS,
    KW_EMTP_STREAM_ID_CODE,
    KW_EMTP_STREAM_ID_CRL, /* of a registry; else it stays empty and unread */
    KW_EMTP_STREAM_IDS_COUNT,
} kw_emtp_stream_id;

const kw_emtp_config *kw_emtp_config_of(const kw_emtp *emtp);
const kw_emtp_ports *kw_emtp_ports_of(const kw_emtp *emtp);
kw_str kw_emtp_public_url(const kw_emtp *emtp);
kw_emtp_key_service *kw_emtp_key_service_of(kw_emtp *emtp);
kw_emtp_notifier *kw_emtp_notices(kw_emtp *emtp);
kw_emtp_registry *kw_emtp_registry_of(kw_emtp *emtp); /* NULL: this node is no registry */
kw_emtp_stream *kw_emtp_stream_of(kw_emtp *emtp, kw_emtp_stream_id id);
const kw_ed25519_public *kw_emtp_stream_key(const kw_emtp *emtp);

/* Now, by the civil clock. */
kw_unix_s kw_emtp_now(const kw_emtp *emtp);

/* Has the table of a participant read soon. As kw_errands_ask. */
KW_MUST_USE kw_status kw_emtp_read_table(kw_emtp *emtp, kw_str participant, kw_str surl);

/* Tells the receivers of key notices that the key stream changed. */
void kw_emtp_tell_of_keys(kw_emtp *emtp);

#endif /* KW_EMTP_SERVICE_H */
