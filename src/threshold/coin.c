/* SPDX-License-Identifier: Apache-2.0
 * A coin by commitment and reveal. Source: threshold.md section 1. Secret inputs: an operator's
 * value until it is revealed. */
#include "threshold/coin.h"

#include "crypto/address_text.h"
#include "crypto/hash.h"
#include "threshold/engine/group/transcript.h"

/* ---- what is hashed ---- */
static kw_transcript transcript_of(kw_str label, const kw_hash32 *roster, const kw_address *address)
{
    kw_transcript t = kw_transcript_of(label);
    kw_transcript_hash(&t, roster);
    kw_transcript_span(&t, KW_SPAN(address->bytes));
    return t;
}

/* CT: leaks nothing of `value`. */
static void commitment_of(kw_hash32 *out, const kw_hash32 *roster, const kw_address *address,
                          const kw_secret32 *value)
{
    kw_transcript t = transcript_of(KW_STR("KEYWARD-V1-COIN-VALUE"), roster, address);
    kw_transcript_span(&t, kw_declassify_span(kw_secret32_view(value),
                                              "a hash in constant time hides it: 256 random bits"));
    kw_transcript_end(&t, out);
}

static void commit_digest(kw_hash32 *out, const kw_coin_part *part, const kw_address *address)
{
    kw_transcript t = transcript_of(KW_STR("KEYWARD-V1-COIN-COMMIT"), &part->roster, address);
    kw_transcript_hash(&t, &part->commitment);
    kw_transcript_end(&t, out);
}

static void reveal_digest(kw_hash32 *out, const kw_coin_part *part, const kw_address *address)
{
    kw_transcript t = transcript_of(KW_STR("KEYWARD-V1-COIN-REVEAL"), &part->roster, address);
    kw_transcript_hash(&t, &part->list);
    kw_transcript_hash(&t, &part->value);
    kw_transcript_end(&t, out);
}

static void list_hash(kw_hash32 *out, const kw_coin_flip *flip)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-COIN-LIST"));
    kw_transcript_hash(&t, &flip->roster.hash);
    for (size_t i = 0; i < flip->roster.n; i++) {
        kw_transcript_hash(&t, &flip->parts[i].commitment);
    }
    kw_transcript_end(&t, out);
}

/* ---- an operator's own steps ---- */
static kw_status find_seat(const kw_member **out, const kw_coin_seat *seat, kw_error *err)
{
    kw_address address;
    KW_TRY_AT(err, kw_address_parse(&address, seat->row->address), "reading an address");
    uint16_t index = kw_roster_index(seat->roster, &address);
    KW_REQUIRE(index != 0, err, KW_REFUSED, "%.*s is none of the operators who flip",
               KW_STR_ARG(seat->row->address));
    const kw_member *member = kw_roster_at(seat->roster, index);
    kw_span key = {member->key_bytes, member->scheme->key_bytes};
    KW_REQUIRE(kw_span_equal_var(key, kw_operator_secret_public(seat->key)), err, KW_REFUSED,
               "the key is not that of operator %.*s", KW_STR_ARG(seat->row->address));
    *out = member;
    return KW_OK;
}

static kw_status sign(kw_span *out, kw_arena *arena, const kw_coin_seat *seat,
                      const kw_hash32 *digest, kw_error *err)
{
    kw_peer_signature signature;
    kw_peer_signer signer = kw_operator_secret_signer(seat->key);
    KW_TRY_AT(err, signer.sign(signer.ctx, &signature, digest), "signing");
    KW_TRY_AT(err, kw_arena_copy_span(arena, out, kw_peer_signature_view(&signature)), "signing");
    return KW_OK;
}

kw_status kw_coin_commit(kw_coin_part *out, kw_arena *arena, const kw_coin_seat *seat,
                         const kw_secret32 *value, kw_error *err)
{
    const kw_member *member = NULL;
    kw_hash32 digest;
    KW_TRY(find_seat(&member, seat, err));
    kw_coin_part part = {
        .address = seat->row->address,
        .curve = seat->row->curve,
        .key = seat->row->key,
        .proof = seat->row->proof,
        .roster = seat->roster->hash,
    };
    commitment_of(&part.commitment, &part.roster, &member->address, value);
    commit_digest(&digest, &part, &member->address);
    KW_TRY(sign(&part.signature, arena, seat, &digest, err));
    *out = part;
    return KW_OK;
}

