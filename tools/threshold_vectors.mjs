#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes tests/vectors/threshold/*.json with @noble/curves behind tests/oracle/, the seeds of the
// fuzz targets of their parsers, and the worked example of docs/protocol/threshold.md. Same inputs,
// same files.
//
// Usage: node tools/threshold_vectors.mjs [--check]
//   --check: exit 1 when the files in the tree differ.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { bytesOf } from "../tests/oracle/curve_groups.mjs";
import { authenticatedFile } from "../tests/oracle/threshold_authenticated.mjs";
import { dealerSetFile, dealingFile, generatorsFile } from "../tests/oracle/threshold_dealings.mjs";
import { evidenceFile } from "../tests/oracle/threshold_evidence.mjs";
import { exampleRows } from "../tests/oracle/threshold_example.mjs";
import { ibeV1File, ibeV2File } from "../tests/oracle/threshold_ibe.mjs";
import { idsFile } from "../tests/oracle/threshold_ids.mjs";
import { messagesFile } from "../tests/oracle/threshold_messages.mjs";
import { partialsFile } from "../tests/oracle/threshold_partials.mjs";
import { proofsFile } from "../tests/oracle/threshold_proofs.mjs";
import {
  feldmanFile,
  genesisFile,
  openFile,
  reshareFile,
} from "../tests/oracle/threshold_sessions.mjs";

const FOLDER = new URL("../tests/vectors/threshold/", import.meta.url);
const DOCUMENT = new URL("../docs/protocol/threshold.md", import.meta.url);
const SEEDS = new URL("../fuzz/corpus/", import.meta.url);

/** One case a line: differences stay readable. */
function rendered(file) {
  const members = Object.entries(file).map(([name, value]) =>
    Array.isArray(value)
      ? `${JSON.stringify(name)}:[\n${value.map((item) => JSON.stringify(item)).join(",\n")}\n]`
      : `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return Buffer.from(`{\n${members.join(",\n")}\n}\n`);
}

/** The document with the block of the example as it has to be. */
function documented() {
  const lines = exampleRows().map(([name, hex]) => `${name} = ${hex}\n`);
  const text = readFileSync(DOCUMENT, "utf8");
  return Buffer.from(text.replace(/```example\n[^`]*```/, `\`\`\`example\n${lines.join("")}\`\`\``));
}

function allFiles() {
  const v1 = ibeV1File();
  const v2 = ibeV2File();
  const evidence = evidenceFile();
  const headers = [0, 6, 8].map((i) => v2.cases[i].header);
  const vectors = {
    authenticated: authenticatedFile(),
    dealer_set: dealerSetFile(),
    dealing: dealingFile(),
    evidence,
    generators: generatorsFile(),
    genesis: genesisFile(),
    genesis_suite1: feldmanFile(),
    ibe_v1: v1,
    ibe_v2: v2,
    ids: idsFile(),
    messages: messagesFile(),
    open: openFile(),
    partials: partialsFile(),
    proofs: proofsFile(),
    reshare: reshareFile(),
  };
  const files = [
    ...Object.entries(vectors).map(([name, file]) => [
      new URL(`${name}.json`, FOLDER),
      rendered(file),
    ]),
    [DOCUMENT, documented()],
    [new URL("threshold_ibe_v1/ok", SEEDS), bytesOf(v1.cases[0].ciphertext)],
  ];
  headers.forEach((header, i) => {
    files.push([new URL(`threshold_ibe_v2/ok_${i}`, SEEDS), bytesOf(header)]);
  });
  const seeds = new Map(evidence.cases.map(({ kind, reason, file }) => [`${kind}_${reason}`, file]));
  seeds.forEach((file, name) => {
    files.push([new URL(`threshold_fraud/${name.toLowerCase()}`, SEEDS), bytesOf(file)]);
  });
  return files;
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
for (const [url, content] of allFiles()) {
  if (!values.check) {
    mkdirSync(new URL(".", url), { recursive: true });
    writeFileSync(url, content);
  } else if (!existsSync(url) || !readFileSync(url).equals(content)) {
    process.exitCode = 1;
    console.error(`${url.pathname}: differs from its generator`);
  }
}
