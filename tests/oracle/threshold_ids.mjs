// SPDX-License-Identifier: Apache-2.0
// Quorums, rosters and all names of a cluster: threshold.md sections 1, 2 and 6.
import { concat, hexOf } from "./curve_groups.mjs";
import { Random } from "./curve_values.mjs";
import { BLS, g2Base } from "./threshold_key.mjs";
import { g1, g2 } from "./threshold_dealing.mjs";
import {
  clusterId,
  configBytes,
  handoverId,
  none,
  openId,
  openValue,
  operatorOf,
  proposerOf,
  quorumOf,
  rosterBytes,
  rosterHash,
  setValue,
  sidBytes,
  sidOf,
  sorted,
  tagged,
  u16,
  u8,
} from "./threshold_wire.mjs";

const QUORUMS = 20;

export function memberRow({ address, curve, key, secret }, at) {
  return {
    ...{ index: at + 1, address: hexOf(address), curve, key: hexOf(key) },
    secret_key: hexOf(secret),
  };
}

function rosterRow(members) {
  return {
    members: members.map(memberRow),
    fields: hexOf(rosterBytes(members)),
    roster_hash: hexOf(rosterHash(members)),
  };
}

function possessionRow({ address, curve, key, sign }) {
  const digest = tagged("KEYWARD-V1-POP", address, u8(curve), key);
  return { address: hexOf(address), digest: hexOf(digest), signature: hexOf(sign(digest)) };
}

export function clusterRow(c) {
  const fields = configBytes(c);
  return {
    ...{ chain_id: c.chainId, avs: hexOf(c.avs), set_id: c.setId, suite: c.suite },
    ...{ t_num: c.a, t_den: c.b, interval: c.interval, reshare_every: c.reshareEvery },
    ...{ roster_lag: c.rosterLag, delta_ms: c.deltaMs, coin: hexOf(c.coin) },
    ...{ genesis_roster_hash: hexOf(c.genesisRoster), beacon_start: c.beaconStart },
    ...{ beacon_period: c.beaconPeriod, config_fields: hexOf(fields) },
    config_hash: hexOf(tagged("KEYWARD-CONFIG-V1", fields)),
    cluster_id: hexOf(clusterId(c)),
  };
}

export function sessionRow(cluster, s) {
  const sid = sidOf(cluster, s);
  return {
    ...{ cluster_id: hexOf(clusterId(cluster)), kind: s.kind, epoch: s.epoch },
    ...{ timestamp: s.timestamp, attempt: s.attempt, roster_old_hash: hexOf(rosterHash(s.old)) },
    ...{ roster_new_hash: hexOf(rosterHash(s.next)), t_old: s.tOld, t_new: s.tNew },
    ...{ previous: hexOf(s.previous), suite: s.suite, sid: hexOf(sid) },
    ...{ open_id: hexOf(openId(sid)), handover_id: hexOf(handoverId(cluster, s)) },
    sid_preimage_tail: hexOf(sidBytes(s)),
  };
}

function valuesOf(random) {
  const hashes = Array.from({ length: 4 }, () => random.bytes(32));
  const opened = [2, 4];
  return {
    set: { hashes: hashes.map(hexOf), value: hexOf(setValue(hashes)) },
    set_of_none: hexOf(setValue([])),
    open: { X: opened, value: hexOf(openValue(opened)) },
  };
}

/** Who proposes in the first views. */
function proposerRow(iid, n) {
  const views = Array.from({ length: 8 }, (_, view) => proposerOf(iid, n, view));
  return { iid: hexOf(iid), n, views };
}

/** The digest of an epoch of `members`, and the hash of its certificate. */
function endOf(random, cluster, session) {
  const points = [1, 2, 3].map(() => g2(g2Base(random.below(BLS.r))));
  const dealings = [1, 2, 4].map((i) => ({ i, hash: random.bytes(32) }));
  const [sid, set] = [sidOf(cluster, session), random.bytes(32)];
  const roster = rosterHash(session.next);
  const digest = tagged(
    "KEYWARD-V1-TRANSCRIPT",
    ...[sid, set, u16(dealings.length), ...dealings.map(({ i, hash }) => concat(u16(i), hash))],
    ...[u16(points.length), ...points, roster],
  );
  const canary = g1(BLS.G1.times(BLS.G1.Point.BASE, 1n + random.below(BLS.r - 1n)));
  return {
    transcript: {
      ...{ sid: hexOf(sid), hash_of_S: hexOf(set) },
      D: dealings.map(({ i, hash }) => ({ i, hash: hexOf(hash) })),
      ...{ P: points.map(hexOf), roster_hash: hexOf(roster), digest: hexOf(digest) },
    },
    certificate_hash: {
      digest: hexOf(digest),
      canary: hexOf(canary),
      hash: hexOf(tagged("KEYWARD-V1-CERT", digest, canary)),
    },
  };
}

export function idsFile() {
  const random = new Random("threshold ids");
  const operators = [2, 2, 1, 2, 1, 2].map((curve) => operatorOf(random, curve));
  const old = sorted(operators.slice(0, 4));
  const next = sorted(operators.slice(2));
  const cluster = {
    ...{ chainId: 31337, avs: random.bytes(20), setId: 7, suite: 2, a: 2, b: 3, interval: 30 },
    ...{ reshareEvery: 1, rosterLag: 5, deltaMs: 1250, coin: random.bytes(32) },
    ...{ genesisRoster: rosterHash(old), beaconStart: 1783120000, beaconPeriod: 30 },
  };
  const alone = { ...cluster, chainId: 0, avs: new Uint8Array(20), setId: 0, coin: none };
  const genesis = {
    ...{ kind: 1, epoch: 1, timestamp: 1783120020, attempt: 0, old: [], next: old },
    ...{ tOld: 0, tNew: 3, previous: none, suite: 2 },
  };
  const reshare = {
    ...{ kind: 2, epoch: 2, timestamp: 1783120050, attempt: 0, old, next },
    ...{ tOld: 3, tNew: 3, previous: random.bytes(32), suite: 1 },
  };
  return {
    parameters: Array.from({ length: QUORUMS }, (_, at) => quorumOf(at + 1)),
    roster: rosterRow(old),
    roster_reshare: rosterRow(next),
    roster_of_one: rosterRow(operators.slice(5)),
    proof_of_possession: old.map(possessionRow),
    clusters: [cluster, alone].map(clusterRow),
    sessions: [
      sessionRow(cluster, genesis),
      sessionRow(cluster, reshare),
      sessionRow(cluster, { ...reshare, attempt: 2 }),
      sessionRow(alone, { ...genesis, suite: 1 }),
    ],
    proposers: [
      proposerRow(sidOf(cluster, genesis), old.length),
      proposerRow(handoverId(cluster, reshare), 7),
      proposerRow(openId(sidOf(cluster, genesis)), 512),
    ],
    values: valuesOf(random),
    ...endOf(random, cluster, reshare),
  };
}
