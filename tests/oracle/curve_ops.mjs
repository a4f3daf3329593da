// SPDX-License-Identifier: Apache-2.0
// The operations of kw-curve, computed by @noble/curves and plain integers: request in, answer out.
// docs/protocol/kw_curve.md describes the protocol; inputs are judged from left to right.
import {
  CURVES,
  Refused,
  bigEndian,
  bytesOf,
  concat,
  hexOf,
  integerOf,
  need,
  pairingProduct,
} from "./curve_groups.mjs";
import {
  GT_ENCODINGS,
  HAS_BOTH,
  decodeFp,
  decodeGt,
  decodePoint,
  decodeScalar,
  encodeBoth,
  encodeGt,
  encodePoint,
  fmtsOf,
} from "./curve_encodings.mjs";
import { HASHES, clearPoint, expand, hashElements, hashPoint, incrementPoint, mapPoint } from "./curve_maps.mjs";

const POLY_INDEX_MAX = 1n << 16n;
const LAGRANGE_MAX = 4096;

const mod = (value, bound) => ((value % bound) + bound) % bound;
const scalarBytes = (value) => bigEndian(value, 32);
const fpBytes = (curve, value) => bigEndian(value, curve.fpBytes);

/** What an operation gets: its curve, inputs, and the members that it may read. */
class Call {
  constructor(curve, { fmt, dst, hash }, inputs) {
    Object.assign(this, { curve, fmt, dst, hash, inputs });
  }

  count(...allowed) {
    need(allowed.includes(this.inputs.length), "arg");
  }

  fr(index) {
    return decodeScalar(this.curve, this.inputs[index]);
  }

  fp(index) {
    return decodeFp(this.curve, this.inputs[index]);
  }

  point(group, index, rules) {
    return decodePoint(group, this.fmt, this.inputs[index], rules);
  }

  points(group, from, to) {
    return this.inputs.slice(from, to).map((_, i) => this.point(group, from + i));
  }

  scalars(from) {
    return this.inputs.slice(from).map((_, i) => this.fr(from + i));
  }

  out(group, point) {
    return encodePoint(group, this.fmt, point);
  }

  /** The domain separation tag: the member `dst`, or the input behind the others. */
  takeDst(inputsCount) {
    this.count(inputsCount, ...(this.dst === undefined ? [inputsCount + 1] : []));
    const dst = this.dst ?? this.inputs[inputsCount];
    need(dst !== undefined && dst.length > 0, "arg");
    return dst;
  }
}

// ---- fields

const scalarOps = {
  "fr.add": (c) => (c.count(2), scalarBytes(mod(c.fr(0) + c.fr(1), c.curve.r))),
  "fr.sub": (c) => (c.count(2), scalarBytes(mod(c.fr(0) - c.fr(1), c.curve.r))),
  "fr.neg": (c) => (c.count(1), scalarBytes(mod(-c.fr(0), c.curve.r))),
  "fr.mul": (c) => (c.count(2), scalarBytes(c.curve.Fr.mul(c.fr(0), c.fr(1)))),
  "fr.inv": (c) => {
    c.count(1);
    const value = c.fr(0);
    need(value !== 0n, "arg");
    return scalarBytes(c.curve.Fr.inv(value));
  },
  "fr.wide": (c) => {
    c.count(1);
    need(c.inputs[0].length >= 48 && c.inputs[0].length <= 64, "arg");
    return scalarBytes(integerOf(c.inputs[0]) % c.curve.r);
  },
};

const elementOps = {
  "fp.add": (c) => (c.count(2), fpBytes(c.curve, c.curve.Fp.add(c.fp(0), c.fp(1)))),
  "fp.sub": (c) => (c.count(2), fpBytes(c.curve, c.curve.Fp.sub(c.fp(0), c.fp(1)))),
  "fp.neg": (c) => (c.count(1), fpBytes(c.curve, c.curve.Fp.neg(c.fp(0)))),
  "fp.mul": (c) => (c.count(2), fpBytes(c.curve, c.curve.Fp.mul(c.fp(0), c.fp(1)))),
  "fp.inv": (c) => {
    c.count(1);
    const value = c.fp(0);
    need(value !== 0n, "arg");
    return fpBytes(c.curve, c.curve.Fp.inv(value));
  },
  /* 128 bits more than the field has, at least. */
  "fp.wide": (c) => {
    c.count(1);
    const { length } = c.inputs[0];
    need(length >= c.curve.fpBytes + 16 && length <= 2 * c.curve.fpBytes, "arg");
    return fpBytes(c.curve, integerOf(c.inputs[0]) % c.curve.p);
  },
  /* Both primes are 3 mod 4: the root is a^((p + 1) / 4). */
  "fp.sqrt": (c) => {
    c.count(1);
    const value = c.fp(0);
    const root = c.curve.Fp.pow(value, (c.curve.p + 1n) / 4n);
    need(c.curve.Fp.sqr(root) === value, "arg");
    return fpBytes(c.curve, root);
  },
};

