// SPDX-License-Identifier: Apache-2.0
// Partial signatures of two epochs of one key, what they combine to, beacons, derived keys.
import { createHash, hkdfSync } from "node:crypto";
import { bigEndian, bytesOf, concat, hexOf } from "./curve_groups.mjs";
import { Random } from "./curve_values.mjs";
import {
  BLS,
  beaconMessage,
  combined,
  epochOf,
  g1Hex,
  g1Times,
  g2Base,
  g2Hex,
  hashFor,
  lagrangeAtZero,
  scalarHex,
  utf8,
} from "./threshold_key.mjs";

const SIZE = { n: 4, t: 3 };

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

export function derivedKey(application, label, version) {
  const key = Buffer.from(g1Hex(application), "hex");
  const info = concat(bigEndian(BigInt(label.length), 4), label, bigEndian(BigInt(version), 4));
  return {
    application_key: g1Hex(application),
    label: hexOf(label),
    version,
    key: hexOf(new Uint8Array(hkdfSync("sha256", key, utf8("KEYWARD-V1-DERIVE"), info, 32))),
  };
}

function applicationCase(appId, epochs) {
  const point = hashFor("application", appId);
  const [one, two] = epochs.map(({ shares }) => shares.map((s) => g1Times(point, s)));
  const rows = (points) => points.map((p, i) => ({ j: i + 1, sigma: g1Hex(p) }));
  return {
    app_id: hexOf(appId),
    H1: g1Hex(point),
    partials_epoch_1: rows(one),
    partials_epoch_2: rows(two),
    application_key: g1Hex(combined([[4, one[3]], [2, one[1]], [1, one[0]]])),
  };
}

function beaconCase(clusterId, round, { secret }) {
  const message = beaconMessage(clusterId, round);
  const signature = g1Hex(g1Times(hashFor("beacon", message), secret));
  const beacon = hexOf(sha256(bytesOf(signature)));
  return { cluster_id: clusterId, round, message: hexOf(message), signature, beacon };
}

function epochJson({ shares, master }) {
  const vk = shares.map((share) => g2Hex(g2Base(share)));
  return { MPK: g2Hex(master), shares: shares.map(scalarHex), VK: vk };
}

export function partialsFile() {
  const random = new Random("threshold/partials");
  const secret = random.below(BLS.r);
  const epochs = [epochOf(random, secret, SIZE), epochOf(random, secret, SIZE)];
  const clusterId = hexOf(random.bytes(32));
  const ids = [utf8("payments"), utf8("a"), random.bytes(255)];
  const application = g1Times(hashFor("application", ids[0]), secret);
  const indices = [[1, 2, 3], [5, 3, 2, 7, 6], [512, 1]];
  return {
    epochs: epochs.map(epochJson),
    lagrange_at_zero: indices.map((list) => ({
      indices: list,
      lambda: lagrangeAtZero(list).map(scalarHex),
    })),
    applications: ids.map((id) => applicationCase(id, epochs)),
    beacon: [0, 1, 2 ** 32 + 5].map((round) => beaconCase(clusterId, round, epochs[0])),
    derived_keys: [
      derivedKey(application, utf8("db"), 0),
      derivedKey(application, utf8("db"), 4294967295),
      derivedKey(application, utf8(""), 7),
      derivedKey(application, random.bytes(255), 1),
    ],
  };
}
