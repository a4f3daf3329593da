// SPDX-License-Identifier: Apache-2.0
// A real server of the S3 API for s3_test.c: npm s3rver behind TLS. It reads version 4 signatures
// and does not check them, so that is done here, from AWS's description.
//     node --openssl-legacy-provider s3_server.mjs FOLDER CERTIFICATE KEY
// (its tokens of pages are DES). Prints its port.
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../oracle/package.json", import.meta.url));
const S3rver = require("s3rver");

const secret = "S3RVER";
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

function isSigned(request) {
    const form =
        /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request,SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})$/;
    const match = form.exec(request.headers.authorization ?? "");
    if (match === null) {
        return false;
    }
    const [, day, region, names, signature] = match;
    const [path, query = ""] = request.url.split("?");
    const canonical = [
        request.method,
        path,
        query.split("&").sort().join("&"),
        ...names.split(";").map((name) => `${name}:${request.headers[name]}`),
        "",
        names,
        request.headers["x-amz-content-sha256"],
    ].join("\n");
    const text = [
        "AWS4-HMAC-SHA256",
        request.headers["x-amz-date"],
        `${day}/${region}/s3/aws4_request`,
        createHash("sha256").update(canonical).digest("hex"),
    ].join("\n");
    const parts = [day, region, "s3", "aws4_request", text];
    return parts.reduce(hmac, `AWS4${secret}`).toString("hex") === signature;
}

const [folder, certificate, key] = process.argv.slice(2);
const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: folder,
    cert: readFileSync(certificate),
    key: readFileSync(key),
    configureBuckets: [{ name: "bucket" }],
});
server.middleware.unshift(async (ctx, next) => {
    if (isSigned(ctx.req)) {
        // A server may give fewer than were asked for: pages of ten make few objects many pages.
        ctx.url = ctx.url.replace("max-keys=1000", "max-keys=10");
        return next();
    }
    ctx.status = 403;
    ctx.body = "<Error><Code>SignatureDoesNotMatch</Code></Error>";
});
const { port } = await server.run();
console.log(port);
