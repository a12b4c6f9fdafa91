import { onBeforeUnmount, type Ref, watch } from "vue";

/** Begins a little before it is seen. */
const MARGIN = "400px";

/** Calls when an element comes into view, and once more when it still is after `content` has changed. */
export function useSeen(
  element: Readonly<Ref<HTMLElement | undefined>>,
  content: () => unknown,
  onSeen: () => void,
): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onSeen();
    },
    { rootMargin: MARGIN },
  );
  watch([element, content], ([now]) => {
    observer.disconnect();
    if (now !== undefined) observer.observe(now);
  });
  onBeforeUnmount(() => observer.disconnect());
}
