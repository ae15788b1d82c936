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
  padded,
  sha256,
} from "./sealing.js";

const STEP = 4096;
const FACTS = 1024;
const SPACE = 32;

// What the page has to know: whose draft it is, what is kept of it, and for whom.
export async function draftFacts(url) {
  const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return null;
  return answer.json();
}

const placeOf = (facts, version) => `${facts.place}/${version}`;

// The offer key of the vendor, once it is the one that was recorded when it was made.
async function offerKeyOf(facts) {
  const offerKey = fromBase64(facts.offer_key);
  const name = await fingerprint(offerKey);
  if (name !== facts.recorded) {
    throw new Error(
      "The offer key on this page is not the one that was recorded when it was made. " +
        "Nothing was saved. Replace the offer key, and tell whoever runs this site.",
    );
  }
  return { offerKey, name };
}

// JSON takes spaces at its end; the size of a file is sealed with it.
// The whole draft as what is sent: sealed bytes, their key, and the version they are.
export async function sealedDraft(facts, draft) {
  const { offerKey, name } = await offerKeyOf(facts);
  const version = facts.version + 1;
  const key = newKey();
  const raw = padded(new TextEncoder().encode(JSON.stringify(draft)), SPACE, STEP);
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
  const key = await keyOf(facts, facts.wrapped, own, `drawdown/v1/sealed-draft-key/${place}`);
  const raw = await decrypt(fromBase64(facts.sealed), key, `drawdown/v1/sealed-draft/${place}`);
  const files = [];
  for (const file of facts.files) files.push(await openedFacts(facts, file, own));
  return { ...JSON.parse(new TextDecoder().decode(raw)), files };
}

// What is encrypted to the vendor, with whichever of its offer keys this person holds.
async function keyOf(facts, wrapped, own, binding) {
  for (const copy of facts.copies) {
    try {
      return await decryptFrom(fromBase64(wrapped), await heldPair(copy, own), binding);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  throw new Error(
    "It is not sealed to an offer key that you hold: it was saved before the key was " +
      "shared with you, or for others. Ask a colleague to open it and save it again.",
  );
}

// A file of the draft: its facts and its content under one key of its own.
export async function sealedFile(facts, name, bytes) {
  const { offerKey, name: offerKeyName } = await offerKeyOf(facts);
  const key = newKey();
  const place = `${facts.place}/${facts.next_file}`;
  const told = { name, size_bytes: bytes.length, sha256: await sha256(bytes) };
  const content = padded(bytes);
  const words = padded(new TextEncoder().encode(JSON.stringify(told)), SPACE, FACTS);
  const wrapped = await encryptTo(offerKey, key, `drawdown/v1/sealed-draft-file-key/${place}`);
  const made = {
    name: facts.next_file,
    facts: base64Of(await encrypt(words, key, `drawdown/v1/sealed-draft-file-facts/${place}`)),
    wrapped_key: base64Of(wrapped),
    offer_key: offerKeyName,
  };
  const sealed = await encrypt(content, key, `drawdown/v1/sealed-draft-file/${place}`);
  return { made, sealed, told: { ...told, id: facts.next_file } };
}

async function openedFacts(facts, file, own) {
  const place = `${facts.place}/${file.name}`;
  const key = await keyOf(facts, file.wrapped, own, `drawdown/v1/sealed-draft-file-key/${place}`);
  const binding = `drawdown/v1/sealed-draft-file-facts/${place}`;
  const raw = await decrypt(fromBase64(file.facts), key, binding);
  const told = JSON.parse(new TextDecoder().decode(raw));
  return { ...told, id: file.name, url: file.url, key, place };
}

// A file of an opened draft, checked against the hash that lies beside its name.
export async function openedFile({ name, size_bytes: size, sha256: hash, url, key, place }) {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(`${name} did not come. Try again.`);
  const sealed = new Uint8Array(await answer.arrayBuffer());
  const raw = await decrypt(sealed, key, `drawdown/v1/sealed-draft-file/${place}`);
  const bytes = raw.slice(0, size);
  if ((await sha256(bytes)) !== hash) throw new Error(`${name} is not what was attached.`);
  return new File([bytes], name);
}

const DRAFTED = "[name=technical], [name^=model_], [name^=price_]";

// What of a form is drafted, by the names of its fields; files are kept beside it.
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

// The files of an opened draft, put into a file input beside what was chosen there.
export async function chooseFiles(input, draft) {
  const chosen = new DataTransfer();
  for (const file of input.files) chosen.items.add(file);
  for (const file of draft.files) chosen.items.add(await openedFile(file));
  input.files = chosen.files;
}
