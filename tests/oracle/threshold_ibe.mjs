// SPDX-License-Identifier: Apache-2.0
// IBE ciphertexts with given randomness: v2 of threshold.md section 7, v1 of chain.md's appendix.
// Symmetric parts by Node's OpenSSL, the curve by noble.
import { createCipheriv, createHash, hkdfSync } from "node:crypto";
import { bigEndian, bytesOf, concat, hexOf, integerOf, pairingProduct } from "./curve_groups.mjs";
import { encodeGt } from "./curve_encodings.mjs";
import { expand } from "./curve_maps.mjs";
import { Random } from "./curve_values.mjs";
import {
  BLS,
  beaconMessage,
  g1Hex,
  g1Times,
  g2Base,
  g2Hex,
  hashFor,
  scalarHex,
  utf8,
} from "./threshold_key.mjs";

const CHUNK_BYTES = 65536;

const bytes = (...list) => Uint8Array.from(list);
const sha256 = (...parts) => new Uint8Array(createHash("sha256").update(concat(...parts)).digest());
const hkdf = (ikm, salt, info) => new Uint8Array(hkdfSync("sha256", ikm, salt, info, 32));
const withLength = (list) => concat(bigEndian(BigInt(list.length), 4), list);
const xor = (a, b) => a.map((byte, i) => byte ^ b[i]);

function sealed(key, nonce, aad, plain) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(aad);
  return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

/** e(r * Q, MPK) as bytes of the encoding. */
function sharedBytes(point, r, master, fmt) {
  return encodeGt(BLS, fmt, pairingProduct(BLS, [{ g1: g1Times(point, r), g2: master }]));
}

// ---- version 1

function v1Case(random, { secret, master }, { appId, plain }) {
  const [r, nonce] = [random.below(BLS.r), random.bytes(12)];
  const id = utf8(appId);
  const point = hashFor("eigenx", id);
  const c1 = bytesOf(g2Hex(g2Base(r)));
  const gt = sharedBytes(point, r, master, "gt_kyber");
  const info = concat(utf8("IBE-encryption|v1|"), id);
  const key = hkdf(gt, utf8("eigenx-kms-go-ibe-encryption"), info);
  const body = sealed(key, nonce, concat(id, bytes(1), c1), plain);
  return {
    app_id: appId,
    r: scalarHex(r),
    nonce: hexOf(nonce),
    plaintext: hexOf(plain),
    gt_bytes: hexOf(gt),
    ciphertext: hexOf(concat(utf8("IBE"), bytes(1), c1, nonce, body)),
    application_key: g1Hex(g1Times(point, secret)),
  };
}

export function ibeV1File() {
  const random = new Random("threshold/ibe_v1");
  const secret = random.below(BLS.r);
  const key = { secret, master: g2Base(secret) };
  const asked = [
    { appId: "payments-app", plain: utf8("hello") },
    { appId: "p", plain: new Uint8Array(0) },
    { appId: "x".repeat(255), plain: random.bytes(1000) },
  ];
  return { MPK: g2Hex(key.master), cases: asked.map((one) => v1Case(random, key, one)) };
}

// ---- version 2

/** Byte k is (7k + (k >> 8)) mod 256. */
const plainOf = (length) => Uint8Array.from({ length }, (_, k) => (7 * k + (k >> 8)) & 0xff);

const idPoint = ({ clusterId }, kind, id) =>
  kind === 1
    ? hashFor("application", id)
    : hashFor("beacon", beaconMessage(clusterId, integerOf(id)));

function prefixOf({ masterBytes }, kind, shownId) {
  const length = bigEndian(BigInt(shownId.length), 2);
  return concat(utf8("IBE"), bytes(2, kind, 16), length, shownId, sha256(masterBytes));
}

/** The header, and what it was made of. `skew` is added to r: what no honest sender does. */
function headerOf(key, { kind, id, isHidden = false, seed, skew = 0n }) {
  const prefix = prefixOf(key, kind, isHidden ? new Uint8Array(0) : id);
  const ctx = concat(withLength(prefix), withLength(id), key.masterBytes);
  const wide = expand(concat(seed, ctx), utf8("KEYWARD-V2-IBE-R"), 64, "sha256");
  const r = (integerOf(wide) + skew) % BLS.r;
  const u = bytesOf(g2Hex(g2Base(r)));
  const point = idPoint(key, kind, id);
  const gt = sharedBytes(point, r, key.master, "gt_coeff");
  const v = xor(seed, hkdf(gt, sha256(ctx, u), utf8("KEYWARD-V2-IBE-MASK")));
  return { header: concat(prefix, u, v), point };
}

