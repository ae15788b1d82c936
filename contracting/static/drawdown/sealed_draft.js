// A vendor's draft, encrypted before it leaves the browser, with a key that is itself
// encrypted to the offer key of the vendor: its holders open it again, and nobody else.

import { heldPair, holderPair } from "./offer_key.js";
import {
  SealBroken,
  base64Of,
  decrypt,
  decryptFrom,
  encrypt,
  encryptTo,
  fingerprint,
  fromBase64,
  newKey,
} from "./sealing.js";

const STEP = 4096;

// What the page has to know: whose draft it is, what is kept of it, and for whom.
export async function draftFacts(url) {
  const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return null;
  return answer.json();
}

const placeOf = (facts, version) => `${facts.place}/${version}`;

// The whole draft as what is sent: sealed bytes, their key, and the version they are.
export async function sealedDraft(facts, draft) {
  const offerKey = fromBase64(facts.offer_key);
  const name = await fingerprint(offerKey);
  if (name !== facts.recorded) {
    throw new Error(
      "The offer key on this page is not the one that was recorded when it was made. " +
        "Nothing was saved. Replace the offer key, and tell whoever runs this site.",
    );
  }
  const version = facts.version + 1;
  const key = newKey();
  const raw = padded(new TextEncoder().encode(JSON.stringify(draft)));
  const place = placeOf(facts, version);
  return {
    version,
    sealed: base64Of(await encrypt(raw, key, `drawdown/v1/sealed-draft/${place}`)),
    wrapped_key: base64Of(await encryptTo(offerKey, key, `drawdown/v1/sealed-draft-key/${place}`)),
    offer_key: name,
  };
}

// The draft that is kept, with the passphrase of somebody who holds the offer key.
export async function openedDraft(facts, passphrase) {
  const own = await holderPair(facts.holder, passphrase);
  const place = placeOf(facts, facts.version);
  const wrapped = fromBase64(facts.wrapped);
  for (const copy of facts.copies) {
    try {
      const pair = await heldPair(copy, own);
      const key = await decryptFrom(wrapped, pair, `drawdown/v1/sealed-draft-key/${place}`);
      const raw = await decrypt(fromBase64(facts.sealed), key, `drawdown/v1/sealed-draft/${place}`);
      return JSON.parse(new TextDecoder().decode(raw));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  throw new Error(
    "It is not sealed to an offer key that you hold: it was saved before the key was " +
      "shared with you, or for others. Ask a colleague to open it and save it again.",
  );
}

// The length tells less; JSON takes spaces at its end.
function padded(raw) {
  const all = new Uint8Array(Math.ceil(raw.length / STEP) * STEP).fill(32);
  all.set(raw);
  return all;
}

const DRAFTED = "[name=technical], [name^=model_], [name^=price_]";

// What of a form is drafted, by the names of its fields; files are chosen when it is sent.
export function draftOf(form) {
  const fields = {};
  for (const field of form.querySelectorAll(DRAFTED)) fields[field.name] = field.value;
  return { fields };
}

export function fillIn(form, draft) {
  for (const field of form.querySelectorAll(DRAFTED)) {
    const kept = draft.fields[field.name];
    if (kept !== undefined) field.value = kept;
  }
}
