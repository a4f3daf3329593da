// SPDX-License-Identifier: Apache-2.0
// Bodies of a session's messages and the proofs in them: threshold.md sections 4 and 6.
import { createHash } from "node:crypto";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, concat, integerOf } from "./curve_groups.mjs";
import { encodePoint } from "./curve_encodings.mjs";
import { hashPoint } from "./curve_maps.mjs";
import { BLS, evaluated, g1Times, g2Base, utf8 } from "./threshold_key.mjs";
import { clusterId, counted, none, tagged, u16, u32, u8 } from "./threshold_wire.mjs";

const { G1, G2, r: order } = BLS;
const scalar = (value) => bigEndian(value, 32);
export const g1 = (point) => encodePoint(G1, "zcash", point);
export const g2 = (point) => encodePoint(G2, "zcash", point);
const g1Base = (k) => g1Times(G1.Point.BASE, k);
const xor = (a, b) => a.map((byte, i) => byte ^ b[i]);

/** A hash as a scalar: the two top bits cleared. */
const challenge = (label, ...parts) =>
  integerOf(tagged(label, ...parts)) & ((1n << 254n) - 1n);

export const pedersenBase = (cluster) =>
  hashPoint(G1, {
    msg: concat(clusterId(cluster), cluster.coin),
    dst: utf8("KEYWARD-V1-PEDERSEN-H_BLS12381G1_XMD:SHA-256_SSWU_RO_"),
    hash: "sha256",
    count: 2,
  });

/** c and z: knowledge of x in x * B; purposes 1 ek, 2 R, 3 a_0. */
export function knowledge(purpose, place, sender, x, k) {
  const times = purpose === 3 ? (value) => g2(g2Base(value)) : (value) => g1(g1Base(value));
  const parts = [u8(purpose), place.sid, sender.address, times(1n), times(x), times(k)];
  const c = challenge("KEYWARD-V1-POK", ...parts);
  return concat(scalar(c), scalar((k + c * x) % order));
}

// ---- bodies

/** `head` tells two HELLOs of one member apart. */
export function helloBody(place, sender, { ek, nonce, head = none }) {
  const suites = concat(u16(2), u8(1), u8(2));
  return concat(suites, head, g1(g1Base(ek)), knowledge(1, place, sender, ek, nonce));
}

/** A dealing before it is signed: {a, b, r, nonces, receivers: [{hello hash, ek}]}. */
export function sharesOf(place, dealer, secrets, receivers) {
  return receivers.map(({ ek }, at) => {
    const key = g1(g1Times(g1Base(ek), secrets.r));
    const context = concat(place.sid, u16(dealer), u16(at + 1));
    const halves = secrets.b === undefined ? [secrets.a] : [secrets.a, secrets.b];
    return halves.map((f, half) => {
      const pad = keccak_256(concat(key, context, u8(half)));
      return { clear: evaluated(f, at + 1), pad };
    });
  });
}

export const sealedShare = (halves) =>
  concat(...halves.map(({ clear, pad }) => xor(scalar(clear), pad)));

const sha256 = (...parts) => new Uint8Array(createHash("sha256").update(concat(...parts)).digest());

const splitOf = (count) => 2 ** Math.floor(Math.log2(count - 1));

/** RFC 6962 section 2.1. */
export function merkleRoot(leaves) {
  if (leaves.length === 1) return sha256(u8(0), leaves[0]);
  const split = splitOf(leaves.length);
  return sha256(u8(1), merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** RFC 6962 section 2.1.1: from the leaf up. */
export function merklePath(leaves, at) {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return at < split
    ? [...merklePath(left, at), merkleRoot(right)]
    : [...merklePath(right, at - split), merkleRoot(left)];
}

export function commitmentsOf(place, { a, b }) {
  const h = b === undefined ? undefined : pedersenBase(place.cluster);
  return b === undefined
    ? a.map((value) => g2(g2Base(value)))
    : a.map((value, k) => g1(g1Base(value).add(g1Times(h, b[k]))));
}

export function dealBody(place, sender, secrets, { hellos, shares }) {
  const { suite, kind } = place.session;
  const provesA0 = suite !== 2 && kind !== 2;
  return concat(
    ...[u16(secrets.a.length), u16(shares.length), ...commitmentsOf(place, secrets)],
    ...[g1(g1Base(secrets.r)), knowledge(2, place, sender, secrets.r, secrets.nonce)],
    ...[...hellos.map(({ hash }) => hash), merkleRoot(shares)],
    provesA0 ? knowledge(3, place, sender, secrets.a[0], secrets.nonceA0) : new Uint8Array(0),
  );
}

export const sharesBody = counted;
export const haveBody = counted;

/** A complaint of member j about a DEAL of dealer i: verdict 2, hash, P, c, z. */
export function complaint(place, { dealer, member, deal, r, ek, nonce }) {
  const publicR = g1Base(r);
  const [key, point, p] = [g1Base(ek), publicR, g1Times(publicR, ek)].map(g1);
  const [t1, t2] = [g1Base(nonce), g1Times(publicR, nonce)].map(g1);
  const where = [place.sid, u16(dealer), u16(member), deal.hash];
  const c = challenge("KEYWARD-V1-DLEQ", ...where, key, point, p, t1, t2);
  return concat(u8(2), deal.hash, p, scalar(c), scalar((nonce + c * ek) % order));
}

export const missing = u8(0);
export const accepted = (deal) => concat(u8(1), deal.hash);
export const echoBody = counted;
/** In view 0; `digest`: of a handover. */
export const proposeBody = (items, digest = new Uint8Array(0)) =>
  concat(u32(0), u32(2 ** 32 - 1), digest, counted(items));
export const prevoteBody = (view, value) => concat(u32(view), value, u16(0));
export const precommitBody = (view, value) => concat(u32(view), value);

/** All of a_k G2, and that they open the commitments. */
export function extractBody(place, dealer, { a, b, nonceA, nonceB }) {
  const points = a.map((value) => g2(g2Base(value)));
  const lists = concat(...commitmentsOf(place, { a, b }), ...points);
  const rho = challenge("KEYWARD-V1-RHO", place.sid, u16(dealer), lists);
  const sum = (list) => evaluated(list, rho);
  const t1 = g1Base(nonceA).add(g1Times(pedersenBase(place.cluster), nonceB));
  const t2 = g2(g2Base(nonceA));
  const c = challenge("KEYWARD-V1-EXT", place.sid, u16(dealer), lists, g1(t1), t2);
  const answers = [c, nonceA + c * sum(a), nonceB + c * sum(b)];
  return concat(u16(a.length), ...points, ...answers.map((value) => scalar(value % order)));
}

/** A member's shares of the dealers that are opened. */
export const reconstructBody = (dealings, member) =>
  counted(
    dealings.map(({ dealer, secrets: { a, b } }) =>
      concat(u16(dealer), scalar(evaluated(a, member)), scalar(evaluated(b, member))),
    ),
  );
