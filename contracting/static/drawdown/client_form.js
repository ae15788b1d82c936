// What every form has in common that does its secret work in the browser.
//
// Without scripts, or without WebCrypto, the same form works in server mode.

import { SealBroken, base64Of, fromBase64, lock, newPair, unlock } from "./sealing.js";

const SHORTEST = 15;
const FEWEST = 6;
const STRETCHING = "Working in this browser: a passphrase takes a second to stretch …";

export const form = document.querySelector("main form.dd-form");

// What is not sent for a reason that the person can mend; other errors say so themselves.
export class Refused extends Error {}

// Have `work` done here when the form is submitted, if the page has facts for it. It ends
// by sending the form, unless it `stays` on the page.
export function inClientMode(facts, work, { status = STRETCHING, stays = false } = {}) {
  if (!facts || !form || !globalThis.isSecureContext || !globalThis.crypto?.subtle) return;
  for (const element of document.querySelectorAll("[data-mode]")) {
    element.hidden = element.dataset.mode !== "CLIENT";
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    if (status) say("status", status);
    try {
      await work();
      if (stays) delete form.dataset.busy;
    } catch (error) {
      delete form.dataset.busy;
      const isWhole = stays || error instanceof Refused;
      say("alert", isWhole ? error.message : `${error.message} Nothing was sent.`);
    }
  });
}

// A page that is gone back to has given its passphrase away already.
export function forgetWhenLeft() {
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

// A pair of one's own under the passphrase that was typed twice, written into the form.
export async function choosePassphrase(iterations) {
  const passphrase = form.elements.passphrase.value;
  if (passphrase !== form.elements.again.value) {
    throw new Refused("The two passphrases differ. Type it again.");
  }
  if (passphrase.length < SHORTEST || new Set(passphrase).size < FEWEST) {
    throw new Refused(`A passphrase has at least ${SHORTEST} characters: take four words.`);
  }
  const own = await newPair();
  const locked = await lock(own, passphrase, Number(iterations));
  form.elements.locked.value = JSON.stringify({
    public: base64Of(locked.publicKey),
    wrapped: base64Of(locked.wrapped),
    salt: base64Of(locked.salt),
    iterations: locked.iterations,
  });
  return own;
}

// The person's own pair, from what the page tells and the passphrase.
export async function ownPair(told, passphrase, words) {
  const locked = {
    publicKey: fromBase64(told.public),
    wrapped: fromBase64(told.wrapped),
    salt: fromBase64(told.salt),
    iterations: Number(told.iterations),
  };
  return opened(() => unlock(locked, passphrase), words);
}

// What `open` gives, or the words for a seal that does not open.
export async function opened(open, words) {
  try {
    return await open();
  } catch (error) {
    throw error instanceof SealBroken ? new Refused(words) : error;
  }
}

// The form without its passphrases: a field that is switched off is not sent.
export function send() {
  for (const name of ["passphrase", "again"]) {
    const field = form.elements[name];
    if (field) {
      field.value = "";
      field.disabled = true;
    }
  }
  form.submit();
}

export function say(role, text) {
  let told = document.getElementById("client-told");
  if (!told) {
    told = document.createElement("p");
    told.id = "client-told";
    form.append(told);
  }
  told.setAttribute("role", role);
  told.className = role === "alert" ? "usa-error-message" : "usa-hint";
  told.textContent = text;
}
