/* SPDX-License-Identifier: Apache-2.0
 * Signals as a descriptor. Source: signalfd(2). */
#include "os/signals.h"

#include "os/oserror.h"
#include "os/syscalls.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

void kw_signals_ignore_pipe(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    int failed = sigaction(SIGPIPE, &ignore, NULL);
    KW_ASSERT(failed == 0); /* of a signal that exists and may be ignored */
}

kw_status kw_signals_open(kw_signals *out, kw_error *err)
{
    KW_ASSERT(!out->is_open);
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    kw_signals_ignore_pipe();
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return kw_fail_errno(err, "blocking signals");
    }
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) {
        return kw_fail_errno(err, "opening a descriptor for signals");
    }
    *out = (kw_signals){.is_open = true, .fd = fd};
    return KW_OK;
}

kw_status kw_signals_wait(kw_signals *signals, kw_signal *out, int timeout_ms, kw_error *err)
{
    KW_ASSERT(signals->is_open);
    *out = KW_SIGNAL_NONE;
    struct pollfd watched = {.fd = signals->fd, .events = POLLIN};
    int ready = poll(&watched, 1, timeout_ms);
    if (ready < 0 && errno != EINTR) {
        return kw_fail_errno(err, "waiting for signals");
    }
    if (ready <= 0) {
        return KW_OK;
    }
    struct signalfd_siginfo info;
    ssize_t got = kw_sys_read(signals->fd, (kw_mspan){(uint8_t *)&info, sizeof info});
    if (got != (ssize_t)sizeof info) {
        return kw_fail_errno(err, "reading a signal");
    }
    *out = info.ssi_signo == SIGHUP ? KW_SIGNAL_RELOAD : KW_SIGNAL_STOP;
    return KW_OK;
}

void kw_signals_drop(kw_signals *signals)
{
    if (signals->is_open) {
        kw_sys_close(signals->fd);
    }
    *signals = (kw_signals){0};
}
