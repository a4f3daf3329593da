// SPDX-License-Identifier: Apache-2.0
// Dealings in pieces, share by share, with the trees over them; generators; which dealers count:
// threshold.md sections 1, 4 and 5.
import { bigEndian, concat, hexOf } from "./curve_groups.mjs";
import { hashPoint } from "./curve_maps.mjs";
import { Random } from "./curve_values.mjs";
import { g1, g2, merklePath, merkleRoot, pedersenBase } from "./threshold_dealing.mjs";
import { sessionRow } from "./threshold_ids.mjs";
import { BLS, beaconMessage, g1Hex, g1Times, scalarHex, utf8 } from "./threshold_key.mjs";
import { feldman, genesis, messageRow, scalarRows } from "./threshold_sessions.mjs";
import { clusterId, none, quorumOf } from "./threshold_wire.mjs";

// ---- dealing.json

const clearHex = (halves) => hexOf(concat(...halves.map(({ clear }) => bigEndian(clear, 32))));

function receiverRow({ secrets, open, shares }, { ek }, at) {
  const publicKey = g1Times(BLS.G1.Point.BASE, ek);
  return {
    ...{ j: at + 1, K: g1Hex(g1Times(publicKey, secrets.r)), clear: clearHex(open[at]) },
    ...{ pad: hexOf(concat(...open[at].map(({ pad }) => pad))), E: hexOf(shares[at]) },
  };
}

function dealingRow({ place, hellos }, one) {
  const { a, b, r, nonce, nonceA0 } = one.secrets;
  const encoded = place.session.suite === 2 ? g1 : g2;
  return {
    ...{ dealer: one.dealer, a: scalarRows(a), ...(b === undefined ? {} : { b: scalarRows(b) }) },
    ...{ r: scalarHex(r), nonce_R: scalarHex(nonce), nonce_a0: scalarHex(nonceA0) },
    receivers: one.open.map((_, at) => receiverRow(one, hellos[at], at)),
    C: one.commitments.map((point) => hexOf(point)),
    shares_root: hexOf(merkleRoot(one.shares)),
    ...{ DEAL: messageRow(one.deal), SHARES: messageRow(one.message) },
  };
}

function pathRow({ dealer, shares }, at) {
  return {
    ...{ dealer, j: at + 1, leaf: hexOf(shares[at]), root: hexOf(merkleRoot(shares)) },
    path: merklePath(shares, at).map(hexOf),
  };
}

const rootRow = (leaves) => ({ E: leaves.map(hexOf), root: hexOf(merkleRoot(leaves)) });

/** What a member may find when it opens its share of dealer 1. */
function shareRows([dealing]) {
  const [f, f2] = dealing.open[0].map(({ clear }) => clear);
  const row = (halves, result) => ({
    ...{ dealer: 1, j: 1, clear: clearHex(halves.map((clear) => ({ clear }))), result },
  });
  return [
    row([f, f2], "ok"),
    row([f ^ 1n, f2], "commitment"),
    row([f, f2 ^ 1n], "commitment"),
    row([f + BLS.r, f2], "f >= r"),
    row([f, f2 + BLS.r], "f' >= r"),
  ];
}

export function dealingFile() {
  const random = new Random("threshold/dealing");
  const { place } = genesis;
  const dealings = genesis.dealings.slice(0, 2);
  const leaves = (count) => Array.from({ length: count }, () => random.bytes(64));
  return {
    ...{ cluster_id: hexOf(clusterId(place.cluster)), coin: hexOf(place.cluster.coin) },
    ...{ h: g1Hex(pedersenBase(place.cluster)), sid: hexOf(place.sid) },
    suite2: dealings.map((one) => dealingRow(genesis, one)),
    suite1_genesis: {
      session: sessionRow(feldman.place.cluster, feldman.place.session),
      dealings: feldman.dealings.slice(0, 2).map((one) => dealingRow(feldman, one)),
    },
    audit_paths: dealings[0].shares.map((_, at) => pathRow(dealings[0], at)),
    roots: [1, 2, 3, 5, 7].map((count) => rootRow(leaves(count))),
    root_with_zero_receiver: rootRow([...leaves(3), new Uint8Array(64)]),
    share_tests: shareRows(dealings),
  };
}

// ---- generators.json

