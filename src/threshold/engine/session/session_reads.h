/* SPDX-License-Identifier: Apache-2.0
 * What a session reads from the letters of its mailbox, by their type: kw_letter.read. Only
 * session*.c and their tests include this. */
#ifndef KW_THRESHOLD_ENGINE_SESSION_SESSION_READS_H
#define KW_THRESHOLD_ENGINE_SESSION_SESSION_READS_H

#include "threshold/engine/agreement/agreement.h"
#include "threshold/engine/agreement/agreement_message.h"
#include "threshold/engine/dealing/complaint.h"
#include "threshold/engine/dealing/eligible.h"
#include "threshold/engine/message/mailbox.h"

typedef struct session_hello {
    kw_group_g1 ek;
    bool has_head; /* names a certificate */
} session_hello;

typedef enum session_deal_state {
    SESSION_DEAL_BARE,    /* its SHARES are not here */
    SESSION_DEAL_PROVEN,  /* its dealer knows r; a HELLO that it names is not here */
    SESSION_DEAL_SOUND,   /* passed the public checks */
    SESSION_DEAL_UNSOUND, /* failed one: nobody honest says ok */
} session_deal_state;

typedef enum session_share_state {
    SESSION_SHARE_NONE, /* none for this member, or not looked for yet */
    SESSION_SHARE_GOOD,
    SESSION_SHARE_BAD, /* worth a complaint */
} session_share_state;

/* One body of a DEAL with its SHARES. */
typedef struct session_deal {
    const kw_letter *letter;
    const kw_letter *shares_letter;
    kw_deal deal;
    kw_dealing_place place;
    kw_dealing dealing; /* from PROVEN on */
    session_deal_state state;
    session_share_state share_state;
    kw_share *share; /* GOOD: in the secret arena */
} session_deal;

typedef struct session_shares {
    kw_shares shares;
    kw_hash32 root;
} session_shares;

typedef enum session_complaint {
    SESSION_COMPLAINT_UNKNOWN, /* not judged */
    SESSION_COMPLAINT_NONE,    /* no complaint, or one that does not hold */
    SESSION_COMPLAINT_HOLDS,
} session_complaint;

typedef struct session_echo {
    kw_echo_ref ref;
    kw_echo echo;
    session_complaint *complaints; /* [dealers] */
    bool *holds;                   /* [dealers]: as kw_judged_echo has it */
} session_echo;

typedef struct session_vote {
    kw_agreement_message vote;
    kw_hash_list hashes; /* ECHOs: of a PROPOSE on the set, or wanted by a PREVOTE */
    uint16_t *opened;    /* dealers: of a PROPOSE on opening */
    uint16_t opened_count;
} session_vote;

typedef struct session_extract {
    kw_extract extract;
} session_extract;

typedef struct session_opened {
    kw_reconstruct reconstruct;
    uint16_t member;
} session_opened;

typedef enum session_commit_state {
    SESSION_COMMIT_NEW,
    SESSION_COMMIT_VALID,
    SESSION_COMMIT_VOID,
} session_commit_state;

typedef struct session_commit {
    kw_commit commit;
    uint16_t member;
    session_commit_state state;
} session_commit;

#endif /* KW_THRESHOLD_ENGINE_SESSION_SESSION_READS_H */
