// SPDX-License-Identifier: Apache-2.0
// Where curve arithmetic breaks, as values: edge scalars and field elements, points of every order,
// encodings that are wrong in one place. For the vectors and for the random requests.
import { createHash } from "node:crypto";
import { bigEndian, integerOf, mustHold } from "./curve_groups.mjs";
import { HAS_BOTH, encodeBoth, encodePoint } from "./curve_encodings.mjs";

/** SHA-256(seed | counter): same seed, same values, on every machine. */
export class Random {
  constructor(seed) {
    this.seed = String(seed);
    this.counter = 0;
  }

  bytes(length) {
    const blocks = [];
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash("sha256").update(`${this.seed}|${this.counter++}`).digest());
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  }

  /** An integer in [0, bound). */
  below(bound) {
    return integerOf(this.bytes(72)) % bound;
  }

  index(count) {
    return this.bytes(6).reduce((sum, byte) => sum * 256 + byte, 0) % count;
  }

  chance(part) {
    return this.index(1 << 20) < part * (1 << 20);
  }

  pick(list) {
    return list[this.index(list.length)];
  }

  /** Rows [weight, value]. */
  weighted(rows) {
    let at = this.index(rows.reduce((sum, [weight]) => sum + weight, 0));
    return rows.find(([weight]) => (at -= weight) < 0)[1];
  }
}

const X = { "bls12-381": 0xd201000000010000n, bn254: 4965661367192848881n };

/** Scalars below r at which windows, signs and halves of GLV and GLS meet or vanish. */
export function edgeScalars(curve) {
  const { r } = curve;
  const x = X[curve.name];
  const x2 = (x * x) % r;
  const list = [
    0n,
    1n,
    2n,
    3n,
    7n,
    8n,
    15n,
    16n,
    17n,
    r - 1n,
    r - 2n,
    (r - 1n) / 2n,
    (r + 1n) / 2n,
    x - 1n,
    x,
    x + 1n,
    x2 - 1n,
    x2,
    x2 + 1n,
    (x2 * x) % r,
    r - x,
    r - x2,
    r - x2 + 1n,
    (1n << 64n) - 1n,
    1n << 64n,
    (1n << 127n) - 1n,
    1n << 127n,
    (1n << 128n) - 1n,
    1n << 128n,
    1n << 192n,
    (1n << 253n) - 1n,
    1n << 253n,
  ];
  return [...new Set(list)].filter((value) => value < r);
}

/** Scalars that are refused: r and above. */
export const bigScalars = ({ r }) =>
  [r, r + 1n, 2n * r, (1n << 255n) - 1n, 1n << 255n, (1n << 256n) - 1n].filter(
    (k) => k < 1n << 256n,
  );

/** Elements of Fp at the borders of the field, of its words and of its Montgomery form. */
export function edgeElements(curve) {
  const { p, fpBytes } = curve;
  const bits = BigInt(8 * fpBytes);
  const montgomery = (1n << bits) % p;
  const list = [
    0n,
    1n,
    2n,
    3n,
    p - 1n,
    p - 2n,
    (p - 1n) / 2n,
    (p + 1n) / 2n,
    montgomery,
    p - montgomery,
    (montgomery * montgomery) % p,
    (1n << 64n) - 1n,
    1n << 64n,
    (1n << (bits - 64n)) - 1n,
    1n << 253n,
    (1n << 253n) - 1n,
  ];
  return [...new Set(list)].filter((value) => value < p);
}

export const bigElements = ({ p, fpBytes }) =>
  [p, p + 1n, 2n * p, (1n << 255n) - 1n, (1n << BigInt(8 * fpBytes)) - 1n].filter(
    (value) => value >= p && value < 1n << BigInt(8 * fpBytes),
  );

/** Double and add, for factors above r. */
function plainTimes(group, point, k) {
  let sum = group.Point.ZERO;
  for (const bit of k.toString(2)) {
    sum = sum.double();
    if (bit === "1") sum = sum.add(point);
  }
  return sum;
}

/** A point of the curve from the first x at or after the start that has one. */
function pointAfter(group, parts) {
  const x = group.join(parts);
  const y = group.root(group.rightSide(x));
  if (y !== undefined) return group.Point.fromAffine({ x, y });
  return pointAfter(group, [(parts[0] + 1n) % group.curve.p, ...parts.slice(1)]);
}

// A small prime factor of each cofactor; BN254's G1 has none.
const SMALL_ORDER = { "bls12-381 g1": 3n, "bls12-381 g2": 2713n, "bn254 g2": 10069n };

