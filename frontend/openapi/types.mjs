// Generates the types of the page's API calls from the OpenAPI documents in this folder.

import { mkdir, readFile, writeFile } from "node:fs/promises";

import openapi, { astToString } from "openapi-typescript";

const SERVICES = ["auth", "storage", "movies"];
const FOLDER = new URL("../src/api/schema/", import.meta.url);

await mkdir(FOLDER, { recursive: true });
for (const service of SERVICES) {
  const document = await readFile(new URL(`${service}.json`, import.meta.url), "utf8");
  await writeFile(new URL(`${service}.ts`, FOLDER), astToString(await openapi(JSON.parse(document))));
}