kw_status kw_coin_reveal(kw_coin_part *out, kw_arena *arena, const kw_coin_flip *flip,
                         const kw_coin_seat *seat, const kw_secret32 *value, kw_error *err)
{
    const kw_member *member = NULL;
    kw_hash32 wanted;
    kw_hash32 digest;
    KW_TRY(find_seat(&member, seat, err));
    kw_coin_part part = flip->parts[kw_roster_index(&flip->roster, &member->address) - 1];
    commitment_of(&wanted, &part.roster, &member->address, value);
    KW_REQUIRE(kw_hash32_equal(&wanted, &part.commitment), err, KW_REFUSED,
               "the commitment of %.*s in the list is not to this value: nothing is revealed",
               KW_STR_ARG(part.address));
    part.list = flip->list;
    kw_span revealed = kw_declassify_span(kw_secret32_view(value), "this is what reveals it");
    memcpy(part.value.bytes, revealed.ptr, sizeof part.value.bytes);
    reveal_digest(&digest, &part, &member->address);
    KW_TRY(sign(&part.reveal, arena, seat, &digest, err));
    *out = part;
    return KW_OK;
}

/* ---- what all gave ---- */

/* An entry of each operator who gave something. */
typedef struct seats {
    kw_roster_entry *items;
    size_t count;
} seats;

static bool has_seat(const seats *s, const kw_address *address)
{
    for (size_t i = 0; i < s->count; i++) {
        if (kw_address_equal(&s->items[i].address, address)) {
            return true;
        }
    }
    return false;
}

static kw_status take_seat(seats *s, const kw_coin_part *part, const kw_coin_part *first,
                           kw_error *err)
{
    kw_address address;
    KW_TRY_AT(err, kw_address_parse(&address, part->address), "reading an address");
    KW_REQUIRE(kw_hash32_equal(&part->roster, &first->roster), err, KW_REFUSED,
               "%.*s flips with other operators than %.*s does", KW_STR_ARG(part->address),
               KW_STR_ARG(first->address));
    if (!has_seat(s, &address)) {
        s->items[s->count++] =
            (kw_roster_entry){address, (uint8_t)part->curve, part->key, part->proof};
    }
    return KW_OK;
}

/* Nobody is missing: the roster is that for which they were made. */
static kw_status make_roster(kw_roster *out, kw_arena *arena, kw_coin_parts parts, kw_error *err)
{
    seats s = {.items = kw_arena_new(arena, parts.count, sizeof *s.items)};
    KW_REQUIRE(s.items != NULL, err, KW_LIMIT, "no room for the operators");
    for (size_t i = 0; i < parts.count; i++) {
        KW_TRY(take_seat(&s, &parts.items[i], &parts.items[0], err));
    }
    const kw_roster_source source = {s.items, s.count, &kw_peer_schemes_all, true};
    KW_TRY(kw_roster_make(out, arena, &source, err));
    KW_REQUIRE(kw_hash32_equal(&out->hash, &parts.items[0].roster), err, KW_REFUSED,
               "commitments of %zu operators, made for others: is one missing, or one too many?",
               s.count);
    return KW_OK;
}

static bool has_signed(const kw_member *member, const kw_hash32 *digest, kw_span signature)
{
    const kw_peer_claim claim = {member->scheme, &member->key, digest, signature};
    return member->scheme->verify(&claim);
}

static kw_status check_signatures(const kw_coin_part *part, const kw_member *member, kw_error *err)
{
    kw_hash32 digest;
    commit_digest(&digest, part, &member->address);
    KW_REQUIRE(has_signed(member, &digest, part->signature), err, KW_UNAUTHENTICATED,
               "the commitment of %.*s is not signed by it", KW_STR_ARG(part->address));
    reveal_digest(&digest, part, &member->address);
    KW_REQUIRE(!kw_coin_part_is_revealed(part) || has_signed(member, &digest, part->reveal), err,
               KW_UNAUTHENTICATED, "what %.*s reveals is not signed by it",
               KW_STR_ARG(part->address));
    return KW_OK;
}

