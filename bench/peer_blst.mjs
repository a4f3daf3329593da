// SPDX-License-Identifier: Apache-2.0
// What the npm package @chainsafe/blst offers of the operations that kw-bench-curve measures, under
// the same names. Prints JSON lines; tools/bench.py runs it on the same core.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../tests/oracle/package.json', import.meta.url));
const blst = require('@chainsafe/blst');
const { version } = require('@chainsafe/blst/package.json');

const INPUTS = 64;
const PASSES = 5;
const SAMPLES = 7;
const SAMPLE_NS = 1e6;

const inputs = Array.from({ length: INPUTS }, (_, i) => {
  const message = new Uint8Array(8).fill(i);
  const key = blst.SecretKey.fromKeygen(new Uint8Array(32).fill(i + 1));
  const publicKey = key.toPublicKey();
  const signature = key.sign(message);
  return {
    message, key, publicKey, signature,
    publicBytes: publicKey.toBytes(), signatureBytes: signature.toBytes(),
  };
});

const same = inputs.map((x) => ({ pk: x.publicKey, sig: x.key.sign(inputs[0].message).toBytes() }));

function must(verdict) {
  if (!verdict) {
    throw new Error('a good signature was refused');
  }
}

// Signatures under 64 keys on one message, as they come: decode, check, verify.
function verifySame() {
  const { pk, sig } = blst.aggregateWithRandomness(same);
  must(blst.verify(inputs[0].message, pk, sig));
}

// As many points as Ethereum's KZG setup has, decoded and checked; our rows do that and more.
const SETUP_G1 = 2 * 4096;
const SETUP_G2 = 65;

function decodeSetup() {
  for (let i = 0; i < SETUP_G1; i++) {
    blst.PublicKey.fromBytes(inputs[i % INPUTS].publicBytes, true);
  }
  for (let i = 0; i < SETUP_G2; i++) {
    blst.Signature.fromBytes(inputs[i % INPUTS].signatureBytes, true, true);
  }
}

const publicKeys = inputs.map((x) => x.publicKey);
const signatures = inputs.map((x) => x.signature);
const sets = inputs.map((x) => ({ msg: x.message, pk: x.publicKey, sig: x.signature }));

// Times are per item of the operations on many.
const items = Object.fromEntries([
  'g1.aggregate/n=64', 'g2.aggregate/n=64', 'verify.each.min_pk/n=64',
  'verify.same.min_pk/n=64,decode',
].map((name) => [`bls12-381/${name}`, INPUTS]));
items['bls12-381/kzg.points/n=8257'] = SETUP_G1 + SETUP_G2;
items['bls12-381/kzg.full/n=8257'] = SETUP_G1 + SETUP_G2;
const rows = {
  'bls12-381/g1.aggregate/n=64': () => blst.aggregatePublicKeys(publicKeys),
  'bls12-381/g2.aggregate/n=64': () => blst.aggregateSignatures(signatures),
  'bls12-381/g1.base.ct/n=1': (x) => x.key.toPublicKey(),
  'bls12-381/g1.decode.check/n=1': (x) => blst.PublicKey.fromBytes(x.publicBytes, true),
  'bls12-381/g2.decode.check/n=1': (x) => blst.Signature.fromBytes(x.signatureBytes, true, true),
  'bls12-381/kzg.points/n=8257': decodeSetup,
  'bls12-381/kzg.full/n=8257': decodeSetup,
  'bls12-381/sign.min_pk/n=1': (x) => x.key.sign(x.message),
  'bls12-381/verify.min_pk/n=1': (x) => must(blst.verify(x.message, x.publicKey, x.signature)),
  'bls12-381/verify.each.min_pk/n=64': () => must(blst.verifyMultipleAggregateSignatures(sets)),
  'bls12-381/verify.same.min_pk/n=64,decode': verifySame,
};

function clocked(run, first, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) {
    run(inputs[(first + i) % INPUTS]);
  }
  return Number(process.hrtime.bigint() - start);
}

const times = new Map(Object.keys(rows).map((name) => [name, []]));
for (let pass = 0; pass < PASSES; pass++) {
  for (const [name, run] of Object.entries(rows)) {
    const calls = Math.max(1, Math.round((4 * SAMPLE_NS) / clocked(run, 0, 4)));
    for (let i = 0; i < SAMPLES; i++) {
      times.get(name).push(clocked(run, i * calls, calls) / calls / (items[name] ?? 1));
    }
  }
}
for (const [name, ns] of times) {
  ns.sort((a, b) => a - b);
  console.log(JSON.stringify({
    bench: name,
    impl: `chainsafe-blst-${version}`,
    ns_min: Math.round(ns[0]),
    ns_med: Math.round(ns[ns.length >> 1]),
    reps: ns.length,
  }));
}