/** Elements of Fp2, Fp6, Fp12 as lists of coefficients, lowest first: noble's nested objects. */
const FLOORS = { fp2: ["c0", "c1"], fp6: ["c0", "c1", "c2"], fp12: ["c0", "c1"] };
const BELOW = { fp2: undefined, fp6: "fp2", fp12: "fp6" };

function floorParts(name, value) {
  if (name === undefined) return [value];
  return FLOORS[name].flatMap((part) => floorParts(BELOW[name], value[part]));
}

function floorOf(name, parts) {
  if (name === undefined) return parts[0];
  const width = parts.length / FLOORS[name].length;
  const entries = FLOORS[name].map((part, i) => [
    part,
    floorOf(BELOW[name], parts.slice(i * width, (i + 1) * width)),
  ]);
  return Object.fromEntries(entries);
}

function floorOps(name) {
  const field = (c) => c.curve.noble.fields[name.replace("fp", "Fp")];
  const width = Number(name.slice(2));
  const read = (c, index) => {
    const { fpBytes } = c.curve;
    const bytes = c.inputs[index];
    need(bytes.length === width * fpBytes, "length");
    const at = (i) => bytes.subarray(i * fpBytes, (i + 1) * fpBytes);
    return floorOf(
      name,
      Array.from({ length: width }, (_, i) => decodeFp(c.curve, at(i))),
    );
  };
  const out = (c, value) =>
    concat(...floorParts(name, value).map((part) => fpBytes(c.curve, part)));
  return {
    [`${name}.mul`]: (c) => (c.count(2), out(c, field(c).mul(read(c, 0), read(c, 1)))),
    [`${name}.inv`]: (c) => {
      c.count(1);
      const value = read(c, 0);
      need(!field(c).is0(value), "arg");
      return out(c, field(c).inv(value));
    },
    [`${name}.frobenius`]: (c) => {
      c.count(2);
      const value = read(c, 0);
      const power = integerOf(c.inputs[1]);
      need(power >= 1n && power <= 3n, "arg");
      return out(c, field(c).frobeniusMap(value, Number(power)));
    },
  };
}

function hashField(c, group) {
  const dst = c.takeDst(1);
  const list = hashElements(group, { msg: c.inputs[0], dst, hash: c.hash, count: 2 });
  return concat(...list.flat().map((part) => fpBytes(c.curve, part)));
}

/** Coefficients l[i] with f(0) = sum l[i] f(index[i]). */
function lagrangeAtZero({ Fr }, list) {
  need(list.length > 0 && list.length <= LAGRANGE_MAX, "arg");
  need(list.every((index) => index !== 0n) && new Set(list).size === list.length, "arg");
  return list.map((own, i) => {
    const others = list.filter((_, k) => k !== i);
    const above = others.reduce((product, index) => Fr.mul(product, index), 1n);
    const below = others.reduce((product, index) => Fr.mul(product, Fr.sub(index, own)), 1n);
    return Fr.div(above, below);
  });
}

// ---- groups

function sumOfProducts(group, points, scalars) {
  return points.reduce(
    (sum, point, i) => sum.add(group.times(point, scalars[i])),
    group.Point.ZERO,
  );
}

function multiply(c, group) {
  c.count(2);
  const point = c.point(group, 0);
  return c.out(group, group.times(point, c.fr(1)));
}

function msm(c, group) {
  const n = c.inputs.length / 2;
  need(Number.isInteger(n), "arg");
  const points = c.points(group, 0, n);
  return c.out(group, sumOfProducts(group, points, c.scalars(n)));
}

/** The value at zero of the polynomial that has these points at these indices of 32 bits. */
function interpolate(c, group) {
  const n = c.inputs.length / 2;
  need(Number.isInteger(n), "arg");
  const points = c.points(group, 0, n);
  const indices = c.scalars(n);
  need(
    indices.every((index) => index < 1n << 32n),
    "arg",
  );
  return c.out(group, sumOfProducts(group, points, lagrangeAtZero(c.curve, indices)));
}

