// What members tell beside reports: that they saw somebody, and who somebody is (INC-4).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

const MEMBER = `${SCHEME}-member-user`;
const CONTROLLER = `${SCHEME}-controller`;

test("INC-4: seen here in two taps from the gallery, and taken back", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(`/o/${SCHEME}/gallery`);
  const card = page.locator("li.card").first();
  await walk.look(page, "gallery-acts");
  await follow(page, /^Seen here/, card);
  await walk.look(page, "seen-ask");
  await press(page, "Yes, seen here");
  assert.match(await page.locator(".undo").innerText(), /You said that you saw them here today/);
  await walk.look(page, "seen-said");
  const address = new URL(page.url()).pathname;

  const controller = await walk.open({ path: null });
  await walk.signInAs(controller, CONTROLLER);
  await controller.goto(address);
  assert.match(await controller.locator(".moj-timeline").innerText(), /Seen .*says/);
  await walk.look(controller, "seen-timeline");

  await press(page, "Take it back");
  assert.equal(await page.locator(".undo").count(), 0);
  assert.ok(await page.getByRole("button", { name: "Seen here" }).isVisible());
  await controller.reload();
  assert.ok(!/Seen .*says/.test(await controller.locator(".moj-timeline").innerText()));
});

for (const script of [true, false]) {
  test(`INC-4: a name for somebody nobody knew, reviewed, ${script ? "taken over" : "rejected, without script"}`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: null, expect: ["422"] });
    await walk.signInAs(page, MEMBER);
    await page.goto(`/o/${SCHEME}/gallery?show=who-is-this`);
    const card = page.locator("li.card").first();
    const reference = (await card.locator("h2").innerText()).replace("Ref ", "");
    await follow(page, "I know who", card);
    if (script) await walk.look(page, "name-form");
    await press(page, "Send");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Say who it is, and how you know/);
    await page.fill("#name", "Balthazar Inkpen");
    await page.fill("#how", "He was a customer at the shop where I worked.");
    await page.locator("label.tile", { hasText: "I know them myself" }).click();
    await press(page, "Send");
    assert.match(await page.locator('main .notice[role="status"]').first().innerText(), /Thank you/);
    await page.goto(`/o/${SCHEME}/reports`);
    const row = page.locator("ul.queue > li", { hasText: `Who ${reference} is` });
    assert.match(await row.innerText(), /Balthazar Inkpen[\s\S]*Waiting/);

    const controller = await walk.open({ script, path: null });
    await walk.signInAs(controller, CONTROLLER);
    await controller.goto(`/o/${SCHEME}/review`);
    if (script) await walk.look(controller, "queue-name");
    await follow(controller, "A name: Balthazar Inkpen");
    if (script) {
      await walk.look(controller, "name-review");
      await controller.locator("label.tile", { hasText: "Reliable" }).first().click();
    } else {
      await controller.locator('label[for="decision-reject"]').click();
      await controller.fill("#reason", "He was in prison then.");
    }
    await press(controller, "Decide");
    assert.match(await controller.locator('main .notice[role="status"]').innerText(), script ? /taken over/ : /rejected/);

    await page.goto(`/o/${SCHEME}/gallery`);
    assert.match(await page.locator("aside.news[aria-label=\"Your reports\"]").innerText(), new RegExp(`name .*${reference}`));
    await page.goto(`/o/${SCHEME}/reports`);
    assert.match(await row.innerText(), script ? /New\s+Taken over/ : /prison[\s\S]*New\s+Rejected/);
    if (script) await walk.look(page, "my-reports-names");
    if (script) {
      await controller.goto(`/o/${SCHEME}/people?q=Balthazar`);
      await follow(controller, /Balthazar Inkpen/);
      assert.match(await controller.locator("main").innerText(), /From a member, who is reliable; known directly/);
      await walk.look(controller, "name-held");
    }
  });
}
