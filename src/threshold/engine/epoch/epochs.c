/* SPDX-License-Identifier: Apache-2.0
 * The states of epochs as a table. Source: threshold.md section 6. */
#include "threshold/engine/epoch/epochs.h"

#include "crypto/hash.h"

typedef enum epoch_event {
    ON_SEALED, /* the share is on disk */
    ON_ABORT,
    ON_WIN,  /* its certificate is here */
    ON_LOSE, /* another one's is */
    ON_STEP, /* nothing happened but time */
} epoch_event;

typedef struct kw_epoch_rule {
    kw_epoch_state from;
    epoch_event event;
    bool (*guard)(const kw_epochs *epochs, const kw_epoch_row *row,
                  uint64_t now); /* NULL: always */
    kw_epoch_state to;
} kw_epoch_rule;

uint64_t kw_epochs_newest(const kw_epochs *epochs)
{
    uint64_t newest = 0;
    for (size_t i = 0; i < epochs->count; i++) {
        const kw_epoch_row *row = &epochs->rows[i];
        bool is_certified = row->state == KW_EPOCH_CERTIFIED || row->state == KW_EPOCH_ACTIVE;
        newest = is_certified ? KW_MAX(newest, row->epoch) : newest;
    }
    return newest;
}

/* Members enough for the key to live in the next epoch have proven their shares of it. */
static bool is_next_proven(const kw_epochs *epochs, const kw_epoch_row *row)
{
    for (size_t i = 0; i < epochs->count; i++) {
        const kw_epoch_row *next = &epochs->rows[i];
        bool is_certified = next->state == KW_EPOCH_CERTIFIED || next->state == KW_EPOCH_ACTIVE;
        if (is_certified && next->epoch == row->epoch + 1) {
            return next->proven >= next->wanted;
        }
    }
    return false;
}

static bool is_replaced(const kw_epoch_row *row)
{
    return row->replaced_at != KW_EPOCHS_NEVER;
}

static bool may_go(const kw_epochs *epochs, const kw_epoch_row *row, uint64_t now)
{
    if (!is_replaced(row)) {
        return false;
    }
    bool is_grace_over = now >= row->replaced_at && now - row->replaced_at >= epochs->grace_ms;
    return kw_epochs_newest(epochs) > row->epoch + 1 ||
           (is_grace_over && is_next_proven(epochs, row));
}

static bool has_share(const kw_epochs *epochs, const kw_epoch_row *row, uint64_t now)
{
    KW_UNUSED(epochs);
    KW_UNUSED(now);
    return row->has_share;
}

/* The first row whose guard agrees. */
static const kw_epoch_rule rules[] = {
    {KW_EPOCH_DEALT, ON_SEALED, NULL, KW_EPOCH_PREPARED},
    {KW_EPOCH_DEALT, ON_ABORT, NULL, KW_EPOCH_RETIRED},
    {KW_EPOCH_DEALT, ON_WIN, NULL, KW_EPOCH_CERTIFIED},
    {KW_EPOCH_DEALT, ON_LOSE, NULL, KW_EPOCH_RETIRED},
    {KW_EPOCH_RETIRED, ON_WIN, NULL, KW_EPOCH_CERTIFIED}, /* given up here, made by others */
    {KW_EPOCH_PREPARED, ON_WIN, NULL, KW_EPOCH_CERTIFIED},
    {KW_EPOCH_PREPARED, ON_LOSE, NULL, KW_EPOCH_RETIRED},
    {KW_EPOCH_CERTIFIED, ON_SEALED, NULL, KW_EPOCH_CERTIFIED},
    {KW_EPOCH_CERTIFIED, ON_STEP, may_go, KW_EPOCH_RETIRED},
    {KW_EPOCH_CERTIFIED, ON_STEP, has_share, KW_EPOCH_ACTIVE},
    {KW_EPOCH_ACTIVE, ON_STEP, may_go, KW_EPOCH_RETIRED},
};

/* False: nothing is to be done in this state. */
static bool apply(const kw_epochs *epochs, kw_epoch_row *row, epoch_event event, uint64_t now)
{
    for (size_t i = 0; i < KW_COUNT(rules); i++) {
        const kw_epoch_rule *rule = &rules[i];
        if (rule->from == row->state && rule->event == event &&
            (rule->guard == NULL || rule->guard(epochs, row, now))) {
            row->state = rule->to;
            return true;
        }
    }
    return false;
}

