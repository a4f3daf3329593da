/* SPDX-License-Identifier: Apache-2.0
 * A candidate as bytes. Source: threshold.md section 6. */
#include "threshold/engine/epoch/candidate_file.h"

static const uint8_t magic[4] = {'K', 'W', 'D', '1'};

static void read_fields(kw_candidate *out, kw_reader *r)
{
    kw_sid_fields *fields = &out->fields;
    fields->kind = kw_read_u8(r);
    fields->suite = kw_read_u8(r);
    kw_read_into(r, KW_MSPAN(out->cluster_id.bytes));
    fields->epoch = kw_read_u64be(r);
    fields->timestamp = kw_read_u64be(r);
    fields->attempt = kw_read_u32be(r);
    fields->t_old = kw_read_u16be(r);
    fields->t_new = kw_read_u16be(r);
    kw_read_into(r, KW_MSPAN(fields->previous.bytes));
}

static kw_status read_rosters(kw_candidate *out, kw_arena *arena, kw_reader *r,
                              const kw_peer_schemes *schemes)
{
    kw_roster *rosters = kw_arena_new(arena, 2, sizeof *rosters);
    if (rosters == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(kw_roster_decode(&rosters[0], arena, r, schemes));
    KW_TRY(kw_roster_decode(&rosters[1], arena, r, schemes));
    out->roster_old = &rosters[0];
    out->roster_new = &rosters[1];
    out->fields.roster_old = rosters[0].hash;
    out->fields.roster_new = rosters[1].hash;
    return KW_OK;
}

static kw_status read_dealings(kw_candidate *out, kw_arena *arena, kw_reader *r)
{
    uint16_t count = kw_read_u16be(r);
    uint16_t old = out->roster_old->n;
    if (count > (old > 0 ? old : out->roster_new->n)) {
        return KW_LENGTH;
    }
    kw_dealing_ref *dealings = kw_arena_new(arena, KW_MAX(count, 1), sizeof *dealings);
    if (dealings == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        dealings[i].dealer = kw_read_u16be(r);
        kw_read_into(r, KW_MSPAN(dealings[i].hash.bytes));
    }
    out->dealings = dealings;
    out->dealings_count = count;
    return KW_OK;
}

static kw_status read_polynomial(kw_candidate *out, kw_arena *arena, kw_reader *r,
                                 const kw_group *group)
{
    uint16_t t = out->fields.t_new;
    kw_span bytes = kw_read_span(r, (size_t)t * group->g2_bytes);
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    kw_group_g2 *points = kw_arena_new(arena, t, sizeof *points);
    if (points == NULL) {
        return KW_LIMIT;
    }
    KW_TRY(group->g2_decode_all(points, bytes, t));
    out->polynomial = points;
    return KW_OK;
}

kw_status kw_candidate_body_read(kw_candidate *out, kw_arena *arena, kw_reader *r,
                                 const kw_candidate_form *form)
{
    kw_candidate made = {0};
    kw_quorum quorum;
    read_fields(&made, r);
    if (!kw_read_is_good(r)) {
        return KW_BAD_INPUT;
    }
    if (made.fields.kind != KW_SESSION_GENESIS && made.fields.kind != KW_SESSION_RESHARE) {
        return KW_REFUSED;
    }
    KW_TRY(read_rosters(&made, arena, r, form->schemes));
    if (made.roster_new->n == 0) {
        return KW_REFUSED;
    }
    KW_TRY(kw_quorum_of_threshold(&quorum, made.roster_new->n, made.fields.t_new));
    kw_read_into(r, KW_MSPAN(made.set.bytes));
    KW_TRY(read_dealings(&made, arena, r));
    KW_TRY(read_polynomial(&made, arena, r, form->group));
    kw_candidate_name(&made, form->group);
    *out = made;
    return KW_OK;
}

void kw_candidate_body_write(kw_writer *w, const kw_candidate *candidate, const kw_group *group)
{
    const kw_sid_fields *fields = &candidate->fields;
    kw_write_u8(w, fields->kind);
    kw_write_u8(w, fields->suite);
    kw_write_span(w, KW_SPAN(candidate->cluster_id.bytes));
    kw_write_u64be(w, fields->epoch);
    kw_write_u64be(w, fields->timestamp);
    kw_write_u32be(w, fields->attempt);
    kw_write_u16be(w, fields->t_old);
    kw_write_u16be(w, fields->t_new);
    kw_write_span(w, KW_SPAN(fields->previous.bytes));
    kw_roster_write(w, candidate->roster_old);
    kw_roster_write(w, candidate->roster_new);
    kw_write_span(w, KW_SPAN(candidate->set.bytes));
    kw_write_u16be(w, candidate->dealings_count);
    for (size_t i = 0; i < candidate->dealings_count; i++) {
        kw_write_u16be(w, candidate->dealings[i].dealer);
        kw_write_span(w, KW_SPAN(candidate->dealings[i].hash.bytes));
    }
    for (size_t k = 0; k < fields->t_new; k++) {
        kw_write_g2(w, group, &candidate->polynomial[k]);
    }
}

kw_status kw_candidate_decode(kw_candidate *out, kw_arena *arena, kw_span file,
                              const kw_candidate_form *form)
{
    kw_candidate made;
    kw_reader r = kw_reader_of(file);
    kw_span start = kw_read_span(&r, sizeof magic);
    if (!kw_span_equal_var(start, KW_SPAN(magic))) {
        return KW_BAD_INPUT;
    }
    KW_TRY(kw_candidate_body_read(&made, arena, &r, form));
    KW_TRY(kw_authenticated_list_read(&made.commits, arena, &r));
    KW_TRY(kw_read_end(&r));
    KW_TRY(kw_candidate_check(&made, form->group));
    *out = made;
    return KW_OK;
}

kw_status kw_candidate_encode(kw_buf *out, const kw_candidate *candidate, const kw_group *group)
{
    kw_writer w = kw_writer_to(out);
    kw_write_span(&w, KW_SPAN(magic));
    kw_candidate_body_write(&w, candidate, group);
    kw_authenticated_list_write(&w, candidate->commits);
    return kw_write_end(&w);
}