function hash(c, group, count) {
  const dst = c.takeDst(1);
  return c.out(group, hashPoint(group, { msg: c.inputs[0], dst, hash: c.hash, count }));
}

/** A committed polynomial at a small index. */
function pointPoly(c, group) {
  const n = c.inputs.length - 1;
  need(n >= 1, "arg");
  const points = c.points(group, 0, n);
  const index = c.fr(n);
  need(index > 0n && index <= POLY_INDEX_MAX, "arg");
  const powers = points.map((_, i) => c.curve.Fr.pow(index, BigInt(i)));
  return c.out(group, sumOfProducts(group, points, powers));
}

function map(c, group) {
  c.count(group.parts);
  return c.out(
    group,
    mapPoint(
      group,
      c.inputs.map((_, i) => c.fp(i)),
    ),
  );
}

function groupOps(name) {
  const of = (run) => (c) => run(c, c.curve[name.toUpperCase()]);
  return {
    [`${name}.decode`]: of((c, g) => (c.count(1), c.out(g, c.point(g, 0)))),
    /* Answers with both coordinates. */
    /* Of any point of the curve. */
    [`${name}.clear`]: of((c, g) => {
      need(c.curve.name !== "bn254" || name === "g2", "arg");
      c.count(1);
      const point = decodePoint(g, "snarkjs", c.inputs[0], { subgroup: false });
      return c.out(g, clearPoint(g, point));
    }),
    [`${name}.both`]: of((c, g) => {
      c.count(1);
      need(HAS_BOTH.has(c.fmt), "arg");
      return encodeBoth(g, c.fmt, c.point(g, 0));
    }),
    [`${name}.add`]: of((c, g) => {
      c.count(2);
      const rules = { subgroup: c.fmt !== "eip2537" };
      const first = c.point(g, 0, rules);
      return c.out(g, first.add(c.point(g, 1, rules)));
    }),
    [`${name}.neg`]: of((c, g) => (c.count(1), c.out(g, c.point(g, 0).negate()))),
    [`${name}.mul`]: of(multiply),
    [`${name}.msm`]: of(msm),
    [`${name}.interpolate`]: of(interpolate),
    [`${name}.hash`]: of((c, g) => hash(c, g, 2)),
    [`${name}.encode_to_curve`]: of((c, g) => hash(c, g, 1)),
    [`${name}.map`]: of(map),
    [`${name}.poly_eval`]: of(pointPoly),
  };
}

function increment(c) {
  c.count(1);
  need(c.curve.name === "bn254", "arg");
  return c.out(c.curve.G1, incrementPoint(c.inputs[0]));
}

// ---- pairings

function pairs(c) {
  need(c.inputs.length % 2 === 0, "arg");
  const list = [];
  for (let i = 0; i < c.inputs.length; i += 2) {
    list.push({ g1: c.point(c.curve.G1, i), g2: c.point(c.curve.G2, i + 1) });
  }
  return list;
}

function pairing(c) {
  c.count(2);
  return encodeGt(c.curve, "gt_coeff", pairingProduct(c.curve, pairs(c)));
}

function pairingCheck(c) {
  const { Fp12 } = c.curve;
  return Fp12.eql(pairingProduct(c.curve, pairs(c)), Fp12.ONE);
}

/** e(G1, sig) = e(pk, H) with keys in G1 (min_pk), or with the groups exchanged (min_sig). */
function blsVerify(c) {
  const dst = c.takeDst(4);
  const mode = Buffer.from(c.inputs[0]).toString("latin1");
  need(mode === "min_pk" || mode === "min_sig", "arg");
  const { G1, G2, Fp12 } = c.curve;
  const [keys, sigs] = mode === "min_pk" ? [G1, G2] : [G2, G1];
  const key = c.point(keys, 1, { infinity: false });
  const sig = c.point(sigs, 3, { infinity: false });
  const hashed = hashPoint(sigs, { msg: c.inputs[2], dst, hash: c.hash, count: 2 });
  const pair = (k, s) => (mode === "min_pk" ? { g1: k, g2: s } : { g1: s, g2: k });
  const product = pairingProduct(c.curve, [pair(keys.Point.BASE.negate(), sig), pair(key, hashed)]);
  return Fp12.eql(product, Fp12.ONE);
}

