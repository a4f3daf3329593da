#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Inputs of the fuzz targets of curve/ as requests of kw-curve's protocol: what libFuzzer found gets
// noble's verdict too. Prints one request a line for each input of the folders.
//
// Usage: curve_corpus.mjs FOLDER...     FOLDER holds curve_bls_points and so on: folders of inputs,
//                                       or files with an input in hexadecimal on each line
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CURVES, bigEndian, bytesOf, hexOf } from "./curve_groups.mjs";

const decode = (curve, op, fmt) => (bytes) => ({ curve, op, in: [hexOf(bytes)], fmt });
const bls = "bls12-381";

/** A number is judged when it is multiplied by one or added to zero. kw-curve decodes each scalar as
 * a secret too, which must be refused alike, and when it is zero. */
function number(curve, op, neutral, width) {
  return (bytes) => ({ curve, op, in: [hexOf(bytes), hexOf(bigEndian(neutral, width))] });
}

/** The first byte chooses one of the list. */
const chosen = (makers) => (bytes) =>
  bytes.length > 0 ? makers[bytes[0] % makers.length]?.(bytes.subarray(1)) : undefined;

/** Lengths of output and tag, tag and message from one input, as fuzz/curve_h2c.c takes them. */
function expansion(bytes) {
  if (bytes.length < 4) return undefined;
  const length = ((bytes[1] << 8) | bytes[2]) % (255 * 32 + 2);
  const tagLength = Math.min(3 * bytes[3], bytes.length - 4);
  const hash = bytes[0] % 2 === 0 ? "sha256" : "keccak256";
  const dst = hexOf(bytes.subarray(4, 4 + tagLength));
  const inputs = [hexOf(bytes.subarray(4 + tagLength)), hexOf(bigEndian(BigInt(length), 4))];
  return { curve: bls, op: "expand", in: inputs, dst, hash };
}

/** A line, when JSON.parse takes it: how strict a reader of JSON has to be is no matter of noble.
 * Long sums of products take the oracle minutes. */
function line(bytes) {
  try {
    const request = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return request?.in?.length > 32 ? undefined : request;
  } catch {
    return undefined;
  }
}

/** The decoders of each target, in the order of its table; undefined: the protocol has none. */
export const TARGETS = {
  curve_bls_points: [
    decode(bls, "g1.decode", "zcash"),
    decode(bls, "g2.decode", "zcash"),
    decode(bls, "g1.decode", "eip2537"),
    decode(bls, "g2.decode", "eip2537"),
  ],
  curve_bn_points: ["eip196", "gnark", "ark"].flatMap((fmt) =>
    ["g1.decode", "g2.decode"].map((op) => decode("bn254", op, fmt)),
  ),
  curve_numbers: Object.values(CURVES).flatMap(({ name, fpBytes }) => [
    number(name, "fp.mul", 1n, fpBytes),
    number(name, "fr.add", 0n, 32), // as fr
    number(name, "fr.add", 0n, 32), // as secret
  ]),
  curve_gt: [bls, "bn254"].flatMap((curve) =>
    ["gt_coeff", "gt_kyber"].map((fmt) => decode(curve, "gt.decode", fmt)),
  ),
};

const ASKS = {
  ...Object.fromEntries(Object.entries(TARGETS).map(([name, makers]) => [name, chosen(makers)])),
  curve_h2c: expansion,
  curve_lines: line,
};

/** [name, bytes] of each input of a target. */
function inputs(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path).sort();
    return names.map((name) => [name, readFileSync(join(path, name))]);
  }
  const lines = readFileSync(path, "latin1").split("\n").slice(0, -1);
  return lines.map((text, at) => [`line ${at + 1}`, bytesOf(text)]);
}

function print(folder) {
  for (const [target, ask] of Object.entries(ASKS)) {
    for (const [name, bytes] of inputs(join(folder, target))) {
      const request = ask(bytes);
      if (request === undefined) continue;
      const whole = ask === line ? request : { id: `${target}/${name}`, ...request };
      console.log(JSON.stringify(whole));
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.argv.slice(2).forEach(print);
}
