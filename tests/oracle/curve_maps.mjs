// SPDX-License-Identifier: Apache-2.0
// Hashes to points. BLS12-381 is noble's; BN254 has no hash there, so RFC 9380's SVDW (section
// 6.6.1) stands here in plain integers, and so does the map of EigenLayer's contracts.
import { expand_message_xmd, hash_to_field } from "@noble/curves/abstract/hash-to-curve.js";
import { psiFrobenius } from "@noble/curves/abstract/tower.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CURVES, integerOf, mustHold, need } from "./curve_groups.mjs";

export const HASHES = { sha256, keccak256: keccak_256 };

/** RFC 9380 section 4.1 for Fp and Fp2. */
function sign(group, x) {
  const [c0, c1 = 0n] = group.split(x);
  return Number(c0 === 0n ? c1 & 1n : c0 & 1n);
}

/** Constants of section 6.6.1 for y^2 = x^3 + b; find_z of appendix H.1 starting at `first`. */
function svdwConstants(group, first) {
  const F = group.field;
  const g = group.rightSide;
  const isSquare = (x) => F.is0(x) || group.root(x) !== undefined;
  const half = F.inv(F.add(F.ONE, F.ONE));
  const times = (n, x) => F.mul(F.fromBigInt?.(n) ?? group.join([n, 0n]), x);
  const isRight = (z) => {
    const gz = g(z);
    const ratio = F.is0(gz) ? F.ZERO : F.neg(F.mul(times(3n, F.sqr(z)), F.inv(times(4n, gz))));
    return (
      !F.is0(gz) &&
      !F.is0(ratio) &&
      isSquare(ratio) &&
      (isSquare(gz) || isSquare(g(F.neg(F.mul(z, half)))))
    );
  };
  let counter = first;
  let z = [counter, F.neg(counter)].find(isRight);
  while (z === undefined) {
    counter = F.add(counter, F.ONE);
    z = [counter, F.neg(counter)].find(isRight);
  }
  const gz = g(z);
  let c3 = group.root(F.neg(F.mul(gz, times(3n, F.sqr(z)))));
  if (sign(group, c3) === 1) c3 = F.neg(c3);
  return {
    z,
    c1: gz,
    c2: F.neg(F.mul(z, half)),
    c3,
    c4: F.neg(F.mul(times(4n, gz), F.inv(times(3n, F.sqr(z))))),
  };
}

/** Section 6.6.1, steps 1 to 35 with branches. */
function svdw(group, { z, c1, c2, c3, c4 }, u) {
  const F = group.field;
  const inverse = (x) => (F.is0(x) ? F.ZERO : F.inv(x));
  const tv1 = F.mul(F.sqr(u), c1);
  const tv2 = F.add(F.ONE, tv1);
  const tv3 = inverse(F.mul(F.sub(F.ONE, tv1), tv2));
  const tv4 = F.mul(F.mul(F.mul(u, F.sub(F.ONE, tv1)), tv3), c3);
  const x3 = F.add(z, F.mul(c4, F.sqr(F.mul(F.sqr(tv2), tv3))));
  const x = [F.sub(c2, tv4), F.add(c2, tv4), x3].find(
    (candidate) => group.root(group.rightSide(candidate)) !== undefined,
  );
  mustHold(x !== undefined, "no candidate of SVDW is on the curve");
  const y = group.root(group.rightSide(x));
  return { x, y: sign(group, u) === sign(group, y) ? y : F.neg(y) };
}

const BN = CURVES.bn254;
const BN_X = 4965661367192848881n;
const bnPsi = psiFrobenius(BN.Fp, BN.noble.fields.Fp2, BN.noble.fields.Fp2.NONRESIDUE);

/** xQ + psi(3xQ) + psi^2(xQ) + psi^3(Q). Source: Fuentes-Castaneda, Knapp, Rodriguez-Henriquez. */
function bnClearG2(point) {
  const psi = (q) => bnPsi.G2psi(BN.G2.Point, q);
  const xq = point.multiplyUnsafe(BN_X);
  const three = xq.double().add(xq);
  return xq
    .add(psi(three))
    .add(psi(psi(xq)))
    .add(psi(psi(psi(point))));
}

/** A point of the curve times the cofactor, or the multiple of it that is cheap. */
export function clearPoint(group, point) {
  return group === BN.G2 ? bnClearG2(point) : point.clearCofactor();
}

let svdwTables;

function bnMap(group, parts) {
  svdwTables ??= {
    g1: svdwConstants(BN.G1, 1n),
    g2: svdwConstants(BN.G2, BN.G2.field.ONE),
  };
  return svdw(group, svdwTables[group.name], group.join(parts));
}

/** One field element (its parts, c0 first) to a point of the subgroup. */
export function mapPoint(group, parts) {
  if (group.curve === BN) {
    const point = group.Point.fromAffine(bnMap(group, parts));
    return group === BN.G2 ? clearPoint(group, point) : point;
  }
  const { mapToCurve } = group.curve.noble[group.name.toUpperCase()]; /* clears the cofactor */
  return mapToCurve(group.parts === 1 ? parts[0] : parts);
}

/** hash_to_field: `count` elements, each a list of its parts. An empty DST is refused. */
export function hashElements(group, { msg, dst, hash, count }) {
  need(dst.length > 0, "arg");
  const { p } = group.curve;
  const options = { DST: dst, expand: "xmd", hash: HASHES[hash], p, m: group.parts, k: 128 };
  return hash_to_field(msg, count, options);
}

/** hash_to_curve (count 2) or encode_to_curve (count 1). */
export function hashPoint(group, members) {
  return hashElements(group, members)
    .map((u) => mapPoint(group, u)) /* clearing is a homomorphism: it may come before the sum */
    .reduce((sum, point) => sum.add(point));
}

export function expand(msg, dst, length, hash) {
  need(dst.length > 0 && length > 0 && length <= 255 * 32, "arg");
  return expand_message_xmd(msg, dst, length, HASHES[hash]);
}

/** EigenLayer's map: x = digest mod p, then x + 1 until x^3 + 3 is a square; its root as it is. */
export function incrementPoint(digest) {
  need(digest.length === 32, "length");
  const { G1, p } = BN;
  for (let x = integerOf(digest) % p; ; x = (x + 1n) % p) {
    const y = G1.root(G1.rightSide(x));
    if (y !== undefined) return G1.Point.fromAffine({ x, y });
  }
}
