"use strict";

// Moves along the queue by keys. Nothing is decided by a key, and nothing needs this.
const KEPT = "reviews-keys";
const rows = [...document.querySelectorAll("[data-queue] [data-row]")];
const place = document.querySelector("[data-keys]");
const box = document.querySelector("[data-keys-on]");

function kept() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

if (place && box && rows.length > 1) {
  place.hidden = false;
  box.checked = kept();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, box.checked ? "on" : "off");
    } catch {
      // Kept for this page alone.
    }
  });
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (!step || !box.checked || typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const now = rows.indexOf(document.activeElement);
    const next = now < 0 ? 0 : Math.min(Math.max(now + step, 0), rows.length - 1);
    rows[next].focus();
    event.preventDefault();
  });
}
