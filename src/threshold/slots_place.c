/* SPDX-License-Identifier: Apache-2.0
 * Places of slots. Secret inputs: the content of a slot. */
#include "threshold/slots_place.h"

#include "codec/hex.h"
#include "threshold/slots_file.h"
#include "threshold/slots_token.h"

enum {
    CLUSTER_BYTES = 8, /* of its id, in names: two clusters never have the same by accident */
    CLUSTER_CHARS = 2 * CLUSTER_BYTES,
    ADDRESS_CHARS = 2 * sizeof(kw_address),
};

/* "<first digits of cluster_id> <address without 0x>" */
typedef struct owner_name {
    char text[CLUSTER_CHARS + 1 + ADDRESS_CHARS];
} owner_name;
_Static_assert(sizeof(owner_name) <= KW_SLOTS_OWNER_BYTES_MAX, "names of objects have room for it");

static owner_name name_of(const kw_slots_owner *owner)
{
    owner_name name;
    kw_hex_encode_to(name.text, (kw_span){owner->cluster_id.bytes, CLUSTER_BYTES});
    name.text[CLUSTER_CHARS] = ' ';
    kw_hex_encode_to(&name.text[CLUSTER_CHARS + 1], KW_SPAN(owner->address.bytes));
    return name;
}

kw_status kw_slots_place_open(kw_slots_place *out, const kw_threshold_config *config, kw_error *err)
{
    kw_slots_place place = {.dir = config->slots_dir.ptr};
    const kw_hsm_options token = kw_threshold_config_token(config);
    if (!kw_threshold_config_is_on(config)) {
        return KW_OK;
    }
    if (config->slots == KW_SLOTS_ON_TOKEN) {
        KW_TRY_AT(err, kw_hsm_open(&place.token, &token, err), "opening the token of the slots");
    }
    *out = place;
    return KW_OK;
}

void kw_slots_place_drop(kw_slots_place *place)
{
    kw_hsm_free(place->token);
    *place = (kw_slots_place){0};
}

kw_status kw_slots_place_take(const kw_slots_place *place, kw_slots **out,
                              const kw_slots_owner *owner, const kw_rng *rng, kw_error *err)
{
    kw_slots *folder = NULL;
    owner_name name = name_of(owner);
    KW_TRY(kw_slots_open(&folder, place->dir, rng, err));
    if (place->token == NULL) {
        *out = folder;
        return KW_OK;
    }
    return kw_slots_open_token(out, place->token, folder, (kw_str){name.text, sizeof name.text},
                               rng, err);
}

kw_status kw_slots_place_peek(const kw_slots_place *place, kw_secret32 *out,
                              const kw_slots_owner *owner, const kw_hash32 *id, kw_error *err)
{
    owner_name name = name_of(owner);
    if (place->token == NULL) {
        return kw_slots_peek(out, place->dir, id, err);
    }
    return kw_slots_peek_token(out, place->token, (kw_str){name.text, sizeof name.text}, id, err);
}