const gtOps = {
  "gt.decode": (c) => (c.count(1), encodeGt(c.curve, c.fmt, decodeGt(c.curve, c.fmt, c.inputs[0]))),
  "gt.mul": (c) => {
    c.count(2);
    const [a, b] = c.inputs.map((bytes) => decodeGt(c.curve, c.fmt, bytes));
    return encodeGt(c.curve, c.fmt, c.curve.Fp12.mul(a, b));
  },
  "gt.inv": (c) => {
    c.count(1);
    const value = decodeGt(c.curve, c.fmt, c.inputs[0]);
    return encodeGt(c.curve, c.fmt, c.curve.Fp12.inv(value));
  },
  "gt.exp": (c) => {
    c.count(2);
    const value = decodeGt(c.curve, c.fmt, c.inputs[0]);
    return encodeGt(c.curve, c.fmt, c.curve.Fp12.pow(value, c.fr(1)));
  },
  "gt.squares": (c) => {
    c.count(2);
    const value = decodeGt(c.curve, c.fmt, c.inputs[0]);
    const times = integerOf(c.inputs[1]);
    need(times <= 1000n, "arg");
    let power = value;
    for (let i = 0n; i < times; i++) power = c.curve.Fp12.sqr(power);
    return encodeGt(c.curve, c.fmt, power);
  },
};

// ---- polynomials over Fr

function polyEval(c) {
  const n = c.inputs.length - 1;
  need(n >= 1, "arg");
  const list = c.scalars(0);
  const index = list.pop();
  need(index !== 0n, "arg");
  return scalarBytes(list.reduceRight((sum, value) => (sum * index + value) % c.curve.r, 0n));
}

function lagrange(c) {
  return concat(...lagrangeAtZero(c.curve, c.scalars(0)).map(scalarBytes));
}

function expandMessage(c) {
  const dst = c.takeDst(2);
  return expand(c.inputs[0], dst, Number(integerOf(c.inputs[1])), c.hash);
}

export const OPS = {
  ...scalarOps,
  ...elementOps,
  ...floorOps("fp2"),
  ...floorOps("fp6"),
  ...floorOps("fp12"),
  "fp.hash": (c) => hashField(c, c.curve.G1),
  "fp2.hash": (c) => hashField(c, c.curve.G2),
  ...groupOps("g1"),
  ...groupOps("g2"),
  ...gtOps,
  "g1.increment": increment,
  pairing,
  "pairing.check": pairingCheck,
  "bls.verify": blsVerify,
  "poly.eval": polyEval,
  lagrange,
  expand: expandMessage,
};

// ---- requests

const isHex = (text) =>
  typeof text === "string" && text.length % 2 === 0 && /^[0-9a-f]*$/.test(text);
const MEMBERS = new Set(["id", "curve", "op", "in", "fmt", "dst", "hash"]);

function compute(request) {
  const { curve: curveName, op, in: inputs, dst } = request;
  need(
    Object.keys(request).every((name) => MEMBERS.has(name)),
    "bad_input",
  );
  const names = [curveName, op, request.fmt ?? "", request.hash ?? ""];
  need(
    names.every((name) => typeof name === "string"),
    "bad_input",
  );
  need(Array.isArray(inputs) && inputs.every(isHex), "bad_input");
  need(dst === undefined || isHex(dst), "bad_input");
  need(Object.hasOwn(CURVES, curveName) && Object.hasOwn(OPS, op), "arg");
  const curve = CURVES[curveName];
  const fmts = op.startsWith("gt.") ? Object.keys(GT_ENCODINGS) : fmtsOf(curve);
  const { fmt = fmts[0], hash = "sha256" } = request;
  need(Object.hasOwn(HASHES, hash) && fmts.includes(fmt), "arg");
  const members = { fmt, hash, dst: dst === undefined ? undefined : bytesOf(dst) };
  return OPS[op](new Call(curve, members, inputs.map(bytesOf)));
}

/** {id, out} or {id, error}. Throws only when the oracle itself is wrong. */
export function answer(request) {
  const isObject = typeof request === "object" && request !== null && !Array.isArray(request);
  const isId =
    isObject && ["string", "number", "undefined"].includes(typeof (request.id ?? undefined));
  const id = isId ? (request.id ?? null) : null;
  try {
    need(isId && (typeof id !== "number" || Number.isSafeInteger(id)), "bad_input");
    const out = compute(request);
    return { id, out: typeof out === "boolean" ? out : hexOf(out) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { id, error: error.status };
  }
}
