// SPDX-License-Identifier: Apache-2.0
// The cases of tests/vectors/curve/: what is asked, by kind. The oracle answers.
import { GT_ENCODINGS, encodeGt, encodePoint, fmtsOf } from "./curve_encodings.mjs";
import { bigEndian, hexOf, mustHold } from "./curve_groups.mjs";
import { hashPoint } from "./curve_maps.mjs";
import { answer } from "./curve_ops.mjs";
import {
  Random,
  bigElements,
  bigScalars,
  edgeElements,
  edgeScalars,
  encodingsOf,
  pointPool,
  variants,
} from "./curve_values.mjs";

const DST = Buffer.from("KEYWARD-TEST-V01-CS02-with-DST");

const scalar = (value) => bigEndian(value, 32);
const ascii = (text) => Buffer.from(text, "latin1");
const pairsOf = (list) => list.flatMap((a, i) => list.slice(i).map((b) => [a, b]));

/** Collects the cases of one file. */
class Cases {
  constructor(curve, random) {
    Object.assign(this, { curve, random, list: [] });
  }

  /** `more`: fmt, dst, hash. The note becomes the id. */
  add(op, note, inputs, more = {}) {
    const request = { id: note, curve: this.curve.name, op, in: inputs.map(hexOf), ...more };
    if (more.dst !== undefined) request.dst = hexOf(more.dst);
    const { id, ...rest } = answer(request);
    mustHold(id === note, "the id is echoed");
    this.list.push({ ask: request, ...rest });
  }
}

// ---- numbers

function fieldCases(cases) {
  const { curve, random } = cases;
  const fp = (value) => bigEndian(value, curve.fpBytes);
  const elements = [...edgeElements(curve), random.below(curve.p), random.below(curve.p)];
  for (const [a, b] of pairsOf(elements.slice(-9))) {
    for (const op of ["fp.mul", "fp.add", "fp.sub"]) cases.add(op, "", [fp(a), fp(b)]);
  }
  for (const a of elements) cases.add("fp.neg", "", [fp(a)]);
  for (const op of ["fp.inv", "fp.sqrt"]) {
    for (const a of elements) cases.add(op, "", [fp(a)]);
    for (const a of elements.slice(0, 6)) cases.add(op, "negated", [fp((curve.p - a) % curve.p)]);
  }
  const bad = [
    ...bigElements(curve).map(fp),
    fp(1n).subarray(1),
    scalar(0n).subarray(0, 0),
    Buffer.concat([Buffer.alloc(1), fp(1n)]),
  ];
  for (const bytes of bad) {
    for (const op of ["fp.inv", "fp.sqrt", "fp.neg"]) cases.add(op, "bad", [bytes]);
    for (const op of ["fp.mul", "fp.add", "fp.sub"]) {
      cases.add(op, "bad first", [bytes, fp(2n)]);
      cases.add(op, "bad second", [fp(2n), bytes]);
    }
  }
  for (const op of ["fp.mul", "fp.inv", "fp.sqrt"]) cases.add(op, "no input", []);
  for (const length of [0, 32, 47, 48, 63, 64, 65, 96, 97]) {
    cases.add("fp.wide", `${length} bytes of ones`, [new Uint8Array(length).fill(255)]);
    cases.add("fp.wide", `${length} zeros`, [new Uint8Array(length)]);
  }
  for (const times of [1n, 2n, 1n << 128n]) {
    cases.add("fp.wide", "a multiple of p", [bigEndian(curve.p * times, 64)]);
  }
  cases.add("fp.inv", "two inputs", [fp(1n), fp(1n)]);
}

