// SPDX-License-Identifier: Apache-2.0
// A repository made with npm @tufjs/models: node tuf_repo.mjs FOLDER writes root.json (to trust),
// metadata/ and targets/. Keys of every kind; a root that rotated; delegations by patterns, by hash
// prefixes and to bins; members that nobody knows, with text that canonical JSON must keep.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import models from "@tufjs/models";

const { Key, Metadata, MetadataKind, MetaFile, Root, Signature, Snapshot, TargetFile, Targets } =
  models;
const { Timestamp } = models;

const folder = process.argv[2];
const common = { specVersion: "1.0.31", expires: "9999-12-31T23:59:59Z" };
const odd = {
  "x-unknown": { b: [1, null, true, -5], a: 'quote " backslash \\ \u00e9 \u{1f511}', "": "tab\tline\n" },
};

function makeSigner(number, kind) {
  const pairs = {
    ed25519: () => generateKeyPairSync("ed25519"),
    ecdsa: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    rsa: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  };
  const { publicKey, privateKey } = pairs[kind]();
  const pem = publicKey.export({ type: "spki", format: "pem" });
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const schemes = {
    ed25519: ["ed25519", raw],
    ecdsa: ["ecdsa-sha2-nistp256", pem],
    rsa: ["rsassa-pss-sha256", pem],
  };
  const [scheme, value] = schemes[kind];
  const keyID = createHash("sha256").update(`key ${number}`).digest("hex"); // opaque
  const key = new Key({ keyID, keyType: kind, scheme, keyVal: { public: value } });
  const options =
    kind === "rsa" ? { key: privateKey, padding: 6, saltLength: 32 } : { key: privateKey };
  const digest = kind === "ed25519" ? null : "sha256";
  const signer = (data) =>
    new Signature({ keyID, sig: sign(digest, data, options).toString("hex") });
  return { key, signer };
}

const kinds = ["ed25519", "ecdsa", "rsa"];
const signers = Array.from({ length: 12 }, (_, i) => makeSigner(i, kinds[i % kinds.length]));
const keysOf = (numbers) =>
  Object.fromEntries(numbers.map((n) => [signers[n].key.keyID, signers[n].key.toJSON()]));
const idsOf = (numbers) => numbers.map((n) => signers[n].key.keyID);

function write(path, bytes) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

// Signs with these keys; the file is written as it is sent, with white space that is not signed.
function publish(name, signed, numbers) {
  const metadata = new Metadata(signed);
  for (const n of numbers) {
    metadata.sign(signers[n].signer, true);
  }
  const text = JSON.stringify(metadata.toJSON(), null, 1);
  write(`metadata/${name}.json`, text);
  return text;
}

function makeRoot(version, numbers) {
  const role = (of, threshold) => ({ keyids: idsOf(of), threshold });
  return Root.fromJSON({
    _type: "root",
    spec_version: common.specVersion,
    expires: common.expires,
    version,
    consistent_snapshot: true,
    keys: keysOf([0, 1, 2, 3, 4, 5, 6]),
    roles: {
      root: role(numbers, 2),
      timestamp: role([4], 1),
      snapshot: role([5], 1),
      targets: role([3, 4, 6], 2),
    },
    ...odd,
  });
}

function makeTarget(path, content, algorithms) {
  const hashes = Object.fromEntries(
    algorithms.map((name) => [name, createHash(name).update(content).digest("hex")]),
  );
  const slash = path.lastIndexOf("/") + 1;
  for (const hash of Object.values(hashes)) {
    write(`targets/${path.slice(0, slash)}${hash}.${path.slice(slash)}`, content);
  }
  return new TargetFile({
    path,
    length: Buffer.byteLength(content),
    hashes,
    unrecognizedFields: { custom: odd },
  });
}

function makeTargets(version, files, delegations) {
  const targets = Object.fromEntries(files.map((file) => [file.path, file.toJSON()]));
  return Targets.fromJSON({
    _type: MetadataKind.Targets,
    spec_version: common.specVersion,
    expires: common.expires,
    version,
    targets,
    ...(delegations === undefined ? {} : { delegations }),
    ...odd,
  });
}

const binOf = (path, bits) => {
  const first = createHash("sha256").update(path).digest().readUInt32BE(0);
  return (first >>> (32 - bits)).toString(16).padStart(Math.ceil(bits / 4), "0");
};

const first = publish("1.root", makeRoot(1, [0, 1, 2]), [0, 2]);
write("root.json", first);
publish("2.root", makeRoot(2, [1, 2, 3]), [1, 2, 3]);
const role = (name, numbers, threshold, more) => ({
  name,
  keyids: idsOf(numbers),
  threshold,
  terminating: false,
  ...more,
});
publish(
  "7.targets",
  makeTargets(7, [makeTarget("top.txt", "content of top", ["sha256", "sha512"])], {
    keys: keysOf([7, 8, 9]),
    roles: [
      role("params/groth16", [7, 8, 9], 2, { paths: ["params/*/*"] }),
      role("binned", [7], 1, { paths: ["bins/*"] }),
      role("by-hash", [8], 1, { path_hash_prefixes: [binOf("hashed", 8)] }),
    ],
  }),
  [3, 6],
);
publish(
  "2.params%2Fgroth16",
  makeTargets(2, [makeTarget("params/a/b.zkey", "content of b", ["sha512"])]),
  [7, 9],
);
const bits = 6;
publish(
  "3.binned",
  makeTargets(3, [], {
    keys: keysOf([10]),
    succinct_roles: {
      keyids: idsOf([10]),
      threshold: 1,
      bit_length: bits,
      name_prefix: "bin",
    },
  }),
  [7],
);
publish("1.by-hash", makeTargets(1, [makeTarget("hashed", "content by hash", ["sha256"])]), [8]);
const binned = ["bins/one", "bins/two", "bins/three"];
const meta = {
  "targets.json": { version: 7 },
  "params/groth16.json": { version: 2 },
  "binned.json": { version: 3 },
  "by-hash.json": { version: 1 },
};
for (let bin = 0; bin < 2 ** bits; bin++) {
  const suffix = bin.toString(16).padStart(2, "0");
  const mine = binned.filter((path) => binOf(path, bits) === suffix);
  const files = mine.map((path) => makeTarget(path, `content of ${path}`, ["sha256"]));
  publish(`1.bin-${suffix}`, makeTargets(1, files), [10]);
  meta[`bin-${suffix}.json`] = { version: 1 };
}
const snapshot = publish(
  "5.snapshot",
  Snapshot.fromJSON({
    _type: "snapshot",
    spec_version: common.specVersion,
    expires: common.expires,
    version: 5,
    meta,
    ...odd,
  }),
  [5],
);
publish(
  "timestamp",
  new Timestamp({
    ...common,
    version: 9,
    snapshotMeta: new MetaFile({
      version: 5,
      length: Buffer.byteLength(snapshot),
      hashes: { sha256: createHash("sha256").update(snapshot).digest("hex") },
    }),
    unrecognizedFields: odd,
  }),
  [4],
);
