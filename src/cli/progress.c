/* SPDX-License-Identifier: Apache-2.0
 * "  34%  1.2 GiB of 3.5 GiB  210 MiB/s  ETA 0:12": one line that rewrites itself. */
#include "cli/progress.h"

enum {
    NS_PER_S = 1000000000,
    QUIET_S = 2, /* short work shows nothing */
    LINES_PER_S = 10,
    LINE_BYTES_MAX = 256,
};

kw_progress kw_progress_start(const kw_cli *cli, kw_progress_unit unit, const char *noun,
                              uint64_t total, uint64_t now_ns)
{
    bool is_shown = cli->columns > 0 && !cli->is_quiet && !cli->is_json;
    return (kw_progress){.terminal = is_shown ? cli->err : NULL,
                         .unit = unit,
                         .noun = noun,
                         .total = total,
                         .started_ns = now_ns,
                         .width = cli->columns};
}

/* "1.2 GiB", "34.5k", "999". */
static void format_amount(char *out, size_t room, kw_progress_unit unit, double amount)
{
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    static const char *const items[] = {"", "k", "M", "G", "T"};
    double step = unit == KW_PROGRESS_BYTES ? 1024 : 1000;
    size_t power = 0;
    while (amount >= step && power + 1 < KW_COUNT(bytes)) {
        amount /= step;
        power++;
    }
    int decimals = power > 0 && amount < 100 ? 1 : 0;
    if (unit == KW_PROGRESS_BYTES) {
        (void)snprintf(out, room, "%.*f %s", decimals, amount, bytes[power]);
    } else {
        (void)snprintf(out, room, "%.*f%s", decimals, amount, items[power]);
    }
}

/* "1:02:03" or "4:05". */
static void format_duration(char *out, size_t room, double seconds)
{
    uint64_t s = seconds > 359999 ? 359999 : (uint64_t)(seconds + 0.5);
    unsigned hours = (unsigned)(s / 3600);
    unsigned minutes = (unsigned)(s / 60 % 60);
    if (hours > 0) {
        (void)snprintf(out, room, "%u:%02u:%02u", hours, minutes, (unsigned)(s % 60));
    } else {
        (void)snprintf(out, room, "%u:%02u", minutes, (unsigned)(s % 60));
    }
}

static void format_line(char *out, size_t room, const kw_progress *p, uint64_t done,
                        double elapsed_s)
{
    char amount[32];
    char whole[48] = "";
    char rate[32];
    char rest[32] = "";
    double per_second = (double)done / elapsed_s;
    const char *noun = p->unit == KW_PROGRESS_BYTES ? "" : p->noun;
    format_amount(amount, sizeof amount, p->unit, (double)done);
    format_amount(rate, sizeof rate, p->unit, per_second);
    if (p->total > 0) {
        char total[32];
        format_amount(total, sizeof total, p->unit, (double)p->total);
        (void)snprintf(whole, sizeof whole, " of %s", total);
    }
    if (p->total > done && done > 0) {
        char eta[24];
        format_duration(eta, sizeof eta, (double)(p->total - done) / per_second);
        (void)snprintf(rest, sizeof rest, "  ETA %s", eta);
    }
    char percent[8] = "";
    if (p->total > 0) {
        uint64_t share = done >= p->total ? 100 : (uint64_t)((double)done / (double)p->total * 100);
        (void)snprintf(percent, sizeof percent, "%3u%%  ", (unsigned)share % 1000);
    }
    (void)snprintf(out, room, "%s%s%s%s%s  %s/s%s", percent, amount, whole,
                   noun[0] == '\0' ? "" : " ", noun, rate, rest);
}

void kw_progress_update(kw_progress *progress, uint64_t done, uint64_t now_ns)
{
    if (progress->terminal == NULL ||
        now_ns - progress->started_ns < (uint64_t)QUIET_S * NS_PER_S ||
        (progress->is_on_screen && now_ns - progress->shown_ns < NS_PER_S / LINES_PER_S)) {
        return;
    }
    char text[LINE_BYTES_MAX];
    double elapsed_s = (double)(now_ns - progress->started_ns) / NS_PER_S;
    format_line(text, sizeof text, progress, done, elapsed_s);
    /* One column stays free: a full line would wrap on some terminals. */
    int width = (int)KW_MIN(progress->width - 1, (unsigned)sizeof text - 1);
    (void)fprintf(progress->terminal, "\r%-*.*s", width, width, text);
    (void)fflush(progress->terminal);
    progress->shown_ns = now_ns;
    progress->is_on_screen = true;
}

void kw_progress_clear(kw_progress *progress)
{
    if (progress->is_on_screen) {
        int width = (int)progress->width - 1;
        (void)fprintf(progress->terminal, "\r%*s\r", width, "");
        (void)fflush(progress->terminal);
        progress->is_on_screen = false;
    }
}
