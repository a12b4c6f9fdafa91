import { computed, type ComputedRef, onBeforeUnmount, shallowRef, toRaw } from "vue";

import { useUploads } from "./store";
import type { Upload } from "./upload";

/** Of more than these, what is shown follows a few times a second: to draw each step takes longer than to send. */
const FEW = 12;
const LOOK_MS = 250;
/** What a row tells. */
const FIELDS = ["state", "sent", "speed", "name", "server", "distanceKm", "problem", "file", "size"] as const;

/** Whether so many are under way that what is shown only follows now and then. */
export function useIsMany(): ComputedRef<boolean> {
  const uploads = useUploads();
  return computed(() => uploads.items.length > FEW);
}

/** What is read again at once when it changes, as long as few files are under way; of many, now and then. */
export function useCalm<Value>(read: () => Value, readMany = read): ComputedRef<Value> {
  const isMany = useIsMany();
  const looked = shallowRef(readMany());
  const timer = setInterval(() => isMany.value && (looked.value = readMany()), LOOK_MS);
  onBeforeUnmount(() => clearInterval(timer));
  return computed(() => (isMany.value ? looked.value : read()));
}

/** Uploads as they are drawn; what has not changed since the last look is the same object. */
export function useShown(): ComputedRef<readonly Upload[]> {
  const uploads = useUploads();
  let copies = new Map<number, Upload>();

  function look(): readonly Upload[] {
    const seen = toRaw(uploads.items).map((upload) => copyOf(toRaw(upload), copies.get(upload.key)));
    copies = new Map(seen.map((copy) => [copy.key, copy]));
    return seen;
  }

  return useCalm<readonly Upload[]>(() => uploads.items, look);
}

/** The upload itself of what may be shown as a copy. */
export function useOwn(): (shown: Upload) => Upload {
  const uploads = useUploads();
  return (shown) => uploads.items.find(({ key }) => key === shown.key) ?? shown;
}

function copyOf(upload: Upload, before: Upload | undefined): Upload {
  const isSame = before !== undefined && FIELDS.every((field) => before[field] === upload[field]);
  return isSame ? before : { ...upload };
}
