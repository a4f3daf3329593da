#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes tests/vectors/curve/*.json with @noble/curves behind tests/oracle/, and the seeds of the
// fuzz targets of decoders. Same inputs, same files.
//
// Usage: node tools/curve_vectors.mjs [--check] [CURVE]
//   --check: exit 1 when the files in the tree differ; CURVE: bls12-381 or bn254 alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { filesOf } from "../tests/oracle/curve_cases.mjs";
import { TARGETS } from "../tests/oracle/curve_corpus.mjs";
import { CURVES, bytesOf } from "../tests/oracle/curve_groups.mjs";

const FOLDER = new URL("../tests/vectors/curve/", import.meta.url);
const SEEDS = new URL("../fuzz/corpus/", import.meta.url);

/** One case a line: differences stay readable. */
function rendered(list) {
  return `{"cases":[\n${list.map((item) => JSON.stringify(item)).join(",\n")}\n]}\n`;
}

// ---- seeds: the first of each kind of answer that a decoder gives in the vectors

/** The decoder's place in its target, and its input, when the case is one of a target. */
function targetOf({ ask }) {
  for (const [target, makers] of Object.entries(TARGETS)) {
    const bytes = bytesOf(ask.in[0] ?? "");
    const place = makers.findIndex((make) => {
      const like = make?.(bytes);
      return (
        like !== undefined && like.curve === ask.curve && like.op === ask.op && like.fmt === ask.fmt
      );
    });
    if (place >= 0) return { target, place, bytes };
  }
  return undefined;
}

function seedsOf(cases) {
  const seeds = new Map();
  for (const item of cases) {
    const found = targetOf(item);
    if (found === undefined) continue;
    const { target, place, bytes } = found;
    const name = `${target}/${place}_${item.error ?? `ok_${bytes.length}`}`;
    if (!seeds.has(name)) seeds.set(name, Buffer.from([place, ...bytes]));
  }
  return seeds;
}

function lineSeeds(cases) {
  const byOp = new Map();
  for (const item of cases) {
    const name = `curve_lines/${item.ask.curve.replace("-", "_")}_${item.ask.op.replace(".", "_")}`;
    if (item.error === undefined && !byOp.has(name))
      byOp.set(name, Buffer.from(JSON.stringify(item.ask)));
  }
  return byOp;
}

/** For fuzz/curve_h2c.c: hash, length of the output, a third of the tag's, tag, message. The second
 * tag is so long that it is hashed. */
function expansionSeeds() {
  const seed = (hash, length, tag, text) =>
    Buffer.from([hash, length >> 8, length & 0xff, tag.length / 3, ...Buffer.from(tag + text)]);
  return [
    ["curve_h2c/sha256", seed(0, 128, "KEYWARD-TEST-EXPANDER", "abc")],
    ["curve_h2c/keccak256_long_tag", seed(1, 48, "tag".repeat(86), "")],
  ];
}

// ---- all files of a curve, and those of none: [url, content]

function allFiles(curve) {
  const files = [];
  const all = [];
  for (const [name, list] of Object.entries(filesOf(curve))) {
    const file = `${curve.name.replace("-", "_")}_${name}.json`;
    files.push([new URL(file, FOLDER), Buffer.from(rendered(list))]);
    all.push(...list);
  }
  for (const [name, bytes] of [...seedsOf(all), ...lineSeeds(all)]) {
    files.push([new URL(name, SEEDS), bytes]);
  }
  return files;
}

const commonFiles = () => expansionSeeds().map(([name, bytes]) => [new URL(name, SEEDS), bytes]);

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean", default: false } },
  allowPositionals: true,
});
const wanted = positionals.length > 0 ? positionals : Object.keys(CURVES);
const files = wanted.flatMap((name) => allFiles(CURVES[name]));
for (const [url, content] of [...files, ...commonFiles()]) {
  if (!values.check) {
    mkdirSync(new URL(".", url), { recursive: true });
    writeFileSync(url, content);
  } else if (!existsSync(url) || !readFileSync(url).equals(content)) {
    process.exitCode = 1;
    console.error(`${url.pathname}: differs from its generator`);
  }
}
