// Small comforts. Every page works without this file; nothing here may be the only way to do a thing.
"use strict";

(() => {
  const $$ = (sel, root = document) => Array.from(root.querySelectorAll(sel));

  // The error summary, or what is asked before a report is sent, takes focus: a screen reader starts with it.
  const summary = document.querySelector(".govuk-error-summary, .notice.asks");
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

  // Passkeys: the device asks for finger, face or PIN. Where there is no script, a code serves as well.
  if (window.PublicKeyCredential) {
    const to = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
    const from = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    $$("form[data-passkey]").forEach((f) => {
      f.hidden = false;
      const said = f.querySelector("[role=alert]");
      const say = (text) => {
        said.textContent = text;
        said.hidden = !text;
      };
      f.addEventListener("submit", async (e) => {
        e.preventDefault();
        say("");
        try {
          const reply = await fetch(`${f.getAttribute("action")}/ask`, { method: "POST", body: new URLSearchParams(new FormData(f)) });
          const asked = await reply.json();
          if (asked.error) return say(asked.error);
          if (asked.origin !== location.origin) return say(`Open ${asked.origin} to use a passkey.`);
          const publicKey = asked.publicKey;
          publicKey.challenge = from(publicKey.challenge);
          if (publicKey.user) publicKey.user.id = from(publicKey.user.id);
          [...(publicKey.excludeCredentials || []), ...(publicKey.allowCredentials || [])].forEach((c) => (c.id = from(c.id)));
          const made = await navigator.credentials[publicKey.user ? "create" : "get"]({ publicKey });
          const response = {};
          ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach((part) => {
            if (made.response[part]) response[part] = to(made.response[part]);
          });
          f.elements.credential.value = JSON.stringify({ id: made.id, rawId: to(made.rawId), type: made.type, response, extensions: {} });
          if (asked.question) f.elements.question.value = asked.question;
          // What the page carries for the other form goes along: where to go on, and what was typed before.
          $$("form:not([data-passkey]) > input[type=hidden]", f.parentElement).forEach((i) => f.append(i.cloneNode()));
          f.submit();
        } catch {
          say("That did not work, or it was cancelled. Try again.");
        }
      });
    });
  }

  // A device that others use as well locks after three idle minutes; while somebody is at it, the server is told.
  if (document.body.hasAttribute("data-locks")) {
    const idle = 3 * 60 * 1000;
    let last = Date.now();
    let told = last;
    const lock = () => location.replace("/device?done=locked");
    const awake = () => {
      const now = Date.now();
      if (now - last >= idle) return lock();
      last = now;
      if (now - told < 10 * 1000) return;
      told = now;
      fetch("/device/awake", { method: "POST" }).catch(() => {});
    };
    ["pointerdown", "keydown", "scroll"].forEach((what) => document.addEventListener(what, awake, { passive: true }));
    setInterval(() => Date.now() - last >= idle && lock(), 1000);
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

  // Pictures are sent one after another while the rest is typed, each with its progress. What cannot be sent now, because
  // the network or the session is gone, goes with the form; what is no picture is said at once.
  $$("form[data-upload]").forEach((f) => {
    const list = document.getElementById("previews");
    if (!list) return;
    f.classList.add("live");
    let line = Promise.resolve();
    let waiting = 0;
    let held = null;

    const send = (file, moved) =>
      new Promise((done) => {
        const ask = new XMLHttpRequest();
        const form = new FormData();
        form.append("picture", file, file.name);
        ask.open("POST", f.dataset.upload);
        ask.upload.addEventListener("progress", (e) => e.lengthComputable && moved((100 * e.loaded) / e.total));
        ask.addEventListener("loadend", () => {
          let answer = null;
          try {
            answer = JSON.parse(ask.responseText);
          } catch {
            // A page instead of an answer: nobody is signed in any more. The form carries the picture.
          }
          done(answer);
        });
        ask.send(form);
      });

    const taken = (item, answer, name) => {
      const img = document.createElement("img");
      Object.assign(img, { src: answer.small, width: 74, height: 92, alt: name });
      const remove = document.createElement("button");
      Object.assign(remove, { type: "submit", className: "linklike", name: "do", value: `remove-picture:${answer.id}` });
      const what = document.createElement("span");
      what.className = "govuk-visually-hidden";
      what.textContent = ` ${name}`;
      remove.append("Remove", what);
      item.className = "";
      item.replaceChildren(img, remove);
    };

    const refused = (item, answer, name) => {
      const said = document.createElement("p");
      said.className = "govuk-error-message";
      said.textContent = `${name}: ${answer.error}`;
      const away = document.createElement("button");
      Object.assign(away, { type: "button", className: "linklike", textContent: "Dismiss" });
      away.addEventListener("click", () => item.remove());
      item.className = "refused";
      item.replaceChildren(said, away);
    };

    $$("input[type=file][name=picture]", f).forEach((input) => {
      const later = new DataTransfer();
      input.addEventListener("change", () => {
        Array.from(input.files).forEach((file) => {
          waiting += 1;
          const item = document.createElement("li");
          const img = document.createElement("img");
          img.alt = "";
          img.src = URL.createObjectURL(file);
          img.addEventListener("load", () => URL.revokeObjectURL(img.src), { once: true });
          img.addEventListener("error", () => img.remove(), { once: true });
          const bar = document.createElement("progress");
          Object.assign(bar, { max: 100, value: 0 });
          bar.setAttribute("aria-label", `Sending ${file.name}`);
          item.className = "going";
          item.append(img, bar);
          list.append(item);
          line = line.then(async () => {
            const answer = await send(file, (share) => (bar.value = share));
            if (answer && answer.id) taken(item, answer, file.name);
            else if (answer && answer.error) refused(item, answer, file.name);
            else {
              bar.replaceWith("Goes with the report");
              later.items.add(file);
              input.files = later.files;
            }
            waiting -= 1;
            if (waiting === 0 && held) held();
          });
        });
        input.value = "";
        if (later.items.length > 0) input.files = later.files;
      });
    });

    // Sent before the pictures are through, the report waits for them.
    f.addEventListener("submit", (e) => {
      if (waiting === 0) return;
      e.preventDefault();
      const button = e.submitter;
      held = () => {
        held = null;
        f.requestSubmit(button);
      };
      if (button) button.textContent = "Sending the pictures first…";
    });
  });

  // What is typed into a long form is kept as it is typed, so that a flat battery loses nothing; the answer says what in it
  // looks as if it must not be there. A draft that cannot be kept now is tried again with the next letter.
  $$("form[data-autosave]").forEach((f) => {
    let timer, sent, going;
    const warn = (answer) => {
      if (sent || !answer) return;
      $$("[data-mind]", f).forEach((place) => {
        const texts = answer.cautions.filter((c) => c.field === place.dataset.mind).map((c) => `${c.text}.`);
        // Said again only where it changed.
        if (texts.join() === $$("p", place).map((p) => p.textContent).join()) return;
        place.replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
      });
      f.elements.minded.value = answer.minded;
    };
    const keep = () => {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(f)) if (typeof value === "string") fields.append(name, value);
      going = new AbortController();
      fetch(f.dataset.autosave, { method: "POST", body: fields, signal: going.signal })
        .then((answer) => (/json/.test(answer.headers.get("content-type")) ? answer.json() : null))
        .then(warn)
        .catch(() => {});
    };
    f.addEventListener("input", (e) => {
      clearTimeout(timer);
      if (!sent && e.target.type !== "file") timer = setTimeout(keep, 1000);
    });
    // A draft that arrives after its report would begin the next one.
    f.addEventListener("submit", (e) => {
      if (e.defaultPrevented) return;
      sent = true;
      clearTimeout(timer);
      if (going) going.abort();
    });
  });

  // Likely people appear under a box as words are typed into it. In the search box a choice opens their page; in a report it
  // says who it was. Each answer is recorded as a look, so it is asked for when typing pauses.
  $$("form[data-find]").forEach((f) => {
    const boxes = $$("input[name=q], input[name^=person-][name$=-name], input[name^=person-][name$=-description]", f);
    boxes.forEach((box, n) => {
      // In a report they stand between the controls, and stay: nothing moves under the finger that goes on.
      const stays = box.name !== "q";
      const offers = document.createElement("ul");
      Object.assign(offers, { className: "offers", id: `offers-${f.dataset.n || ""}${n}-${box.name}`, hidden: true });
      offers.setAttribute("role", "listbox");
      offers.setAttribute("aria-label", "People who may be meant");
      box.after(offers);
      box.setAttribute("role", "combobox");
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-controls", offers.id);
      box.setAttribute("aria-expanded", "false");
      let timer, going, at;
      const show = (is) => {
        offers.hidden = !is;
        box.setAttribute("aria-expanded", String(is));
        if (!is) mark(-1);
      };
      const mark = (to) => {
        at = to;
        Array.from(offers.children).forEach((o, i) => o.setAttribute("aria-selected", String(i === to)));
        if (to < 0) box.removeAttribute("aria-activedescendant");
        else box.setAttribute("aria-activedescendant", offers.children[to].id);
      };
      const pick = (person) => {
        show(false);
        if (!stays) {
          location.assign(person.href);
          return;
        }
        box.value = "";
        const name = box.name.replace(/-[a-z]+$/, "-proposed");
        $$(`input[name="${name}"]`, f).forEach((before) => before.remove());
        const chosen = Object.assign(document.createElement("input"), { type: "hidden", name, value: person.id });
        const choose = document.createElement("button");
        Object.assign(choose, { name: "do", value: "choose", hidden: true });
        f.append(chosen, choose);
        f.requestSubmit(choose);
      };
      const offer = (people) => {
        offers.replaceChildren(
          ...people.slice(0, stays ? 3 : 6).map((person, i) => {
            const item = document.createElement("li");
            item.id = `${offers.id}-${i}`;
            item.setAttribute("role", "option");
            const img = document.createElement(person.picture ? "img" : "span");
            img.className = "mini";
            if (person.picture) Object.assign(img, { src: person.picture, alt: "", width: 40, height: 50 });
            const text = document.createElement("span");
            text.append(Object.assign(document.createElement("b"), { textContent: person.name }));
            text.append(Object.assign(document.createElement("small"), { textContent: [person.how, person.line].filter(Boolean).join(" · ") }));
            item.append(img, text);
            item.addEventListener("mousedown", (e) => e.preventDefault());
            item.addEventListener("click", () => pick(person));
            return item;
          })
        );
        offers.people = people;
        show(people.length > 0 && (stays || document.activeElement === box));
      };
      box.addEventListener("input", () => {
        clearTimeout(timer);
        if (going) going.abort();
        const q = box.value.trim();
        if (q.length < 2) {
          show(false);
          return;
        }
        timer = setTimeout(() => {
          going = new AbortController();
          fetch(`${f.dataset.find}?q=${encodeURIComponent(q)}`, { signal: going.signal })
            .then((answer) => (/json/.test(answer.headers.get("content-type")) ? answer.json() : []))
            .then(offer)
            .catch(() => {});
        }, 300);
      });
      box.addEventListener("keydown", (e) => {
        if (offers.hidden) return;
        const last = offers.children.length - 1;
        if (e.key === "ArrowDown") mark(at >= last ? 0 : at + 1);
        else if (e.key === "ArrowUp") mark(at <= 0 ? last : at - 1);
        else if (e.key === "Enter" && at >= 0) pick(offers.people[at]);
        else if (e.key === "Escape") show(false);
        else return;
        e.preventDefault();
        e.stopPropagation();
      });
      if (!stays) box.addEventListener("blur", () => show(false));
    });
  });

  // From one person to the next: a swipe over the pictures, and the arrow keys where nothing on the page has the focus that
  // uses them itself. In the gallery the arrow keys go from card to card.
  $$("nav[data-turn]").forEach((nav) => {
    const turn = (rel) => {
      const link = nav.querySelector(`a[rel=${rel}]`);
      if (link) location.assign(link.href);
    };
    document.addEventListener("keydown", (e) => {
      if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.target !== document.body) return;
      if (e.key === "ArrowLeft") turn("prev");
      if (e.key === "ArrowRight") turn("next");
    });
    $$("aside").forEach((aside) => {
      let from = null;
      aside.style.touchAction = "pan-y pinch-zoom";
      aside.addEventListener("pointerdown", (e) => (from = e.isPrimary && e.pointerType !== "mouse" ? e : null));
      aside.addEventListener("pointercancel", () => (from = null));
      aside.addEventListener("pointerup", (e) => {
        if (!from || from.pointerId !== e.pointerId) return;
        const [x, y] = [e.clientX - from.clientX, e.clientY - from.clientY];
        from = null;
        if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) turn(x > 0 ? "prev" : "next");
      });
    });
  });
  $$(".grid").forEach((grid) => {
    const links = $$(".card h2 a", grid);
    grid.addEventListener("keydown", (e) => {
      const at = links.indexOf(e.target);
      if (at < 0 || e.altKey || e.ctrlKey || e.metaKey) return;
      const across = links.filter((a) => a.closest("li").offsetTop === links[0].closest("li").offsetTop).length;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[e.key];
      const next = step && links[at + step];
      if (!next) return;
      e.preventDefault();
      next.focus();
    });
  });

  // A form is sent once: a second press within five seconds does nothing.
  $$("form[method='post']").forEach((f) => {
    let at = 0;
    f.addEventListener("submit", (e) => {
      if (e.defaultPrevented) return;
      if (e.timeStamp - at < 5000 && at) e.preventDefault();
      else at = e.timeStamp || 1;
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

  // How the shared text reads, with each person in the place of their slot, as it is typed.
  $$("[data-reads]").forEach((place) => {
    const area = document.getElementById(place.dataset.reads);
    const slots = $$("[data-insert][data-name]");
    const show = () =>
      place.replaceChildren(
        ...area.value.split(/(\{\d+\})/).map((piece) => {
          const slot = slots.find((s) => s.dataset.insert === piece);
          if (!slot) return piece;
          const name = document.getElementById(slot.dataset.name);
          const bold = document.createElement("b");
          bold.textContent = `Person ${parseInt(slot.dataset.name.slice(1), 10)}, ${(name && name.value.trim()) || "not yet named"}`;
          return bold;
        })
      );
    area.form.addEventListener("input", show);
    slots.forEach((s) => s.addEventListener("click", show));
  });

  // Keys for whoever reviews many reports: Alt and Shift with another. Nothing needs them, and nothing that is typed meets them.
  const keys = document.querySelector("[data-keys]");
  if (keys) {
    keys.hidden = false;
    const open = (person) => !person.querySelector("input[name$=-link]:checked");
    const chosen = (e) => {
      const people = $$(".person");
      const digit = /^Digit([1-9])$/.exec(e.code);
      if (!digit && e.code !== "KeyU") return document.querySelector(`[data-key="${e.code}"]`);
      if (digit) {
        const person = e.target.closest(".person") || people.find(open) || people[0];
        return person && $$("input[name$=-link]", person)[digit[1] - 1];
      }
      const person = people.find(open);
      if (person) return person.querySelector("h2");
      return $$("select[name^=picture-]").find((s) => !s.value) || document.getElementById("decide");
    };
    document.addEventListener("keydown", (e) => {
      if (!e.altKey || !e.shiftKey || e.ctrlKey || e.metaKey) return;
      if (e.target.closest("textarea, input:not([type=radio]):not([type=checkbox])")) return;
      const to = chosen(e);
      if (!to) return;
      e.preventDefault();
      to.focus();
      if (e.code !== "KeyU") to.click();
      const then = to.dataset.then && document.getElementById(to.dataset.then);
      if (then) then.focus();
    });
  }

  // A part of a picture is drawn as a box; the fields beside it hold the same in percent.
  $$("svg[data-crop]").forEach((svg) => {
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const fields = ["left", "top", "width", "height"].map((id) => document.getElementById(id));
    const box = () => fields.map((field) => Math.min(100, Math.max(0, parseFloat(field.value) || 0)));
    const draw = () => {
      const [x, y, w, h] = box().map((share, i) => ((i % 2 ? height : width) * share) / 100);
      const path = `M0 0H${width}V${height}H0ZM${x} ${y}h${Math.min(w, width - x)}v${Math.min(h, height - y)}H${x}Z`;
      svg.querySelector("path").setAttribute("d", path);
      const rect = svg.querySelector("rect");
      Object.entries({ x, y, width: Math.min(w, width - x), height: Math.min(h, height - y) }).forEach((side) => rect.setAttribute(...side));
    };
    const put = (left, top, across, down) => {
      const w = Math.min(100, Math.max(2, across));
      const h = Math.min(100, Math.max(2, down));
      [Math.min(100 - w, Math.max(0, left)), Math.min(100 - h, Math.max(0, top)), w, h].forEach((share, i) => {
        fields[i].value = String(Math.round(share * 10) / 10);
      });
      draw();
    };
    fields.forEach((field) => field.addEventListener("input", draw));
    document.getElementById("crop-how").hidden = false;
    svg.tabIndex = 0;
    svg.setAttribute("role", "application");
    svg.setAttribute("aria-describedby", "crop-how");
    svg.style.touchAction = "none";
    let from = null;
    const at = (e) => {
      const r = svg.getBoundingClientRect();
      return [(100 * (e.clientX - r.left)) / r.width, (100 * (e.clientY - r.top)) / r.height].map((n) => Math.min(100, Math.max(0, n)));
    };
    svg.addEventListener("pointerdown", (e) => {
      from = at(e);
      svg.setPointerCapture(e.pointerId);
      e.preventDefault();
      svg.focus({ preventScroll: true });
    });
    svg.addEventListener("pointermove", (e) => {
      if (!from) return;
      const to = at(e);
      put(Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
    });
    ["pointerup", "pointercancel"].forEach((end) => svg.addEventListener(end, () => (from = null)));
    svg.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (!step || e.altKey || e.ctrlKey || e.metaKey) return;
      e.preventDefault();
      const [x, y, w, h] = box();
      if (e.shiftKey) put(x, y, Math.min(100 - x, w + step[0]), Math.min(100 - y, h + step[1]));
      else put(x + step[0], y + step[1], w, h);
    });
  });

  // Print buttons exist only where a script can print.
  $$("button[data-print]").forEach((b) => {
    b.hidden = false;
    b.addEventListener("click", () => window.print());
  });
})();
