// A vendor's own sealed offer, decrypted where it is read: in the browser.
//
import { form, inClientMode, say } from "./client_form.js";
import { contentKey } from "./offer_key.js";
import { decrypt, fromBase64 } from "./sealing.js";

const facts = document.querySelector("[data-reread]");
const shown = document.getElementById("own-offer");

inClientMode(facts, read, { stays: true });

async function read() {
  shown.replaceChildren();
  const key = await contentKey(facts, form.elements.passphrase.value);
  say("status", "Fetching the sealed bytes …");
  const raw = await decrypt(await sealedBytes(), key, `drawdown/v1/offer/${facts.dataset.address}`);
  const offer = facts.dataset.sealedIn === "CLIENT" ? unpacked(raw) : parsed(raw);
  form.elements.passphrase.value = "";
  say("status", "Decrypted in this browser. It is shown below and kept nowhere.");
  show(offer);
}

async function sealedBytes() {
  const answer = await fetch(facts.dataset.bytes, { cache: "no-store" });
  if (!answer.ok || answer.redirected) {
    throw new Error("The sealed bytes did not come. Load the page again; you may be logged out.");
  }
  return new Uint8Array(await answer.arrayBuffer());
}

// What a browser has sealed: the length of the head, the head, and the files.
function unpacked(raw) {
  const length = new DataView(raw.buffer, raw.byteOffset).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + length)));
  let at = 4 + length;
  const files = head.files.map(({ name, size_bytes: size }) => {
    at += size;
    return { name, bytes: raw.subarray(at - size, at) };
  });
  return { technical: head.technical, prices: named(head.prices, "line", "model"), files };
}

// What the server has sealed: one JSON text, with files in base64.
function parsed(raw) {
  const plain = JSON.parse(new TextDecoder().decode(raw));
  const files = plain.files.map(({ name, base64 }) => ({ name, bytes: fromBase64(base64) }));
  return { technical: plain.technical, prices: named(plain.prices, "number", "number"), files };
}

function named(prices, byLine, byModel) {
  const words = (kind, attribute, value) =>
    [...facts.querySelectorAll(`[data-${kind}]`)].find(
      ({ dataset }) => dataset[attribute] === String(value),
    )?.textContent ?? "?";
  return prices
    .map((row) => [
      words("line", byLine, row.line),
      row.model ? words("model", byModel, row.model) : "",
      plainPrice(row.usd_per_million_tokens),
    ])
    .sort(([one], [other]) => one.localeCompare(other));
}

function plainPrice(price) {
  const [whole, rest = ""] = price.split(".");
  return `${whole.replace(/^0+(?=\d)/, "")}.${rest.replace(/0+$/, "").padEnd(2, "0")}`;
}

function show({ technical, prices, files }) {
  const text = element("div", technical);
  text.className = "dd-preline";
  shown.append(element("h2", "Technical proposal"), text);
  shown.append(element("h2", "Prices"), table(prices));
  shown.append(element("h2", "Files"), files.length ? list(files) : element("p", "None was handed in."));
  shown.focus();
}

function table(prices) {
  const made = element("table");
  made.className = "usa-table usa-table--borderless usa-table--compact";
  const head = made.createTHead().insertRow();
  for (const name of ["Line", "Model", "US$ per million tokens, or as the line says"]) {
    const cell = element("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  made.prepend(element("caption", "Prices as handed in"));
  const body = made.createTBody();
  for (const [line, ...cells] of prices) {
    const row = body.insertRow();
    const first = element("th", line);
    first.scope = "row";
    row.append(first, ...cells.map((each) => element("td", each)));
    row.lastElementChild.className = "dd-num";
  }
  head.lastElementChild.className = "dd-num";
  return made;
}

function list(files) {
  const made = element("ol");
  made.className = "usa-list";
  for (const { name, bytes } of files) {
    const link = element("a", name);
    link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    link.download = name;
    const item = element("li");
    item.append(link, `, ${bytes.length.toLocaleString("en-US")} bytes`);
    made.append(item);
  }
  return made;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
