export interface Answer {
  status: number;
  /** Where the last redirect led. */
  url: URL;
  text: string;
}

/** As much of a browser as signing in takes: cookies by origin, redirects followed, forms posted. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  cookie(origin: string, name: string): string | undefined {
    return this.cookies.get(origin)?.get(name);
  }

  setCookie(origin: string, name: string, value: string): void {
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar.set(name, value));
  }

  header(origin: string): string {
    return [...(this.cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async open(address: URL | string, init: RequestInit = {}): Promise<Answer> {
    const url = new URL(address);
    const headers = { ...(init.headers as Record<string, string>), cookie: this.header(url.origin) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.get(url.origin)?.delete(name);
      else this.setCookie(url.origin, name, value);
    }
    const to = response.headers.get("location");
    const text = await response.text();
    return to === null ? { status: response.status, url, text } : this.open(new URL(to, url));
  }

  post(address: URL | string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.open(address, { method: "POST", body: new URLSearchParams(fields), headers });
  }
}
