/* SPDX-License-Identifier: Apache-2.0
 * Outgoing notices: who wants them, and how one is sent. Source: emtp.md section 9.4. */
#include "emtp/notifier.h"

#include "base/heap.h"
#include "emtp/couriers.h"
#include "emtp/engine/notice.h"
#include "emtp/limits.h"
#include "os/thread.h"

/* A URL that somebody advertised. The key of its errands is "<participant> <name>": ids have no
 * spaces. */
typedef struct receiver {
    struct receiver *next;
    kw_emtp_topic topic;
    size_t participant_len; /* of the key, up to its space */
    char *key;              /* owned */
    char *nurl;             /* owned */
} receiver;

struct kw_emtp_notifier {
    kw_audit *audit;
    kw_couriers *couriers;
    kw_mutex mutex; /* guards the receivers; taken before the couriers' own */
    receiver *receivers;
    size_t receivers_count;
};

/* ---- sending ---- */

static void record(void *ctx, const kw_errand *errand, kw_status st)
{
    kw_emtp_notifier *notifier = ctx;
    kw_str participant = {0};
    kw_str name = {0};
    (void)kw_str_split(kw_str_of(errand->key), ' ', &participant, &name);
    kw_audit_event event = {.actor = KW_STR("system"),
                            .method = KW_AUTH_SYSTEM,
                            .action = KW_STR("emtp.notify.out"),
                            .object = participant,
                            .outcome = st};
    /* A full audit queue stops what needs a record before it acts; a notice has acted already. */
    kw_status recorded = kw_audit_append(notifier->audit, &event, NULL, NULL);
    KW_UNUSED(recorded);
}

static const char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static kw_status build(kw_emtp_notifier *notifier, const kw_emtp_notifier_options *options,
                       kw_error *err)
{
    kw_http_client_options http = {.ca_file = or_null(options->ca_file),
                                   .certificate_file = or_null(options->certificate_file),
                                   .key_file = or_null(options->key_file),
                                   .connect_ms = KW_EMTP_NOTIFY_TIMEOUT_MS,
                                   .total_ms = KW_EMTP_NOTIFY_TIMEOUT_MS,
                                   .body_bytes_max = KW_EMTP_NOTIFY_ANSWER_MAX,
                                   .only_global = !options->allow_private,
                                   .only_http1 = true};
    kw_couriers_options couriers = {.http = &http,
                                    .threads = options->threads,
                                    .calls_max = KW_EMTP_NOTIFY_CALLS_MAX / options->threads,
                                    .ctx = notifier,
                                    .ended = record};
    return kw_couriers_new(&notifier->couriers, &couriers, err);
}

kw_status kw_emtp_notifier_new(kw_emtp_notifier **out, const kw_emtp_notifier_options *options,
                               kw_error *err)
{
    KW_ASSERT(options->threads >= 1 && options->threads <= KW_EMTP_COURIERS_MAX);
    kw_emtp_notifier *notifier = kw_heap_new(1, sizeof *notifier);
    KW_REQUIRE(notifier != NULL, err, KW_NO_MEMORY, "no memory for notices");
    notifier->audit = options->audit;
    kw_status st = build(notifier, options, err);
    if (st != KW_OK) {
        kw_emtp_notifier_free(notifier);
        return kw_error_at(err, st, "starting to send notices");
    }
    *out = notifier;
    return KW_OK;
}

/* ---- receivers; mutex held ---- */

static void receiver_free(receiver *each)
{
    if (each != NULL) {
        kw_heap_free(each->key);
        kw_heap_free(each->nurl);
        kw_heap_free(each);
    }
}

static kw_str participant_of(const receiver *each)
{
    return (kw_str){each->key, each->participant_len};
}

static receiver *receiver_new(kw_str participant, kw_str name, kw_str nurl)
{
    receiver *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->topic = kw_emtp_topic_of(name);
    made->participant_len = participant.len;
    made->key = kw_heap_new(participant.len + name.len + 2, 1);
    made->nurl = kw_heap_new(nurl.len + 1, 1);
    if (made->key == NULL || made->nurl == NULL) {
        receiver_free(made);
        return NULL;
    }
    memcpy(made->key, participant.ptr, participant.len);
    made->key[participant.len] = ' ';
    memcpy(made->key + participant.len + 1, name.ptr, name.len);
    memcpy(made->nurl, nurl.ptr, nurl.len);
    return made;
}

