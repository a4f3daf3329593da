// SPDX-License-Identifier: Apache-2.0
// Sessions, message by message of every member: threshold.md sections 4 to 6. Whoever has all the
// secrets needs to decrypt nothing and to add up no shares to know how a session ends.
import {
  accepted,
  commitmentsOf,
  complaint,
  dealBody,
  echoBody,
  extractBody,
  g1,
  g2,
  haveBody,
  helloBody,
  missing,
  precommitBody,
  prevoteBody,
  proposeBody,
  reconstructBody,
  sealedShare,
  sharesBody,
  sharesOf,
} from "./threshold_dealing.mjs";
import { certificateBytes, digestOf } from "./threshold_certificate.mjs";
import { concat } from "./curve_groups.mjs";
import { BLS, evaluated, g1Times, g2Base, hashFor, lagrangeAtZero } from "./threshold_key.mjs";
import {
  counted,
  handoverId,
  none,
  openId,
  openValue,
  proposerOf,
  quorumOf,
  setValue,
  signed,
  u16,
} from "./threshold_wire.mjs";

const { r: order } = BLS;
const sum = (list) => list.reduce((total, value) => (total + value) % order, 0n);

/** Who deals, who receives, and all of them: the new roster, then those who leave. */
export function peopleOf({ session: { kind, old, next } }) {
  const leavers = old.filter((member) => !next.includes(member));
  return { dealers: kind === 2 ? old : next, members: next, all: [...next, ...leavers] };
}

export function hellosOf(random, place) {
  return peopleOf(place).all.map((member) => {
    const given = { ek: random.below(order), nonce: random.below(order) };
    const body = helloBody(place, member, { ...given, head: place.session.previous });
    return { member, ...given, message: signed(place, "HELLO", member, body) };
  });
}

function secretsOf(random, { session: { suite, tNew } }, source) {
  const number = () => random.below(order);
  const polynomial = (first) => [first, ...Array.from({ length: tNew - 1 }, number)];
  return {
    ...{ a: polynomial(source ?? number()), b: suite === 2 ? polynomial(number()) : undefined },
    ...{ r: number(), nonce: number(), nonceA0: number(), nonceA: number(), nonceB: number() },
  };
}

/** `spoil` changes shares before they are sealed; `source`: what is dealt in a reshare. */
export function dealingOf(random, { place, hellos }, { dealer, source, spoil = () => {} }) {
  const { dealers, members } = peopleOf(place);
  const sender = dealers[dealer - 1];
  const secrets = secretsOf(random, place, source);
  const receivers = hellos.slice(0, members.length);
  const open = sharesOf(place, dealer, secrets, receivers);
  spoil(open);
  const shares = open.map(sealedShare);
  const body = dealBody(place, sender, secrets, {
    hellos: receivers.map(({ message }) => message),
    shares,
  });
  return {
    ...{ dealer, sender, secrets, open, shares, commitments: commitmentsOf(place, secrets) },
    deal: signed(place, "DEAL", sender, body),
    message: signed(place, "SHARES", sender, sharesBody(shares)),
  };
}

/** By dealer; undefined: silent. */
export const havesOf = (place, dealings) =>
  place.session.next.map((member) =>
    signed(place, "HAVE", member, haveBody(dealings.map((one) => one?.deal.hash ?? none))),
  );

/** `victims` is a list of [dealer, member]; what that dealer gave that member is bad. */
export function echoesOf(random, { place, hellos, dealings, victims }) {
  return place.session.next.map((sender, at) => {
    const rows = dealings.map((one) => {
      const isBad = victims.some(([i, j]) => i === one?.dealer && j === at + 1);
      if (one === undefined) return { status: "missing", entry: missing };
      if (!isBad) return { status: "ok", entry: accepted(one.deal) };
      const nonce = random.below(order);
      const { ek } = hellos[at];
      const where = { dealer: one.dealer, member: at + 1, deal: one.deal, r: one.secrets.r };
      return {
        ...{ status: "valid complaint", nonce },
        entry: complaint(place, { ...where, ek, nonce }),
      };
    });
    return { rows, message: signed(place, "ECHO", sender, echoBody(rows.map((row) => row.entry))) };
  });
}

