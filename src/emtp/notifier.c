/* SPDX-License-Identifier: Apache-2.0
 * Outgoing notices. Source: emtp.md section 9.4. */
#include "emtp/notifier.h"

#include "base/heap.h"
#include "emtp/engine/notice.h"
#include "emtp/limits.h"
#include "net/http_client.h"
#include "os/thread.h"

/* Waits after the first, second and third failure, milliseconds; then the notice is dropped. */
static const uint32_t waits_ms[] = {1000, 5000, 30000};

typedef enum receiver_state {
    RECEIVER_IDLE,
    RECEIVER_PENDING,
    RECEIVER_ON_ITS_WAY
} receiver_state;

typedef struct receiver {
    struct receiver *next;
    char *participant; /* owned, as all texts here */
    char *name;
    char *nurl;
    char *surl; /* what the pending notice is about */
    kw_emtp_topic topic;
    receiver_state state;
    bool is_told_again; /* while one is on its way */
    bool is_forgotten;  /* to be freed when it is back */
    unsigned failures;  /* of the pending notice */
    uint64_t due_ns;    /* monotonic */
} receiver;

typedef struct worker {
    kw_emtp_notifier *notifier;
    kw_http_client *client;
    kw_thread thread;
} worker;

struct kw_emtp_notifier {
    kw_audit *audit;
    kw_mutex mutex; /* guards everything below but the workers' clients */
    kw_cond changed;
    receiver *receivers;
    size_t receivers_count;
    _Atomic bool is_stopping;
    worker workers[KW_EMTP_NOTIFY_THREADS_MAX];
    size_t workers_count;
};

/* ---- receivers; mutex held ---- */

static void receiver_free(receiver *each)
{
    if (each == NULL) {
        return;
    }
    kw_heap_free(each->participant);
    kw_heap_free(each->name);
    kw_heap_free(each->nurl);
    kw_heap_free(each->surl);
    kw_heap_free(each);
}