static kw_epoch_row *find(kw_epochs *epochs, const kw_hash32 *sid)
{
    for (size_t i = 0; i < epochs->count; i++) {
        if (kw_hash32_equal(&epochs->rows[i].sid, sid)) {
            return &epochs->rows[i];
        }
    }
    return NULL;
}

static bool is_empty(const kw_epoch_row *row)
{
    return row->state == KW_EPOCH_RETIRED && !row->has_share && !row->has_session &&
           !row->has_dealings;
}

static void remove_row(kw_epochs *epochs, const kw_epoch_row *row)
{
    size_t at = (size_t)(row - epochs->rows);
    epochs->count--;
    memmove(&epochs->rows[at], &epochs->rows[at + 1], (epochs->count - at) * sizeof *row);
}

/* When all rows are taken, the oldest of which nothing is left goes: its boundary is long over. */
static void make_room(kw_epochs *epochs)
{
    for (size_t i = 0; i < epochs->count && epochs->count + 1 >= KW_EPOCHS_MAX; i++) {
        if (is_empty(&epochs->rows[i])) {
            remove_row(epochs, &epochs->rows[i]);
            return;
        }
    }
}

kw_status kw_epochs_deal(kw_epochs *epochs, const kw_hash32 *sid, uint64_t epoch)
{
    if (find(epochs, sid) != NULL) {
        return KW_CONFLICT;
    }
    if (epoch != kw_epochs_newest(epochs) + 1) {
        return KW_REFUSED;
    }
    make_room(epochs);
    if (epochs->count + 1 >= KW_EPOCHS_MAX) { /* the last row is for a certificate */
        return KW_LIMIT;
    }
    epochs->rows[epochs->count++] = (kw_epoch_row){
        .sid = *sid,
        .epoch = epoch,
        .state = KW_EPOCH_DEALT,
        .has_session = true,
        .has_polynomials = true,
        .has_dealings = true,
        .replaced_at = KW_EPOCHS_NEVER,
    };
    return KW_OK;
}

kw_status kw_epochs_prepare(kw_epochs *epochs, const kw_hash32 *sid)
{
    kw_epoch_row *row = find(epochs, sid);
    if (row == NULL) {
        return KW_NOT_FOUND;
    }
    if (row->has_share || is_replaced(row) || !apply(epochs, row, ON_SEALED, 0)) {
        return KW_BAD_STATE;
    }
    row->has_share = true;
    return KW_OK;
}

kw_status kw_epochs_abort(kw_epochs *epochs, const kw_hash32 *sid)
{
    kw_epoch_row *row = find(epochs, sid);
    if (row == NULL) {
        return KW_NOT_FOUND;
    }
    if (!apply(epochs, row, ON_ABORT, 0)) {
        return KW_BAD_STATE;
    }
    row->replaced_at = 0;
    return KW_OK;
}

kw_status kw_epochs_forget(kw_epochs *epochs, const kw_hash32 *sid)
{
    const kw_epoch_row *row = find(epochs, sid);
    if (row == NULL) {
        return KW_NOT_FOUND;
    }
    if (row->state != KW_EPOCH_DEALT) {
        return KW_BAD_STATE;
    }
    remove_row(epochs, row);
    return KW_OK;
}

static uint16_t wanted_of(const kw_candidate *candidate)
{
    kw_quorum quorum;
    uint16_t n = candidate->roster_new->n;
    kw_status st = kw_quorum_of_threshold(&quorum, n, candidate->fields.t_new);
    return st == KW_OK ? KW_MIN(n, (uint16_t)(quorum.t + quorum.f)) : n;
}

/* What the certificate of `winner` means for all other rows. */
static void replace_others(kw_epochs *epochs, const kw_epoch_row *winner, uint64_t now)
{
    for (size_t i = 0; i < epochs->count; i++) {
        kw_epoch_row *row = &epochs->rows[i];
        if (row == winner || is_replaced(row)) {
            continue;
        }
        row->replaced_at = apply(epochs, row, ON_LOSE, now) ? 0 : now;
    }
}

