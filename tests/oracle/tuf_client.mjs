// SPDX-License-Identifier: Apache-2.0
// npm tuf-js as a client: node tuf_client.mjs METADATA-DIR METADATA-URL TARGET-DIR TARGET-URL PATH...
// Prints a JSON list with the file of each path, null for a path that no role has. The folder has
// a root.json.
import { Updater } from "tuf-js";

const [metadataDir, metadataBaseUrl, targetDir, targetBaseUrl, ...paths] = process.argv.slice(2);
const updater = new Updater({
  metadataDir,
  metadataBaseUrl,
  targetDir,
  targetBaseUrl,
  config: { fetchRetries: 0 },
});
await updater.refresh();
const files = [];
for (const path of paths) {
  const target = await updater.getTargetInfo(path);
  files.push(target === undefined ? null : await updater.downloadTarget(target));
}
console.log(JSON.stringify(files));
