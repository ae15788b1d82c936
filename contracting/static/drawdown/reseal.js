// The key of a vendor's own offer, sealed anew where its holder is: in the browser.

import { Refused, forgetWhenLeft, form, inClientMode, send } from "./client_form.js";
import { contentKey } from "./offer_key.js";
import { base64Of, encryptTo, fingerprint, fromBase64 } from "./sealing.js";

const facts = document.querySelector("[data-reseal]");

inClientMode(facts, async () => {
  const { dataset } = facts;
  const box = fromBase64(dataset.boxKey);
  const name = await fingerprint(box);
  if (name !== dataset.published) {
    throw new Refused(
      "The key on this page is not the one that was published with the amendment. " +
        "Whoever exchanged it could read our offer. Nothing is sealed to it and nothing " +
        "was sent. Tell the contracting officer.",
    );
  }
  const key = await contentKey(facts, form.elements.passphrase.value);
  const wrapped = await encryptTo(box, key, `drawdown/v1/content-key/${dataset.address}`);
  form.elements.rewrapped.value = JSON.stringify({
    fingerprint: name,
    wrapped_key: base64Of(wrapped),
  });
  send();
});
forgetWhenLeft();
