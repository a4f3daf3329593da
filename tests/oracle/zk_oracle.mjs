#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What snarkjs says of files of a ceremony: for each line of standard input, "ptau FILE" or
// "zkey FILE R1CS PTAU", a line "1" or "0". A file that it cannot read is a 0.
import { createInterface } from "node:readline";
import * as snarkjs from "snarkjs";

async function judge([kind, file, r1cs, ptau]) {
  try {
    return kind === "ptau"
      ? await snarkjs.powersOfTau.verify(file)
      : await snarkjs.zKey.verifyFromR1cs(r1cs, ptau, file);
  } catch {
    return false;
  }
}

console.log = () => {}; // snarkjs says there what it thinks of a transcript
for await (const line of createInterface({ input: process.stdin })) {
  const verdict = await judge(line.split(" "));
  process.stdout.write(verdict ? "1\n" : "0\n");
}
process.exit(0);