/* The link to the receiver of (participant, name), or to the end of the list. */
static receiver **find(kw_emtp_notifier *notifier, kw_str participant, kw_str name)
{
    receiver **link = &notifier->receivers;
    while (*link != NULL) {
        const char *text = (*link)->key + (*link)->participant_len + 1;
        kw_str rest = {text, strlen(text)};
        if (kw_str_equal(participant_of(*link), participant) && kw_str_equal(rest, name)) {
            break;
        }
        link = &(*link)->next;
    }
    return link;
}

static void remove_at(kw_emtp_notifier *notifier, receiver **link)
{
    receiver *gone = *link;
    *link = gone->next;
    notifier->receivers_count--;
    receiver_free(gone);
}

static size_t count_of(const kw_emtp_notifier *notifier, kw_str participant)
{
    size_t count = 0;
    for (const receiver *each = notifier->receivers; each != NULL; each = each->next) {
        count += kw_str_equal(participant_of(each), participant);
    }
    return count;
}

/* ---- doors ---- */

void kw_emtp_notifier_free(kw_emtp_notifier *notifier)
{
    if (notifier == NULL) {
        return;
    }
    kw_couriers_free(notifier->couriers);
    while (notifier->receivers != NULL) {
        remove_at(notifier, &notifier->receivers);
    }
    kw_heap_free(notifier);
}

kw_emtp_topic kw_emtp_topic_of(kw_str name)
{
    return kw_str_equal(name, KW_STR("match")) ? KW_EMTP_TOPIC_MATCH : KW_EMTP_TOPIC_KEYS;
}

kw_status kw_emtp_notifier_add(kw_emtp_notifier *notifier, kw_str participant, kw_str name,
                               kw_str nurl, kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    receiver **link = find(notifier, participant, name);
    bool is_known = *link != NULL;
    if (is_known && kw_str_equal(kw_str_of((*link)->nurl), nurl)) {
        return KW_OK;
    }
    KW_REQUIRE(is_known || notifier->receivers_count < KW_EMTP_RECEIVERS_MAX, err, KW_LIMIT,
               "more than %d receivers of notices", KW_EMTP_RECEIVERS_MAX);
    KW_REQUIRE(is_known || count_of(notifier, participant) < KW_EMTP_NURLS_MAX, err, KW_LIMIT,
               "more than %d notify URLs of one participant", KW_EMTP_NURLS_MAX);
    receiver *made = receiver_new(participant, name, nurl);
    KW_REQUIRE(made != NULL, err, KW_NO_MEMORY, "no memory for a receiver of notices");
    if (is_known) {
        kw_couriers_drop_key(notifier->couriers, kw_str_of((*link)->key));
        remove_at(notifier, link);
    }
    made->next = notifier->receivers;
    notifier->receivers = made;
    notifier->receivers_count++;
    return KW_OK;
}

void kw_emtp_notifier_forget(kw_emtp_notifier *notifier, kw_str participant)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    receiver **link = &notifier->receivers;
    while (*link != NULL) {
        if (kw_str_equal(participant_of(*link), participant)) {
            kw_couriers_drop_key(notifier->couriers, kw_str_of((*link)->key));
            remove_at(notifier, link);
        } else {
            link = &(*link)->next;
        }
    }
}

void kw_emtp_notifier_tell(kw_emtp_notifier *notifier, kw_emtp_topic topic, kw_str participant,
                           kw_str surl)
{
    KW_AUTO(kw_locked) hold = kw_lock(&notifier->mutex);
    for (const receiver *each = notifier->receivers; each != NULL; each = each->next) {
        bool is_meant = participant.len == 0 || kw_str_equal(participant_of(each), participant);
        if (each->topic != topic || !is_meant) {
            continue;
        }
        /* Without room this notice is dropped, as after its last retry. */
        kw_status asked =
            kw_couriers_ask(notifier->couriers, kw_str_of(each->key), kw_str_of(each->nurl), surl);
        KW_UNUSED(asked);
    }
    kw_couriers_go(notifier->couriers);
}

size_t kw_emtp_notifier_pending(kw_emtp_notifier *notifier)
{
    return kw_couriers_count(notifier->couriers);
}