function scalarCases(cases) {
  const { curve, random } = cases;
  const values = [...edgeScalars(curve), random.below(curve.r), random.below(curve.r)];
  const few = [0n, 1n, 2n, curve.r - 1n, curve.r - 2n, (curve.r - 1n) / 2n, random.below(curve.r)];
  for (const op of ["fr.add", "fr.sub", "fr.mul"]) {
    for (const [a, b] of pairsOf(few)) cases.add(op, "", [scalar(a), scalar(b)]);
  }
  for (const op of ["fr.inv", "fr.neg"]) for (const a of values) cases.add(op, "", [scalar(a)]);
  const bad = [
    ...bigScalars(curve).map(scalar),
    scalar(1n).subarray(1),
    Buffer.alloc(33),
    Buffer.alloc(0),
  ];
  for (const bytes of bad) {
    for (const op of ["fr.inv", "fr.neg"]) cases.add(op, "bad", [bytes]);
    for (const op of ["fr.add", "fr.sub", "fr.mul"]) {
      cases.add(op, "bad first", [bytes, scalar(2n)]);
      cases.add(op, "bad second", [scalar(2n), bytes]);
    }
  }
  for (const length of [0, 32, 47, 48, 49, 63, 64, 65, 128]) {
    cases.add("fr.wide", `${length} bytes`, [random.bytes(length)]);
    cases.add("fr.wide", `${length} bytes of ones`, [new Uint8Array(length).fill(255)]);
    cases.add("fr.wide", `${length} zeros`, [new Uint8Array(length)]);
  }
  for (const times of [1n, 2n, 1n << 128n]) {
    cases.add("fr.wide", "a multiple of r", [bigEndian(curve.r * times, 48)]);
  }
}

/** Elements of an extension whose coefficients are edges, each list begun elsewhere. */
function floorCases(cases, name) {
  const { curve } = cases;
  const fp = (value) => bigEndian(value, curve.fpBytes);
  const width = Number(name.slice(2));
  const edges = edgeElements(curve);
  const at = (first, step) =>
    Array.from({ length: width }, (_, i) => edges[(first + step * i) % edges.length]);
  const bytesOfList = (list) => Buffer.concat(list.map(fp));
  const one = [1n, ...Array(width - 1).fill(0n)];
  const elements = [
    Array(width).fill(0n),
    one,
    Array(width).fill(curve.p - 1n),
    [...Array(width - 1).fill(0n), 1n],
    ...[1, 2, 3, 5].map((step) => at(step, step)),
  ].map(bytesOfList);
  for (const [a, b] of pairsOf(elements)) cases.add(`${name}.mul`, "", [a, b]);
  for (const a of elements) {
    cases.add(`${name}.inv`, "", [a]);
    for (const power of [1, 2, 3]) cases.add(`${name}.frobenius`, "", [a, Buffer.from([power])]);
  }
  for (const power of [0, 4, 255]) {
    cases.add(`${name}.frobenius`, "power", [elements[4], Buffer.from([power])]);
  }
  const last = bytesOfList([...one.slice(1), curve.p]);
  for (const bad of [last, elements[1].subarray(1), Buffer.alloc(0)]) {
    cases.add(`${name}.mul`, "bad second", [elements[1], bad]);
    cases.add(`${name}.inv`, "bad", [bad]);
    cases.add(`${name}.frobenius`, "bad", [bad, Buffer.from([1])]);
  }
  cases.add(`${name}.mul`, "one input", [elements[1]]);
}

function polynomialCases(cases) {
  const { curve, random } = cases;
  const { r } = curve;
  const polynomials = [
    [0n],
    [1n],
    [r - 1n],
    [0n, 1n],
    [5n, 0n, 0n],
    [r - 1n, r - 1n, r - 1n],
    [1n, 2n, 3n, 4n],
    Array.from({ length: 11 }, () => random.below(r)),
  ];
  const indices = [0n, 1n, 2n, 3n, 255n, 65536n, (1n << 32n) - 1n, 1n << 32n, r - 1n, r];
  for (const list of polynomials) {
    for (const index of indices) cases.add("poly.eval", "", [...list, index].map(scalar));
  }
  cases.add("poly.eval", "no coefficient", [scalar(1n)]);
  cases.add("poly.eval", "nothing", []);
  cases.add("poly.eval", "a coefficient of r", [scalar(1n), scalar(r), scalar(1n)]);
  cases.add("poly.eval", "a short coefficient", [scalar(1n), scalar(1n).subarray(1), scalar(1n)]);
  const sets = [
    [1n],
    [1n, 2n],
    [2n, 1n],
    [1n, 2n, 3n, 4n, 5n],
    [3n, 17n, 255n, 65535n],
    [7n, 1n << 31n],
    [(1n << 32n) - 1n, 1n],
    [1n << 32n, 5n],
    [r - 1n, 1n],
    Array.from({ length: 20 }, (_, i) => BigInt(3 * i + 1)),
  ];
  for (const list of sets) cases.add("lagrange", "", list.map(scalar));
  const refused = [
    [],
    [0n],
    [1n, 0n],
    [0n, 1n],
    [1n, 1n],
    [1n, 2n, 1n],
    [5n, 6n, 7n, 6n],
    [r],
    [1n, r + 1n],
    [1n << 32n, 1n << 32n],
  ];
  for (const list of refused) cases.add("lagrange", "refused", list.map(scalar));
  cases.add("lagrange", "a short index", [scalar(1n), scalar(2n).subarray(1)]);
}

