// A person for the pictures of the page: an account of their own, and files in all cities.

import { randomBytes } from "node:crypto";

const PLACE = { "X-Fake-IP": "128.59.1.1" };
const FILES = [
  ["cape-point.jpg", "image/jpeg", 310_000],
  ["закат над морем.jpg", "image/jpeg", 212_000],
  ["drone-flight-around-the-lighthouse-in-the-very-first-light-of-the-day-final.mp4", "video/mp4", 930_000],
  ["itinerary.pdf", "application/pdf", 21_200],
  ["notes.md", "text/markdown", 800],
  ["penguins.heic", "image/heic", 220_000],
  ["table-mountain-panorama.tif", "image/tiff", 640_000],
  ["tickets.pdf", "application/pdf", 102_400],
  ["budget.xlsx", "application/octet-stream", 18_900],
  ["letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 33_000],
  ["تقرير المبيعات السنوي.pdf", "application/pdf", 54_321],
  ["photos-2026.tar.gz", "application/gzip", 812_000],
  ["interview.flac", "audio/flac", 540_000],
  ["slides.pptx", "application/octet-stream", 72_000],
  ["route.json", "application/json", 4_096],
];

/** What is looked at is worth a look. */
const CONTENT = {
  "notes.md": Buffer.from(`# The cape, in three days

Bring the *long* lens and a coat: it blows from the south.

1. Lighthouse before sunrise
2. Penguins at Boulders Beach
3. The cable car, when the cloud is off the table

Ask Bob for the **tide tables**.
`),
};

/** Registers somebody who has no file yet. */
export async function newPerson(address) {
  const username = `anna.${randomBytes(4).toString("hex")}`;
  const password = `seven green boats ${randomBytes(4).toString("hex")}`;
  const person = {
    username,
    password,
    email: `${username}@example.com`,
    first_name: "Anna",
    last_name: "Lind",
  };
  await call(address, "POST", "/auth/api/v1/register", person);
  return person;
}

/** Uploads the sample files, and waits until all of them are in every city. */
export async function fill(address, person) {
  const token = await tokenOf(address, person);
  for (const [name, type, size] of FILES) {
    await upload(address, token, name, type, CONTENT[name] ?? randomBytes(size));
  }
  const { items: known } = await call(address, "GET", "/storage/api/v1/files?limit=200", undefined, token);
  await call(
    address,
    "POST",
    `/storage/api/v1/files/${known[0].id}/links`,
    { name: "For Bob", max_downloads: 5 },
    token,
  );
  await call(address, "POST", `/storage/api/v1/files/${known[3].id}/links`, { lifetime_seconds: 604_800 }, token);
  await throwAway(address, token);
  Object.assign(person, await share(address, token, person));
  for (;;) {
    const { items } = await call(address, "GET", "/storage/api/v1/files?limit=200", undefined, token);
    if (items.every(({ state, replicas }) => state === "stored" && replicas.ready === replicas.wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A file and a folder with one in it, for the trash. */
async function throwAway(address, token) {
  const draft = await upload(address, token, "draft of the letter.txt", "text/plain", randomBytes(2_000));
  const folder = await call(address, "POST", "/storage/api/v1/folders", { path: "/trips/2025" }, token);
  await upload(address, token, "old plan.txt", "text/plain", randomBytes(40_000), { folder: "/trips/2025" });
  await call(address, "POST", `/storage/api/v1/files/${draft.id}/trash`, undefined, token);
  await call(address, "POST", `/storage/api/v1/folders/${folder.id}/trash`, undefined, token);
}

/** A link to a folder, a file request, and what somebody else shares; the pages of the first two. */
async function share(address, token, person) {
  const storage = `/storage/api/v1`;
  const folder = await call(address, "POST", `${storage}/folders`, { path: "/harbour" }, token);
  for (const name of ["lighthouse.jpg", "log book.txt", "tide tables.pdf"]) {
    const type = name.endsWith("txt") ? "text/plain" : "application/octet-stream";
    await upload(address, token, name, type, randomBytes(30_000), {
      folder_id: folder.id,
    });
  }
  const link = await call(address, "POST", `${storage}/folders/${folder.id}/links`, {}, token);
  const wish = {
    title: "Photos of the harbour",
    message: "All you have of May, please.",
    max_files: 20,
  };
  const request = await call(address, "POST", `${storage}/drops`, { folder_id: folder.id, ...wish }, token);

  const other = await newPerson(address);
  const theirs = await tokenOf(address, other);
  const common = await call(address, "POST", `${storage}/folders`, { path: "/Crew" }, theirs);
  const plan = await upload(address, theirs, "plan of the week.pdf", "application/pdf", randomBytes(9_000));
  const { id } = await call(address, "GET", `/auth/api/v1/people?username=${person.username}`, undefined, theirs);
  await call(address, "PUT", `${storage}/folders/${common.id}/grants/${id}`, { access: "write" }, theirs);
  await call(address, "PUT", `${storage}/files/${plan.id}/grants/${id}`, { access: "read" }, theirs);
  return {
    linkPage: new URL(link.url).pathname,
    requestPage: new URL(request.url).pathname,
  };
}

export async function tokenOf(address, { username, password }) {
  return (await call(address, "POST", "/auth/api/v1/login", { username, password })).access_token;
}

export async function upload(address, token, name, contentType, bytes, more = {}) {
  const body = { name, size: bytes.length, content_type: contentType, ...more };
  const ticket = await call(address, "POST", "/storage/api/v1/uploads", body, token);
  const { parts = [{ number: 1, ...ticket, size: bytes.length }], part_size: partSize = 0 } = ticket;
  for (const { number, url, headers, size } of parts) {
    const from = (number - 1) * partSize;
    const put = await fetch(url, {
      method: "PUT",
      headers,
      body: bytes.subarray(from, from + size),
    });
    if (!put.ok) throw new Error(`${name} was not taken: ${put.status}`);
  }
  return call(address, "POST", `/storage/api/v1/uploads/${ticket.id}/complete`, undefined, token);
}

export async function call(address, method, path, body, token) {
  const answer = await fetch(address + path, {
    method,
    headers: {
      ...PLACE,
      ...(body && { "Content-Type": "application/json" }),
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
