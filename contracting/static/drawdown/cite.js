/* A paragraph of the offer is cited where one writes: in the field that had the focus. */

let writing = null;

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLTextAreaElement) {
    writing = target;
  }
});

for (const link of document.querySelectorAll("[data-cite]")) {
  link.addEventListener("click", (event) => {
    if (writing === null) {
      return;
    }
    event.preventDefault();
    const at = writing.selectionEnd || writing.value.length;
    const before = writing.value.slice(0, at);
    const gap = before && !/\s$/.test(before) ? " " : "";
    writing.setRangeText(`${gap}${link.dataset.cite}`, at, at, "end");
    writing.dispatchEvent(new Event("input", { bubbles: true }));
    writing.focus();
  });
}
