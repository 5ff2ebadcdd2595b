import { DESK, PHONE, test } from "./harness.mjs";

for (const [device, screen] of Object.entries({ phone: PHONE, desk: DESK })) {
  test(`the demo's first page greets on a ${device}`, async (walk) => {
    const page = await walk.open({ screen });
    if ((await page.locator("h1").count()) !== 1) throw new Error("a page has one h1");
    await walk.look(page, `first-${device}`);
  });
}

test("the demo's first page needs no script", async (walk) => {
  const page = await walk.open({ screen: PHONE, script: false });
  const buttons = page.locator('main form[action="/demo/sign-in"]').getByRole("button");
  if ((await buttons.count()) === 0) throw new Error("no one-click sign-in without script");
});
