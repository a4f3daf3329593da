// SPDX-License-Identifier: Apache-2.0
// Signed messages as they travel, and what is no signature of theirs: threshold.md section 2.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { CURVES, bigEndian, concat, hexOf, integerOf } from "./curve_groups.mjs";
import { encodePoint } from "./curve_encodings.mjs";
import { incrementPoint } from "./curve_maps.mjs";
import { Random } from "./curve_values.mjs";
import { utf8 } from "./threshold_key.mjs";
import { operatorOf } from "./threshold_wire.mjs";

const { G1, p } = CURVES.bn254;
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const textOf = ({ payload, hash, signature }) =>
  JSON.stringify({
    ...{ payload: base64(payload), hash: `0x${hexOf(hash)}`, signature: base64(signature) },
  });

function signedBy(operator, payload) {
  const hash = keccak_256(payload);
  return { payload, hash, signature: operator.sign(hash) };
}

/** A digest that takes this many steps to a point. */
function digestOf(random, increments) {
  for (;;) {
    const digest = random.bytes(32);
    const { x } = incrementPoint(digest).toAffine();
    if (x === (integerOf(digest) + BigInt(increments)) % p) return digest;
  }
}

function hashRow(random, digest) {
  const operator = operatorOf(random, 2);
  const point = incrementPoint(digest);
  return {
    ...{ digest: hexOf(digest), point: hexOf(encodePoint(G1, "eip196", point)) },
    increments: Number((((point.toAffine().x - integerOf(digest)) % p) + p) % p),
    ...{ secret_key: hexOf(operator.secret), signature: hexOf(operator.sign(digest)) },
  };
}

/** [name, what differs from a good one]. */
function spoiledBn254({ payload, hash, signature }, other) {
  const [x, y] = [signature.subarray(0, 32), signature.subarray(32)];
  const word = (value) => bigEndian(value, 32);
  const flipped = (bytes, at) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  return [
    ["of another key", { key: other.key }],
    ["another hash", { hash: flipped(hash, 3) }],
    ["another payload", { payload: flipped(payload, payload.length - 1) }],
    ["negated", { signature: concat(x, word(p - integerOf(y))) }],
    ["infinity", { signature: new Uint8Array(64) }],
    ["x + p", { signature: concat(word(integerOf(x) + p), y) }],
    ["off the curve", { signature: concat(x, word((integerOf(y) + 1n) % p)) }],
    ["63 bytes", { signature: signature.subarray(1) }],
  ];
}

function spoiledEcdsa({ signature }) {
  const order = secp256k1.Point.Fn.ORDER;
  const [r, s, v] = [signature.subarray(0, 32), signature.subarray(32, 64), signature[64]];
  const high = bigEndian(order - integerOf(s), 32);
  return [
    ["high s", { signature: concat(r, high, Uint8Array.of(55 - v)) }],
    ["v - 27", { signature: concat(r, s, Uint8Array.of(v - 27)) }],
  ];
}

export function authenticatedFile() {
  const random = new Random("threshold/authenticated");
  const [bn254, other, ecdsa] = [2, 2, 1].map((curve) => operatorOf(random, curve));
  const payload = () => concat(utf8("KWT1"), random.bytes(150));
  const good = [bn254, ecdsa].map((operator) => signedBy(operator, payload()));
  const row =
    (operator, message, isValid) =>
    ([name, changes]) => {
      const all = { key: operator.key, ...message, ...changes };
      const shown = Object.entries(all).map(([member, bytes]) => [member, hexOf(bytes)]);
      return { name, curve: operator.curve, ...Object.fromEntries(shown), valid: isValid };
    };
  const fromZero = [bigEndian(p, 32), bigEndian(0n, 32), new Uint8Array(32).fill(0xff)];
  return {
    json: good.map((message) => ({ text: textOf(message) })),
    hash_to_g1: [...[0, 1, 2].map((steps) => digestOf(random, steps)), ...fromZero].map((digest) =>
      hashRow(random, digest),
    ),
    cases: [
      row(bn254, good[0], true)(["BN254", {}]),
      row(ecdsa, good[1], true)(["secp256k1", {}]),
      ...spoiledBn254(good[0], other).map(row(bn254, good[0], false)),
      ...spoiledEcdsa(good[1]).map(row(ecdsa, good[1], false)),
    ],
  };
}
