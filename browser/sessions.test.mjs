// An invited user, a password, and a session that ends while a report is typed (SEC-2, INC-1).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, agree, fillReport, picture, press, readReport } from "./steps.mjs";

const PASSWORD = "violet anvil harbour seven";

/** The controller invites a user of the first business; they accept by the link, with a password. */
async function invited(walk, name, login) {
  const controller = await walk.open({ path: null });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  await controller.goto(`/o/${SCHEME}/members`);
  const form = controller.locator("details.deed", { hasText: "Invite a user" });
  await form.locator("summary").click();
  await controller.fill("#name", name);
  await controller.fill("#user_name", login);
  await controller.locator("#business").selectOption({ index: 1 });
  await press(controller, "Invite", form);
  const link = (await controller.locator("p.hash").innerText()).trim();
  assert.ok(link.startsWith(`${walk.base}/invitation/`), link);
  await walk.look(controller, "invited");
  return link;
}

async function signIn(page, login, password = PASSWORD) {
  await page.fill("#login", login);
  await page.fill("#password", password);
  await press(page, "Sign in");
}

for (const script of [true, false]) {
  test(`SEC-2, INC-1: what was typed survives a session that ended meanwhile, ${script ? "with" : "without"} script`, async (walk) => {
    const login = `typed-${script}`;
    const link = await invited(walk, "Marguerite Pell", login);
    const page = await walk.open({ screen: PHONE, script, path: null, expect: ["403", "422"] });
    await page.goto(link);
    await walk.look(page, "invitation");
    await page.fill("#password", PASSWORD);
    await page.fill("#again", `${PASSWORD}!`);
    await press(page, "Start");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /not the same/);
    await page.fill("#password", PASSWORD);
    await page.fill("#again", PASSWORD);
    await press(page, "Start");
    assert.match(await page.locator('main .notice[role="status"]').innerText(), /password is set/);
    await walk.look(page, "sign-in");
    await signIn(page, login);
    await agree(page);
    assert.equal(new URL(page.url()).pathname, `/o/${SCHEME}/gallery`);

    await page.goto(`/o/${SCHEME}/report`);
    const said = {
      category: "Damage",
      name: "Barnaby Fotheringay",
      description: "\"quoted\" <b>bold</b> & ampersand",
      sentence: "Broke a window,\nthen ran.",
    };
    await fillReport(page, { ...said, age: "Under 18", files: [await picture(page)] });

    // Meanwhile, on another device, every other one is signed out.
    const elsewhere = await walk.open({ path: "/sign-in" });
    await signIn(elsewhere, login);
    await elsewhere.goto("/account");
    await press(elsewhere, /^Sign out ?:/);
    assert.match(await elsewhere.locator('main .notice[role="status"]').innerText(), /That device is signed out/);

    await press(page, "Send report");
    assert.match(await page.locator(".notice").innerText(), /What you typed is kept/);
    // A script has sent them before; otherwise they came with the form, to a session that somebody ended.
    const lost = /Pictures have to be chosen again/.test(await page.locator(".notice").innerText());
    assert.equal(lost, !script);
    await walk.look(page, "sign-in-again");
    await signIn(page, login, "not this one at all");
    assert.equal(await page.locator(".govuk-error-summary").count(), 1);
    await signIn(page, login);
    assert.equal(await page.locator("h1").innerText(), "You are signed in again");
    await walk.look(page, "signed-in-again");
    await press(page, "Go on with it");
    assert.deepEqual(await readReport(page), { ...said, category: "damage" });
    assert.ok(await page.locator('input[name="person-0-age"][value="under_18"]').isChecked());
    await elsewhere.goto(`/o/${SCHEME}/reports`);
    assert.equal(await elsewhere.locator("ul.queue > li").count(), 0, "nothing was sent behind their back");

    await press(page, "Send report");
    assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");
    await elsewhere.reload();
    assert.equal(await elsewhere.locator("ul.queue > li").count(), 1);
  });
}
