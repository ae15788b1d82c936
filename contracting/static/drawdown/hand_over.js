// How sealed bytes are handed in: in pieces if they are many, each sent until it has come.
//
// Until then they are kept in this browser, so that the page may be loaded again.

import { forget, keep, kept } from "./kept.js";
import { NotTaken, ONE_PIECE, answered, sendPieces, shownProgress } from "./pieces.js";

export const place = document.querySelector("[data-sealing]");
export const form = document.querySelector("form[data-offer]");
export const told = document.getElementById("sealing-told");
const bar = document.querySelector("[data-progress]");
let isLeaving = false;

export class Refused extends Error {
  constructor(reasons) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

export const csrfToken = () => form.elements.csrfmiddlewaretoken.value;

export const placeOf = () => ({
  solicitation: place.dataset.solicitation,
  submission: place.dataset.submission,
  version: Number(place.dataset.version),
});

// Offer to go on with what was not handed in, and warn whoever leaves while it is sent.
export function watch() {
  offerToGoOn().catch(() => {});
  addEventListener("beforeunload", (event) => {
    if (form.dataset.busy && !isLeaving) event.preventDefault();
  });
}

export async function whileBusy(work) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  told.replaceChildren();
  try {
    await work();
  } catch (error) {
    say(error);
  } finally {
    delete form.dataset.busy;
    working("");
  }
}

// Under which name what is sealed here is kept until it has come: of this vendor alone.
const keptName = () => `offer/${place.dataset.vendor}/${location.pathname}`;

// Hand in what is sealed: in pieces if it is large, each tried until it has come. Until
// then it is kept in this browser, sealed, so that the page may be loaded again.
export async function handOver(offer) {
  const { envelope, sealed } = offer;
  if (!place.dataset.pieces || sealed.length <= ONE_PIECE) {
    working(`Sending ${Math.ceil(sealed.length / 1024).toLocaleString("en-US")} KB …`);
    await send(location.href, envelope, (body) => body.set("sealed", new Blob([sealed]), "sealed"));
    return;
  }
  await keep(keptName(), { envelope, sealed });
  try {
    offer.upload = await sendPieces({
      begin: place.dataset.pieces,
      token: csrfToken(),
      bytes: sealed,
      told: { name: `${envelope.submission}/${envelope.version}`, is_offer: "on" },
      progress: shownProgress(document.getElementById("sealing-working"), bar, "Your offer, sealed", sealed.length),
    });
  } catch (error) {
    if (error instanceof NotTaken) await forget(keptName());
    throw new Refused([
      error.message.replace(/choose the file/iu, (words) => (words[0] === "C" ? "Hand in" : "hand in")),
    ]);
  } finally {
    bar.hidden = true;
  }
  working("All of it has come. Handing in …");
  await send(offer.upload.submit, envelope, () => {});
}

// What was sealed on this page before it was loaded again, and has not come yet.
async function offerToGoOn() {
  const panel = document.querySelector("[data-on-its-way]");
  const found = panel && (await kept(keptName()));
  if (!found) return;
  const { version, fingerprint: sealedTo } = found.envelope;
  if (version !== placeOf().version || sealedTo !== place.dataset.published) {
    await forget(keptName());
    return;
  }
  panel.hidden = false;
  const size = (found.sealed.length / 1024 / 1024).toFixed(1);
  const at = new Date(found.keptAt).toLocaleTimeString();
  panel.querySelector("[data-what]").textContent =
    `An offer of ${size} MB that you sealed here at ${at} is not handed in yet.`;
  panel.querySelector("[data-go-on]").addEventListener("click", () => {
    whileBusy(async () => {
      const lacking = unacknowledged();
      if (lacking.length) throw new Refused(lacking);
      await handOver(found);
    });
  });
  panel.querySelector("[data-give-up]").addEventListener("click", async () => {
    await forget(keptName());
    panel.hidden = true;
  });
}

// Send the form to `url` with what is told of the offer; `add` puts the rest to it. Where
// no answer comes it is sent again: its token makes one offer of what is sent twice.
async function send(url, envelope, add) {
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "form_token", "proof_password"]) {
    const field = form.elements[name];
    if (field) body.set(name, field.value);
  }
  for (const box of form.querySelectorAll("[name=acknowledged]:checked")) {
    body.append("acknowledged", box.value);
  }
  body.set("envelope", JSON.stringify(envelope));
  add(body);
  const answer = await answered(
    () => fetch(url, { method: "POST", body }),
    () => working("No answer yet. It is sent again: that never makes two offers …"),
  );
  if (answer === null) {
    throw new Refused([
      "No answer came. Your offer may or may not have arrived: look under “My offers” " +
        "in another tab. What you typed is still here; sending it again from here " +
        "never makes two.",
    ]);
  }
  if (answer.redirected && new URL(answer.url).pathname.startsWith(place.dataset.leadsTo)) {
    isLeaving = true;
    await forget(keptName());
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

export const unacknowledged = () =>
  form.querySelector("[name=acknowledged]:not(:checked)")
    ? ["Acknowledge each amendment (R-SUB-05)."]
    : [];

export function say(error) {
  const isForeseen = error instanceof Refused;
  const reasons = isForeseen ? error.reasons : [`${error.message} Nothing was sent.`];
  show("error", "Not handed in", reasons);
}

export function show(kind, heading, texts) {
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

export function working(text) {
  document.getElementById("sealing-working").textContent = text;
}
