// SPDX-License-Identifier: Apache-2.0
// Proofs from given nonces, and what must not pass for them: threshold.md sections 4 and 6.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, bytesOf, concat, hexOf, integerOf } from "./curve_groups.mjs";
import { Random } from "./curve_values.mjs";
import { BLS, evaluated, g1Times, g2Base, scalarHex } from "./threshold_key.mjs";
import {
  commitmentsOf,
  complaint,
  extractBody,
  g1,
  g2,
  knowledge,
  pedersenBase,
} from "./threshold_dealing.mjs";
import { none, placeOf, u16, u8 } from "./threshold_wire.mjs";

const T = 3;
const SCALAR = 32;
const base = (x) => g1Times(BLS.G1.Point.BASE, x);

/** The numbers that end these bytes. */
const scalars = (bytes, count) =>
  Array.from({ length: count }, (_, i) =>
    hexOf(bytes.subarray(bytes.length - SCALAR * (count - i)).subarray(0, SCALAR)),
  );

const changed = (hex) => hexOf(bigEndian((integerOf(Buffer.from(hex, "hex")) + 1n) % BLS.r, SCALAR));

function pokRow({ random, place }, purpose) {
  const [x, k] = [random.below(BLS.r), random.below(BLS.r)];
  const times = purpose < 3 ? (value) => g1(base(value)) : (value) => g2(g2Base(value));
  const sender = { address: random.bytes(20) };
  const [c, z] = scalars(knowledge(purpose, place, sender, x, k), 2);
  return {
    ...{ purpose, sid: hexOf(place.sid), sender: hexOf(sender.address), base: hexOf(times(1n)) },
    ...{ x: scalarHex(x), k: scalarHex(k), X: hexOf(times(x)), c, z },
  };
}

function pokRefusals({ random }, [first, second]) {
  const { x: _x, k: _k, ...row } = first;
  return [
    { ...row, purpose: 2 },
    { ...row, sid: hexOf(random.bytes(32)) },
    { ...row, sender: hexOf(random.bytes(20)) },
    { ...row, X: second.X },
    { ...row, z: changed(row.z) },
  ];
}

function dleqRow({ random, place }) {
  const [ek, r, nonce] = [1, 2, 3].map(() => random.below(BLS.r));
  const deal = { hash: random.bytes(32) };
  const body = complaint(place, { dealer: 3, member: 2, deal, r, ek, nonce });
  const [c, z] = scalars(body, 2);
  return {
    ...{ sid: hexOf(place.sid), i: 3, j: 2, deal_hash: hexOf(deal.hash), ek: hexOf(g1(base(ek))) },
    ...{ R: hexOf(g1(base(r))), x: scalarHex(ek), k: scalarHex(nonce) },
    ...{ P: hexOf(g1(g1Times(base(r), ek))), c, z },
  };
}

function dleqRefusals({ random }, whole) {
  const { x: _x, k: _k, ...row } = whole;
  return [
    { ...row, i: 1 },
    { ...row, j: 3 },
    { ...row, deal_hash: hexOf(random.bytes(32)) },
    { ...row, P: row.R },
    { ...row, c: changed(row.c) },
  ];
}

/** What member j opens with the P of its proof is not on the dealer's polynomial. */
function complaintRow({ random, place }, { sid, i, j, P }) {
  const list = () => Array.from({ length: T }, () => random.below(BLS.r));
  const [a, b] = [list(), list()];
  const opened = [evaluated(a, j) ^ 1n, evaluated(b, j)].map((half) => bigEndian(half, SCALAR));
  const context = concat(bytesOf(P), bytesOf(sid), u16(i), u16(j));
  const pad = concat(...[0, 1].map((half) => keccak_256(concat(context, u8(half)))));
  return {
    ...{ dealer: i, member: j, K: P, pad: hexOf(pad), opened: hexOf(concat(...opened)) },
    E: hexOf(concat(...opened).map((byte, at) => byte ^ pad[at])),
    C: commitmentsOf(place, { a, b }).map(hexOf),
  };
}

function extractRow({ random, place }) {
  const list = () => Array.from({ length: T }, () => random.below(BLS.r));
  const secrets = { a: list(), b: list(), nonceA: random.below(BLS.r), nonceB: random.below(BLS.r) };
  const body = extractBody(place, 1, secrets);
  return {
    ...{ sid: hexOf(place.sid), i: 1, h: hexOf(g1(pedersenBase(place.cluster))) },
    ...{ a: secrets.a.map(scalarHex), b: secrets.b.map(scalarHex) },
    ...{ ka: scalarHex(secrets.nonceA), kb: scalarHex(secrets.nonceB) },
    C: commitmentsOf(place, secrets).map(hexOf),
    A: secrets.a.map((value) => hexOf(g2(g2Base(value)))),
    EXTRACT: { payload: hexOf(body) },
  };
}

function extractRefusals(row) {
  const [c, z_a, z_b] = scalars(Buffer.from(row.EXTRACT.payload, "hex"), 3);
  const good = { i: row.i, A: row.A, c, z_a, z_b };
  return [
    { ...good, z_a: changed(z_a) },
    { ...good, i: 2 },
    { ...good, A: [row.A[0], row.A[2], row.A[1]] },
  ];
}

export function proofsFile() {
  const random = new Random("threshold proofs");
  const cluster = {
    ...{ chainId: 1, avs: random.bytes(20), setId: 0, suite: 2, a: 2, b: 3, interval: 600 },
    ...{ reshareEvery: 1, rosterLag: 1200, deltaMs: 5000, coin: random.bytes(32) },
    ...{ genesisRoster: random.bytes(32), beaconStart: 0, beaconPeriod: 30 },
  };
  const place = placeOf(cluster, {
    ...{ kind: 1, epoch: 1, timestamp: 1783120200, attempt: 0, old: [], next: [] },
    ...{ tOld: 0, tNew: T, previous: none, suite: 2 },
  });
  const world = { random, place };
  const poks = [1, 2, 3, 1, 3].map((purpose) => pokRow(world, purpose));
  const dleq = dleqRow(world);
  const extract = extractRow(world);
  return {
    poks,
    poks_refused: pokRefusals(world, [poks[0], poks[3]]),
    dleq: [dleq],
    dleq_refused: dleqRefusals(world, dleq),
    complaint: complaintRow(world, dleq),
    extract: [extract],
    extract_refused: extractRefusals(extract),
  };
}
