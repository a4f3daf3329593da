#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Random requests of kw-curve's protocol, one a line: all operations, cheap ones more often, edge
// values and broken encodings among the inputs. Same seed, same lines.
//
// Usage: curve_random.mjs SEED COUNT
import { pathToFileURL } from "node:url";
import { GT_ENCODINGS, encodeGt, encodePoint, fmtsOf } from "./curve_encodings.mjs";
import { CURVES, bigEndian, hexOf, integerOf } from "./curve_groups.mjs";
import { hashPoint } from "./curve_maps.mjs";
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

const POOL_POINTS = 24;

/** What all requests of one curve are drawn from. */
class World {
  constructor(curve, random) {
    Object.assign(this, { curve, random });
    this.pools = {
      g1: pointPool(curve.G1, random, POOL_POINTS),
      g2: pointPool(curve.G2, random, POOL_POINTS),
    };
    const e = curve.noble.pairing(this.pools.g1.valid[4], this.pools.g2.valid[5]);
    this.gts = [curve.Fp12.ONE, e, curve.Fp12.inv(e), curve.Fp12.mul(e, e)];
  }

  group(name) {
    return this.curve[name.toUpperCase()];
  }

  /** A scalar: an edge, a random one, rarely one that is refused. */
  scalar() {
    const { random, curve } = this;
    if (random.chance(0.02)) return this.damaged(bigEndian(random.pick(bigScalars(curve)), 32));
    const value = random.chance(0.4) ? random.pick(edgeScalars(curve)) : random.below(curve.r);
    return bigEndian(value, 32);
  }

  element() {
    const { random, curve } = this;
    if (random.chance(0.03)) {
      return this.damaged(bigEndian(random.pick(bigElements(curve)), curve.fpBytes));
    }
    const value = random.chance(0.4) ? random.pick(edgeElements(curve)) : random.below(curve.p);
    return bigEndian(value, curve.fpBytes);
  }

  damaged(bytes) {
    return this.random.chance(0.7) ? bytes : bytes.subarray(this.random.index(bytes.length));
  }

  index() {
    const { random } = this;
    const value = random.pick([
      0,
      1,
      2,
      3,
      5,
      7,
      100,
      255,
      65535,
      65536,
      65537,
      2 ** 32 - 1,
      2 ** 32,
    ]);
    return bigEndian(random.chance(0.5) ? BigInt(random.index(300)) : BigInt(value), 32);
  }

  /** An encoded point of the pools, nearly always valid. */
  point(name, fmt) {
    const { random } = this;
    const { valid, outside } = this.pools[name];
    const from = outside.length > 0 && random.chance(0.02) ? outside : valid;
    const bytes = random.pick(encodingsOf(this.group(name), fmt, random.pick(from)));
    return random.chance(0.01) ? random.pick(variants(this.curve, fmt, bytes))[1] : bytes;
  }

  /** For decoders: broken as often as not, in one to three places, or a small x, or noise. */
  suspicious(name, fmt) {
    const { random, curve } = this;
    let bytes = this.point(name, fmt);
    if (random.chance(0.05)) return random.bytes(bytes.length);
    for (let i = random.index(4); i > 0; i--) {
      if (bytes.length < 2) return bytes;
      const variant = random.chance(0.5)
        ? random.pick(variants(curve, fmt, bytes))[1]
        : this.otherByte(bytes);
      bytes = variant;
    }
    return bytes;
  }

  otherByte(bytes) {
    const copy = Uint8Array.from(bytes);
    const at = this.random.chance(0.5)
      ? this.random.pick([0, bytes.length - 1])
      : this.random.index(bytes.length);
    copy[at] = this.random.pick([0, 1, 0x40, 0x80, 0xc0, 0xff, copy[at] ^ 1, copy[at] ^ 0x20]);
    return copy;
  }

  floor(width) {
    const parts = Array.from({ length: width }, () => this.element());
    return Buffer.concat(this.random.chance(0.9) ? parts : parts.map(() => parts[0]));
  }

  /** Coordinates of a point of the curve, rarely of none. */
  raw(name) {
    const { valid, outside } = this.pools[name];
    const bytes = encodePoint(
      this.group(name),
      "snarkjs",
      this.random.pick([...valid, ...outside]),
    );
    return this.random.chance(0.1) ? this.otherByte(bytes) : bytes;
  }

  gt() {
    const { random, curve } = this;
    const fmt = random.pick(Object.keys(GT_ENCODINGS));
    const bytes = encodeGt(curve, fmt, random.pick(this.gts));
    return [fmt, random.chance(0.2) ? this.otherByte(bytes) : bytes];
  }
}

