/* SPDX-License-Identifier: Apache-2.0
 * The revocation lists of the listeners: loaded anew when their files change, given to the registry
 * that publishes them, shown in metrics and the log. */
#ifndef KW_NODE_CRL_WATCH_H
#define KW_NODE_CRL_WATCH_H

#include "emtp/service.h"
#include "net/server.h"
#include "os/file.h"

/* By value in the daemon; for the one thread that reloads. Members above the line are set before
 * the first call, and borrowed. */
typedef struct kw_crl_watch {
    kw_server *server;
    kw_emtp *emtp;
    kw_log *log;         /* may be NULL */
    kw_metrics *metrics; /* may be NULL */

    kw_file_info seen[KW_LISTENERS_COUNT]; /* of the files, before they were loaded last */
    bool is_refused;                       /* the last load failed; tried again at each look */
    bool is_unpublished;                   /* the registry could not take it; likewise */
    bool was_old[KW_LISTENERS_COUNT];      /* lists in use that are too old were reported */
} kw_crl_watch;

/* Makes the metrics known. NO_MEMORY. */
KW_MUST_USE kw_status kw_crl_watch_open(kw_crl_watch *watch, kw_error *err);

/* Remembers what the files look like; before the server loads them for the first time. */
void kw_crl_watch_note(kw_crl_watch *watch, const kw_listener_config *listeners);

/* Shows the lists in use and publishes those of the public listener, whose clients are the
 * registry's participants. As kw_emtp_take_crls; a failure is reported, and tried again. */
KW_MUST_USE kw_status kw_crl_watch_publish(kw_crl_watch *watch, kw_error *err);

/* kw_server_reload, its report, and kw_crl_watch_publish, whose failure is no failure of this.
 * CONFIG: nothing changed. */
KW_MUST_USE kw_status kw_crl_watch_reload(kw_crl_watch *watch, const kw_listener_config *listeners,
                                          kw_error *err);

/* Does what the files, their age, or an earlier failure make due. About each second. */
void kw_crl_watch_look(kw_crl_watch *watch, const kw_listener_config *listeners);

#endif /* KW_NODE_CRL_WATCH_H */