// ---- points

/** Valid points of which one has a small x, so that x + p fits into the bits of the encoding. */
function smallPoint(group) {
  for (let x = 1n; ; x++) {
    const element = group.join(group.parts === 1 ? [x] : [x, 1n]);
    const y = group.root(group.rightSide(element));
    if (y !== undefined) return group.Point.fromAffine({ x: element, y });
  }
}

function decodeCases(cases, group, pool, fmt) {
  const op = `${group.name}.decode`;
  const add = (note, bytes) => cases.add(op, `${fmt} ${note}`, [bytes], { fmt });
  const named = [
    ["infinity", pool.valid[0]],
    ["generator", pool.valid[1]],
    ["-generator", pool.valid[2]],
    ["random", pool.valid[4]],
    ["random", pool.valid[5]],
    ["small x", smallPoint(group)],
  ];
  for (const [note, point] of named) {
    for (const bytes of encodingsOf(group, fmt, point)) {
      add(note, bytes);
      for (const [what, wrong] of variants(group.curve, fmt, bytes)) {
        if (!["random", "-generator"].includes(note)) add(`${note}, ${what}`, wrong);
      }
    }
  }
  for (const point of pool.outside) {
    for (const bytes of encodingsOf(group, fmt, point)) add("outside the subgroup", bytes);
  }
  const length = encodePoint(group, fmt, pool.valid[1]).length;
  for (const fill of [0, 255]) add(`all ${fill}`, new Uint8Array(length).fill(fill));
  for (let i = 0; i < 4; i++) add("noise", cases.random.bytes(length));
}

function groupCases(cases, group, pool, fmt) {
  const { name } = group;
  const at = (point) => encodePoint(group, fmt, point);
  const points = [...pool.valid.slice(0, 4), pool.valid[4], pool.valid[4].negate(), pool.valid[5]];
  for (const [a, b] of pairsOf(points)) cases.add(`${name}.add`, fmt, [at(a), at(b)], { fmt });
  for (const a of points) cases.add(`${name}.neg`, fmt, [at(a)], { fmt });
  for (const a of pool.outside) {
    cases.add(`${name}.add`, `${fmt} first outside`, [at(a), at(points[4])], { fmt });
    cases.add(`${name}.add`, `${fmt} second outside`, [at(points[4]), at(a)], { fmt });
    cases.add(`${name}.neg`, `${fmt} outside`, [at(a)], { fmt });
    cases.add(`${name}.mul`, `${fmt} outside`, [at(a), scalar(2n)], { fmt });
  }
  const short = at(points[4]).subarray(1);
  cases.add(`${name}.add`, `${fmt} short`, [short, at(points[4])], { fmt });
  cases.add(`${name}.add`, `${fmt} one input`, [at(points[4])], { fmt });
  cases.add(`${name}.neg`, `${fmt} no input`, [], { fmt });
  cases.add(`${name}.mul`, `${fmt} short`, [short, scalar(2n)], { fmt });
}

