// Cities that are slow or lost. MERIDIAN_EDGES tells the edges of all of them, by their names.

export const edges = JSON.parse(process.env.MERIDIAN_EDGES ?? "{}");
const hurt = new Set();

/** A city as the page calls it: New York for new-york. */
export const labelOf = (city) => city.split("-").map((word) => word[0].toUpperCase() + word.slice(1)).join(" ");

/** Makes a city slow, or loses it, as its edge can: {down: true}, {bytes_per_second: 60000}. */
export async function fault(city, body) {
  hurt.add(city);
  await ask(city, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export async function heal(city) {
  hurt.delete(city);
  await ask(city, { method: "DELETE" });
}

/** The journeys that come after have three cities, however this one ended. */
export const healAll = () => Promise.all([...hurt].map(heal));

async function ask(city, request) {
  const answer = await fetch(`${edges[city]}/-/fault`, request);
  if (!answer.ok) throw new Error(await answer.text());
}
