"use client";
import { useState, useSyncExternalStore } from "react";
import { shortcutsAreOn, switchShortcuts } from "@/lib/client/shortcuts";
import { chooseTheme, THEMES, type Theme } from "@/lib/client/theme";

const NAMES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };
const subscribe = () => () => {};

/** Theme and single keys: kept in this browser. */
export function Appearance({ theme }: { theme: Theme }) {
  const [chosen, setChosen] = useState(theme);
  const stored = useSyncExternalStore(subscribe, shortcutsAreOn, () => true);
  const [keys, setKeys] = useState<boolean | null>(null);
  return (
    <section className="card">
      <div className="sec">
        <h2 className="label">
          This browser <span>kept here only</span>
        </h2>
        <fieldset className="form">
          <legend className="sr-only">Theme</legend>
          {THEMES.map((each) => (
            <label className="tick" key={each}>
              <input
                type="radio"
                name="theme"
                checked={chosen === each}
                onChange={() => {
                  chooseTheme(each);
                  setChosen(each);
                }}
              />
              {NAMES[each]}
            </label>
          ))}
          <label className="tick">
            <input
              type="checkbox"
              checked={keys ?? stored}
              onChange={(event) => {
                switchShortcuts(event.target.checked);
                setKeys(event.target.checked);
              }}
            />
            Single keys such as D and A act on the page
          </label>
        </fieldset>
      </div>
    </section>
  );
}