/** One view in which all are of one mind; `header`: of another instance than the session's. */
function agreementOf(place, voters, { proposal, value, header = {} }) {
  const iid = header.sid ?? place.sid;
  const proposer = proposerOf(iid, voters.length, 0);
  const said = (type, voter, body) => signed(place, type, voter, body, header);
  return {
    ...{ iid, proposer, propose: said("PROPOSE", voters[proposer - 1], proposal) },
    prevotes: voters.map((voter) => said("PREVOTE", voter, prevoteBody(0, value))),
    precommits: voters.map((voter) => said("PRECOMMIT", voter, precommitBody(0, value))),
  };
}

/** On all ECHOs, in the order of their senders. */
export function setOf(place, echoes) {
  const hashes = echoes.map(({ message }) => message.hash);
  const value = setValue(hashes);
  const agreement = agreementOf(place, place.session.next, {
    proposal: proposeBody(hashes),
    value,
  });
  return { hashes, value, agreement };
}

/** `liar` proves another polynomial than he dealt. */
export function extractsOf(place, counting, liar) {
  return counting.map(({ dealer, sender, secrets }) => {
    const isValid = dealer !== liar;
    const a = secrets.a.map((value, k) => (k === 0 && !isValid ? value + 1n : value));
    const body = extractBody(place, dealer, { ...secrets, a });
    return { dealer, secrets, a, isValid, message: signed(place, "EXTRACT", sender, body) };
  });
}

/** These dealers are opened: the agreement, and everybody's shares of them. */
export function openingOf(place, dealings) {
  const dealers = dealings.map(({ dealer }) => dealer);
  const value = openValue(dealers);
  const voters = place.session.next;
  return {
    ...{ dealers, value },
    agreement: agreementOf(place, voters, {
      ...{ proposal: proposeBody(dealers.map(u16)), value, header: { sid: openId(place.sid) } },
    }),
    reconstructs: voters.map((voter, at) =>
      signed(place, "RECONSTRUCT", voter, reconstructBody(dealings, at + 1)),
    ),
  };
}

/** The new key: of all that count, or in a reshare of the first tOld by their weights. */
export function keyOf({ session: { kind, tOld, tNew, next } }, counting) {
  const summed = kind === 2 ? counting.slice(0, tOld) : counting;
  const indices = summed.map(({ dealer }) => dealer);
  const lambda = kind === 2 ? lagrangeAtZero(indices) : summed.map(() => 1n);
  const polynomial = Array.from({ length: tNew }, (_, k) =>
    sum(summed.map(({ secrets }, i) => lambda[i] * secrets.a[k])),
  );
  const shares = next.map((_, at) => evaluated(polynomial, at + 1));
  return { polynomial, shares, indices, lambda, master: polynomial[0] };
}

/** COMMITs, the handover by `outgoing` with its shares, and the certificate. */
export function endOf(place, { set, counting, key, outgoing, outgoingShares }) {
  const refs = counting.map(({ dealer, deal }) => concat(u16(dealer), deal.hash));
  const points = key.polynomial.map((value) => g2(g2Base(value)));
  const content = { points, set: set.value, dealings: counted(refs) };
  const digest = digestOf(place, content);
  const point = (purpose, k) => g1(g1Times(hashFor(purpose, digest), k));
  const proven = (type, member, share) => signed(place, type, member, concat(digest, share));
  const commits = place.session.next.map((member, at) =>
    proven("COMMIT", member, point("ready", key.shares[at])),
  );
  const iid = handoverId(place.cluster, place.session);
  const handover = agreementOf(place, outgoing, {
    proposal: proposeBody(commits.map(({ hash }) => hash), digest),
    value: digest,
    header: { sid: iid, suite: 0, timestamp: 0, attempt: 0 },
  });
  const canary = point("epoch", key.master);
  const precommits = handover.precommits.slice(0, quorumOf(outgoing.length).B);
  return {
    ...{ points, digest, commits, handover, canary },
    seals: outgoing.map((member, at) => proven("SEAL", member, point("epoch", outgoingShares[at]))),
    certificate: certificateBytes(place, content, { digest, canary, commits, precommits }),
  };
}