function multiplyCases(cases, group, pool) {
  const { curve, name } = group;
  const [fmt] = fmtsOf(curve);
  const at = (point) => encodePoint(group, fmt, point);
  const few = [0n, 1n, 2n, 5n, curve.r - 1n, (1n << 128n) - 1n, 1n << 200n];
  for (const k of edgeScalars(curve)) {
    cases.add(`${name}.mul`, "generator", [at(pool.valid[1]), scalar(k)]);
    cases.add(`${name}.mul`, "random", [at(pool.valid[5]), scalar(k)]);
  }
  for (const k of few) cases.add(`${name}.mul`, "infinity", [at(pool.valid[0]), scalar(k)]);
  for (const k of bigScalars(curve))
    cases.add(`${name}.mul`, "big scalar", [at(pool.valid[1]), scalar(k)]);
  cases.add(`${name}.mul`, "short scalar", [at(pool.valid[1]), scalar(1n).subarray(1)]);
  cases.add(`${name}.mul`, "long scalar", [at(pool.valid[1]), Buffer.alloc(33)]);
  for (const index of [0n, 1n, 2n, 255n, 65535n, 65536n, 65537n, 1n << 32n, curve.r]) {
    const list = [pool.valid[5], pool.valid[0], pool.valid[4], pool.valid[1]].map(at);
    cases.add(`${name}.poly_eval`, "", [...list, scalar(index)]);
    cases.add(`${name}.poly_eval`, "constant", [list[0], scalar(index)]);
  }
  cases.add(`${name}.poly_eval`, "no point", [scalar(1n)]);
}

function msmCases(cases, group, pool) {
  const { curve, name } = group;
  const { random } = cases;
  const [fmt] = fmtsOf(curve);
  const ask = (note, points, scalars) =>
    cases.add(`${name}.msm`, note, [
      ...points.map((point) => encodePoint(group, fmt, point)),
      ...scalars.map(scalar),
    ]);
  const [zero, base, minus, double, a, b] = pool.valid;
  ask("one", [a], [random.below(curve.r)]);
  ask("opposite points", [base, minus], [5n, 5n]);
  ask("opposite scalars", [a, a], [7n, curve.r - 7n]);
  ask("the same point", [a, a, a], [1n, 2n, 3n]);
  ask("infinity among them", [zero, a, zero], [3n, 5n, 0n]);
  ask("zeros", [a, b], [0n, 0n]);
  ask("all r - 1", [a, b, base, double], Array(4).fill(curve.r - 1n));
  ask("2P and P", [base, double], [2n, curve.r - 1n]);
  for (const n of [7, 8, 9, 33]) {
    const points = Array.from({ length: n }, () => random.pick(pool.valid));
    ask(
      `${n} points`,
      points,
      points.map(() => random.below(curve.r)),
    );
  }
  const big = Array.from({ length: 40 }, (_, i) => pool.valid[i % pool.valid.length]);
  ask(
    "small scalars",
    big,
    big.map((_, i) => BigInt(i)),
  );
  ask("a scalar of r", [a, b], [1n, curve.r]);
  cases.add(`${name}.msm`, "nothing", []);
  cases.add(`${name}.msm`, "odd", [encodePoint(group, fmt, a)]);
  cases.add(`${name}.msm`, "a point for a scalar", [
    encodePoint(group, fmt, a),
    encodePoint(group, fmt, b),
  ]);
  for (const point of pool.outside.slice(0, 2)) ask("outside the subgroup", [a, point], [1n, 1n]);
}

function interpolateCases(cases, group, pool) {
  const { name, curve } = group;
  const [fmt] = fmtsOf(curve);
  const ask = (note, points, indices) =>
    cases.add(`${name}.interpolate`, note, [
      ...points.map((point) => encodePoint(group, fmt, point)),
      ...indices.map(scalar),
    ]);
  const [zero, base, minus, double, a, b] = pool.valid;
  ask("one", [a], [1n]);
  ask("one, far", [a], [(1n << 32n) - 1n]);
  ask("a line", [base, double], [1n, 2n]);
  ask("a constant", [a, a, a], [2n, 5n, 9n]);
  ask("with infinity", [zero, base, minus, zero], [4n, 3n, 2n, 1n]);
  ask("a random one", [a, b, base, double, minus], [1n, 3n, 17n, 255n, 65535n]);
  ask("index 0", [a, b], [1n, 0n]);
  ask("an index twice", [a, b, a], [1n, 2n, 1n]);
  ask("an index of 33 bits", [a, b], [1n, 1n << 32n]);
  ask("an index of r", [a, b], [1n, curve.r]);
  ask("nothing", [], []);
  ask("odd", [a, b], [1n]);
  for (const point of pool.outside.slice(0, 1)) ask("outside the subgroup", [a, point], [1n, 2n]);
}

