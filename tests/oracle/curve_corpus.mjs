#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Inputs of the fuzz targets of decoders as requests of kw-curve's protocol: what libFuzzer found
// gets noble's verdict too. Prints one request a line for each file of the folders.
//
// Usage: curve_corpus.mjs FOLDER...     FOLDER holds curve_bls_points/ and so on
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CURVES, bigEndian, hexOf } from "./curve_groups.mjs";

const decode = (curve, op, fmt) => (bytes) => ({ curve, op, in: [hexOf(bytes)], fmt });
const bls = "bls12-381";

/** A number is judged when it is multiplied by one or added to zero. */
function number(curve, op, neutral, width) {
  return (bytes) => ({ curve, op, in: [hexOf(bytes), hexOf(bigEndian(neutral, width))] });
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
    number(name, "fr.add", 0n, 32),
    undefined,
  ]),
  curve_gt: [bls, "bn254"].flatMap((curve) =>
    ["gt_coeff", "gt_kyber"].map((fmt) => decode(curve, "gt.decode", fmt)),
  ),
};

function print(folder) {
  for (const [target, makers] of Object.entries(TARGETS)) {
    const files = existsSync(join(folder, target)) ? readdirSync(join(folder, target)).sort() : [];
    for (const file of files) {
      const bytes = readFileSync(join(folder, target, file));
      const request =
        bytes.length > 0 ? makers[bytes[0] % makers.length]?.(bytes.subarray(1)) : undefined;
      if (request !== undefined)
        console.log(JSON.stringify({ id: `${target}/${file}`, ...request }));
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.argv.slice(2).forEach(print);
}
