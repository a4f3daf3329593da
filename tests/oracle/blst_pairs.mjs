#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Random requests of kw-curve's protocol with the answers of npm @chainsafe/blst, a third
// implementation: signatures with keys in G1, encodings of keys and signatures, broken as often as
// not. Prints `request TAB answer` lines; the answer is JSON, or `refused` for any status.
//
// Usage: blst_pairs.mjs SEED COUNT
import { createRequire } from "node:module";
import { CURVES, bigEndian, hexOf } from "./curve_groups.mjs";
import { Random, encodingsOf, pointPool, variants } from "./curve_values.mjs";

const blst = createRequire(import.meta.url)("@chainsafe/blst");
const curve = CURVES["bls12-381"];
const DST = hexOf(Buffer.from("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"));

const G1_INFINITY = "c0".padEnd(96, "0");
const G1_INFINITY_LONG = "40".padEnd(192, "0");

/**
 * What blst takes as a point, in compressed hexadecimal; undefined when it refuses. It refuses the
 * good encoding of infinity as a key, which a broken point may become.
 */
function pointOf(group, bytes) {
  if (group === "g1" && [G1_INFINITY, G1_INFINITY_LONG].includes(hexOf(bytes))) {
    return G1_INFINITY;
  }
  try {
    const point =
      group === "g1"
        ? blst.PublicKey.fromBytes(bytes, true)
        : blst.Signature.fromBytes(bytes, true, false);
    return point.toHex().slice(2);
  } catch {
    return undefined;
  }
}

function decodePair(random, pools, id) {
  const group = random.pick(["g1", "g2"]);
  const { valid, outside } = pools[group];
  const inside = group === "g1" ? valid.slice(1) : valid; /* no key is at infinity */
  const point = random.pick(random.chance(0.1) ? outside : inside);
  const bytes = random.pick(encodingsOf(curve[group.toUpperCase()], "zcash", point));
  const broken = random.chance(0.5) ? random.pick(variants(curve, "zcash", bytes))[1] : bytes;
  const request = { id, curve: curve.name, op: `${group}.decode`, in: [hexOf(broken)] };
  const out = pointOf(group, broken);
  return [request, out === undefined ? undefined : { id, out }];
}

function verifyPair(random, id) {
  const keyOf = () => blst.SecretKey.fromBytes(bigEndian(1n + random.below(curve.r - 1n), 32));
  const [key, other] = [keyOf(), keyOf()];
  const msg = random.bytes(random.pick([0, 1, 32, 100]));
  const signed = random.chance(0.7) ? msg : random.bytes(32);
  const sig = (random.chance(0.8) ? key : other).sign(signed);
  const pk = key.toPublicKey();
  const inputs = [Buffer.from("min_pk"), pk.toBytes(), msg, sig.toBytes()];
  const request = {
    id,
    curve: curve.name,
    op: "bls.verify",
    in: inputs.map(hexOf),
    dst: DST,
  };
  return [request, { id, out: blst.verify(msg, pk, sig, true, true) }];
}

const [seed = "1", count = "100"] = process.argv.slice(2);
const random = new Random(`keyward blst ${seed}`);
const pools = { g1: pointPool(curve.G1, random, 16), g2: pointPool(curve.G2, random, 16) };
for (let id = 0; id < Number(count); id++) {
  const [request, answer] = random.chance(0.3)
    ? verifyPair(random, id)
    : decodePair(random, pools, id);
  console.log(
    `${JSON.stringify(request)}\t${answer === undefined ? "refused" : JSON.stringify(answer)}`,
  );
}
