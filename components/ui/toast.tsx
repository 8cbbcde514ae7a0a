"use client";
import { Toast as Base } from "@base-ui/react/toast";
import type { ReactNode } from "react";

/** Short words about what was just done. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={6000}>
      {children}
      <Base.Portal>
        <Base.Viewport className="toasts">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const { toasts } = Base.useToastManager();
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

/** Says something; `bad` for what did not work. */
export function useToast(): (text: string, type?: "bad") => void {
  const manager = Base.useToastManager();
  return (text, type) => void manager.add({ description: text, ...(type ? { type, priority: "high" } : {}) });
}