export function generatorsFile() {
  const random = new Random("threshold/generators");
  const { cluster } = genesis.place;
  const generator = (coin) => ({
    ...{ cluster_id: hexOf(clusterId({ ...cluster, coin })), coin: hexOf(coin) },
    h: g1Hex(pedersenBase({ ...cluster, coin })),
  });
  const purpose = (name, message) => {
    const dst = `KEYWARD-${name}_BLS12381G1_XMD:SHA-256_SSWU_RO_`;
    const point = hashPoint(BLS.G1, { msg: message, dst: utf8(dst), hash: "sha256", count: 2 });
    return { name, dst, message: hexOf(message), point: g1Hex(point) };
  };
  return {
    h: [none, random.bytes(32), random.bytes(32)].map(generator),
    H1: [
      purpose("V2-IBE", utf8("payments")),
      purpose("V1-BEACON", beaconMessage(hexOf(clusterId(cluster)), 42)),
      ...["V1-EPOCH", "V1-READY", "V1-ATTEST", "V1-JWKS"].map((name) =>
        purpose(name, random.bytes(32)),
      ),
    ],
  };
}

// ---- dealer_set.json

/** D, or undefined where it is too small. An ECHO is {member, verdicts}, of each dealer {status 0
 * missing, 1 ok, 2 complaint; hash; valid}. */
function dealersOf(echoes, { dealers, minimum, q }) {
  const isDouble = ({ member }) => echoes.filter((one) => one.member === member).length > 1;
  const single = echoes.filter((echo) => !isDouble(echo));
  const inD = [];
  for (let i = 0; i < dealers; i++) {
    const oks = single.map(({ verdicts }) => verdicts[i]).filter(({ status }) => status === 1);
    const counts = new Map();
    oks.forEach(({ hash }) => counts.set(hash, 1 + (counts.get(hash) ?? 0)));
    const hashes = [...counts.keys()].filter((hash) => counts.get(hash) >= q.Q - q.f);
    const isOut = echoes.some(
      ({ verdicts }) => verdicts[i].valid === true && verdicts[i].hash === hashes[0],
    );
    if (hashes.length === 1 && !isOut) inD.push({ i: i + 1, hash: hashes[0] });
  }
  return single.length >= q.Q && inD.length >= minimum ? inD : undefined;
}

/** "." missing, "a" ok about DEAL a, "!a" a complaint that holds, "?a" one that does not. */
function verdictOf(word) {
  if (word === ".") return { status: 0 };
  if (word.length === 1) return { status: 1, hash: word };
  return { status: 2, hash: word[1], valid: word[0] === "!" };
}

/** `echoes`: of each member its ECHOs, a line each; "" none. */
function dealerSetCase([name, n, minimum, echoes]) {
  const list = echoes.flatMap((texts, at) =>
    texts
      .split("|")
      .filter((text) => text !== "")
      .map((text) => ({ member: at + 1, verdicts: text.trim().split(" ").map(verdictOf) })),
  );
  const dealers = list[0].verdicts.length;
  const q = quorumOf(n);
  const D = dealersOf(list, { dealers, minimum, q });
  return {
    ...{ name, n, Q: q.Q, f: q.f, dealers, minimum },
    S: list.map(({ member, verdicts }) => ({ member, statuses: verdicts })),
    result: { D: D ?? null },
  };
}

const ALL = "a a a a";
const SEVEN = "a a a a a a a";
const DEALER_SETS = [
  ["all ok", 4, 3, [ALL, ALL, ALL, ALL]],
  ["one ECHO missing", 4, 3, [ALL, "", ALL, ALL]],
  ["a complaint that holds", 4, 3, [ALL, ALL, ALL, "a a a !a"]],
  ["a complaint that does not", 4, 3, [ALL, ALL, ALL, "a a a ?a"]],
  ["a complaint about another DEAL", 4, 3, [ALL, ALL, ALL, "a a a !b"]],
  ["two DEALs with enough oks each", 4, 3, ["a a a a", "a a a a", "b a a a", "b a a a"]],
  ["two ECHOs of one: complaints count", 4, 3, [ALL, ALL, ALL, `${ALL}|!a . . .`]],
  ["two ECHOs of one: too few are left", 4, 3, [ALL, ALL, "", `${ALL}|. . . .`]],
  ["seven, oks at the border", 7, 5, [SEVEN, SEVEN, "a a a a a . .", "a a a a a a .", SEVEN]],
  ["seven, too few dealers", 7, 5, ["a a a a . . .", SEVEN, SEVEN, "!a !a !a a a a a", SEVEN]],
];

export const dealerSetFile = () => ({ cases: DEALER_SETS.map(dealerSetCase) });
