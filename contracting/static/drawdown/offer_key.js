// The offer key of a vendor where a browser encrypts: chosen, shared and replaced here.
//
// Without this script, or without WebCrypto, the same forms work in server mode.

import {
  SealBroken,
  base64Of,
  decryptFrom,
  encryptTo,
  fingerprint,
  fromBase64,
  lock,
  newPair,
  unlock,
} from "./sealing.js";

const SHORTEST = 15;
const FEWEST = 6;

const facts = document.querySelector("[data-hold], [data-share-key], [data-rotate]");
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
    if ("hold" in facts.dataset) await hold();
    else if ("rotate" in facts.dataset) await rotate();
    else await share();
    send();
  } catch (error) {
    delete form.dataset.busy;
    say("alert", error instanceof Refused ? error.message : `${error.message} Nothing was sent.`);
  }
}

// A key of one's own, and an offer key in case that nobody else holds one.
async function hold() {
  const passphrase = form.elements.passphrase.value;
  if (passphrase !== form.elements.again.value) {
    throw new Refused("The two passphrases differ. Type it again.");
  }
  if (passphrase.length < SHORTEST || new Set(passphrase).size < FEWEST) {
    throw new Refused(`A passphrase has at least ${SHORTEST} characters: take four words.`);
  }
  const own = await newPair();
  const locked = await lock(own, passphrase, Number(facts.dataset.iterations));
  form.elements.locked.value = JSON.stringify({
    public: base64Of(locked.publicKey),
    wrapped: base64Of(locked.wrapped),
    salt: base64Of(locked.salt),
    iterations: locked.iterations,
  });
  form.elements.made.value = JSON.stringify(await madeFor([own.publicKey]));
}

// A new offer key for all who hold the old one and are not taken off.
async function rotate() {
  const leaving = [...form.querySelectorAll("[name=leaving]:checked")].map(({ value }) => value);
  const staying = [...facts.querySelectorAll("[data-holder]")]
    .filter(({ dataset }) => !leaving.includes(dataset.holder))
    .map(({ dataset }) => fromBase64(dataset.public));
  form.elements.made.value = JSON.stringify(await madeFor(staying));
}

// Every offer key that one holds, encrypted to the key of a colleague.
async function share() {
  const holder = form.querySelector("[name=holder]:checked")?.value;
  if (!holder) throw new Refused("Choose a colleague.");
  const { dataset } = [...facts.querySelectorAll("[data-holder]")].find(
    (each) => each.dataset.holder === holder,
  );
  const colleague = fromBase64(dataset.public);
  const own = await ownPair(facts.dataset, form.elements.passphrase.value);
  const copies = {};
  for (const { dataset: copy } of facts.querySelectorAll("[data-key]")) {
    const pair = await heldPair(copy, own);
    copies[copy.key] = base64Of(await copyOf(pair, colleague));
  }
  form.elements.copies.value = JSON.stringify(copies);
}

async function madeFor(holders) {
  const pair = await newPair();
  const copies = {};
  for (const holder of holders) {
    copies[await fingerprint(holder)] = base64Of(await copyOf(pair, holder));
  }
  return { public: base64Of(pair.publicKey), copies };
}

const copyPlace = async (offerKey, holder) =>
  `drawdown/v1/offer-key-copy/${await fingerprint(offerKey)}/${await fingerprint(holder)}`;

const copyOf = async (pair, holder) =>
  encryptTo(holder, pair.privateKey, await copyPlace(pair.publicKey, holder));

// The person's own key pair, from what the page tells and the passphrase.
export async function ownPair(told, passphrase) {
  const locked = {
    publicKey: fromBase64(told.public),
    wrapped: fromBase64(told.wrapped),
    salt: fromBase64(told.salt),
    iterations: Number(told.iterations),
  };
  try {
    return await unlock(locked, passphrase);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    throw new Refused(
      "This passphrase does not open your key. Nothing was sent. Type the one you chose " +
        "for the offer key; it is not your login's password.",
    );
  }
}

// An offer key that this person holds.
export async function heldPair(copy, own) {
  const publicKey = fromBase64(copy.public);
  const place = await copyPlace(publicKey, own.publicKey);
  return { publicKey, privateKey: await decryptFrom(fromBase64(copy.wrapped), own, place) };
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

export function say(role, text) {
  let told = document.getElementById("offer-key-told");
  if (!told) {
    told = document.createElement("p");
    told.id = "offer-key-told";
    form.append(told);
  }
  told.setAttribute("role", role);
  told.className = role === "alert" ? "usa-error-message" : "usa-hint";
  told.textContent = text;
}
