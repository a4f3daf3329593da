/* SPDX-License-Identifier: Apache-2.0
 * The resolver. */
#include "params/engine/resolve.h"

/* Constraints in the order in which they are looked at: a release that fails later is closer. */
typedef enum fit {
    FIT_FAMILY,
    FIT_RANGE,
    FIT_PROOF_SYSTEM,
    FIT_CIRCUIT,
    FIT_REVOKED,
    FIT_EXPIRED,
    FIT_CLIENT,
    FIT_PROVER,
    FIT_ROLLOUT,
    FIT_ALL,
} fit;

static kw_semver version_of(kw_str text)
{
    kw_semver version;
    KW_ASSERT(kw_semver_parse(&version, text, NULL) == KW_OK); /* the catalog was decoded */
    return version;
}

static bool is_in(kw_str range_text, const kw_semver *version)
{
    kw_semver_range range;
    KW_ASSERT(kw_semver_range_parse(&range, range_text, NULL) == KW_OK);
    return version == NULL || kw_semver_range_has(&range, version);
}

static bool serves(const kw_release *release, kw_str circuit_id)
{
    for (size_t i = 0; i < release->circuit_ids.count; i++) {
        if (kw_str_equal(release->circuit_ids.items[i], circuit_id)) {
            return true;
        }
    }
    return circuit_id.len == 0;
}

/* The first constraint that `release` fails. */
static fit fit_of(const kw_release *release, const kw_release_wish *wish)
{
    kw_semver version = version_of(release->semver);
    bool holds[FIT_ALL] = {
        [FIT_FAMILY] = kw_str_equal(release->family, wish->family),
        [FIT_RANGE] = kw_semver_range_has(&wish->range, &version),
        [FIT_PROOF_SYSTEM] =
            wish->proof_system.len == 0 || kw_str_equal(release->proof_system, wish->proof_system),
        [FIT_CIRCUIT] = serves(release, wish->circuit_id),
        [FIT_REVOKED] = release->status != KW_RELEASE_REVOKED,
        [FIT_EXPIRED] = release->not_after == 0 || wish->now <= release->not_after,
        [FIT_CLIENT] = is_in(release->client, wish->client),
        [FIT_PROVER] = is_in(release->prover, wish->prover),
        [FIT_ROLLOUT] = release->status != KW_RELEASE_STAGED ||
                        kw_rollout_has(&release->rollout, &wish->install_id),
    };
    fit first = FIT_FAMILY;
    while (first < FIT_ALL && holds[first]) {
        first++;
    }
    return first;
}

static kw_status refuse(fit closest, const kw_release *release, kw_error *err)
{
    if (release == NULL) {
        return kw_fail(err, KW_NOT_FOUND, "there is no such family of parameters");
    }
    kw_str version = release->semver;
    switch (closest) {
    case FIT_RANGE:
        return kw_fail(err, KW_INCOMPATIBLE, "no version in the range; the latest is %.*s",
                       KW_STR_ARG(version));
    case FIT_PROOF_SYSTEM:
        return kw_fail(err, KW_INCOMPATIBLE, "%.*s is for proof system %.*s", KW_STR_ARG(version),
                       KW_STR_ARG(release->proof_system));
    case FIT_CIRCUIT:
        return kw_fail(err, KW_INCOMPATIBLE,
                       "%.*s does not serve this circuit: was it changed after its ceremony?",
                       KW_STR_ARG(version));
    case FIT_REVOKED:
        return kw_fail(err, KW_REVOKED, "%.*s was revoked", KW_STR_ARG(version));
    case FIT_EXPIRED:
        return kw_fail(err, KW_EXPIRED, "%.*s is past its last day of use", KW_STR_ARG(version));
    case FIT_CLIENT:
        return kw_fail(err, KW_INCOMPATIBLE, "%.*s needs a client in %.*s", KW_STR_ARG(version),
                       KW_STR_ARG(release->client));
    case FIT_PROVER:
        return kw_fail(err, KW_INCOMPATIBLE, "%.*s needs a prover in %.*s", KW_STR_ARG(version),
                       KW_STR_ARG(release->prover));
    case FIT_ROLLOUT:
        return kw_fail(err, KW_INCOMPATIBLE, "%.*s is not yet rolled out to this client",
                       KW_STR_ARG(version));
    case FIT_FAMILY:
    case FIT_ALL:
        break;
    }
    KW_ASSERT(false); /* neither keeps a release of the family out */
    return KW_INTERNAL;
}

kw_status kw_release_resolve(const kw_release **out, const kw_catalog *catalog,
                             const kw_release_wish *wish, kw_error *err)
{
    const kw_release *best = NULL;
    fit closest = FIT_FAMILY;
    for (size_t i = 0; i < catalog->releases.count; i++) {
        const kw_release *release = &catalog->releases.items[i];
        fit here = fit_of(release, wish);
        if (here == FIT_FAMILY || here < closest) {
            continue;
        }
        kw_semver version = version_of(release->semver);
        kw_semver best_version = best == NULL ? version : version_of(best->semver);
        if (here > closest || kw_semver_compare(&version, &best_version) > 0) {
            best = release;
            closest = here;
        }
    }
    if (closest != FIT_ALL) {
        return refuse(closest, best, err);
    }
    *out = best;
    return KW_OK;
}
