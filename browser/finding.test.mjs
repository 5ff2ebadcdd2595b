// Finding anyone: likely people as words are typed, in the search box and in a report (INC-2, INC-1).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, choose, press } from "./steps.mjs";

const MEMBER = `${SCHEME}-member-user`;

/** The name of somebody who is shown, and the same with two letters changed over. */
async function somebody(page) {
  await page.goto(`/o/${SCHEME}/gallery`);
  const names = await page.locator(".card h2").allInnerTexts();
  const name = names.find((text) => /^\w{5,} \w{5,}$/.test(text));
  assert.ok(name, `somebody in the gallery has a long name: ${names}`);
  const slip = name.toLowerCase().replace(/^(\w\w)(\w)(\w)/, "$1$3$2");
  return { name, slip };
}

test("INC-2: somebody is found by a misspelt name as it is typed, with the keyboard alone", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  const { name, slip } = await somebody(page);
  const box = page.locator("form.find input");
  await box.focus();
  await page.keyboard.type(slip);
  const offers = page.locator("form.find .offers");
  await offers.locator("li", { hasText: name }).first().waitFor();
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  await walk.look(page, "find-typed");
  await page.keyboard.press("Escape");
  assert.ok(await offers.isHidden());
  await page.keyboard.type(" ");
  await page.keyboard.press("Backspace");
  await offers.locator("li", { hasText: name }).first().waitFor();
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press("ArrowDown");
    if ((await offers.locator('[aria-selected="true"]').innerText()).includes(name)) break;
  }
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  assert.match(await page.locator("h1").innerText(), new RegExp(name));
});

test("INC-2: the same without script, and what is not known is said", async (walk) => {
  const page = await walk.open({ screen: PHONE, script: false, path: null });
  await walk.signInAs(page, MEMBER);
  const { name, slip } = await somebody(page);
  await page.locator("form.find input").fill(slip);
  await Promise.all([page.waitForEvent("load"), page.locator("form.find button").click()]);
  assert.ok((await page.locator("main ul.due").innerText()).includes(name));
  await walk.look(page, "found");
  await page.locator("main input[type=search]").fill("zzyzx qqq");
  await press(page, "Find");
  assert.match(await page.locator("main").innerText(), /Nobody found/);
  await walk.look(page, "found-nobody");
});

test("INC-2: the controller finds people who are held, and incidents by where they were", async (walk) => {
  const page = await walk.open({ path: null });
  await walk.signInAs(page, `${SCHEME}-controller`);
  await page.goto(`/o/${SCHEME}/people?stage=held`);
  const held = (await page.locator("main ul.due .text a").allInnerTexts()).find((text) => /^\w+ \w+$/.test(text));
  assert.ok(held);
  await page.goto(`/o/${SCHEME}/find?q=${encodeURIComponent(held)}`);
  assert.ok((await page.locator("main ul.due").first().innerText()).includes(held));
  await page.goto(`/o/${SCHEME}/find?q=theft`);
  assert.ok((await page.locator("main section", { hasText: "Incidents" }).locator("li").count()) > 0);
  await walk.look(page, "found-by-controller");
});

test("INC-1: in a report, one tap says who it was", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  const { name, slip } = await somebody(page);
  await page.goto(`/o/${SCHEME}/report`);
  await choose(page.locator("form.report"), "Theft");
  await page.locator("#sentence").fill("Took a coat.");
  await page.locator("#person-0-name").pressSequentially(slip.split(" ")[0]);
  const offer = page.locator("form.report .offers li", { hasText: name }).first();
  await offer.waitFor();
  await walk.look(page, "report-offers");
  await Promise.all([page.waitForEvent("load"), offer.click()]);
  assert.equal(await page.locator(".people .pick b").innerText(), name);
  assert.equal(await page.inputValue("#person-0-name"), "");
  assert.equal(await page.inputValue("#sentence"), "Took a coat.");
  await press(page, "Send report");
  assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");
});
