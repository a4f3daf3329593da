// SPDX-License-Identifier: Apache-2.0
// A key in shares over BLS12-381, and what it signs: threshold.md sections 1 and 7, with plain
// integers and noble's points.
import { CURVES, bigEndian, bytesOf, concat, hexOf } from "./curve_groups.mjs";
import { encodePoint } from "./curve_encodings.mjs";
import { hashPoint } from "./curve_maps.mjs";

export const BLS = CURVES["bls12-381"];
const { r } = BLS;

export const utf8 = (text) => new TextEncoder().encode(text);
export const scalarHex = (k) => hexOf(bigEndian(k, 32));
export const pointHex = (group, point) => hexOf(encodePoint(group, "zcash", point));
export const g1Hex = (point) => pointHex(BLS.G1, point);
export const g2Hex = (point) => pointHex(BLS.G2, point);
export const g1Times = (point, k) => BLS.G1.times(point, k % r);
export const g2Base = (k) => BLS.G2.times(BLS.G2.Point.BASE, k % r);

const SUITE = "_BLS12381G1_XMD:SHA-256_SSWU_RO_";
const DSTS = {
  application: `KEYWARD-V2-IBE${SUITE}`,
  beacon: `KEYWARD-V1-BEACON${SUITE}`,
  epoch: `KEYWARD-V1-EPOCH${SUITE}`,
  ready: `KEYWARD-V1-READY${SUITE}`,
  eigenx: "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
};

/** H1 of the purpose. */
export function hashFor(purpose, message) {
  return hashPoint(BLS.G1, { msg: message, dst: utf8(DSTS[purpose]), hash: "sha256", count: 2 });
}

export const beaconMessage = (clusterId, round) =>
  concat(bytesOf(clusterId), bigEndian(BigInt(round), 8));

export const evaluated = (coefficients, x) =>
  coefficients.reduceRight((sum, a) => (sum * BigInt(x) + a) % r, 0n);

/** Shares 1..n of a polynomial whose constant is the key; `random`: curve_values.mjs. */
export function epochOf(random, secret, { n, t }) {
  const f = [secret, ...Array.from({ length: t - 1 }, () => random.below(r))];
  const shares = Array.from({ length: n }, (_, j) => evaluated(f, j + 1));
  return { secret, shares, master: g2Base(secret) };
}

const inverse = (a) => BLS.Fr.inv(((a % r) + r) % r);

/** Coefficients at zero for these indices. */
export function lagrangeAtZero(indices) {
  return indices.map((i) =>
    indices
      .filter((k) => k !== i)
      .reduce((product, k) => (((product * BigInt(k)) % r) * inverse(BigInt(k - i))) % r, 1n),
  );
}

/** The value at zero of the polynomial in the exponent through [index, point] rows. */
export function combined(rows) {
  const l = lagrangeAtZero(rows.map(([index]) => index));
  return rows
    .map(([, point], i) => g1Times(point, l[i]))
    .reduce((sum, point) => sum.add(point));
}
