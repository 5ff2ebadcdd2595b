// Every role's pages: what the navigation offers, axe, a narrow screen, the keyboard (SEC-2, SEC-3).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

const NARROW = { width: 320, height: 700 };

/** What each role finds in its navigation: the row at the top, and below a group the places in it. */
const PLACES = {
  "member-user": [["Today"], ["Gallery"], ["News"], ["Report an incident"], ["My reports"], ["Your business"]],
  staff: [["Today", "Today", "Duties"], ["People", "Gallery", "People", "Letters"], ["Reports", "Report an incident", "My reports"], ["Members", "Members", "News"]],
  controller: [
    ["Today", "Today", "Duties"],
    ["Reports", "Review queue", "Report an incident"],
    ["People", "Gallery", "People", "Exclusions", "Letters"],
    ["Rights", "Requests", "Breaches"],
    ["Members", "Members", "News"],
    ["Scheme", "Registers", "Policy", "Accreditation", "Old data", "Sweep"],
    ["Audit"],
  ],
  board: [
    ["Today", "Today", "Duties"],
    ["Decisions", "Exclusions", "Appeals", "Evidence"],
    ["Members", "Members", "News"],
    ["Rights", "Requests", "Breaches"],
    ["Audit", "Oversight", "Audit"],
    ["Scheme", "Registers", "Policy", "Accreditation", "Old data", "Sweep"],
  ],
  police: [["Today"], ["Gallery"]],
  aic: [["Today"], ["Gallery"]],
  auditor: [["Today"], ["Accreditation"], ["Old data"], ["Audit"]],
  operator: [["System"]],
};

/** Who is there to look people up starts with their pictures, unless something needs them. */
const LOOKS_FIRST = ["member-user", "staff", "police", "aic"];

/** The words of links, without the numbers beside them. */
async function labels(links) {
  return (await links.allInnerTexts()).map((label) => label.replace(/\s*\d+$/, "").trim());
}

/** Axe and a picture on a desk, then the same page at 320 px, which is 1280 px enlarged four times. */
async function lookAtBoth(walk, page, name) {
  assert.equal(await page.locator("h1").count(), 1, "a page has one h1");
  assert.match(await page.title(), / · Fairwatch$/);
  await walk.look(page, name);
  await page.setViewportSize(NARROW);
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(wide <= NARROW.width, `${new URL(page.url()).pathname} is ${wide} px wide at ${NARROW.width}`);
  // Tables that become cards on a narrow screen fit it, too; others may be wide, in a frame that scrolls.
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll(".scroll:has(table.cards)")].filter((frame) => frame.scrollWidth > frame.clientWidth).length,
  );
  assert.equal(cut, 0, "a table's cards are wider than the screen");
  await walk.look(page, `${name}-narrow`);
  await page.setViewportSize(DESK);
}

/** An address with every id and number in it made the same, so that one link of each kind is followed. */
function kindOf(href) {
  return href.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/=[^&]*/g, "=").replace(/\d+/g, "N");
}

/** Whoever is offered a link gets a page: the ends of the page's links that were not `followed` yet. */
async function linksLead(page, followed) {
  const hrefs = await page.locator("a[href^='/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const pictures = await page.locator("img[src^='/']").evaluateAll((all) => all.map((img) => img.getAttribute("src")));
  for (const href of [...hrefs, ...pictures]) {
    if (followed.has(kindOf(href))) continue;
    followed.add(kindOf(href));
    const response = await page.request.get(href);
    assert.equal(response.status(), 200, `${href}, a link on ${new URL(page.url()).pathname}`);
  }
}

for (const [role, places] of Object.entries(PLACES)) {
  test(`SEC-2, SEC-3: one click signs in as ${role}; each page of the navigation passes axe, fits 320 px, and leads on`, async (walk) => {
    const page = await walk.open();
    await walk.signInAs(page, `${SCHEME}-${role}`);
    const nav = page.locator("nav.nav a");
    const near = page.locator("nav.near a");
    assert.deepEqual(await labels(nav), places.map(([label]) => label));
    const groups = await nav.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    const start = new URL(page.url()).pathname;
    assert.ok(start === groups[0] || (LOOKS_FIRST.includes(role) && start.endsWith("/gallery")), `starts at ${start}`);
    const followed = new Set();
    for (const [n, [label, ...below]] of places.entries()) {
      await page.goto(groups[n]);
      assert.deepEqual(await labels(near), below);
      const hrefs = below.length ? await near.evaluateAll((links) => links.map((link) => link.getAttribute("href"))) : [groups[n]];
      for (const [m, href] of hrefs.entries()) {
        if (m > 0) await page.goto(href);
        await linksLead(page, followed);
        assert.deepEqual(await labels(page.locator("nav.nav a[aria-current]")), [label]);
        assert.deepEqual(await labels(page.locator('nav [aria-current="page"]')), [below[m] ?? label]);
        await lookAtBoth(walk, page, `role-${role}${href.slice(href.lastIndexOf("/")).replace("/", "-")}`);
      }
    }
  });
}

test("SEC-2: the account's page, the policy, the check of the chain and the sign-in page pass axe and fit", async (walk) => {
  const page = await walk.open({ path: null });
  await walk.signInAs(page, `${SCHEME}-controller`);
  for (const path of ["/account", `/o/${SCHEME}/policy`, `/o/${SCHEME}/audit/check`, "/sign-in", "/"]) {
    await page.goto(path);
    await lookAtBoth(walk, page, `page${path.replaceAll("/", "-")}`);
  }
  await page.goto(`/o/${SCHEME}/audit/check`);
  assert.equal(await page.locator("h1").innerText(), "The chain holds");
});

test("SEC-2: signed out, a browser gets nowhere, not even with the cookie that it had", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, `${SCHEME}-member-user`);
  const had = await page.context().cookies();
  assert.ok(had.length > 0 && had.every((cookie) => cookie.httpOnly && cookie.sameSite === "Lax"));
  await page.locator("details.me > summary").click();
  await walk.look(page, "menu-me");
  await press(page, "Sign out", page.locator("details.me"));
  assert.match(await page.locator('main .notice[role="status"]').innerText(), /You are signed out/);
  for (const cookies of [[], had]) {
    await page.context().addCookies(cookies);
    await page.goto(`/o/${SCHEME}/gallery`);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
  }
});

