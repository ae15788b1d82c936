// A file that is sent in pieces: begun, gone on with where the server says, completed.
//
// A broken connection is waited out: what has come is kept, and the rest follows.

import { base64Of, sha256 } from "./sealing.js";

// A file up to this size is one request, which the form sends by itself.
export const ONE_PIECE = 1024 * 1024;

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const TRIES = 60;
const OVERLOADED = 429;
const FAILED = 500;

// What the server has refused, in its words; trying again does not help.
export class NotTaken extends Error {}

// Send `bytes` to the draft; `told` goes with them when they are begun, `progress` is
// called with how many have come. Gives what the server says of the file in the end.
export async function sendInPieces(what) {
  const upload = await sendPieces(what);
  return orAbandoned(upload, what.token, () => asked(() => post(upload.complete, what.token)));
}

// Send `bytes` and leave them where they have come; gives what the server says of them.
export async function sendPieces({ begin, token, bytes, told, progress }) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  body.set("size_bytes", String(bytes.length));
  body.set("sha256", await sha256(bytes));
  for (const [name, value] of Object.entries(told)) body.set(name, value);
  const upload = await asked(() => fetch(begin, { method: "POST", body, redirect: "manual" }));
  return orAbandoned(upload, token, async () => {
    let { offset } = upload;
    progress(offset);
    while (offset < upload.size_bytes) {
      offset = await sentFrom(offset, { upload, token, bytes });
      progress(offset);
    }
    return upload;
  });
}

// What `work` gives; what the server will never take is given up there too.
async function orAbandoned(upload, token, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotTaken) await abandon(upload, token);
    throw error;
  }
}

// Delete what has come; if no answer comes, it is deleted there within a day.
export function abandon(upload, token) {
  return post(upload.abandon, token).catch(() => {});
}

// Send the piece that begins there; gives where the next one begins.
async function sentFrom(offset, { upload, token, bytes }) {
  const piece = bytes.subarray(offset, offset + upload.piece_bytes);
  const last = offset + piece.length - 1;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", piece));
  const headers = {
    "X-CSRFToken": token,
    "Content-Type": "application/octet-stream",
    "Content-Range": `bytes ${offset}-${last}/${bytes.length}`,
    "Content-Digest": `sha-256=:${base64Of(digest)}:`,
  };
  const put = () =>
    fetch(upload.append, { method: "PUT", body: piece, headers, redirect: "manual" });
  const answer = await asked(put, ["upload_misplaced", "upload_damaged"]);
  return answer.offset;
}

function post(url, token) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  return fetch(url, { method: "POST", body, redirect: "manual" });
}

// The reply of the server, tried again as long as none comes or it fails on its side;
// nothing once it was tried so often. `waiting` is called before each further try.
export async function answered(request, waiting = () => {}) {
  let wait = FIRST_WAIT;
  for (let left = TRIES; left > 0; left -= 1) {
    const reply = await request().catch(() => null);
    if (reply && reply.status < FAILED && reply.status !== OVERLOADED) return reply;
    waiting();
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
  return null;
}

// What the server says. A refusal whose code is `mendable` says where the bytes end: that
// is an answer too.
async function asked(request, mendable = []) {
  const reply = await answered(request);
  if (reply === null) {
    throw new Error("The server does not answer. Choose the file once more: it goes on then.");
  }
  if (reply.type === "opaqueredirect") {
    throw new Error("You are signed out. Sign in again, and choose the file once more.");
  }
  const answer = await reply.json().catch(() => null);
  if (reply.ok && answer) return answer;
  if (mendable.includes(answer?.code)) return answer;
  throw new NotTaken(answer?.message ?? "The file is not taken. Load the page again.");
}

// How far a file is, in the words and the bar of the page.
export function shownProgress(said, bar, name, size) {
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  return (here) => {
    bar.hidden = false;
    bar.max = size;
    bar.value = here;
    said.textContent = `${name}: ${megabytes(here)} of ${megabytes(size)} MB have come.`;
  };
}
