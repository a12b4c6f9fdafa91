/** Shapes of the REST answers, as the OpenAPI documents of the two services describe them. */

export interface Login {
  access_token: string;
  token_type: string;
  expires_in: number;
}

export interface Profile {
  id: string;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
}

export interface Registration {
  username: string;
  email: string;
  password: string;
  first_name: string;
  last_name: string;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface Replicas {
  ready: number;
  wanted: number;
  servers: Record<string, string>;
}

export interface StoredFile {
  id: string;
  name: string;
  folder: string;
  size: number;
  content_type: string;
  sha256: string | null;
  state: "pending" | "stored";
  durable: boolean;
  replicas: Replicas;
  created_at: string;
  updated_at: string;
}

export interface City {
  id: string;
  name: string;
  city: string;
  zone: string;
  latitude: number;
  longitude: number;
  state: "up" | "down" | "off" | "inactive";
}

/** Where the server takes this client to be; `drawn`: one of its cities, for want of an address. */
export interface Place {
  ip: string | null;
  city: string | null;
  latitude: number | null;
  longitude: number | null;
  mode: "real" | "fake" | "drawn";
}

export interface UploadTicket {
  id: string;
  file: StoredFile;
  server: City;
  distance_km: number | null;
  method: string;
  url: string;
  headers: Record<string, string>;
}

export interface DownloadOffer {
  url: string;
  server: City;
  distance_km: number | null;
  alternates: { server: City; url: string }[];
}

export interface LiveEvent {
  type: string;
  file_id?: string;
  server: string | null;
  at: string;
}