static char *copy_text(kw_str text)
{
    char *copy = kw_heap_new(text.len + 1, 1);
    if (copy != NULL && text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return copy;
}

static receiver *find(kw_emtp_notifier *notifier, kw_str participant, kw_str name)
{
    receiver *each = notifier->receivers;
    while (each != NULL &&
           (each->is_forgotten || !kw_str_equal(kw_str_of(each->participant), participant) ||
            !kw_str_equal(kw_str_of(each->name), name))) {
        each = each->next;
    }
    return each;
}

static size_t count_of(const kw_emtp_notifier *notifier, kw_str participant)
{
    size_t count = 0;
    for (const receiver *each = notifier->receivers; each != NULL; each = each->next) {
        count += !each->is_forgotten && kw_str_equal(kw_str_of(each->participant), participant);
    }
    return count;
}

/* Takes forgotten receivers that are at home out of the list. */
static void sweep(kw_emtp_notifier *notifier)
{
    receiver **link = &notifier->receivers;
    while (*link != NULL) {
        receiver *each = *link;
        if (each->is_forgotten && each->state != RECEIVER_ON_ITS_WAY) {
            *link = each->next;
            notifier->receivers_count--;
            receiver_free(each);
        } else {
            link = &each->next;
        }
    }
}

static receiver *earliest(kw_emtp_notifier *notifier)
{
    receiver *best = NULL;
    for (receiver *each = notifier->receivers; each != NULL; each = each->next) {
        if (each->state == RECEIVER_PENDING && (best == NULL || each->due_ns < best->due_ns)) {
            best = each;
        }
    }
    return best;
}

/* ---- threads ---- */

/* Posts one notice; the receiver is on its way, so its texts do not change. */
static kw_status post(kw_emtp_notifier *notifier, kw_http_client *client, const receiver *to)
{
    KW_AUTO(kw_buf) body = kw_buf_init(4 * KW_EMTP_SURL_BYTES_MAX);
    KW_TRY(kw_emtp_notice_write(&body, kw_str_of(to->surl)));
    kw_http_call call = {.method = KW_POST,
                         .url = to->nurl,
                         .media_type = "application/x-www-form-urlencoded",
                         .body = kw_buf_view(&body),
                         .is_repeatable = true,
                         .cancel = &notifier->is_stopping};
    KW_AUTO(kw_http_result) result = {0};
    return kw_http_client_run(client, &result, &call, NULL);
}

static void note(kw_emtp_notifier *notifier, const receiver *to, kw_status outcome)
{
    kw_audit_event event = {.actor = KW_STR("system"),
                            .method = KW_AUTH_SYSTEM,
                            .action = KW_STR("emtp.notify.out"),
                            .object = kw_str_of(to->participant),
                            .outcome = outcome};
    /* A full audit queue stops what needs a record before it acts; a notice has acted already. */
    kw_status recorded = kw_audit_append(notifier->audit, &event, NULL, NULL);
    KW_UNUSED(recorded);
}

/* Decides what becomes of a notice that came back; mutex held. */
static void settle(kw_emtp_notifier *notifier, receiver *to, kw_status st)
{
    bool is_over = st == KW_OK || to->failures >= KW_COUNT(waits_ms);
    if (is_over) {
        note(notifier, to, st);
        to->state = to->is_told_again ? RECEIVER_PENDING : RECEIVER_IDLE;
        to->failures = 0;
        to->due_ns = kw_monotonic_ns();
    } else {
        to->state = RECEIVER_PENDING;
        to->due_ns = kw_monotonic_ns() + waits_ms[to->failures] * UINT64_C(1000000);
        to->failures++;
    }
    to->is_told_again = false;
    sweep(notifier);
}

static void work(void *ctx)
{
    worker *self = ctx;
    kw_emtp_notifier *notifier = self->notifier;
    kw_mutex_lock(&notifier->mutex);
    while (!notifier->is_stopping) {
        receiver *next = earliest(notifier);
        if (next == NULL) {
            kw_cond_wait(&notifier->changed, &notifier->mutex);
            continue;
        }
        if (next->due_ns > kw_monotonic_ns()) {
            (void)kw_cond_wait_until(&notifier->changed, &notifier->mutex, next->due_ns);
            continue;
        }
        next->state = RECEIVER_ON_ITS_WAY;
        kw_mutex_unlock(&notifier->mutex);
        kw_status st = post(notifier, self->client, next);
        kw_mutex_lock(&notifier->mutex);
        settle(notifier, next, st);
    }
    kw_mutex_unlock(&notifier->mutex);
}

/* ---- doors ---- */

static const char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static kw_status start_worker(kw_emtp_notifier *notifier, const kw_emtp_notifier_options *options,
                              kw_error *err)
{
    worker *self = &notifier->workers[notifier->workers_count];
    kw_http_client_options http = {.ca_file = or_null(options->ca_file),
                                   .certificate_file = or_null(options->certificate_file),
                                   .key_file = or_null(options->key_file),
                                   .total_ms = KW_EMTP_NOTIFY_TIMEOUT_MS,
                                   .body_bytes_max = KW_EMTP_NOTIFY_ANSWER_MAX,
                                   .only_global = !options->allow_private};
    self->notifier = notifier;
    KW_TRY(kw_http_client_new(&self->client, &http, err));
    kw_status st = kw_thread_start(&self->thread, "kw-notify", work, self, err);
    if (st != KW_OK) {
        kw_http_client_free(self->client);
        return st;
    }
    notifier->workers_count++;
    return KW_OK;
}

kw_status kw_emtp_notifier_new(kw_emtp_notifier **out, const kw_emtp_notifier_options *options,
                               kw_error *err)
{
    KW_ASSERT(options->threads >= 1 && options->threads <= KW_EMTP_NOTIFY_THREADS_MAX);
    kw_emtp_notifier *notifier = kw_heap_new(1, sizeof *notifier);
    KW_REQUIRE(notifier != NULL, err, KW_NO_MEMORY, "no memory for notices");
    notifier->audit = options->audit;
    kw_status st = KW_OK;
    for (size_t i = 0; i < options->threads && st == KW_OK; i++) {
        st = start_worker(notifier, options, err);
    }
    if (st != KW_OK) {
        kw_emtp_notifier_free(notifier);
        return kw_error_at(err, st, "starting to send notices");
    }
    *out = notifier;
    return KW_OK;
}

void kw_emtp_notifier_free(kw_emtp_notifier *notifier)
{
    if (notifier == NULL) {
        return;
    }
    kw_mutex_lock(&notifier->mutex);
    notifier->is_stopping = true;
    kw_cond_broadcast(&notifier->changed);
    kw_mutex_unlock(&notifier->mutex);
    for (size_t i = 0; i < notifier->workers_count; i++) {
        kw_thread_join(&notifier->workers[i].thread);
        kw_http_client_free(notifier->workers[i].client);
    }
    while (notifier->receivers != NULL) {
        receiver *each = notifier->receivers;
        notifier->receivers = each->next;
        receiver_free(each);
    }
    kw_heap_free(notifier);
}

kw_emtp_topic kw_emtp_topic_of(kw_str name)
{
    return kw_str_equal(name, KW_STR("match")) ? KW_EMTP_TOPIC_MATCH : KW_EMTP_TOPIC_KEYS;
}

static receiver *receiver_new(kw_str participant, kw_str name, kw_str nurl)
{
    receiver *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->participant = copy_text(participant);
    made->name = copy_text(name);
    made->nurl = copy_text(nurl);
    made->topic = kw_emtp_topic_of(name);
    if (made->participant == NULL || made->name == NULL || made->nurl == NULL) {
        receiver_free(made);
        return NULL;
    }
    return made;
}

kw_status kw_emtp_notifier_add(kw_emtp_notifier *notifier, kw_str participant, kw_str name,
                               kw_str nurl, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    receiver *old = find(notifier, participant, name);
    if (old != NULL && kw_str_equal(kw_str_of(old->nurl), nurl)) {
        return KW_OK;
    }
    KW_REQUIRE(old != NULL || notifier->receivers_count < KW_EMTP_RECEIVERS_MAX, err, KW_LIMIT,
               "more than %d receivers of notices", KW_EMTP_RECEIVERS_MAX);
    KW_REQUIRE(old != NULL || count_of(notifier, participant) < KW_EMTP_NURLS_MAX, err, KW_LIMIT,
               "more than %d notify URLs of one participant", KW_EMTP_NURLS_MAX);
    receiver *made = receiver_new(participant, name, nurl);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for a receiver of notices");
    made->next = notifier->receivers;
    notifier->receivers = made;
    notifier->receivers_count++;
    if (old != NULL) {
        old->is_forgotten = true;
        sweep(notifier);
    }
    return KW_OK;
}

void kw_emtp_notifier_forget(kw_emtp_notifier *notifier, kw_str participant)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    for (receiver *each = notifier->receivers; each != NULL; each = each->next) {
        each->is_forgotten |= kw_str_equal(kw_str_of(each->participant), participant);
    }
    sweep(notifier);
}

