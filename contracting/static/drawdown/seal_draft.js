// The page of a sealed draft: opened with a passphrase, and sealed while it is typed.

import { forgetWhenLeft, inClientMode, say } from "./client_form.js";
import { draftFacts, draftOf, fillIn, openedDraft, sealedDraft } from "./sealed_draft.js";

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
}

async function open() {
  const draft = await openedDraft(facts, opening.elements.passphrase.value);
  opening.elements.passphrase.value = "";
  say("status", "Opened in this browser.");
  fillIn(sheet, draft);
  show();
}

function show() {
  opening.hidden = true;
  sheet.hidden = false;
  sheet.addEventListener("input", () => {
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

function tell(text, isWrong = false) {
  said.textContent = text;
  said.classList.toggle("draft-saved--wrong", isWrong);
}
