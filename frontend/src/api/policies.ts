import { authorised, readJson, STORAGE } from "./http";
import type { FoundPolicy, Policy, SimulatedPolicy } from "./types";

/** What a policy is for: a folder, a file, or all there is. */
export type PolicyTarget = { kind: "all" } | { kind: "folder" | "file"; id: string };

export function getPolicy(target: PolicyTarget): Promise<FoundPolicy> {
  return readJson(authorised(path(target)));
}

export function setPolicy(target: PolicyTarget, body: Policy): Promise<FoundPolicy> {
  return readJson(authorised(path(target), { method: "PUT", body }));
}

/** Lets the one from above count again. */
export async function deletePolicy(target: PolicyTarget): Promise<void> {
  await authorised(path(target), { method: "DELETE" });
}

export function simulatePolicy(target: PolicyTarget, policy: Policy): Promise<SimulatedPolicy> {
  const named = target.kind === "all" ? {} : { [`${target.kind}_id`]: target.id };
  return readJson(
    authorised(`${STORAGE}/policies/simulate`, { method: "POST", body: { policy, ...named }, endless: true }),
  );
}

function path(target: PolicyTarget): string {
  return target.kind === "all" ? `${STORAGE}/policy` : `${STORAGE}/${target.kind}s/${target.id}/policy`;
}
