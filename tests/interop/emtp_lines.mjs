// SPDX-License-Identifier: Apache-2.0
// The JavaScript normaliser behind a line protocol: one JSON record a line in, out `tier tuple` pairs
// joined by TAB, or `! code member` when the record is refused. Options: argv[2] as JSON.
import { createInterface } from "node:readline";
import { EmtpError, tuplesOf } from "../../sdk/js/emtp.mjs";

const options = JSON.parse(process.argv[2] ?? "{}");
const answers = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  try {
    answers.push(tuplesOf(JSON.parse(line), options)
      .map(({ tier, tuple }) => `${tier} ${tuple}`).join("\t"));
  } catch (error) {
    if (!(error instanceof EmtpError)) throw error;
    answers.push(`! ${error.code} ${error.member ?? "-"}`);
  }
}
process.stdout.write(answers.join("\n") + "\n");
