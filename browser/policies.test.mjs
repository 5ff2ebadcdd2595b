// The policy is changed by two people, and the gallery follows on the day (POL-5, SEC-6, RET-10).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { NOT_FOUND, SCHEME, answer, galleryNames, press } from "./steps.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Every `first` and `repeat` of the retention tables, in other months. */
function shortened(text, months) {
  let inside = false;
  return text
    .split("\n")
    .map((line) => {
      if (line.startsWith("[")) inside = line.startsWith("[retention");
      return inside && /^(first|repeat) = /.test(line) ? line.replace(/months = \d+/, `months = ${months}`) : line;
    })
    .join("\n");
}

test("POL-5, SEC-6, RET-10: the controller changes a period, sees whom it hides, the board agrees, and on the day they are hidden", async (walk) => {
  const controller = await walk.open({ screen: DESK, path: null, expect: ["422", "404"] });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  await controller.goto(`/o/${SCHEME}/policy/changes`);
  await walk.look(controller, "policy-before");
  await press(controller, "Change the policy");
  assert.match(controller.url(), /policy\/changes\/[0-9a-f-]+\/edit$/);
  const change = new URL(controller.url()).pathname.replace(/\/edit$/, "");
  const text = await controller.inputValue("#text");
  assert.match(text, /^slug = "northgate"/m, "it begins with the policy in force");

  // What is wrong is said with its line, and nothing that was typed is lost.
  const broken = text.replace(/^prefix = /m, "prefx = ");
  const line = broken.split("\n").findIndex((one) => one.startsWith("prefx")) + 1;
  await controller.fill("#text", broken);
  await controller.fill("#reason", "Twelve months are more than we need");
  await press(controller, "Keep it, and see what it would do");
  assert.match(await controller.locator(".notice.stop").innerText(), new RegExp(`Line ${line}\\b`));
  assert.equal(await controller.inputValue("#text"), broken);
  assert.equal(await controller.inputValue("#reason"), "Twelve months are more than we need");
  await walk.look(controller, "policy-edit-wrong");

  const wanted = shortened(text, 3);
  assert.notEqual(wanted, text);
  const bar = await controller.locator('input[name="to"]').getAttribute("min");
  const day = new Date(new Date(`${bar}T12:00:00Z`).getTime() + 3 * DAY_MS).toISOString().slice(0, 10);
  const [year, month, date] = day.split("-").map(Number);
  // A file takes the place of the text.
  await controller.setInputFiles("#file", { name: "northgate.toml", mimeType: "text/plain", buffer: Buffer.from(wanted) });
  await controller.fill("#from", String(date));
  await controller.fill("#from-month", String(month));
  await controller.fill("#from-year", String(year));
  await press(controller, "Keep it, and see what it would do");
  assert.equal(new URL(controller.url()).pathname, change);
  const effects = controller.locator("table", { hasText: "What becomes of people" }).first();
  assert.match(await effects.innerText(), /Hidden from members on the day of effect/);
  const hidden = Number(await effects.locator("tr", { hasText: "Hidden from members" }).locator("b").innerText());
  assert.ok(hidden > 0);
  assert.match(await controller.locator(".diff").innerText(), /months = 3/);
  await walk.look(controller, "policy-change");
  await press(controller, "Put it before the board");
  await Promise.all([
    controller.waitForURL(/people\?effect=hidden/),
    controller.getByRole("link", { name: "Hidden from members on the day of effect" }).click(),
  ]);
  const rows = controller.locator("main tbody tr");
  assert.equal(Math.min(hidden, 50), await rows.count());
  const names = await rows.locator("a").allInnerTexts();
  await walk.look(controller, "policy-people");

  const member = await walk.open({ screen: PHONE, path: null, expect: ["404"] });
  await walk.signInAs(member, `${SCHEME}-member-user`);
  const before = await galleryNames(member);

  const board = await walk.open({ screen: PHONE, path: null, expect: ["404", "422"] });
  await walk.signInAs(board, `${SCHEME}-board`);
  assert.match((await answer(board, `${change}/people?effect=hidden`)).text, new RegExp(NOT_FOUND), "the board reads numbers");
  assert.match((await answer(member, change)).text, new RegExp(NOT_FOUND), "members know nothing of it");
  await board.goto(`/o/${SCHEME}/policy/changes`);
  await board.getByRole("link", { name: /^Change of/ }).click();
  assert.match(await board.locator("main").innerText(), /Twelve months are more than we need/);
  await walk.look(board, "policy-board");
  await press(board, "Refuse it");
  assert.match(await board.locator(".govuk-error-summary").innerText(), /Say why/);
  await press(board, "Agree to it");
  assert.match(await board.locator("main").innerText(), /Agreed, from/);
  await walk.look(board, "policy-agreed");

  await member.goto(`/o/${SCHEME}/policy`);
  assert.match(await member.locator(".pagehead").innerText(), /Version 1\. In force from/);
  assert.match(await member.locator("main").innerText(), /Version 2[\s\S]*Comes into force on/);
  await walk.look(member, "policy-published");
  await Promise.all([
    member.waitForURL(/policy\/versions/),
    member.getByRole("link", { name: "All versions, and in what they differ" }).click(),
  ]);
  assert.match(await member.locator(".diff").innerText(), /months = 12/);
  await walk.look(member, "policy-versions");

  assert.equal((await galleryNames(member)).length, before.length, "nothing has changed yet");
  await walk.moveClock(controller, day);
  const after = await galleryNames(member);
  assert.equal(after.length, before.length - hidden, "as many are hidden as were foretold");
  for (const name of names.filter((one) => before.filter((other) => other === one).length === 1)) {
    assert.ok(!after.includes(name), `${name} is hidden`);
  }
  assert.match((await answer(member, `/o/${SCHEME}/policy`)).text, /Version 2\. In force from/);
  assert.match((await answer(member, `/o/${SCHEME}/policy?version=1`)).text, /Version 1\. In force from .* to /);
  assert.equal((await answer(member, `/o/${SCHEME}/policy?version=7`)).status, 404);
});