const list = (count, make) => Array.from({ length: count }, make);
const message = (random) =>
  random.bytes(random.pick([0, 1, 3, 31, 32, 33, 63, 64, 65, 135, 136, 137, 300]));

function dstOf(random) {
  return hexOf(random.bytes(random.pick([1, 16, 43, 254, 255, 256, 300])));
}

// Each makes {in, and members}, given a world and the operation's group.
const two = (make) => (w) => ({ in: list(2, () => make(w)) });
const one = (make) => (w) => ({ in: [make(w)] });
const scalars = (w) => w.scalar();
const elements = (w) => w.element();

function withFmt(w, make) {
  const fmt = w.random.pick(fmtsOf(w.curve));
  return { fmt, in: make(fmt) };
}

const MAKERS = {
  decode: (w, g) => withFmt(w, (fmt) => [w.suspicious(g, fmt)]),
  both: (w, g) => withFmt(w, (fmt) => [w.suspicious(g, fmt)]),
  add: (w, g) => withFmt(w, (fmt) => list(2, () => w.point(g, fmt))),
  neg: (w, g) => withFmt(w, (fmt) => [w.point(g, fmt)]),
  mul: (w, g) => withFmt(w, (fmt) => [w.point(g, fmt), w.scalar()]),
  msm: (w, g) =>
    withFmt(w, (fmt) => {
      const n = 1 + w.random.index(w.random.chance(0.1) ? 12 : 3);
      return [...list(n, () => w.point(g, fmt)), ...list(n, () => w.scalar())];
    }),
  poly_eval: (w, g) =>
    withFmt(w, (fmt) => [...list(1 + w.random.index(4), () => w.point(g, fmt)), w.index()]),
  interpolate: (w, g) =>
    withFmt(w, (fmt) => {
      const n = 1 + w.random.index(4);
      return [...list(n, () => w.point(g, fmt)), ...list(n, () => w.index())];
    }),
  hash: (w) => ({ ...hashMembers(w), in: [message(w.random)] }),
  encode_to_curve: (w) => ({ ...hashMembers(w), in: [message(w.random)] }),
  map: (w, g) => ({ in: list(w.group(g).parts, () => w.element()) }),
  clear: (w, g) => withFmt(w, () => [w.raw(g)]),
  increment: (w) => ({ in: [w.random.bytes(32)] }),
};

function hashMembers({ random }) {
  return { dst: dstOf(random), hash: random.pick(["sha256", "keccak256"]) };
}

function pairingCheck(w) {
  const [fmt] = fmtsOf(w.curve);
  const { random, curve } = w;
  if (random.chance(0.3)) {
    return { in: list(1 + random.index(2), () => [w.point("g1", fmt), w.point("g2", fmt)]).flat() };
  }
  const k = random.chance(0.5) ? random.pick(edgeScalars(curve)) : random.below(curve.r);
  const [p, q] = [random.pick(w.pools.g1.valid), random.pick(w.pools.g2.valid)];
  const at = (group, point) => encodePoint(group, fmt, point);
  return {
    in: [
      at(curve.G1, curve.G1.times(p, k)),
      at(curve.G2, q),
      at(curve.G1, p.negate()),
      at(curve.G2, curve.G2.times(q, k)),
    ],
  };
}

function signature(w) {
  const { random, curve } = w;
  const mode = random.pick(["min_pk", "min_sig"]);
  const [keys, sigs] = mode === "min_pk" ? [curve.G1, curve.G2] : [curve.G2, curve.G1];
  const [fmt] = fmtsOf(curve);
  const members = hashMembers(w);
  const msg = message(random);
  const k = random.below(curve.r);
  const options = { msg, dst: Buffer.from(members.dst, "hex"), hash: members.hash, count: 2 };
  const sig = encodePoint(sigs, fmt, sigs.times(hashPoint(sigs, options), k));
  const key = encodePoint(keys, fmt, keys.times(keys.Point.BASE, k));
  const inputs = [Buffer.from(mode), key, msg, sig];
  if (random.chance(0.4)) inputs[1 + random.index(3)] = w.point(random.pick(["g1", "g2"]), fmt);
  return { ...members, in: inputs };
}

function lagrange({ random }) {
  const indices = list(1 + random.index(12), () => bigEndian(BigInt(1 + random.index(40)), 32));
  return {
    in: random.chance(0.7) ? [...new Map(indices.map((x) => [integerOf(x), x])).values()] : indices,
  };
}

