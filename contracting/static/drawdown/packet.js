// The page of a sealed file: a large one is sent in pieces, each until it has come.
//
// Without this script the form sends the file in one request.

import { Refused, form, handOver, place, unacknowledged, watch, whileBusy } from "./hand_over.js";
import { ONE_PIECE } from "./pieces.js";

const MARK = "drawdown/v1/sealed-offer\n";
const LONGEST_HEAD = 64 * 1024;
const NEW_LINE = 10;

if (place && form && globalThis.isSecureContext && globalThis.crypto?.subtle) {
  watch();
  form.addEventListener("submit", (event) => {
    const [file] = form.elements.sealed.files;
    if (!file || file.size <= ONE_PIECE) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    whileBusy(async () => {
      const lacking = unacknowledged();
      if (lacking.length) throw new Refused(lacking);
      await handOver(opened(new Uint8Array(await file.arrayBuffer())));
    });
  });
}

// What is told of the offer, and its sealed bytes.
function opened(bytes) {
  const head = new TextDecoder().decode(bytes.subarray(0, MARK.length));
  const end = bytes.subarray(0, LONGEST_HEAD).indexOf(NEW_LINE, MARK.length);
  if (head !== MARK || end < 0) {
    throw new Refused(["This is no file that drawdown-offer has sealed. Nothing was sent."]);
  }
  const told = JSON.parse(new TextDecoder().decode(bytes.subarray(MARK.length, end)));
  return { envelope: told, sealed: bytes.slice(end + 1) };
}
