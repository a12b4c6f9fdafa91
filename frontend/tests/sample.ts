import type { City, Folder, Profile, StoredFile, UploadTicket } from "@/api/types";

type CopyState = StoredFile["replicas"]["servers"][string];

export const ANN: Profile = {
  id: "u1",
  username: "ann",
  email: "ann@example.com",
  email_confirmed_at: null,
  has_password: true,
  first_name: "Ann",
  last_name: "Lee",
  is_superuser: false,
  is_active: true,
  roles: ["member"],
  permissions: ["files.view", "files.upload"],
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
  deleted_at: null,
};

export const CITIES: City[] = [
  city("new-york", "New York", 40.7128, -74.006),
  city("vladivostok", "Vladivostok", 43.1155, 131.8855),
  city("cape-town", "Cape Town", -33.9249, 18.4241),
];

export function city(name: string, title: string, latitude: number, longitude: number): City {
  return { id: `id-${name}`, name, city: title, zone: "zone", latitude, longitude, state: "online" };
}

export function file(id: string, change: Partial<StoredFile> = {}, states = ["ready", "ready", "ready"]): StoredFile {
  const servers = Object.fromEntries(CITIES.map(({ name }, index) => [name, (states[index] ?? "wanted") as CopyState]));
  return {
    id,
    name: `${id}.txt`,
    folder: "/",
    folder_id: null,
    size: 1000,
    content_type: "text/plain",
    sha256: null,
    version: 1,
    versions: 1,
    access: "owner",
    state: "stored",
    proof: "sha256",
    durable: true,
    replicas: { ready: states.filter((state) => state === "ready").length, wanted: 3, servers },
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    trashed_at: null,
    ...change,
  };
}

export function folder(id: string, change: Partial<Folder> = {}): Folder {
  return {
    id,
    name: id,
    parent_id: null,
    path: `/${id}`,
    access: "owner",
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    trashed_at: null,
    ...change,
  };
}

export function ticket(id: string, change: Partial<UploadTicket> = {}): UploadTicket {
  return {
    id,
    file: file(`file-${id}`, { state: "pending", versions: 0 }, []),
    server: CITIES[0] as City,
    distance_km: 12.5,
    expires_at: "2026-11-20T11:00:00Z",
    method: "PUT",
    url: `http://s3.test/${id}`,
    headers: { "Content-Type": "text/plain", "Content-Length": "5" },
    ...change,
  };
}

/** Where the server takes a client to be: near New York. */
export function placeOf(ip: string | null, city: string, mode = "fake") {
  return { place: { ip, city, country: null, latitude: 40.8, longitude: -73.97, mode }, items: [] };
}
