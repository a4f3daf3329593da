/* SPDX-License-Identifier: Apache-2.0
 * One dealing among four members, t = 3, with all secrets at hand. */
#ifndef KW_TESTS_SUPPORT_DEALT_H
#define KW_TESTS_SUPPORT_DEALT_H

#include "threshold/engine/dealing/dealing.h"

enum {
    DEALT_MEMBERS = 4,
    DEALT_DEALER = 2,
};

/* Lives on the test's stack, and stays there: parts point at each other. */
typedef struct dealt {
    kw_arena arena;
    kw_message_scope scope;
    kw_dealing_place place;
    kw_group_secret ek[DEALT_MEMBERS];
    kw_receiver receivers[DEALT_MEMBERS];
    kw_dealer_secrets secrets;
    kw_dealing_parts parts;
    kw_deal deal;
    kw_shares shares;
    kw_dealing_claim claim;
    kw_dealing dealing; /* as if it had been checked, for damage that a check would find */
} dealt;

/* Keys and secrets only. `source`: NULL but in a reshare, where it is what is shared. */
void dealt_prepare(dealt *d, const kw_group *group, uint8_t suite, const kw_group_secret *source);

/* DEAL and SHARES of what is prepared. */
void dealt_make(dealt *d);
void dealt_drop(dealt *d);

/* Bytes of one encrypted share, to be damaged. */
uint8_t *dealt_share_bytes(dealt *d, uint16_t member);

/* After damage: the root is that of the shares again. */
void dealt_fix_root(dealt *d);

/* Adds the order of BLS12-381 to one half of a share and seals it again for the member. */
void dealt_add_order(dealt *d, uint16_t member, size_t half);

#endif /* KW_TESTS_SUPPORT_DEALT_H */
