#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes small files of a ceremony on both curves with snarkjs, which shares no code with us: powers
// of tau, a circuit, its keys. Contributions take randomness of their own, so every run gives others.
//
// Usage: node tools/zk_vectors.mjs FOLDER [POWER [CURVE]]
//   FOLDER: tests/vectors/params for those in the tree; POWER: of two, 3 by default; CURVE: bn254 or
//   bls12_381 alone.
import { createRequire } from "node:module";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../tests/oracle/package.json", import.meta.url));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const snarkjs = await load("snarkjs");

const folder = process.argv[2];
const power = Number(process.argv[3] ?? 3);
const beacon = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
const curves = {
  bn254: {
    name: "bn128",
    order: 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n,
  },
  bls12_381: {
    name: "bls12381",
    order: 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n,
  },
};

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const number = (value) =>
  Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();

// The container of iden3/binfileutils.
const binfile = (magic, sections) =>
  Buffer.concat([
    Buffer.from(magic),
    u32(1),
    u32(sections.length),
    ...sections.flatMap(([id, bytes]) => [u32(id), u64(bytes.length), bytes]),
  ]);

// Wires: 0 one, 1 out, 2 public p, 3 private x, 4 x^2, 5 x^3.
// x x = x^2, x^2 x = x^3, (x^3 - x + 5 + 7 p) 1 = out.
const constraints = (order) => [
  [{ 3: 1n }, { 3: 1n }, { 4: 1n }],
  [{ 4: 1n }, { 3: 1n }, { 5: 1n }],
  [{ 0: 5n, 2: 7n, 3: order - 1n, 5: 1n }, { 0: 1n }, { 1: 1n }],
];

const combination = (terms) => {
  const rows = Object.entries(terms);
  return [u32(rows.length), ...rows.flatMap(([wire, value]) => [u32(Number(wire)), number(value)])];
};

const r1cs = (order) => {
  const rows = constraints(order);
  const wires = 6;
  const header = Buffer.concat([
    u32(32), number(order), u32(wires), u32(1), u32(1), u32(1), u64(wires), u32(rows.length),
  ]);
  const body = Buffer.concat(rows.flat().flatMap(combination));
  const labels = Buffer.concat([...Array(wires).keys()].map(u64));
  return binfile("r1cs", [[1, header], [2, body], [3, labels]]);
};

const { getCurveFromName } = await load("ffjavascript");
const wanted = Object.entries(curves).filter(([file]) => file === (process.argv[4] ?? file));
for (const [file, { name, order }] of wanted) {
  const at = (suffix) => join(folder, `${file}${suffix}`);
  const curve = await getCurveFromName(name);
  await snarkjs.powersOfTau.newAccumulator(curve, power, at(".0"));
  await snarkjs.powersOfTau.contribute(at(".0"), at(".1"), "first", "some");
  await snarkjs.powersOfTau.contribute(at(".1"), at(".2"), "second", "more");
  await snarkjs.powersOfTau.beacon(at(".2"), at(".plain.ptau"), "beacon", beacon, 10);
  await snarkjs.powersOfTau.preparePhase2(at(".plain.ptau"), at(".ptau"));
  writeFileSync(at(".r1cs"), r1cs(order));
  await snarkjs.zKey.newZKey(at(".r1cs"), at(".ptau"), at(".initial"));
  await snarkjs.zKey.contribute(at(".initial"), at(".1"), "first", "some");
  await snarkjs.zKey.contribute(at(".1"), at(".2"), "second", "more");
  await snarkjs.zKey.beacon(at(".2"), at(".zkey"), "beacon", beacon, 10);
  const vkey = await snarkjs.zKey.exportVerificationKey(at(".zkey"));
  writeFileSync(at(".vk.json"), JSON.stringify(vkey, null, 1) + "\n");
  const isFine = await snarkjs.zKey.verifyFromR1cs(at(".r1cs"), at(".ptau"), at(".zkey"));
  for (const suffix of [".0", ".1", ".2", ".initial", ".plain.ptau"]) {
    rmSync(at(suffix));
  }
  if (!isFine) {
    throw new Error(`snarkjs refuses its own ${file}`);
  }
}
process.exit(0);
