// The form of an offer in client mode: what is typed is sealed here and sent as bytes.
//
// Without this script, or without WebCrypto, the same form works in server mode.

import { amountOf, dollars, fixedWidth, seal, tooDear, wrongFiles } from "./offer.js";
import { chooseFiles, draftFacts, fillIn, openedDraft } from "./sealed_draft.js";
import { encryptTo, fingerprint, fromBase64, newKey } from "./sealing.js";

const place = document.querySelector("[data-sealing]");
const form = document.querySelector("form[data-offer]");
const told = document.getElementById("sealing-told");

class Refused extends Error {
  constructor(reasons) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

if (place && form && globalThis.isSecureContext && globalThis.crypto?.subtle) {
  begin();
}

async function begin() {
  showMode("CLIENT");
  form.addEventListener("submit", onSubmit);
  offerDraft().catch(() => {});
  try {
    await requireKey();
  } catch (error) {
    say(error);
  }
}

// The draft that a browser of this vendor has sealed, put into the form if it is opened.
async function offerDraft() {
  const panel = place.querySelector("[data-takeover]");
  const facts = panel && (await draftFacts(panel.dataset.takeover));
  if (!facts?.version) return;
  panel.hidden = false;
  const passphrase = document.getElementById("draft-passphrase");
  const said = document.getElementById("draft-told");
  panel.querySelector("button").addEventListener("click", async () => {
    said.textContent = "Working in this browser: a passphrase takes a second to stretch …";
    try {
      const draft = await openedDraft(facts, passphrase.value);
      fillIn(form, draft);
      said.textContent = "Fetching its files …";
      await chooseFiles(form.elements.attachments, draft);
      said.textContent = `The draft is in the form below, with ${filesOf(draft)}.`;
    } catch (error) {
      said.textContent = error.message;
    }
    passphrase.value = "";
  });
}

function filesOf({ files }) {
  if (!files.length) return "no file";
  return files.length === 1 ? "its file" : `its ${files.length} files`;
}

function showMode(mode) {
  for (const element of document.querySelectorAll("[data-mode]")) {
    element.hidden = element.dataset.mode !== mode;
  }
}

async function onSubmit(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  told.replaceChildren();
  try {
    await (event.submitter?.name === "check" ? showPrices() : handIn());
  } catch (error) {
    say(error);
  } finally {
    delete form.dataset.busy;
    working("");
  }
}

// The public key, once it is the one that was published: or nothing is sealed to it.
async function requireKey() {
  const key = fromBase64(place.dataset.key);
  const found = await fingerprint(key);
  const typed = (document.getElementById("printed-fingerprint")?.value ?? "")
    .toLowerCase()
    .replace(/[^0-9a-f]/g, "");
  if (found !== place.dataset.published) {
    throw new Refused([
      "The key on this page is not the one that was published for this solicitation. " +
        "Whoever exchanged it could read your offer. Nothing is sealed to it and " +
        "nothing was sent. Tell the contracting officer.",
    ]);
  }
  if (typed && (typed.length < 16 || !found.startsWith(typed))) {
    throw new Refused([
      "The fingerprint that you typed is not that of the key on this page. Nothing was " +
        "sent. Compare it with the printed solicitation once more; if they differ, " +
        "tell the contracting officer.",
    ]);
  }
  await encryptTo(key, newKey(), "drawdown/v1/trial");
  return key;
}

// The offer key of the vendor, if there is one and it is the one that was recorded.
async function ownKey() {
  if (!place.dataset.offerKey) return null;
  const key = fromBase64(place.dataset.offerKey);
  if ((await fingerprint(key)) !== place.dataset.offerKeyRecorded) {
    throw new Refused([
      "The offer key on this page is not the one that was recorded when it was made. " +
        "Whoever exchanged it could read your offer. Nothing was sent. Replace the " +
        "offer key, and tell whoever runs this site.",
    ]);
  }
  return key;
}

async function handIn() {
  working("Checking and encrypting in this browser …");
  const key = await requireKey();
  const offer = await offerOf();
  const { envelope, sealed } = await seal(offer, placeOf(), key, await ownKey());
  working(`Sending ${Math.ceil(sealed.length / 1024).toLocaleString("en-US")} KB …`);
  await send(envelope, sealed);
}

const placeOf = () => ({
  solicitation: place.dataset.solicitation,
  submission: place.dataset.submission,
  version: Number(place.dataset.version),
});

async function send(envelope, sealed) {
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "form_token", "proof_password"]) {
    const field = form.elements[name];
    if (field) body.set(name, field.value);
  }
  for (const box of form.querySelectorAll("[name=acknowledged]:checked")) {
    body.append("acknowledged", box.value);
  }
  body.set("envelope", JSON.stringify(envelope));
  body.set("sealed", new Blob([sealed]), "sealed");
  let answer;
  try {
    answer = await fetch(location.href, { method: "POST", body });
  } catch {
    throw new Refused([
      "No answer came. Your offer may or may not have arrived: look under “My offers” " +
        "in another tab. What you typed is still here; sending it again from here " +
        "never makes two.",
    ]);
  }
  if (answer.redirected && new URL(answer.url).pathname.startsWith(place.dataset.leadsTo)) {
    location.assign(answer.url);
    return;
  }
  await showAnswer(answer);
}

