// A breach of the rules, a suspended business, members from a file, and the board's oversight (MEM-1, MEM-7, MEM-8, SEC-6).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { DESK, PHONE, test } from "./harness.mjs";
import { SCHEME, follow, place, press } from "./steps.mjs";

const file = (town) => `Business,Premises,Name,E-mail,User name,Manager,Hobby\n${town} Deli,2 High Street,Ann Deli,ann@${town}.example,,yes,chess\n${town} Deli,2 High Street,Ben Deli,,ben.${town},no,\n${town} Bakery,1 Mill Lane,,,,,\n`;

for (const script of [true, false]) {
  test(`MEM-1: members come from a file and can be taken back, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: script ? DESK : PHONE, script, path: null, expect: ["422"] });
    await walk.signInAs(page, `${SCHEME}-controller`);
    await follow(page, "Members", page.locator("nav.nav"));
    if (script) await page.locator("summary", { hasText: "Invite a user" }).isVisible();
    await follow(page, "Add many from a file");
    await press(page, "Look at it");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Choose a file/);
    if (script) await walk.look(page, "import");
    const choose = (text) => page.setInputFiles("#file", { name: "members.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await choose("Business,Name,E-mail\nDeli,Ann,nowhere\n,Ben,ben@deli.example\n");
    await press(page, "Look at it");
    assert.match(await page.locator("main").innerText(), /needs mending[\s\S]*Line 2[\s\S]*e-mail address[\s\S]*Line 3/);
    if (script) await walk.look(page, "import-faults");
    await follow(page, "Choose the file again");
    await choose(file(script ? "north" : "south"));
    await press(page, "Look at it");
    assert.match(await page.locator("main").innerText(), /New businesses\s*2[\s\S]*Hobby/);
    if (script) await walk.look(page, "import-preview");
    await press(page, "Take it");
    assert.match(await page.locator('main .notice[role="status"], .flash, [role="status"]').first().innerText(), /taken/);
    if (script) await walk.look(page, "imported");
    if (script) {
      await press(page, "Print the next invitations");
      assert.match(await page.locator("main").innerText(), /Invitation for Ben Deli[\s\S]*ben\.north/);
      await walk.look(page, "printed-invitations");
    } else {
      const taken = async () => (await page.locator("main").innerText()).match(/2 new businesses/g)?.length ?? 0;
      const before = await taken();
      await follow(page, "Take this file back");
      await press(page, "Take it back");
      assert.equal(await taken(), before - 1);
    }
  });
}

test("MEM-7, MEM-8, SEC-6: a breach is recorded, a business suspended and let back in, and the board sees it", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-controller`);
  await page.goto(new URL(`/o/${SCHEME}/conduct`, page.url()).href);
  assert.match(await page.locator("main").innerText(), /Training asked/);
  await walk.look(page, "conduct");
  await page.locator("main ul.due a").first().click();
  await page.fill("#rule", "4b, pictures are not passed on");
  await page.fill("#text", "She has epilepsy and forgot the list at the till.");
  await page.locator("label", { hasText: /^Warning$/ }).click();
  await press(page, "Record it");
  assert.match(await page.locator(".notice.care").innerText(), /health/);
  assert.match(await page.inputValue("#text"), /forgot the list/);
  await walk.look(page, "conduct-minded");
  await page.fill("#text", "She forgot the list at the till.");
  await press(page, "Keep it as it is");
  await walk.look(page, "conduct-member");

  const board = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(board, `${SCHEME}-board`);
  await place(board, "Audit", "Oversight");
  await walk.look(board, "oversight");
  assert.match(await board.locator("main").innerText(), /How much each has seen[\s\S]*Recorded that the rules were broken/);
  await board.locator("a", { hasText: /^Entries/ }).last().click();
  assert.match(await board.locator("main").innerText(), /Only:/);
  await walk.look(board, "oversight-entries");
  await board.goto(page.url());
  await follow(board, "Suspend the business");
  await walk.look(board, "suspend");
  await press(board, "Suspend");
  assert.match(await board.locator(".govuk-error-summary").innerText(), /Say why/);
  await board.fill("#reason", "Pictures were passed on again.");
  await press(board, "Suspend");
  assert.match(await board.locator("main").innerText(), /This business is suspended/);
  await walk.look(board, "suspended");
  await follow(board, "Let it back in");
  await board.fill("#reason", "They have trained their staff.");
  await press(board, "Let back in");
  assert.doesNotMatch(await board.locator("main").innerText(), /This business is suspended/);
});

test("SEC-6, DOC-5: all data leaves as one file once the board agrees, and once alone", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-controller`);
  await follow(page, "Audit", page.locator("nav.nav"));
  await follow(page, "Exports");
  await press(page, "Ask the board");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /what the export is for[\s\S]*who gets it[\s\S]*which country/);
  await page.fill("#reason", "We move to another system.");
  await page.fill("#recipient", "The scheme itself");
  await page.fill("#country", "United Kingdom");
  await press(page, "Ask the board");
  assert.match(await page.locator("main").innerText(), /The board decides before/);
  await walk.look(page, "exports-asked");

  const board = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(board, `${SCHEME}-board`);
  await place(board, "Today", "Duties");
  await follow(board, "Decide on an export of all data");
  await board.fill("#why", "We know them.");
  await walk.look(board, "exports-decide");
  await press(board, "Agree to it");

  await page.reload();
  const fetched = page.waitForEvent("download");
  await page.getByRole("button", { name: "Fetch it now" }).click();
  const file = await fetched;
  assert.match(file.suggestedFilename(), /^northgate-.*\.zip$/);
  const bytes = await readFile(await file.path());
  assert.equal(bytes.subarray(0, 2).toString(), "PK");
  assert.ok(bytes.includes("data/subjects.jsonl") && bytes.includes("files/pictures/"), "records and pictures are in it");
  await page.reload();
  assert.match(await page.locator("main").innerText(), /Fetched on/);
  await walk.look(page, "exports-fetched");
});
