import { onBeforeUnmount, type Ref, ref } from "vue";

/** Whether a condition of the window holds now. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const media = window.matchMedia(query);
  const holds = ref(media.matches);
  const update = () => (holds.value = media.matches);
  media.addEventListener("change", update);
  onBeforeUnmount(() => media.removeEventListener("change", update));
  return holds;
}
