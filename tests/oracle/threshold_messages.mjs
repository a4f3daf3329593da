// SPDX-License-Identifier: Apache-2.0
// Every body of a session's messages from its fields, and payloads that a parser refuses:
// threshold.md section 2. The points are any points, for a parser does not look at proofs.
import { concat, hexOf } from "./curve_groups.mjs";
import { Random, pointPool } from "./curve_values.mjs";
import { BLS, g1Times, g2Base, utf8 } from "./threshold_key.mjs";
import { g1, g2 } from "./threshold_dealing.mjs";
import { TYPES, counted, none, u16, u32, u64, u8 } from "./threshold_wire.mjs";

const [N, T] = [4, 3];
const NO_VIEW = 2 ** 32 - 1;
const GENESIS = { kind: 1, suite: 2, n: N, t: T, n_dealers: N, instance: "set" };
const FELDMAN = { ...GENESIS, suite: 1 };
const RESHARE = { ...FELDMAN, kind: 2 };
const OPEN = { ...GENESIS, instance: "open" };
const HANDOVER = { ...GENESIS, instance: "handover" };

/** What a case is drawn from; all values are bytes. */
class Drawer {
  constructor() {
    this.random = new Random("threshold messages");
  }

  list = (count, draw) => Array.from({ length: count }, draw);
  hash = () => this.random.bytes(32);
  hashes = (count) => this.list(count, this.hash);
  scalar = () => Uint8Array.from([0, ...this.random.bytes(31)]); // below r
  g1 = () => g1(g1Times(BLS.G1.Point.BASE, 1n + this.random.below(BLS.r - 1n)));
  g2 = () => g2(g2Base(1n + this.random.below(BLS.r - 1n)));
  proof = () => ({ c: this.scalar(), z: this.scalar() });
}

// ---- bodies

const pair = ({ c, z }) => concat(c, z);

const entryBytes = ({ status, hash, P, proof }) =>
  concat(u8(status), ...(status > 0 ? [hash] : []), ...(status === 2 ? [P, pair(proof)] : []));

function proposeBytes({ view, valid_view: valid, digest, hashes, opened }) {
  const list = opened === undefined ? counted(hashes) : counted(opened.map(u16));
  return concat(u32(view), u32(valid ?? NO_VIEW), ...(digest === undefined ? [] : [digest]), list);
}

const BODIES = {
  HELLO: (f) => concat(counted(f.suites.map(u8)), f.head, f.ek, pair(f.proof)),
  DEAL: (f) =>
    concat(
      ...[u16(f.t), u16(f.n), ...f.C, f.R, pair(f.proof_R), ...f.receivers, f.shares_root],
      ...(f.proof_a0 === undefined ? [] : [pair(f.proof_a0)]),
    ),
  SHARES: (f) => counted(f.E),
  HAVE: (f) => counted(f.have),
  ECHO: (f) => counted(f.echo.map(entryBytes)),
  PROPOSE: proposeBytes,
  PREVOTE: (f) => concat(u32(f.view), f.value, counted(f.wanted)),
  PRECOMMIT: (f) => concat(u32(f.view), f.value),
  EXTRACT: (f) => concat(u16(f.A.length), ...f.A, f.c, f.z_a, f.z_b),
  RECONSTRUCT: (f) => counted(f.pairs.map((p) => concat(u16(p.i), p.f, p.f2))),
  COMMIT: (f) => concat(f.digest, f.share),
  SEAL: (f) => concat(f.digest, f.share),
};

function payloadOf(draw, ctx, type, body) {
  const isHandover = ctx.instance === "handover"; // of no one session
  return concat(
    ...[utf8("KWT1"), u8(1 + TYPES.indexOf(type)), u8(isHandover ? 0 : ctx.suite)],
    ...[u16(0), draw.hash(), draw.hash(), u64(1), u64(isHandover ? 0 : 1783120020), u32(0)],
    ...[draw.random.bytes(20), body],
  );
}

// ---- what is accepted

const dealOf = (draw, point) => ({
  ...{ t: T, n: N, C: draw.list(T, point), R: draw.g1(), proof_R: draw.proof() },
  ...{ receivers: draw.hashes(N), shares_root: draw.hash() },
});

