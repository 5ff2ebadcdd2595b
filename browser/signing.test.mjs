// Signing in: the second step with and without script, passkeys, and a till that a shop shares (SEC-2, INC-10).
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, press } from "./steps.mjs";

const PASSWORD = "lamp otter window";

/** The code that an app shows for a key as the page shows it (RFC 6238). */
function codeOf(key) {
  const bits = [...key.replace(/\s/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

/** An invitation that the controller makes for somebody of the scheme's staff; its path. */
async function invitation(walk, userName) {
  const page = await walk.open();
  await walk.signInAs(page, `${SCHEME}-controller`);
  await page.goto(`/o/${SCHEME}/members`);
  await page.locator("details.deed", { hasText: "Invite a user" }).locator("summary").click();
  await page.fill("#name", "Sam Reed");
  await page.fill("#user_name", userName);
  await page.selectOption("#role", "staff");
  await press(page, "Invite");
  return new URL(await page.locator(".notice .hash").innerText()).pathname;
}

async function accept(page, path, pin) {
  await page.goto(path);
  await page.fill("#password", PASSWORD);
  await page.fill("#again", PASSWORD);
  if (pin) await page.fill("#pin", pin);
  await press(page, "Start");
}

/** A device that knows its owner by finger, in a browser of its own. */
async function withFinger(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await session.send("WebAuthn.addVirtualAuthenticator", { options });
}

test("SEC-2: without script, codes are set up at the first sign-in, and asked for at the next", async (walk) => {
  const path = await invitation(walk, "sam.codes");
  const page = await walk.open({ script: false, screen: PHONE, path: null, expect: ["422"] });
  await accept(page, path);
  await page.fill("#password", PASSWORD);
  await press(page, "Sign in");
  assert.equal(await page.locator("h1").innerText(), "Set up a second step");
  await walk.look(page, "signing-setup");
  const key = await page.locator(".steps-list .hash").innerText();
  // Nothing else opens yet.
  await page.goto(`/o/${SCHEME}/gallery`);
  assert.equal(new URL(page.url()).pathname, "/sign-in/second");
  await page.fill("#code", "000000");
  await press(page, "Finish");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /not right/);
  await page.fill("#code", codeOf(key));
  await press(page, "Finish");
  const codes = await page.locator(".codes code").allInnerTexts();
  assert.equal(codes.length, 10);
  await walk.look(page, "signing-recovery");
  await page.locator("a.govuk-button").click();
  await page.waitForURL(new RegExp(`/o/${SCHEME}/`));
  await page.goto("/account/factors");
  await walk.look(page, "signing-factors");
  assert.match(await page.locator("main").innerText(), /10 left/);

  const again = await walk.open({ script: false, path: "/sign-in" });
  await again.fill("#login", "sam.codes");
  await again.fill("#password", PASSWORD);
  await press(again, "Sign in");
  assert.equal(await again.locator("h1").innerText(), "One more step");
  await walk.look(again, "signing-second");
  await again.fill("#code", codes[3].toUpperCase());
  await press(again, "Sign in");
  assert.match(new URL(again.url()).pathname, new RegExp(`^/o/${SCHEME}`));
});

test("SEC-2: a passkey is set up as the second step, given after the password, and signs in by itself", async (walk) => {
  const path = await invitation(walk, "sam.passkey");
  const page = await walk.open({ path: null, expect: ["asks another host: http://localhost"] });
  // Browsers know passkeys by name, and an address of numbers is none.
  const at = (where) => `http://localhost:${new URL(walk.base).port}${where}`;
  await withFinger(page);
  await accept(page, at(path));
  await page.fill("#password", PASSWORD);
  await press(page, "Sign in");
  const inside = () => page.waitForURL(new RegExp(`/o/${SCHEME}`));
  await page.getByRole("button", { name: "Set up a passkey" }).click();
  await page.waitForSelector(".codes");
  await Promise.all([inside(), page.locator("a.govuk-button").click()]);

  await page.goto(at("/account/factors"));
  assert.match(await page.locator("main").innerText(), /passkey · since/);

  const out = async () => {
    await page.goto(at("/account"));
    await page.locator("details.me summary").click();
    await Promise.all([page.waitForEvent("load"), page.locator("details.me form button").click()]);
    await page.goto(at("/sign-in"));
  };
  await out();
  await page.fill("#login", "sam.passkey");
  await page.fill("#password", PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/sign-in\/second/);
  await Promise.all([inside(), page.getByRole("button", { name: "Use a passkey" }).click()]);

  await out();
  await Promise.all([inside(), page.getByRole("button", { name: "Sign in with a passkey" }).click()]);
  assert.match(await page.locator("details.me summary").innerText(), /Sam Reed/);

  // Looked at last: looking ends what the browser was told of the device.
  await page.goto(at("/account/factors"));
  await walk.look(page, "signing-passkey");

  // Where the page stands under another name, it says so instead of failing.
  const elsewhere = await walk.open({ path: "/sign-in" });
  await elsewhere.getByRole("button", { name: "Sign in with a passkey" }).click();
  await walk.look(elsewhere, "signing-in");
  await elsewhere.getByText(/Open http:\/\/localhost:\d+ to use a passkey/).waitFor();
});

test("INC-10: a till is shared: a printed page, names, a PIN, and a lock after three idle minutes", async (walk) => {
  const page = await walk.open({ screen: PHONE, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-member-user`);
  await page.goto(`/o/${SCHEME}/colleagues`);
  await walk.look(page, "till-business");
  await page.fill("#name", "Bo Price");
  await page.fill("#user_name", "bo.price");
  await press(page, "Make the invitation");
  assert.match(await page.locator("h1").innerText(), /Invitation for Bo Price/);
  await walk.look(page, "till-invitation");
  const path = new URL(await page.locator(".steps-list .hash").innerText()).pathname;
  const phone = await walk.open({ screen: PHONE, path: null });
  await accept(phone, path, "902177");
  assert.match(await phone.locator("main").innerText(), /You sign in as bo\.price/);

  await page.goto(`/o/${SCHEME}/colleagues`);
  await page.locator("details.deed summary").click();
  await page.fill("#device", "Till 2");
  await press(page, "Make it a shared device");
  assert.equal(await page.locator("h1").innerText(), "Who are you?");
  await walk.look(page, "till-names");
  const enter = async (pin) => {
    await page.locator("label.tile", { hasText: "Bo" }).click();
    await page.fill("#pin", pin);
    await press(page, "Go");
  };
  await enter("111222");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /PIN is not right/);
  await page.clock.install();
  await page.fill("#pin", "902177");
  await press(page, "Go");
  assert.match(new URL(page.url()).pathname, new RegExp(`^/o/${SCHEME}`));
  assert.match(await page.locator("details.me summary").innerText(), /Bo Price/);
  await page.clock.fastForward("02:00");
  await page.mouse.click(5, 300);
  await page.clock.fastForward("02:00");
  assert.match(new URL(page.url()).pathname, new RegExp(`^/o/${SCHEME}`), "whoever is at it stays");
  await Promise.all([page.waitForURL(/\/device/), page.clock.fastForward("01:30")]);
  assert.match(await page.locator('main .notice[role="status"]').innerText(), /locked/);
  await page.goto(`/o/${SCHEME}/gallery`);
  assert.equal(new URL(page.url()).pathname, "/device", "and the server has locked it, too");
});
