// SPDX-License-Identifier: Apache-2.0
// The worked example of docs/protocol/threshold.md: rows [name, hexadecimal].
import { hexOf } from "./curve_groups.mjs";
import { Random } from "./curve_values.mjs";
import { exampleCiphertext } from "./threshold_ibe.mjs";
import { derivedKey } from "./threshold_partials.mjs";
import {
  BLS,
  combined,
  epochOf,
  g1Hex,
  g1Times,
  g2Base,
  g2Hex,
  hashFor,
  scalarHex,
  utf8,
} from "./threshold_key.mjs";

export function exampleRows() {
  const random = new Random("threshold/example");
  const secret = random.below(BLS.r);
  const { shares, master } = epochOf(random, secret, { n: 4, t: 3 });
  const members = [1, 2, 4];
  const id = utf8("payments");
  const point = hashFor("application", id);
  const partials = members.map((j) => [j, g1Times(point, shares[j - 1])]);
  const key = combined(partials);
  const seed = random.bytes(32);
  const plain = utf8("hello");
  const { header, body } = exampleCiphertext({ secret, master }, { id, seed, plain });
  return [
    ["app_id", hexOf(id)],
    ...members.map((j) => [`share_${j}`, scalarHex(shares[j - 1])]),
    ["MPK", g2Hex(master)],
    ...members.map((j) => [`VK_${j}`, g2Hex(g2Base(shares[j - 1]))]),
    ["H1", g1Hex(point)],
    ...partials.map(([j, sigma]) => [`sigma_${j}`, g1Hex(sigma)]),
    ["application_key", g1Hex(key)],
    ["derived_key_db_1", derivedKey(key, utf8("db"), 1).key],
    ["seed", hexOf(seed)],
    ["plaintext", hexOf(plain)],
    ["header", hexOf(header)],
    ["chunk_0", hexOf(body)],
  ];
}
