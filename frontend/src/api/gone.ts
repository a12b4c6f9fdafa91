import { asProblem } from "./problem";

/** For what somebody ends: that it has ended already is what was wanted. */
export function unlessGone(code: string): (reason: unknown) => void {
  return (reason) => {
    if (asProblem(reason).code !== code) throw reason;
  };
}