function acceptedCases(draw) {
  const ok = () => ({ status: 1, hash: draw.hash() });
  const missing = { status: 0 };
  const complaint = () => ({ status: 2, hash: draw.hash(), P: draw.g1(), proof: draw.proof() });
  const vote = (view, value) => ({ view, value });
  const end = () => ({ digest: draw.hash(), share: draw.g1() });
  return [
    ["HELLO", GENESIS, { suites: [1, 2], head: none, ek: draw.g1(), proof: draw.proof() }],
    ["DEAL suite 2", GENESIS, dealOf(draw, draw.g1)],
    ["DEAL suite 1, reshare", RESHARE, dealOf(draw, draw.g2)],
    ["DEAL suite 1, genesis", FELDMAN, { ...dealOf(draw, draw.g2), proof_a0: draw.proof() }],
    ["SHARES", GENESIS, { E: draw.list(N, () => draw.random.bytes(64)) }],
    ["HAVE", RESHARE, { have: [none, ...draw.hashes(N - 1)] }],
    ["ECHO", GENESIS, { echo: draw.list(N, ok) }],
    ["ECHO with complaint", GENESIS, { echo: [ok(), ok(), complaint(), ok()] }],
    ["ECHO with missing", RESHARE, { echo: [missing, ok(), ok(), missing] }],
    ["PROPOSE", GENESIS, { view: 0, valid_view: null, hashes: draw.hashes(N) }],
    ["PROPOSE with valid view", GENESIS, { view: 3, valid_view: 1, hashes: draw.hashes(3) }],
    ["PREVOTE", GENESIS, { ...vote(0, draw.hash()), wanted: [] }],
    ["PREVOTE nil, wanted", GENESIS, { ...vote(1, none), wanted: draw.hashes(2) }],
    ["PRECOMMIT", GENESIS, vote(0, draw.hash())],
    ["PROPOSE open", OPEN, { view: 0, valid_view: null, opened: [2] }],
    [
      "PROPOSE handover",
      HANDOVER,
      { view: 0, valid_view: null, digest: draw.hash(), hashes: draw.hashes(N) },
    ],
    ["PRECOMMIT handover", HANDOVER, vote(0, draw.hash())],
    [
      "EXTRACT",
      GENESIS,
      { A: draw.list(T, draw.g2), c: draw.scalar(), z_a: draw.scalar(), z_b: draw.scalar() },
    ],
    ["RECONSTRUCT", GENESIS, { pairs: [{ i: 2, f: draw.scalar(), f2: draw.scalar() }] }],
    ["COMMIT", GENESIS, end()],
    ["SEAL", GENESIS, end()],
  ];
}

// ---- what is refused

/** [name, type, fields]. */
function refusedBodies(draw, good) {
  const { HELLO: hello, DEAL: deal, SHARES: shares, ECHO: echo, PROPOSE: propose } = good;
  const pool = pointPool(BLS.G1, draw.random, 1);
  const infinity = g1(BLS.G1.Point.ZERO);
  const outside = g1(pool.outside[0]);
  const unflagged = hello.ek.map((byte, i) => (i === 0 ? byte & 0x7f : byte));
  const large = new Uint8Array(32).fill(0xff);
  const withC = (C) => ({ ...deal, C });
  const again = [propose.hashes[0], ...propose.hashes];
  const vote = { view: 0, value: draw.hash(), wanted: [draw.hash()] };
  return [
    ["ek infinity", "HELLO", { ...hello, ek: infinity }],
    ["ek off the subgroup", "HELLO", { ...hello, ek: outside }],
    ["ek not compressed", "HELLO", { ...hello, ek: unflagged }],
    ["suites descending", "HELLO", { ...hello, suites: [2, 1] }],
    ["proof c >= r", "HELLO", { ...hello, proof: { ...hello.proof, c: large } }],
    ["proof z >= r", "HELLO", { ...hello, proof: { ...hello.proof, z: large } }],
    ["DEAL t + 1", "DEAL", { ...deal, t: T + 1 }],
    ["DEAL n - 1", "DEAL", { ...deal, n: N - 1 }],
    ["DEAL C_2 infinity", "DEAL", withC([deal.C[0], deal.C[1], infinity])],
    ["DEAL with an extra point", "DEAL", { ...withC([...deal.C, draw.g1()]), t: T + 1 }],
    ["SHARES count 3", "SHARES", { E: shares.E.slice(1) }],
    ["ECHO status 3", "ECHO", { echo: [{ ...echo.echo[0], status: 3 }, ...echo.echo.slice(1)] }],
    ["ECHO count 5", "ECHO", { echo: [...echo.echo, { status: 0 }] }],
    ["PREVOTE wanted with a value", "PREVOTE", vote],
    ["PROPOSE duplicate hash", "PROPOSE", { ...propose, hashes: again }],
    ["PROPOSE valid view = view", "PROPOSE", { ...propose, view: 2, valid_view: 2 }],
  ];
}

/** [name, payload]: a good one, changed. */
function brokenPayloads(whole) {
  const changed = (at, byte) => Uint8Array.from(whole, (old, i) => (i === at ? byte : old));
  return [
    ["trailing byte", concat(whole, u8(0))],
    ["one byte short", whole.subarray(0, -1)],
    ["magic", changed(3, 0x32)],
    ["flags", changed(7, 1)],
    ["type 13", changed(4, 13)],
  ];
}

/** All bytes of fields as text. */
function shown(value) {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shown(part)]));
}

export function messagesFile() {
  const draw = new Drawer();
  const typeOf = (name) => name.split(" ")[0];
  const payload = (ctx, type, fields) => payloadOf(draw, ctx, type, BODIES[type](fields));
  const cases = acceptedCases(draw).map(([name, ctx, fields]) => {
    return { type: name, ctx, fields, payload: payload(ctx, typeOf(name), fields) };
  });
  const good = Object.fromEntries(
    ["HELLO", "DEAL suite 2", "SHARES", "ECHO", "PROPOSE"].map((name) => [
      typeOf(name),
      cases.find(({ type }) => type === name).fields,
    ]),
  );
  const refused = [
    ...brokenPayloads(cases[0].payload),
    ...refusedBodies(draw, good).map(([name, type, f]) => [name, payload(GENESIS, type, f)]),
  ];
  return {
    accepted: cases.map(shown),
    refused: {
      context: GENESIS,
      cases: refused.map(([name, bytes]) => ({ name, payload: hexOf(bytes) })),
    },
  };
}