/** Cofactors of points of the curve, in the subgroup or not. */
function clearCases(cases, group, pool) {
  const { name, curve } = group;
  const raw = (point) => encodePoint(group, "snarkjs", point);
  const points = [...pool.valid.slice(0, 4), ...pool.outside];
  for (const point of points) cases.add(`${name}.clear`, "", [raw(point)]);
  const off = Buffer.from(raw(pool.valid[4]));
  off[off.length - 1] ^= 1;
  cases.add(`${name}.clear`, "off the curve", [off]);
  const big = Buffer.from(raw(pool.valid[4]));
  big.set(bigEndian(curve.p, curve.fpBytes), 0);
  cases.add(`${name}.clear`, "a coordinate of p", [big]);
  cases.add(`${name}.clear`, "short", [raw(pool.valid[4]).subarray(1)]);
  cases.add(`${name}.clear`, "nothing", []);
}

function hashCases(cases, group) {
  const { name, curve } = group;
  const messages = ["", "abc", "a".repeat(55), "b".repeat(136), "c".repeat(700)].map(ascii);
  for (const hash of ["sha256", "keccak256"]) {
    const ofField = name === "g1" ? "fp.hash" : "fp2.hash";
    for (const op of [`${name}.hash`, `${name}.encode_to_curve`, ofField]) {
      for (const msg of messages) cases.add(op, "", [msg], { dst: DST, hash });
      for (const length of [1, 254, 255, 256, 1000]) {
        cases.add(op, `dst of ${length}`, [messages[1]], { dst: Buffer.alloc(length, 0x51), hash });
      }
      cases.add(op, "empty dst", [messages[1]], { dst: Buffer.alloc(0), hash });
      cases.add(op, "no message", [], { dst: DST, hash });
      cases.add(op, "two messages", [messages[1], messages[1]], { dst: DST, hash });
      cases.add(op, "no dst", [messages[1]], { hash });
    }
    for (const length of [0, 1, 31, 32, 33, 64, 128, 256, 8160, 8161]) {
      const inputs = [messages[1], bigEndian(BigInt(length), 2)];
      if (name === "g1") cases.add("expand", `${length} bytes`, inputs, { dst: DST, hash });
    }
  }
  cases.add(`${name}.hash`, "unknown hash", [messages[1]], { dst: DST, hash: "sha512" });
  cases.add(`${name}.hash`, "dst as input", [messages[1], DST]);
  for (const fmt of fmtsOf(curve)) cases.add(`${name}.hash`, fmt, [messages[1]], { dst: DST, fmt });
}

function mapCases(cases, group) {
  const { curve, name } = group;
  const fp = (value) => bigEndian(value, curve.fpBytes);
  const values = [...edgeElements(curve), cases.random.below(curve.p), cases.random.below(curve.p)];
  for (const [i, value] of values.entries()) {
    const parts = group.parts === 1 ? [value] : [value, values[(5 * i) % values.length]];
    cases.add(`${name}.map`, "", parts.map(fp));
  }
  for (const value of bigElements(curve)) {
    cases.add(`${name}.map`, "too big", group.parts === 1 ? [fp(value)] : [fp(1n), fp(value)]);
  }
  cases.add(`${name}.map`, "nothing", []);
  cases.add(`${name}.map`, "too many", Array(group.parts + 1).fill(fp(1n)));
  cases.add(`${name}.map`, "short", Array(group.parts).fill(fp(1n).subarray(1)));
  if (name !== "g1") return;
  for (const digest of [0n, 1n, curve.p - 1n, curve.p, curve.p + 1n, (1n << 256n) - 1n]) {
    if (digest >> 256n === 0n) cases.add("g1.increment", "", [bigEndian(digest, 32)]);
  }
  for (let i = 0; i < 12; i++) cases.add("g1.increment", "random", [cases.random.bytes(32)]);
  for (const length of [0, 31, 33]) cases.add("g1.increment", "length", [new Uint8Array(length)]);
}

/** The forms with both coordinates. */
function bothCases(cases, group, pool, fmt) {
  const op = `${group.name}.both`;
  for (const point of [...pool.valid.slice(0, 6), ...pool.outside.slice(0, 1)]) {
    for (const bytes of encodingsOf(group, fmt, point)) cases.add(op, fmt, [bytes], { fmt });
  }
}

// ---- pairings

