/* SPDX-License-Identifier: Apache-2.0
 * Standings of operators. */
#include "client/threshold_member.h"

kw_client_member kw_client_member_of(const kw_client_answer *answer)
{
    bool is_down = answer->st == KW_NETWORK || answer->st == KW_TIMED_OUT ||
                   answer->st == KW_PEER_REFUSED || answer->st == KW_CANCELLED;
    kw_client_member member = {
        .standing = KW_CLIENT_GOOD, .st = answer->st, .took_ms = answer->took_ms};
    if (answer->st != KW_OK) {
        member.standing = is_down ? KW_CLIENT_DOWN : KW_CLIENT_REFUSING;
    }
    return member;
}

static bool has_failed(const kw_client_member *member)
{
    return member->standing != KW_CLIENT_SLOW && member->standing != KW_CLIENT_GOOD;
}

/* How many failed as this one did. */
static unsigned count_like(const kw_client_member *members, uint16_t n, const kw_client_member *one)
{
    unsigned same = 0;
    for (uint16_t i = 0; i < n; i++) {
        same += members[i].standing == one->standing && members[i].st == one->st;
    }
    return same;
}

/* What it may be, for who can do something about it; empty: `problem` of each says it all. */
static const char *advice_for(const kw_client_member *most)
{
    static const struct {
        kw_status st;
        const char *text;
    } rows[] = {
        {KW_UNAUTHENTICATED, "; they do not take the API key, token or certificate"},
        {KW_FORBIDDEN, "; the application's policy does not give it to this caller"},
        {KW_NOT_FOUND, "; they do not know the application"},
        {KW_RATE_LIMITED, "; the application's policy wants them to be asked less often"},
        {KW_REFUSED, "; the application's uses are spent"},
        {KW_UNAVAILABLE, "; they have no share yet: wait for the next epoch, see `keyward "
                         "cluster status`"},
        {KW_BUSY, "; they are overloaded: try again"},
    };
    if (most->standing == KW_CLIENT_BEHIND) {
        return "; others are behind: a later epoch than theirs was seen before";
    }
    if (most->st == KW_PEER_REFUSED) {
        return "; their certificates are of no authority that we were given, or they are none";
    }
    for (size_t i = 0; i < KW_COUNT(rows) && most->standing == KW_CLIENT_REFUSING; i++) {
        if (rows[i].st == most->st) {
            return rows[i].text;
        }
    }
    return "";
}

kw_status kw_client_members_fail(const kw_client_member *members, uint16_t n, unsigned good,
                                 kw_error *err)
{
    static const kw_client_member nobody = {.standing = KW_CLIENT_DOWN, .st = KW_UNAVAILABLE};
    const kw_client_member *most = &nobody;
    unsigned best = 0;
    for (uint16_t i = 0; i < n; i++) {
        unsigned same = has_failed(&members[i]) ? count_like(members, n, &members[i]) : 0;
        if (same > best) {
            best = same;
            most = &members[i];
        }
    }
    bool says_why = most->standing == KW_CLIENT_REFUSING || most->standing == KW_CLIENT_BEHIND;
    return kw_fail(err, says_why ? most->st : KW_UNAVAILABLE,
                   "too few operators gave their part of the key: %u of %u%s", good, (unsigned)n,
                   advice_for(most));
}