// A refusal of the server, shown here so that what was typed stays.
async function showAnswer(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("main .usa-alert--error, main .usa-alert--warning");
  if (!found || answer.redirected) {
    throw new Refused([
      "The offer was not taken: you may be logged out. Log in in another tab, then " +
        "hand in again here. What you typed is still on this page.",
    ]);
  }
  const asked = page.querySelector("[data-proof]");
  if (asked && !form.querySelector("[data-proof]")) {
    form.querySelector(".dd-form__end").before(document.importNode(asked, true));
  }
  told.replaceChildren(document.importNode(found, true));
  told.focus();
}

const valueOf = (name) => form.elements[name]?.value ?? "";

const pricesOf = () =>
  [...form.querySelectorAll("[data-line]")].map(({ dataset }) => ({
    line: dataset.line,
    slin: dataset.slin,
    clin: dataset.clin,
    quote: dataset.quote,
    months: dataset.months,
    units: dataset.units,
    model: valueOf(`model_${dataset.clin}`),
    price: valueOf(`price_${dataset.line}`),
  }));

// The whole offer; what a later check would find is told now, while there is time.
async function offerOf() {
  const technical = valueOf("technical");
  const prices = pricesOf();
  const chosen = [...form.elements.attachments.files];
  const wrong = [
    ...wrongText(technical),
    ...wrongPrices(prices),
    ...wrongFiles(chosen, place.dataset),
    ...unacknowledged(),
  ];
  if (wrong.length) throw new Refused(wrong);
  const files = [];
  for (const file of chosen) {
    files.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return { technical, prices, files };
}

function wrongText(technical) {
  const most = Number(place.dataset.technical);
  if (!technical.trim()) return ["Write the technical proposal."];
  if ([...technical].length <= most) return [];
  return [`The technical proposal has more than ${most.toLocaleString("en-US")} characters.`];
}

function wrongPrices(prices) {
  const unpriced = prices.filter(({ price }) => !fixedWidth(price));
  const wrong = unpriced.map(
    ({ slin }) => `Line ${slin}: give a figure below a million, with at most six decimals.`,
  );
  if (prices.some(({ model, quote }) => !model && quote !== "USD_PER_UNIT")) wrong.push("Choose a model for each CLIN.");
  const perAcu = unitPrices(prices);
  for (const row of prices) {
    if (tooDear(row, perAcu.get(row.clin))) {
      wrong.push(
        `Line ${row.slin}: what it burns, at the price of its unit, comes to a million ` +
          "dollars per million tokens or more. Look at both figures.",
      );
    }
  }
  return wrong;
}

// The price of the unit of each pool, by CLIN.
function unitPrices(prices) {
  const pools = prices.filter(({ quote }) => quote === "USD_PER_ACU");
  return new Map(pools.map(({ clin, price }) => [clin, price]));
}

const unacknowledged = () =>
  form.querySelector("[name=acknowledged]:not(:checked)")
    ? ["Acknowledge each amendment (R-SUB-05)."]
    : [];

// The offer on the reference workload, computed here: no price is sent for it.
function showPrices() {
  const prices = pricesOf();
  const wrong = wrongPrices(prices);
  if (wrong.length) throw new Refused(wrong);
  const perAcu = unitPrices(prices);
  const rows = prices.map((row) => [row.slin, amountOf(row, perAcu.get(row.clin))]);
  const sum = rows.reduce((all, [, amount]) => all + amount, 0n);
  const lines = rows.map(([slin, amount]) => `${slin}: ${dollars(amount)}`);
  show("info", `Not handed in yet: ${dollars(sum)} on the reference workload`, [
    "Computed in this browser, by the arithmetic of the evaluation. Nothing was sent.",
    ...lines,
  ]);
}

function say(error) {
  const isForeseen = error instanceof Refused;
  const reasons = isForeseen ? error.reasons : [`${error.message} Nothing was sent.`];
  show("error", "Not handed in", reasons);
}

function show(kind, heading, texts) {
  const alert = document.createElement("div");
  alert.className = `usa-alert usa-alert--${kind}`;
  const body = document.createElement("div");
  body.className = "usa-alert__body";
  const title = document.createElement("h2");
  title.className = "usa-alert__heading";
  title.textContent = heading;
  const list = document.createElement("ul");
  list.className = "usa-list";
  for (const text of texts) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  }
  body.append(title, list);
  alert.append(body);
  told.replaceChildren(alert);
  told.focus();
}

function working(text) {
  document.getElementById("sealing-working").textContent = text;
}
