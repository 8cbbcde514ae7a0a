"use client";
import { Toast as Base } from "@base-ui/react/toast";
import { useEffect } from "react";
import { speaker } from "./toast";

const SHOWN_MS = 6000;

export function ToastViewport() {
  return (
    <Base.Provider timeout={SHOWN_MS}>
      <Base.Portal>
        <Base.Viewport className="toasts">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const { toasts, add } = Base.useToastManager();
  useEffect(() => speaker.attach(({ text, type }) => void add({ description: text, ...(type ? { type, priority: "high" } : {}) })), [add]);
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className={toast.type === "bad" ? "toast bad" : "toast"}
      aria-label={toast.type === "bad" ? "Problem" : "Done"}
    >
      <Base.Content>
        <Base.Description />
      </Base.Content>
    </Base.Root>
  ));
}
