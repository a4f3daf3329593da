#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kw-curve's line protocol (docs/protocol/kw_curve.md) answered by @noble/curves: one JSON request
// a line on stdin, one answer a line on stdout, in order.
import { createInterface } from "node:readline";
import { answer } from "./curve_ops.mjs";

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(JSON.stringify(answer(parsed(line))) + "\n");
}
