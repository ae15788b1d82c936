// The offer key of a vendor where a browser encrypts: chosen, shared and replaced here.

import {
  Refused,
  choosePassphrase,
  forgetWhenLeft,
  form,
  inClientMode,
  ownPair,
  send,
} from "./client_form.js";
import {
  SealBroken,
  base64Of,
  decryptFrom,
  encryptTo,
  fingerprint,
  fromBase64,
  newPair,
} from "./sealing.js";

const facts = document.querySelector("[data-hold], [data-share-key], [data-rotate]");

inClientMode(facts, async () => {
  if ("hold" in facts.dataset) await hold();
  else if ("rotate" in facts.dataset) await rotate();
  else await share();
  send();
});
forgetWhenLeft();

// A key of one's own, and an offer key in case that nobody else holds one.
async function hold() {
  const own = await choosePassphrase(facts.dataset.iterations);
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
  const own = await holderPair(facts.dataset, form.elements.passphrase.value);
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
export const holderPair = (told, passphrase) =>
  ownPair(
    told,
    passphrase,
    "This passphrase does not open your key. Nothing was sent. Type the one you chose " +
      "for the offer key; it is not your login's password.",
  );

// An offer key that this person holds.
export async function heldPair(copy, own) {
  const publicKey = fromBase64(copy.public);
  const place = await copyPlace(publicKey, own.publicKey);
  return { publicKey, privateKey: await decryptFrom(fromBase64(copy.wrapped), own, place) };
}

// The key of one's own offer, with the offer key that it was sealed to, which nothing
// tells: each that the page has for this person is tried.
export async function contentKey(told, passphrase) {
  const own = await holderPair(told.dataset, passphrase);
  const wrapped = fromBase64(told.dataset.forVendor);
  for (const { dataset } of told.querySelectorAll("[data-key]")) {
    const pair = await heldPair(dataset, own);
    try {
      return await decryptFrom(wrapped, pair, `drawdown/v1/offer-key/${told.dataset.address}`);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  throw new Refused(
    "It is not sealed to an offer key that you hold: there was none when it was handed " +
      "in, or another one. It is opened with the other offers all the same.",
  );
}
