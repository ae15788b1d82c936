// The boxes of a solicitation, made where its contracting officer names the openers: the
// private halves exist here for a moment, and leave it only as shares for the openers.

import {
  base64Of,
  combine,
  commitment,
  encrypt,
  encryptTo,
  fingerprint,
  fromBase64,
  hexOf,
  newKey,
  newPair,
  sha256,
  split,
} from "./sealing.js";

const place = document.querySelector("[data-boxes]");
const form = document.querySelector("main form.dd-form");

if (place && form && globalThis.isSecureContext && globalThis.crypto?.subtle) {
  for (const element of document.querySelectorAll("[data-mode]")) {
    element.hidden = element.dataset.mode !== "CLIENT";
  }
  form.addEventListener("submit", onSubmit);
}

async function onSubmit(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    const openers = await namedOpeners();
    const needed = Number(form.elements.needed.value);
    // Numbers that do not fit are refused by the site, in its own words.
    if (needed >= 2 && openers.length >= 2 * needed - 1) {
      say("status", "Making the keys and their shares in this browser …");
      form.elements.made.value = JSON.stringify(await madeBoxes(openers, needed));
    }
    form.submit();
  } catch (error) {
    delete form.dataset.busy;
    say("alert", `${error.message} Nothing was sent.`);
  }
}

async function namedOpeners() {
  const named = [...form.querySelectorAll("[name=openers]:checked")];
  const keys = named.map(({ value }) => place.querySelector(`[data-opener="${value}"]`));
  const openers = [];
  for (const { dataset } of keys) {
    const publicKey = fromBase64(dataset.key);
    openers.push({ publicKey, name: await fingerprint(publicKey) });
  }
  return openers;
}

async function madeBoxes(openers, needed) {
  const rehearsal = await madeBox(place.dataset.rehearsal, openers, needed);
  const offers = await madeBox(place.dataset.offers, openers, needed);
  const words = new TextEncoder().encode(hexOf(newKey()));
  const binding = `drawdown/v1/rehearsal/${place.dataset.rehearsal}`;
  const key = newKey();
  return {
    rehearsal: rehearsal.told,
    offers: offers.told,
    sample: base64Of(await encrypt(words, key, binding)),
    sample_key: base64Of(await encryptTo(rehearsal.publicKey, key, binding)),
    sample_sha256: await sha256(words),
  };
}

async function madeBox(id, openers, needed) {
  const pair = await newPair();
  const cut = split(pair.privateKey, needed, openers.length);
  requireWhole(pair, cut, needed);
  const shares = [];
  for (const [index, opener] of openers.entries()) {
    const share = cut[index];
    const binding = `drawdown/v1/share/${id}/${share.position}`;
    shares.push({
      opener: opener.name,
      sealed: base64Of(await encryptTo(opener.publicKey, share.value, binding)),
      commitment: await commitment(share, id),
    });
  }
  const told = { public_id: id, public_key: base64Of(pair.publicKey), shares };
  return { publicKey: pair.publicKey, told };
}

// The first and the last of the shares give the private half back, before it is forgotten.
function requireWhole(pair, cut, needed) {
  const wanted = hexOf(pair.privateKey);
  for (const some of [cut.slice(0, needed), cut.slice(-needed)]) {
    if (hexOf(combine(some)) !== wanted) {
      throw new Error("The shares do not give the key back: this browser computes wrongly.");
    }
  }
}

function say(role, text) {
  let told = document.getElementById("box-told");
  if (!told) {
    told = document.createElement("p");
    told.id = "box-told";
    form.append(told);
  }
  told.setAttribute("role", role);
  told.className = role === "alert" ? "usa-error-message" : "usa-hint";
  told.textContent = text;
}
