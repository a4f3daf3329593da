/* SPDX-License-Identifier: Apache-2.0
 * What a cluster, a session, an agreement and an epoch are called. Source: threshold.md sections
 * 1, 2, 6. */
#include "threshold/engine/roster/ids.h"

#include "base/error.h"
#include "threshold/engine/group/transcript.h"

void kw_config_fields_write(kw_writer *w, const kw_config_fields *fields)
{
    kw_write_u8(w, fields->suite);
    kw_write_u16be(w, fields->ratio.numerator);
    kw_write_u16be(w, fields->ratio.denominator);
    kw_write_u32be(w, fields->interval_s);
    kw_write_u32be(w, fields->reshare_every);
    kw_write_u32be(w, fields->roster_lag_s);
    kw_write_u32be(w, fields->delta_ms);
    kw_write_span(w, KW_SPAN(fields->coin.bytes));
    kw_write_span(w, KW_SPAN(fields->genesis_roster.bytes));
    kw_write_u64be(w, fields->beacon_start);
    kw_write_u32be(w, fields->beacon_period_s);
}

void kw_config_fields_read(kw_config_fields *out, kw_reader *r)
{
    out->suite = kw_read_u8(r);
    out->ratio.numerator = kw_read_u16be(r);
    out->ratio.denominator = kw_read_u16be(r);
    out->interval_s = kw_read_u32be(r);
    out->reshare_every = kw_read_u32be(r);
    out->roster_lag_s = kw_read_u32be(r);
    out->delta_ms = kw_read_u32be(r);
    kw_read_into(r, KW_MSPAN(out->coin.bytes));
    kw_read_into(r, KW_MSPAN(out->genesis_roster.bytes));
    out->beacon_start = kw_read_u64be(r);
    out->beacon_period_s = kw_read_u32be(r);
}

void kw_config_hash(kw_hash32 *out, const kw_config_fields *fields)
{
    uint8_t wire[KW_CONFIG_FIELDS_BYTES];
    kw_writer w = kw_writer_of(KW_MSPAN(wire));
    kw_config_fields_write(&w, fields);
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-CONFIG-V1"));
    kw_transcript_span(&t, KW_SPAN(wire));
    kw_transcript_end(&t, out);
}

void kw_cluster_id(kw_hash32 *out, const kw_cluster_fields *fields)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-CLUSTER-V1"));
    kw_transcript_u64(&t, fields->chain_id);
    kw_transcript_span(&t, KW_SPAN(fields->avs.bytes));
    kw_transcript_u32(&t, fields->set_id);
    kw_transcript_hash(&t, &fields->config_hash);
    kw_transcript_end(&t, out);
}

void kw_sid_fields_write(kw_writer *w, const kw_sid_fields *fields)
{
    kw_write_u8(w, fields->kind);
    kw_write_u64be(w, fields->epoch);
    kw_write_u64be(w, fields->timestamp);
    kw_write_u32be(w, fields->attempt);
    kw_write_span(w, KW_SPAN(fields->roster_old.bytes));
    kw_write_span(w, KW_SPAN(fields->roster_new.bytes));
    kw_write_u16be(w, fields->t_old);
    kw_write_u16be(w, fields->t_new);
    kw_write_span(w, KW_SPAN(fields->previous.bytes));
    kw_write_u8(w, fields->suite);
}

void kw_sid_fields_read(kw_sid_fields *out, kw_reader *r)
{
    out->kind = kw_read_u8(r);
    out->epoch = kw_read_u64be(r);
    out->timestamp = kw_read_u64be(r);
    out->attempt = kw_read_u32be(r);
    kw_read_into(r, KW_MSPAN(out->roster_old.bytes));
    kw_read_into(r, KW_MSPAN(out->roster_new.bytes));
    out->t_old = kw_read_u16be(r);
    out->t_new = kw_read_u16be(r);
    kw_read_into(r, KW_MSPAN(out->previous.bytes));
    out->suite = kw_read_u8(r);
}

void kw_sid(kw_hash32 *out, const kw_hash32 *cluster_id, const kw_sid_fields *fields)
{
    uint8_t wire[KW_SID_FIELDS_BYTES];
    kw_writer w = kw_writer_of(KW_MSPAN(wire));
    kw_sid_fields_write(&w, fields);
    KW_ASSERT(kw_write_end(&w) == KW_OK);
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-SID-V1"));
    kw_transcript_hash(&t, cluster_id);
    kw_transcript_span(&t, KW_SPAN(wire));
    kw_transcript_end(&t, out);
}

void kw_open_id(kw_hash32 *out, const kw_hash32 *sid)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-OPEN-V1"));
    kw_transcript_hash(&t, sid);
    kw_transcript_end(&t, out);
}

void kw_handover_id(kw_hash32 *out, const kw_hash32 *cluster_id, uint64_t epoch,
                    const kw_hash32 *previous)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-HANDOVER-V1"));
    kw_transcript_hash(&t, cluster_id);
    kw_transcript_u64(&t, epoch);
    kw_transcript_hash(&t, previous);
    kw_transcript_end(&t, out);
}

kw_status kw_set_value(kw_hash32 *out, kw_span hashes)
{
    size_t count = hashes.len / sizeof(kw_hash32);
    if (hashes.len % sizeof(kw_hash32) != 0 || count > UINT16_MAX) {
        return KW_LIMIT;
    }
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-SET"));
    kw_transcript_u16(&t, (uint16_t)count);
    kw_transcript_span(&t, hashes);
    kw_transcript_end(&t, out);
    return KW_OK;
}

void kw_open_value(kw_hash32 *out, const uint16_t *dealers, uint16_t count)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-OPEN-SET"));
    kw_transcript_u16(&t, count);
    for (size_t i = 0; i < count; i++) {
        kw_transcript_u16(&t, dealers[i]);
    }
    kw_transcript_end(&t, out);
}

void kw_extract_name(kw_hash32 *out, const kw_hash32 *deal)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-EXTRACT-OF"));
    kw_transcript_hash(&t, deal);
    kw_transcript_end(&t, out);
}

void kw_epoch_digest(kw_hash32 *out, const kw_group *group, const kw_digest_fields *fields)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-TRANSCRIPT"));
    kw_transcript_hash(&t, &fields->sid);
    kw_transcript_hash(&t, &fields->set);
    kw_transcript_u16(&t, fields->dealings_count);
    for (size_t i = 0; i < fields->dealings_count; i++) {
        kw_transcript_u16(&t, fields->dealings[i].dealer);
        kw_transcript_hash(&t, &fields->dealings[i].hash);
    }
    kw_transcript_u16(&t, fields->t);
    for (size_t k = 0; k < fields->t; k++) {
        kw_group_g2_bytes wire = {{0}};
        group->g2_encode(&wire, &fields->polynomial[k]);
        kw_transcript_span(&t, kw_group_g2_view(group, &wire));
    }
    kw_transcript_hash(&t, &fields->roster_new);
    kw_transcript_end(&t, out);
}

void kw_certificate_hash(kw_hash32 *out, const kw_hash32 *digest, kw_span canary)
{
    kw_transcript t = kw_transcript_of(KW_STR("KEYWARD-V1-CERT"));
    kw_transcript_hash(&t, digest);
    kw_transcript_span(&t, canary);
    kw_transcript_end(&t, out);
}
