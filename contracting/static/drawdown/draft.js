/* The pages of a draft: the time that is left, saving while typing, pasting cells. */

const AFTER_TYPING = 2000;
const BEFORE_ANOTHER_TRY = 5000;

function words(seconds) {
  const days = Math.floor(seconds / 86400);
  const two = (number) => String(number).padStart(2, "0");
  const rest = seconds % 86400;
  const clock = [rest / 3600, (rest / 60) % 60, rest % 60].map((each) => two(Math.floor(each)));
  return (days ? `${days} day${days > 1 ? "s" : ""} ` : "") + clock.join(":");
}

/* The server's clock counts: this one only measures how long the page stands. */
for (const shown of document.querySelectorAll("[data-countdown]")) {
  const deadline = Date.parse(shown.dataset.deadline);
  const ahead = Date.now() - Date.parse(shown.dataset.now);
  const told = document.querySelector("[data-told]");
  if (told) {
    told.textContent = "±1 s; the server's clock decides.";
  }
  const tick = () => {
    const left = Math.floor((deadline - (Date.now() - ahead)) / 1000);
    shown.textContent = left > 0 ? words(left) : "00:00:00";
    if (left < 0) {
      shown.closest("section").classList.add("draft-banner--past");
    }
  };
  tick();
  setInterval(tick, 1000);
}

/* One form that saves itself; whatever is not saved stays in this tab. */
function keep(form) {
  const said = form.querySelector("[data-saved]");
  const version = form.elements.namedItem("seen_version");
  let timer = 0;
  let isDirty = false;
  let isStopped = false;
  let onTheWay = null;

  const say = (text, isWrong = false) => {
    said.textContent = text;
    said.classList.toggle("draft-saved--wrong", isWrong);
  };

  const body = () => {
    const data = new FormData(form);
    for (const field of form.querySelectorAll("[data-not-saved]")) {
      data.delete(field.name);
    }
    return data;
  };

  const save = async () => {
    clearTimeout(timer);
    if (isStopped || !isDirty) {
      return;
    }
    isDirty = false;
    try {
      const reply = await fetch(form.dataset.autosave || form.action, {
        method: "POST",
        body: body(),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      const answer = await reply.json();
      if (reply.ok) {
        version.value = answer.version;
        say(`${answer.message}.`);
      } else {
        isDirty = true;
        isStopped = true;
        const then = answer.code === "draft_changed" ? "Press Save to see both." : "";
        say(`Not saved: ${answer.message} ${then}`, true);
      }
    } catch {
      isDirty = true;
      say("Connection lost: kept in this tab, will be tried again.", true);
      timer = setTimeout(start, BEFORE_ANOTHER_TRY);
    }
  };

  function start() {
    onTheWay = (onTheWay || Promise.resolve()).then(save);
    return onTheWay;
  }

  form.addEventListener("input", (event) => {
    if ("notSaved" in event.target.dataset) {
      return;
    }
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(start, AFTER_TYPING);
    if (!isStopped) {
      say("Not saved yet.");
    }
  });
  form.addEventListener("focusout", () => {
    if (isDirty) {
      start();
    }
  });

  /* A save that is on its way comes first, so that nobody meets their own version. */
  let isWaitedFor = false;
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (isWaitedFor || onTheWay === null) {
      isStopped = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    isWaitedFor = true;
    onTheWay.finally(() => setTimeout(() => form.requestSubmit(button)));
  });
  addEventListener("beforeunload", (event) => {
    if (isDirty && !isStopped) {
      event.preventDefault();
    }
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  keep(form);
}

/* Cells of a spreadsheet, pasted into the sheet from the cell that has the focus on. */
for (const sheet of document.querySelectorAll("[data-sheet]")) {
  sheet.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!/[\t\n]/.test(text.trim())) {
      return;
    }
    event.preventDefault();
    const cell = event.target.closest("td");
    const top = cell.parentElement.rowIndex;
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, across) => {
        const row = sheet.rows[top + down];
        const place = row && row.cells[cell.cellIndex + across];
        const field = place && place.querySelector("input[type=text]");
        if (field) {
          field.value = value.trim();
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
      });
    });
  });
}
