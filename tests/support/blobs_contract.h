/* SPDX-License-Identifier: Apache-2.0
 * What every back-end of store/blobs.h must do, as cases on an empty store of its kind. */
#ifndef KW_TESTS_SUPPORT_BLOBS_CONTRACT_H
#define KW_TESTS_SUPPORT_BLOBS_CONTRACT_H

#include "store/blobs.h"

/* After every put of a test, by any clock. */
#define BLOBS_LATER_S INT64_C(4102444800) /* 2100-01-01 */

/* Each leaves the store empty. */
void blobs_contract_puts_once_and_gets(kw_blobs *blobs);
void blobs_contract_knows_what_is_not_there(kw_blobs *blobs);
void blobs_contract_walks_by_rising_name(kw_blobs *blobs);
void blobs_contract_holds(kw_blobs *blobs);
void blobs_contract_sweeps(kw_blobs *blobs);
void blobs_contract_scrubs(kw_blobs *blobs);

/* Removes all that is there. */
void blobs_contract_empty(kw_blobs *blobs);

#endif /* KW_TESTS_SUPPORT_BLOBS_CONTRACT_H */
