"use client";
import { useState, type ComponentType, type ReactElement } from "react";

/**
 * A button whose menu is fetched when somebody reaches for it, so that pages do not carry it. The menu brings the same
 * button and starts open.
 */
export function OnDemand<Props extends object>({
  load,
  props,
  button,
}: {
  load: () => Promise<ComponentType<Props & { startsOpen: boolean }>>;
  props: Props;
  button: (on: { onClick: () => void; onPointerEnter: () => void; onFocus: () => void; "aria-haspopup": "menu" }) => ReactElement;
}) {
  const [Loaded, setLoaded] = useState<ComponentType<Props & { startsOpen: boolean }> | null>(null);
  if (Loaded) return <Loaded {...props} startsOpen />;
  const fetchIt = () => void load();
  return button({
    onClick: () => void load().then((component) => setLoaded(() => component)),
    onPointerEnter: fetchIt,
    onFocus: fetchIt,
    "aria-haspopup": "menu",
  });
}