/* Keeps one part of each operator, revealed if there is one. Only what is signed convicts. */
static kw_status take_part(kw_coin_flip *flip, const kw_coin_part *part, kw_error *err)
{
    kw_address address;
    KW_TRY_AT(err, kw_address_parse(&address, part->address), "reading an address");
    uint16_t index = kw_roster_index(&flip->roster, &address);
    KW_ASSERT(index != 0);
    KW_TRY(check_signatures(part, kw_roster_at(&flip->roster, index), err));
    kw_coin_part *kept = &flip->parts[index - 1];
    bool is_first = kept->signature.len == 0;
    KW_REQUIRE(is_first || kw_hash32_equal(&kept->commitment, &part->commitment), err, KW_CONFLICT,
               "%.*s signed two commitments: begin again, or without it",
               KW_STR_ARG(part->address));
    bool is_twice = kw_coin_part_is_revealed(kept) && kw_coin_part_is_revealed(part);
    KW_REQUIRE(!is_twice || (kw_hash32_equal(&kept->value, &part->value) &&
                             kw_hash32_equal(&kept->list, &part->list)),
               err, KW_CONFLICT, "%.*s revealed two things", KW_STR_ARG(part->address));
    if (is_first) {
        *kept = *part;
    } else if (!kw_coin_part_is_revealed(kept)) {
        kept->list = part->list;
        kept->value = part->value;
        kept->reveal = part->reveal;
    }
    return KW_OK;
}

/* A copy could not be revealed: its author's address is in it. It is found before that. */
static kw_status check_copies(const kw_coin_flip *flip, kw_error *err)
{
    for (size_t i = 0; i < flip->roster.n; i++) {
        for (size_t k = 0; k < i; k++) {
            KW_REQUIRE(!kw_hash32_equal(&flip->parts[i].commitment, &flip->parts[k].commitment),
                       err, KW_CONFLICT, "%.*s and %.*s have one commitment: one copied it",
                       KW_STR_ARG(flip->parts[k].address), KW_STR_ARG(flip->parts[i].address));
        }
    }
    return KW_OK;
}

static kw_status check_reveal(const kw_coin_flip *flip, size_t at, kw_error *err)
{
    const kw_coin_part *part = &flip->parts[at];
    kw_hash32 wanted;
    KW_AUTO(kw_secret32) value = {0};
    if (!kw_coin_part_is_revealed(part)) {
        return KW_OK;
    }
    KW_REQUIRE(kw_hash32_equal(&part->list, &flip->list), err, KW_CONFLICT,
               "%.*s revealed for another list of commitments", KW_STR_ARG(part->address));
    KW_TRY_AT(err, kw_secret32_of(&value, kw_secret_span_of(KW_SPAN(part->value.bytes))),
              "reading a value");
    commitment_of(&wanted, &part->roster, &flip->roster.members[at].address, &value);
    KW_REQUIRE(kw_hash32_equal(&wanted, &part->commitment), err, KW_REFUSED,
               "the value of %.*s is not the one that it committed to", KW_STR_ARG(part->address));
    return KW_OK;
}

kw_status kw_coin_flip_of_parts(kw_coin_flip *out, kw_arena *arena, kw_coin_parts parts,
                                kw_error *err)
{
    kw_coin_flip flip = {0};
    KW_REQUIRE(parts.count > 0, err, KW_BAD_INPUT, "no commitments");
    KW_TRY(make_roster(&flip.roster, arena, parts, err));
    flip.parts = kw_arena_new(arena, flip.roster.n, sizeof *flip.parts);
    KW_REQUIRE(flip.parts != NULL, err, KW_LIMIT, "no room for the commitments");
    for (size_t i = 0; i < parts.count; i++) {
        KW_TRY(take_part(&flip, &parts.items[i], err));
    }
    KW_TRY(check_copies(&flip, err));
    list_hash(&flip.list, &flip);
    for (size_t i = 0; i < flip.roster.n; i++) {
        KW_TRY(check_reveal(&flip, i, err));
    }
    *out = flip;
    return KW_OK;
}

kw_status kw_coin_flip_end(const kw_coin_flip *flip, kw_hash32 *out, kw_error *err)
{
    size_t missing = 0;
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-COIN-FLIP"));
    kw_transcript_hash(&t, &flip->roster.hash);
    for (size_t i = 0; i < flip->roster.n; i++) {
        missing += !kw_coin_part_is_revealed(&flip->parts[i]);
        kw_transcript_hash(&t, &flip->parts[i].value);
    }
    KW_REQUIRE(missing == 0, err, KW_UNAVAILABLE, "%zu of %u operators have not revealed", missing,
               (unsigned)flip->roster.n);
    kw_transcript_end(&t, out);
    return KW_OK;
}
