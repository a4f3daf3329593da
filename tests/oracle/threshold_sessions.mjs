// SPDX-License-Identifier: Apache-2.0
// Whole sessions of one cluster as files: a genesis of either suite, one that opens a dealer, and a
// reshare in which one member is replaced. Four operators, t = 3.
import { hexOf } from "./curve_groups.mjs";
import { Random } from "./curve_values.mjs";
import { g1, g2, pedersenBase } from "./threshold_dealing.mjs";
import { clusterRow, memberRow, sessionRow } from "./threshold_ids.mjs";
import { g2Base, scalarHex } from "./threshold_key.mjs";
import {
  dealingOf,
  echoesOf,
  endOf,
  extractsOf,
  havesOf,
  hellosOf,
  keyOf,
  openingOf,
  peopleOf,
  setOf,
} from "./threshold_session.mjs";
import { clusterId, none, operatorOf, placeOf, rosterHash, sorted } from "./threshold_wire.mjs";

const T = 3;
const START = 1783120020;
const INTERVAL = 30;

/** A cluster; of its five operators the first one by address comes later, the fourth leaves. */
function worldOf() {
  const random = new Random("threshold/sessions");
  const [newcomer, ...old] = sorted([2, 2, 1, 2, 1].map((curve) => operatorOf(random, curve)));
  const next = [newcomer, old[0], old[1], old[3]];
  const cluster = {
    ...{ chainId: 31337, avs: random.bytes(20), setId: 7, suite: 2, a: 2, b: 3 },
    ...{ interval: INTERVAL, reshareEvery: 1, rosterLag: 5, deltaMs: 1250 },
    ...{ coin: random.bytes(32), genesisRoster: rosterHash(old) },
    ...{ beaconStart: START, beaconPeriod: 30 },
  };
  return { cluster, old, next };
}

const world = worldOf();

function genesisPlace({ suite = 2, attempt = 0 }) {
  const cluster = { ...world.cluster, suite };
  return placeOf(cluster, {
    ...{ kind: 1, epoch: 1, timestamp: START, attempt, old: [], next: world.old },
    ...{ tOld: 0, tNew: T, previous: none, suite },
  });
}

const resharePlace = (previous) =>
  placeOf(world.cluster, {
    ...{ kind: 2, epoch: 2, timestamp: START + INTERVAL, attempt: 0, old: world.old },
    ...{ next: world.next, tOld: T, tNew: T, previous, suite: 1 },
  });

/** A session from its first message to the dealings that count. */
function dealtOf(random, place, { sources = [], silent = 0, victims = [] }) {
  const hellos = hellosOf(random, place);
  const dealings = peopleOf(place).dealers.map((_, at) => {
    const spoil = (open) =>
      victims.filter(([i]) => i === at + 1).forEach(([, j]) => (open[j - 1][0].clear ^= 1n));
    const asked = { dealer: at + 1, source: sources[at], spoil };
    return at + 1 === silent ? undefined : dealingOf(random, { place, hellos }, asked);
  });
  const echoes = echoesOf(random, { place, hellos, dealings, victims });
  const isIn = (one) => one !== undefined && !victims.some(([i]) => i === one.dealer);
  return {
    ...{ place, hellos, dealings, haves: havesOf(place, dealings), echoes },
    ...{ set: setOf(place, echoes), counting: dealings.filter(isIn) },
  };
}

/** All of a genesis; `liar`: a dealer who is opened. */
function genesisOf(label, asked, { liar, ...dealt } = {}) {
  const place = genesisPlace(asked);
  const session = dealtOf(new Random(label), place, dealt);
  const { counting, set } = session;
  const key = keyOf(place, counting);
  const extracts = place.session.suite === 2 ? extractsOf(place, counting, liar) : [];
  const opened = counting.filter(({ dealer }) => dealer === liar);
  const opening = opened.length === 0 ? undefined : openingOf(place, opened);
  const votes = { outgoing: place.session.next, outgoingShares: key.shares };
  const end = endOf(place, { set, counting, key, ...votes });
  return { ...session, key, extracts, opened, opening, end };
}

function reshareOf({ key: before, end }) {
  const place = resharePlace(end.certificate.hash);
  const asked = { sources: before.shares, silent: 1 };
  const session = dealtOf(new Random("threshold/sessions/reshare"), place, asked);
  const { counting, set } = session;
  const key = keyOf(place, counting);
  const votes = { outgoing: place.session.old, outgoingShares: before.shares };
  return { ...session, key, end: endOf(place, { set, counting, key, ...votes }) };
}

/** Dealer 3 gives member 2 a bad share. */
export const genesis = genesisOf("threshold/sessions/genesis", {}, { victims: [[3, 2]] });
export const feldman = genesisOf("threshold/sessions/feldman", { suite: 1 });

