// SPDX-License-Identifier: Apache-2.0
// Proofs of fraud as files, with their verdicts: threshold.md section 9. Three operators, t = 2;
// in the reshare one leaves and one joins.
import { concat, hexOf } from "./curve_groups.mjs";
import { Random } from "./curve_values.mjs";
import { BLS, utf8 } from "./threshold_key.mjs";
import {
  complaint,
  dealBody,
  echoBody,
  extractBody,
  helloBody,
  missing,
  precommitBody,
  prevoteBody,
  sealedShare,
  sharesBody,
  sharesOf,
} from "./threshold_dealing.mjs";
import { certificateOf } from "./threshold_certificate.mjs";
import {
  clusterBytes,
  clusterId,
  configBytes,
  handoverId,
  messagesBytes,
  none,
  openId,
  operatorOf,
  placeOf,
  rosterBytes,
  rosterHash,
  sidBytes,
  signed,
  sorted,
  u32,
  u8,
} from "./threshold_wire.mjs";

const T = 2;

/** The cluster and its sessions; every attempt is a session of its own. */
function worldOf(random) {
  const operators = [2, 1, 2, 1].map((curve) => operatorOf(random, curve));
  const old = sorted(operators.slice(0, 3));
  const next = sorted(operators.slice(1));
  const cluster = {
    ...{ chainId: 31337, avs: random.bytes(20), setId: 7, suite: 2, a: 2, b: 3, interval: 30 },
    ...{ reshareEvery: 1, rosterLag: 5, deltaMs: 1250, coin: random.bytes(32) },
    ...{ genesisRoster: rosterHash(old), beaconStart: 1783120000, beaconPeriod: 30 },
  };
  const first = { epoch: 1, timestamp: 1783120020, tOld: 0, tNew: T, previous: none };
  return {
    random,
    cluster,
    old,
    next,
    genesis: (attempt, suite) =>
      placeOf(cluster, { ...first, kind: 1, attempt, suite, old: [], next: old }),
    reshare: (attempt, previous) =>
      placeOf(cluster, {
        ...{ ...first, kind: 2, epoch: 2, timestamp: 1783120050, tOld: T, attempt, suite: 1 },
        ...{ old, next, previous },
      }),
  };
}

/** A dealing of dealer i with a complaint of member j. `spoil` changes shares before the root;
 * `source`: what is dealt. */
function disputeOf({ random }, place, { dealer, member, source, spoil = () => {} }) {
  const { session } = place;
  const number = () => random.below(BLS.r);
  const polynomial = (first = number()) => [first, ...Array.from({ length: T - 1 }, number)];
  const sender = (session.kind === 2 ? session.old : session.next)[dealer - 1];
  const receivers = session.next.map((receiver) => ({ receiver, ek: number(), nonce: number() }));
  const hello = ({ receiver, ...given }) =>
    signed(place, "HELLO", receiver, helloBody(place, receiver, given));
  const secrets = {
    ...{ a: polynomial(source), b: session.suite === 2 ? polynomial() : undefined },
    ...{ r: number(), nonce: number(), nonceA0: number(), nonceA: number(), nonceB: number() },
  };
  const hellos = receivers.map(hello);
  const open = sharesOf(place, dealer, secrets, receivers);
  spoil(open[member - 1]);
  const shares = open.map(sealedShare);
  const deal = signed(place, "DEAL", sender, dealBody(place, sender, secrets, { hellos, shares }));
  const { ek } = receivers[member - 1];
  const entry = complaint(place, { dealer, member, deal, r: secrets.r, ek, nonce: number() });
  const dealers = session.kind === 2 ? session.old : session.next;
  const entries = dealers.map((_, at) => (at === dealer - 1 ? entry : missing));
  const victim = session.next[member - 1];
  return {
    ...{ place, sender, victim, secrets, deal, dealer, hello: hellos[member - 1] },
    otherHello: hello({ ...receivers[member - 1], head: random.bytes(32) }),
    shares: signed(place, "SHARES", sender, sharesBody(shares)),
    echo: signed(place, "ECHO", victim, echoBody(entries)),
    otherEcho: signed(place, "ECHO", victim, echoBody(dealers.map(() => missing))),
  };
}

/** The bytes of a file; `cluster` may replace what the messages were signed for. */
export function fileOf(kind, place, messages, { cluster = place.cluster, more = [] } = {}) {
  const { session } = place;
  return concat(
    ...[utf8("KWF1"), u8(kind), clusterBytes(cluster), configBytes(cluster), sidBytes(session)],
    ...[rosterBytes(session.old), rosterBytes(session.next), messagesBytes(messages), ...more],
  );
}

const row = (name, kind, reason, guilty, file) => ({
  ...{ name, kind, reason },
  guilty: guilty === undefined ? "" : hexOf(guilty.address),
  file: hexOf(file),
});

const ofDispute = (kind, d, { hello = d.hello, ...options } = {}) =>
  fileOf(kind, d.place, [d.deal, hello, d.shares, d.echo], options);

/** One bit of a signature. */
function forged(message) {
  const signature = Uint8Array.from(message.signature);
  signature[40] ^= 1;
  return { ...message, signature };
}