function pairingCases(cases, pools) {
  const { curve, random } = cases;
  const [fmt] = fmtsOf(curve);
  const at = (group, point) => encodePoint(curve[group], fmt, point);
  const g1 = (i) => at("G1", pools.G1.valid[i]);
  const g2 = (i) => at("G2", pools.G2.valid[i]);
  for (const [i, j] of [
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
    [3, 1],
    [1, 3],
    [4, 5],
    [0, 1],
    [1, 0],
    [0, 0],
  ]) {
    cases.add("pairing", `${i} ${j}`, [g1(i), g2(j)]);
  }
  const k = random.below(curve.r);
  const scaled = (group, point) => at(group, curve[group].times(point, k));
  const check = (note, list) => cases.add("pairing.check", note, list);
  check("empty", []);
  check("one pair", [g1(1), g2(1)]);
  check("infinity left", [g1(0), g2(4)]);
  check("infinity right", [g1(4), g2(0)]);
  check("opposite", [g1(1), g2(1), g1(2), g2(1)]);
  check("twice and 2G", [g1(3), g2(1), g1(2), g2(1), g1(2), g2(1)]);
  check("bilinear", [
    scaled("G1", pools.G1.valid[4]),
    g2(5),
    at("G1", pools.G1.valid[4].negate()),
    scaled("G2", pools.G2.valid[5]),
  ]);
  check("not bilinear", [
    scaled("G1", pools.G1.valid[4]),
    g2(5),
    g1(4),
    scaled("G2", pools.G2.valid[5]),
  ]);
  check("the same and infinity", [
    g1(4),
    g2(5),
    g1(0),
    g2(5),
    at("G1", pools.G1.valid[4].negate()),
    g2(5),
  ]);
  check("odd", [g1(1), g2(1), g1(1)]);
  check("short", [g1(1), g2(1).subarray(1)]);
  for (const name of ["G1", "G2"]) {
    for (const point of pools[name].outside.slice(0, 2)) {
      const bytes = at(name, point);
      check("outside the subgroup", name === "G1" ? [bytes, g2(1)] : [g1(1), bytes]);
      cases.add("pairing", "outside the subgroup", name === "G1" ? [bytes, g2(1)] : [g1(1), bytes]);
    }
  }
  cases.add("pairing", "exchanged", [g2(1), g1(1)]);
}

function gtCases(cases, pools) {
  const { curve, random } = cases;
  const { Fp12 } = curve;
  const e = curve.noble.pairing(pools.G1.valid[4], pools.G2.valid[5]);
  const one = Fp12.ONE;
  const outside = [
    Fp12.ZERO,
    Fp12.neg(one),
    Fp12.neg(e),
    Fp12.mul(e, Fp12.fromBigTwelve([2n, ...Array(11).fill(0n)])),
    Fp12.fromBigTwelve(Array.from({ length: 12 }, () => random.below(curve.p))),
  ];
  /* In the cyclotomic subgroup, but not of order r: the easy part of the final exponentiation. */
  const easy = Fp12.mul(Fp12.conjugate(outside[4]), Fp12.inv(outside[4]));
  outside.push(easy, Fp12.mul(Fp12.frobeniusMap(easy, 2), easy));
  for (const fmt of Object.keys(GT_ENCODINGS)) {
    const at = (value) => encodeGt(curve, fmt, value);
    for (const value of [one, e, Fp12.inv(e)]) {
      cases.add("gt.decode", fmt, [at(value)], { fmt });
      cases.add("gt.inv", fmt, [at(value)], { fmt });
    }
    cases.add("gt.mul", fmt, [at(e), at(e)], { fmt });
    cases.add("gt.mul", `${fmt} inverse`, [at(e), at(Fp12.inv(e))], { fmt });
    for (const value of outside) cases.add("gt.decode", `${fmt} outside`, [at(value)], { fmt });
    cases.add("gt.decode", `${fmt} short`, [at(e).subarray(1)], { fmt });
    cases.add("gt.decode", `${fmt} long`, [Buffer.concat([at(e), Buffer.alloc(1)])], { fmt });
    const big = Buffer.from(at(one));
    big.set(bigEndian(curve.p + 1n, curve.fpBytes), fmt === "gt_coeff" ? 0 : 11 * curve.fpBytes);
    cases.add("gt.decode", `${fmt} one plus p`, [big], { fmt });
  }
  const bytes = encodeGt(curve, "gt_coeff", e);
  for (const k of [0n, 1n, 2n, curve.r - 1n, random.below(curve.r), curve.r]) {
    cases.add("gt.exp", "", [bytes, scalar(k)]);
  }
  for (const times of [0, 1, 2, 7, 31, 32, 33, 64, 200, 1000, 1001]) {
    cases.add("gt.squares", "", [bytes, bigEndian(BigInt(times), 2)]);
    cases.add("gt.squares", "of one", [
      encodeGt(curve, "gt_coeff", one),
      bigEndian(BigInt(times), 2),
    ]);
  }
  cases.add("gt.squares", "outside", [encodeGt(curve, "gt_coeff", easy), scalar(1n)]);
  cases.add("gt.exp", "of one", [encodeGt(curve, "gt_coeff", one), scalar(5n)]);
  cases.add("gt.decode", "unknown fmt", [bytes], { fmt: "zcash" });
}

