// SPDX-License-Identifier: Apache-2.0
// The two curves as @noble/curves computes them, in one shape: fields, G1, G2, the order of GT's
// twelve coefficients. What is refused is a Refused with a name of the one status table.
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";

/** `status`: a lower-case name of src/base/status.h. */
export class Refused extends Error {
  constructor(status) {
    super(status);
    this.status = status;
  }
}

export function need(condition, status) {
  if (!condition) throw new Refused(status);
}

/** Our own mistake or noble's: never an answer. */
export function mustHold(condition, text) {
  if (!condition) throw new Error(`the oracle contradicts itself: ${text}`);
}

export const hexOf = (bytes) => Buffer.from(bytes).toString("hex");
export const bytesOf = (hex) => new Uint8Array(Buffer.from(hex, "hex"));

export function integerOf(bytes) {
  return bytes.length === 0 ? 0n : BigInt("0x" + hexOf(bytes));
}

export function bigEndian(value, width) {
  return bytesOf(value.toString(16).padStart(2 * width, "0"));
}

export function concat(...lists) {
  return new Uint8Array(Buffer.concat(lists));
}

// Fp2 in the order c0, c1; Fp as a list of one.
const FP_SHAPE = { parts: 1, split: (x) => [x], join: ([x]) => x };
const FP2_SHAPE = { parts: 2, split: ({ c0, c1 }) => [c0, c1], join: ([c0, c1]) => ({ c0, c1 }) };

function groupOf(curve, name, noble, shape) {
  const { Point } = noble;
  const { b } = Point.CURVE();
  const field = Point.Fp;
  return {
    curve,
    name,
    Point,
    field,
    ...shape,
    rightSide: (x) => field.add(field.mul(field.sqr(x), x), b),
    isOnCurve(x, y) {
      return field.eql(field.sqr(y), this.rightSide(x));
    },
    /** A root or undefined; noble throws when there is none. */
    root(square) {
      try {
        return field.sqrt(square);
      } catch {
        return undefined;
      }
    },
    /** y > (p - 1) / 2; in Fp2 c1 decides unless it is 0. */
    isLarger(y) {
      const decides =
        shape
          .split(y)
          .reverse()
          .find((part) => part !== 0n) ?? 0n;
      return 2n * decides > curve.p;
    },
    times: (point, k) => point.multiplyUnsafe(k),
    /** By r itself, without noble's endomorphisms: slow and independent of them. */
    hasOrderR: (point) => point.multiplyUnsafe(curve.r - 1n).equals(point.negate()),
  };
}

function curveOf(name, noble, fpBytes) {
  const { Fp, Fp12, Fr } = noble.fields;
  const curve = { name, noble, fpBytes, p: Fp.ORDER, r: Fr.ORDER, Fp, Fr, Fp12 };
  curve.G1 = groupOf(curve, "g1", noble.G1, FP_SHAPE);
  curve.G2 = groupOf(curve, "g2", noble.G2, FP2_SHAPE);
  return curve;
}

export const CURVES = {
  "bls12-381": curveOf("bls12-381", bls12_381, 48),
  bn254: curveOf("bn254", bn254, 32),
};

/** Product of the pairings, in Fp12. Pairs with a point at infinity count as one. */
export function pairingProduct(curve, pairs) {
  const real = pairs.filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  return curve.noble.pairingBatch(real);
}

/** Twelve integers, c0.c0.c0 first. */
export function gtParts(value) {
  return [value.c0, value.c1].flatMap((six) =>
    [six.c0, six.c1, six.c2].flatMap(({ c0, c1 }) => [c0, c1]),
  );
}
