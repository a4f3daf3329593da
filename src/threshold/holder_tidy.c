/* SPDX-License-Identifier: Apache-2.0
 * What an operator does once at each boundary after it has begun, for nobody waits for it. Source:
 * threshold.md section 6 (retention). */
#include "threshold/holder_inner.h"

#include "threshold/vault_epochs.h"

typedef struct ev_untidy {
    kw_str code;
    kw_str text;
} ev_untidy;
static const kw_field untidy_fields[] = {
    KW_FIELD(ev_untidy, code, 32, KW_REQ),
    KW_FIELD(ev_untidy, text, 160, KW_REQ),
};
KW_LOG_EVENT(ev_untidy, "store_not_tidied", KW_LOG_WARN, untidy_fields);

typedef struct ev_forgotten {
    uint64_t epochs;
} ev_forgotten;
static const kw_field forgotten_fields[] = {KW_FIELD(ev_forgotten, epochs, UINT64_MAX, KW_REQ)};
KW_LOG_EVENT(ev_forgotten, "epochs_forgotten", KW_LOG_INFO, forgotten_fields);

static kw_status prune(kw_holder *h, kw_error *err)
{
    uint64_t deleted = 0;
    KW_TRY(kw_vault_prune(h->options.vault, &deleted, h->options.retention_s,
                          kw_holder_now(h) / 1000, err));
    if (deleted > 0) {
        KW_LOG(h->options.log, ev_forgotten, .epochs = deleted);
    }
    return KW_OK;
}

static kw_status tidy(kw_holder *h, kw_error *err)
{
    KW_TRY(kw_contacts_keep(&h->contacts, h->options.store, err));
    return prune(h, err);
}

void kw_holder_tidy(kw_holder *holder)
{
    kw_error err = {0};
    kw_status st = tidy(holder, &err);
    if (st != KW_OK) {
        KW_LOG(holder->options.log, ev_untidy, .code = kw_str_of(kw_status_name(st)),
               .text = kw_str_of(err.text));
    }
}