function chunksOf(header, seed, plain) {
  const aad = sha256(header);
  const key = hkdf(seed, aad, utf8("KEYWARD-V2-IBE-DEM"));
  const count = Math.max(1, Math.ceil(plain.length / CHUNK_BYTES));
  return Array.from({ length: count }, (_, i) => {
    const nonce = concat(bytes(0, 0, 0), bigEndian(BigInt(i), 8), bytes(i === count - 1 ? 1 : 0));
    return sealed(key, nonce, aad, plain.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
  });
}

function v2Case(random, key, { kind, id, isHidden, length }) {
  const seed = random.bytes(32);
  const { header, point } = headerOf(key, { kind, id, isHidden, seed });
  const chunks = chunksOf(header, seed, plainOf(length));
  const ciphertext = concat(header, ...chunks);
  return {
    kind,
    id: hexOf(id),
    hidden_id: isHidden,
    seed: hexOf(seed),
    plaintext_length: length,
    d: g1Hex(g1Times(point, key.secret)),
    Q_id: g1Hex(point),
    header: hexOf(header),
    chunk_sha256: chunks.map((chunk) => hexOf(sha256(chunk))),
    ...(length < 100 ? { ciphertext: hexOf(ciphertext) } : {}),
    ciphertext_sha256: hexOf(sha256(ciphertext)),
  };
}

/** Header and chunk of a short text to an application. */
export function exampleCiphertext({ secret, master }, { id, seed, plain }) {
  const key = { secret, master, masterBytes: bytesOf(g2Hex(master)) };
  const { header } = headerOf(key, { kind: 1, id, seed });
  return { header, body: concat(...chunksOf(header, seed, plain)) };
}

/** A ciphertext of two chunks; a cut between them, and chunks that change places. */
function movedChunks(header, seed, length) {
  const [first, second] = chunksOf(header, seed, plainOf(length));
  const name = (...parts) => hexOf(sha256(header, ...parts));
  return {
    plaintext_length: length,
    ciphertext_sha256: name(first, second),
    cut_after_chunk_0_sha256: name(first),
    chunks_swapped_sha256: name(second, first),
  };
}

/** One good ciphertext and what must not open, each with its name. */
function v2Refused(random, key) {
  const [seed, id, length] = [random.bytes(32), utf8("payments"), 40];
  const { header, point } = headerOf(key, { kind: 1, id, seed });
  const good = concat(header, ...chunksOf(header, seed, plainOf(length)));
  const at = header.length - 32 - 96; /* of U */
  const replaced = (from, list) =>
    concat(good.subarray(0, from), list, good.subarray(from + list.length));
  const flipped = (i, bit = 1) => replaced(i, bytes(good[i] ^ bit));
  const skewed = headerOf(key, { kind: 1, id, seed, skew: 1n }).header;
  const cases = {
    version: flipped(3),
    kind: flipped(4, 3),
    "chunk size": flipped(5),
    id: flipped(8),
    "MPK hash": flipped(16),
    "U infinity": replaced(at, Uint8Array.from({ length: 96 }, (_, i) => (i === 0 ? 0xc0 : 0))),
    "U negated": flipped(at, 0x20),
    "U of another r, with its mask and key": concat(
      skewed,
      ...chunksOf(skewed, seed, plainOf(length)),
    ),
    V: flipped(header.length - 1),
    ciphertext: flipped(header.length),
    tag: flipped(good.length - 1),
    truncated: good.subarray(0, good.length - 1),
    "header alone": header,
    "trailing byte": concat(good, bytes(0)),
  };
  return {
    id: hexOf(id),
    seed: hexOf(seed),
    d: g1Hex(g1Times(point, key.secret)),
    plaintext_length: length,
    good: hexOf(good),
    cases: Object.entries(cases).map(([name, list]) => ({ name, ciphertext: hexOf(list) })),
    wrong_key: g1Hex(g1Times(point, key.secret + 1n)),
    two_chunks: movedChunks(header, seed, CHUNK_BYTES + 7),
  };
}

export function ibeV2File() {
  const random = new Random("threshold/ibe_v2");
  const secret = random.below(BLS.r);
  const master = g2Base(secret);
  const clusterId = hexOf(random.bytes(32));
  const key = { secret, master, masterBytes: bytesOf(g2Hex(master)), clusterId };
  const [app, long, round] = [utf8("payments"), random.bytes(255), bigEndian(1000n, 8)];
  const asked = [
    [1, app, false, [0, 1, 65535, 65536, 65537, 131072]],
    [1, app, true, [1]],
    [1, long, false, [20]],
    [2, round, false, [0, 65537]],
    [2, round, true, [1]],
  ];
  return {
    MPK: g2Hex(master),
    cluster_id: clusterId,
    cases: asked.flatMap(([kind, id, isHidden, lengths]) =>
      lengths.map((length) => v2Case(random, key, { kind, id, isHidden, length })),
    ),
    refused: v2Refused(random, key),
  };
}
