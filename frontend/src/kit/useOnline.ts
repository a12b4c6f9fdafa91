import { onBeforeUnmount, type Ref, ref } from "vue";

/** Whether the browser has any network at all. */
export function useOnline(): Readonly<Ref<boolean>> {
  const isOnline = ref(navigator.onLine);
  const update = () => {
    isOnline.value = navigator.onLine;
  };
  window.addEventListener("online", update);
  window.addEventListener("offline", update);
  onBeforeUnmount(() => {
    window.removeEventListener("online", update);
    window.removeEventListener("offline", update);
  });
  return isOnline;
}
