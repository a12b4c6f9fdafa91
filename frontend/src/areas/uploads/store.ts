import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { useBelongings } from "@/kit/belongings";
import { recall } from "@/kit/remember";

import { type Chosen, isActive, type Upload } from "./upload";

/** What sends the files is loaded with the first of them. */
const uploader = async () => (await import("./sending/uploader")).useUploader();

/** Says in this browser that uploads are remembered here. */
export const KEPT = "uploads";

/** Files on their way from this browser to a city, as every page sees them. */
export const useUploads = defineStore("uploads", () => {
  const items = ref<Upload[]>([]);
  const isLoaded = ref(false);
  /** Whose files these are: what sends them may be loaded when somebody else is there. */
  let visit = 0;

  const active = computed(() => items.value.filter(isActive));
  /** The first upload about which the person has to say something. */
  const asking = computed(() => items.value.find(({ state }) => state === "asking") ?? null);

  /** Takes files into the folder that is open; null is the top. */
  async function add(chosen: Chosen[], folderId: string | null, emptyFolders: string[] = []): Promise<void> {
    const mine = visit;
    isLoaded.value = true;
    const { add: send } = await uploader();
    if (mine === visit) send(chosen, folderId, emptyFolders);
  }

  /** What waits goes on when there is a reason to hope: a network, a city that came back. */
  async function resume(): Promise<void> {
    if (isLoaded.value) (await uploader()).goOn();
  }

  /** Shows what an earlier visit has left unfinished. */
  async function remember(): Promise<void> {
    if (!isLoaded.value && recall(KEPT) === null) return;
    isLoaded.value = true;
    await (await uploader()).recallKept();
  }

  useBelongings().keep(() => {
    visit += 1;
    items.value = [];
  });

  return { items, active, asking, add, resume, remember };
});
