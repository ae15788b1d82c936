// What an opener does with a passphrase happens here: it never leaves the browser.
//
// Without this script, or without WebCrypto, the same forms work in server mode.

import {
  SealBroken,
  base64Of,
  commitment,
  decryptFrom,
  fromBase64,
  lock,
  newPair,
  unlock,
} from "./sealing.js";

const SHORTEST = 15;
const FEWEST = 6;

const facts = document.querySelector("[data-enrol], [data-share]");
const form = document.querySelector("main form.dd-form");

if (facts && form && globalThis.isSecureContext && globalThis.crypto?.subtle) {
  for (const element of document.querySelectorAll("[data-mode]")) {
    element.hidden = element.dataset.mode !== "CLIENT";
  }
  form.addEventListener("submit", onSubmit);
}

// A page that is gone back to has given its passphrase away already.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

class Refused extends Error {}

async function onSubmit(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  say("status", "Working in this browser: a passphrase takes a second to stretch …");
  try {
    await ("enrol" in facts.dataset ? enrol() : giveShare());
    send();
  } catch (error) {
    delete form.dataset.busy;
    say("alert", error instanceof Refused ? error.message : `${error.message} Nothing was sent.`);
  }
}

// A key pair of one's own; what is sent of its private half only the passphrase opens.
async function enrol() {
  const passphrase = form.elements.passphrase.value;
  if (passphrase !== form.elements.again.value) {
    throw new Refused("The two passphrases differ. Type it again.");
  }
  if (passphrase.length < SHORTEST || new Set(passphrase).size < FEWEST) {
    throw new Refused(`A passphrase has at least ${SHORTEST} characters: take four words.`);
  }
  const locked = await lock(await newPair(), passphrase, Number(facts.dataset.iterations));
  form.elements.locked.value = JSON.stringify({
    public: base64Of(locked.publicKey),
    wrapped: base64Of(locked.wrapped),
    salt: base64Of(locked.salt),
    iterations: locked.iterations,
  });
}

// The share of this opener, opened and compared with its commitment.
async function giveShare() {
  const told = facts.dataset;
  const locked = {
    publicKey: fromBase64(told.public),
    wrapped: fromBase64(told.wrapped),
    salt: fromBase64(told.salt),
    iterations: Number(told.iterations),
  };
  const pair = await opened(
    () => unlock(locked, form.elements.passphrase.value),
    "This passphrase does not open your opener's key. Nothing was sent. Type the one " +
      "you chose when you enrolled; it is not your login's password.",
  );
  const altered =
    `Share ${told.position} was altered: it is not the share that was made with the ` +
    "box. Nothing was sent. Tell the contracting officer; other openers can still open " +
    "the box without it.";
  const place = `drawdown/v1/share/${told.box}/${told.position}`;
  const value = await opened(() => decryptFrom(fromBase64(told.sealed), pair, place), altered);
  const share = { position: Number(told.position), value };
  if ((await commitment(share, told.box)) !== told.commitment) throw new Refused(altered);
  form.elements.share.value = base64Of(value);
}

async function opened(open, words) {
  try {
    return await open();
  } catch (error) {
    throw error instanceof SealBroken ? new Refused(words) : error;
  }
}

// The form without its passphrases: a field that is switched off is not sent.
function send() {
  for (const name of ["passphrase", "again"]) {
    const field = form.elements[name];
    if (field) {
      field.value = "";
      field.disabled = true;
    }
  }
  form.submit();
}

function say(role, text) {
  let told = document.getElementById("opener-told");
  if (!told) {
    told = document.createElement("p");
    told.id = "opener-told";
    form.append(told);
  }
  told.setAttribute("role", role);
  told.className = role === "alert" ? "usa-error-message" : "usa-hint";
  told.textContent = text;
}
