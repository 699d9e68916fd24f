// A real browser, in which somebody signs in by the gateway and lets a client act for them: Debian's Chromium.
// It prints what it saw, as JSON; with a folder as the last argument it leaves pictures there.
import { chromium } from 'playwright-core';

const [executablePath, url, person, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
const refused = [];
page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
const look = async (name) => pictures && page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });

try {
  await page.goto(url);
  await page.click(`button[name=person][value=${person}]`);
  await page.waitForSelector('text=Let it act for you?');
  await look('consent');
  const consent = await page.innerText('main');
  const scriptsSee = await page.evaluate(() => document.cookie);
  await page.click('button[value=allow]');
  await page.waitForURL((at) => at.pathname === '/callback' && at.searchParams.has('code'));
  const answer = page.url();
  const origin = new URL(url).origin;
  await page.goto(`${origin}/`);
  await look('account');
  const account = await page.innerText('main');
  await page.goto(`${origin}/device`);
  await look('device');
  await page.goto(`${origin}/`);
  await page.click('text=Sign out');
  await page.waitForSelector('text=You are signed out');
  await look('signed-out');
  console.log(
    JSON.stringify({
      answer,
      consent,
      account,
      out: await page.innerText('main'),
      scriptsSee,
      refused: refused.filter((text) => text.includes('Content Security Policy')),
    }),
  );
} finally {
  await browser.close();
}
