// SPDX-License-Identifier: Apache-2.0
// The certificate of a genesis epoch, made by somebody who holds the key: threshold.md section 6.
import { concat } from "./curve_groups.mjs";
import { BLS, evaluated, g1Times, g2Base, hashFor, utf8 } from "./threshold_key.mjs";
import { g1, g2, precommitBody } from "./threshold_dealing.mjs";
import {
  clusterId,
  handoverId,
  messagesBytes,
  rosterBytes,
  rosterHash,
  signed,
  tagged,
  u16,
  u32,
  u64,
  u8,
} from "./threshold_wire.mjs";

/** What the digest covers besides sid, threshold and roster. */
function contentOf(random, { session }) {
  const members = session.next.map((_, at) => at + 1);
  const polynomial = Array.from({ length: session.tNew }, () => random.below(BLS.r));
  return {
    polynomial,
    points: polynomial.map((value) => g2(g2Base(value))),
    set: random.bytes(32),
    dealings: concat(u16(members.length), ...members.map((i) => concat(u16(i), random.bytes(32)))),
  };
}

export function digestOf({ sid, session }, { points, set, dealings }) {
  const rest = [u16(session.tNew), ...points, rosterHash(session.next)];
  return tagged("KEYWARD-V1-TRANSCRIPT", sid, set, dealings, ...rest);
}

function bodyBytes({ cluster, session: s }, { points, set, dealings }) {
  return concat(
    ...[u8(s.kind), u8(s.suite), clusterId(cluster), u64(s.epoch), u64(s.timestamp)],
    ...[u32(s.attempt), u16(s.tOld), u16(s.tNew), s.previous, rosterBytes(s.old)],
    ...[rosterBytes(s.next), set, dealings, ...points],
  );
}

/** The file, and what names it. */
export function certificateBytes(place, content, { digest, canary, commits, precommits }) {
  const lists = [messagesBytes(commits), messagesBytes(precommits)];
  return {
    bytes: concat(utf8("KWC1"), bodyBytes(place, content), canary, ...lists),
    hash: tagged("KEYWARD-V1-CERT", digest, canary),
  };
}

/** {bytes, hash, shares}; the first `votes` members have decided. */
export function certificateOf(random, place, votes) {
  const { session } = place;
  const content = contentOf(random, place);
  const digest = digestOf(place, content);
  const shares = session.next.map((_, at) => evaluated(content.polynomial, at + 1));
  const signature = (purpose, key) => g1(g1Times(hashFor(purpose, digest), key));
  const canary = signature("epoch", content.polynomial[0]);
  const commits = session.next.map((member, at) =>
    signed(place, "COMMIT", member, concat(digest, signature("ready", shares[at]))),
  );
  const bare = { sid: handoverId(place.cluster, session), suite: 0, timestamp: 0, attempt: 0 };
  const precommits = session.next
    .slice(0, votes)
    .map((member) => signed(place, "PRECOMMIT", member, precommitBody(0, digest), bare));
  const parts = { digest, canary, commits, precommits };
  return { ...certificateBytes(place, content, parts), shares };
}
