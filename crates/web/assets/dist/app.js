// Small comforts. Every page works without this file; nothing here may be the only way to do a thing.
"use strict";

(() => {
  const $$ = (sel, root = document) => Array.from(root.querySelectorAll(sel));

  // The error summary takes focus, so that a screen reader starts with what went wrong.
  const summary = document.querySelector(".govuk-error-summary");
  if (summary) {
    summary.tabIndex = -1;
    summary.focus();
    $$("a[href^='#']", summary).forEach((a) =>
      a.addEventListener("click", (e) => {
        const field = document.getElementById(a.hash.slice(1));
        if (!field) return;
        e.preventDefault();
        (field.closest("fieldset") || field.closest(".govuk-form-group") || field).scrollIntoView();
        field.focus({ preventScroll: true });
      })
    );
  }

  // A menu made of details closes on Escape and on a click elsewhere; only one is open.
  const menus = $$("details[data-menu]");
  const close = (except) => menus.forEach((m) => m !== except && m.removeAttribute("open"));
  menus.forEach((m) => m.addEventListener("toggle", () => m.open && close(m)));
  document.addEventListener("click", (e) => close(e.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const open = menus.find((m) => m.open);
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // The current place in the navigation is in view on a narrow screen.
  $$(".nav [aria-current], .chips [aria-current]").forEach((a) => {
    const row = a.closest("ul");
    if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = a.offsetLeft - row.offsetLeft - (row.clientWidth - a.offsetWidth) / 2;
  });

  // A form is sent once: a second press within five seconds does nothing.
  $$("form[method='post']").forEach((f) => {
    let at = 0;
    f.addEventListener("submit", (e) => {
      if (e.timeStamp - at < 5000 && at) e.preventDefault();
      else at = e.timeStamp || 1;
    });
  });

  // Pictures chosen for upload are shown before they are sent (blob: addresses, which the policy allows for images).
  $$("input[type=file][data-preview]").forEach((input) => {
    const list = document.getElementById(input.dataset.preview);
    if (!list) return;
    input.addEventListener("change", () => {
      list.replaceChildren();
      Array.from(input.files).forEach((file) => {
        if (!file.type.startsWith("image/")) return;
        const img = document.createElement("img");
        img.src = URL.createObjectURL(file);
        img.alt = file.name;
        img.addEventListener("load", () => URL.revokeObjectURL(img.src), { once: true });
        const item = document.createElement("li");
        item.append(img);
        list.append(item);
      });
    });
  });

  // What is typed into a long form is kept as it is typed, so that a flat battery loses nothing. Pictures are kept when
  // the form is sent; a draft that cannot be kept now is tried again with the next letter.
  $$("form[data-autosave]").forEach((f) => {
    let timer, sent, going;
    const keep = () => {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(f)) if (typeof value === "string") fields.append(name, value);
      going = new AbortController();
      fetch(f.dataset.autosave, { method: "POST", body: fields, signal: going.signal }).catch(() => {});
    };
    f.addEventListener("input", () => {
      clearTimeout(timer);
      if (!sent) timer = setTimeout(keep, 2000);
    });
    // A draft that arrives after its report would begin the next one.
    f.addEventListener("submit", () => {
      sent = true;
      clearTimeout(timer);
      if (going) going.abort();
    });
  });

  // A filter that is a select applies itself; without script its button does.
  $$("select[data-submit]").forEach((s) => s.addEventListener("change", () => s.form.requestSubmit()));

  // Slots such as {1} go into the shared text at the cursor.
  $$("button[data-insert]").forEach((b) => {
    b.hidden = false;
    b.addEventListener("click", () => {
      const area = document.getElementById(b.dataset.into);
      if (!area) return;
      area.setRangeText(b.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.focus();
    });
  });

  // Print buttons exist only where a script can print.
  $$("button[data-print]").forEach((b) => {
    b.hidden = false;
    b.addEventListener("click", () => window.print());
  });
})();
