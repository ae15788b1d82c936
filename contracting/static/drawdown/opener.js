// What an opener does with a passphrase happens here: it never leaves the browser.

import {
  Refused,
  choosePassphrase,
  forgetWhenLeft,
  form,
  inClientMode,
  opened,
  ownPair,
  send,
} from "./client_form.js";
import { base64Of, commitment, decryptFrom, fromBase64 } from "./sealing.js";

const facts = document.querySelector("[data-enrol], [data-share]");

inClientMode(facts, async () => {
  await ("enrol" in facts.dataset ? choosePassphrase(facts.dataset.iterations) : giveShare());
  send();
});
forgetWhenLeft();

// The share of this opener, opened and compared with its commitment.
async function giveShare() {
  const told = facts.dataset;
  const pair = await ownPair(
    told,
    form.elements.passphrase.value,
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