/** Points of the curve that are not in the subgroup: any, of small order, and valid plus small. */
function outsiders(group, random) {
  const order = SMALL_ORDER[`${group.curve.name} ${group.name}`];
  if (order === undefined) return [];
  const { p, r } = group.curve;
  let any;
  let small = group.Point.ZERO;
  while (small.is0()) {
    any = pointAfter(
      group,
      Array.from({ length: group.parts }, () => random.below(p)),
    );
    small = plainTimes(group, plainTimes(group, any, r), group.Point.CURVE().h / order);
  }
  mustHold(plainTimes(group, small, order).is0(), "a point of small order");
  const list = [any, small, group.Point.BASE.add(small), any.negate(), any.double()];
  mustHold(
    list.every((point) => !point.is0() && !group.hasOrderR(point)),
    "outside the subgroup",
  );
  return list;
}

/** {valid, outside} of a group: `count` random points after infinity, G, -G, 2G. */
export function pointPool(group, random, count) {
  const { BASE, ZERO } = group.Point;
  const valid = [ZERO, BASE, BASE.negate(), BASE.double()];
  let last = group.times(BASE, random.below(group.curve.r));
  let step = group.times(BASE, random.below(group.curve.r));
  for (let i = 0; i < count; i++) {
    valid.push(last);
    [last, step] = [last.add(step), last.double()];
  }
  return {
    valid: valid.map((point) => group.Point.fromAffine(point.toAffine())),
    outside: outsiders(group, random),
  };
}

// ---- encodings that are wrong in one place: lists of [note, bytes]

function flipped(bytes, at, mask) {
  const copy = Uint8Array.from(bytes);
  copy[at] ^= mask;
  return copy;
}

function wrongLengths(bytes) {
  const longer = Uint8Array.from([...bytes, 0]);
  return [
    ["empty", bytes.subarray(0, 0)],
    ["one byte short", bytes.subarray(0, -1)],
    ["one byte long", longer],
    ["half", bytes.subarray(0, bytes.length / 2)],
    ["a third long", Uint8Array.from([...bytes, ...bytes.subarray(0, bytes.length / 2)])],
  ];
}

/** Positions of the flag byte and of the numbers (each `width` bytes behind `pad` zeros). */
const LAYOUT = {
  zcash: { flagAt: () => 0, flags: 3 },
  eip2537: { pad: 16 },
  eip196: {},
  snarkjs: {},
  gnark: { flagAt: () => 0, flags: 2 },
  ark: { flagAt: (length) => length - 1, flags: 2, isLittle: true },
};

function otherFlags(bytes, at, count) {
  const list = [];
  for (let flags = 0; flags < 1 << count; flags++) {
    const copy = Uint8Array.from(bytes);
    copy[at] = (copy[at] & (0xff >> count)) | (flags << (8 - count));
    list.push([`flags ${flags.toString(2).padStart(count, "0")}`, copy]);
  }
  return list;
}

/** The same residue plus p in each number of the encoding where it fits. */
function plusP(curve, fmt, bytes) {
  const { pad = 0, flagAt, flags = 0, isLittle = false } = LAYOUT[fmt];
  const width = curve.fpBytes;
  const step = width + pad;
  const list = [];
  for (let at = 0; at + step <= bytes.length; at += step) {
    const slice = bytes.slice(at + pad, at + step);
    if (isLittle) slice.reverse();
    const holdsFlags =
      flagAt !== undefined && flagAt(bytes.length) >= at && flagAt(bytes.length) < at + step;
    const free = holdsFlags ? 8 * width - flags : 8 * width;
    const kept = holdsFlags ? (slice[0] >> (8 - flags)) << (8 - flags) : 0;
    const value = (integerOf(slice) & ((1n << BigInt(free)) - 1n)) + curve.p;
    if (value >> BigInt(free) !== 0n) continue;
    const number = bigEndian(value, width);
    number[0] |= kept;
    if (isLittle) number.reverse();
    const copy = Uint8Array.from(bytes);
    copy.set(number, at + pad);
    list.push([`number at ${at} plus p`, copy]);
  }
  return list;
}

/** Wrong variants of a valid encoding; some may turn out valid: the oracle decides. */
export function variants(curve, fmt, bytes) {
  const { pad = 0, flagAt, flags } = LAYOUT[fmt];
  const list = [...wrongLengths(bytes), ...plusP(curve, fmt, bytes)];
  if (flagAt !== undefined) list.push(...otherFlags(bytes, flagAt(bytes.length), flags));
  for (let at = 0; pad > 0 && at + pad <= bytes.length; at += curve.fpBytes + pad) {
    list.push([`padding at ${at}`, flipped(bytes, at, 0x80)]);
    list.push([`padding at ${at + pad - 1}`, flipped(bytes, at + pad - 1, 1)]);
  }
  list.push(["one bit at the end", flipped(bytes, bytes.length - 1, 1)]);
  list.push(["one bit at the start", flipped(bytes, 0, 1)]);
  list.push(["one bit in the middle", flipped(bytes, bytes.length / 2, 1)]);
  return list;
}

/** All encodings of a point under a name: some have a second one with both coordinates. */
export function encodingsOf(group, fmt, point) {
  const list = [encodePoint(group, fmt, point)];
  if (HAS_BOTH.has(fmt)) list.push(encodeBoth(group, fmt, point));
  return list;
}
