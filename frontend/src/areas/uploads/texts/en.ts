export default {
  upload: "Upload",
  plus: "Add files",
  drop: {
    title: "Drop files here",
    titleTouch: "Send files on their way",
    choose: "Choose files",
    hint: "They go straight to the nearest city",
    hintCity: "They go straight to {city}",
    over: "Let go to upload",
  },
};
