// The boxes of a solicitation, made where its contracting officer names the openers: the
// private halves exist here for a moment, and leave it only as shares for the openers.

import { form, inClientMode, say, send } from "./client_form.js";
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

inClientMode(
  place,
  async () => {
    const openers = await namedOpeners();
    const needed = Number(form.elements.needed.value);
    // Numbers that do not fit are refused by the site, in its own words.
    if (needed >= 2 && openers.length >= 2 * needed - 1) {
      say("status", "Making the keys and their shares in this browser …");
      form.elements.made.value = JSON.stringify(await madeBoxes(openers, needed));
    }
    send();
  },
  { status: "" },
);

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
