import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** No problem that axe finds, as the page is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(" ")).join("; ")})`),
    `axe on ${page.url()}`,
  ).toEqual([]);
}

/** In light and in dark. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** Accessible on a desk and on a phone, in both themes, and nothing stands over the edge. */
export async function expectGoodLook(page: Page): Promise<void> {
  for (const viewport of [PHONE, DESK]) {
    await page.setViewportSize(viewport);
    await expectAccessibleInBothThemes(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over, `pixels over the edge at ${viewport.width}`).toBeLessThanOrEqual(0);
  }
}