/* Mutex held. A receiver that is on its way goes again afterwards: the change may have come after
 * the receiver looked. */
static void tell(receiver *to, kw_str surl)
{
    if (to->state == RECEIVER_ON_ITS_WAY) {
        to->is_told_again = true;
        return;
    }
    if (to->state == RECEIVER_PENDING) {
        return;
    }
    if (to->surl == NULL || !kw_str_equal(kw_str_of(to->surl), surl)) {
        kw_heap_free(to->surl);
        to->surl = copy_text(surl);
    }
    if (to->surl != NULL) { /* without memory this notice is dropped, as after its last retry */
        to->state = RECEIVER_PENDING;
        to->failures = 0;
        to->due_ns = kw_monotonic_ns();
    }
}

void kw_emtp_notifier_tell(kw_emtp_notifier *notifier, kw_emtp_topic topic, kw_str participant,
                           kw_str surl)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    for (receiver *each = notifier->receivers; each != NULL; each = each->next) {
        bool is_meant =
            participant.len == 0 || kw_str_equal(kw_str_of(each->participant), participant);
        if (each->topic == topic && is_meant && !each->is_forgotten) {
            tell(each, surl);
        }
    }
    kw_cond_broadcast(&notifier->changed);
}

size_t kw_emtp_notifier_pending(kw_emtp_notifier *notifier)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    size_t count = 0;
    for (receiver *each = notifier->receivers; each != NULL; each = each->next) {
        count += each->state != RECEIVER_IDLE;
    }
    return count;
}
