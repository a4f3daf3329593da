// SPDX-License-Identifier: Apache-2.0
// What operators sign, as threshold.md sections 1 and 2 lay it out: rosters, identifiers, payloads,
// signatures. Plain bytes; noble's curves and keccak.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { CURVES, bigEndian, concat, integerOf } from "./curve_groups.mjs";
import { encodePoint } from "./curve_encodings.mjs";
import { incrementPoint } from "./curve_maps.mjs";
import { utf8 } from "./threshold_key.mjs";

const { G1, G2, r: bnOrder } = CURVES.bn254;

export const u8 = (value) => bigEndian(BigInt(value), 1);
export const u16 = (value) => bigEndian(BigInt(value), 2);
export const u32 = (value) => bigEndian(BigInt(value), 4);
export const u64 = (value) => bigEndian(BigInt(value), 8);
export const none = new Uint8Array(32);

/** A list: how many, and they. */
export const counted = (items) => concat(u16(items.length), ...items);

/** keccak256 over a label and bytes. */
export const tagged = (label, ...parts) => keccak_256(concat(utf8(label), ...parts));

// ---- operators

/** `curve`: 1 ECDSA, 2 BN254, as a roster numbers them. */
export function operatorOf(random, curve) {
  const address = random.bytes(20);
  if (curve === 1) {
    const secret = bigEndian(1n + random.below(secp256k1.Point.Fn.ORDER - 1n), 32);
    const key = keccak_256(secp256k1.getPublicKey(secret, false).subarray(1)).subarray(12);
    return { address, curve, key, secret, sign: (hash) => signEcdsa(hash, secret) };
  }
  const secret = 1n + random.below(bnOrder - 1n);
  const key = encodePoint(G2, "eip196", G2.times(G2.Point.BASE, secret));
  const sign = (hash) => signBn254(hash, secret);
  return { address, curve, key, secret: bigEndian(secret, 32), sign };
}

function signBn254(hash, secret) {
  return encodePoint(G1, "eip196", G1.times(incrementPoint(hash), secret));
}

function signEcdsa(hash, secret) {
  const recovered = secp256k1.sign(hash, secret, {
    prehash: false,
    lowS: true,
    format: "recovered",
  });
  return concat(recovered.subarray(1), u8(27 + recovered[0]));
}

/** Members by address: index 1 is the first. */
export const sorted = (operators) =>
  [...operators].sort((a, b) => (integerOf(a.address) < integerOf(b.address) ? -1 : 1));

export const rosterBytes = (members) =>
  concat(
    u16(members.length),
    ...members.map(({ address, curve, key }) =>
      concat(address, u8(curve), u16(key.length), key),
    ),
  );

export const rosterHash = (members) =>
  members.length === 0 ? none : tagged("KEYWARD-ROSTER-V1", rosterBytes(members));

// ---- identifiers

export function configBytes(c) {
  return concat(
    ...[u8(c.suite), u16(c.a), u16(c.b), u32(c.interval), u32(c.reshareEvery), u32(c.rosterLag)],
    ...[u32(c.deltaMs), c.coin, c.genesisRoster, u64(c.beaconStart), u32(c.beaconPeriod)],
  );
}

export const clusterBytes = (c) => concat(u64(c.chainId), c.avs, u32(c.setId));

export const clusterId = (c) =>
  tagged("KEYWARD-CLUSTER-V1", clusterBytes(c), tagged("KEYWARD-CONFIG-V1", configBytes(c)));

/** `s.old` and `s.next` are rosters. */
export function sidBytes(s) {
  return concat(
    ...[u8(s.kind), u64(s.epoch), u64(s.timestamp), u32(s.attempt), rosterHash(s.old)],
    ...[rosterHash(s.next), u16(s.tOld), u16(s.tNew), s.previous, u8(s.suite)],
  );
}

export const sidOf = (cluster, s) => tagged("KEYWARD-SID-V1", clusterId(cluster), sidBytes(s));
export const openId = (sid) => tagged("KEYWARD-OPEN-V1", sid);
export const handoverId = (cluster, { epoch, previous }) =>
  tagged("KEYWARD-HANDOVER-V1", clusterId(cluster), u64(epoch), previous);

// ---- agreements

/** Of n members, with the default threshold. */
export function quorumOf(n) {
  const f = Math.floor((n - 1) / 3);
  return { n, f, t: Math.ceil((2 * n) / 3), Q: n - f, B: Math.floor((n + f) / 2) + 1 };
}

export const proposerOf = (iid, n, view) =>
  1 + Number(integerOf(keccak_256(concat(iid, u32(view)))) % BigInt(n));

export const setValue = (hashes) => tagged("KEYWARD-V1-SET", counted(hashes));
export const openValue = (dealers) => tagged("KEYWARD-V1-OPEN-SET", counted(dealers.map(u16)));

// ---- messages

export const TYPES =
  "HELLO DEAL SHARES HAVE ECHO PROPOSE PREVOTE PRECOMMIT EXTRACT RECONSTRUCT COMMIT SEAL".split(" ");

/** A signed message: payload, hash, signature. `header` may replace fields of the session. */
export function signed(place, type, sender, body, header = {}) {
  const h = { ...place.session, sid: place.sid, ...header };
  const payload = concat(
    ...[utf8("KWT1"), u8(1 + TYPES.indexOf(type)), u8(h.suite), u16(0)],
    ...[clusterId(place.cluster), h.sid],
    ...[u64(h.epoch), u64(h.timestamp), u32(h.attempt), sender.address, body],
  );
  const hash = keccak_256(payload);
  return { payload, hash, signature: sender.sign(hash) };
}

export const messagesBytes = (list) =>
  concat(
    u16(list.length),
    ...list.map(({ payload, signature }) =>
      concat(u32(payload.length), payload, u16(signature.length), signature),
    ),
  );

/** Where a session is: what its messages and proofs depend on. */
export const placeOf = (cluster, session) => ({ cluster, session, sid: sidOf(cluster, session) });
