/* SPDX-License-Identifier: Apache-2.0
 * Options of the EMTP domain. */
#include "emtp/config.h"

#include "config/option.h"
#include "emtp/limits.h"

const kw_enum_name kw_emtp_cadence_names[4] = {{"monthly", KW_EMTP_MONTHLY},
                                               {"weekly", KW_EMTP_WEEKLY},
                                               {"daily", KW_EMTP_DAILY},
                                               {"custom", KW_EMTP_CUSTOM}};

static const kw_option options[] = {
    KW_OPTION_ENUM(kw_emtp_config, cadence, kw_emtp_cadence_names, .fallback = "monthly",
                   .help = "calendar of the epochs, in UTC"),
    KW_OPTION(kw_emtp_config, period_s, KW_EMTP_PERIOD_S_MAX, .fallback = "0",
              .help = "seconds of an epoch when cadence is custom, aligned to 1970-01-01; >= 10"),
    KW_OPTION(kw_emtp_config, overlap_epochs, KW_EMTP_OVERLAP_MAX, .min = 1, .fallback = "1",
              .help = "further epochs in which an ended key is still served; for keys made later"),
    KW_OPTION(kw_emtp_config, create_ahead_s, KW_EMTP_PERIOD_S_MAX, .fallback = "604800",
              .help =
                  "the next key is made and sealed so long before its epoch, at most one epoch"),
    KW_OPTION(kw_emtp_config, prepublish, 1, .fallback = "false",
              .help = "list the next key in the stream when it is made, without its bytes"),
    KW_OPTION(kw_emtp_config, test_key, 1, .fallback = "false",
              .help = "serve the published key test-2026-01, too, to check other implementations; "
                      "needs test.allow"),
    KW_OPTION(kw_emtp_config, public_url, KW_EMTP_SURL_BYTES_MAX / 2, .fallback = "",
              .help = "https URL of the public listener as clients see it, without a path"),
    KW_OPTION(kw_emtp_config, stream_retention_s, UINT32_MAX, .fallback = "0",
              .help =
                  "seconds for which streams keep every row; of older rows the last one of each "
                  "key stays, a removal too; 0: keep all"),
    KW_OPTION(kw_emtp_config, registry, 1, .fallback = "false",
              .help = "match the token tables that participants announce"),
    KW_OPTION(kw_emtp_config, match_bucket_max, 1000000, .min = 2, .fallback = "64",
              .help = "a token that more rows share is skipped and counted"),
    KW_OPTION(kw_emtp_config, match_roles, 64, .items_max = 8, .min = 1, .made_of = "=+",
              .fallback = "payer=hub,provider=payer,hub=payer",
              .help = "who sees whose matching rows on a registry, as viewer=seen+seen; roles are "
                      "payer, provider, hub; one without a row sees nobody"),
    KW_OPTION(kw_emtp_config, notify_private, 1, .fallback = "false",
              .help = "notices may go to private addresses; needs test.allow"),
    KW_OPTION(kw_emtp_config, notify_ca_file, 1024, .fallback = "",
              .help =
                  "PEM of the CAs that receivers of notices are checked by; empty: the system's"),
    KW_OPTION(kw_emtp_config, notify_certificate_file, 1024, .fallback = "",
              .help = "PEM of our client certificate for notices; empty: none"),
    KW_OPTION(kw_emtp_config, notify_key_file, 1024, .fallback = "",
              .help = "PEM of its private key"),
};
KW_SCHEMA_EXTERN(kw_emtp_config, options);

kw_status kw_emtp_config_rule(const kw_emtp_config *config, kw_emtp_rule *out, kw_error *err)
{
    kw_emtp_rule rule = {.cadence = config->cadence,
                         .period_s = config->period_s,
                         .overlap = (int)config->overlap_epochs};
    KW_REQUIRE(kw_emtp_rule_is_valid(&rule), err, KW_CONFIG,
               "emtp.period_s: %d..%d seconds with a custom cadence", KW_EMTP_PERIOD_S_MIN,
               KW_EMTP_PERIOD_S_MAX);
    *out = rule;
    return KW_OK;
}

static const kw_enum_name match_role_names[] = {
    {"payer", KW_MATCH_PAYER}, {"provider", KW_MATCH_PROVIDER}, {"hub", KW_MATCH_HUB}};

static kw_status find_role(unsigned *out, kw_str name, kw_error *err)
{
    for (size_t i = 0; i < KW_COUNT(match_role_names); i++) {
        if (kw_str_equal(name, kw_str_of(match_role_names[i].name))) {
            *out = (unsigned)match_role_names[i].value;
            return KW_OK;
        }
    }
    return kw_fail(err, KW_CONFIG, "emtp.match_roles: \"%.*s\" is no role", KW_STR_ARG(name));
}

/* One row, "viewer=seen+seen". */
static kw_status read_roles(kw_match_roles *roles, kw_str row, kw_error *err)
{
    kw_str name = {0};
    kw_str rest = {0};
    unsigned viewer = 0;
    unsigned seen = 0;
    KW_REQUIRE(kw_str_split(row, '=', &name, &rest), err, KW_CONFIG,
               "emtp.match_roles: \"%.*s\" is not viewer=seen", KW_STR_ARG(row));
    KW_TRY(find_role(&viewer, name, err));
    KW_REQUIRE(roles->sees[viewer] == 0, err, KW_CONFIG, "emtp.match_roles: %.*s has two rows",
               KW_STR_ARG(name));
    for (bool is_more = true; is_more;) {
        is_more = kw_str_split(rest, '+', &name, &rest);
        KW_TRY(find_role(&seen, name, err));
        KW_REQUIRE(seen != viewer, err, KW_CONFIG, "emtp.match_roles: %.*s sees itself",
                   KW_STR_ARG(name));
        KW_REQUIRE((roles->sees[viewer] >> seen & 1) == 0, err, KW_CONFIG,
                   "emtp.match_roles: %.*s is seen twice in \"%.*s\"", KW_STR_ARG(name),
                   KW_STR_ARG(row));
        roles->sees[viewer] |= (uint8_t)(1U << seen);
    }
    return KW_OK;
}

kw_status kw_emtp_config_roles(const kw_emtp_config *config, kw_match_roles *out, kw_error *err)
{
    kw_match_roles roles = {0};
    for (size_t i = 0; i < config->match_roles.count; i++) {
        KW_TRY(read_roles(&roles, config->match_roles.items[i], err));
    }
    *out = roles;
    return KW_OK;
}
