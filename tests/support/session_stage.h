/* SPDX-License-Identifier: Apache-2.0
 * One member of a session of the vectors, played by the engine: the others are the vectors'
 * messages, and what it says is compared with its own there, byte for byte. */
#ifndef KW_TESTS_SUPPORT_SESSION_STAGE_H
#define KW_TESTS_SUPPORT_SESSION_STAGE_H

#include "support/session_file.h"
#include "threshold/engine/session/session.h"

enum {
    SESSION_STAGE_SCRIPT_MAX = 8192,
    SESSION_STAGE_DELTA_MS = 1250,
};

typedef struct session_stage {
    session_file from;
    kw_session_setup setup;
    uint8_t script[SESSION_STAGE_SCRIPT_MAX]; /* random bytes in the order in which it draws them */
    size_t script_len;
    size_t script_at;
    session_file_keys own;
    kw_group_secret source;
    kw_arena lasting;
    kw_arena secrets;
    kw_arena scratch;
    kw_session *session; /* begun by the test */
    uint64_t now;
    bool never_seals; /* its share, so that no COMMIT follows */
    unsigned said;    /* messages that were compared */
    uint8_t deed;     /* the last that it reported; 0: none */
    kw_address who;   /* did it */
    bool has_share;
    kw_group_secret share;
} session_stage;

/* `member`: a row of a roster of the file. `before`: the file of the epoch that is reshared. It
 * stays where it is. */
void session_stage_open(session_stage *st, threshold_file *file, const kw_json *member,
                        threshold_file *before);
void session_stage_close(session_stage *st);

/* Random bytes that give this scalar; NULL: one that nothing shows. */
void session_stage_put(session_stage *st, const kw_json *scalar);
/* All that a whole session draws. */
void session_stage_put_all(session_stage *st);

/* All that it wants to do now. */
void session_stage_run(session_stage *st);

/* What all others say of that type; then runs. */
void session_stage_hear(session_stage *st, kw_message_type type, kw_instance instance);

#endif /* KW_TESTS_SUPPORT_SESSION_STAGE_H */