// ---- as members of a file

export const messageRow = ({ payload, hash, signature }) => ({
  ...{ payload: hexOf(payload), hash: hexOf(hash), signature: hexOf(signature) },
});

export const scalarRows = (list) => list.map(scalarHex);

/** A dealing as it was sent. */
function dealingRow(one) {
  if (one === undefined) return null;
  const { a, b, r, nonce, nonceA0 } = one.secrets;
  return {
    ...{ dealer: one.dealer, a: scalarRows(a), ...(b === undefined ? {} : { b: scalarRows(b) }) },
    ...{ r: scalarHex(r), nonce_R: scalarHex(nonce), nonce_a0: scalarHex(nonceA0) },
    ...{ DEAL: messageRow(one.deal), SHARES: messageRow(one.message) },
  };
}

function agreementRow({ iid, proposer, propose, prevotes, precommits }) {
  return {
    ...{ instance_id: hexOf(iid), proposer_of_view_0: proposer, PROPOSE: messageRow(propose) },
    ...{ PREVOTE: prevotes.map(messageRow), PRECOMMIT: precommits.map(messageRow) },
  };
}

const helloRow = ({ member, ek, nonce, message }) => ({
  ...{ sender: hexOf(member.address), ek_secret: scalarHex(ek), nonce_k: scalarHex(nonce) },
  ...messageRow(message),
});

const echoRow = ({ rows, message }, at) => ({
  ...{ member: at + 1, statuses: rows.map(({ status }) => status) },
  nonces: rows.map(({ nonce }) => (nonce === undefined ? null : scalarHex(nonce))),
  ...messageRow(message),
});

const extractRow = ({ dealer, secrets, a, isValid, message }) => ({
  ...{ i: dealer, ka: scalarHex(secrets.nonceA), kb: scalarHex(secrets.nonceB), valid: isValid },
  ...{ A: a.map((value) => hexOf(g2(g2Base(value)))), EXTRACT: messageRow(message) },
});

/** From HELLO to the dealer set. */
function dealtRows({ place, hellos, dealings, haves, echoes, set, counting }) {
  return {
    session: sessionRow(place.cluster, place.session),
    HELLO: hellos.map(helloRow),
    dealings: dealings.map(dealingRow),
    HAVE: haves.map(messageRow),
    ECHO: echoes.map(echoRow),
    S: set.hashes.map(hexOf),
    hash_of_S: hexOf(set.value),
    D: counting.map(({ dealer, deal }) => ({ i: dealer, hash: hexOf(deal.hash) })),
  };
}

/** From the key to the certificate. */
function endRows({ key, end }) {
  return {
    ...{ MPK: hexOf(end.points[0]), public_polynomial: end.points.map(hexOf) },
    ...{ shares: scalarRows(key.shares), digest: hexOf(end.digest) },
    VK: key.shares.map((share) => hexOf(g2(g2Base(share)))),
    COMMIT: end.commits.map(messageRow),
    handover: agreementRow(end.handover),
    SEAL: end.seals.map(messageRow),
    canary: hexOf(end.canary),
    certificate_hash: hexOf(end.certificate.hash),
    certificate: hexOf(end.certificate.bytes),
  };
}

function genesisRows(session) {
  const { cluster } = session.place;
  return {
    cluster: clusterRow(cluster),
    h: hexOf(g1(pedersenBase(cluster))),
    roster: world.old.map(memberRow),
    ...dealtRows(session),
    agreement: agreementRow(session.set.agreement),
    extractions: session.extracts.map(extractRow),
    ...endRows(session),
  };
}

// ---- files

export const genesisFile = () => genesisRows(genesis);
export const feldmanFile = () => genesisRows(feldman);

export function reshareFile() {
  const session = reshareOf(genesis);
  return {
    cluster_id: hexOf(clusterId(world.cluster)),
    roster_old: world.old.map(memberRow),
    roster_new: world.next.map(memberRow),
    ...dealtRows(session),
    agreement: agreementRow(session.set.agreement),
    summed_dealers: session.key.indices,
    lambda: scalarRows(session.key.lambda),
    ...endRows(session),
  };
}

/** `agreement` is the one on whom to open, `set_agreement` that on the dealers. */
export function openFile() {
  const label = "threshold/sessions/open";
  const session = genesisOf(label, { attempt: 1 }, { liar: 2 });
  const { opening, opened, set } = session;
  return {
    ...genesisRows(session),
    ...{ X: opening.dealers, value: hexOf(opening.value) },
    ...{ agreement: agreementRow(opening.agreement), set_agreement: agreementRow(set.agreement) },
    RECONSTRUCT: opening.reconstructs.map(messageRow),
    opened_coefficients: scalarRows(opened[0].secrets.a),
  };
}
