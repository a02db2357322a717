import type { Room } from "../chat/rooms.ts";

export function jsonOf(rooms: readonly Room[]): string {
  return JSON.stringify(Object.fromEntries(rooms.map(({ name, guests }) => [name, guests])));
}

/** Names are letters, digits, - and _, so that there is nothing to escape. */
export function pageOf(rooms: readonly Room[]): string {
  const items = rooms.map(({ name, guests }) => `<li><b>${name}</b>: ${guests.join(", ")}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Who is in the chat</title>
<h1>Who is in the chat</h1>
${items.length > 0 ? `<ul>${items.join("")}</ul>` : "<p>Nobody yet.</p>"}
<script>fetch("/changes").then(() => location.reload())</script>
`;
}
