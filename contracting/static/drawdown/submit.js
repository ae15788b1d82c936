// The form of an offer in client mode: what is typed is sealed here and sent as bytes.
//
// Without this script, or without WebCrypto, the same form works in server mode.

import {
  Refused,
  csrfToken,
  form,
  handOver,
  place,
  placeOf,
  say,
  show,
  unacknowledged,
  watch,
  whileBusy,
  working,
} from "./hand_over.js";
import { amountOf, dollars, fixedWidth, seal, tooDear, wrongFiles } from "./offer.js";
import { abandon } from "./pieces.js";
import { chooseFiles, draftFacts, fillIn, openedDraft } from "./sealed_draft.js";
import { encryptTo, fingerprint, fromBase64, newKey } from "./sealing.js";

let last = null;

if (place && form && globalThis.isSecureContext && globalThis.crypto?.subtle) {
  begin();
}

async function begin() {
  showMode("CLIENT");
  form.addEventListener("submit", onSubmit);
  offerDraft().catch(() => {});
  watch();
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
  await whileBusy(event.submitter?.name === "check" ? showPrices : handIn);
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
  const what = contentNow();
  if (last?.what !== what) {
    if (last?.upload) await abandon(last.upload, csrfToken());
    last = { what, ...(await seal(offer, placeOf(), key, await ownKey())) };
  }
  await handOver(last);
}

// What is offered, and to whom, as text: as long as it is the same, what is sealed is too.
const contentNow = () =>
  JSON.stringify([
    valueOf("technical"),
    pricesOf(),
    [...form.elements.attachments.files].map((file) => [file.name, file.size, file.lastModified]),
    place.dataset.key,
  ]);

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