kw_status kw_epochs_certify(kw_epochs *epochs, const kw_candidate *candidate, uint64_t now)
{
    uint64_t newest = kw_epochs_newest(epochs);
    uint64_t epoch = candidate->fields.epoch;
    kw_epoch_row *row = find(epochs, &candidate->sid);
    if (epoch < newest) {
        return KW_REFUSED;
    }
    if (epoch == newest) {
        return row != NULL && !is_replaced(row) ? KW_END : KW_CONFLICT;
    }
    if (row == NULL || !apply(epochs, row, ON_WIN, now)) { /* it had no part */
        if (epochs->count == KW_EPOCHS_MAX) {
            return KW_LIMIT;
        }
        row = &epochs->rows[epochs->count++];
        *row = (kw_epoch_row){
            .sid = candidate->sid, .state = KW_EPOCH_CERTIFIED, .replaced_at = KW_EPOCHS_NEVER};
    }
    row->epoch = epoch;
    row->replaced_at = KW_EPOCHS_NEVER;
    row->wanted = wanted_of(candidate);
    row->proven = (uint16_t)candidate->commits.count;
    replace_others(epochs, row, now);
    return KW_OK;
}

kw_status kw_epochs_prove(kw_epochs *epochs, uint64_t epoch, uint16_t proven)
{
    for (size_t i = 0; i < epochs->count; i++) {
        kw_epoch_row *row = &epochs->rows[i];
        bool is_certified = row->state == KW_EPOCH_CERTIFIED || row->state == KW_EPOCH_ACTIVE;
        if (is_certified && row->epoch == epoch) {
            row->proven = KW_MAX(row->proven, proven);
            return KW_OK;
        }
    }
    return KW_NOT_FOUND;
}

/* What of a row is to be erased now; IDLE: nothing. */
static kw_epochs_act erase(kw_epoch_row *row)
{
    bool is_retired = row->state == KW_EPOCH_RETIRED;
    bool is_certified = row->state == KW_EPOCH_CERTIFIED || row->state == KW_EPOCH_ACTIVE;
    if (row->has_share && is_retired) {
        row->has_share = false;
        return KW_EPOCHS_ERASE_SHARE;
    }
    if (row->has_session && (is_replaced(row) || (is_certified && row->has_share))) {
        row->has_session = false;
        row->has_polynomials = false;
        return KW_EPOCHS_ERASE_SESSION;
    }
    if (row->has_polynomials && is_certified) {
        row->has_polynomials = false;
        return KW_EPOCHS_RENEW_SESSION;
    }
    if (row->has_dealings && is_replaced(row)) {
        row->has_dealings = false;
        return KW_EPOCHS_ERASE_DEALINGS;
    }
    return KW_EPOCHS_IDLE;
}

/* Forgets rows of which nothing is left, but those of the epoch that is not made yet: nobody begins
 * a session twice. */
static void tidy(kw_epochs *epochs)
{
    uint16_t kept = 0;
    uint64_t newest = kw_epochs_newest(epochs);
    for (size_t i = 0; i < epochs->count; i++) {
        const kw_epoch_row *row = &epochs->rows[i];
        if (!is_empty(row) || row->epoch > newest) {
            epochs->rows[kept++] = *row;
        }
    }
    epochs->count = kept;
}

void kw_epochs_next(kw_epochs *epochs, kw_epochs_action *out, uint64_t now)
{
    *out = (kw_epochs_action){.act = KW_EPOCHS_IDLE};
    for (size_t i = 0; i < epochs->count && out->act == KW_EPOCHS_IDLE; i++) {
        kw_epoch_row *row = &epochs->rows[i];
        bool has_moved = apply(epochs, row, ON_STEP, now);
        out->act = has_moved && row->state == KW_EPOCH_ACTIVE ? KW_EPOCHS_ACTIVATE : erase(row);
        out->sid = row->sid;
        out->epoch = row->epoch;
    }
    if (out->act == KW_EPOCHS_IDLE) {
        tidy(epochs);
    }
}

uint64_t kw_epochs_wake_at(const kw_epochs *epochs)
{
    uint64_t at = KW_EPOCHS_NEVER;
    for (size_t i = 0; i < epochs->count; i++) {
        const kw_epoch_row *row = &epochs->rows[i];
        if (row->state != KW_EPOCH_RETIRED && is_replaced(row) && is_next_proven(epochs, row)) {
            at = KW_MIN(at, row->replaced_at + epochs->grace_ms);
        }
    }
    return at;
}

kw_epoch_state kw_epochs_state_of(const kw_epochs *epochs, const kw_hash32 *sid)
{
    for (size_t i = 0; i < epochs->count; i++) {
        if (kw_hash32_equal(&epochs->rows[i].sid, sid)) {
            return epochs->rows[i].state;
        }
    }
    return KW_EPOCH_NONE;
}

