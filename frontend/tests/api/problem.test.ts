import { describe, expect, it } from "vitest";

import { asProblem, Problem, problemOf, unreachable } from "@/api/problem";

import { refuse } from "@tests/network";

describe("problems", () => {
  it("are read from problem+json", async () => {
    const errors = { name: ["Too long."], size: "Negative." };
    const problem = await problemOf(refuse(422, "VALIDATION_FAILED", { errors, detail: "See the fields." }));
    expect(problem).toMatchObject({ code: "VALIDATION_FAILED", status: 422, detail: "See the fields." });
    expect(problem.fields).toEqual({ name: ["Too long."], size: ["Negative."] });
    expect(problem.passing).toBe(false);
  });

  it("hold facts beside the sentence", async () => {
    const problem = await problemOf(refuse(413, "FILE_TOO_LARGE", { limit: 1000 }));
    expect([problem.number("limit"), problem.number("used"), problem.number("code")]).toEqual([1000, null, null]);
  });

  it("say how long to wait", async () => {
    const problem = await problemOf(refuse(503, "DATABASE_UNAVAILABLE", {}, { "Retry-After": "7" }));
    expect(problem.retryAfter).toBe(7);
    expect(problem.passing).toBe(true);
  });

  it("are made of answers that are not ours", async () => {
    const problem = await problemOf(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(problem).toMatchObject({ code: "HTTP_502", status: 502, fields: {}, retryAfter: null });
  });

  it("are made of anything thrown", () => {
    expect(asProblem(new RangeError("odd"))).toMatchObject({ code: "UNEXPECTED", detail: "odd" });
    const same = new Problem("X", 400);
    expect(asProblem(same)).toBe(same);
    expect(unreachable().passing).toBe(true);
  });
});
