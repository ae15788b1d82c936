// The page of a draft's files: large ones are sent in pieces, and what is small by the form.

import { ONE_PIECE, sendInPieces, shownProgress } from "./pieces.js";

const form = document.querySelector("form[data-pieces]");
const said = document.querySelector("[data-saved]");
const bar = document.querySelector("[data-progress]");
let isBusy = false;

if (form && globalThis.isSecureContext && globalThis.crypto?.subtle) {
  form.addEventListener("submit", (event) => {
    const files = [...form.elements.attachments.files];
    if (!files.some(({ size }) => size > ONE_PIECE)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!isBusy) send(files);
  });
}

async function send(files) {
  isBusy = true;
  said.classList.remove("draft-saved--wrong");
  const come = [];
  try {
    for (const file of files) {
      said.textContent = `Reading ${file.name} …`;
      await sendInPieces({
        begin: form.dataset.pieces,
        token: form.elements.csrfmiddlewaretoken.value,
        bytes: new Uint8Array(await file.arrayBuffer()),
        told: { name: file.name },
        progress: shownProgress(said, bar, file.name, file.size),
      });
      come.push(file.name);
    }
    location.assign(location.href);
  } catch (error) {
    const kept = come.length ? ` Attached before it: ${come.join(", ")}.` : "";
    said.textContent = `Not attached: ${error.message}${kept}`;
    said.classList.add("draft-saved--wrong");
    bar.hidden = true;
  } finally {
    isBusy = false;
  }
}
