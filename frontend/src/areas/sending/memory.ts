import { recall, remember } from "@/kit/remember";

/** What was begun by a request and has not arrived, so that it goes on after the page was closed. */
type Begun = Record<string, string>;

const MOST = 50;

/** A file is known again by what can be seen of it without reading it. */
function markOf({ name, size, lastModified }: File): string {
  return `${size} ${lastModified} ${name}`;
}

export class BegunUploads {
  private readonly key: string;

  constructor(token: string) {
    this.key = `sending.${token.slice(0, 12)}`;
  }

  /** Whether something was left off, which may go on however full the request is by now. */
  isAny(): boolean {
    return Object.keys(this.read()).length > 0;
  }

  find(file: File): string | null {
    return this.read()[markOf(file)] ?? null;
  }

  keep(file: File, id: string): void {
    this.write({ ...this.read(), [markOf(file)]: id });
  }

  forget(file: File): void {
    const { [markOf(file)]: _gone, ...rest } = this.read();
    this.write(rest);
  }

  private read(): Begun {
    try {
      return JSON.parse(recall(this.key) ?? "{}") as Begun;
    } catch {
      return {};
    }
  }

  private write(begun: Begun): void {
    const newest = Object.entries(begun).slice(-MOST);
    remember(this.key, newest.length === 0 ? null : JSON.stringify(Object.fromEntries(newest)));
  }
}
