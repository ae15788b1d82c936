// The page of a sealed draft: opened with a passphrase, and sealed while it is typed.

import { forgetWhenLeft, inClientMode, say } from "./client_form.js";
import { wrongFiles } from "./offer.js";
import { forget, keep, kept as keptHere } from "./kept.js";
import { NotTaken, ONE_PIECE, sendInPieces, shownProgress } from "./pieces.js";
import {
  draftFacts,
  draftOf,
  fillIn,
  openedDraft,
  openedFile,
  sealedDraft,
  sealedFile,
} from "./sealed_draft.js";

const AFTER_TYPING = 2000;
const BEFORE_ANOTHER_TRY = 5000;

const place = document.querySelector("[data-sealed-draft]");
const sheet = document.querySelector("[data-draft-sheet]");
const opening = document.querySelector("form.dd-form");
const said = document.querySelector("[data-saved]");
let facts = null;
let timer = 0;
let isDirty = false;
let isStopped = false;
let onTheWay = Promise.resolve();
let kept = [];

if (place && globalThis.isSecureContext && globalThis.crypto?.subtle) begin();

async function begin() {
  inClientMode(place, open, { stays: true });
  forgetWhenLeft();
  facts = await draftFacts(place.dataset.facts);
  if (facts === null) {
    tell("What is kept could not be asked for. Load the page again.", true);
    return;
  }
  if (facts.version) opening.hidden = false;
  else show();
  offerToGoOn().catch(() => {});
}

// Under which name a sealed file is kept in this browser until it has come.
const keptName = () => `file/${place.dataset.vendor}/${location.pathname}`;

// A file that was sealed on this page before it was loaded again, and has not come yet.
async function offerToGoOn() {
  const panel = document.querySelector("[data-on-its-way]");
  const found = panel && (await keptHere(keptName()));
  if (!found) return;
  const size = (found.sealed.length / 1024 / 1024).toFixed(1);
  const words = panel.querySelector("[data-what]");
  words.textContent = `A file of ${size} MB that you attached here has not come whole.`;
  panel.hidden = false;
  const [goOn, giveUp] = panel.querySelectorAll("button");
  goOn.addEventListener("click", async () => {
    goOn.disabled = giveUp.disabled = true;
    try {
      const progress = panel.querySelector("progress");
      await sentInPieces(found.made, found.sealed, "The file", { said: words, bar: progress });
      location.reload();
    } catch (error) {
      words.textContent = `Not attached: ${error.message}`;
      goOn.disabled = giveUp.disabled = false;
    }
  });
  giveUp.addEventListener("click", async () => {
    await forget(keptName());
    panel.hidden = true;
  });
}

async function open() {
  const draft = await openedDraft(facts, opening.elements.passphrase.value);
  opening.elements.passphrase.value = "";
  say("status", "Opened in this browser.");
  fillIn(sheet, draft);
  kept = draft.files;
  show();
}

function show() {
  opening.hidden = true;
  sheet.hidden = false;
  list();
  sheet.elements.files.addEventListener("change", () => {
    onTheWay = onTheWay.then(attach);
  });
  sheet.addEventListener("input", ({ target }) => {
    if (target === sheet.elements.files) return;
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(start, AFTER_TYPING);
    if (!isStopped) tell("Not saved yet.");
  });
  sheet.addEventListener("focusout", () => isDirty && start());
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    isDirty = true;
    start();
  });
  addEventListener("beforeunload", (event) => {
    if (isDirty) event.preventDefault();
  });
}

function start() {
  onTheWay = onTheWay.then(save);
  return onTheWay;
}

async function save() {
  clearTimeout(timer);
  if (isStopped || !isDirty) return;
  isDirty = false;
  try {
    const made = await sealedDraft(facts, draftOf(sheet));
    const body = new FormData();
    body.set("csrfmiddlewaretoken", sheet.elements.csrfmiddlewaretoken.value);
    body.set("seen_version", String(facts.version));
    body.set("made", JSON.stringify(made));
    const reply = await fetch(place.dataset.save, { method: "POST", body, redirect: "error" });
    const answer = await reply.json();
    if (!reply.ok) {
      isStopped = isDirty = true;
      tell(`Not saved: ${answer.message}`, true);
      return;
    }
    facts.version = answer.version;
    tell(`${answer.message}.`);
  } catch (error) {
    isDirty = true;
    tell(`Not saved: ${error.message} Kept in this tab, will be tried again.`, true);
    timer = setTimeout(start, BEFORE_ANOTHER_TRY);
  }
}

