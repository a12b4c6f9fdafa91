import { describe, expect, it } from "vitest";

import { kindOf } from "@/areas/files/kinds";
import { cutMiddle } from "@/kit/middle";

const FAMILY = "👩‍👩‍👧‍👦";
const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

describe("the kind of a file", () => {
  it.each([
    ["a", "image/png", "violet"],
    ["letter.docx", WORD, "blue"],
    ["budget.xlsx", SHEET, "teal"],
    ["a.svg", "image/svg+xml", "violet"],
    ["a.xml", "application/atom+xml; charset=utf-8", "teal"],
    ["LETTER.DOCX", "application/octet-stream", "blue"],
    ["clip.MOV", "", "rose"],
    ["no-ending", "application/octet-stream", "plain"],
  ])("%s of %s is %s", (name, type, tint) => expect(kindOf(name, type).tint).toBe(tint));

  it("tells documents from code by their icons too", () => {
    expect(kindOf("a.docx", WORD).icon).toBe(kindOf("a.md", "text/markdown").icon);
    expect(kindOf("a.docx", WORD).icon).not.toBe(kindOf("a.json", "application/json").icon);
  });
});

describe("a name without room", () => {
  it.each([
    ["drone-lion-head-final.mp4", "drone-lion-head", "-final.mp4"],
    ["short.pdf", "short", ".pdf"],
    ["закат над морем у мыса.jpg", "закат над морем ", "у мыса.jpg"],
    [`семья${FAMILY.repeat(9)}.txt`, `семья${FAMILY.repeat(3)}`, `${FAMILY.repeat(6)}.txt`],
    ["تقرير المبيعات السنوي.pdf", "تقرير المبيعات السنوي", ".pdf"],
    [".bashrc", ".bashrc", ""],
    ["a.very-long-thing-that-is-no-ending", "a.very-long-thing-that-is-no-", "ending"],
  ])("%s keeps its end", (name, head, tail) => {
    expect(cutMiddle(name)).toEqual([head, tail]);
  });
});
