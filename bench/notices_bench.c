/* SPDX-License-Identifier: Apache-2.0
 * The receivers of bench/notices_bench.py in one process: POST /n/0 to /n/<count - 1>, as any name
 * below receivers.localhost. Prints "<port> <folder with ca.pem>", then, whenever all have had a
 * notice, the moment of the last in nanoseconds of CLOCK_MONOTONIC. Ends with its input. */
#include "base/heap.h"
#include "os/clock.h"
#include "support/expect.h"
#include "support/net_server.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    RECEIVERS_MAX = 1000,
    PATH_BYTES = 32
};

/* A round ends when all have had a notice. Belongs to the one loop of the server. */
typedef struct roll {
    size_t count;
    size_t told_count;
    unsigned round;
} roll;

typedef struct receiver {
    roll *roll;
    unsigned rounds; /* that it was told in */
    char path[PATH_BYTES];
    kw_route route;
} receiver;

KW_HANDLER(take_notice, kw_no_body, kw_form_body)
static kw_status take_notice(kw_request *request, kw_no_body *out, const kw_form_body *in,
                             kw_error *err)
{
    KW_UNUSED(out);
    receiver *me = request->context;
    roll *all = me->roll;
    KW_REQUIRE(kw_str_starts_with(in->text, KW_STR("surl=")), err, KW_BAD_INPUT, "no notice");
    if (me->rounds == all->round) {
        return KW_OK;
    }
    me->rounds = all->round;
    all->told_count++;
    if (all->told_count == all->count) {
        printf("%llu\n", (unsigned long long)kw_monotonic_ns());
        (void)fflush(stdout);
        all->told_count = 0;
        all->round++;
    }
    return KW_OK;
}

static void make_receiver(receiver *out, kw_mount *mount, roll *all, size_t index)
{
    out->roll = all;
    (void)snprintf(out->path, sizeof out->path, "/n/%zu", index);
    out->route = (kw_route){.method = KW_POST,
                            .path = out->path,
                            KW_HANDLED_BY(take_notice, kw_no_body, kw_form_body),
                            .listener = KW_LISTENER_PUBLIC,
                            .permission = "bench.notice.take",
                            .body_bytes_max = 4096,
                            .rate = KW_RATE_READ,
                            .audit = KW_AUDIT_NONE,
                            .runs = KW_RUNS_INLINE,
                            .summary = "a receiver"};
    *mount = (kw_mount){.routes = &out->route, .routes_count = 1, .context = out};
}

/* One server for all of them, with a certificate for all of their names. */
static kw_server *serve(net_server *s, const kw_mount *mounts, size_t count)
{
    net_server_prepare(s);
    net_certs_issue(&s->certs, "receivers", KW_X509_SERVER, "DNS:*.receivers.localhost", 1);
    tempdir_path certificate = net_certs_path(&s->certs, "receivers.pem");
    tempdir_path key = net_certs_path(&s->certs, "receivers.key");
    kw_listener_config *listener = &s->listeners[KW_LISTENER_PUBLIC];
    listener->certificate_file = kw_str_of(certificate.text);
    listener->key_file = kw_str_of(key.text);
    s->config.connections_per_network_max = s->config.connections_max;
    kw_server_parts parts = {.net = &s->config,
                             .mounts = mounts,
                             .mounts_count = count,
                             .gate = &s->gate_port,
                             .clock = &s->clock,
                             .id_seed = 1};
    parts.listeners[KW_LISTENER_PUBLIC] = *listener;
    kw_server *server = NULL;
    EXPECT_OK(kw_server_new(&server, &parts, NULL));
    EXPECT_OK(kw_server_start(server, NULL));
    return server;
}

int main(int argc, char **argv)
{
    static net_server s; /* too large for the stack of a bench */
    static receiver receivers[RECEIVERS_MAX];
    static kw_mount mounts[RECEIVERS_MAX];
    roll all = {.round = 1};
    all.count = argc > 1 ? strtoul(argv[1], NULL, 10) : RECEIVERS_MAX;
    if (all.count == 0 || all.count > RECEIVERS_MAX) {
        return 1;
    }
    for (size_t i = 0; i < all.count; i++) {
        make_receiver(&receivers[i], &mounts[i], &all, i);
    }
    kw_server *server = serve(&s, mounts, all.count);
    printf("%u %s\n", (unsigned)kw_server_port(server, KW_LISTENER_PUBLIC), s.certs.dir.path);
    (void)fflush(stdout);
    while (getchar() != EOF) {
        /* Whoever started us closes our input to stop us. */
    }
    kw_server_free(server);
    net_certs_drop(&s.certs);
    return 0;
}
