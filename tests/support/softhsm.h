/* SPDX-License-Identifier: Apache-2.0
 * Tokens of SoftHSM in a temporary folder. */
#ifndef KW_TESTS_SUPPORT_SOFTHSM_H
#define KW_TESTS_SUPPORT_SOFTHSM_H

#include "hsm/hsm.h"
#include "support/tempdir.h"

#define SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define SOFTHSM_PIN    "1234-user"

typedef struct softhsm {
    tempdir dir;
    tempdir_path pin;
} softhsm;

/* A folder without tokens, and a file with the PIN; SoftHSM uses it in this process from now on.
 * Fails the test when SoftHSM is not installed. */
softhsm softhsm_make(void);
void softhsm_drop(softhsm *hsm);

/* Adds a token with that PIN. */
void softhsm_add(const softhsm *hsm, const char *label);

/* What the options of SOFTHSM_SEAT name, with "%" for `dir`: a token with an operator's signing
 * key, and the file with its PIN. */
softhsm softhsm_seat(const tempdir *dir, kw_secret_span key);
#define SOFTHSM_SEAT                                                                           \
    " --key pkcs11 --key-file operator --pkcs11-module " SOFTHSM_MODULE " --pkcs11-label seat" \
    " --pkcs11-pin-file %/pin"

/* Options of a token; borrow. */
kw_hsm_options softhsm_options(const softhsm *hsm, const char *label);

#endif /* KW_TESTS_SUPPORT_SOFTHSM_H */
