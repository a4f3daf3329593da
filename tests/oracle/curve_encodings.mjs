// SPDX-License-Identifier: Apache-2.0
// Bytes of points, scalars and GT elements, each as its standard says. Written with plain integers;
// for `zcash` noble decodes too and has to agree.
//
// What is checked first is the status: length, encoding (flags), range (a number >= p or r),
// not_on_curve, infinity (where it is refused), not_in_subgroup.
import {
  Refused,
  bigEndian,
  concat,
  gtParts,
  hexOf,
  integerOf,
  mustHold,
  need,
} from "./curve_groups.mjs";

const isZero = (bytes) => bytes.every((byte) => byte === 0);

/** Field elements of `width` bytes each; a number >= p is refused. */
function elements(group, bytes, width) {
  const list = [];
  for (let at = 0; at < bytes.length; at += width) {
    list.push(integerOf(bytes.subarray(at, at + width)));
  }
  need(
    list.every((value) => value < group.curve.p),
    "range",
  );
  return list;
}

function affine(group, x, y) {
  need(group.isOnCurve(x, y), "not_on_curve");
  return group.Point.fromAffine({ x, y });
}

function decompressed(group, x, isLarger) {
  const y = group.root(group.rightSide(x));
  need(y !== undefined, "not_on_curve");
  return affine(group, x, group.isLarger(y) === isLarger ? y : group.field.neg(y));
}

/** Without the flag bits `mask` of the byte at `at`. */
function unflagged(bytes, at, mask) {
  const copy = Uint8Array.from(bytes);
  copy[at] &= ~mask & 0xff;
  return copy;
}

// ---- zcash: big endian, c1 first; bits 7 compressed, 6 infinity, 5 larger y

function zcashParse(group, bytes) {
  const width = group.curve.fpBytes;
  const short = width * group.parts;
  need(bytes.length === short || bytes.length === 2 * short, "length");
  const [isCompressed, isInfinity, isLarger] = [0x80, 0x40, 0x20].map(
    (bit) => (bytes[0] & bit) !== 0,
  );
  const rest = unflagged(bytes, 0, 0xe0);
  need(isCompressed === (bytes.length === short), "encoding");
  need(!(isLarger && (isInfinity || !isCompressed)), "encoding");
  if (isInfinity) {
    need(isZero(rest), "encoding");
    return group.Point.ZERO;
  }
  const list = elements(group, rest, width);
  const x = group.join(list.slice(0, group.parts).reverse());
  if (isCompressed) return decompressed(group, x, isLarger);
  return affine(group, x, group.join(list.slice(group.parts).reverse()));
}

