// The gallery: filters, who is new, and from person to person by keys, by swiping and by links (VIS-1).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

const MEMBER = `${SCHEME}-member-user`;
const name = (page) => page.locator("h1").innerText();

for (const [screen, label] of [[PHONE, "telephone"], [DESK, "desk"]]) {
  test(`VIS-1: the gallery is filtered and looked through on a ${label}`, async (walk) => {
    const page = await walk.open({ screen, path: null });
    await walk.signInAs(page, MEMBER);
    await page.goto(`/o/${SCHEME}/gallery`);
    const everybody = await page.locator("li.card").count();
    await page.locator("details.sift > summary").click();
    await walk.look(page, `gallery-filter-${label}`);
    await page.selectOption("#category", "abuse");
    await press(page, "Show");
    const some = await page.locator("li.card").count();
    assert.ok(some > 0 && some < everybody, `${some} of ${everybody}`);
    assert.equal(await page.inputValue("#category"), "abuse", "what was chosen still stands there");
    await walk.look(page, `gallery-filtered-${label}`);

    // On from person to person among those that were looked for.
    const first = await page.locator("li.card h2").first().innerText();
    const second = await page.locator("li.card h2").nth(1).innerText();
    await page.locator("li.card h2 a").first().click();
    await page.waitForURL(/people/);
    assert.equal(await name(page), first);
    await walk.look(page, `person-beside-${label}`);
    await follow(page, "Next person");
    assert.equal(await name(page), second);
    await Promise.all([page.waitForURL(/people/), page.waitForEvent("load"), page.keyboard.press("ArrowLeft")]);
    assert.equal(await name(page), first);
    await follow(page, "Gallery", page.locator(".govuk-breadcrumbs"));
    assert.equal(await page.locator("li.card").count(), some, "back to what was looked for");
    await page.locator("details.sift").getByText("Clear").click();
    await page.waitForURL(/gallery$/);
    assert.equal(await page.locator("li.card").count(), everybody);
  });
}

test("VIS-1: a swipe over the picture goes on to the next person", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(`/o/${SCHEME}/gallery`);
  const second = await page.locator("li.card h2").nth(1).innerText();
  await page.locator("li.card h2 a").first().click();
  await page.waitForURL(/people/);
  const swipe = (from, to, across) =>
    page.locator("aside").first().evaluate(
      (aside, [x1, x2, y2]) => {
        const touch = (type, x, y) =>
          aside.dispatchEvent(
            new PointerEvent(type, { bubbles: true, isPrimary: true, pointerId: 7, pointerType: "touch", clientX: x, clientY: y })
          );
        touch("pointerdown", x1, 300);
        touch("pointerup", x2, y2);
      },
      [from, to, across]
    );
  const here = page.url();
  await swipe(300, 280, 300);
  await swipe(300, 200, 600);
  await page.waitForTimeout(300);
  assert.equal(page.url(), here, "a touch and a scroll turn nothing");
  await Promise.all([page.waitForURL((url) => url.href !== here), swipe(300, 150, 320)]);
  assert.equal(await name(page), second);
});

test("VIS-1: the arrow keys go from card to card", async (walk) => {
  const page = await walk.open({ screen: DESK, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(`/o/${SCHEME}/gallery`);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  const names = await page.locator("li.card h2").allInnerTexts();
  await page.locator("li.card h2 a").first().focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), names[1]);
  await page.keyboard.press("ArrowDown");
  const below = names.indexOf(await focused());
  assert.ok(below > 1, "down is a row on");
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), names[1]);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(), names[0], "before the first is nobody");
});

test("VIS-1: without script the filters have a button and the people have links", async (walk) => {
  const page = await walk.open({ screen: PHONE, script: false, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(`/o/${SCHEME}/gallery?show=who-is-this`);
  assert.equal(await name(page), "Who is this?");
  await page.locator("details.sift > summary").click();
  await page.selectOption("#area", { index: 1 });
  await press(page, "Show");
  assert.match(page.url(), /show=who-is-this&area=/);
  await page.goto(`/o/${SCHEME}/gallery?show=who-is-this`);
  await walk.look(page, "gallery-who-is-this");
  await page.locator("li.card h2 a").first().click();
  await follow(page, "Next person");
  assert.match(page.url(), /show=who-is-this/);
});

test("VIS-1: the first screen weighs little on a telephone's line, and pictures wait until they are near", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(`/o/${SCHEME}/gallery`);
  await page.waitForLoadState("networkidle");
  const sizes = await page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((entry) => ({
      what: new URL(entry.name).pathname,
      sent: entry.encodedBodySize,
      read: entry.decodedBodySize,
    }))
  );
  const cards = await page.locator("li.card").count();
  const html = sizes[0];
  const pictures = sizes.filter(({ what }) => what.includes("/pictures/"));
  const rest = sizes.slice(1).filter(({ what }) => !what.includes("/pictures/"));
  const sum = (list, key) => list.reduce((all, one) => all + one[key], 0);
  // As if 48 stood on the page, and as if the browser had been here never before.
  const first = sum(rest, "sent") + (html.sent / cards) * 48;
  console.log(`       ${cards} cards: page ${html.read} bytes (${html.sent} sent), the rest ${sum(rest, "read")} (${sum(rest, "sent")} sent)`);
  assert.ok(first < 150_000, `${Math.round(first)} bytes for a first screen of 48 without pictures`);
  assert.ok(pictures.length < cards, `${pictures.length} pictures were fetched of ${cards}`);
  const img = page.locator("li.card img").first();
  assert.ok((await img.getAttribute("width")) && (await img.getAttribute("height")), "nothing moves when they come");
});