// Each chosen file, sealed and sent by itself; what was kept stays if a later one fails.
async function attach() {
  const input = sheet.elements.files;
  const chosen = [...input.files];
  const others = kept.map(({ name, size_bytes: size }) => ({ name, size }));
  const wrong = wrongFiles([...others, ...chosen], place.dataset);
  if (wrong.length) {
    tell(`Not attached: ${wrong.join(" ")}`, true);
    return;
  }
  if (!facts.version) {
    isDirty = true;
    await save();
  }
  try {
    for (const file of chosen) {
      tell(`Encrypting and sending ${file.name} …`);
      await send(file);
    }
    input.value = "";
    tell(chosen.length === 1 ? "The file is kept, sealed." : "The files are kept, sealed.");
  } catch (error) {
    tell(`Not attached: ${error.message} Choose it again to try once more.`, true);
  }
}

async function send(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { made, sealed, told } = await sealedFile(facts, file.name, bytes);
  const send = sealed.length > ONE_PIECE ? sentInPieces : sentAtOnce;
  const answer = await send(JSON.stringify(made), sealed, file.name);
  facts.next_file = answer.next_file;
  kept.push({ ...told, file });
  list();
}

function sentAtOnce(made, sealed) {
  const body = new FormData();
  body.set("made", made);
  body.set("sealed", new Blob([sealed]), "sealed");
  return asked(place.dataset.attach, body);
}

async function sentInPieces(made, sealed, name, where = {}) {
  const { said: words = said, bar = sheet.querySelector("[data-progress]") } = where;
  await keep(keptName(), { made, sealed });
  try {
    const answer = await sendInPieces({
      begin: place.dataset.pieces,
      token: sheet.elements.csrfmiddlewaretoken.value,
      bytes: sealed,
      told: { made },
      progress: shownProgress(words, bar, name, sealed.length),
    });
    await forget(keptName());
    return answer;
  } catch (error) {
    if (error instanceof NotTaken) await forget(keptName());
    throw error;
  } finally {
    bar.hidden = true;
  }
}

async function remove(entry) {
  try {
    await asked(place.dataset.attach.replace(/attach$/, `${entry.id}/detach`), new FormData());
    kept = kept.filter((each) => each !== entry);
    list();
    tell(`${entry.name} is removed.`);
  } catch (error) {
    tell(`Not removed: ${error.message}`, true);
  }
}

async function asked(url, body) {
  body.set("csrfmiddlewaretoken", sheet.elements.csrfmiddlewaretoken.value);
  const reply = await fetch(url, { method: "POST", body, redirect: "error" });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.message);
  return answer;
}

async function fetched(entry) {
  try {
    const file = entry.file ?? (await openedFile(entry));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file], { type: "application/octet-stream" }));
    link.download = entry.name;
    link.click();
  } catch (error) {
    tell(error.message, true);
  }
}

function list() {
  const shown = document.querySelector("[data-draft-files]");
  const rows = kept.map((entry) => {
    const row = document.createElement("li");
    row.append(
      `${entry.name}, ${entry.size_bytes.toLocaleString("en-US")} bytes, SHA-256 ${entry.sha256.slice(0, 12)} `,
      button(`Save a copy of ${entry.name}`, () => fetched(entry)),
      " ",
      button(`Remove ${entry.name}`, () => remove(entry)),
    );
    return row;
  });
  const bytes = kept.reduce((sum, { size_bytes: size }) => sum + size, 0) / 1024 / 1024;
  document.querySelector("[data-draft-meter]").textContent =
    `${kept.length} of ${place.dataset.files} files, ` +
    `${bytes.toFixed(1)} of ${place.dataset.bytes / 1024 / 1024} MB.`;
  shown.replaceChildren(...rows);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "usa-button usa-button--unstyled";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function tell(text, isWrong = false) {
  said.textContent = text;
  said.classList.toggle("draft-saved--wrong", isWrong);
}