const GT = {
  "gt.decode": (w) => gtCase(w, 1),
  "gt.mul": (w) => gtCase(w, 2),
  "gt.inv": (w) => gtCase(w, 1),
  "gt.exp": (w) => {
    const made = gtCase(w, 1);
    return { ...made, in: [...made.in, w.scalar()] };
  },
  "gt.squares": (w) => {
    const made = gtCase(w, 1);
    return { ...made, in: [...made.in, bigEndian(BigInt(w.random.index(100)), 2)] };
  },
};

function gtCase(w, count) {
  const [fmt, bytes] = w.gt();
  return {
    fmt,
    in: [bytes, ...list(count - 1, () => encodeGt(w.curve, fmt, w.random.pick(w.gts)))],
  };
}

// Weights: noble needs microseconds for a field operation, 20 ms and more for a pairing.
const ROWS = [
  ...["fr.add", "fr.sub", "fr.mul"].map((op) => [300, { op, make: two(scalars) }]),
  ...["fr.neg", "fr.inv"].map((op) => [300, { op, make: one(scalars) }]),
  [
    200,
    {
      op: "fr.wide",
      make: one((w) => w.random.bytes(w.random.pick([47, 48, 49, 56, 63, 64, 65]))),
    },
  ],
  [700, { op: "fp.mul", make: two(elements) }],
  ...["fp.add", "fp.sub"].map((op) => [200, { op, make: two(elements) }]),
  ...["fp.neg", "fp.inv", "fp.sqrt"].map((op) => [400, { op, make: one(elements) }]),
  [
    200,
    {
      op: "fp.wide",
      make: one((w) => w.random.bytes(w.random.pick([47, 48, 63, 64, 65, 80, 96, 97]))),
    },
  ],
  ...[2, 6, 12].flatMap((width) => {
    const one = (w) => w.floor(width);
    const power = (w) => bigEndian(BigInt(1 + w.random.index(3)), 1);
    return [
      [120, { op: `fp${width}.mul`, make: two(one) }],
      [60, { op: `fp${width}.inv`, make: (w) => ({ in: [one(w)] }) }],
      [40, { op: `fp${width}.frobenius`, make: (w) => ({ in: [one(w), power(w)] }) }],
    ];
  }),
  ...["fp", "fp2"].map((field) => [40, { op: `${field}.hash`, make: MAKERS.hash }]),
  [
    600,
    {
      op: "poly.eval",
      make: (w) => ({ in: [...list(1 + w.random.index(8), () => w.scalar()), w.index()] }),
    },
  ],
  [300, { op: "lagrange", make: lagrange }],
  [
    100,
    {
      op: "expand",
      make: (w) => ({
        ...hashMembers(w),
        in: [message(w.random), bigEndian(BigInt(w.random.index(600)), 2)],
      }),
    },
  ],
  ...[
    ["g1", 900, 100, 600, 300, 150, 50, 50, 40, 120, 40, 50, 60],
    ["g2", 450, 60, 300, 150, 40, 12, 12, 12, 30, 12, 15, 30],
  ].flatMap(([group, ...weights]) =>
    [
      "decode",
      "both",
      "add",
      "neg",
      "mul",
      "msm",
      "poly_eval",
      "interpolate",
      "hash",
      "encode_to_curve",
      "map",
      "clear",
    ].map((name, i) => [
      weights[i],
      { op: `${group}.${name}`, make: (w) => MAKERS[name](w, group) },
    ]),
  ),
  [100, { op: "g1.increment", make: MAKERS.increment }],
  [
    25,
    { op: "pairing", make: (w) => withFmt(w, (fmt) => [w.point("g1", fmt), w.point("g2", fmt)]) },
  ],
  [30, { op: "pairing.check", make: pairingCheck }],
  [25, { op: "bls.verify", make: signature }],
  ...Object.entries(GT).map(([op, make]) => [op === "gt.exp" ? 20 : 40, { op, make }]),
];

/** Calls `take` with each of `count` requests: first each operation on each curve, then draws. */
export function randomRequests(seed, count, take) {
  const random = new Random(`keyward random ${seed}`);
  const worlds = Object.values(CURVES).map((curve) => new World(curve, random));
  const dealt = worlds.flatMap((w) => ROWS.map(([, row]) => [w, row]));
  for (let id = 0; id < count; id++) {
    const [w, { op, make }] = dealt[id] ?? [random.pick(worlds), random.weighted(ROWS)];
    const made = make(w);
    take({ id, curve: w.curve.name, op, ...made, in: made.in.map(hexOf) });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [seed = "1", count = "100"] = process.argv.slice(2);
  randomRequests(seed, Number(count), (request) =>
    process.stdout.write(JSON.stringify(request) + "\n"),
  );
}