test("VIS-5: the police say why before each look at a person", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-police`);
  const card = page.locator("li.card", { hasNotText: "Who is this?" }).first();
  const name = await card.locator("h2").innerText();
  await follow(page, name, card);
  assert.ok(!(await page.locator("main").innerText()).includes(name), "nothing is told before the reason");
  await walk.look(page, "police-why");
  await press(page, "Go on");
  assert.equal(await page.locator(".govuk-error-summary").count(), 1, "no look without a reason");
  await page.fill("#reason", "Crime number 42/1234.");
  await press(page, "Go on");
  assert.equal(await page.locator("h1").innerText(), name);
  await linksLead(page, new Set());
  await walk.look(page, "police-person");
});

/** Goes through a page by Tab alone: each stop is on the screen, and looks other than without focus. */
async function tabThrough(page, most) {
  const where = new URL(page.url()).pathname;
  await page.evaluate(() => {
    const looks = (element) => {
      const near = [element, element.parentElement, element.nextElementSibling, element.closest("label, li, .card")];
      return near
        .filter(Boolean)
        .map((one) => {
          const s = getComputedStyle(one);
          return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor, s.color].join(" ");
        })
        .join("|");
    };
    globalThis.tabbed = {
      last: null,
      step() {
        const faults = [];
        const name = (one) => `<${one.tagName.toLowerCase()} id="${one.id}" name="${one.name ?? ""}"> ${one.innerText ?? ""}`;
        const { last } = this;
        if (last && last.element.isConnected && looks(last.element) === last.looked) {
          faults.push(`focus does not show on ${name(last.element)}`);
        }
        const element = document.activeElement;
        if (!element || element === document.body) return { faults, end: true };
        const box = (element.labels?.[0] ?? element).getBoundingClientRect();
        const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
        if (!seen) faults.push(`focus is off the screen on ${name(element)}`);
        this.last = { element, looked: looks(element) };
        return { faults, end: false };
      },
    };
  });
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press("Tab");
    const { faults, end } = await page.evaluate(() => globalThis.tabbed.step());
    assert.deepEqual(faults, [], `${where}, stop ${n + 1}`);
    if (end) return;
  }
}

for (const [role, place, screen] of [
  ["member-user", "gallery", PHONE],
  ["member-user", "report", PHONE],
  ["controller", "review", DESK],
  ["controller", "people", DESK],
]) {
  test(`by keyboard, on ${place}: the skip link comes first, and focus is seen at each stop`, async (walk) => {
    const page = await walk.open({ screen, path: null });
    await walk.signInAs(page, `${SCHEME}-${role}`);
    await page.goto(`/o/${SCHEME}/${place}`);
    if (role === "controller") await follow(page, /./, page.locator("main ul.queue h2, main ul.due .text").first());
    await page.keyboard.press("Tab");
    const skip = page.locator(".govuk-skip-link");
    assert.ok(await skip.evaluate((link) => link === document.activeElement), "the first stop is the skip link");
    const box = await skip.boundingBox();
    assert.ok(box.width > 40 && box.height > 20 && box.y >= 0, "it is seen when it has focus");
    await walk.screenshot(page, `keyboard-${place}`);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.reload();
    await tabThrough(page, 45);
  });
}