function signatureCases(cases) {
  const { curve, random } = cases;
  const [fmt] = fmtsOf(curve);
  const msg = ascii("a message");
  for (const [mode, keys, sigs] of [
    ["min_pk", curve.G1, curve.G2],
    ["min_sig", curve.G2, curve.G1],
  ]) {
    for (const hash of ["sha256", "keccak256"]) {
      const k = random.below(curve.r);
      const key = keys.times(keys.Point.BASE, k);
      const sig = sigs.times(hashPoint(sigs, { msg, dst: DST, hash, count: 2 }), k);
      const at = (group, point) => encodePoint(group, fmt, point);
      const ask = (note, changed = {}, more = {}) => {
        const { m = mode, pk = at(keys, key), text = msg, s = at(sigs, sig) } = changed;
        cases.add("bls.verify", `${mode} ${note}`, [ascii(m), pk, text, s], {
          dst: DST,
          hash,
          ...more,
        });
      };
      ask("good");
      ask("other message", { text: ascii("another message") });
      ask("other dst", {}, { dst: ascii("another") });
      ask("negated", { s: at(sigs, sig.negate()) });
      ask("other key", { pk: at(keys, keys.Point.BASE) });
      if (hash === "keccak256") continue;
      ask("empty message", { text: ascii("") });
      ask("other hash", {}, { hash: "keccak256" });
      ask("key at infinity", { pk: at(keys, keys.Point.ZERO) });
      ask("signature at infinity", { s: at(sigs, sigs.Point.ZERO) });
      ask("both at infinity", { pk: at(keys, keys.Point.ZERO), s: at(sigs, sigs.Point.ZERO) });
      ask("short signature", { s: at(sigs, sig).subarray(1) });
      ask("exchanged", { pk: at(sigs, sig), s: at(keys, key) });
      ask("unknown mode", { m: "min" });
      ask("no dst", {}, { dst: ascii("") });
    }
  }
}

function pools(curve, random, count) {
  return { G1: pointPool(curve.G1, random, count), G2: pointPool(curve.G2, random, count) };
}

/** The cases of a curve, {name of the file: list}. */
export function filesOf(curve) {
  const random = new Random(`keyward ${curve.name}`);
  const pool = pools(curve, random, 8);
  const file = (fill) => {
    const cases = new Cases(curve, random);
    fill(cases);
    return cases.list;
  };
  const each = (run) => (cases) => {
    for (const name of ["G1", "G2"]) run(cases, curve[name], pool[name]);
  };
  const perFmt = (run) =>
    each((cases, group, points) => fmtsOf(curve).forEach((fmt) => run(cases, group, points, fmt)));
  return {
    fields: file((cases) => (fieldCases(cases), scalarCases(cases), polynomialCases(cases))),
    towers: file((cases) => ["fp2", "fp6", "fp12"].forEach((name) => floorCases(cases, name))),
    encodings: file((cases) => (perFmt(decodeCases)(cases), perFmt(bothCases)(cases))),
    groups: file(
      (cases) => (
        perFmt(groupCases)(cases),
        each(multiplyCases)(cases),
        each(msmCases)(cases),
        each(interpolateCases)(cases),
        each(clearCases)(cases)
      ),
    ),
    hashing: file((cases) => (each(hashCases)(cases), each(mapCases)(cases))),
    pairings: file(
      (cases) => (pairingCases(cases, pool), gtCases(cases, pool), signatureCases(cases)),
    ),
  };
}