/** Noble's verdict on the same bytes: the point, or undefined. It checks the subgroup too. */
function nobleDecode(group, bytes) {
  try {
    return group.Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

/* Written here too: noble does not encode points outside the subgroup, and tests need them. */
function zcashEncode(group, point, isCompressed = true) {
  const width = group.curve.fpBytes;
  const length = (isCompressed ? 1 : 2) * group.parts * width;
  const form = isCompressed ? 0x80 : 0;
  if (point.is0()) return Uint8Array.from({ length }, (_, i) => (i === 0 ? form | 0x40 : 0));
  const { x, y } = point.toAffine();
  const bytes = concat(
    ...(isCompressed ? [x] : [x, y])
      .flatMap((value) => group.split(value).reverse())
      .map((part) => bigEndian(part, width)),
  );
  bytes[0] |= isCompressed && group.isLarger(y) ? form | 0x20 : form;
  return bytes;
}

// ---- both coordinates without flags; infinity is all zero. eip2537: numbers of 64 bytes, c0 first;
// eip196: c1 first; snarkjs: its decimal numbers as bytes, c0 first

function plain(curves, { width = (curve) => curve.fpBytes, order = (parts) => parts }) {
  return {
    curves,
    parse(group, bytes) {
      const { parts, curve } = group;
      need(bytes.length === 2 * parts * width(curve), "length");
      const list = elements(group, bytes, width(curve));
      if (isZero(bytes)) return group.Point.ZERO;
      const at = (from) => group.join(order(list.slice(from, from + parts)));
      return affine(group, at(0), at(parts));
    },
    encode(group, point) {
      const { parts, curve } = group;
      if (point.is0()) return new Uint8Array(2 * parts * width(curve));
      const { x, y } = point.toAffine();
      const list = [x, y].flatMap((value) => order(group.split(value)));
      return concat(...list.map((part) => bigEndian(part, width(curve))));
    },
  };
}

// ---- gnark: big endian, c1 first; top bits 10 smaller y, 11 larger y, 01 infinity, 00 both
// coordinates (then infinity is all zero)

function gnarkParse(group, bytes) {
  const width = group.curve.fpBytes;
  const short = group.parts * width;
  need(bytes.length === short || bytes.length === 2 * short, "length");
  const flags = bytes[0] >> 6;
  const rest = unflagged(bytes, 0, 0xc0);
  need((flags !== 0) === (bytes.length === short) && (flags !== 1 || isZero(rest)), "encoding");
  if (isZero(rest) && flags < 2) return group.Point.ZERO;
  const list = elements(group, rest, width);
  const x = group.join(list.slice(0, group.parts).reverse());
  if (flags !== 0) return decompressed(group, x, flags === 3);
  return affine(group, x, group.join(list.slice(group.parts).reverse()));
}

function gnarkEncode(group, point, isCompressed = true) {
  const width = group.curve.fpBytes;
  const length = (isCompressed ? 1 : 2) * group.parts * width;
  if (point.is0())
    return Uint8Array.from({ length }, (_, i) => (i === 0 && isCompressed ? 0x40 : 0));
  const { x, y } = point.toAffine();
  const bytes = concat(
    ...(isCompressed ? [x] : [x, y])
      .flatMap((value) => group.split(value).reverse())
      .map((part) => bigEndian(part, width)),
  );
  if (isCompressed) bytes[0] |= group.isLarger(y) ? 0xc0 : 0x80;
  return bytes;
}

// ---- ark: little endian, c0 first; last byte: bit 7 larger y, bit 6 infinity

function arkParse(group, bytes) {
  const width = group.curve.fpBytes;
  need(bytes.length === group.parts * width, "length");
  const flags = bytes[bytes.length - 1] >> 6;
  const rest = unflagged(bytes, bytes.length - 1, 0xc0);
  need(flags !== 3 && (flags !== 1 || isZero(rest)), "encoding");
  if (flags === 1) return group.Point.ZERO;
  const x = group.join(elements(group, rest.reverse(), width).reverse());
  return decompressed(group, x, flags === 2);
}

function arkEncode(group, point) {
  const width = group.curve.fpBytes;
  const length = group.parts * width;
  if (point.is0()) return Uint8Array.from({ length }, (_, i) => (i === length - 1 ? 0x40 : 0));
  const { x, y } = point.toAffine();
  const bytes = concat(
    ...group
      .split(x)
      .reverse()
      .map((part) => bigEndian(part, width)),
  ).reverse();
  bytes[length - 1] |= group.isLarger(y) ? 0x80 : 0;
  return bytes;
}

export const ENCODINGS = {
  zcash: { curves: ["bls12-381"], parse: zcashParse, encode: zcashEncode },
  eip2537: plain(["bls12-381"], { width: () => 64 }),
  eip196: plain(["bn254"], { order: (parts) => [...parts].reverse() }),
  gnark: { curves: ["bn254"], parse: gnarkParse, encode: gnarkEncode },
  ark: { curves: ["bn254"], parse: arkParse, encode: arkEncode },
  snarkjs: plain(["bls12-381", "bn254"], {}),
};

/** The encodings of a curve; the first is what a request gets that names none. */
export const fmtsOf = (curve) =>
  Object.keys(ENCODINGS).filter((fmt) => ENCODINGS[fmt].curves.includes(curve.name));

function checked(group, fmt, bytes, { infinity, subgroup }) {
  const point = ENCODINGS[fmt].parse(group, bytes);
  need(infinity || !point.is0(), "infinity");
  need(!subgroup || point.is0() || point.isTorsionFree(), "not_in_subgroup");
  return point;
}

/** The point, with all checks. `infinity: false` refuses it; `subgroup: false` asks only for a
 * point of the curve (additions of EIP-2537). */
export function decodePoint(group, fmt, bytes, { infinity = true, subgroup = true } = {}) {
  const all = infinity && subgroup && fmt === "zcash";
  const theirs = all ? nobleDecode(group, bytes) : undefined;
  try {
    const ours = checked(group, fmt, bytes, { infinity, subgroup });
    mustHold(!all || theirs?.equals(ours), `noble on ${hexOf(bytes)}`);
    return ours;
  } catch (error) {
    mustHold(!(error instanceof Refused) || theirs === undefined, `noble takes ${hexOf(bytes)}`);
    throw error;
  }
}

export const encodePoint = (group, fmt, point) => ENCODINGS[fmt].encode(group, point);

/** Encodings that also have a form with both coordinates. */
export const HAS_BOTH = new Set(["zcash", "gnark"]);
export const encodeBoth = (group, fmt, point) => ENCODINGS[fmt].encode(group, point, false);

// ---- numbers

export function decodeNumber(bytes, width, bound) {
  need(bytes.length === width, "length");
  const value = integerOf(bytes);
  need(value < bound, "range");
  return value;
}

export const decodeScalar = (curve, bytes) => decodeNumber(bytes, 32, curve.r);
export const decodeFp = (curve, bytes) => decodeNumber(bytes, curve.fpBytes, curve.p);

// ---- GT: twelve numbers, big endian; gt_coeff c0.c0.c0 first, gt_kyber last

export const GT_ENCODINGS = { gt_coeff: (list) => list, gt_kyber: (list) => [...list].reverse() };

export function encodeGt(curve, fmt, value) {
  return concat(...GT_ENCODINGS[fmt](gtParts(value)).map((part) => bigEndian(part, curve.fpBytes)));
}

export function decodeGt(curve, fmt, bytes) {
  const width = curve.fpBytes;
  need(bytes.length === 12 * width, "length");
  const list = [];
  for (let at = 0; at < bytes.length; at += width)
    list.push(integerOf(bytes.subarray(at, at + width)));
  need(
    list.every((value) => value < curve.p),
    "range",
  );
  const value = curve.Fp12.fromBigTwelve(GT_ENCODINGS[fmt](list));
  const { Fp12 } = curve;
  need(!Fp12.is0(value) && Fp12.eql(Fp12.pow(value, curve.r), Fp12.ONE), "not_in_subgroup");
  return value;
}