uint64_t kw_epochs_active(const kw_epochs *epochs)
{
    uint64_t active = 0;
    for (size_t i = 0; i < epochs->count; i++) {
        const kw_epoch_row *row = &epochs->rows[i];
        active = row->state == KW_EPOCH_ACTIVE ? KW_MAX(active, row->epoch) : active;
    }
    return active;
}

bool kw_epochs_may_send(const kw_epochs *epochs, const kw_hash32 *sid, kw_message_type type)
{
    switch (kw_epochs_state_of(epochs, sid)) {
    case KW_EPOCH_NONE:
    case KW_EPOCH_RETIRED:
        return false;
    case KW_EPOCH_DEALT:
        return type != KW_MESSAGE_COMMIT;
    case KW_EPOCH_PREPARED:
    case KW_EPOCH_ACTIVE:
        return true;
    case KW_EPOCH_CERTIFIED:
        break;
    }
    for (size_t i = 0; i < epochs->count; i++) { /* perhaps without a share */
        if (kw_hash32_equal(&epochs->rows[i].sid, sid)) {
            return epochs->rows[i].has_share || type != KW_MESSAGE_COMMIT;
        }
    }
    return false;
}

/* u8 version | u64 grace | u16 count | rows: 32 sid | u64 epoch | u8 state | u8 flags | u16 proven
 * | u16 wanted | u64 replaced_at. */
enum {
    RECORD_VERSION = 2,
    FLAG_SHARE = 1,
    FLAG_SESSION = 2,
    FLAG_DEALINGS = 4,
    FLAG_POLYNOMIALS = 8,
    FLAGS_ALL = 15,
};

kw_status kw_epochs_save(const kw_epochs *epochs, kw_buf *out)
{
    kw_writer w = kw_writer_to(out);
    kw_write_u8(&w, RECORD_VERSION);
    kw_write_u64be(&w, epochs->grace_ms);
    kw_write_u16be(&w, epochs->count);
    for (size_t i = 0; i < epochs->count; i++) {
        const kw_epoch_row *row = &epochs->rows[i];
        kw_write_span(&w, KW_SPAN(row->sid.bytes));
        kw_write_u64be(&w, row->epoch);
        kw_write_u8(&w, (uint8_t)row->state);
        kw_write_u8(&w, (uint8_t)((row->has_share ? FLAG_SHARE : 0) |
                                  (row->has_session ? FLAG_SESSION : 0) |
                                  (row->has_polynomials ? FLAG_POLYNOMIALS : 0) |
                                  (row->has_dealings ? FLAG_DEALINGS : 0)));
        kw_write_u16be(&w, row->proven);
        kw_write_u16be(&w, row->wanted);
        kw_write_u64be(&w, row->replaced_at);
    }
    return kw_write_end(&w);
}

static void read_row(kw_epoch_row *out, kw_reader *r)
{
    kw_read_into(r, KW_MSPAN(out->sid.bytes));
    out->epoch = kw_read_u64be(r);
    uint8_t state = kw_read_u8(r);
    uint8_t flags = kw_read_u8(r);
    out->has_share = (flags & FLAG_SHARE) != 0;
    out->has_session = (flags & FLAG_SESSION) != 0;
    out->has_dealings = (flags & FLAG_DEALINGS) != 0;
    out->has_polynomials = (flags & FLAG_POLYNOMIALS) != 0;
    out->proven = kw_read_u16be(r);
    out->wanted = kw_read_u16be(r);
    out->replaced_at = kw_read_u64be(r);
    bool needs_share = state == KW_EPOCH_PREPARED || state == KW_EPOCH_ACTIVE;
    if (state < KW_EPOCH_DEALT || state > KW_EPOCH_RETIRED || flags > FLAGS_ALL ||
        out->epoch == 0 || (needs_share && !out->has_share)) {
        kw_read_fail(r);
        return;
    }
    out->state = (kw_epoch_state)state;
}

kw_status kw_epochs_resume(kw_epochs *out, kw_span record)
{
    kw_reader r = kw_reader_of(record);
    kw_epochs epochs = {0};
    uint8_t version = kw_read_u8(&r);
    epochs.grace_ms = kw_read_u64be(&r);
    epochs.count = kw_read_u16be(&r);
    if (!kw_read_is_good(&r) || version != RECORD_VERSION || epochs.count > KW_EPOCHS_MAX) {
        return KW_BAD_INPUT;
    }
    for (size_t i = 0; i < epochs.count; i++) {
        read_row(&epochs.rows[i], &r);
    }
    KW_TRY(kw_read_end(&r));
    *out = epochs;
    return KW_OK;
}