function complaintRows(world) {
  const { cluster } = world;
  const lower = (halves) => (halves[0].clear ^= 1n);
  const raise = (half) => (halves) => (halves[half].clear += BLS.r);
  const dispute = (attempt, suite, members, spoil) =>
    disputeOf(world, world.genesis(attempt, suite), { ...members, spoil });
  const bad = dispute(0, 2, { dealer: 2, member: 1 }, lower);
  const high = dispute(1, 2, { dealer: 1, member: 3 }, raise(1));
  const feldman = dispute(2, 1, { dealer: 3, member: 2 }, raise(0));
  const good = dispute(3, 2, { dealer: 1, member: 2 });
  const moved = world.reshare(1, world.random.bytes(32));
  const reshare = disputeOf(world, moved, { dealer: 1, member: 3, spoil: lower });
  const coin = { ...cluster, coin: world.random.bytes(32) };
  const [hello, lie] = [bad.otherHello, forged(bad.hello)];
  return [
    row("bad share, suite 2", 1, "SHARE_BAD", bad.sender, ofDispute(1, bad)),
    row("second half plus r", 1, "SHARE_BAD", high.sender, ofDispute(1, high)),
    row("share plus r, suite 1", 1, "SHARE_BAD", feldman.sender, ofDispute(1, feldman)),
    row("bad share, reshare", 1, "SHARE_BAD", reshare.sender, ofDispute(1, reshare)),
    row("good share", 2, "COMPLAINT_FALSE", good.victim, ofDispute(2, good)),
    row("good share as bad", 1, "SHARE_GOOD", undefined, ofDispute(1, good)),
    row("bad share as good", 2, "COMPLAINT_TRUE", undefined, ofDispute(2, bad)),
    row("another HELLO", 1, "HELLO_UNNAMED", undefined, ofDispute(1, bad, { hello })),
    row("another coin", 1, "OTHER_SESSION", undefined, ofDispute(1, bad, { cluster: coin })),
    row("forged HELLO", 1, "SIGNATURE", undefined, ofDispute(1, bad, { hello: lie })),
  ];
}

function equivocationRows(world) {
  const place = world.genesis(0, 2);
  const { deal, echo, otherEcho, victim } = disputeOf(world, world.genesis(4, 2), {
    ...{ dealer: 1, member: 2 },
  });
  const member = world.old[2];
  const value = world.random.bytes(32);
  const vote = (type, body, header) => signed(place, type, member, body, header);
  const opening = { sid: openId(place.sid) };
  const handing = { sid: handoverId(world.cluster, place.session) };
  const bare = { ...handing, suite: 0, timestamp: 0, attempt: 0 };
  const commit = (view, header) => vote("PRECOMMIT", precommitBody(view, value), header);
  const nil = (view, header) => vote("PRECOMMIT", precommitBody(view, none), header);
  const prevotes = [prevoteBody(3, value), prevoteBody(3, none)];
  const file = (...messages) => fileOf(3, place, messages);
  const echoes = fileOf(3, world.genesis(4, 2), [echo, otherEcho]);
  const mixed = fileOf(3, world.genesis(4, 2), [echo, deal]);
  return [
    row("two ECHOs", 3, "TWO_BODIES", victim, echoes),
    row("two PRECOMMITs", 3, "TWO_BODIES", member, file(commit(1), nil(1))),
    row(
      ...["two PREVOTEs on opening", 3, "TWO_BODIES", member],
      file(...prevotes.map((body) => vote("PREVOTE", body, opening))),
    ),
    row("two votes on handing over", 3, "TWO_BODIES", member, file(commit(0, bare), nil(0, bare))),
    row("votes of two views", 3, "TWO_PLACES", undefined, file(commit(1), nil(2))),
    row("votes in two agreements", 3, "TWO_PLACES", undefined, file(commit(1), nil(1, opening))),
    row("a vote sent again", 3, "ONE_BODY", undefined, file(commit(1), commit(1))),
    row("two senders", 3, "SENDERS", undefined, mixed),
    row("another attempt", 3, "OTHER_SESSION", undefined, file(commit(1), echo)),
  ];
}

function extractionRows(world) {
  const { place, sender, dealer, secrets, deal } = disputeOf(world, world.genesis(5, 2), {
    ...{ dealer: 3, member: 1 },
  });
  const extract = (given) =>
    signed(place, "EXTRACT", sender, extractBody(place, dealer, { ...secrets, ...given }));
  const lied = extract({ a: [secrets.a[0] + 1n, secrets.a[1]] });
  return [
    row("false extraction", 4, "EXTRACT_BAD", sender, fileOf(4, place, [deal, lied])),
    row("good extraction", 4, "EXTRACT_GOOD", undefined, fileOf(4, place, [deal, extract({})])),
  ];
}

function sourceRows(world) {
  const before = certificateOf(world.random, world.genesis(0, 2), 2);
  const rival = certificateOf(world.random, world.genesis(1, 2), 2);
  const place = world.reshare(0, before.hash);
  const deals = (dealer, source) => disputeOf(world, place, { dealer, member: 1, source });
  const file = ({ deal }, { bytes }) =>
    fileOf(5, place, [deal], { more: [u32(bytes.length), bytes] });
  const right = deals(2, before.shares[1]);
  const foreign = deals(3, before.shares[1]); /* of another member */
  const stale = deals(1, rival.shares[0]);
  return [
    row("another member's share", 5, "SOURCE_WRONG", foreign.sender, file(foreign, before)),
    row("the share of another key", 5, "SOURCE_WRONG", stale.sender, file(stale, before)),
    row("own share", 5, "SOURCE_RIGHT", undefined, file(right, before)),
    row("another certificate", 5, "CERTIFICATE", undefined, file(right, rival)),
  ];
}

export function evidenceFile() {
  const world = worldOf(new Random("threshold/evidence"));
  return {
    cluster_id: hexOf(clusterId(world.cluster)),
    cases: [complaintRows, equivocationRows, extractionRows, sourceRows].flatMap((rows) =>
      rows(world),
    ),
  };
}
