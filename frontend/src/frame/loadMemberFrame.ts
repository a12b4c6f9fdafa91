/** The frame is not loaded by guests; who has been here gets it while the session is being restored. */
export const loadMemberFrame = () => import("./MemberFrame.vue");
