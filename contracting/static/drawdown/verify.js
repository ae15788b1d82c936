"use strict";

// Hashes the chosen file here and asks about the hash: the file does not leave the
// browser. Where that cannot be done the form is sent as it is.

const MOST_STATES = 16;
const CODE = /\/verify\/([0-9a-hjkmnp-tv-z]{26})(?![0-9a-z])/;
const MOST_METADATA = 64 * 1024;

const hex = (bytes) =>
  Array.from(new Uint8Array(bytes), (each) => each.toString(16).padStart(2, "0")).join("");

const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

const letters = (bytes) => new TextDecoder("latin1").decode(bytes);

const find = (bytes, word, from) => {
  const wanted = new TextEncoder().encode(word);
  let at = bytes.indexOf(wanted[0], from);
  while (at !== -1) {
    if (wanted.every((each, index) => bytes[at + index] === each)) {
      return at;
    }
    at = bytes.indexOf(wanted[0], at + 1);
  }
  return -1;
};

// Where earlier states may have ended: behind each mark of an end, with its line break
// and without.
const endsOf = (bytes) => {
  const first = [];
  let last = [];
  for (let at = find(bytes, "%%EOF", 0); at !== -1; at = find(bytes, "%%EOF", at + 5)) {
    const end = at + 5;
    const ends = [end];
    if (bytes[end] === 13 && bytes[end + 1] === 10) {
      ends.push(end + 2);
    } else if (bytes[end] === 13 || bytes[end] === 10) {
      ends.push(end + 1);
    }
    for (const each of ends.filter((one) => one < bytes.length)) {
      if (first.length < MOST_STATES / 2) {
        first.push(each);
      } else {
        last = [...last, each].slice(-MOST_STATES / 2);
      }
    }
  }
  return [...first, ...last];
};

const unpacked = async (packed) => {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  let words = "";
  try {
    while (words.length < MOST_METADATA) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      words += letters(value);
    }
  } catch {
    // What stands behind the packed part is no part of it.
  }
  return words;
};

// The code of the paper that the file's metadata says it is; empty without one.
const namedIn = async (bytes) => {
  const type = find(bytes, "/Type /Metadata", 0);
  const begin = type === -1 ? -1 : find(bytes, "stream", type);
  if (begin === -1 || begin - type > 500) {
    return "";
  }
  const packed = bytes.slice(begin + 7, begin + 7 + MOST_METADATA);
  for (const words of [letters(packed), await unpacked(packed)]) {
    const found = CODE.exec(words);
    if (found) {
      return found[1];
    }
  }
  return "";
};

const addressOf = async (form, file) => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const whole = await sha256(bytes);
  const asked = new URLSearchParams();
  for (const end of endsOf(bytes)) {
    asked.append("part", await sha256(bytes.subarray(0, end)));
  }
  const named = await namedIn(bytes).catch(() => "");
  if (named) {
    asked.append("named", named);
  }
  const query = asked.toString();
  return `${new URL(form.action).pathname}/${whole}${query ? `?${query}` : ""}`;
};

document.addEventListener("DOMContentLoaded", () => {
  if (!window.crypto || !crypto.subtle) {
    return;
  }
  for (const form of document.querySelectorAll("form[data-verify]")) {
    const says = form.querySelector("[data-verify-says]");
    form.addEventListener(
      "submit",
      async (event) => {
        const file = form.querySelector("input[type=file]").files[0];
        if (!file) {
          return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        says.textContent = "The file is being hashed in your browser.";
        try {
          window.location.assign(await addressOf(form, file));
        } catch {
          says.textContent =
            "The file could not be read. Nothing was sent. Choose it again.";
        }
      },
      { capture: true },
    );
  }
});
