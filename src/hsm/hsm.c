/* SPDX-License-Identifier: Apache-2.0
 * From a module to a logged-in session. Secret inputs: the PIN. */
#include "hsm/hsm.h"

#include "base/heap.h"
#include "hsm/rv.h"
#include "hsm/hsm_inner.h"

#include <p11-kit/p11-kit.h>

/* A label in a token's facts: 32 bytes, filled up with blanks. */
static bool is_label(const CK_TOKEN_INFO *info, kw_str label)
{
    for (size_t i = 0; i < sizeof info->label; i++) {
        char wanted = i < label.len ? label.ptr[i] : ' ';
        if ((char)info->label[i] != wanted) {
            return false;
        }
    }
    return true;
}

static kw_status find_slot(const kw_hsm *hsm, CK_SLOT_ID *out, kw_str label, kw_error *err)
{
    CK_SLOT_ID slots[KW_HSM_SLOTS_MAX];
    CK_ULONG count = KW_COUNT(slots);
    size_t found = 0;
    KW_TRY(kw_rv_check(hsm->calls->C_GetSlotList(CK_TRUE, slots, &count),
                       "listing the slots of the module", err));
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info = {0};
        /* A token that was pulled meanwhile is not the one. */
        if (hsm->calls->C_GetTokenInfo(slots[i], &info) == CKR_OK && is_label(&info, label)) {
            *out = slots[i];
            found++;
        }
    }
    KW_REQUIRE(found > 0, err, KW_NOT_FOUND, "no token \"%.*s\"", KW_STR_ARG(label));
    KW_REQUIRE(found == 1, err, KW_CONFLICT, "two tokens \"%.*s\"", KW_STR_ARG(label));
    return KW_OK;
}

/* CT: leaks the length of the PIN and whether it was right. */
static kw_status log_in(kw_hsm *hsm, const char *pin_path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) pin = kw_secret_bytes_init(KW_HSM_PIN_BYTES_MAX + 2);
    kw_status st = kw_secret_bytes_read_file(&pin, pin_path, true, err);
    if (st == KW_NO_MEMORY) {
        return st;
    }
    KW_REQUIRE(st == KW_OK, err, KW_SEALED, "the file of the token's PIN cannot be used (%s)",
               kw_status_name(st));
    KW_REQUIRE(pin.len <= KW_HSM_PIN_BYTES_MAX, err, KW_SEALED, "a PIN has at most %d bytes",
               KW_HSM_PIN_BYTES_MAX);
    kw_span bytes = kw_declassify_span(kw_secret_bytes_view(&pin), "the token asks for its PIN");
    CK_RV rv = hsm->calls->C_Login(hsm->session, CKU_USER, (CK_UTF8CHAR_PTR)bytes.ptr,
                                   (CK_ULONG)bytes.len);
    return rv == CKR_USER_ALREADY_LOGGED_IN ? KW_OK : kw_rv_check(rv, "logging in", err);
}

static kw_status start(kw_hsm *hsm, const kw_hsm_options *options, kw_error *err)
{
    CK_SLOT_ID slot = 0;
    kw_str label = kw_str_of(options->label);
    KW_REQUIRE(label.len > 0 && label.len <= KW_HSM_LABEL_BYTES_MAX, err, KW_CONFIG,
               "a token's label has 1 to %d bytes", KW_HSM_LABEL_BYTES_MAX);
    hsm->calls = p11_kit_module_load(options->module, 0);
    KW_REQUIRE(hsm->calls != NULL, err, KW_UNAVAILABLE, "the module %s cannot be loaded",
               options->module);
    CK_RV rv = p11_kit_module_initialize(hsm->calls);
    KW_REQUIRE(rv == CKR_OK, err, KW_UNAVAILABLE, "the module %s does not start: %s",
               options->module, p11_kit_strerror(rv));
    hsm->is_started = true;
    KW_TRY(find_slot(hsm, &slot, label, err));
    KW_TRY(kw_rv_check(hsm->calls->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
                                                 NULL, &hsm->session),
                       "opening a session", err));
    hsm->has_session = true;
    return log_in(hsm, options->pin_path, err);
}

kw_status kw_hsm_open(kw_hsm **out, const kw_hsm_options *options, kw_error *err)
{
    KW_AUTO_PTR(kw_hsm) hsm = kw_heap_new(1, sizeof *hsm);
    KW_REQUIRE(hsm != NULL, err, KW_NO_MEMORY, "no memory for a token");
    KW_TRY_AT(err, start(hsm, options, err), "opening the token");
    *out = hsm;
    hsm = NULL;
    return KW_OK;
}

/* The last call on each: what it says changes nothing. */
void kw_hsm_free(kw_hsm *hsm)
{
    if (hsm == NULL) {
        return;
    }
    if (hsm->has_session) {
        (void)hsm->calls->C_CloseSession(hsm->session);
    }
    if (hsm->is_started) {
        (void)p11_kit_module_finalize(hsm->calls);
    }
    if (hsm->calls != NULL) {
        p11_kit_module_release(hsm->calls);
    }
    kw_heap_free(hsm);
}
